"""Parameters, sums and errors of the vLLM engine, without vLLM."""

from __future__ import annotations

import pytest
import torch

from boundary.engines.vllm.run import plain, sampled, words
from boundary.errors import InputError, MachineError
from protocols import sampling

SAMPLING = sampling(temperature=0.6, top_p=0.95, max_tokens=32)


def test_parameters_leave_nothing_to_a_default() -> None:
    found = sampled(SAMPLING, [1], [7], [])
    neutral = {"top_k": 0, "min_p": 0.0, "repetition_penalty": 1.0, "presence_penalty": 0.0}
    assert found.items() >= ({"temperature": 0.6, "top_p": 0.95} | neutral).items()
    assert found["stop_token_ids"] == [1, 7]
    assert found["ignore_eos"]


@pytest.mark.parametrize("strings", [[], ["\n\nQ:"]])
def test_text_is_made_at_every_step_only_for_stop_strings(strings: list[str]) -> None:
    found = sampled(SAMPLING, [1], [], strings)
    assert found["stop"] == strings
    assert found["detokenize"] is bool(strings)


def test_errors_of_vllm_say_what_failed() -> None:
    expected = r"^x: vLLM cannot start: no room for the cache\.$"
    with pytest.raises(MachineError, match=expected), plain("x: vLLM cannot start"):
        raise ValueError("no room\n  for the cache.")


def test_too_little_gpu_memory_says_what_to_change() -> None:
    with pytest.raises(MachineError, match="tensor_parallel_size"), plain("vLLM failed"):
        raise torch.OutOfMemoryError("tried to allocate 20 GiB")


def test_our_own_errors_stay_as_they_are() -> None:
    with pytest.raises(InputError, match=r"^mine$"), plain("vLLM failed"):
        raise InputError("mine")


def test_words_leave_out_the_frame_of_pydantic() -> None:
    message = "1 validation error for ModelConfig\n  Value error, too long. [type=value_error, x]"
    assert words(ValueError(message)) == "too long"
    assert words(ValueError()) == "ValueError"
