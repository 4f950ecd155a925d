"""Commands about numbers that others published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from boundary.cli.pages import read_tables

#: Tables of a study that published numbers are held against, as far as it has them.
READ = ("passk", "solved_sets", "matched_temperature")
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

    Exits with 1 where a number differs of which the file does not say that it is an erratum.

    Example: `python -m boundary check-published config/published/yue2025_tables.yaml`
    """
    from boundary.published.consistency import remarks
    from boundary.published.points import published_files, read_published
    from boundary.wording import counted, reveal

    tags = {True: "agrees", False: "DIFFERS", None: "follows"}
    unknown = 0
    for path in published_files(files):
        published = read_published(path)
        typer.echo(f"{path}: {reveal(published.citation)}")
        for remark in remarks(published):
            known = f" (known: {reveal(remark.erratum)})" if remark.erratum else ""
            typer.echo(f"  {tags[remark.agrees]:8}{reveal(remark.text)}{known}.")
            unknown += remark.agrees is False and not remark.erratum
    if unknown:
        typer.echo(
            f"{counted(unknown, 'number')} DIFFERS where no erratum of it is in the file.", err=True
        )
        raise typer.Exit(1)


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
    """Hold a study against published values: ours, theirs, within our interval or not.

    Of pass@k, of the sets of problems that two models solve, and of the temperature at which one
    has the other's entropy.  Files and models are those that the study names under published,
    and those given here.

    Example: `python -m boundary compare-published config/studies/math500_published.yaml`
    """
    from boundary.config import read_study
    from boundary.plan import Plan
    from boundary.plan.analyses import tables_of
    from boundary.published import against, pairs
    from boundary.published.points import published_files, read_published
    from boundary.store import provenance, write_table
    from boundary.wording import reveal

    plan, named = Plan(read_study(file)), _named(model or [])
    given = {Path(each).resolve(): names for each, names in (plan.study.published or {}).items()}
    paths = published_files(files or [Path(each) for each in plan.study.published or {}])
    held = [(read_published(path), {**given.get(path.resolve(), {}), **named}) for path in paths]
    tables = read_tables(
        Path(plan.file("tables")), [each for each in READ if each in tables_of(plan)]
    )
    made = against.against_published(tables, plan.study.study, held)
    path = output or Path(plan.file("published.parquet"))
    by = provenance(study=plan.study.study, files=[str(each) for each in paths])
    level = f"{100 * plan.study.analyses.confidence:g} %"
    typer.echo(
        f"{path}: ours with {level} intervals over problems, beside what others printed. On the "
        f"same problems the two should lie closer than intervals of other problems are wide."
    )
    forms = (
        (path, against.AGAINST_PUBLISHED, against.sentence),
        (
            path.with_name(f"{path.stem}_pairs{path.suffix}"),
            pairs.PAIRS_AGAINST_PUBLISHED,
            pairs.sentence,
        ),
    )
    for frame, (target, schema, sentence) in zip(made, forms, strict=True):
        if frame.height:
            written = write_table(frame, target, schema, provenance=by, csv=True)
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
