"""Read what the pages show: of responses the chosen alone, a batch at a time.

A study's responses may be far more than fit in memory.  They are chosen by verdicts and
lengths, and then the texts of those that were chosen are read, one arm after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from boundary.digests import seed_of
from boundary.explorer.choose import GRADERS, choose, otherwise
from boundary.explorer.marks import marked_tokens
from boundary.imported import samples_table
from boundary.jobs.explorer import ExploredArm, Explorer, Responses
from boundary.jobs.reading import tokens_beside
from boundary.jobs.shards import shard_paths
from boundary.meetings import read_verdicts
from boundary.origins import KEY, RESPONSE, check_responses, response_digests
from boundary.store import read_batches, read_table
from boundary.tables import LIKELIHOODS, PROBLEMS, SCORES, TOKEN_SCORES, UNTESTED

#: Characters of a response and of tests that a page shows.
LONGEST, LONGEST_TESTS = 20_000, 4_000
_OF_VERDICTS = ("answer", "verdict", "correct", "detail", "remarks", "breach", "tricks")
_OF_SAMPLES = ("n_tokens", "finish_reason", "logprob_sum")
_OF_SCORER = ("logprob_sum", "n_tokens", "perplexity", "left_out_tokens", RESPONSE)


@dataclass
class Kept:
    """Chosen responses of all arms, within a budget of bytes.

    While the texts take more, the last response of every problem and arm is left out, so
    that no problem and no model is shown by more than another.

    Attributes
    ----------
    most : int
        Responses of a problem and arm that are kept.
    budget : int
        Bytes of their texts as shown.
    responses, marks : dict of str to polars.DataFrame
        By the place of the arm; marks as of `marked_tokens`.
    chosen : int
        Responses that were chosen, before any was left out.
    """

    most: int
    budget: int
    responses: dict[int, pl.DataFrame] = field(default_factory=dict)
    marks: dict[int, pl.DataFrame] = field(default_factory=dict)
    chosen: int = 0

    def add(self, place: int, responses: pl.DataFrame) -> None:
        """Keep responses of an arm, with ``response``, sorted by problem and ``rank``."""
        self.chosen += responses.height
        self.responses[place] = responses.filter(pl.col("rank") < self.most)
        while self.most and self._bytes() > self.budget:
            self.most -= 1
            for each, frame in self.responses.items():
                self.responses[each] = frame.filter(pl.col("rank") < self.most)

    def mark(self, place: int, tokens: Iterable[pl.DataFrame]) -> None:
        """Keep the marks of an arm's responses; ``tokens_scored`` says which were scored."""
        marks, scored = (
            [],
            [pl.DataFrame(schema=dict(zip(KEY, (pl.String, pl.Int64), strict=True)))],
        )
        for frame in tokens:
            marks.append(marked_tokens(frame))
            scored.append(frame.select(KEY))
        keys = pl.concat(scored).with_columns(tokens_scored=pl.lit(True))
        self.responses[place] = self.responses[place].join(
            keys, on=KEY, how="left", maintain_order="left"
        )
        if marks:
            self.marks[place] = pl.concat(marks)

    def _bytes(self) -> int:
        return sum(
            int(frame["response"].str.len_bytes().sum()) for frame in self.responses.values()
        )


@dataclass(frozen=True)
class Material:
    """What pages are made of; arms by their place.

    Attributes
    ----------
    problems : dict of str to polars.DataFrame
        Of each benchmark that any arm's file tells of, sorted by id.  ``tests`` are cut to
        `LONGEST_TESTS` characters, and ``tests_left_out`` counts the others.
    scores : list of polars.DataFrame
    kept : Kept
    graded : dict of int to polars.DataFrame
        Of arms with responses ``problem_id`` and ``otherwise``: how many another grader
        judges otherwise, null where there is none.
    """

    problems: dict[str, pl.DataFrame]
    scores: list[pl.DataFrame]
    kept: Kept
    graded: dict[int, pl.DataFrame]


def read_material(job: Explorer) -> Material:
    """Read what the pages show, of all texts those of the responses that are kept.

    Raises
    ------
    TableError
        When two files are of different responses.
    """
    scores = [read_table(Path(arm.scores), SCORES).filter(**arm.labels) for arm in job.arms]
    return Material(_read_problems(job.arms), scores, *_read_kept(job))


def _read_kept(job: Explorer) -> tuple[Kept, dict[int, pl.DataFrame]]:
    kept = Kept(job.responses, job.megabytes * 10**6)
    graded = {}
    for place, arm in enumerate(job.arms):
        if arm.quoted is None:
            continue
        judged = _judged(arm, arm.quoted)
        other = otherwise(judged)
        count = pl.lit(None, pl.UInt32) if other is None else other.sum().cast(pl.UInt32)
        graded[place] = judged.group_by("problem_id").agg(otherwise=count)
        flags = judged.with_columns(
            otherwise=pl.lit(False) if other is None else other, tricked=_tricked(judged)
        )
        seed = seed_of("explorer", *arm.labels.values())
        chosen = choose(flags, kept.most, seed)
        picked = judged.join(chosen, on=KEY, how="inner")
        shown = picked.join(_texts(arm.quoted, picked), on=KEY, how="inner")
        kept.add(place, shown.sort("problem_id", "rank"))
        if arm.scorer is not None:
            kept.mark(place, _tokens(arm, kept.responses[place]))
    return kept, graded


def _tricked(judged: pl.DataFrame) -> pl.Expr:
    names = [name for name in ("breach", "tricks") if name in judged.columns]
    return pl.any_horizontal(pl.lit(False), *(pl.col(name).is_not_null() for name in names))


def _judged(arm: ExploredArm, quoted: Responses) -> pl.DataFrame:
    """Return all of an arm's responses but their texts, with verdicts and likelihoods."""
    verdicts = read_verdicts(
        shard_paths(quoted.verdicts),
        Path(quoted.problems),
        arm.benchmark,
        columns=(*_OF_VERDICTS, *GRADERS.values()),
    )
    paths = shard_paths(quoted.samples)
    drawn = pl.concat(
        read_table(path, samples_table([path]), columns=(*KEY, *_OF_SAMPLES)) for path in paths
    )
    joined = verdicts.join(drawn, on=KEY, how="inner", validate="1:1")
    if arm.scorer is None:
        return joined.with_columns(surprise=pl.lit(None, pl.Float64))
    scored = _of_arm(
        pl.concat(
            (
                read_table(Path(path), LIKELIHOODS, columns=(*LIKELIHOODS.key, *_OF_SCORER))
                for path in arm.likelihoods
            ),
            how="diagonal",
        ),
        arm,
    )
    check_responses(
        scored, arm.likelihoods[0], verdicts, shard_paths(quoted.verdicts), "likelihood"
    )
    whole = pl.lit(True)
    if "left_out_tokens" in scored.columns:
        whole = pl.col("left_out_tokens") == 0
    scored = scored.select(
        *KEY,
        surprise=pl.when(whole).then("perplexity"),
        scorer_logprob=pl.when(whole).then("logprob_sum"),
        scorer_tokens="n_tokens",
    )
    return joined.join(scored, on=KEY, how="left", validate="1:1")


def _of_arm(frame: pl.DataFrame, arm: ExploredArm) -> pl.DataFrame:
    """Return the rows that a likelihood table has of an arm."""
    return frame.filter(
        scorer=arm.scorer,
        source_model=arm.model,
        benchmark=arm.benchmark,
        protocol=arm.protocol,
    )


def _texts(arm: Responses, chosen: pl.DataFrame) -> pl.DataFrame:
    """Return ``response``, as far as it is shown, and ``left_out``, its other characters."""
    paths = shard_paths(arm.samples)
    asked = chosen.select(*KEY, *([RESPONSE] if RESPONSE in chosen.columns else []))
    parts = [asked.select(*KEY, response=pl.lit(""), left_out=pl.lit(0, pl.UInt32)).clear()]
    for path in paths:
        for batch in read_batches(path, samples_table([path]), columns=(*KEY, "response")):
            rows = batch.join(asked, on=KEY, how="semi")
            if rows.is_empty():
                continue
            digests = rows.select(*KEY, response_digests(rows["response"]))
            check_responses(asked, shard_paths(arm.verdicts)[0], digests, [path], "verify")
            parts.append(
                rows.select(
                    *KEY,
                    pl.col("response").str.slice(0, LONGEST),
                    left_out=pl.col("response").str.slice(LONGEST).str.len_chars(),
                )
            )
    return pl.concat(parts)


def _tokens(arm: ExploredArm, shown: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield what the arm's scorer says of each token of the responses that are shown."""
    columns = (*TOKEN_SCORES.key, "token_ends", "logprobs")
    for path in map(Path, map(tokens_beside, arm.likelihoods)):
        for batch in read_batches(path, TOKEN_SCORES, columns=columns):
            if "token_ends" in batch.columns:
                placed = _of_arm(batch, arm).filter(pl.col("token_ends").is_not_null())
                yield placed.join(shown, on=KEY, how="semi")


def _read_problems(arms: Iterable[ExploredArm]) -> dict[str, pl.DataFrame]:
    files: dict[str, dict[str, None]] = {}
    for arm in arms:
        if arm.quoted is not None:
            files.setdefault(arm.benchmark, {})[arm.quoted.problems] = None
    return {benchmark: _problems(benchmark, paths) for benchmark, paths in files.items()}


def _problems(benchmark: str, paths: Mapping[str, None]) -> pl.DataFrame:
    frames = []
    for path in map(Path, paths):
        tests = [
            batch.select(
                "problem_id",
                pl.col("tests").str.slice(0, LONGEST_TESTS),
                tests_left_out=pl.col("tests").str.slice(LONGEST_TESTS).str.len_chars(),
            )
            for batch in read_batches(path, PROBLEMS, columns=(*PROBLEMS.key, "tests"))
        ]
        known = read_table(path, PROBLEMS, columns=UNTESTED).filter(benchmark=benchmark)
        frames.append(known.join(pl.concat(tests), on="problem_id", how="left"))
    whole = pl.concat(frames, how="diagonal")
    return whole.unique("problem_id", keep="first", maintain_order=True).sort("problem_id")
