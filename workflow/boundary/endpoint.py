"""Requests to an OpenAI-compatible endpoint, by the standard library.

The key comes from the environment and goes into one header of one request; no
message, file or log carries it.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from email.message import Message
from typing import IO, TypeVar

from boundary.errors import InputError, MachineError
from boundary.wording import reveal

Key = TypeVar("Key")
Body = TypeVar("Body")
Answer = TypeVar("Answer")
LARGEST_REPLY = 2**22
LONGEST_WAIT = 60.0
_LOCAL = ("localhost", "127.0.0.1", "::1")
_TRY_AGAIN = (408, 409, 429)


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
class Endpoint:
    """Where models are asked, and how patiently.

    Attributes
    ----------
    url : str
        Base such as ``https://api.example.com/v1`` or, for ``vllm serve``,
        ``http://localhost:8000/v1``; a path such as ``chat/completions`` is added.
    key_env : str or None
        Environment variable that holds the key; None sends none.
    timeout : float
        Seconds for one answer.
    retries : int
        Times that a request is sent again after 408, 409, 429, 5xx or a lost connection.
    keys : tuple of str
        Key paths of the address and of the key's variable, for messages.
    sleep : callable
        What waits; tests replace it.
    """

    url: str
    key_env: str | None = None
    timeout: float = 120.0
    retries: int = 5
    keys: tuple[str, str] = ("endpoint.url", "endpoint.key_env")
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
        address, key = self.keys
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(
                f"{address}: {reveal(self.url)[:100]!r} is no http or https address, such as "
                f"http://localhost:8000/v1."
            )
        if parts.username or parts.password:
            raise InputError(
                f"{address}: holds a user name or password, which would stand in files; put "
                "the key into an environment variable and name that in key_env."
            )
        if self.key_env is None:
            return
        if not os.environ.get(self.key_env):
            raise InputError(
                f"{key}: the environment variable {self.key_env} is not set; set it to "
                f"the key of {parts.hostname}."
            )
        if parts.scheme == "http" and parts.hostname not in _LOCAL:
            raise InputError(
                f"{address}: the key in {self.key_env} would travel to {parts.hostname} "
                f"without encryption; use https."
            )

    def ask(self, path: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """Return the JSON object that answers one request.

        Parameters
        ----------
        path : str
            Below the base, such as ``chat/completions``.
        body : mapping
            What is sent.

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
                return self._once(path, body)
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

    def _once(self, path: str, body: Mapping[str, object]) -> Mapping[str, object]:
        headers = {"Content-Type": "application/json"}
        if self.key_env is not None:
            headers["Authorization"] = f"Bearer {os.environ[self.key_env]}"
        request = urllib.request.Request(  # noqa: S310  # the scheme was checked
            f"{self.url.rstrip('/')}/{path}",
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
        return decoded

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


def several(
    ask: Callable[[Body], Answer], asked: Iterable[tuple[Key, Body]], workers: int
) -> Iterator[tuple[Key, Answer]]:
    """Ask several at a time and yield the answers as they come.

    After a fault nothing more is asked; what was asked by then is still yielded, before the
    fault is raised.

    Parameters
    ----------
    ask : callable
        What a thread calls.
    asked : iterable of (key, body)
        Read as threads become free.
    workers : int
        Requests in flight at a time.
    """
    queue = iter(asked)
    waiting: dict[Future[Answer], Key] = {}
    fault: Exception | None = None
    pool = ThreadPoolExecutor(workers)
    try:
        while True:
            free = 0 if fault else workers - len(waiting)
            for key, body in itertools.islice(queue, free):
                waiting[pool.submit(ask, body)] = key
            if not waiting:
                break
            for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                key = waiting.pop(future)
                try:
                    answer = future.result()
                except Exception as error:  # raised below, once the others are in
                    fault = fault or error
                else:
                    yield key, answer
    finally:
        # Not waited for: who is asked to end has seconds to write what there is.
        pool.shutdown(wait=False, cancel_futures=True)
    if fault is not None:
        raise fault
