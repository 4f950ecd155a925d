"""Commands about numbers that others published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[FILE]...", help="Published numbers (YAML); default: all shipped."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("check-published")(check_published)
    app.command("compare-published")(compare_published)


def check_published(files: Files = None) -> None:
    """Recompute what published numbers come to, and flag claims that do not agree with them.

    Example: `python -m boundary check-published config/published/yue2025_tables.yaml`
    """
    from boundary.published.consistency import remarks
    from boundary.published.points import published_files, read_published
    from boundary.wording import reveal

    tags = {True: "agrees", False: "DIFFERS", None: "follows"}
    for path in published_files(files):
        published = read_published(path)
        typer.echo(f"{path}: {reveal(published.citation)}")
        for remark in remarks(published):
            typer.echo(f"  {tags[remark.agrees]:8}{reveal(remark.text)}.")


def compare_published(
    file: Annotated[Path, typer.Argument(metavar="STUDY", help="Study file (YAML), finished.")],
    files: Files = None,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", help="PUBLISHED=OURS: which model of the study is the same."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Table; default: published.parquet in the study's folder."),
    ] = None,
) -> None:
    """Hold a study's pass@k against published values: ours, theirs, within our interval or not.

    Example: `python -m boundary compare-published config/studies/math500_published.yaml`
    """
    from boundary.config import read_study
    from boundary.plan import Plan
    from boundary.published.against import AGAINST_PUBLISHED, against_published, sentence
    from boundary.published.points import published_files, read_published
    from boundary.store import provenance, read_table, write_table
    from boundary.tables import PASSK
    from boundary.wording import reveal

    plan = Plan(read_study(file))
    paths = published_files(files)
    passk = read_table(Path(plan.file("tables/passk.parquet")), PASSK)
    table = against_published(
        passk, plan.study.study, [read_published(path) for path in paths], _named(model or [])
    )
    path = output or Path(plan.file("published.parquet"))
    by = provenance(study=plan.study.study, files=[str(each) for each in paths])
    written = write_table(table, path, AGAINST_PUBLISHED, provenance=by, csv=True)
    level = f"{100 * plan.study.analyses.confidence:g} %"
    typer.echo(
        f"{path}: pass@k with {level} intervals over problems, beside what others printed. On the "
        f"same problems the two should lie closer than intervals of other problems are wide."
    )
    for row in written.iter_rows(named=True):
        typer.echo(f"  {reveal(sentence(row))}.")


def _named(pairs: list[str]) -> dict[str, str]:
    """Read ``PUBLISHED=OURS``."""
    from boundary.errors import InputError

    named: dict[str, str] = {}
    for pair in pairs:
        published, equals, ours = pair.partition("=")
        if not (published and equals and ours):
            raise InputError(f"--model {pair}: give PUBLISHED=OURS, two names of models.")
        if named.setdefault(published, ours) != ours:
            raise InputError(f"--model {pair}: {published} is {named[published]} already.")
    return named
