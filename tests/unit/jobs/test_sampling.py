"""Specs of sampling: the keys of a template beside those of the protocol, one typed prompt."""

from __future__ import annotations

import json
from typing import Any

import pytest

from boundary.cli.spec import read_spec
from boundary.errors import InputError
from boundary.jobs.making import SamplingJob
from boundary.jobs.sampling import Sampling
from boundary.prompts.template import ChatPrompt, TextPrompt
from protocols import sampling, sampling_job

ASK = [{"role": "user", "content": "{question}"}]
CHAT = {"chat": ASK, "special_tokens": False, "stop": ["x"]}


def spec(**keys: Any) -> str:
    """Return the spec of a job whose protocol has some keys of its own."""
    job = sampling_job(sampling()).model_dump(mode="json", exclude_unset=True)
    kept = {key: value for key, value in job["sampling"].items() if key != "template"}
    return json.dumps(job | {"sampling": kept | keys})


@pytest.mark.parametrize(
    ("keys", "kind"),
    [({"template": "Q: {question}", "stop": []}, TextPrompt), (CHAT, ChatPrompt)],
)
def test_a_spec_comes_back_as_it_was(keys: dict[str, Any], kind: type) -> None:
    job = read_spec(spec(**keys), SamplingJob)
    assert isinstance(job.sampling.prompt, kind)
    assert job.sampling.prompt.spec() == keys
    dumped = job.model_dump(mode="json", exclude_unset=True)
    assert dumped == json.loads(spec(**keys))
    assert dumped["sampling"] == job.sampling.spec()


def test_only_what_is_set_stands_in_a_spec() -> None:
    keys = {"engine": "e", "samples_per_shard": 1, "temperature": 0.0, "top_p": 1.0}
    typed = Sampling(**keys, max_tokens=2, prompt=TextPrompt(template="{question}"))
    assert typed.spec() == {**keys, "max_tokens": 2, "template": "{question}"}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({}, "sampling: should hold a prompt: the key 'template' or the key 'chat', and not both"),
        ({"template": "{question}", "chat": ASK}, "and not both"),
        ({"template": "Q"}, r"'template' should hold \{question\} once"),
        ({"template": "{question}", "special_tokens": 1}, "sampling.special_tokens: .*boolean"),
        ({"chat": [{"role": "user"}]}, "sampling.chat.0 has no content"),
        ({"template": "{question}", "temprature": 1.0}, "sampling.temprature: unknown key"),
    ],
)
def test_a_spec_that_holds_no_whole_prompt_is_refused(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_spec(spec(**keys), SamplingJob)
