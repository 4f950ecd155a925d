"""The transformers engine: batched sampling and scoring with a KV cache."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors import SafetensorError
from transformers import AutoModelForCausalLM, AutoTokenizer

from boundary.engines import Drawn, Machine, Request, Response, Weights
from boundary.engines.decode import Donor, decode
from boundary.engines.record import Asked
from boundary.engines.registry import refuse
from boundary.engines.token_scores import PLAIN, Extras, Row, TokenScores
from boundary.engines.tokenised import Tokenised
from boundary.engines.transformers import ENGINE
from boundary.engines.transformers.batches import micro_batches
from boundary.engines.transformers.power import moved
from boundary.engines.transformers.scoring import Scorer
from boundary.engines.transformers.stop_strings import StopStrings
from boundary.engines.transformers.uniforms import uniform_steps
from boundary.errors import InputError, MachineError
from boundary.jobs.sampling import Sampling
from boundary.prompts import stops


class TransformersEngine(Tokenised):
    """A Hugging Face causal language model on the CPU or one GPU.

    Parameters
    ----------
    weights : Weights
        Folder with config, weights and tokenizer; float32 unless it says otherwise.
    machine : Machine
        What it runs on; results are the same to the bit only on the same
        device and with the same number of threads.

    Raises
    ------
    InputError
        When the folder holds no whole model, or the model never stops.
    MachineError
        When a GPU is asked for and there is none.
    """

    def __init__(self, weights: Weights, machine: Machine) -> None:
        _check_device(machine)
        torch.set_num_threads(machine.threads)
        transformers.utils.logging.disable_progress_bar()
        self.device = "cuda" if machine.device == "gpu" else "cpu"
        self.dtype = getattr(torch, weights.dtype or str(ENGINE.dtype))
        self.tokenizer, model = _load(weights.checkpoint, self.dtype)
        self.model = model.to(self.device).eval()
        self.batch_tokens = machine.batch_tokens
        stops = self.model.generation_config.eos_token_id
        stops = self.tokenizer.eos_token_id if stops is None else stops
        if stops is None:
            raise InputError(
                f"{weights.checkpoint}: names no end-of-text token, so nothing would stop it."
            )
        self.stop_ids = [stops] if isinstance(stops, int) else list(stops)
        pad = self.tokenizer.pad_token_id
        self.pad_id = int(self.stop_ids[0] if pad is None else pad)

    def check_fit(self, prompt: int, response: int, what: str) -> None:
        """Refuse what is longer than the model: beyond it, some fail and some talk nonsense."""
        room = self.context(prompt + response)
        if prompt + response > room:
            raise InputError(
                f"a prompt of {prompt} tokens and {what} of {response} exceed the {room} "
                f"positions of the model; lower max_tokens or leave the problem out."
            )

    def sample(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[list[Drawn]]:
        """Sample ``samples_per_shard`` responses to every prompt, a micro-batch at a time.

        A micro-batch depends on the requests alone and is drawn whole, even
        when a part of it is there already: what else is in a batch changes the
        last digits of its numbers.

        Raises
        ------
        InputError
            When the protocol asks for what this engine cannot do, or a prompt and
            its response would not fit the model.
        """
        refuse(ENGINE.name, Asked.by(sampling))
        samples = sampling.samples_per_shard
        longest = max(len(request.prompt) for request in requests)
        self.check_fit(longest, sampling.max_tokens, "max_tokens")
        for batch in micro_batches(requests, sampling.batch_size, samples):
            missing = [(i, j) for i in batch for j in range(samples) if j not in requests[i].done]
            if missing:
                rows = self.drawn([requests[i] for i in batch], sampling, samples)
                place = {i: at * samples for at, i in enumerate(batch)}
                yield [Drawn(i, j, rows[place[i] + j]) for i, j in missing]

    def drawn(
        self,
        requests: Sequence[Request],
        sampling: Sampling,
        samples: int,
        donor: Donor | None = None,
    ) -> list[Response]:
        """Draw all samples of some requests, problem-major.

        A response ends with the token that completes a stop string, as with vLLM: that token
        counts, and none is drawn after it.
        """
        ends = self.ends(sampling)
        strings = stops(self.tokenizer, sampling.prompt)[1]
        met = StopStrings(self.tokenizer, strings) if strings else None
        draw = partial(
            decode,
            self.model,
            [list(request.prompt) for request in requests],
            samples=samples,
            stop_ids=ends,
            pad_id=self.pad_id,
            ended=met,
        )
        seeds = [request.seed for request in requests]
        counts = None
        if sampling.sampler is not None:
            power, most = sampling.sampler.power, sampling.max_tokens
            decoded, counts = moved(draw, seeds, samples, power, most, ends[0])
        else:
            decoded = draw(
                uniforms=uniform_steps(seeds, samples),
                temperature=sampling.temperature,
                top_p=sampling.top_p,
                max_tokens=sampling.max_tokens,
                filters=sampling,
                donor=donor,
            )
        lengths = decoded.lengths.tolist()
        tokens = [
            row[:length] for row, length in zip(decoded.tokens.tolist(), lengths, strict=True)
        ]
        texts = self.tokenizer.batch_decode(tokens, skip_special_tokens=True)
        if met is not None:
            texts = [
                text if row[-1] in ends else met.cut(text)
                for row, text in zip(tokens, texts, strict=True)
            ]
        sums = decoded.logprobs.double().sum(dim=1).tolist()
        reasons = ["stop" if stopped else "length" for stopped in decoded.finished.tolist()]
        rows = [
            Response(*row)
            for row in zip(texts, lengths, reasons, sums, map(tuple, tokens), strict=True)
        ]
        if counts is not None:
            rows = [
                replace(row, tokens_drawn=drawn, moves=moves, accepted=accepted)
                for row, (drawn, moves, accepted) in zip(rows, counts.tolist(), strict=True)
            ]
        if not sampling.token_logprobs:
            return rows
        each = decoded.logprobs.double().tolist()
        return [
            replace(row, logprobs=tuple(logprobs[: row.n_tokens]))
            for row, logprobs in zip(rows, each, strict=True)
        ]

    def context(self, longest: int) -> int:
        """Return how many tokens a prompt and its response may have, at most ``longest``."""
        room = getattr(self.model.config, "max_position_embeddings", None)
        return longest if room is None else min(longest, int(room))

    def score(self, rows: Sequence[Row], extras: Extras = PLAIN) -> list[TokenScores]:
        """Return what the model says of each token of the responses, a result a row.

        Raises
        ------
        InputError
            When a prompt and its response do not fit the model.
        """
        for head, tail in rows:
            self.check_fit(len(head), len(tail), "the response")
        return self.scorer.score(rows, extras)

    @cached_property
    def scorer(self) -> Scorer:
        """Return what scores rows of token ids under this model."""
        return Scorer(self.model, self.batch_tokens)

    def provenance(self) -> dict[str, str]:
        """Return what decides a response beside the settings: engine, versions, dtype."""
        return {
            "engine": ENGINE.name,
            "transformers": transformers.__version__,
            "torch": torch.__version__,
            "dtype": str(self.dtype).removeprefix("torch."),
        }

    def hardware(self) -> dict[str, str]:
        """Return what it runs on."""
        if self.device == "cpu":
            return {"device": "cpu"}
        return {
            "device": torch.cuda.get_device_name(),
            "cuda": str(torch.version.cuda),
            "visible": os.environ.get("CUDA_VISIBLE_DEVICES", "all"),
        }


def _check_device(machine: Machine) -> None:
    if machine.device == "gpu" and not torch.cuda.is_available():
        raise MachineError(
            "the study asks for a GPU and torch finds none here. Run it on a machine with one, "
            "with a torch built for CUDA, or set device: cpu in the protocol."
        )


def _load(checkpoint: Path, dtype: torch.dtype) -> tuple[Any, Any]:
    """Return tokenizer and model of a folder, every weight of which came from it."""
    if not (checkpoint / "config.json").is_file():
        raise InputError(f"{checkpoint}: holds no model (config.json is missing).")
    local = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(checkpoint, **local)
        model, report = AutoModelForCausalLM.from_pretrained(
            checkpoint,
            dtype=dtype,
            use_safetensors=True,  # the older format is a pickle
            output_loading_info=True,
            **local,
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise InputError(
            f"{checkpoint}: the model cannot be loaded, so it is incomplete or damaged ({why}). "
            f"Make or download the folder again."
        ) from None
    # The library fills in what a file lacks with random numbers.
    random = sorted(report["missing_keys"])
    if random:
        raise InputError(
            f"{checkpoint}: {len(random)} weights are missing, first {random[0]}. Make or "
            f"download the folder again."
        )
    return tokenizer, model
