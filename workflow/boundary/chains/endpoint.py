"""One chat completion from an OpenAI-compatible endpoint, by the standard library.

The key comes from the environment and goes into one header of one request; no
message, file or log carries it.
"""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import IO

from boundary.errors import InputError, MachineError
from boundary.wording import reveal

LARGEST_REPLY = 2**22
LONGEST_WAIT = 60.0
_LOCAL = ("localhost", "127.0.0.1", "::1")
_TRY_AGAIN = (408, 429)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuses redirects, which would carry the key to another host."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message[str, str],
        newurl: str,
    ) -> None:
        return None


@dataclass(frozen=True)
class Reply:
    """What is kept of a reply to a chat completion.

    Attributes
    ----------
    content : str or None
        Its text.
    finish_reason : str or None
        Why it ended.
    """

    content: str | None
    finish_reason: str | None

    @classmethod
    def of(cls, decoded: Mapping[str, object]) -> Reply:
        """Read the first choice of a decoded reply, which may hold anything."""
        choices = decoded.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else None
        choice = first if isinstance(first, dict) else {}
        message = choice.get("message")
        content = message.get("content") if isinstance(message, dict) else None
        ended = choice.get("finish_reason")
        return cls(
            content.encode("utf-8", "replace").decode() if isinstance(content, str) else None,
            ended if isinstance(ended, str) else None,
        )


@dataclass(frozen=True)
class Endpoint:
    """Where a judge is asked, and how patiently.

    Attributes
    ----------
    url : str
        Base such as ``https://api.example.com/v1`` or, for ``vllm serve``,
        ``http://localhost:8000/v1``; ``/chat/completions`` is added.
    key_env : str or None
        Environment variable that holds the key; None sends none.
    timeout : float
        Seconds for one answer.
    retries : int
        Times that a request is sent again after 429, 5xx or a lost connection.
    sleep : callable
        What waits; tests replace it.
    """

    url: str
    key_env: str | None = None
    timeout: float = 120.0
    retries: int = 5
    sleep: Callable[[float], None] = field(default=time.sleep, compare=False)

    def check(self) -> None:
        """Refuse what could not work or would give the key away.

        Raises
        ------
        InputError
            For an address that is not http(s) or holds a password, an unset
            variable, or a key that would travel without encryption.
        """
        parts = urllib.parse.urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(
                f"judge.endpoint: {reveal(self.url)[:100]!r} is no http or https address, such as "
                f"http://localhost:8000/v1."
            )
        if parts.username or parts.password:
            raise InputError(
                "judge.endpoint: holds a user name or password, which would stand in files; put "
                "the key into an environment variable and name that in key_env."
            )
        if self.key_env is None:
            return
        if not os.environ.get(self.key_env):
            raise InputError(
                f"judge.key_env: the environment variable {self.key_env} is not set; set it to "
                f"the key of {parts.hostname}."
            )
        if parts.scheme == "http" and parts.hostname not in _LOCAL:
            raise InputError(
                f"judge.endpoint: the key in {self.key_env} would travel to {parts.hostname} "
                f"without encryption; use https."
            )

    def complete(self, body: Mapping[str, object]) -> Reply:
        """Return the reply to one chat completion.

        Raises
        ------
        InputError
            When the endpoint refuses the request (4xx).
        MachineError
            When it cannot be reached, or answers nonsense, again and again.
        """
        fault = ""
        for attempt in range(self.retries + 1):
            try:
                return self._once(body)
            except urllib.error.HTTPError as error:
                message = self._message(error)
                if error.code not in _TRY_AGAIN and error.code < 500:
                    raise InputError(
                        f"{self.url}: the endpoint refuses with status {error.code}: {message}"
                    ) from None
                fault = f"status {error.code}: {message}"
                wait = _asked_wait(error.headers.get("Retry-After"))
            except (OSError, http.client.HTTPException, ValueError) as error:
                fault = self._hide(f"{type(error).__name__}: {error}")
                wait = None
            if attempt < self.retries:
                self.sleep(min(LONGEST_WAIT, 2.0**attempt if wait is None else wait))
        raise MachineError(
            f"{self.url}: no answer in {self.retries + 1} attempts, the last: {fault}. What was "
            f"answered is kept; run the same command again once the endpoint works."
        )

    def _once(self, body: Mapping[str, object]) -> Reply:
        headers = {"Content-Type": "application/json"}
        if self.key_env is not None:
            headers["Authorization"] = f"Bearer {os.environ[self.key_env]}"
        request = urllib.request.Request(  # noqa: S310  # the scheme was checked
            f"{self.url.rstrip('/')}/chat/completions",
            data=json.dumps(body).encode(),
            headers=headers,
            method="POST",
        )
        opener = urllib.request.build_opener(_NoRedirect)
        with opener.open(request, timeout=self.timeout) as reply:
            content = reply.read(LARGEST_REPLY + 1)
        if len(content) > LARGEST_REPLY:
            raise ValueError("the reply is longer than 4 MiB")
        decoded = json.loads(content)
        if not isinstance(decoded, dict):
            raise ValueError("the reply is no JSON object")
        return Reply.of(decoded)

    def _message(self, error: urllib.error.HTTPError) -> str:
        try:
            text = error.read(2000).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            text = ""
        return self._hide(" ".join(text.split())[:300]) or "no reason given"

    def _hide(self, text: str) -> str:
        key = os.environ.get(self.key_env) if self.key_env else None
        return reveal(text.replace(key, "[key]") if key else text)


def _asked_wait(header: str | None) -> float | None:
    """Return the seconds of a Retry-After header; None for a date or nothing."""
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
