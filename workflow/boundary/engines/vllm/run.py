"""Requests through vLLM: its queue, its parameters, its errors in plain words."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from boundary.errors import BoundaryError, InputError, MachineError
from boundary.jobs.sampling import Sampling, filters_of

#: Requests that stand in vLLM's queue, as a multiple of those it works on together.
QUEUED = 2

Key = TypeVar("Key")


def run(
    llm: Any,
    jobs: Iterator[tuple[Key, Sequence[int], Mapping[str, object]]],
    adapter: Any = None,
) -> Iterator[list[tuple[Key, Any]]]:
    """Feed requests to vLLM and yield what each step finishes.

    A bounded number of them stands in its queue, so that memory does not grow
    with their number and early ones are finished first.

    Parameters
    ----------
    llm : vllm.LLM
        Nothing else is in its queue.
    jobs : iterator
        For each request a key, its token ids and its sampling parameters.
    adapter : vllm.lora.request.LoRARequest, optional
        The adapter under which all of them run.

    Yields
    ------
    list
        Key and ``vllm.RequestOutput`` of every request that a step finished.

    Raises
    ------
    MachineError
        When vLLM fails.
    """
    from vllm import SamplingParams
    from vllm.inputs import tokens_input
    from vllm.sampling_params import RequestOutputKind

    engine = llm.llm_engine
    most = QUEUED * engine.vllm_config.scheduler_config.max_num_seqs
    waiting: dict[str, Key] = {}
    names = map(str, itertools.count())
    try:
        while True:
            with plain("vLLM failed"):
                for key, tokens, settings in itertools.islice(jobs, most - len(waiting)):
                    params = SamplingParams(
                        **settings,
                        output_kind=RequestOutputKind.FINAL_ONLY,
                        flat_logprobs=True,  # lists of numbers, not an object a token
                        skip_clone=True,  # these parameters are this request's alone
                    )
                    name = next(names)
                    prompt = tokens_input(list(tokens))
                    engine.add_request(name, prompt, params, lora_request=adapter)
                    waiting[name] = key
                if not waiting:
                    return
                done = [output for output in engine.step() if output.finished]
            if done:
                yield [(waiting.pop(output.request_id), output) for output in done]
    finally:
        if waiting:
            engine.abort_request(list(waiting))


def sampled(
    sampling: Sampling, ends: Sequence[int], also: Sequence[int], strings: Sequence[str]
) -> dict[str, object]:
    """Return vLLM's parameters of a protocol, seed apart.

    None is left to a default, which a release or a checkpoint might change.

    Parameters
    ----------
    sampling : Sampling
        The protocol.
    ends : sequence of int
        The model's end-of-text tokens.
    also, strings : sequence
        Tokens and strings of the prompt's template that end a response too.
    """
    return {
        "n": 1,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": 0,
        "min_p": 0.0,
        "presence_penalty": 0.0,
        "frequency_penalty": 0.0,
        "repetition_penalty": 1.0,
        **filters_of(sampling.model_dump()),
        "max_tokens": sampling.max_tokens,
        "min_tokens": 0,
        "stop": list(strings),
        "stop_token_ids": [*ends, *also],
        "ignore_eos": True,  # the line above names it
        "logprobs": 0,  # of the sampled token
        # Only strings that end a response need its text at every step.
        "detokenize": bool(strings),
        "skip_special_tokens": True,
        "include_stop_str_in_output": False,
    }


def scored(tail: Sequence[int], listed: int) -> dict[str, object]:
    """Return the parameters that score a row without its last token, and then that token.

    So the row needs no room beyond its own length.  What vLLM says of tokens is
    of the model's raw distribution, whichever of them it may choose.

    Parameters
    ----------
    tail : sequence of int
        The response's tokens.
    listed : int
        Likeliest tokens to list at each place.
    """
    return {
        "temperature": 0.0,
        "max_tokens": 1,
        "prompt_logprobs": listed if len(tail) > 1 else None,
        "logprobs": listed,
        "allowed_token_ids": [tail[-1]],
        "detokenize": False,
    }


@contextmanager
def plain(what: str) -> Iterator[None]:
    """Turn an error of vLLM into one that says what failed and what to try.

    Raises
    ------
    MachineError
        In its place.
    InputError
        Where the weights are damaged.
    """
    import torch
    from safetensors import SafetensorError

    try:
        yield
    except BoundaryError:
        raise
    except torch.OutOfMemoryError as error:
        raise MachineError(
            f"{what}: the GPU's memory does not suffice ({words(error)}). Split the model over "
            f"more GPUs (tensor_parallel_size), or change gpu_memory_utilization."
        ) from error
    except SafetensorError as error:
        raise InputError(
            f"{what}: its weights are incomplete or damaged ({words(error)}). Make or download "
            f"the folder again."
        ) from None
    except (ValueError, RuntimeError, OSError) as error:
        raise MachineError(f"{what}: {words(error)}.") from error


def words(error: BaseException) -> str:
    """Return the message of an error on one line, without pydantic's frame around it."""
    text = " ".join(str(error).split())
    text = text.partition("Value error, ")[2] or text
    return text.partition(" [type=")[0].removesuffix(".") or type(error).__name__
