"""show-prompt: the text as the model reads it, and what is missing where it cannot be shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from boundary.config import read_study
from boundary.digests import PACKAGE
from boundary.plan import Plan
from boundary.store import provenance, write_table
from boundary.tables import PROBLEMS
from boundary.tasks import registers
from chat_tokenizer import CHATML, LLAMA, chat_tokenizer

Run = Callable[..., Any]
ROOT = PACKAGE.parents[1]
SMOKE = ROOT / "config/studies/smoke.yaml"
CHAT = "chat: [{role: user, content: 'Go: {question}'}]\nstop: []\n"


@pytest.fixture
def problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    """Work in a folder in which the problems of the smoke study are made."""
    monkeypatch.chdir(tmp_path)
    plan = Plan(read_study(SMOKE))
    lab = plan.study.benchmarks["tiny"].lab
    assert lab is not None
    frame = registers.problems("tiny", lab).sort("problem_id")
    write_table(frame, Path(plan.arms[0].problems), PROBLEMS, provenance=provenance())
    return frame


@pytest.fixture
def chat(problems: pl.DataFrame) -> Plan:
    """Let the prompt of the smoke study be a chat."""
    Path("config/prompts").mkdir(parents=True)
    Path("config/prompts/raw.yaml").write_text(CHAT)
    return Plan(read_study(SMOKE))


def edited(path: Path, **changes: Any) -> Path:
    """Write the smoke study with some sections extended."""
    study = yaml.safe_load(SMOKE.read_text(encoding="utf-8"))
    for section, more in changes.items():
        study[section] = study[section] + more if isinstance(more, list) else study[section] | more
    path.write_text(yaml.safe_dump(study), encoding="utf-8")
    return path


def test_text_needs_no_model(run: Run, problems: pl.DataFrame) -> None:
    done = run("show-prompt", SMOKE, "base", "tiny")
    name, question = problems.row(0, named=True)["problem_id"], problems["question"][0]
    assert (done.code, done.out) == (0, f"{question}\n")
    for told in (
        f"tiny, problem {name}\n",
        "protocol:     t1, prompt raw\n",
        "stop strings: none\n",
        "max_tokens:   16\n",
        "tokens:       not known before the model is made\n",
        f"ends in:      {question[-40:]!r}\n",
    ):
        assert told in done.err


def test_a_terminal_shows_what_it_would_obey(
    run: Run, problems: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = Plan(read_study(SMOKE))
    hostile = problems.with_columns(question=pl.lit("a\n\tb\x1b[31mc\u202e"))
    write_table(hostile, Path(plan.arms[0].problems), PROBLEMS, provenance=provenance())
    assert run("show-prompt", SMOKE, "base", "tiny").out == "a\n\tb\x1b[31mc\u202e\n"
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert run("show-prompt", SMOKE, "base", "tiny").out == "a\n\tb⟨U+001B⟩[31mc⟨U+202E⟩\n"


def test_any_problem_may_be_shown(run: Run, problems: pl.DataFrame) -> None:
    done = run("show-prompt", SMOKE, "rl", "tiny", "--problem", problems["problem_id"][7])
    assert (done.code, done.out) == (0, f"{problems['question'][7]}\n")
    done = run("show-prompt", SMOKE, "rl", "tiny", "--problem", "x")
    first = ", ".join(problems["problem_id"][:5])
    assert (done.code, done.out) == (2, "")
    assert f"no problem is called 'x'; it has 12, the first are: {first}." in done.err


def test_a_chat_is_shown_as_the_models_template_lays_it_out(
    run: Run, problems: pl.DataFrame, chat: Plan
) -> None:
    chat_tokenizer().save_pretrained(chat.checkpoint_of("base"))
    Path(chat.model_file("base")).write_text("{}")
    done = run("show-prompt", SMOKE, "base", "tiny")
    assert (done.code, done.out) == (
        0,
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nGo: "
        f"{problems['question'][0]}<|im_end|>\n<|im_start|>assistant\n\n",
    )
    assert "stop tokens:  '<|im_end|>'\n" in done.err
    assert "the first '<|im_start|>'" in done.err
    assert "assistant\\n'\n" in done.err.splitlines(keepends=True)[-2]


def test_a_prompt_that_begins_twice_or_not_at_all(
    run: Run, problems: pl.DataFrame, chat: Plan
) -> None:
    """The first tokens are shown, and what is wrong with them."""
    folder = Path(chat.checkpoint_of("base"))
    Path(folder).mkdir(parents=True)
    Path(chat.model_file("base")).write_text("{}")
    chat_tokenizer(CHATML).save_pretrained(folder)
    done = run("show-prompt", SMOKE, "base", "tiny")
    assert done.code == 0
    assert "the first '<|im_start|>' 's' 'y' 's' 't' 'e' 'm' '\\n'\n" in done.err
    assert "does not begin with '<s>', which the model's tokenizer puts" in done.err
    Path("config/prompts/raw.yaml").write_text(CHAT + "special_tokens: true\n")
    twice = Plan(read_study(SMOKE))
    assert twice.checkpoint_of("base") == chat.checkpoint_of("base")
    assert "warning:" not in run("show-prompt", SMOKE, "base", "tiny").err
    chat_tokenizer(LLAMA).save_pretrained(folder)
    done = run("show-prompt", SMOKE, "base", "tiny")
    assert done.code == 2
    assert "the first '<s>' '<s>' '<|start|>' 's' " in done.err
    assert "begins twice with '<s>', the token that begins a text" in done.err


def test_a_chat_needs_the_model(run: Run, chat: Plan) -> None:
    done = run("show-prompt", SMOKE, "base", "tiny")
    assert (done.code, done.out) == (2, "")
    make = f"`snakemake --cores 1 {chat.model_file('base')} --configfile {SMOKE}`"
    assert make in " ".join(done.err.split())


def test_a_damaged_tokenizer_is_told(run: Run, chat: Plan) -> None:
    folder = Path(chat.checkpoint_of("base"))
    folder.mkdir(parents=True)
    Path(chat.model_file("base")).write_text("{}")
    done = run("show-prompt", SMOKE, "base", "tiny")
    assert (done.code, done.out) == (2, "")
    assert f"Error: {folder}: the tokenizer cannot be loaded (" in done.err
    chat_tokenizer().save_pretrained(folder)
    (folder / "tokenizer.json").write_text("{")
    done = run("show-prompt", SMOKE, "base", "tiny")
    assert (done.code, done.out) == (2, "")
    assert f"Error: {folder}: the tokenizer cannot be loaded (" in done.err


def test_problems_that_are_not_made_are_not_invented(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Plan(read_study(SMOKE)).arms[0].problems
    done = run("show-prompt", SMOKE, "base", "tiny")
    assert (done.code, done.out) == (2, "")
    assert f"Error: {path}: the problems are not made yet" in done.err
    assert f"`snakemake --cores 1 {path} --configfile {SMOKE}`" in done.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("bsae", "tiny"), "no model is called 'bsae'; there are: base, rl-1, rl."),
        (("base", "tny"), "no benchmark is called 'tny'; there are: tiny."),
        (
            ("base", "tiny", "--protocol", "t2"),
            "no protocol of 'base' on 'tiny' is called 't2'; there are: t1.",
        ),
    ],
)
def test_names_that_are_not_the_studys(
    arguments: tuple[str, ...], told: str, run: Run, problems: pl.DataFrame
) -> None:
    done = run("show-prompt", SMOKE, *arguments)
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_a_pair_that_nobody_samples(run: Run, problems: pl.DataFrame, tmp_path: Path) -> None:
    smoke = read_study(SMOKE).benchmarks["tiny"].model_dump(mode="json", exclude_none=True)
    study = edited(tmp_path / "s.yaml", benchmarks={"idle": smoke})
    done = run("show-prompt", study, "base", "idle")
    assert (done.code, done.out) == (2, "")
    assert "no comparison or series samples 'base' on 'idle'; it is sampled on: tiny." in done.err


def test_of_several_protocols_one_is_to_be_named(
    run: Run, problems: pl.DataFrame, tmp_path: Path
) -> None:
    cold = {"temperature": 0.5, "max_tokens": 9, "n": 4, "samples_per_shard": 4}
    pair = {"base": "base", "other": "rl", "benchmarks": ["tiny"], "protocol": "cold"}
    study = edited(
        tmp_path / "s.yaml", protocols={"cold": cold}, comparisons=[pair | {"name": "colder"}]
    )
    done = run("show-prompt", study, "base", "tiny")
    assert (done.code, done.out) == (2, "")
    assert "under several protocols; choose one with --protocol: t1, cold." in done.err
    done = run("show-prompt", study, "base", "tiny", "--protocol", "cold")
    assert (done.code, done.out) == (0, f"{problems['question'][0]}\n")
    assert "max_tokens:   9\n" in done.err


def test_published_counts_have_no_prompt(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = run("show-prompt", "config/studies/math500_published.yaml", "qwen2.5-7b", "math500")
    assert (done.code, done.out) == (2, "")
    assert "'qwen2.5-7b' has published counts only; nothing is sampled" in done.err
