"""What an endpoint does with its settings, tried before anything is sampled.

Endpoints ignore settings in silence: ``transformers serve`` decodes greedily whatever the
temperature, others take no seed. Two seeds that give two texts must give one where a setting
leaves the likeliest token alone, whichever the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from boundary.engines.api.answer import Answer
from boundary.engines.api.bodies import longest_key
from boundary.errors import InputError
from boundary.jobs.endpoint import Served

#: Seeds that are tried until one gives another text than the first.
SEEDS = 12
#: A value of each setting under which only the likeliest token is left.
GREEDY: dict[str, float] = {"temperature": 0.0, "top_p": 1e-6}
EXTENDED: dict[str, float] = {"top_k": 1, "min_p": 1.0}

#: Asks with some settings, the others being those of plain sampling.
Try = Callable[[Mapping[str, object]], Answer]


def probe(ask: Try, served: Served, where: str) -> dict[str, str]:
    """Try what an endpoint keeps to, and refuse what has no effect.

    Parameters
    ----------
    ask : callable
        Asks for one short response at temperature 1.
    served : Served
        What it is said to take.
    where : str
        Names the endpoint in errors.

    Returns
    -------
    dict
        What was seen, for provenance.

    Raises
    ------
    InputError
        When a setting that will be sent has no effect; names it.
    """

    def refused(what: str) -> InputError:
        return InputError(f"{where}: the probe failed: {what}")

    one, other = _two_seeds(ask, served, refused)
    greedy = GREEDY | (EXTENDED if served.extensions else {})
    for key, value in greedy.items():
        if ask({**one, key: value}).what != ask({**other, key: value}).what:
            raise refused(
                f"{key} {value:g} has no effect: it leaves one token at each place, and two "
                f"requests gave two texts. "
                + ("State 'extensions: false'." if key in EXTENDED else "Take another endpoint.")
            )
    short = ask({**one, longest_key(served): 1})
    if short.length is None:
        raise refused("the reply has no usage, so that lengths are unknown.")
    if short.length != 1:
        raise refused(f"max_tokens 1 has no effect: a response of {short.length} tokens came.")
    if served.tokenizer and short.ids is None:
        raise refused("return_token_ids has no effect; leave the tokenizer out.")
    return {
        "seeds": "kept" if served.seeded else "none sent",
        "effective": ", ".join([*greedy, "max_tokens"]),
        "returns_logprobs": _logprobs(ask, served),
        "returns_token_ids": str(short.ids is not None).lower(),
        "api": short.version,
    }


def _two_seeds(
    ask: Try, served: Served, refused: Callable[[str], InputError]
) -> tuple[dict[str, object], dict[str, object]]:
    """Return the seeds of two different texts."""
    seeds: list[dict[str, object]] = [
        {"seed": seed} if served.seeded else {} for seed in range(1, SEEDS + 1)
    ]
    first = ask(seeds[0]).what
    if served.seeded and ask(seeds[0]).what != first:
        raise refused(
            "seed 1 gave two texts, so that seeds have no effect. State 'seeded: false' of it, and "
            "that nobody can draw its responses again, or take another endpoint."
        )
    for seed in seeds[1:]:
        if ask(seed).what != first:
            return seeds[0], seed
    raise refused(
        f"{SEEDS} requests gave one text at temperature 1: it decodes greedily, or it thinks "
        f"unseen for longer than these responses may be (raise 'probe_tokens')."
    )


def _logprobs(ask: Try, served: Served) -> str:
    """Say whether log-probabilities come; some endpoints refuse to be asked."""
    wanted: dict[str, object] = {"logprobs": True if served.interface == "chat" else 1}
    try:
        return str(ask(wanted).logprobs).lower()
    except InputError:
        return "refused"
