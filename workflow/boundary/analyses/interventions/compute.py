"""How often answers follow an edit of the chain, stay, or break."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from boundary.analyses.interventions.tables import INTERVENTIONS, LEFT_OUT, ORIGINALS
from boundary.analyses.record import Options
from boundary.analyses.run_interventions import InterventionInputs
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import difference_and_p, share_interval
from boundary.analysis.questions import Questions
from boundary.columns import ARM, ARM_KEY
from boundary.edits import ANSWERS, GOES_ON

_RESPONSE = [*ARM_KEY, "problem_id", "original"]


def outcomes(trials: pl.DataFrame) -> pl.DataFrame:
    """Say of each edit what became of the answer, or why that cannot be said.

    Parameters
    ----------
    trials : polars.DataFrame
        As of `boundary.analyses.run_interventions.InterventionInputs`.

    Returns
    -------
    polars.DataFrame
        ``excluded`` filled in where the original has no answer or that which the edit
        implies, and where nothing is implied though other such edits of the arm tell, so that
        ``follows``, ``stays`` and ``breaks`` are of the same edits; ``was``, one of
        ORIGINALS; and as 0 or 1, null where excluded, ``follows``
        (null too where nobody knows what is implied), ``stays``, ``breaks``, ``right`` and
        ``silent``: the answer is the implied one, the original one, neither; correct; none.
        Answers are compared as text, but two that the verifier finds right are one.
    """
    implied = pl.col("implied").is_not_null()
    same = (pl.col("answer") == pl.col("new_answer")) | (pl.col("correct") & pl.col("new_correct"))
    chain = pl.col("chain_correct").fill_null(True)
    kept = pl.col("excluded").is_null()
    tells = implied.any().over(*ARM_KEY, "edit")
    rows = trials.with_columns(
        excluded=pl.coalesce(
            "excluded",
            pl.when(pl.col("answer").is_null()).then(pl.lit("no_answer")),
            pl.when(tells & ~implied).then(pl.lit("not_implied")),
            pl.when(
                (pl.col("implied") == pl.col("answer"))
                | ((pl.col("implied") == pl.col("new_answer")) & same)
            ).then(pl.lit("same_answer")),
        ),
        was=pl.when("correct")
        .then(pl.when(chain).then(pl.lit(ORIGINALS[0])).otherwise(pl.lit(ORIGINALS[1])))
        .otherwise(pl.lit(ORIGINALS[2])),
        follows=pl.when(implied).then((pl.col("implied") == pl.col("new_answer")).fill_null(False)),
        stays=same.fill_null(False),
        right=pl.col("new_correct"),
        silent=pl.col("new_answer").is_null(),
    )
    broken = ~(pl.col("stays") | pl.col("follows"))
    named = ("follows", "stays", "breaks", "right", "silent")
    return rows.with_columns(breaks=pl.when(implied).then(broken)).with_columns(
        pl.when(kept).then(pl.col(name).cast(pl.Float64)).alias(name) for name in named
    )


def beside_control(rows: pl.DataFrame) -> pl.DataFrame:
    """Add ``moved``: whether the answer stays without the edit, less whether it does with it.

    An edited step is held against going on from that step as it was; the other edits
    against answering after the whole chain.
    """
    going = rows.filter(edit=GOES_ON).select(*_RESPONSE, "step", kept_going="stays")
    whole = rows.filter(edit=ANSWERS).select(*_RESPONSE, kept_whole="stays")
    of_step, alone = pl.col("edit") == "corrupt", pl.col("edit").is_in([GOES_ON, ANSWERS])
    control = pl.when(of_step).then("kept_going").otherwise("kept_whole")
    joined = rows.join(going, on=[*_RESPONSE, "step"], how="left")
    return (
        joined.join(whole, on=_RESPONSE, how="left")
        .with_columns(moved=pl.when(~alone).then(control - pl.col("stays")))
        .drop("kept_going", "kept_whole")
    )


def placed(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield the rows of each table row's place, with ``place`` and ``number``.

    The last step, whose result is the answer, counts apart from those before it.
    """
    last = (pl.col("step") == pl.col("steps")) & (pl.col("step") > 0)
    before = pl.col("step").is_between(1, pl.col("steps") - 1)
    none = pl.lit(None, pl.Int64)
    yield rows.filter(before).with_columns(place=pl.lit("step"), number=pl.col("step"))
    yield rows.filter(before).with_columns(place=pl.lit("before_last"), number=none)
    yield rows.filter(last).with_columns(place=pl.lit("last"), number=none)
    yield rows.filter(pl.col("step") == 0).with_columns(place=pl.lit("chain"), number=none)


def interventions_table(inputs: InterventionInputs, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the shares of each edit, place and kind of original, with intervals over problems.

    A problem weighs the same however many of its responses, or of their steps, are edited.
    """
    kept = rows.filter(pl.col("excluded").is_null())
    keys = [*ARM_KEY, "edit", "place", "number", "was"]
    cells: list[dict[str, Any]] = []
    for frame in placed(kept):
        for key, cell in frame.sort(_RESPONSE).group_by(keys, maintain_order=True):
            labels = dict(zip((*ARM_KEY, "edit", "place", "step", "original"), key, strict=True))
            cells.append(labels | _cell(inputs, cell))
    return pl.DataFrame(cells, schema=column_types(INTERVENTIONS))


def _cell(inputs: InterventionInputs, cell: pl.DataFrame) -> dict[str, Any]:
    shares = ("follows", "stays", "breaks", "right", "silent")
    problems = cell.group_by(*ARM_KEY, "problem_id", maintain_order=True).agg(
        pl.col(*shares, "moved").mean()
    )
    row: dict[str, Any] = {"n": cell.height}
    row["n_problems"] = _questions(inputs, problems).m
    for name in (*shares, "moved"):
        known = problems.filter(pl.col(name).is_not_null())
        if known.is_empty():
            continue
        questions = _questions(inputs, known)
        mean, se = questions.mean_and_se(known[name].to_numpy())
        level = inputs.confidence
        ends: Sequence[Any]
        if name == "moved":
            ends = difference_and_p(float(mean), float(se), questions.units, level)[:2]
        else:
            ends = share_interval(mean, se, questions.units, level)
        low, high = map(float, ends)
        row |= {name: float(mean), f"{name}_low": low, f"{name}_high": high}
    return row


def _questions(inputs: InterventionInputs, problems: pl.DataFrame) -> Questions:
    names = [*ARM_KEY, "problem_id"]
    there = [name for name in ("question", "cluster") if name in inputs.scores.columns]
    rows = problems.select(names).join(
        inputs.scores.select(*names, *there), on=names, how="left", maintain_order="left"
    )
    return Questions.of(rows)


def left_out_table(rows: pl.DataFrame) -> pl.DataFrame:
    """Count the edits without an outcome, by the reason."""
    of = rows.group_by(*ARM, "edit").agg(of=pl.len().cast(pl.Int64))
    return (
        rows.filter(pl.col("excluded").is_not_null())
        .group_by(*ARM, "edit", "excluded")
        .agg(n=pl.len().cast(pl.Int64), n_problems=pl.col("problem_id").n_unique().cast(pl.Int64))
        .join(of, on=[*ARM, "edit"])
        .select(*LEFT_OUT.columns)
        .cast({name: column.type for name, column in LEFT_OUT.columns.items()})
    )


def compute(inputs: InterventionInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return what became of the answers, and what is left out."""
    rows = outcomes(inputs.trials)
    return {
        INTERVENTIONS.name: interventions_table(inputs, beside_control(rows)),
        LEFT_OUT.name: left_out_table(rows),
    }
