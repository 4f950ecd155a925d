"""Specs: from an option or standard input to a typed job, or one clear message."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from boundary.cli.spec import MOST_BYTES, as_job, files_of, read_spec
from boundary.data.benchmark import ProblemRequest
from boundary.errors import InputError
from boundary.jobs import chains, making, pages, reading
from boundary.jobs.explorer import Explorer
from boundary.jobs.shards import Shards, shard_paths
from boundary.plan import page_specs, plan_study, scored_specs, specs
from boundary.yamlfile import read_yaml
from harness import ROOT
from job_specs import spec_of, tables_spec

#: Every command with a spec, with options that it needs beside it.
COMMANDS = {
    "problems": [],
    "resolve": [],
    "train": [],
    "sample": ["--problems", "p"],
    "likelihood": ["--problems", "p", "--samples", "s"],
    "counts": ["--csv", "c"],
    "score": [],
    "analyse": [],
    "perplexity": [],
    "audit": [],
    "guess-floor": [],
    "chains select": [],
    "chains read": ["--items", "i"],
    "chains judge": ["--items", "i", "--cache", "c"],
    "chains curves": ["--items", "i"],
    "figures": ["--tables", "t"],
    "paper": ["--tables", "t"],
    "report": ["--tables", "t", "--figures", "f"],
}
#: What is no object of JSON, and what is said of it.
MALFORMED = {
    "": "is not JSON",
    "{": "is not JSON",
    '{"a": 1} {}': "is not JSON",
    "[]": "should be a JSON object (found [])",
    '"text"': "should be a JSON object",
    "[" * 100_000: "nested too deeply",
    '{"a": NaN}': "NaN is no number of JSON",
    '{"a": 1, "a": 2}': "the key 'a' stands twice",
    '{"a": "\\ud800"}': "half of a surrogate pair",
    '{"a": ' + "9" * 5000 + "}": "is not JSON",
}


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Return what puts bytes on standard input."""

    def put(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return put


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("content", [b"{", b'{"unheard": 1}'])
def test_every_command_reads_standard_input(
    command: str, content: bytes, run: Any, piped: Any, tmp_path: Any
) -> None:
    piped(content)
    arguments = (*command.split(), "--spec", "-", *COMMANDS[command], "--output", tmp_path / "out")
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1 and len(done.err) < 600
    assert done.err.startswith("Error: --spec: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("text", "told"), MALFORMED.items(), ids=range(len(MALFORMED)))
def test_what_is_no_spec(text: str, told: str) -> None:
    with pytest.raises(InputError, match=re.escape(told)):
        read_spec(text, reading.ArmTables)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "standard input is empty"),
        (b" \n", "standard input is empty"),
        (b'{"a": "\xff"}', "not UTF-8 text (byte 8 is 0xff)"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_what_standard_input_may_not_hold(content: bytes, told: str, piped: Any) -> None:
    piped(content)
    with pytest.raises(InputError, match=re.escape(told)):
        read_spec("-", reading.ArmTables)


def test_standard_input_that_never_ends(monkeypatch: pytest.MonkeyPatch, piped: Any) -> None:
    monkeypatch.setattr("boundary.cli.spec.MOST_BYTES", 1000)
    piped(b" " * 2000)
    with pytest.raises(InputError, match="more than 1,000 bytes"):
        read_spec("-", reading.ArmTables)
    assert MOST_BYTES > 10**8


def test_a_terminal_is_asked_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stdin, told in ((Terminal(), "is a terminal"), (None, "is closed")):
        monkeypatch.setattr(sys, "stdin", stdin)
        with pytest.raises(InputError, match=told):
            read_spec("-", reading.ArmTables)


def test_text_arrives_as_it_is(piped: Any) -> None:
    text = "a 'b' \"c\" $HOME `id` \\n {x} é 漢 \u2028 🙂"
    spec = json.dumps({"sheets": [text]}, ensure_ascii=False)
    piped(spec.encode())
    assert read_spec("-", chains.ReadSheets).sheets == [text]
    assert read_spec(spec, chains.ReadSheets).sheets == [text]


def planned() -> dict[str, tuple[Any, Any]]:
    """Return the spec of every kind of job as plans write it, and its model."""
    smoke = read_yaml(ROOT / "config/studies/smoke.yaml")
    judge = {"endpoint": "http://localhost:8000/v1", "model": "m"}
    smoke["analyses"]["chains"] = {"sheet": "ann.csv", "judge": judge}
    lab = plan_study(smoke, "x")
    outside = plan_study(read_yaml(ROOT / "config/studies/yue2025_fig2_7b.yaml"), "x")
    published = plan_study(read_yaml(ROOT / "config/studies/math500_published.yaml"), "x")
    arm, other, counted = lab.arms[0], outside.arms[0], published.arms[0]
    made = {
        "lab problems": (specs.problems_spec(lab, next(iter(lab.benchmarks))), making.LabProblems),
        "problems": (specs.problems_spec(outside, next(iter(outside.benchmarks))), ProblemRequest),
        "resolve": (specs.resolve_spec(outside, next(iter(outside.weights))), making.Resolving),
        "train": (specs.train_spec(lab, next(reversed(lab.runs))), making.Training),
        "sample": (specs.sample_spec(lab, arm.folder, 1), making.SamplingJob),
        "sample with vLLM": (specs.sample_spec(outside, other.folder, 0), making.SamplingJob),
        "likelihood": (
            scored_specs.likelihood_spec(lab, *next(iter(lab.scored.pairs)), 0),
            making.LikelihoodJob,
        ),
        "counts": (specs.counts_spec(published, counted.folder), reading.Counts),
        "score": (specs.score_spec(lab, arm.folder, 4), reading.Score),
        "tables": (tables_spec(lab), reading.Tables),
        "perplexity": (spec_of(lab, "analyse_perplexity"), reading.Perplexity),
        "audit": (spec_of(outside, "analyse_audit"), reading.ArmTables),
        "guesses": (spec_of(lab, "analyse_guess_floor"), reading.ArmTables),
        "chains": (specs.chains_spec(lab), chains.SelectChains),
        "sheets": (specs.sheets_spec(lab), chains.ReadSheets),
        "judge": (specs.judge_spec(lab), chains.ChainJudge),
        "curves": (spec_of(lab, "analyse_cot"), chains.ChainCurves),
        "figures": (page_specs.figures_spec(lab), pages.Figures),
        "paper": (page_specs.paper_spec(lab), pages.Paper),
        "report": (page_specs.report_spec(lab), pages.Report),
        "explorer": (page_specs.explorer_spec(lab), Explorer),
    }
    return {name: (json.loads(spec), model) for name, (spec, model) in made.items()}


PLANNED = planned()


@pytest.mark.parametrize("name", PLANNED)
def test_commands_read_what_plans_write(name: str) -> None:
    spec, model = PLANNED[name]
    job = as_job(spec, model)
    if model is not ProblemRequest:
        # What decides samples, models and problems is digested: nothing may be added or lost.
        assert job.model_dump(mode="json", exclude_unset=True) == spec


def spoiled(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield a place within a spec and what never fits there."""
    for wrong in ([[[]]], {"unheard": {}}, True, -1.5):
        yield path, wrong
    if isinstance(value, dict):
        for key, inner in value.items():
            if path != ("config",):  # the study as the report prints it, whatever it holds
                yield from spoiled(inner, (*path, key))
    elif isinstance(value, list) and value:
        yield from spoiled(value[0], (*path, 0))


def put(spec: Any, path: tuple[Any, ...], wrong: Any) -> Any:
    if not path:
        return wrong
    copied = dict(spec) if isinstance(spec, dict) else list(spec)
    copied[path[0]] = put(spec[path[0]], path[1:], wrong)
    return copied


@pytest.mark.parametrize("name", PLANNED)
def test_a_value_of_a_wrong_type_is_named(name: str) -> None:
    """Nothing but an InputError comes of it, and it names the key path."""
    spec, model = PLANNED[name]
    refused = 0
    for path, wrong in spoiled(spec):
        try:
            read_spec(json.dumps(put(spec, path, wrong)), model)
        except InputError as error:
            refused += 1
            assert ".".join(map(str, path)) in str(error)
            assert "\n" not in str(error) and len(str(error)) < 700
    assert refused > 3 * len(spec)


def test_keys_that_an_object_lacks_are_named_together() -> None:
    told = "--spec: has no confidence; arms.0 has no benchmark, verdicts; arms.0.n: unknown key."
    arm = {"model": "m", "protocol": "p", "n": 3}
    with pytest.raises(InputError, match=re.escape(told)):
        read_spec(json.dumps({"arms": [arm]}), reading.ArmTables)


def test_text_for_a_number_is_no_number() -> None:
    shards = {"folder": "f", "blocks": "2"}
    told = 'verdicts.blocks: Input should be a valid integer (found "2")'
    with pytest.raises(InputError, match=re.escape(told)):
        as_job({"problems": "p", "samples": ["s"], "verdicts": shards}, reading.Score)


def test_shards_in_both_forms() -> None:
    spec = {"problems": "p", "samples": {"folder": "a/b", "blocks": 2}, "verdicts": ["x", "y"]}
    job = as_job(spec, reading.Score)
    assert [str(path) for path in shard_paths(job.samples)] == [
        "a/b/00000.parquet",
        "a/b/00001.parquet",
    ]
    assert [str(path) for path in shard_paths(job.verdicts)] == ["x", "y"]
    assert Shards(folder="f", blocks=100_000).files()[-1] == "f/99999.parquet"


@pytest.mark.parametrize("path", ["", "a\0b"])
def test_no_path_at_all(path: str) -> None:
    with pytest.raises(InputError, match=r"samples\.folder"):
        spec = {"problems": "p", "samples": {"folder": path, "blocks": 1}, "verdicts": ["v"]}
        as_job(spec, reading.Score)


def test_files_are_given_in_one_place() -> None:
    assert list(map(str, files_of("--scores", None, ["a"]))) == ["a"]
    with pytest.raises(InputError, match="--scores: the spec has scores too"):
        files_of("--scores", [ROOT], ["a"])
    for nothing in (None, []):
        with pytest.raises(InputError, match="--scores: missing"):
            files_of("--scores", None, nothing)
