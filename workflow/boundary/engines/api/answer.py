"""What is read of a reply, which may hold anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """One completion; what the reply does not hold, or not as it should, is None.

    Attributes
    ----------
    text : str or None
        The response.
    ids : tuple of int or None
        Its tokens, the one that ended it included.
    finish_reason : str or None
        Why it ended.
    stop : str or None
        The stop string that ended it.
    fingerprint : str or None
        What the endpoint says of its version.
    prompt_tokens, tokens : int or None
        Of prompt and response by ``usage``, hidden reasoning included.
    logprobs : bool
        Whether log-probabilities came.
    """

    text: str | None
    ids: tuple[int, ...] | None
    finish_reason: str | None
    stop: str | None
    fingerprint: str | None
    prompt_tokens: int | None
    tokens: int | None
    logprobs: bool

    @classmethod
    def of(cls, reply: Mapping[str, object]) -> Answer:
        """Read the first choice of a reply of either interface."""
        choices = reply.get("choices")
        choice = _object(choices[0] if isinstance(choices, list) and choices else None)
        message, usage = _object(choice.get("message")), _object(reply.get("usage"))
        ids = choice.get("token_ids")
        whole = isinstance(ids, list) and all(_count(one) is not None for one in ids)
        return cls(
            text=_text(choice.get("text", message.get("content"))),
            ids=tuple(ids) if isinstance(ids, list) and whole else None,
            finish_reason=_text(choice.get("finish_reason")),
            stop=_text(choice.get("stop_reason")),
            fingerprint=_text(reply.get("system_fingerprint")),
            prompt_tokens=_count(usage.get("prompt_tokens")),
            tokens=_count(usage.get("completion_tokens")),
            logprobs=bool(choice.get("logprobs")),
        )

    @property
    def version(self) -> str:
        """What the endpoint says of its version."""
        return self.fingerprint or "unnamed"

    @property
    def length(self) -> int | None:
        """Tokens of the response."""
        return self.tokens if self.ids is None else len(self.ids)

    @property
    def what(self) -> object:
        """What tells two responses apart."""
        return self.text if self.ids is None else self.ids


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
