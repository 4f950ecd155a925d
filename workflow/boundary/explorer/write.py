"""Write the pages of a study's problems: the table first, then a page at a time."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import polars as pl

from boundary.atomic import whole_folder
from boundary.explorer.address import PAGES, TABLE
from boundary.explorer.page import HERE, arm_name
from boundary.explorer.pages import problem_pages
from boundary.explorer.read import Material, read_material
from boundary.explorer.rows import script_json, table_data
from boundary.inputs import refuse_input
from boundary.jobs.explorer import Explorer
from boundary.report.template import environment
from boundary.report.text import visible
from boundary.store import storage_error
from boundary.wording import counted, number


def write_explorer(job: Explorer, compared: pl.DataFrame, folder: Path) -> None:
    """Write the table of problems and a page of each, which appear together.

    Parameters
    ----------
    job : Explorer
    compared : polars.DataFrame
        A COVERAGE_PROBLEMS table.
    folder : Path
        What stood there is replaced.

    Raises
    ------
    TableError
        When files are of different responses.
    StorageError
        When the disk is full or refuses.
    """
    refuse_input(folder)
    material = read_material(job)
    data = script_json(table_data(job, compared, material))
    try:
        with whole_folder(folder) as partial:
            page = table_page(job, data, _notes(job, material), bool(material.problems))
            (partial / TABLE).write_text(page, encoding="utf-8")
            for name, page in problem_pages(job, compared, material):
                (partial / PAGES).mkdir(exist_ok=True)
                (partial / PAGES / name).write_text(page, encoding="utf-8")
    except OSError as error:
        raise storage_error(folder, error) from error


def table_page(job: Explorer, data: str, notes: list[str], pages: bool) -> str:
    """Return the table of problems: one page with its scripts, whose hashes alone may run."""
    library = (HERE / "assets/datatables.min.js").read_text(encoding="utf-8")
    script = (HERE / "problems.js").read_text(encoding="utf-8")
    text = (
        environment(HERE)
        .get_template(TABLE)
        .render(
            study=visible(job.study),
            level=f"{100 * job.confidence:.3g} %",
            notes=notes,
            pages=pages,
            data=data,
            library=library,
            script=script,
            scripts=" ".join(map(_hash, (library, script))),
        )
    )
    return str(text)


def _hash(script: str) -> str:
    """Return a script as a content security policy names it."""
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _notes(job: Explorer, material: Material) -> list[str]:
    """Say of what there is no page, and what was left out."""
    notes, kept = [], material.kept
    absent = [arm for arm in job.arms if arm.quoted is None]
    if len(absent) == len(job.arms):
        notes.append(
            "The study has counts of right responses alone, so there is no response to show."
        )
    elif absent:
        names = dict.fromkeys(arm_name(arm, job.by_protocol) for arm in absent)
        notes.append(f"Of {', '.join(names)} there are counts alone, and no response.")
    if without := [arm.benchmark for arm in job.arms if arm.benchmark not in material.problems]:
        names = dict.fromkeys(map(visible, without))
        notes.append(f"The questions of {', '.join(names)} are not at hand: there is no page.")
    if kept.chosen:
        shown = sum(frame.height for frame in kept.responses.values())
        text = f"The pages hold {counted(shown, 'response')}, chosen by the rule that each states: "
        text += f"at most {kept.most} of each problem and model."
        if kept.most < job.responses:
            text += (
                f" The study asks for {job.responses}, which take more than "
                f"{number(job.megabytes)} MB of text (report.megabytes)."
            )
        notes.append(text)
    return notes
