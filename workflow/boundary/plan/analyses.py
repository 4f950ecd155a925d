"""Which analyses of a study run, and their jobs: one for all that need scores, one each else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from boundary.analyses.record import Analysis
from boundary.analyses.registry import analyses, figure_owners
from boundary.closure import code_of
from boundary.config.analyses import options_of
from boundary.config.figures import ChosenFigure, stem
from boundary.jobs.pages import LIBRARY, PHONE, Figure
from boundary.plan.arms import Arm
from boundary.plan.compared_specs import scores_of, screened_rows
from boundary.plan.study import Plan

#: The rule of all analyses that need no more than scores.
OF_SCORES = "analyse_study"
#: What people said of chains of thought, where a study names their sheets.
LABEL_TABLES = ("chain_labels", "chain_agreement")
#: Suffixes of a figure's pictures, and of all its files.
PICTURES = (".svg", PHONE)
FORMS = (*PICTURES, ".html", ".vl.json")
#: Modules that run, by what analyses need, and those of an analysis.
_RUNNERS = {
    "scores": "run_scores",
    "verdicts": "run_arms",
    "samples": "run_arms",
    "likelihoods": "run_likelihoods",
    "crossings": "run_crossings",
    "interventions": "run_interventions",
    "screen": "run_screen",
    "labels": "run_labels",
}
_RUN = ("compute", "tables")
#: Where the code of all figures, and of the report with the figure that leads it, begins.
FIGURES = ("boundary.cli.pages.figures",)
REPORT = ("boundary.cli.pages.report", "boundary.analyses.passk.passk")
PAPER = ("boundary.cli.paper.paper",)


@dataclass(frozen=True)
class AnalysisJob:
    """A job that makes tables.

    Attributes
    ----------
    rule : str
        Its rule.
    analyses : tuple of Analysis
        Whose tables it makes.
    inputs : tuple of str
        Files that it reads.
    """

    rule: str
    analyses: tuple[Analysis, ...]
    inputs: tuple[str, ...]

    @property
    def needs(self) -> str:
        """What its analyses read."""
        return self.analyses[0].needs

    @property
    def command(self) -> str:
        """The command of `python -m boundary` that runs it."""
        return "analyse" if self.needs == "scores" else f"analysis {self.analyses[0].name}"

    def outputs(self, folder: str) -> list[str]:
        """Return the files that it writes, in the folder of the study's tables."""
        return [path for entry in self.analyses for path in entry.files(folder)]

    @property
    def modules(self) -> list[str]:
        """The modules at which reading the code that it runs begins."""
        parts = [f"{entry.name}.{part}" for entry in self.analyses for part in _RUN]
        return [f"boundary.analyses.{name}" for name in (_RUNNERS[self.needs], *parts)]

    @property
    def code(self) -> str:
        """Digest of all code that it runs."""
        return code_of(*self.modules)


#: The arms of the stages that make what some analyses need.
_OF_STAGES: dict[str, Callable[[Plan], list[Arm]]] = {
    "likelihoods": lambda plan: plan.scored.arms,
    "crossings": lambda plan: [crossing.donor for crossing in plan.crossings],
    "interventions": lambda plan: [intervention.arm for intervention in plan.interventions],
    "screen": lambda plan: [screened.arm for screened in plan.screened],
}


def offered(plan: Plan, entry: Analysis) -> list[Arm]:
    """Return the arms of which an analysis has something to say."""
    if of_stage := _OF_STAGES.get(entry.needs):
        return of_stage(plan)
    if entry.controls and not any(pair.control for pair in plan.study.comparisons):
        return []
    arms = plan.of_kind(*entry.kinds) if entry.kinds else plan.arms
    if entry.needs == "labels":
        chains = plan.study.analyses.chains is not None
        return [arm for arm in arms if chains and arm.stopping is None]
    return arms if entry.needs == "scores" else [arm for arm in arms if not arm.published]


@cache
def active(plan: Plan) -> list[Analysis]:
    """Return the analyses that run: switched on, and some arm offers what each needs."""
    return [
        entry
        for entry in analyses().values()
        if options_of(plan.study.analyses, entry) is not None and offered(plan, entry)
    ]


@cache
def analysis_jobs(plan: Plan) -> list[AnalysisJob]:
    """Return the jobs that make the study's tables, that of scores first."""
    entries = active(plan)
    of_scores = tuple(entry for entry in entries if entry.needs == "scores")
    jobs = [AnalysisJob(OF_SCORES, of_scores, tuple(arm.scores for arm in plan.arms))]
    return jobs + [
        AnalysisJob(f"analyse_{entry.name}", (entry,), tuple(_inputs(plan, entry)))
        for entry in entries
        if entry.needs != "scores"
    ]


def _inputs(plan: Plan, entry: Analysis) -> Iterable[str]:
    """Return the files that an analysis of its own job reads, each once."""
    arms = offered(plan, entry)
    if entry.needs == "likelihoods":
        files = [*plan.scored.files(), *plan.scored.verdicts()]
        if entry.texts:
            files += [*plan.scored.token_files(), *plan.scored.texts()]
        return files
    if entry.needs == "crossings":
        return dict.fromkeys(
            path
            for each in plan.crossings
            for path in (
                *(each.samples, each.ranked, each.verdicts, each.donor.problems),
                *(each.host.scores, each.donor.scores),
            )
        )
    if entry.needs == "interventions":
        return dict.fromkeys(path for each in plan.interventions for path in each.inputs())
    if entry.needs == "screen":
        files = [path for each in plan.screened for path in (each.completions, each.arm.scores)]
        return dict.fromkeys([*files, *scores_of(plan, screened_rows(plan))])
    if entry.needs == "labels":
        judged = [plan.file("chains/judgements.parquet")] if plan.judged else []
        labels = [plan.file("tables/chain_labels.parquet")] if plan.sheets else []
        scores = [arm.scores for arm in arms]
        return [plan.file("chains/chain_items.parquet"), *scores, *judged, *labels]
    read = [
        path
        for arm in arms
        for path in (
            arm.problems,
            *(arm.samples(arm.n_each) if entry.needs == "samples" else ()),
            *arm.verdicts(arm.n_each),
        )
    ]
    return dict.fromkeys(read)


def outputs(plan: Plan, need: str) -> list[str]:
    """Return the tables of the study that are made from what some analyses need."""
    folder = plan.file("tables")
    return [
        path for job in analysis_jobs(plan) if job.needs == need for path in job.outputs(folder)
    ]


@cache
def tables_of(plan: Plan) -> list[str]:
    """Return the names of the tables in the study's folder."""
    made = [name for entry in active(plan) for name in entry.tables]
    return [*made, *(LABEL_TABLES if plan.sheets else ())]


@cache
def figures_of(plan: Plan) -> dict[str, Figure]:
    """Return the study's figures, by the stem of their files.

    By default they are those for which the study has data, in the order of the page, but for
    some that must be named.
    """
    if (listed := plan.study.figures.draw) is not None:
        chosen = [ChosenFigure(name=item) if isinstance(item, str) else item for item in listed]
        named = [(stem(item.name, item.benchmark, item.models), item) for item in chosen]
        return {file: Figure(file=file, **item.model_dump()) for file, item in named}
    return {
        figure.name: Figure(name=figure.name)
        for entry in active(plan)
        for figure in entry.figures
        if figure.on and all(map(plan.asks, figure.asks.split()))
    }


def _names(plan: Plan) -> list[str]:
    """Return which figures the study's are, each once."""
    return list(dict.fromkeys(figure.name for figure in figures_of(plan).values()))


def figure_tables(plan: Plan) -> list[str]:
    """Return the tables from which the study's figures are drawn."""
    owners = figure_owners()
    read = {table for name in _names(plan) for table in owners[name].figure(name).reads}
    return [name for name in tables_of(plan) if name in read]


def figure_files(plan: Plan) -> list[str]:
    """Return the files of the study's figures."""
    drawn = [plan.file(f"figures/{name}{form}") for name in figures_of(plan) for form in FORMS]
    return [*drawn, plan.file(f"figures/{LIBRARY}")]


def figure_inputs(plan: Plan) -> list[str]:
    """Return the files from which the study's figures are drawn."""
    return [plan.file(f"tables/{name}.parquet") for name in figure_tables(plan)]


def table_inputs(plan: Plan) -> list[str]:
    """Return the study's tables."""
    return [plan.file(f"tables/{name}.parquet") for name in tables_of(plan)]


def report_inputs(plan: Plan) -> list[str]:
    """Return the files from which the study's report is written."""
    drawn = [plan.file(f"figures/{name}{end}") for name in figures_of(plan) for end in PICTURES]
    return [*table_inputs(plan), *drawn, *plan.example_files()]


def explorer_inputs(plan: Plan) -> list[str]:
    """Return the files from which the pages of problems are written."""
    judged = [arm for arm in plan.arms if not arm.published]
    scored = [*plan.scored.files(), *plan.scored.token_files()]
    files = [plan.file("tables/coverage_problems.parquet"), *(arm.scores for arm in plan.arms)]
    files += [path for a in judged for path in (a.problems, *a.samples(), *a.verdicts())]
    return list(dict.fromkeys([*files, *scored]))


def bundle_inputs(plan: Plan) -> list[str]:
    """Return the files that are sent together: the report, what it links to, and its pages."""
    figures = [plan.file(f"figures/{name}.html") for name in figures_of(plan)]
    tables = [path for job in analysis_jobs(plan) for path in job.outputs(plan.file("tables"))]
    tables += label_files(plan.file("tables")) if plan.sheets else []
    read = [path for path in tables if path.endswith(".csv")]
    library = plan.file(f"figures/{LIBRARY}")
    return [plan.file("report.html"), plan.file("report"), *figures, library, *read]


def label_files(folder: str) -> list[str]:
    """Return the files of what people judged, in the folder of the study's tables."""
    return [f"{folder}/{name}.{suffix}" for name in LABEL_TABLES for suffix in ("parquet", "csv")]


def figures_code(plan: Plan) -> str:
    """Digest of all code that draws the study's figures."""
    return code_of(*FIGURES, *_builders(plan), *_schemas(plan, figure_tables(plan)))


def report_code(plan: Plan) -> str:
    """Digest of all code and all text of the study's report."""
    return code_of(*REPORT, *_page_modules(plan), files=_captions(plan))


def paper_code(plan: Plan) -> str:
    """Digest of all code and all text of the study's figures and tables for papers."""
    modules = *PAPER, *_builders(plan), *_page_modules(plan)
    return code_of(*modules, files=_captions(plan))


def _builders(plan: Plan) -> list[str]:
    owners = figure_owners()
    return [f"boundary.analyses.{owners[name].name}.{name}" for name in _names(plan)]


def _captions(plan: Plan) -> tuple[str, ...]:
    owners = figure_owners()
    return tuple(f"analyses/{owners[name].name}/{name}.rst" for name in _names(plan))


def _page_modules(plan: Plan) -> list[str]:
    sections = [
        f"boundary.analyses.{entry.name}.section" for entry in active(plan) if entry.has_section
    ]
    return [*sections, *_schemas(plan, tables_of(plan))]


def _schemas(plan: Plan, tables: Iterable[str]) -> list[str]:
    names = set(tables)
    return [
        f"boundary.analyses.{entry.name}.tables"
        for entry in active(plan)
        if names.intersection(entry.tables)
    ]
