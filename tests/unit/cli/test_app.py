"""The command line itself: help, exit codes, one paragraph an error."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from boundary.cli.app import app
from boundary.digests import PACKAGE
from boundary.errors import BoundaryError, InputError, MachineError, StorageError

ROOT = PACKAGE.parents[1]
Run = Callable[..., Any]
COMMANDS = sorted(str(command.name) for command in app.registered_commands)
STUDY = """\
study: s
models:
  a: {source: "counts:c.csv", role: base}
  b: {source: "counts:c.csv", role: rl, base: a}
benchmarks: {m: {}}
protocols: {p: {max_tokens: 9, n: 4}}
comparisons: [{base: a, other: b, benchmarks: [m], protocol: p}]
"""


def shell(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "boundary", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={"PYTHONPATH": str(PACKAGE.parent), "COLUMNS": "100"},
    )


def test_help_lists_every_command() -> None:
    done = shell("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert all(f" {name} " in done.stdout for name in COMMANDS)
    assert "--debug" in done.stdout
    assert shell().stdout == done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_an_example(
    command: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    done = run(command, "--help")
    assert (done.code, done.err) == (0, "")
    text = " ".join(done.out.split())
    assert "Example: python -m boundary" in text or "The pipeline calls it as" in text
    assert f"python -m boundary {command}" in text.replace("Usage: ", "", 1)


def test_the_commands_of_the_contract_are_there() -> None:
    assert {"verify", "score", "passk", "crossover", "check-config"} <= set(COMMANDS)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; import boundary.cli.app;"
        "print(*(m for m in ('torch', 'transformers', 'altair', 'polars', 'pandera') "
        "if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nothing"], "No such command 'nothing'. See python -m boundary --help."),
        (["cmpare"], "'cmpare'. Did you mean 'compare'? See python -m boundary --help."),
        (["passk"], "Missing option '--scores'. See python -m boundary passk --help."),
        (["passk", "--nothing"], "No such option: --nothing"),
        (["check-config"], "Missing argument"),
        (["passk", "--scores", "x", "--output", "y", "--confidence", "2"], "'--confidence'"),
        (["crossover", "--base", "x", "--other", "y", "--output", "z", "--k-max", "0"], "--k-max"),
        (
            ["crossover", "--base", "x", "--other", "y", "--output", "z", "--bootstrap", "9"],
            "boots",
        ),
    ],
)
def test_a_wrong_command_line(arguments: list[str], told: str, run: Run) -> None:
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: ")
    assert told in done.err
    assert done.err.count("\n") == 1


@pytest.fixture
def counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where a study goes, in the working directory, beside its counts."""
    monkeypatch.chdir(tmp_path)
    Path("c.csv").write_text("model,problem,n,correct\na,1,4,2\nb,1,4,3\n")
    return tmp_path / "s.yaml"


def test_a_good_study(run: Run, counts: Path) -> None:
    path = counts
    path.write_text(STUDY)
    done = run("check-config", path)
    assert (done.code, done.err) == (0, "")
    assert "study 's' is in order: 2 models, 1 benchmark, 2 arms (model × bench" in done.out
    assert "protocol), 0 blocks to sample, 0 training runs." in done.out
    assert "Note: benchmarks.m: config/benchmarks.yaml has no benchmark 'm', so its" in done.out


def test_what_nothing_uses_is_a_warning(run: Run, counts: Path) -> None:
    path = counts
    path.write_text(STUDY.replace("benchmarks: {", "benchmarks: {idle: {}, "))
    done = run("check-config", path)
    assert done.code == 0
    assert done.err == "Warning: benchmarks.idle is used by no comparison or series.\n"


@pytest.mark.parametrize("recorded", ["org/base", "org/another"])
def test_an_adapter_of_another_base_is_a_warning(
    recorded: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lora").mkdir()
    config = tmp_path / "lora/adapter_config.json"
    config.write_text(json.dumps({"peft_type": "LORA", "base_model_name_or_path": recorded}))
    save_file({"a.lora_A.weight": np.ones((4, 8))}, tmp_path / "lora/adapter_model.safetensors")
    (tmp_path / "p.jsonl").write_text('{"question": "1+1?", "answer": "2"}\n')
    commit = "c" * 40
    source = f'source: "hf:org/base", revision: {commit}'
    Path("s.yaml").write_text(
        f"""study: s
models:
  base: {{{source}, role: base}}
  rl: {{{source}, role: rl, base: base, adapter: {{source: "file:lora"}}}}
benchmarks: {{gsm8k: {{source: "file:p.jsonl"}}}}
protocols: {{p: {{prompt: raw, engine: vllm, max_tokens: 8, n: 4, samples_per_shard: 4}}}}
comparisons: [{{base: base, other: rl, benchmarks: [gsm8k], protocol: p}}]
"""
    )
    done = run("check-config", "s.yaml")
    assert done.code == 0
    told = "Warning: models.rl.adapter: the adapter was trained on 'org/another', as its"
    assert (told in done.err) == (recorded == "org/another")
    assert done.err.count("adapter_config.json") == (recorded == "org/another")


def test_a_bad_study_in_a_process_of_its_own(counts: Path) -> None:
    """Exit code 2, all problems in one paragraph on stderr, and no traceback."""
    path = counts
    path.write_text(STUDY.replace("role: rl", "role: lr").replace("other: b", "other: c"))
    done = shell("check-config", str(path), cwd=counts.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: {path}: 2 problems in the study file\n  - models.b.role")
    assert "\n  - comparisons[0].other: no model is called 'c'" in done.stderr
    assert "\n\n" not in done.stderr.strip()
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("place", ["before", "after"])
def test_debug_shows_the_traceback_and_keeps_the_code(place: str, run: Run, tmp_path: Path) -> None:
    arguments = ["check-config", tmp_path / "none.yaml"]
    done = run(*(["--debug", *arguments] if place == "before" else [*arguments, "--debug"]))
    assert done.code == 2
    assert "Traceback (most recent call last)" in done.err
    assert done.err.splitlines()[-1].startswith(f"Error: {tmp_path}/none.yaml: cannot be read")


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (InputError("wrong input."), 2, "Error: wrong input.\n"),
        (MachineError("no engine."), 3, "Error: no engine.\n"),
        (StorageError("disk full."), 1, "Error: disk full.\n"),
        (BoundaryError("else."), 1, "Error: else.\n"),
        (
            ZeroDivisionError("by\nzero"),
            1,
            "Error: ZeroDivisionError: by zero. This is not an error that was foreseen; run the "
            "command again with --debug for a traceback.\n",
        ),
        (KeyError(), 1, "Error: KeyError: no message. This is not an error that was foreseen;"),
        (KeyboardInterrupt(), 130, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else None,
)
def test_exit_codes(
    error: BaseException,
    code: int,
    told: str,
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: Path) -> None:
        raise error

    monkeypatch.setattr("boundary.config.read_study", fail)
    done = run("check-config", tmp_path / "s.yaml")
    assert done.code == code
    assert done.err.startswith(told)
    assert "Traceback" not in done.err


def test_a_terminal_obeys_nothing_that_an_error_quotes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Path) -> None:
        raise InputError("two lines:\n\tthe field \x1b[31m\u202ex.")

    monkeypatch.setattr("boundary.config.read_study", fail)
    done = run("check-config", tmp_path / "s.yaml")
    assert done.err == "Error: two lines:\n\tthe field ⟨U+001B⟩[31m⟨U+202E⟩x.\n"


def test_schema_is_what_the_repository_holds(run: Run) -> None:
    done = run("schema")
    assert done.code == 0
    assert done.out == (ROOT / "config/study.schema.json").read_text(encoding="utf-8")


def test_an_engine_that_is_not_there(run: Run, tmp_path: Path) -> None:
    """Exit code 3: this machine cannot do it."""
    from boundary.config.lab import LabBenchmark
    from boundary.store import write_table
    from boundary.tables import PROBLEMS
    from boundary.tasks.registers import problems

    path = tmp_path / "p.parquet"
    write_table(problems("b", LabBenchmark(problems=2, lengths=[3])), path, PROBLEMS)
    spec = (
        '{"model":"m","benchmark":"b","protocol":"p","checkpoint":"x","block":0,"seed":1,'
        '"sampling":{"engine":"another","samples_per_shard":1,"temperature":1,"top_p":1,'
        '"max_tokens":4,"template":"{question}"}}'
    )
    arguments = ("--problems", path, "--output", tmp_path / "s.parquet")
    done = run("sample", "--spec", spec, *arguments)
    assert (done.code, done.out) == (3, "")
    there = "'transformers', 'vllm', 'api'"
    assert done.err == f"Error: there is no engine 'another'; there are {there}.\n"
    done = run("sample", "--spec", spec.replace("another", "transformers"), *arguments)
    assert done.code == 2
    assert "x: holds no model" in done.err


@pytest.mark.parametrize(
    ("command", "spec", "told"),
    [
        ("problems", "{", "--spec: is not JSON: "),
        ("problems", "[]", "--spec: should be a JSON object (found [])."),
        ("problems", "{}", "--spec: has no benchmark, source. Valid keys: benchmark, source, "),
        ("problems", '{"benchmark":"b","lab":{"problems":0,"lengths":[3]}}', "lab.problems: Input"),
        (
            "problems",
            '{"benchmark":"b","source":"file:p.jsonl","limt":2}',
            "--spec: limt: unknown key. ",
        ),
        ("train", '{"run":{"recipe":"ppo"},"parents":{}}', "run.recipe: Input tag 'ppo'"),
        ("train", '{"run":{"recipe":"reinforce","start":"a"},"parents":{}}', "no folder for a."),
        ("train", '{"run":{"recipe":"pretrain"},"parents":{"a":1}}', "--spec: parents.a: Input"),
        ("train", '{"run":{"recipe":"pretrain"}}', "--spec: has no parents"),
    ],
)
def test_a_wrong_spec(command: str, spec: str, told: str, run: Run, tmp_path: Path) -> None:
    done = run(command, "--spec", spec, "--output", tmp_path / "out")
    assert (done.code, done.out) == (2, "")
    assert told in done.err
    assert done.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_help_of_specs_is_no_code(run: Run, tmp_path: Path) -> None:
    """A spec is data: nothing in it is looked up or run."""
    done = run("problems", "--spec", '{"__import__": "os"}', "--output", tmp_path / "p.parquet")
    assert done.code == 2
    assert "__import__: unknown key." in done.err


def test_version_is_the_one_of_provenance() -> None:
    from boundary.store import provenance

    done = shell("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, provenance()["package"] + "\n", "")
