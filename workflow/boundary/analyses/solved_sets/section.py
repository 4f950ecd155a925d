"""What the report says of what was retained, learned and forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from boundary.analyses.solved_sets.tables import KINDS
from boundary.comparison_tables import PAIR_KEY
from boundary.report.cells import PAIR, Cell, Summary, estimate_of, number_of, summary, text_of
from boundary.report.links import Link, Target, of_pair
from boundary.report.text import visible
from boundary.report.verdicts import names
from boundary.rows import PairRow, Row, rows_by_pair
from boundary.wording import counted, listed, number, p_value, percent, with_interval

#: Strata of one key, and keys, that a sentence names.
MOST_NAMED = 3
_RATIOS = ("srr", "ndr", "sds")


def at_largest_k(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of SOLVED_SETS at the largest k of each comparison."""
    return frame.filter(pl.col("k") == pl.col("k").max().over(PAIR_KEY))


def _number(name: str) -> Cell:
    """Show an expected number with the interval of its share."""

    def cell(row: Row) -> str:
        if row[f"{name}_low"] is None:
            return number(row[name])
        low, high = (percent(row[f"{name}{end}"]) for end in ("_low", "_high"))
        return f"{number(row[name])} ({percent(row[f'{name}_share'])} [{low}, {high}])"

    return cell


_COUNTS: dict[str, Cell] = {
    **{name: _number(name) for name in KINDS},
    "net, points": estimate_of("net"),
}
#: Sets of problems that explain each kind, all samples counted.
_SETS = dict(zip(KINDS, ("both", "other_only", "base_only", "neither"), strict=True))
_SIZES: dict[str, Cell] = {"M": number_of("n_problems"), "n": number_of("n_min")}


def _holm(row: Row) -> str:
    return "–" if row["net_holm"] is None else p_value(row["net_holm"])


def _behind(**kept: str) -> Link:
    """Link what is counted in all samples to its problems, of a stratum where a row has one."""

    def link(row: Row) -> Target | None:
        within = {"stratum": f"{row['key']}: {row['value']}"} if row["key"] else {}
        return None if kept and row["k"] != row["n_min"] else of_pair(**within, **kept)(row)

    return link


def sets(frame: pl.DataFrame) -> Summary:
    """Summarise the solved sets: all problems at the ends of the grid, strata at its end."""
    whole = (pl.col("key") == "") & (pl.col("k") == 1)
    shown = frame.filter(whole | (pl.col("k") == pl.col("k").max().over(PAIR_KEY)))
    columns: dict[str, Cell] = {
        **PAIR,
        "stratum": lambda row: (
            f"{visible(row['key'])}: {visible(row['value'])}" if row["key"] else "all"
        ),
        "k": number_of("k"),
        **_COUNTS,
        "no net change, Holm": _holm,
        **{name.upper(): estimate_of(name, number) for name in (*_RATIOS, "nscr")},
        **_SIZES,
    }
    about = (
        "Expected numbers of problems that both models solve in k samples, only the other "
        "(learned), only the base (forgotten), or neither, as shares with intervals over problems; "
        "net: learned less forgotten, paired. Holm: p of no net change, corrected over the strata "
        "of one key; it is the largest of three tests. A stratum of fewer than five independent "
        "problems has no interval. SRR: of what the base solves, the share that the other solves; "
        "NDR: of what the other solves, the share that the base does not; SDS: their harmonic "
        "mean; NSCR: learned less forgotten, of what either solves. Not solved in n samples is not "
        "unsolvable. The largest k is n, beyond n/2: flagged, as everywhere."
    )
    links = {kind: _behind(set=name) for kind, name in _SETS.items()} | {"M": _behind()}
    return summary("solved_sets", "Retained, learned, forgotten", about, shown, columns, links)


def steps(frame: pl.DataFrame) -> Summary:
    """Summarise the solved sets along training."""
    columns: dict[str, Cell] = {
        "series": text_of("series"),
        "benchmark": text_of("benchmark"),
        "from": text_of("first"),
        "to": text_of("model"),
        "step": number_of("step"),
        "k": number_of("k"),
        **_COUNTS,
        **_SIZES,
    }
    about = "Each checkpoint of a series against its first, at k = 1 and the smallest n of all."
    return summary("solved_steps", "Retained, learned, forgotten by step", about, frame, columns)


def unseen(frame: pl.DataFrame) -> Summary:
    """Summarise what more samples would add."""
    columns: dict[str, Cell] = {
        "benchmark": text_of("benchmark"),
        "model": text_of("model"),
        "protocol": text_of("protocol"),
        "solved": number_of("solved"),
        "once": number_of("once"),
        "twice": number_of("twice"),
        "new by 2n": lambda row: (
            with_interval(row, "new", number) + " (unreliable)" * bool(row["unreliable"])
        ),
        "solvable, unseen, at least": estimate_of("chao", number),
        **_SIZES,
    }
    about = (
        "Expected number of problems solved for the first time in as many further samples (Good "
        "and Toulmin, smoothed), and Chao's estimate of a lower bound of those that the model can "
        "solve and has not, both from how many were solved once, twice, …; intervals over "
        "problems. Unreliable: fewer than five were solved once or twice, or n is below 8."
    )
    return summary("unseen", "What more samples would add", about, frame, columns)


def beside(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say beside each verdict what was learned and forgotten, and in which strata.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        Those of the study.

    Returns
    -------
    dict
        Sentences by comparison and benchmark.
    """
    if "solved_sets" not in tables:
        return {}
    rows = rows_by_pair(at_largest_k(tables["solved_sets"]))
    return {key: sentence(each) for key, each in rows.items()}


def sentence(rows: Sequence[Row]) -> str:
    """Say what one comparison learned and forgot; strata only where their net change is tested.

    Parameters
    ----------
    rows : sequence of mapping
        Its rows of SOLVED_SETS at the largest k.
    """
    whole = next(row for row in rows if not row["key"])
    name = names(PairRow.of(whole))
    text = (
        f"Within {counted(whole['k'], 'sample')} {name['other']} learns "
        f"{number(whole['learned'])} and forgets {number(whole['forgotten'])} of "
        f"{counted(whole['n_problems'], 'problem')} ({_change(whole)})."
    )
    open_: dict[str, int] = {}
    untested: list[str] = []
    for key in dict.fromkeys(row["key"] for row in rows if row["key"]):
        strata = [row for row in rows if row["key"] == key]
        tested = sum(row["decided"] is not None for row in strata)
        if not tested:
            untested.append(key)
        elif not any(row["decided"] for row in strata):
            open_[key] = tested
        else:
            text += f" By {_decided(strata, name)}."
    if open_:
        over = "the strata of each" if len(open_) > 1 else _strata(*open_.values())
        text += f" By {_keys([*open_])} no net change stands after Holm over {over}."
    if untested:
        text += f" By {_keys(untested)} nothing is tested: every stratum is too small."
    return text


def abstract(tables: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], str]:
    """Say for an abstract in which strata one model surely learned or forgot, and no more.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        Those of the study.

    Returns
    -------
    dict
        Sentences by comparison and benchmark, of those alone where a stratum is decided.
    """
    if "solved_sets" not in tables:
        return {}
    strata = at_largest_k(tables["solved_sets"]).filter(pl.col("key") != "")
    texts = {}
    for pair, rows in rows_by_pair(
        strata.filter(pl.col("decided").any().over(*PAIR_KEY, "key"))
    ).items():
        k, name = rows[0]["k"], names(PairRow.of(rows[0]))
        keys = [*dict.fromkeys(row["key"] for row in rows)]
        parts = [
            f"by {_decided([row for row in rows if row['key'] == key], name)}"
            for key in keys[:MOST_NAMED]
        ]
        more = len(keys) - len(parts)
        parts += [counted(more, "more key")] * bool(more)
        within = f"Within {counted(k, 'sample')} on {visible(rows[0]['benchmark'])}"
        texts[pair] = f"{within}, {'; '.join(parts)}."
    return texts


def _decided(strata: Sequence[Row], name: Mapping[str, str]) -> str:
    """Name the strata of one key whose net change is decided, the largest changes first."""
    tested = sum(row["decided"] is not None for row in strata)
    decided = [row for row in strata if row["decided"]]
    largest = sorted(decided, key=lambda row: (-abs(row["net"]), row["net"]))[:MOST_NAMED]
    parts = [_stratum(row, name) for row in largest]
    more = len(decided) - len(parts)
    parts += [f"{more} more"] * bool(more)
    return f"{visible(strata[0]['key'])}, after Holm over {_strata(tested)}: {'; '.join(parts)}"


def _strata(count: int) -> str:
    return counted(count, "stratum", "strata")


def _keys(keys: Sequence[str]) -> str:
    """Name a few of the keys by which problems are told apart."""
    more = len(keys) - MOST_NAMED
    shown = [visible(key) for key in keys[:MOST_NAMED]]
    return listed(shown + [f"{counted(more, 'more key')}"] * (more > 0))


def _stratum(row: Row, name: Mapping[str, str]) -> str:
    """Say what was forgotten or learned of a stratum whose net change is decided."""
    value = f"{visible(row['key'])} {visible(row['value'])}"
    both, learned, forgotten = (row[kind] for kind in KINDS[:3])
    if row["net"] < 0:
        words = f"{name['other']} forgets more of {value} than it learns: {number(forgotten)} of "
        words += f"{number(both + forgotten)} problems that {name['base']} solves, and learns "
        words += number(learned)
    else:
        words = f"{name['other']} learns more of {value} than it forgets: {number(learned)} of "
        words += f"{number(both + learned)} problems that it solves, and forgets "
        words += number(forgotten)
    return f"{words} (M = {number(row['n_problems'])}, {_change(row)})"


def _change(row: Row) -> str:
    test = "" if row["net_holm"] is None else f", {p_value(row['net_holm'])}"
    return f"net {with_interval(row, 'net')} points{test}"


#: Tables of the page, by the table that each shows.
SUMMARIES = {"solved_sets": sets, "solved_steps": steps, "unseen": unseen}
