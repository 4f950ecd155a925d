"""Write the pages of a study's problems: the table first, then a page at a time."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from boundary.atomic import whole_folder
from boundary.explorer.address import PAGES, TABLE, page_name
from boundary.explorer.choose import RULES
from boundary.explorer.page import (
    HERE,
    SETS,
    arm_name,
    by_problem,
    column_of,
    marks_of,
    problem_page,
    rate_rows,
)
from boundary.explorer.read import Kept, read_kept, read_problems, read_scores
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
    problems, scores = read_problems(job.arms), read_scores(job.arms)
    kept, graded = read_kept(job)
    data = table_data(job, compared, problems, scores, graded)
    try:
        with whole_folder(folder) as partial:
            text = table_page(job, script_json(data), _notes(job, kept, problems))
            (partial / TABLE).write_text(text, encoding="utf-8")
            (partial / PAGES).mkdir()
            for name, page in _pages(job, compared, problems, scores, kept, graded):
                (partial / PAGES / name).write_text(page, encoding="utf-8")
    except OSError as error:
        raise storage_error(folder, error) from error


def table_page(job: Explorer, data: str, notes: list[str]) -> str:
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


def _notes(job: Explorer, kept: Kept, problems: Mapping[str, pl.DataFrame]) -> list[str]:
    """Say of what there is no page, and what was left out."""
    notes = []
    absent = [arm for arm in job.arms if arm.quoted is None]
    if len(absent) == len(job.arms):
        notes.append(
            "The study has counts of right responses alone, so there is no response to show."
        )
    elif absent:
        names = dict.fromkeys(arm_name(arm, job.by_protocol) for arm in absent)
        notes.append(f"Of {', '.join(names)} there are counts alone, and no response.")
    if without := [arm.benchmark for arm in job.arms if arm.benchmark not in problems]:
        names = dict.fromkeys(map(visible, without))
        notes.append(f"The questions of {', '.join(names)} are not at hand: there is no page.")
    if kept.chosen:
        shown = sum(frame.height for frame in kept.responses.values())
        told = f"The pages hold {counted(shown, 'response')}, chosen by the rule that each states: "
        told += f"at most {kept.most} of each problem and model."
        if kept.most < job.responses:
            told += (
                f" The study asks for {job.responses}, which take more than "
                f"{number(job.megabytes)} MB of text (report.megabytes)."
            )
        notes.append(told)
    return notes


def _pages(
    job: Explorer,
    compared: pl.DataFrame,
    problems: Mapping[str, pl.DataFrame],
    scores: list[pl.DataFrame],
    kept: Kept,
    graded: Mapping[int, pl.DataFrame],
) -> Iterator[tuple[str, str]]:
    """Yield file name and page of each problem."""
    solved = {
        (comparison, benchmark, problem): SETS[name]
        for comparison, benchmark, problem, name in compared.select(
            "comparison", "benchmark", "problem_id", "set"
        ).iter_rows()
    }
    for benchmark, frame in problems.items():
        places = [i for i, arm in enumerate(job.arms) if arm.benchmark == benchmark]
        pairs = [pair for pair in job.comparisons if pair.benchmark == benchmark]
        sides = {
            place: [
                i
                for i, pair in enumerate(pairs)
                if tuple(job.arms[place].labels.values()) in pair.arms.values()
            ]
            for place in places
        }
        rates = {place: by_problem(scores[place]) for place in places}
        others = {
            place: dict(graded[place].select("problem_id", "otherwise").iter_rows())
            for place in places
            if place in graded
        }
        texts = {place: by_problem(kept.responses.get(place)) for place in places}
        marks = {place: by_problem(kept.marks.get(place)) for place in places}
        for problem in frame.iter_rows(named=True):
            name = problem["problem_id"]
            rows = {
                place: texts[place][name].sort("rank").to_dicts() if name in texts[place] else []
                for place in places
            }
            reasons = {
                reason for each in rows.values() for row in each for reason in row["reasons"]
            }
            shown = sorted(reasons & set(range(len(RULES))))
            columns = [
                column_of(
                    job.arms[place],
                    arm_name(job.arms[place], job.by_protocol),
                    sides[place],
                    rows[place],
                    marks_of(marks[place].get(name)),
                    shown,
                )
                for place in places
            ]
            page = problem_page(
                job,
                problem,
                rate_rows(
                    job,
                    places,
                    {p: rates[p][name].row(0, named=True) for p in places if name in rates[p]},
                    {p: others[p].get(name) for p in others},
                ),
                [
                    (
                        visible(job.pairs[pair.comparison].title),
                        solved.get((pair.comparison, benchmark, name), "it is not compared"),
                    )
                    for pair in pairs
                ],
                columns if any(rows.values()) or not kept.most else [],
                shown,
                kept.most,
            )
            yield page_name(benchmark, name), page
