"""A light installation: what its wheel holds, and what runs with that alone, elsewhere."""

from __future__ import annotations

import configparser
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import polars as pl
import pytest

import boundary
from boundary.closure import closure
from boundary.comparison_tables import CROSSOVERS
from boundary.digests import PACKAGE
from boundary.extras import EXTRA_OF
from boundary.plan import plan_study, specs
from boundary.store import read_table, write_table
from boundary.tables import PROBLEMS, SAMPLES, VERDICTS_TABLE
from boundary.tasks import registers
from boundary.yamlfile import read_yaml
from harness import ROOT, SMOKE
from origin_files import problems

QUESTION = registers.question("q", [1, 2, 3])
GOLD = " ".join(registers.solution(QUESTION)[-3:])
#: What an installation without extras lacks; vLLM and its like stand in no environment of tests.
EXTRAS = {*(name for name, extra in EXTRA_OF.items() if extra == "engines"), "snakemake"}
#: Modules that only Unix has.
OF_UNIX = {"fcntl", "grp", "pwd", "resource", "termios"}
#: Runs before all else: an installation, or a system, that has no such modules, and is not Linux.
SITE = """\
import os, sys

class Absent:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in os.environ["ABSENT"].split():
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent)
for name in os.environ["ABSENT"].split():
    sys.modules.pop(name, None)
for name in ("sched_getaffinity", "memfd_create", "pidfd_open", "setns", "unshare", "eventfd"):
    if hasattr(os, name):
        delattr(os, name)
"""
#: What the script does that pip makes of the entry point.
START = "import sys; sys.argv[0] = '/bin/boundary'; from boundary.cli import main; main()"
#: The same for several command lines, as JSON, one after the other until one fails.
STARTS = """
import json, sys
from boundary.cli import main
for line in json.loads(sys.argv[1]):
    sys.argv = ["/bin/boundary", *line]
    try:
        main()
    except SystemExit as left:
        if left.code:
            raise
"""
Boundary = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the content of the wheel."""
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("workflow", "config"):
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    code = "from setuptools import build_meta; build_meta.build_wheel('.')"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=source, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "ambiguous" not in done.stderr
    (wheel,) = source.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    (folder / "sitecustomize.py").write_text(SITE)
    return folder


def python(
    installed: Path, arguments: Sequence[str], cwd: Path, absent: Iterable[str] = EXTRAS
) -> subprocess.CompletedProcess[str]:
    here = {"PYTHONPATH": str(installed), "ABSENT": " ".join(absent), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env={name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | here,
    )


@pytest.fixture
def command(installed: Path, tmp_path: Path) -> Boundary:
    """Return what runs the command `boundary` of the installation in another folder."""

    def run(*arguments: object) -> subprocess.CompletedProcess[str]:
        return python(installed, ["-c", START, *map(str, arguments)], tmp_path)

    return run


def test_the_wheel_holds_every_file_that_is_read(installed: Path) -> None:
    written = {
        path.relative_to(PACKAGE)
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    assert {path for path in written if not (installed / "boundary" / path).is_file()} == set()
    code = (
        "import boundary; from boundary.config.benchmarks import registry;"
        "from boundary.config.throughput import throughput;"
        "from boundary.prompts import prompt_names;"
        "print(boundary.__file__, len(registry()), len(prompt_names()), throughput().gpus.keys())"
    )
    done = python(installed, ["-c", code], installed.parent)
    assert done.returncode == 0, done.stderr
    file, benchmarks, prompts, *_ = done.stdout.split()
    assert Path(file).is_relative_to(installed)
    assert int(benchmarks) > 5
    assert int(prompts) == len(list((ROOT / "config/prompts").glob("*.yaml")))


def test_the_entry_point_is_the_command(installed: Path) -> None:
    (folder,) = installed.glob("*.dist-info")
    entries = configparser.ConfigParser()
    entries.read(folder / "entry_points.txt")
    assert dict(entries["console_scripts"]) == {"boundary": "boundary.cli:main"}


def test_the_command_names_itself(command: Boundary) -> None:
    assert command("--version").stdout == f"boundary {boundary.__version__}\n"
    shown = command("passk", "--help").stdout
    assert "Usage: boundary passk" in shown and "Example: boundary passk" in shown
    assert "python -m" not in shown
    assert "See boundary passk --help." in command("passk").stderr
    assert "boundary_completion" in command("--show-completion", "bash").stdout


def test_its_start_loads_nothing_heavy(installed: Path, tmp_path: Path) -> None:
    for argument in ("--version", "--help"):
        done = python(installed, ["-X", "importtime", "-c", START, argument], tmp_path)
        lines = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines()]
        loaded = {line.partition(".")[0] for line in lines}
        assert "typer" in loaded
        assert loaded & {"polars", "pandera", "numpy", "scipy", "altair", "pydantic"} == set()


def jobs() -> dict[str, tuple[list[str], str]]:
    """Return what a light installation cannot do, and the package that each first lacks."""
    lab = plan_study(read_yaml(ROOT / SMOKE), "x")
    outside = plan_study(read_yaml(ROOT / "config/studies/yue2025_fig3.yaml"), "x")
    block = specs.sample_spec(lab, lab.arms[0].folder, 0)
    return {
        "sample": (["sample", "--problems", "P.parquet", "--spec", block], "torch"),
        "train": (["train", "--spec", specs.train_spec(lab, next(iter(lab.runs)))], "torch"),
        "resolve": (
            ["resolve", "--spec", specs.resolve_spec(outside, next(iter(outside.weights)))],
            "huggingface_hub",
        ),
        "problems": (
            ["problems", "--spec", specs.problems_spec(outside, next(iter(outside.benchmarks)))],
            "huggingface_hub",
        ),
    }


@pytest.mark.parametrize("name", ["sample", "train", "resolve", "problems"])
def test_what_needs_an_extra_names_it(command: Boundary, tmp_path: Path, name: str) -> None:
    write_table(problems(), tmp_path / "P.parquet", PROBLEMS)
    arguments, package = jobs()[name]
    done = command(*arguments, "--output", tmp_path / "out.parquet")
    assert (done.returncode, done.stdout) == (3, ""), done.stderr
    assert f"Error: This needs the package {package}," in done.stderr
    assert "pip install 'reasoning-boundary[engines]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_engine_vllm_names_its_extra(command: Boundary, tmp_path: Path) -> None:
    write_table(problems(), tmp_path / "P.parquet", PROBLEMS)
    arguments = jobs()["sample"][0]
    arguments[-1] = arguments[-1].replace('"transformers"', '"vllm"')
    done = command(*arguments, "--output", tmp_path / "out.parquet")
    assert done.returncode == 3, done.stderr
    assert "pip install 'reasoning-boundary[engines,vllm]'" in done.stderr


KINDS_OF_PROBLEMS = {
    "math": (r"\frac{1}{2}", r"\boxed{0.5}", None),
    "text": ("Oslo", "The answer is Oslo.", None),
    "choice": ("B", "Answer: B", {"choices": ["1", "2"]}),
    "lab": (GOLD, f"# {GOLD}", None),
}


def rows(model: str, right: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a problem of each kind, and four responses to each, some of them right."""
    kinds = list(KINDS_OF_PROBLEMS)
    golds, responses, metadata = zip(*KINDS_OF_PROBLEMS.values(), strict=True)
    asked = pl.DataFrame(
        {
            "benchmark": "b",
            "problem_id": kinds,
            "question": [QUESTION if kind == "lab" else f"A question of {kind}" for kind in kinds],
            "answer": golds,
            "kind": kinds,
            "tests": None,
            "metadata": [None if item is None else json.dumps(item) for item in metadata],
        },
        schema_overrides={"tests": pl.String, "metadata": pl.String},
    )
    drawn = pl.DataFrame(
        {
            "model": model,
            "benchmark": "b",
            "protocol": "p",
            "problem_id": [kind for kind in kinds for _ in range(4)],
            "sample_index": [*range(4)] * len(kinds),
            "seed": 1,
            "response": [
                f"{model} {kind} {i}. {text if i < right else 'None.'}"
                for kind, text in zip(kinds, responses, strict=True)
                for i in range(4)
            ],
            "n_tokens": 3,
            "finish_reason": "stop",
            "logprob_sum": -1.0,
        }
    )
    return asked, drawn


def test_what_works_without_extras_and_not_on_linux(installed: Path, tmp_path: Path) -> None:
    """Verification of all kinds but programs, scores, pass@k and a verdict."""
    lines = []
    for model, right in (("base", 1), ("rl", 3)):
        asked, drawn = rows(model, right)
        write_table(asked, tmp_path / "P.parquet", PROBLEMS)
        write_table(drawn, tmp_path / f"S_{model}.parquet", SAMPLES)
        given = ["--problems", "P.parquet", "--samples", f"S_{model}.parquet"]
        verdicts, scores = f"V_{model}.parquet", f"C_{model}.parquet"
        lines.append(["verify", *given, "--output", verdicts])
        lines.append(["score", *given, "--verdicts", verdicts, "--output", scores])
    both = ["--scores", "C_base.parquet", "--scores", "C_rl.parquet"]
    lines.append(["passk", *both, "--output", "K.parquet"])
    sides = ["--base", "C_base.parquet", "--other", "C_rl.parquet", "--bootstrap", "200"]
    lines.append(["crossover", *sides, "--output", "X.parquet"])
    done = python(installed, ["-c", STARTS, json.dumps(lines)], tmp_path)
    assert done.returncode == 0, done.stderr
    for model, right in (("base", 1), ("rl", 3)):
        frame = read_table(tmp_path / f"V_{model}.parquet", VERDICTS_TABLE)
        solved = frame.group_by("problem_id").agg(pl.col("correct").sum())
        assert dict(solved.rows()) == dict.fromkeys(KINDS_OF_PROBLEMS, right)
    assert (tmp_path / "K.parquet").is_file()
    assert read_table(tmp_path / "X.parquet", CROSSOVERS)["diff_at_1"].to_list() == [-0.5]


def test_a_whole_report_of_counts(command: Boundary, tmp_path: Path) -> None:
    for model in ("base", "rl"):
        lines = [f"q{i},8,{i % 4 + 2 * (model == 'rl')}" for i in range(40)]
        (tmp_path / f"{model}.csv").write_text("\n".join(["problem,n,correct", *lines]))
    done = command("compare", "base.csv", "rl.csv", "--bootstrap", 200, "--output", "report")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report/report.html").is_file()


def test_published_rates_are_installed(command: Boundary, tmp_path: Path) -> None:
    done = command("simulate", "--truth", "published", "--problems", 4, "--write", "c.csv")
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "c.csv").read_text().splitlines()) == 9


def test_the_script_that_make_writes_grades_answers(tmp_path: Path) -> None:
    """Processes that judge answers import the script by which they were started."""
    script = Path(sys.prefix) / "bin" / "boundary"
    if not script.is_file() or "boundary.cli" not in script.read_text(encoding="utf-8"):
        pytest.skip("this environment was not made by make")
    row = {"id": "1", "question": "Half of one?", "answer": "\\frac{1}{2}"}
    for model, answer in (("base", "\\boxed{2/4}"), ("rl", "\\boxed{x}")):
        (tmp_path / f"{model}.jsonl").write_text(json.dumps(row | {"response": answer}))
    words = [str(script), "compare", "base.jsonl", "rl.jsonl", "--kind", "math", "--json"]
    done = subprocess.run(
        words, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    (made,) = json.loads(done.stdout)["comparisons"]
    assert made["diff_at_1"] == 1.0


#: Where reading begins of what should need no Unix.
LIGHT = (
    "boundary.cli.compare.compare",
    *(f"boundary.cli.{name}" for name in ("analyses.passk", "analyses.crossover")),
    *(f"boundary.cli.{name}" for name in ("responses.verify", "responses.score")),
    *("boundary.verify.choice", "boundary.verify.text", "boundary.verify.lab"),
)


def test_what_needs_unix_is_loaded_by_no_other(installed: Path, tmp_path: Path) -> None:
    """Responses in mathematics are judged in processes with limits, programs in a sandbox."""
    files = [Path(name) for name in closure(*LIGHT) if name.endswith(".py")]
    parts = (("boundary", *file.with_suffix("").parts) for file in files)
    modules = sorted(".".join(part).removesuffix(".__init__") for part in parts)
    assert {"boundary.verify.stream", "boundary.analysis.crossover"} <= set(modules)
    code = f"import boundary.cli.app, {', '.join(modules)}"
    done = python(installed, ["-c", code], tmp_path, EXTRAS | OF_UNIX)
    assert done.returncode == 0, done.stderr
