"""Checks of a study file that span several of its entries.

They read the raw mapping leniently, so that they still speak when some other
entry is malformed: a user sees every problem at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from boundary.allowed import GOLD
from boundary.config import asked, crossing, endpoints, engines, interventions, sampled, screen
from boundary.config import raw as lenient
from boundary.config.adaptive import adaptive
from boundary.config.imports import graded_by_benchmark, imports
from boundary.config.model import BEHIND, GIVEN, MODEL_SOURCES
from boundary.config.printed import printed
from boundary.config.published import published
from boundary.config.raw import Raw, reference
from boundary.config.recipes import recipes
from boundary.config.sources import COMMIT, SHA256, pinned, source_kind
from boundary.config.study import BENCHMARK_SOURCES, Comparison
from boundary.config.tasks import TASKS, task
from boundary.errors import InputError
from boundary.kinds import CUSTOM
from boundary.kinds.graders import verifier_file

_WITHOUT = "only where no model is sampled may it be left out"


def semantic_problems(raw: Raw) -> Iterator[str]:
    """Yield one line for each problem, beginning with its key path."""
    yield from _models(raw)
    yield from _benchmarks(raw)
    yield from _lab(raw)
    yield from _tasks(raw)
    yield from _comparisons(raw)
    yield from _series(raw)
    yield from _stage(raw, "likelihood")
    yield from _stage(raw, "interventions")
    yield from _stage(raw, "screen")
    yield from crossing.cross_sampling(raw)
    yield from interventions.interventions(raw)
    yield from screen.screen(raw)
    yield from recipes(raw)
    yield from asked.switches(raw)
    yield from asked.looks(raw)
    yield from asked.prices(raw)
    yield from asked.figures(raw)
    yield from asked.sheets(raw)
    yield from engines.prompts(raw)
    yield from engines.outside(raw)
    yield from engines.engines(raw)
    yield from engines.scorers(raw)
    yield from endpoints.endpoints(raw)
    yield from sampled.blocks(raw)
    yield from adaptive(raw)
    yield from published(raw)
    yield from printed(raw)
    yield from imports(raw)
    yield from sampled.fairness(raw)
    yield from sampled.responses(raw, "likelihood", "score")
    yield from sampled.penalties(raw)
    yield from sampled.responses(raw, "interventions", "edit")
    yield from sampled.responses(raw, "screen", "compare")
    yield from sampled.numbers_of_samples(raw)


def _models(raw: Raw) -> Iterator[str]:
    runs = lenient.runs(raw)
    for name, model in lenient.entries(raw, "models").items():
        where = f"models.{name}"
        source = model.get("source")
        yield from source_kind(f"{where}.source", source, MODEL_SOURCES, lenient.names(raw, "lab"))
        yield from reference(
            f"{where}.base", model.get("base"), lenient.names(raw, "models"), "model"
        )
        if model.get("base") == name:
            yield f"{where}.base: a model cannot be its own base."
        if isinstance(source, str) and source.startswith("lab:") and source != "lab:":
            run = source.removeprefix("lab:").partition("@")[0]
            yield from reference(f"{where}.source", run, lenient.names(raw, "lab"), "run under lab")
            problem = lenient.step_problem(source, runs)
            if problem:
                yield f"{where}.source: {problem}"
        if "adapter" in model and isinstance(model["adapter"], dict):
            yield from pinned(f"{where}.adapter", model["adapter"], {"hf": COMMIT, "file": None})
        kinds = {"hf": COMMIT, "pypi": SHA256, "file": None}
        kind = str(source).partition(":")[0]
        if kind in kinds:
            yield from pinned(where, model, kinds)
        elif kind in MODEL_SOURCES:
            keys = ["revision", "adapter", "quantization"]
            keys += ["unverified"] if kind != BEHIND else []
            keys += ["dtype", "tensor_parallel_size"] if kind in (*GIVEN, BEHIND) else []
            for key in keys:
                if model.get(key) not in (None, False):
                    yield f"{where}.{key}: only goes with hf:, file: and pypi: sources."


def _benchmarks(raw: Raw) -> Iterator[str]:
    on = {benchmark for _, benchmark, _ in lenient.sampled_arms(raw)}
    on |= {
        benchmark
        for model, benchmark, _ in lenient.arms(raw)
        if lenient.imported(raw, model) and graded_by_benchmark(raw, model, benchmark)
    }
    for name, benchmark in lenient.entries(raw, "benchmarks").items():
        where = f"benchmarks.{name}"
        source = benchmark.get("source")
        yield from source_kind(f"{where}.source", source, BENCHMARK_SOURCES)
        known = source is None or str(source).partition(":")[0] in BENCHMARK_SOURCES
        if name in on and known and not str(source).startswith("lab:"):
            yield from sampled.problem_source(name, benchmark)
        if isinstance(source, str) and source.startswith("lab:"):
            named, there = source.removeprefix("lab:"), " and ".join(f"'lab:{t}'" for t in TASKS)
            if named and named not in TASKS:
                yield f"{where}.source: the tasks of the lab are {there}; found {source!r}."
            if benchmark.get("lab") is None:
                yield f"{where}.lab: missing; it says which problems the lab draws."
            elif named in TASKS and task(benchmark["lab"], named) != named:
                yield f"{where}.lab.task: {source!r} has problems of the task {named!r}."
        elif benchmark.get("lab") is not None:
            yield f"{where}.lab: only goes with a source such as 'lab:{next(iter(TASKS))}'."
        yield from _verifier(where, benchmark)


def _verifier(where: str, benchmark: Raw) -> Iterator[str]:
    """Yield why a benchmark cannot be judged by a file of the user's, where one is named."""
    kind, source = benchmark.get("kind"), benchmark.get("verifier")
    if kind != CUSTOM:
        if source is not None:
            yield f"{where}.verifier: only goes with kind: {CUSTOM}."
    elif source is None:
        yield f"{where}.verifier: missing; kind: {CUSTOM} is judged by a 'file:PATH.py' of yours."
    elif isinstance(source, str):
        try:
            verifier_file(source)
        except InputError as error:
            yield f"{where}.verifier: {error}"


def _lab(raw: Raw) -> Iterator[str]:
    names = lenient.names(raw, "lab")
    parents: dict[str, list[str]] = {}
    for name, run in lenient.entries(raw, "lab").items():
        for key in ("start", "teacher"):
            yield from reference(f"lab.{name}.{key}", run.get(key), names, "run under lab")
            parent = lenient.entries(raw, "lab").get(str(run.get(key)), run)
            if task(parent) != task(run):
                yield (
                    f"lab.{name}.{key}: {run[key]!r} learns {task(parent)}, and this run "
                    f"{task(run)}; one model has one task."
                )
        parents[name] = [run[key] for key in ("start", "teacher") if isinstance(run.get(key), str)]
    done: set[str] = set()
    for name in parents:
        for circle in _circles(name, parents, [], done):
            yield f"lab.{circle[0]}: runs start from each other in a circle: {' > '.join(circle)}."


def _tasks(raw: Raw) -> Iterator[str]:
    """Yield models of the lab that meet problems of a task that they do not know."""
    runs, benchmarks = lenient.runs(raw), lenient.entries(raw, "benchmarks")
    for model, benchmark, _ in dict.fromkeys((*arm[:2], "") for arm in lenient.sampled_arms(raw)):
        source = str(lenient.entries(raw, "models")[model].get("source"))
        run = runs.get(source.removeprefix("lab:").partition("@")[0])
        drawn = str(benchmarks.get(benchmark, {}).get("source")).removeprefix("lab:")
        if source.startswith("lab:") and run and drawn in TASKS and drawn != run.task:
            yield (
                f"models.{model}: learns the task {run.task} and does not know the words of "
                f"benchmarks.{benchmark}, which has problems of {drawn}."
            )


def _circles(
    name: str, parents: dict[str, list[str]], trail: list[str], done: set[str]
) -> Iterator[list[str]]:
    """Yield each circle that leads back to a run on the trail, once."""
    if name in trail:
        yield [*trail[trail.index(name) :], name]
        return
    if name in done:
        return
    for parent in dict.fromkeys(parents.get(name, [])):
        yield from _circles(parent, parents, [*trail, name], done)
    done.add(name)


def _comparisons(raw: Raw) -> Iterator[str]:
    seen: dict[tuple[str, str], int] = {}
    for i, comparison in lenient.listed(raw, "comparisons"):
        where = f"comparisons[{i}]"
        if "protocol" not in comparison:
            yield f"{where}.protocol: missing; {_WITHOUT}."
        for key, section in (
            ("base", "models"),
            ("other", "models"),
            ("protocol", "protocols"),
            ("other_protocol", "protocols"),
        ):
            names = lenient.names(raw, section)
            yield from reference(f"{where}.{key}", comparison.get(key), names, section[:-1])
        yield from _references(raw, where, comparison, "benchmarks")
        try:
            label = Comparison.model_validate(comparison).label
        except ValueError:
            continue  # the types tell what is wrong with it
        for benchmark in dict.fromkeys(comparison["benchmarks"]):
            first = seen.setdefault((label, benchmark), i)
            if first != i:
                yield f"{where}: repeats comparisons[{first}] ({label} on {benchmark}); set name."


def _references(
    raw: Raw, where: str, entry: Raw, section: str, key: str | None = None
) -> Iterator[str]:
    """Yield names in a list that refer to nothing or are listed twice; its key is the section's."""
    key = key or section
    listed = entry.get(key)
    values = listed if isinstance(listed, list) else []
    for j, value in enumerate(values):
        place = f"{where}.{key}[{j}]"
        yield from reference(place, value, lenient.names(raw, section), section[:-1])
        if value in values[:j]:
            yield f"{place}: {value!r} is listed twice."


def _series(raw: Raw) -> Iterator[str]:
    models, runs = lenient.models(raw), lenient.runs(raw)
    for name, series in lenient.entries(raw, "series").items():
        where = f"series.{name}"
        yield from _references(raw, where, series, "models")
        yield from _references(raw, where, series, "benchmarks")
        if "protocol" not in series:
            yield f"{where}.protocol: missing; {_WITHOUT}."
        yield from reference(
            f"{where}.protocol",
            series.get("protocol"),
            lenient.names(raw, "protocols"),
            "protocol",
        )
        at: dict[int, str] = {}
        for model in dict.fromkeys(lenient.texts(series, "models")):
            entry = models.get(model)
            if entry is None or not (entry.kind in GIVEN or lenient.resolves(entry, runs)):
                continue
            step = entry.training_step(runs)
            if step is None:
                yield f"models.{model}.step: missing; {where} needs the step of each model."
            elif at.setdefault(step, model) != model:
                yield f"{where}.models: {at[step]!r} and {model!r} both stand at step {step}."


def _stage(raw: Raw, name: str) -> Iterator[str]:
    entry = lenient.stage_entry(raw, name)
    where = f"analyses.{name}"
    yield from _references(raw, where, entry, "models")
    yield from _references(raw, where, entry, "models", "sources")
    yield from _references(raw, where, entry, "benchmarks")
    if entry.get("gold") is True:
        yield from _gold(raw, f"{where}.gold", lenient.texts(entry, "benchmarks"))
    yield from reference(
        f"{where}.protocol", entry.get("protocol"), lenient.names(raw, "protocols"), "protocol"
    )


def _gold(raw: Raw, where: str, benchmarks: list[str]) -> Iterator[str]:
    """Yield why worked solutions cannot be scored."""
    known = lenient.entries(raw, "benchmarks")
    for name in benchmarks:
        if "lab" in known.get(name, {}):
            yield f"{where}: problems of the lab, as those of {name!r}, have no worked solution."
    if GOLD in lenient.names(raw, "models"):
        yield f"{where}: a model is called {GOLD!r}, as worked solutions are; rename it."
