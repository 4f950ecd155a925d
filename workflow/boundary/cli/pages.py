"""Commands that draw figures and write the report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from boundary.cli.options import OutputFile, OutputFolder, Spec
from boundary.cli.spec import read_spec

if TYPE_CHECKING:
    import polars as pl

    from boundary.jobs.pages import QuotedArm
    from boundary.report.drawn import ArmFacts

TablesFolder = Annotated[Path, typer.Option("--tables", help="Folder of the study's tables.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("figures")(figures)
    app.command("report")(report)
    app.command("explorer")(explorer)
    app.command("bundle")(bundle)
    app.command("overview")(overview)


def read_tables(folder: Path, names: list[str] | None) -> dict[str, pl.DataFrame]:
    """Read tables of a study's folder: those named, by default all that stand there."""
    from boundary.analyses.parts import schemas
    from boundary.analyses.registry import table_owners
    from boundary.meetings import check_solved
    from boundary.store import read_table

    owners = table_owners()
    paths = {name: folder / f"{name}.parquet" for name in owners if names is None or name in names}
    there = {name: path for name, path in paths.items() if names is not None or path.exists()}
    check_solved(list(there.values()))
    return {
        name: read_table(path, schemas(owners[name].name)[name]) for name, path in there.items()
    }


def overview_tables(study: Path) -> dict[str, pl.DataFrame]:
    """Read the tables of a finished study that an overview shows, with the looks before."""
    from boundary.looks import LOOKS, read_looks
    from boundary.report.looks import with_looks
    from boundary.report.overview import TABLES

    tables = read_tables(study / "tables", [*TABLES])
    tables["crossovers"] = with_looks(tables["crossovers"], read_looks(study / LOOKS))
    return tables


def figures(spec: Spec, tables: TablesFolder, output: OutputFolder) -> None:
    """Draw every figure as SVG, HTML with a library beside it, and Vega-Lite JSON.

    The pipeline calls it as `python -m boundary figures --spec '{"figures": […], …}'
    --tables tables/ --output figures/`.
    """
    from boundary.figures.registry import build_figures
    from boundary.figures.save import save, save_library
    from boundary.jobs.pages import Figures

    job = read_spec(spec, Figures)
    save_library(output)
    for name, chart in build_figures(read_tables(tables, job.tables), job).items():
        save(chart, output, name)


def report(
    spec: Spec,
    tables: TablesFolder,
    figures: Annotated[Path, typer.Option("--figures", help="Folder of the study's figures.")],
    output: OutputFile,
) -> None:
    """Write the report: one HTML page with verdicts, figures, tables and provenance.

    Beside it `methods.md` says in sentences how the study was done, and `overview.json` what
    `overview` must know and tables do not hold.

    The pipeline calls it as `python -m boundary report --spec '{"study": …}'
    --tables tables/ --figures figures/ --output report.html`.
    """
    from boundary.comparison.lead import lead_drawing
    from boundary.jobs.pages import EXPLORER, Report
    from boundary.looks import LOOKS, read_looks
    from boundary.report.looks import with_looks
    from boundary.report.methods import METHODS, SNAKEMAKE, markdown, methods_of
    from boundary.report.page import render
    from boundary.report.pictures import read_drawing
    from boundary.report.several import OVERVIEW, overview_text
    from boundary.store import provenance, read_provenance, write_text

    job = read_spec(spec, Report)
    drawings = {figure.stem: read_drawing(figures, figure.stem) for figure in job.figures}
    tables_by = read_provenance(tables / "passk.parquet")
    files = {key: tables_by.pop(key) for key in ("counts", "imports") if key in tables_by}
    run_by = {name: os.environ[name] for name in (SNAKEMAKE,) if name in os.environ}
    made_by = provenance(**files, **run_by, config=job.config, tables=tables_by)
    read = read_tables(tables, job.tables)
    looks = read_looks(tables.parent / LOOKS)
    read["crossovers"] = with_looks(read["crossovers"], looks)
    methods = methods_of(job, read, made_by, [_facts(arm) for arm in job.arms])
    lead, examples = lead_drawing(job, read), _examples(job.arms)
    page = render(job, read, drawings, made_by, examples, methods, lead, explorer=EXPLORER)
    write_text(output, page)
    write_text(output.with_name(METHODS), markdown(methods, job.study))
    write_text(output.with_name(OVERVIEW), overview_text(job))


def explorer(spec: Spec, tables: TablesFolder, output: OutputFolder) -> None:
    """Write the table of a study's problems and a page of each, with responses side by side.

    The pipeline calls it as `python -m boundary explorer --spec '{"study": …}'
    --tables tables/ --output report/`.
    """
    from boundary.analyses.coverage.tables import COVERAGE_PROBLEMS
    from boundary.explorer.write import write_explorer
    from boundary.jobs.explorer import Explorer
    from boundary.store import read_table

    job = read_spec(spec, Explorer)
    compared = read_table(tables / f"{COVERAGE_PROBLEMS.name}.parquet", COVERAGE_PROBLEMS)
    write_explorer(job, compared, output)


def bundle(
    report: Annotated[Path, typer.Option("--report", help="The report of a study.")],
    pages: Annotated[Path, typer.Option("--pages", help="Folder of its problems' pages.")],
    output: OutputFile,
) -> None:
    """Put a report, the files that it links to and the pages of its problems into one zip.

    The pipeline calls it as `python -m boundary bundle --report report.html --pages report/
    --output report.zip`.
    """
    from boundary.explorer.bundle import write_bundle

    write_bundle(report, pages, output)


def overview(
    studies: Annotated[
        list[Path], typer.Argument(metavar="STUDY …", help="Folders of finished studies.")
    ],
    output: OutputFile,
    title: Annotated[str, typer.Option("--title", help="Heading of the page.")] = "Overview",
) -> None:
    """Lay the verdicts of finished studies side by side on one HTML page.

    Example: `python -m boundary overview results/studies/a results/studies/b --output o.html`
    """
    from boundary.jobs.pages import EXPLORER
    from boundary.report.several import read_overview, render_overview
    from boundary.store import write_text

    read = [(read_overview(each), overview_tables(each)) for each in studies]
    reports, pages = (
        [_address(each / name, output) for each in studies] for name in ("report.html", EXPLORER)
    )
    write_text(output, render_overview(read, reports, title, pages))


def _address(page: Path, seen_from: Path) -> str | None:
    """Return the address of a page as a link on another one; None where it is not there."""
    if not page.is_file():
        return None
    return quote(os.path.relpath(page.resolve(), seen_from.resolve().parent))


def _facts(arm: QuotedArm) -> ArmFacts:
    """Return what the first shards of an arm record of themselves."""
    from boundary.jobs.shards import shard_paths
    from boundary.report.drawn import ArmFacts
    from boundary.store import read_provenance

    sampled, verified = (read_provenance(shard_paths(of)[0]) for of in (arm.samples, arm.verdicts))
    return ArmFacts(arm.model, arm.benchmark, arm.protocol, arm.kind, sampled, verified)


def _examples(arms: list[QuotedArm]) -> pl.DataFrame | None:
    """Collect a few responses of each arm."""
    from boundary.imported import origin_of_import
    from boundary.jobs.shards import shard_paths
    from boundary.meetings import read_pairs
    from boundary.report.examples import pick_examples
    from boundary.store import read_table
    from boundary.tables import PROBLEMS, UNTESTED

    if not arms:
        return None
    import polars as pl

    picked = []
    for arm in arms:
        problems, samples = Path(arm.problems), shard_paths(arm.samples)
        known = read_table(problems, PROBLEMS, columns=UNTESTED)
        verdicts, all_at_once = shard_paths(arm.verdicts), origin_of_import(samples) is not None
        pairs = list(read_pairs(problems, samples, verdicts, arm.labels, first=all_at_once))
        picked.append(
            pick_examples(
                known, *(pl.concat(each, how="diagonal") for each in zip(*pairs, strict=True))
            )
        )
    return pl.concat(picked)
