"""The api engine: one request a sample, each with a seed of its own, several at a time.

What is not sent would come from the server's own defaults (a checkpoint's generation config,
say), so that every setting is. Neighbouring seeds repeat samples where a server derives seeds
by adding, so that they are hashed. The chance of a response is not known: log-probabilities of
endpoints may be those after temperature and filters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from boundary.columns import FAULT
from boundary.digests import canonical_json, seed_of
from boundary.endpoint import Endpoint, several
from boundary.engines import Drawn, Filled, Machine, Request, Response, Weights
from boundary.engines.api import ENGINE
from boundary.engines.api.answer import Answer
from boundary.engines.api.bodies import most_tokens, plain, settings_of, with_prompt
from boundary.engines.api.probe import probe
from boundary.engines.api.purse import Purse
from boundary.engines.record import Asked
from boundary.engines.registry import refuse
from boundary.engines.token_scores import PLAIN, Extras, Row
from boundary.engines.tokenised import Tokenised, cut_at
from boundary.engines.vllm.checkpoint import read_tokenizer
from boundary.errors import InputError, MachineError
from boundary.jobs.endpoint import KEYS, Served
from boundary.jobs.sampling import Sampling

#: JSON's numbers are exact below it.
SEED_BOUND = 2**53
#: Neither sampled nor cut: what is refused or lost has no outcome.
_NO_OUTCOME = ("content_filter", None)
#: Tokens of all requests, in the model's folder.
SPENT = "spent.jsonl"
_PATHS = {"completions": "completions", "chat": "chat/completions"}


class ApiEngine(Tokenised):
    """A model behind an endpoint; with its tokenizer's folder, prompts and responses are tokens.

    Parameters
    ----------
    weights : Weights
        The checkpoint holds the tokenizer or does not exist; beside it stands what the model is.
    machine : Machine
        Where the endpoint is.

    Raises
    ------
    InputError
        When the endpoint cannot be asked so, or the tokenizer is damaged.
    """

    def __init__(self, weights: Weights, machine: Machine) -> None:
        if machine.endpoint is None:
            raise InputError("--endpoint: missing; the engine api samples, and through one alone.")
        folder: Path = weights.checkpoint.parent
        self.served = _served(folder)
        self.reached = reached = machine.endpoint
        self.stop_ids, self.tokenizer = [], None
        if self.served.tokenizer:
            self.tokenizer = read_tokenizer(weights.checkpoint)
        self._endpoint = Endpoint(
            reached.url, reached.key_env, reached.timeout, reached.retries, KEYS
        )
        self._endpoint.check()
        self._purse = Purse(folder / SPENT, reached.prices, reached.max_cost)
        self._first: tuple[int, ...] | None = None

    # --- prompts --------------------------------------------------------------

    def render(self, filled: Filled, sampling: Sampling) -> str:
        """Return the text of a prompt, or the messages that the endpoint lays out."""
        if self.served.interface == "chat":
            messages = [{"role": "user", "content": filled}] if isinstance(filled, str) else filled
            if messages[-1]["role"] == "assistant":
                raise InputError("the prompt begins the answer, which no chat endpoint goes on.")
            return canonical_json(messages)
        if self.tokenizer is None and not isinstance(filled, str):
            raise InputError(
                "the prompt is a chat, and nothing lays it out: state endpoint.tokenizer, or "
                "'interface: chat'."
            )
        return super().render(filled, sampling)

    def encode(self, filled: Filled, sampling: Sampling) -> list[int]:
        """Return the token ids of a prompt; without a tokenizer the bytes of its text."""
        if self.tokenizer is None:
            ids = list(self.render(filled, sampling).encode())
        else:
            ids = super().encode(filled, sampling)
        if self._first is None:
            self._first = tuple(ids)
        return ids

    # --- requests -------------------------------------------------------------

    def sample(self, requests: Sequence[Request], sampling: Sampling) -> Iterator[list[Drawn]]:
        """Sample ``samples_per_shard`` responses to every prompt, in the order of the problems.

        Raises
        ------
        InputError
            When the endpoint refuses a request, or a setting has no effect.
        MachineError
            When it cannot be reached, its version changes, or the limit of cost is reached.
        """
        refuse(ENGINE.name, Asked.by(sampling))
        served, settings = self.served, settings_of(self.served, sampling, self.tokenizer)
        if self._first is None and requests:
            self._first = requests[0].prompt
        version = self._probed["api"]
        jobs = (
            ((i, j), with_prompt(served, request.prompt, settings | self._seed(request.seed, j)))
            for i, request in enumerate(requests)
            for j in range(sampling.samples_per_shard)
            if j not in request.done
        )

        def ask(body: Mapping[str, object]) -> Response:
            return self._response(self._ask(body), sampling.max_tokens, version)

        with self._purse:
            for (i, j), response in several(ask, jobs, self.reached.concurrency):
                yield [Drawn(i, j, response)]

    def _seed(self, problem: int, sample: int) -> dict[str, object]:
        return {"seed": seed_of(problem, sample) % SEED_BOUND} if self.served.seeded else {}

    def _ask(self, body: Mapping[str, object]) -> Answer:
        """Return the answer to one request, and write down what it used."""
        room, most = most_tokens(self.served, body)
        with self._purse.reserved(room, most):
            answer = Answer.of(self._endpoint.ask(_PATHS[self.served.interface], body))
            prompt = room if answer.prompt_tokens is None else answer.prompt_tokens
            self._purse.pay(prompt, most if answer.tokens is None else answer.tokens)
        return answer

    def _response(self, answer: Answer, most: int, version: str) -> Response:
        """Take an answer over, and check that nothing but the protocol cut it short."""
        if answer.version != version:
            raise MachineError(
                f"endpoint: its fingerprint was {version!r} and is {answer.version!r} now, and "
                f"responses of one arm come from one version. What came before is kept."
            )
        length, reason, text = answer.length, answer.finish_reason, answer.text
        if reason in _NO_OUTCOME or text is None or (not text and not length):
            return Response("", length or 0, FAULT, None)
        if length is None:
            raise MachineError("endpoint: a reply has no usage, so that its length is unknown.")
        if reason != "stop" and (reason, length) != ("length", most):
            raise MachineError(
                f"endpoint: it ended a response of {length} tokens by {reason!r} where the limit "
                f"is {most}; finished responses are kept. Take a max_tokens that it allows."
            )
        if self.tokenizer is None:
            return Response(text, length, reason, None)
        decoded = None if answer.ids is None else self.decode(answer.ids)
        if answer.ids is None or decoded is None:
            raise MachineError("endpoint: a reply has no tokens, or those of another vocabulary.")
        return Response(cut_at(decoded, answer.stop, text), length, reason, None, answer.ids)

    # --- what it is -------------------------------------------------------------

    @cached_property
    def _probed(self) -> dict[str, str]:
        """What the endpoint does with its settings, tried with the first prompt."""
        prompt, settings = self._first, plain(self.served, self.reached.probe_tokens)
        if prompt is None:
            raise InputError("there is no prompt with which the endpoint could be tried.")

        def ask(changes: Mapping[str, object]) -> Answer:
            return self._ask(with_prompt(self.served, prompt, {**settings, **changes}))

        with self._purse:
            return probe(ask, self.served, self.reached.url)

    def provenance(self) -> dict[str, str]:
        """Return what the probe saw and what the endpoint says of its version."""
        return {"engine": ENGINE.name, **self._probed}

    def hardware(self) -> dict[str, str]:
        """Return that nobody knows what it runs on."""
        return {"device": "unknown, behind an endpoint"}

    def context(self, longest: int) -> int:
        """Leave it to the endpoint, which refuses what is too long."""
        return longest

    def score(self, rows: Sequence[Row], extras: Extras = PLAIN) -> NoReturn:
        """Refuse: an endpoint scores nothing here."""
        raise InputError("models behind an endpoint score no responses; take a checkpoint.")


def _served(folder: Path) -> Served:
    """Read what a model behind an endpoint is, as `boundary resolve` wrote it."""
    path = folder / "model.json"
    try:
        return Served.model_validate_json(json.dumps(json.loads(path.read_bytes())["served"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            f"{path}: describes no model behind an endpoint, which the engine api asks. Sample "
            f"models with source: api:LABEL by it, and no others."
        ) from None
