"""The JSON schema of a study file, generated from the typed model."""

from __future__ import annotations

import json

from boundary.config.study import Study

SCHEMA_FILE = "config/study.schema.json"


def json_schema() -> str:
    """Return the schema (draft 2020-12) as text, as it stands in `SCHEMA_FILE`."""
    schema = Study.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Study file of Reasoning Boundary"
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"
