"""What was asked: the requests of a batch, by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from boundary.digests import canonical_json
from boundary.errors import InputError
from boundary.importers.columns import ProblemIds, brief, text_id
from boundary.importers.forms import of_a_form
from boundary.importers.messages import question_of
from boundary.importers.openai_batch import REQUEST
from boundary.importers.record import Tally
from boundary.importers.source import Source

_FORMS = {"requests": frozenset(REQUEST)}
#: What of a request says nothing of how its responses are sampled.
_ASKED = frozenset(("messages", "prompt", "seed", "model", "user", "metadata"))


@dataclass(frozen=True)
class Requests:
    """The requests of a batch.

    Attributes
    ----------
    bodies : mapping of str to tuple
        By id: the question, how many responses are asked for, the model.
    by_text : bool
        Whether several requests ask the same, so that the text names the problem.
    """

    bodies: dict[str, tuple[str, int, object]]
    by_text: bool

    def problem(self, request: str, where: str) -> tuple[str, str | None]:
        """Return id and question of the problem that a request asks.

        Raises
        ------
        InputError
            When there are requests and it is none of them.
        """
        if not self.bodies:
            return request, None
        if request not in self.bodies:
            raise InputError(
                f"{where}: {request} is none of the {len(self.bodies):,} requests that are given; "
                f"give those of this batch, or none."
            )
        question = self.bodies[request][0]
        return text_id(question) if self.by_text else request, question


def requests_of(sources: Sequence[Source], ids: ProblemIds, tally: Tally) -> Requests:
    """Read files of requests.

    Raises
    ------
    InputError
        When a line is no request, its prompt no text, or an id stands twice.
    """
    bodies: dict[str, tuple[str, int, object]] = {}
    settings: set[str] = set()
    for source in sources:
        for line, row in source.objects():
            place = f"{source.where}: line {line}"
            name = ids.text(of_a_form(row, _FORMS, "the batch", place)["custom_id"], place)
            if name in bodies:
                raise InputError(f"{place}: custom_id {name} stands twice among the requests.")
            body, number = _body(row, place)
            question = question_of(body.get("messages", body.get("prompt")), place)
            bodies[name] = question, number, body.get("model")
            settings.add(canonical_json({k: v for k, v in body.items() if k not in _ASKED}))
    by_text = len({question for question, _, _ in bodies.values()}) < len(bodies)
    if by_text:
        tally.say("requests that ask the same are samples of one problem, named by its text")
    if len(settings) > 1:
        one, other = sorted(settings)[:2]
        tally.say(f"requests ask for responses in {len(settings)} ways, such as {one} and {other}")
    return Requests(bodies, by_text)


def _body(row: dict[str, Any], place: str) -> tuple[dict[str, Any], int]:
    """Return the body of a request and how many responses it asks for."""
    body = row["body"]
    if not isinstance(body, dict):
        raise InputError(f"{place}: the body of the request is {brief(body)}.")
    number = 1 if body.get("n") is None else body["n"]
    if type(number) is not int or number < 1:
        raise InputError(f"{place}: n is {brief(number)}, and should be a whole number from 1.")
    return body, number
