"""The command that writes figures, captions and tables as papers take them."""

from __future__ import annotations

from pathlib import Path

import typer

from boundary.cli.options import OutputFolder, Spec
from boundary.cli.pages import TablesFolder, read_tables
from boundary.cli.spec import read_spec


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("paper")(paper)


def paper(spec: Spec, tables: TablesFolder, output: OutputFolder) -> None:
    """Write figures as SVG, PDF and PNG with captions, and tables as LaTeX and Markdown.

    The pipeline calls it as `python -m boundary paper --spec '{"figures": […], …}'
    --tables tables/ --output paper/`.
    """
    from boundary.analyses.registry import analyses
    from boundary.atomic import whole_folder
    from boundary.figures.paper import LEGIBLE, save_for_paper, smallest_text
    from boundary.figures.registry import build_figures
    from boundary.jobs.pages import Paper
    from boundary.report.chapters import summaries
    from boundary.report.printed import write_printed
    from boundary.store import storage_error

    job = read_spec(spec, Paper)
    read = read_tables(tables, job.tables)
    entries = [entry for name, entry in analyses().items() if name in job.analyses]
    names = {figure.stem: figure.name for figure in job.figures}
    try:
        with whole_folder(Path(output).resolve()) as folder:
            for stem, chart in build_figures(read, job).items():
                svg, *_ = save_for_paper(
                    chart, folder / "figures", stem, names[stem], job.theme.points
                )
                if (size := smallest_text(svg.read_text(encoding="utf-8"))) < LEGIBLE:
                    typer.echo(
                        f"Note: the smallest text of figure {stem} has {size:.1f} points. A "
                        f"greater figures.theme.width, or fewer models or panels, make it larger.",
                        err=True,
                    )
            for table in summaries(entries, read):
                write_printed(table, folder / "tables", job.confidence)
    except OSError as error:
        raise storage_error(output, error) from error
