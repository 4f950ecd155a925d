"""The JSON schema of a study file, generated from the typed model."""

from __future__ import annotations

import json
from typing import Any

from boundary.config.study import Study
from boundary.config.tasks import FIRST, TASKS

SCHEMA_FILE = "config/study.schema.json"


def json_schema() -> str:
    """Return the schema (draft 2020-12) as text, as it stands in `SCHEMA_FILE`."""
    schema = Study.model_json_schema()
    if len(TASKS) > 1:
        _of_the_source(schema["$defs"])
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Study file of Reasoning Boundary"
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"


def _of_the_source(kinds: dict[str, Any]) -> None:
    """Let problems of the lab leave out their task, which the benchmark's source says."""
    drawing, _ = kinds["Benchmark"]["properties"]["lab"]["anyOf"]
    drawing["anyOf"] = drawing.pop("oneOf")
    for task in TASKS.values():
        if task.name != FIRST:
            kinds[task.drawing.__name__]["required"].remove("task")
