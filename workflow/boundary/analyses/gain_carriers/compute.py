"""Success against the number of positions at which a donor chooses, and what is beyond chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl
from scipy.special import ndtr

from boundary.analyses.gain_carriers.tables import (
    CROSS_POSITIONS,
    CROSS_SAMPLING,
    DIFFERENCES,
    PAIR,
)
from boundary.analyses.record import Options
from boundary.analyses.run_crossings import CrossingInputs
from boundary.analysis.bootstrap import Band, Sample, content_seed, draw_groups, simultaneous_band
from boundary.analysis.frames import column_types
from boundary.analysis.intervals import Floats, share_interval
from boundary.analysis.questions import Questions
from boundary.analysis.stopped import stops_early

ALL = "all"
#: Where the donor chooses, and at how many positions.
Setting = tuple[str, int | None]
#: Successes of a direction, ``[problems]``, by setting.
Rates = Mapping[Setting, Floats]
NONE: Setting = ("none", 0)
EVERYWHERE: Setting = ("all", None)


def strata(rows: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield all problems, and those of each family where there are several."""
    yield ALL, rows
    families = rows["family"].drop_nulls().unique().sort()
    if len(families) > 1:
        for family in families:
            yield f"family {family}", rows.filter(family=family)


def contrasts(rates: Rates) -> dict[tuple[Setting, str], Floats]:
    """Return the differences that are tested, ``[problems]``, by setting and name.

    Of the mixture with the donor at the m highest positions they are: less the host
    alone; less the donor alone; less the mean of both; less the mixture at m random
    positions.  Of the donor alone: less the host alone.
    """
    host, donor = rates[NONE], rates[EVERYWHERE]
    made: dict[tuple[Setting, str], Floats] = {(EVERYWHERE, "minus_host"): donor - host}
    for setting, mixed in rates.items():
        if setting[0] == "highest":
            others = (host, donor, (host + donor) / 2, rates["random", setting[1]])
            for name, other in zip(DIFFERENCES, others, strict=True):
                made[setting, name] = mixed - other
    return made


def simultaneous(values: Floats, questions: Questions, replicates: int, confidence: float) -> Band:
    """Return the band of the means of ``[problems, columns]``, over all columns together."""
    each = questions.mean(values)
    mean, se = questions.mean_and_se(values)
    draws = [each - mean]
    if questions.cluster is not None:
        sums = np.zeros((questions.units, values.shape[1]))
        np.add.at(sums, questions.cluster, draws[0])
        draws.insert(0, sums)
    # Neither the order of problems nor that of columns changes the draws.
    seed = content_seed(np.sort(each.sum(axis=1).round(9)))
    groups = [draw_groups(len(drawn), seed) for drawn in draws]
    drawn = tuple(d if by is None else by @ d for d, by in zip(draws, groups, strict=True))
    columns = np.arange(values.shape[1])
    sample = Sample(mean, se, questions.units, columns, drawn)
    return simultaneous_band(sample, replicates, confidence, seed)


def z_of_counts(c: Floats, n: Floats, others: Floats, m: Floats) -> float:
    """Return z of c of n against others of m on the same problems, for these very problems.

    Σ (c/n − others/m) / √Σ p(1 − p)(1/n + 1/m)·N/(N − 1), with p and N of both together
    in each problem: the variance given how many are right in all (Mantel and Haenszel 1959).
    0 where no problem tells both apart.
    """
    trials = n + m
    pooled = (c + others) / trials
    variance = pooled * (1 - pooled) * (1 / n + 1 / m) * trials / (trials - 1)
    if variance.sum() == 0:
        return 0.0
    return float((c / n - others / m).sum() / np.sqrt(variance.sum()))


def cross_sampling_table(inputs: CrossingInputs) -> pl.DataFrame:
    """Return success of every setting, each direction and stratum, with what was tested."""
    rows: list[dict[str, Any]] = []
    of_pair = ["comparison", "benchmark", "protocol"]
    for names, pair in sorted(inputs.trials.group_by(of_pair), key=lambda item: str(item[0])):
        labels = dict(zip(of_pair, map(str, names), strict=True))
        for stratum, trials in strata(pair):
            rows += _stratum(inputs, labels | {"stratum": stratum}, trials)
    return pl.DataFrame(rows, schema=column_types(CROSS_SAMPLING))


def _stratum(
    inputs: CrossingInputs, labels: dict[str, str], trials: pl.DataFrame
) -> list[dict[str, Any]]:
    """Return the rows of one stratum: both directions, tested together."""
    arms = {
        (str(host), str(donor)): frame
        for (host, donor), frame in sorted(
            trials.sort("problem_id").group_by("host", "donor", maintain_order=True),
            key=lambda item: str(item[0]),
        )
    }
    scores = {
        model: _scores(inputs, model, labels, trials["problem_id"].unique().sort())
        for pair in arms
        for model in pair
    }
    questions = Questions.of(next(iter(scores.values())))
    settings = {
        pair: {
            (str(choice), m): rows
            for (choice, m), rows in frame.group_by("choice", "m", maintain_order=True)
        }
        for pair, frame in arms.items()
    }
    columns: dict[tuple[Any, ...], Floats] = {}
    for pair, by_setting in settings.items():
        rates = {s: (rows["c"] / rows["n"]).to_numpy() for s, rows in by_setting.items()}
        columns |= {(pair, *key): values for key, values in contrasts(rates).items()}
    values = np.stack(list(columns.values()), axis=1)
    band = simultaneous(values, questions, inputs.bootstrap, inputs.confidence)
    tested: dict[Any, dict[str, Any]] = {}
    for i, (pair, setting, name) in enumerate(columns):
        ends = {"": band.mean[i], "_low": band.low[i], "_high": band.high[i]}
        of = tested.setdefault((pair, setting), {})
        of |= {f"{name}{end}": float(value) for end, value in ends.items()}
    for pair, by_setting in settings.items():
        for setting, p in _beyond(by_setting, len(settings)).items():
            tested[pair, setting] |= {"beyond_p": p, "beyond": p < 1 - inputs.confidence}
    return [
        {
            **labels,
            "host": pair[0],
            "donor": pair[1],
            "choice": setting[0],
            "m": setting[1],
            "of_right": _of_right(inputs, labels, pair, rows["problem_id"]),
            **_success(rows, questions, inputs.confidence),
            **tested.get((pair, setting), {}),
            **_beside_study(setting, rows, [scores[model] for model in pair]),
        }
        for pair, by_setting in settings.items()
        for setting, rows in by_setting.items()
    ]


def _beyond(by_setting: Mapping[Setting, pl.DataFrame], hosts: int) -> dict[Setting, float]:
    """Return p of each mixture being no better than the better of both models alone.

    Of these very problems: the larger of two one-sided p-values, multiplied by the number
    of mixtures with either host.
    """

    def z(one: Setting, two: Setting) -> float:
        frames = by_setting[one], by_setting[two]
        counts = [each[name].to_numpy().astype(np.float64) for each in frames for name in "cn"]
        return z_of_counts(*counts)

    mixed = [setting for setting in by_setting if setting[0] == "highest"]
    least = {setting: min(z(setting, NONE), z(setting, EVERYWHERE)) for setting in mixed}
    return {s: min(1.0, hosts * len(mixed) * float(ndtr(-z))) for s, z in least.items()}


def _of_right(
    inputs: CrossingInputs, labels: Mapping[str, str], pair: tuple[str, str], problems: pl.Series
) -> int:
    """Count the problems to which the donor has right responses, along which it was ranked."""
    named = {"host": pair[0], "donor": pair[1]}
    named |= {name: labels[name] for name in ("comparison", "benchmark", "protocol")}
    first = inputs.positions.filter(pl.col("rank") == 0, pl.col("of_right")).filter(**named)
    return int(first["problem_id"].is_in(problems.implode()).sum())


def _scores(
    inputs: CrossingInputs, model: str, labels: Mapping[str, str], problems: pl.Series
) -> pl.DataFrame:
    """Return the study's counts of a model on some problems, in their order."""
    arm = {"model": model, "benchmark": labels["benchmark"], "protocol": labels["protocol"]}
    return problems.to_frame().join(
        inputs.scores.filter(**arm), on="problem_id", how="left", maintain_order="left"
    )


def _success(rows: pl.DataFrame, questions: Questions, confidence: float) -> dict[str, Any]:
    rates = (rows["c"] / rows["n"]).to_numpy()
    mean, se = questions.mean_and_se(rates)
    low, high = share_interval(mean, se, questions.units, confidence)
    n = int(rows["n"].sum())
    return {
        "n_problems": questions.m,
        "n": n,
        "c": int(rows["c"].sum()),
        "success": float(mean),
        "ci_low": float(low),
        "ci_high": float(high),
        "mean_tokens": int(rows["tokens"].sum()) / n,
    }


def _beside_study(
    setting: Setting, rows: pl.DataFrame, scores: list[pl.DataFrame]
) -> dict[str, float]:
    """Return what the study counted of a model alone, and whether both counts agree."""
    if setting not in (NONE, EVERYWHERE):
        return {}
    counted = scores[setting == EVERYWHERE]
    if stops_early(counted):  # the test is of equally many samples of each problem
        return {}
    rates = (counted["correct"] / counted["n"]).to_numpy()
    mean, _ = Questions.of(counted).mean_and_se(rates)
    frames = (rows, "c"), (rows, "n"), (counted, "correct"), (counted, "n")
    z = z_of_counts(*(frame[name].to_numpy().astype(np.float64) for frame, name in frames))
    return {"study_success": float(mean), "study_p": float(2 * ndtr(-abs(z)))}


def cross_positions_table(inputs: CrossingInputs) -> pl.DataFrame:
    """Return at which positions donors choose first: over the problems of each stratum."""
    most = int(inputs.trials.filter(choice="highest")["m"].max())  # type: ignore[arg-type]
    frames = [pl.DataFrame(schema=column_types(CROSS_POSITIONS))]
    for _, rows in sorted(inputs.positions.group_by(list(PAIR)), key=lambda item: str(item[0])):
        for stratum, part in strata(rows):
            words = (
                part.group_by("position", "token")
                .agg(token_problems=pl.len().cast(pl.Int64))
                .sort("token_problems", "token", descending=[True, False])
                .unique("position", keep="first", maintain_order=True)
            )
            frames.append(
                part.group_by(*PAIR, "position")
                .agg(
                    problems=pl.len().cast(pl.Int64),
                    ranked_first=(pl.col("rank") == 0).sum().cast(pl.Int64),
                    of_right=pl.col("of_right").sum().cast(pl.Int64),
                    mean_gain=pl.col("gain").sort().mean(),
                    best=pl.col("rank").min(),
                )
                .filter(pl.col("best") < most)
                .join(words, on="position")
                .with_columns(
                    stratum=pl.lit(stratum),
                    n_problems=pl.lit(part["problem_id"].n_unique(), pl.Int64),
                )
                .select(*CROSS_POSITIONS.columns)
            )
    return pl.concat(frames)


def compute(inputs: CrossingInputs, options: Options) -> dict[str, pl.DataFrame]:
    """Return success by setting, and the positions at which donors choose."""
    return {
        CROSS_SAMPLING.name: cross_sampling_table(inputs),
        CROSS_POSITIONS.name: cross_positions_table(inputs),
    }
