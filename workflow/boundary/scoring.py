"""Scoring: from samples and verdicts to one validated row a problem.

Everything downstream rests on n and the number correct, so nothing is scored
that is not whole: every problem of the benchmark, sample indices 0 … n-1, one
verdict for each sample that has an outcome.  A sample that a fault of the
machine ended has none: it counts as failed, and in ``n_unset``.
"""

from __future__ import annotations

from itertools import islice

import polars as pl

from boundary.columns import ARM_KEY, FAULT
from boundary.errors import TableError
from boundary.extraction import FORMS, RULES
from boundary.questions import ASKED, question_clusters
from boundary.strata import strata_texts
from boundary.tables import (
    ANSWERED_BY,
    ANSWERED_RIGHT,
    CORRECT_FENCED,
    CORRECT_UNDER,
    MOVED,
    SCORES,
    check,
)
from boundary.used import USED, used_by_correct
from boundary.wording import first_of

KEY = ("problem_id", "sample_index")
SHOWN = 5
#: What samples of other tools may tell of agents; tokens stand in all samples.
_OF_AGENTS = tuple(name for name in USED if name != "n_tokens")
_FAULTY = (pl.col("finish_reason") == FAULT).fill_null(False)
_CUT = (pl.col("finish_reason") == "length").fill_null(False)
#: What is counted of responses, by the column that tells it.
_OF_RESPONSES = {
    "empty": ("empty", pl.col("empty").filter(~_FAULTY).sum()),
    "fingerprint": ("distinct_responses", pl.col("fingerprint").filter(~_FAULTY).n_unique()),
}
#: What may be right for all that the verdict knows, and what of it is cut responses.
_UNGRADED = {
    "truncated_wrong": _CUT & ~pl.col("correct"),
    "timed_out": ~_CUT & pl.col("verdict").is_in(["timeout", "resource"]),
    "errored": ~_CUT & (pl.col("verdict") == "error"),
    "truncated_no_answer": _CUT & (pl.col("verdict") == "no_answer"),
}
#: What is counted of verdicts, by the optional column that tells it.
_OF_VERDICTS = {
    "chain_correct": ("chain_correct", pl.col("chain_correct")),
    "correct_lenient": ("correct_lenient", pl.col("correct_lenient")),
    "correct_agreed": ("correct_agreed", pl.col("correct_agreed")),
    "correct_theirs": ("correct_theirs", pl.col("correct_theirs")),
    **{name: (name, pl.col(name)) for name in (*CORRECT_UNDER, CORRECT_FENCED)},
    "breach": ("violations", pl.col("verdict") == "violation"),
    "tricks": ("tricked", pl.col("tricks").is_not_null()),
    "sandbox": ("reduced", (pl.col("sandbox") == "reduced").fill_null(False)),
}
#: Columns of verdicts that are read.
VERDICT_COLUMNS = (*KEY, "answer", "verdict", "correct", "extraction", *_OF_VERDICTS)


def score(
    problems: pl.DataFrame,
    samples: pl.DataFrame,
    verdicts: pl.DataFrame,
    n: int | None = None,
    *,
    unequal: bool = False,
) -> pl.DataFrame:
    """Count, for each problem, what its samples came to.

    Parameters
    ----------
    problems : polars.DataFrame
        A problems table that holds the whole benchmark; other benchmarks in
        it are ignored.  Of its columns only the key is needed.
    samples : polars.DataFrame
        A samples table of one (model, benchmark, protocol), with exactly n
        rows a problem; responses themselves are not read.
    verdicts : polars.DataFrame
        The verdicts table of those samples.
    n : int, optional
        Samples a problem; by default the common number found.
    unequal : bool
        Whether problems may have different numbers of samples, as those of other
        tools may; their indices are then not checked.

    Returns
    -------
    polars.DataFrame
        A scores table, one row a problem, sorted by problem:

        - ``n`` and ``correct``: samples, and those with verdict correct;
        - ``n_unset``: samples without outcome (``finish_reason`` error), which
          all columns below leave out; a verdict that they have is not read;
        - ``truncated``: samples that ended at the token limit; null where no sample
          tells how it ended;
        - ``no_answer``: samples with that verdict;
        - ``distinct_answers``: distinct extracted answers, compared as text;
          0 when all samples are without answer;
        - ``majority_correct``: whether the most frequent extracted answer is
          correct, ties going to the answer that came first.  Samples without
          an answer have no vote; without any vote it is false;
        - ``distinct_wrong_answers`` and ``answer_entropy``: those never called correct, and the
          entropy of the answers of the samples that have one, in nats, by their shares;
          null without any;
        - ``mean_tokens``: mean length of the responses, in tokens;
        - ``truncated_wrong``, ``timed_out`` and ``errored``: samples cut at the token limit
          and not correct, and of the others those whose grading ran out of time or
          memory, or ended in an error; ``truncated_no_answer``: samples cut that have no
          answer; the first and the last null where no sample tells how it ended;
        - ``answered_boxed`` and ``answered_declared``: samples whose answer stands in a
          box, and those whose answer the rule ``declared`` reads and ``boxed`` does not, where
          the verdicts have ``extraction`` and the grader extracts answers;
          ``answered_boxed_correct`` and ``answered_declared_correct``: the correct of these
          (``correct_boxed`` judges the box also where another answer stands behind it);
        - ``chain_correct``, ``correct_lenient``, ``correct_agreed``,
          ``correct_theirs``, ``correct_boxed``, ``correct_declared``, ``correct_any``,
          ``correct_fenced``: counts, where the verdicts have those columns;
        - ``violations``, ``tricked`` and ``reduced``: samples with that verdict,
          with a trick in their source, and run in the reduced sandbox, where
          the verdicts have ``breach``, ``tricks`` and ``sandbox``;
        - ``empty`` and ``distinct_responses``: responses of nothing but white
          space, and different ones, where the samples have ``empty`` and
          ``fingerprint`` (`boundary.guards.reduce_samples`); ``distinct_correct_responses``:
          different ones among the correct;
        - ``rounds_of_correct`` and ``cost_of_correct``: what each correct sample used, where
          the samples tell it of all that are (`boundary.used`);
        - ``tokens_drawn``, ``moves`` and ``accepted``: sums, where a sampler of whole responses
          drew the samples;
        - ``question`` and ``cluster``: which problems ask the same and which hang
          together (`boundary.questions`), where the problems have ``question``,
          ``answer``, ``kind`` and ``metadata``; ``strata``: short entries of the latter
          (`boundary.strata`).

        A grader that extracts no answers at all (code) leaves
        ``distinct_answers``, ``distinct_wrong_answers`` and ``majority_correct`` null.

    Raises
    ------
    TableError
        When a problem, a sample or a verdict is missing, surplus or doubled,
        or several models, benchmarks or protocols are mixed; names them.
    """
    arm = _one_arm(samples)
    known = [name for name in _OF_RESPONSES if name in samples.columns]
    used = [name for name in _OF_AGENTS if name in samples.columns]
    moved = [name for name in MOVED if name in samples.columns]
    rows = samples.select(*KEY, "n_tokens", "finish_reason", *known, *used, *moved)
    benchmark_problems = _whole_benchmark(problems, rows, arm)
    _unique(rows, "samples")
    if not unequal:
        _indices(rows, n)
    optional = [name for name in _OF_VERDICTS if name in verdicts.columns]
    forms = ["extraction"] if "extraction" in verdicts.columns else []
    verdicts = verdicts.select(*KEY, "answer", "verdict", "correct", *forms, *optional)
    _unique(verdicts, "verdicts")
    graded = _joined(rows, verdicts)
    lists, _ = used_by_correct(graded, pl.col("correct"), used)
    counted = graded.group_by("problem_id").agg(
        n=pl.len(),
        n_unset=(pl.col("finish_reason") == FAULT).sum(),
        correct=pl.col("correct").sum(),
        truncated=_CUT.sum(),
        no_answer=(pl.col("verdict") == "no_answer").sum(),
        mean_tokens=pl.col("n_tokens").filter(~_FAULTY).mean(),
        ends_known=pl.col("finish_reason").is_not_null().any(),
        **{name: each.sum() for name, each in _UNGRADED.items()},
        **{name: _count_known(each) for name, each in map(_OF_VERDICTS.__getitem__, optional)},
        **(_first_read_by(graded) if forms else {}),
        **dict(_OF_RESPONSES[name] for name in known),
        **lists,
        **{name: pl.col(name).sum() for name in moved},
        **(
            {"distinct_correct_responses": pl.col("fingerprint").filter("correct").n_unique()}
            if "fingerprint" in known
            else {}
        ),
    )
    counted = counted.with_columns(
        pl.when("ends_known").then(name).alias(name)
        for name in ("truncated", "truncated_wrong", "truncated_no_answer")
    ).drop("ends_known")
    scored = counted.join(_votes(graded), on="problem_id", how="left", validate="1:1")
    scored = scored.with_columns(pl.lit(value).alias(name) for name, value in arm.items())
    if set(benchmark_problems.columns) >= ASKED:
        asked = question_clusters(benchmark_problems, f"problems of {arm['benchmark']}")
        strata = strata_texts(benchmark_problems["metadata"])
        asked = asked.with_columns(strata)
        scored = scored.join(asked, on="problem_id", how="left", validate="1:1")
    where = "scores of " + ", ".join(arm.values())
    return check(scored.with_columns(_vote_columns()), SCORES, where).sort(SCORES.key)


def _count_known(each: pl.Expr) -> pl.Expr:
    """Count true values; null where nothing is known of any sample that has an outcome."""
    return pl.when((each.count() > 0) | _FAULTY.all()).then(each.sum())


def _first_read_by(graded: pl.DataFrame) -> dict[str, pl.Expr]:
    """Count answers by the narrowest rule that reads them; nothing where programs are graded."""
    answered = pl.col("verdict") != "no_answer"  # an empty box is a form and no answer
    of_programs = answered & pl.col("answer").is_null() & pl.col("extraction").is_not_null()
    if graded.filter(of_programs).height:
        return {}
    counts: dict[str, pl.Expr] = {}
    for rule, name, right in zip(RULES, ANSWERED_BY, ANSWERED_RIGHT, strict=False):
        read = answered & pl.col("extraction").is_in(
            [form for form in FORMS if FORMS[form] == rule]
        )
        counts |= {name: read.sum(), right: (read & pl.col("correct")).sum()}
    return counts


def _votes(graded: pl.DataFrame) -> pl.DataFrame:
    """Return, for each problem with an answer, its answers' number and the winner's verdict."""
    return (
        graded.filter(pl.col("answer").is_not_null())
        .group_by("problem_id", "answer")
        .agg(
            votes=pl.len(),
            first=pl.col("sample_index").min(),
            right=pl.col("correct").sort_by("sample_index").first(),
        )
        .sort("problem_id", "votes", "first", descending=[False, True, False])
        .group_by("problem_id", maintain_order=True)
        .agg(
            distinct_answers=pl.len(),
            distinct_wrong_answers=(~pl.col("right")).sum(),
            answer_entropy=pl.col("votes").cast(pl.Float64).entropy(),
            majority_correct=pl.col("right").first(),
        )
    )


def _vote_columns() -> list[pl.Expr]:
    """Fill in the problems without any vote: false when no sample gave an answer."""
    silent = pl.col("no_answer") + pl.col("n_unset") == pl.col("n")
    none = {"distinct_answers": 0, "distinct_wrong_answers": 0, "majority_correct": False}
    return [pl.when(silent).then(value).otherwise(name).alias(name) for name, value in none.items()]


def _one_arm(samples: pl.DataFrame) -> dict[str, str]:
    """Return model, benchmark and protocol, of which there must be one each."""
    arms = samples.select(ARM_KEY).unique().sort(ARM_KEY)
    if arms.height == 1:
        return dict(zip(ARM_KEY, arms.row(0), strict=True))
    if not arms.height:
        raise TableError("There are no samples to score.")
    shown = "; ".join(", ".join(arm) for arm in arms.head(SHOWN).rows())
    raise TableError(
        f"The samples mix {arms.height} (model, benchmark, protocol): {shown}. Score each "
        f"separately: verdicts are keyed by problem and sample index alone."
    )


def _whole_benchmark(
    problems: pl.DataFrame, rows: pl.DataFrame, arm: dict[str, str]
) -> pl.DataFrame:
    """Return the problems of the benchmark, which must be exactly those that were sampled."""
    benchmark = arm["benchmark"]
    expected = problems.filter(pl.col("benchmark") == benchmark)
    if not expected.height:
        known = ", ".join(problems["benchmark"].unique().sort()) or "none"
        raise TableError(
            f"The samples are of benchmark {benchmark}, of which the problems table has no "
            f"problem (it has: {known})."
        )
    sampled = rows.select("problem_id").unique()
    lost = expected.join(sampled, on="problem_id", how="anti")
    if lost.height:
        raise TableError(
            f"{lost.height} of the {expected.height} problems of {benchmark} have no sample: "
            f"{_names(lost)}. A score over part of a benchmark is not its score; sample the rest."
        )
    foreign = sampled.join(expected, on="problem_id", how="anti")
    if foreign.height:
        raise TableError(
            f"{foreign.height} sampled problem(s) are not in benchmark {benchmark}: "
            f"{_names(foreign)}. Give the problems table from which the samples were made."
        )
    return expected


def _names(frame: pl.DataFrame) -> str:
    return first_of(frame["problem_id"].unique().sort().to_list(), SHOWN)


def _keys(frame: pl.DataFrame) -> str:
    keys = frame.select(KEY).unique().sort(KEY)
    shown = "; ".join(f"problem {p}, sample {i}" for p, i in keys.head(SHOWN).rows())
    return shown + (f" and {keys.height - SHOWN} more" if keys.height > SHOWN else "")


def _unique(frame: pl.DataFrame, name: str) -> None:
    doubled = frame.filter(pl.struct(KEY).is_duplicated())
    if doubled.height:
        raise TableError(f"The {name} hold rows more than once: {_keys(doubled)}.")


def _indices(rows: pl.DataFrame, n: int | None) -> None:
    """Require sample indices 0 … n-1 for every problem; the rows are unique."""
    ranges = rows.group_by("problem_id").agg(
        n=pl.len(), low=pl.col("sample_index").min(), high=pl.col("sample_index").max()
    )
    if n is None:
        if ranges["n"].n_unique() > 1:
            rare = ranges.filter(pl.col("n") != ranges["n"].mode().sort()[-1]).sort("problem_id")
            shown = "; ".join(
                f"{p} has {k}" for p, k in rare.select("problem_id", "n").head(SHOWN).rows()
            )
            low, high = ranges.select(pl.col("n").min(), pl.col("n").max().alias("high")).row(0)
            raise TableError(
                f"Problems have from {low} to {high} samples: {shown}. "
                f"Every problem needs the same number; sample what is missing."
            )
        n = int(ranges["n"][0])
    wrong = ranges.filter((pl.col("n") != n) | (pl.col("low") != 0) | (pl.col("high") != n - 1))
    if not wrong.height:
        return
    first = wrong.sort("problem_id").row(0, named=True)
    sampled = set(rows.filter(pl.col("problem_id") == first["problem_id"])["sample_index"])
    surplus = sorted(index for index in sampled if not 0 <= index < n)
    gaps = list(islice((index for index in range(n) if index not in sampled), SHOWN))
    lacking = n - len(sampled) + len(surplus)
    facts = [
        f"{word} {', '.join(map(str, indices[:SHOWN]))}"
        + (f" and {count - SHOWN} more" if count > SHOWN else "")
        for word, indices, count in (
            ("lacks", gaps, lacking),
            ("has beyond them", surplus, len(surplus)),
        )
        if count
    ]
    raise TableError(
        f"{wrong.height} problem(s) do not have exactly the sample indices 0 to {n - 1}: "
        f"{_names(wrong)}. Problem {first['problem_id']} {' and '.join(facts)}."
    )


def _joined(rows: pl.DataFrame, verdicts: pl.DataFrame) -> pl.DataFrame:
    """Return each sample with its verdict, which those without outcome have none of.

    Raises
    ------
    TableError
        Unless there is one verdict for each sample with an outcome, and one sample for
        each verdict.
    """
    graded = rows.join(verdicts, on=list(KEY), how="left")
    unverified = graded.filter(pl.col("verdict").is_null() & ~_FAULTY)
    if unverified.height:
        raise TableError(
            f"{unverified.height} sample(s) have no verdict: {_keys(unverified)}. "
            f"Verify them first."
        )
    if graded["verdict"].count() < verdicts.height:
        unsampled = verdicts.join(rows, on=list(KEY), how="anti")
        raise TableError(
            f"{unsampled.height} verdict(s) have no sample: {_keys(unsampled)}. "
            f"The verdicts are of other samples."
        )
    if not graded.select(_FAULTY.any()).item():
        return graded
    of_verdicts = [name for name in verdicts.columns if name not in KEY]
    return graded.with_columns(pl.when(~_FAULTY).then(name).alias(name) for name in of_verdicts)
