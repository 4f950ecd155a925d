"""Logs of lm-evaluation-harness as ``--log_samples`` writes them, a folder a protocol and model.

A document has one value of a metric there, so that a verdict of its own stands only
where there is one response a problem; of several, ``exact_match`` is the share that is right.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from boundary.exporters.arm import ExportedArm
from boundary.exporters.record import write_lines

_METRIC = "exact_match"


def write(arms: Sequence[ExportedArm], folder: Path, study: str) -> None:
    """Write ``PROTOCOL/MODEL/samples_BENCHMARK_DATE.jsonl`` with ``results_DATE.json`` beside."""
    del study
    by_model: dict[tuple[str, str], list[ExportedArm]] = {}
    names: dict[str, set[str]] = {}
    for arm in arms:
        by_model.setdefault((arm.protocol, arm.model), []).append(arm)
        names.setdefault(arm.benchmark, set()).update(arm.counts["problem_id"])
    # Models are joined by these numbers, also where one was not asked all problems.
    numbers = {of: {name: i for i, name in enumerate(sorted(names[of]))} for of in names}
    for (protocol, model), its_arms in by_model.items():
        beside = folder / protocol / model
        date = max(_date(arm) for arm in its_arms)
        for arm in its_arms:
            documents = _documents(arm, numbers[arm.benchmark])
            write_lines(beside / f"samples_{arm.benchmark}_{date}.jsonl", documents)
        write_lines(beside / f"results_{date}.json", [_results(its_arms, model)])


def _date(arm: ExportedArm) -> str:
    """Return when the arm was scored, as the names of files have it."""
    moment = datetime.fromisoformat(str(arm.origin["time"]))
    return moment.strftime("%Y-%m-%dT%H-%M-%S.%f")


def _documents(arm: ExportedArm, numbers: Mapping[str, int]) -> Iterator[dict[str, object]]:
    problems = {row["problem_id"]: row for row in arm.asked.iter_rows(named=True)}
    groups = arm.responses().group_by("problem_id", maintain_order=True)
    for (name,), rows in groups:
        problem = problems[name]
        question, gold = problem["question"], problem["answer"] or ""
        texts = rows["response"].to_list()
        right = rows["correct"].fill_null(False)
        yield {
            "doc_id": numbers[name],
            "doc": {"id": name, "question": question, "answer": gold},
            "target": gold,
            "arguments": {"gen_args_0": {"arg_0": question, "arg_1": dict(arm.settings)}},
            "resps": [texts],
            "filtered_resps": texts,
            "filter": "none",
            "metrics": [_METRIC],
            _METRIC: float(right.sum()) / rows.height,
            "doc_hash": _sha256(name),
            "prompt_hash": _sha256(question),
            "target_hash": _sha256(gold),
        }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _estimate(arm: ExportedArm) -> dict[str, float]:
    """Return pass@1 and its standard error over problems, as the harness has both."""
    mean, error = arm.pass_at_1
    return {f"{_METRIC},none": mean} | ({} if error is None else {f"{_METRIC}_stderr,none": error})


def _results(arms: Sequence[ExportedArm], model: str) -> dict[str, object]:
    sizes = {arm.benchmark: arm.counts.height for arm in arms}
    return {
        "results": {arm.benchmark: {"alias": arm.benchmark} | _estimate(arm) for arm in arms},
        "configs": {
            arm.benchmark: {
                "task": arm.benchmark,
                "repeats": arm.counts["n"].max(),
                "metric_list": [{"metric": _METRIC, "higher_is_better": True}],
            }
            for arm in arms
        },
        "higher_is_better": {arm.benchmark: {_METRIC: True} for arm in arms},
        "n-samples": {name: {"original": n, "effective": n} for name, n in sizes.items()},
        "config": {"model": arms[0].source, "model_args": {"pretrained": model}},
        "model_name": model,
    }
