"""Records of Every Eval Ever (schema 0.3.0): an aggregate an arm, and a line a response.

Responses of one problem share its ``sample_id``; ``metadata.sample_index`` tells them apart.
A trial without outcome has ``error`` and no response, and counts as wrong, as everywhere here.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from boundary import __version__
from boundary.digests import canonical_json, file_digest
from boundary.exporters.arm import ExportedArm
from boundary.exporters.record import write_lines
from boundary.jobs.sampling import PENALTIES, setting_text

SCHEMA = "0.3.0"
SOURCE = "reasoning-boundary"
#: Settings of a protocol by their names there.
_ARGUMENTS = ("temperature", "top_p", "top_k", "max_tokens")
#: Those that have none there, as texts.
_DETAILS = ("prompt", "sampler", "min_p", *PENALTIES)


def write(arms: Sequence[ExportedArm], folder: Path, study: str) -> None:
    """Write ``data/reasoning-boundary/DEVELOPER/MODEL/UUID.json`` and ``UUID_samples.jsonl``."""
    shared = Counter(_hub(source) for source in {arm.model: arm.source for arm in arms}.values())
    for arm in arms:
        hub = _hub(arm.source)
        # Revisions of one repository are several models of one name there.
        model = hub if hub is not None and shared[hub] == 1 else f"unknown/{arm.model}"
        identity = _identity(arm, study, model)
        digest = hashlib.sha256(canonical_json([identity, arm.origin]).encode()).digest()
        name = str(uuid.UUID(bytes=digest[:16], version=4))  # the schema takes no other version
        place = Path("data") / SOURCE / model / f"{name}_samples.jsonl"
        write_lines(folder / place, _instances(arm, identity, model))
        aggregate = _aggregate(arm, identity, model, place, file_digest(folder / place))
        write_lines(folder / place.with_name(f"{name}.json"), [aggregate])


def _hub(source: str) -> str | None:
    """Return ``ORG/NAME`` of a model of the hub; None of others."""
    kind, _, rest = source.partition(":")
    return rest if kind == "hf" and rest.count("/") == 1 else None


def _moment(arm: ExportedArm) -> str:
    return str(int(datetime.fromisoformat(str(arm.origin["time"])).timestamp()))


def _identity(arm: ExportedArm, study: str, model: str) -> dict[str, str]:
    """Return what ties the lines to their aggregate."""
    evaluation = f"{study}.{arm.benchmark}.{arm.protocol}"
    owner = model.replace("/", "_")
    return {
        "schema_version": SCHEMA,
        "evaluation_id": f"{evaluation}/{owner}/{_moment(arm)}",
    }


def _instances(
    arm: ExportedArm, identity: dict[str, str], model: str
) -> Iterator[dict[str, object]]:
    problems = {row["problem_id"]: row for row in arm.asked.iter_rows(named=True)}
    for row in arm.responses().iter_rows(named=True):
        problem = problems[row["problem_id"]]
        gold = problem["answer"] or ""
        right = row["correct"] is True
        answer = {
            "turn_idx": 0,
            "source": "output.raw",
            "extracted_value": row["answer"],
            "extraction_method": row["extraction"] or "custom",
            "is_terminal": True,
        }
        yield identity | {
            "model_id": model,
            "evaluation_name": arm.benchmark,
            "sample_id": row["problem_id"],
            "sample_hash": hashlib.sha256((problem["question"] + gold).encode()).hexdigest(),
            "interaction_type": "single_turn",
            "input": {"raw": problem["question"], "reference": [gold] if gold else []},
            "output": {"raw": [] if row["correct"] is None else [row["response"]]},
            "answer_attribution": [answer] if row["answer"] is not None else [],
            "evaluation": {"score": float(right), "is_correct": right},
            "error": "no outcome" if row["correct"] is None else None,
            "metadata": {
                "sample_index": str(row["sample_index"]),
                "verdict": row["verdict"] or "none",
                "finish_reason": row["finish_reason"] or "unknown",
                "output_tokens": "unknown" if row["n_tokens"] is None else str(row["n_tokens"]),
            },
        }


def _aggregate(
    arm: ExportedArm, identity: dict[str, str], model: str, place: Path, sha256: str
) -> dict[str, object]:
    mean, error = arm.pass_at_1
    moment = _moment(arm)
    given = {key: arm.settings[key] for key in _ARGUMENTS if arm.settings.get(key) is not None}
    uncertainty: dict[str, object] = {"num_samples": arm.counts.height}
    if error is not None:
        uncertainty["standard_error"] = {"value": error, "method": "over problems"}
    result = {
        "evaluation_name": arm.benchmark,
        "source_data": {"dataset_name": arm.benchmark, "source_type": "other"},
        "metric_config": {
            "metric_id": "pass_at_1",
            "metric_name": "pass@1",
            "metric_kind": "accuracy",
            "metric_unit": "proportion",
            "metric_parameters": {"k": 1},
            "lower_is_better": False,
            "score_type": "continuous",
            "min_score": 0.0,
            "max_score": 1.0,
        },
        "score_details": {"score": mean, "uncertainty": uncertainty},
        "generation_config": {
            "generation_args": given,
            "additional_details": {
                "samples_per_problem": _span(arm.counts["n"]),
                **{key: setting_text(arm.settings[key]) for key in _DETAILS if key in arm.settings},
            },
        },
    }
    return identity | {
        "evaluation_timestamp": moment,
        "retrieved_timestamp": moment,
        "source_metadata": {
            "source_name": "Reasoning Boundary",
            "source_type": "evaluation_run",
            "source_organization_name": "unknown",
            "evaluator_relationship": "other",
        },
        "eval_library": {"name": SOURCE, "version": __version__},
        "model_info": {
            "name": arm.model,
            "id": model,
            "additional_details": {
                "deployment_type": "self_deployed" if arm.settings else "unknown",
                "model_availability": "open_weights" if _hub(arm.source) else "unknown",
                "source": arm.source,
            },
        },
        "evaluation_results": [result],
        "detailed_evaluation_results": {
            "format": "jsonl",
            "file_path": place.as_posix(),
            "hash_algorithm": "sha256",
            "checksum": sha256,
            "total_rows": int(arm.counts["n"].sum()),
        },
    }


def _span(n: pl.Series) -> str:
    sizes = n.to_numpy()
    return str(sizes.min()) if sizes.min() == sizes.max() else f"{sizes.min()} to {sizes.max()}"
