"""Results of τ²-bench: of each simulation reward, rounds, tokens and what the agent cost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from boundary.errors import InputError
from boundary.importers.columns import brief, count_of
from boundary.importers.record import Tally
from boundary.importers.tau_bench.talk import Row, messages_of, rounds_of
from boundary.importers.values import part

#: How a simulation ends that never ran, which the tool leaves out too.
NEVER_RAN = "infrastructure_error"


def simulations(document: Mapping[str, Any], where: str, tally: Tally) -> Iterator[tuple[str, Row]]:
    """Yield the simulations of a run, each with its place.

    Raises
    ------
    InputError
        When there are none, as those of voice have files of their own, or one is no simulation.
    """
    info, runs = part(document, "info"), document.get("simulations")
    if not isinstance(runs, list) or not runs:
        raise InputError(
            f"{where}: holds no simulations. Where they stand in files of their own, as those of "
            f"voice do, give a results.json that holds them."
        )
    agent, user = (part(info, f"{who}_info") for who in ("agent", "user"))
    model = f"{agent.get('implementation')} {agent.get('llm')} user-{user.get('llm')}"
    domain = part(info, "environment_info").get("domain_name")
    for number, run in enumerate(runs, start=1):
        place = f"{where}: simulation {number}"
        if (
            not isinstance(run, dict)
            or not {"task_id", "trial", "termination_reason"} <= run.keys()
        ):
            raise InputError(f"{place}: should have task_id, trial and termination_reason.")
        talk = messages_of(run.get("messages"), place)
        unset = run["termination_reason"] == NEVER_RAN
        if unset:
            tally.count(f"simulations ended by {NEVER_RAN} and have no outcome", 1, place)
        yield (
            place,
            {
                "model": model,
                "benchmark": domain if isinstance(domain, str) else None,
                "problem_id": run["task_id"],
                "trial": run["trial"],
                "messages": talk,
                "reward": part(run, "reward_info").get("reward"),
                "unset": unset,
                "rounds": rounds_of(talk),
                "n_tokens": _tokens(talk),
                "cost": _cost(run.get("agent_cost"), place),
                "line": number,
            },
        )


def _tokens(talk: list[Mapping[str, Any]]) -> int | None:
    """Return what the agent wrote; None where one of its messages does not tell.

    What the tool says without the model, such as a greeting, has no usage and no cost.
    """
    each = [
        count_of(part(message, "usage").get("completion_tokens"))
        for message in talk
        if message.get("role") == "assistant" and message.get("cost") is not None
    ]
    known = [tokens for tokens in each if tokens is not None]
    return sum(known) if known and len(known) == len(each) else None


def _cost(value: object, place: str) -> float | None:
    """Return what the agent cost; models without a price report 0, which is not known."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise InputError(f"{place}: agent_cost is {brief(value)}, and should be at least 0.")
    return float(value) or None
