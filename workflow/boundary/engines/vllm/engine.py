"""The vLLM engine: continuous batching over a whole block, on GPUs or with the CPU build.

How it is reproducible.  Each sample is a request of its own with a seed of its
own, H(problem's seed, sample), so that what it draws depends neither on the
order of requests nor on which others a killed job had finished.  What is left is
floating point: another batch adds in another order, and a token whose draw lies
within that error of a border comes out differently.  On the GPU vLLM's second
model runner makes its noise from a hash of seed, position and token, which costs
nothing.  The CPU build draws one number a row and step from a generator of the
request; that is a few microseconds a token.  It cannot keep a seed where a
prompt is cut in two, so that whole prompts are taken up there.

vLLM's core runs in the process of the job: no part of it outlives a job that is
killed.  With several GPUs each has a worker process, which ends when the job does.
"""

from __future__ import annotations

import gc
import math
import os
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from boundary.digests import seed_of
from boundary.engines import Drawn, Machine, Request, Response, Weights
from boundary.engines.record import Asked
from boundary.engines.registry import refuse
from boundary.engines.token_scores import PLAIN, Extras, Row, TokenScores, nothing
from boundary.engines.tokenised import Tokenised, cut_at
from boundary.engines.vllm import ENGINE, checkpoint, setup
from boundary.engines.vllm.lengths import check_context, room_for
from boundary.engines.vllm.run import plain, run, sampled, scored
from boundary.engines.vllm.scores import listed, token_scores
from boundary.errors import InputError, MachineError
from boundary.jobs.sampling import Sampling
from boundary.prompts import stops


class VllmEngine(Tokenised):
    """A causal language model in vLLM, which starts when it is first needed.

    vLLM's state is global to a process, so that one engine runs at a time there:
    what another one holds is given back when this one starts.

    Parameters
    ----------
    weights : Weights
        Folder with config, weights and tokenizer; the dtype that its config
        names unless the study says otherwise.
    machine : Machine
        What it runs on.

    Raises
    ------
    MachineError
        When vLLM is missing, or built for the other device, or lacks GPUs.
    InputError
        When the folder holds no whole model, or the model never stops.
    """

    _up: ClassVar[VllmEngine | None] = None

    def __init__(self, weights: Weights, machine: Machine) -> None:
        setup.prepare(machine)
        self.weights, self.machine = weights, machine
        self.config = checkpoint.read_config(weights)
        self.dtype = checkpoint.dtype_of(weights, self.config)
        self.tokenizer = checkpoint.read_tokenizer(weights.checkpoint)
        self.stop_ids = checkpoint.end_tokens(weights.checkpoint, self.config, self.tokenizer)
        self._llm: Any = None
        self._started: tuple[bool, int, int] = (False, 0, 0)
        self._adapter: Any = None

    def sample(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[list[Drawn]]:
        """Sample ``samples_per_shard`` responses to every prompt, all in one queue.

        Early problems are drawn first; those of one step are yielded together.

        Raises
        ------
        InputError
            When a prompt is empty, it and its response would not fit
            ``max_model_len`` or the model, or vLLM would change the temperature.
        MachineError
            When vLLM cannot start, or fails.
        """
        refuse(ENGINE.name, Asked.by(sampling))
        samples = range(sampling.samples_per_shard)
        left = sum(j not in request.done for request in requests for j in samples)
        if not left:
            return
        most = sampling.max_tokens
        if not all(request.prompt for request in requests):
            raise InputError("a prompt has no token; nothing can follow it.")
        longest = max(len(request.prompt) for request in requests)
        room = room_for(longest, most, sampling.max_model_len)
        check_context(checkpoint.context_of(self.weights, self.dtype, room), longest, most, room)
        llm = self._start(scoring=False, room=room, sequences=left)
        settings = sampled(sampling, self.stop_ids, *stops(self.tokenizer, sampling.prompt))
        jobs = (
            ((i, j), request.prompt, settings | {"seed": seed_of(request.seed, j)})
            for i, request in enumerate(requests)
            for j in samples
            if j not in request.done
        )
        for finished in run(llm, jobs, self._adapter):
            yield [Drawn(*key, self._response(out, sampling)) for key, out in finished]

    def _response(self, output: Any, sampling: Sampling) -> Response:
        """Take a response over from vLLM, and check that nothing cut it short."""
        one, most = output.outputs[0], sampling.max_tokens
        ids, reason = list(one.token_ids), one.finish_reason
        if reason not in ("stop", "length") or (reason == "length" and len(ids) != most):
            raise MachineError(
                f"vLLM ended a response of {len(ids)} tokens by {reason!r} where max_tokens is "
                f"{most}; finished responses are kept. Run the job again."
            )
        logprob = float(one.cumulative_logprob)
        if not math.isfinite(logprob):
            raise MachineError(
                f"{self.weights.checkpoint}: the model's probabilities are not numbers with dtype "
                f"{self.dtype}; take bfloat16 or float32 in the study file."
            )
        text = self._text(ids, one)
        if not sampling.token_logprobs:
            return Response(text, len(ids), reason, logprob, tuple(ids))
        each = tuple(map(float, one.logprobs.logprobs))
        if len(each) != len(ids):
            raise MachineError(f"vLLM gave {len(each)} log-probabilities of {len(ids)} tokens.")
        return Response(text, len(ids), reason, logprob, tuple(ids), each)

    def _text(self, ids: list[int], one: Any) -> str:
        """Decode a response as the transformers engine does, and cut it where vLLM met a string."""
        text: str = self.tokenizer.decode(
            ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return cut_at(text, one.stop_reason, one.text)

    def context(self, longest: int) -> int:
        """Return how many tokens a prompt and its response may have, at most ``longest``."""
        return checkpoint.context_of(self.weights, self.dtype, longest)

    def score(self, rows: Sequence[Row], extras: Extras = PLAIN) -> list[TokenScores]:
        """Return what the model says of each token of the responses, a result a row.

        Entropy is not to be had.  Equal rows share one result.

        Raises
        ------
        InputError
            When a prompt and its response do not fit the model.
        MachineError
            When vLLM cannot start, or fails.
        """
        keys = [(tuple(head), tuple(tail)) for head, tail in rows]
        scores = {key: nothing(extras) for key in keys if not key[1]}
        scorable = [key for key in dict.fromkeys(keys) if key[1]]
        if scorable:
            head, tail = max(scorable, key=lambda key: len(key[0]) + len(key[1]))
            room = len(head) + len(tail)
            check_context(
                self.context(room), len(head), len(tail), room, response_is="the response"
            )
            llm = self._start(scoring=True, room=room, sequences=len(scorable))
            vocabulary = int(llm.llm_engine.vllm_config.model_config.get_vocab_size())
            most = listed(extras, vocabulary)
            jobs = ((key, [*key[0], *key[1]][:-1], scored(key[1], most)) for key in scorable)
            for finished in run(llm, jobs, self._adapter):
                for key, output in finished:
                    scores[key] = token_scores(output, *key, extras, vocabulary)
        return [scores[key] for key in keys]

    def _start(self, *, scoring: bool, room: int, sequences: int) -> Any:
        """Return vLLM with room for requests of a length; start it where it is not up."""
        sequences = min(sequences, setup.CPU_SEQUENCES)
        was_scoring, had_room, had_sequences = self._started
        fits = was_scoring == scoring and room <= had_room and sequences <= had_sequences
        if VllmEngine._up is self and fits:
            return self._llm
        if VllmEngine._up is not None:
            VllmEngine._up._stop()
        settings = setup.settings(
            self.weights,
            self.machine,
            self.config,
            room=room,
            sequences=sequences,
            scoring=scoring,
        )
        with plain(f"{self.weights.checkpoint}: vLLM cannot start"), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            from vllm import LLM
            from vllm.lora.request import LoRARequest

            VllmEngine._up = self
            self._llm = LLM(**settings)
            if self.weights.adapter is not None:
                self._adapter = LoRARequest("adapter", 1, str(self.weights.adapter))
        self._started = (scoring, room, sequences)
        # The objects of libraries stay; looking at them again and again takes time.
        gc.collect()
        gc.freeze()
        return self._llm

    def _stop(self) -> None:
        """Give back what vLLM holds."""
        from vllm.distributed.parallel_state import cleanup_dist_env_and_memory

        if self._llm is not None:  # as it is where vLLM did not start
            self._llm.llm_engine.engine_core.shutdown()
        self._llm = VllmEngine._up = None
        cleanup_dist_env_and_memory()

    def provenance(self) -> dict[str, str]:
        """Return what decides a response beside the settings: engine, versions, dtype."""
        import torch
        import transformers
        import vllm

        versions = {
            "engine": ENGINE.name,
            "vllm": vllm.__version__,
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "dtype": self.dtype,
        }
        if self.weights.quantization is not None:
            versions["quantization"] = self.weights.quantization
        return versions

    def hardware(self) -> dict[str, str]:
        """Return what it runs on."""
        if self.machine.device == "cpu":
            return {"device": "cpu"}
        import torch
        from vllm.platforms import current_platform

        return {
            "device": current_platform.get_device_name(),
            "gpus": str(self.machine.gpus),
            "cuda": str(torch.version.cuda),
            "visible": os.environ.get("CUDA_VISIBLE_DEVICES", "all"),
        }
