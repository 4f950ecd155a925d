"""A small study of which pages of problems are written, with texts of a test's choice."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from boundary.analyses.coverage.tables import COVERAGE_PROBLEMS
from boundary.analysis.frames import column_types
from boundary.explorer.write import write_explorer
from boundary.jobs.explorer import Explorer
from boundary.jobs.reading import tokens_beside
from boundary.origins import problem_digests, response_digests
from boundary.store import write_table
from boundary.tables import (
    LIKELIHOODS,
    PROBLEMS,
    SAMPLES,
    SCORES,
    TOKEN_SCORES,
    VERDICTS_TABLE,
    check,
)

#: What nobody may run, load, or be misled by.
BATTERY = [
    "<script>window.ran = 1</script>",
    '"><img src=x onerror="window.ran = 1">',
    "<svg><script>window.ran = 1</script><animate onbegin=window.ran=1></svg>",
    "<svg onload=window.ran=1><use href='data:image/svg+xml,x'/></svg>",
    "<math><mtext></mtext><mglyph><style><img src=x onerror=window.ran=1>",
    "</script><script>window.ran = 1</script>",
    "<!--<script>",
    "</pre></td></table></style><style>body{background:url(https://evil.example/x)}</style>",
    "<link rel=stylesheet href=https://evil.example/x><base href=https://evil.example>",
    "<iframe srcdoc='<script>parent.ran = 1</script>'></iframe>",
    "<a href=javascript:window.ran=1>a</a> {{7*7}} {% raw %} ${window.ran = 1}",
    "&lt;img src=x onerror=window.ran=1&gt; &#60;script&#62;",
    "\u2028window.ran = 1\u2029//",
    "\u202etxt.exe\u2066 a\u200bb \x00 \x1b[31m \ufeff",
    "]]><script>window.ran = 1</script><![CDATA[",
    "<form action=https://evil.example><button autofocus onfocus=window.ran=1>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
]
MODELS = ("base", "rl")
PROTOCOL = "t1"


def write_study(
    folder: Path,
    given: Mapping[str, Mapping[str, Sequence[tuple[str, bool]]]],
    questions: Mapping[str, str] | None = None,
    benchmark: str = "sums",
    tokens: Sequence[str] = (),
    **change: object,
) -> Path:
    """Write a study's files and its pages; return their folder.

    Parameters
    ----------
    folder : Path
    given : mapping
        Text, and whether it is right, of each response by model and problem.
    questions : mapping, optional
        By problem.
    benchmark : str
    tokens : sequence of str
        Models of which the base scored responses, a token a word, each with probability 0.005.
    change : object
        Fields of the job.
    """
    folder.mkdir(exist_ok=True)
    names = list(next(iter(given.values())))
    asked = questions or {name: f"what is {name}?" for name in names}
    problems = pl.DataFrame(
        {
            "benchmark": benchmark,
            "problem_id": names,
            "question": [asked[name] for name in names],
            "answer": "4",
            "kind": "math",
            "tests": None,
            "metadata": None,
        },
        schema_overrides={"tests": pl.String, "metadata": pl.String},
    )
    write_table(problems, folder / "problems.parquet", PROBLEMS)
    arms = [_arm(folder, problems, model, each, tokens) for model, each in given.items()]
    fields = {
        "study": "small",
        "models": [{"name": "base", "role": "base"}, {"name": "rl", "role": "rl"}],
        "confidence": 0.95,
        "by_protocol": False,
        "pairs": {"rl-vs-base": {"title": "rl against base"}},
        "comparisons": ["rl-vs-base"],
        "arms": arms,
        "responses": 8,
        "megabytes": 200,
    }
    job = Explorer.model_validate(fields | change)
    (folder / "job.json").write_text(job.model_dump_json())
    return write_pages(folder, compared(given, benchmark))


def write_pages(folder: Path, table: pl.DataFrame) -> Path:
    """Write the pages of a study whose files are there; return their folder."""
    job = Explorer.model_validate_json((folder / "job.json").read_text())
    write_explorer(job, table, folder / "report")
    return folder / "report"


def compared(
    responses: Mapping[str, Mapping[str, Sequence[tuple[str, bool]]]], benchmark: str
) -> pl.DataFrame:
    """Return the COVERAGE_PROBLEMS table of the study."""
    base, other = (responses[model] for model in MODELS)
    rows = []
    for name in base:
        right = [sum(ok for _, ok in side[name]) for side in (base, other)]
        n = [len(side[name]) for side in (base, other)]
        solved = {
            (True, True): "both",
            (True, False): "base_only",
            (False, True): "other_only",
            (False, False): "neither",
        }[right[0] > 0, right[1] > 0]
        rows.append(
            {
                "comparison": "rl-vs-base",
                "base": "base",
                "other": "rl",
                "benchmark": benchmark,
                "protocol": PROTOCOL,
                "other_protocol": PROTOCOL,
                "problem_id": name,
                "set": solved,
                "base_correct": right[0],
                "base_n": n[0],
                "other_correct": right[1],
                "other_n": n[1],
                "base_at_n": float(right[0] > 0),
                "other_at_n": float(right[1] > 0),
                "strata": '{"level":"1"}' if len(rows) % 2 else '{"level":"2"}',
            }
        )
    frame = pl.DataFrame(rows, schema=column_types(COVERAGE_PROBLEMS))
    return check(frame, COVERAGE_PROBLEMS, "test")


def _arm(
    folder: Path,
    problems: pl.DataFrame,
    model: str,
    responses: Mapping[str, Sequence[tuple[str, bool]]],
    tokens: Sequence[str],
) -> dict[str, object]:
    """Write the files of an arm and return what the job says of it."""
    (benchmark,) = problems["benchmark"].unique()
    arm = {"model": model, "benchmark": benchmark, "protocol": PROTOCOL}
    rows = [
        {"problem_id": name, "sample_index": i, "response": text, "correct": right}
        for name, each in responses.items()
        for i, (text, right) in enumerate(each)
    ]
    frame = pl.DataFrame(rows).with_columns(
        **{key: pl.lit(value) for key, value in arm.items()},
        seed=pl.lit(1),
        n_tokens=pl.col("response").str.split(" ").list.len().cast(pl.Int64),
        finish_reason=pl.lit("stop"),
        logprob_sum=pl.lit(-2.5),
    )
    write_table(frame.drop("correct"), folder / f"{model}-samples.parquet", SAMPLES)
    digests = problem_digests(problems).drop("benchmark")
    verdicts = frame.select(
        "problem_id",
        "sample_index",
        "correct",
        answer=pl.lit(BATTERY[0]),
        verdict=pl.when("correct").then(pl.lit("correct")).otherwise(pl.lit("wrong")),
        grader=pl.lit("g"),
        detail=pl.lit(BATTERY[1]),
        correct_lenient=pl.lit(True),
    ).with_columns(response_digests(frame["response"]))
    verdicts = verdicts.join(digests, on="problem_id", how="left")
    write_table(verdicts, folder / f"{model}-verdicts.parquet", VERDICTS_TABLE)
    scores = frame.group_by("problem_id", maintain_order=True).agg(
        n=pl.len().cast(pl.Int64),
        correct=pl.col("correct").sum().cast(pl.Int64),
        truncated=pl.lit(0),
        no_answer=pl.lit(0),
        distinct_answers=pl.lit(1),
        majority_correct=pl.lit(True),
        mean_tokens=pl.col("n_tokens").mean(),
    )
    scores = scores.with_columns(**{key: pl.lit(value) for key, value in arm.items()})
    write_table(scores, folder / f"{model}-scores.parquet", SCORES)
    quoted = {
        "problems": str(folder / "problems.parquet"),
        "samples": [str(folder / f"{model}-samples.parquet")],
        "verdicts": [str(folder / f"{model}-verdicts.parquet")],
    }
    job = {**arm, "scores": str(folder / f"{model}-scores.parquet"), "quoted": quoted}
    if model in tokens:
        job |= {"scorer": "base", "likelihoods": [_likelihoods(folder, model, frame)]}
    return job


def _likelihoods(folder: Path, model: str, frame: pl.DataFrame) -> str:
    path = folder / f"{model}-likelihoods.parquet"
    scored = frame.rename({"model": "source_model"}).with_columns(
        scorer=pl.lit("base"),
        logprobs=pl.col("response").map_elements(
            lambda text: [math.log(0.005)] * len(text.split(" ")), pl.List(pl.Float32)
        ),
        token_ends=pl.col("response").map_elements(_ends, pl.List(pl.Int64)),
    )
    keys = [*LIKELIHOODS.key]
    sums = scored.select(
        *keys,
        "n_tokens",
        logprob_sum=pl.col("n_tokens") * math.log(0.005),
        perplexity=pl.lit(200.0) + pl.col("sample_index"),
        left_out_tokens=pl.lit(0),
    ).with_columns(response_digests(frame["response"]))
    write_table(sums, path, LIKELIHOODS)
    write_table(
        scored.select(*keys, "token_ends", "logprobs"),
        Path(tokens_beside(str(path))),
        TOKEN_SCORES,
    )
    return str(path)


def _ends(text: str) -> list[int]:
    ends, at = [], 0
    for word in text.split(" "):
        at += len(word) + (1 if at + len(word) < len(text) else 0)
        ends.append(at)
    return ends
