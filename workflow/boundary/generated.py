"""Files of the repository that are written from the code: the schema of studies, and lists."""

from __future__ import annotations

from collections.abc import Iterator

from boundary.analyses.parts import schemas
from boundary.analyses.record import Analysis, Figure
from boundary.analyses.registry import analyses
from boundary.chain_tables import CHAIN_AGREEMENT, CHAIN_LABELS
from boundary.checking import Table
from boundary.config.analyses import SETTABLE
from boundary.config.schema import SCHEMA_FILE, json_schema
from boundary.tables import PROBLEMS, SAMPLES, SCORES, VERDICTS_TABLE

#: How each document says that nobody edits it.
_HEAD = "<!-- Written by `python -m boundary generate`; edits are lost. -->"
_READS = {
    "scores": "scores",
    "verdicts": "problems, verdicts",
    "samples": "problems, samples, verdicts",
    "likelihoods": "log-probabilities, verdicts",
    "crossings": "responses of two models together, verdicts, positions, scores",
    "interventions": "edited responses, what followed them, verdicts, scores",
    "screen": "completions of problems, scores",
    "labels": "selected chains, what was said of them, scores",
}


def documents() -> dict[str, str]:
    """Return the text of every such file by its path in the repository."""
    return {
        SCHEMA_FILE: json_schema(),
        "docs/analyses.md": "\n".join(_analyses()) + "\n",
        "docs/tables.md": "\n".join(_tables()) + "\n",
    }


def _analyses() -> Iterator[str]:
    yield from (_HEAD, "# Analyses", "")
    yield (
        "In the order in which each chapter of the report shows them. Each key of `analyses` in a "
        "study file is `true`, `false` or a mapping of options; those without a key always run. "
        "An analysis runs where the study has what it reads; asked for by name where it has "
        "not, it is an error. "
        "`python -m boundary analysis NAME` makes its tables from files."
    )
    yield from ("", "| analysis | what it tells | reads | problems | tables | figures | key |")
    yield "|---|---|---|---|---|---|---|"
    for entry in analyses().values():
        cells = (
            f"[{entry.name}]({entry.docs})",
            entry.about,
            _READS[entry.needs],
            ", ".join(entry.kinds) or "any",
            _listed(entry.tables),
            ", ".join(map(_figure, entry.figures)) or "–",
            _key(entry),
        )
        yield f"| {' | '.join(cells)} |"
    for entry in analyses().values():
        if fields := entry.options.model_fields:
            yield from ("", f"Options of `analyses.{entry.name}`:", "")
            for name, field in fields.items():
                yield f"- `{name}` (default {field.default}): {field.description}"


def _key(entry: Analysis) -> str:
    if entry.name not in SETTABLE:
        return "none"
    return f"`analyses.{entry.name}`, {'on' if entry.on else 'off'} by default"


def _tables() -> Iterator[str]:
    yield from (_HEAD, "# Tables", "")
    yield (
        "Every table is checked against its schema when it is written and when it is read. "
        "Columns that may be null are marked ?, those that may be absent +; rows are unique by "
        "the key."
    )
    yield from ("", "## Of an arm", "")
    for table in (PROBLEMS, SAMPLES, VERDICTS_TABLE, SCORES):
        yield _table(table.name, table)
    yield from ("", "## Of a study", "", "In `results/studies/STUDY/tables/`.", "")
    for entry in analyses().values():
        for name, table in schemas(entry.name).items():
            yield _table(name, table)
    for table in (CHAIN_LABELS, CHAIN_AGREEMENT):
        yield _table(table.name, table)


def _table(name: str, table: Table) -> str:
    columns = [
        f"{column}{'?' * entry.null}{'+' * (not entry.need)}"
        for column, entry in table.columns.items()
    ]
    return f"- **{name}** (key {', '.join(table.key)}): {', '.join(columns)}"


def _figure(figure: Figure) -> str:
    return f"`{figure.name}`" + ("" if figure.on else " (if named)")


def _listed(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
