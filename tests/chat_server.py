"""An endpoint on this machine that answers as a test says, or as a model would."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: What a handler returns: status, further headers, body; None cuts the connection.
Reply = tuple[int, dict[str, str], bytes] | None
#: Settings under which only the likeliest token is left.
_GREEDY = {"temperature": 0.0, "top_p": 1e-6, "top_k": 1, "min_p": 1.0}


class ChatServer(ThreadingHTTPServer):
    """Keeps what was asked; ``answer(body, number)`` says what comes back."""

    def __init__(self, answer: Callable[[dict[str, Any], int], Reply | str]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


class Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            number = len(self.server.asked)
            self.server.asked.append(body)
            self.server.headers.append(dict(self.headers))
            self.server.paths.append(self.path)
        reply = self.server.answer(body, number)
        if reply is None:
            self.close_connection = True
            return
        status, headers, content = (200, {}, completion(reply)) if isinstance(reply, str) else reply
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def completion(text: str | None, ended: str = "stop") -> bytes:
    """Return a completion as an OpenAI-compatible server sends it."""
    message = {"role": "assistant", "content": text}
    return json.dumps({"choices": [{"message": message, "finish_reason": ended}]}).encode()


class FakeModel:
    """Answers completions: its text follows from prompt and seed.

    Parameters
    ----------
    ignores : tuple of str
        Settings without effect.
    words : int
        Tokens of a response, where the limit allows.
    fingerprint : str, optional
        Its version.
    """

    def __init__(
        self, *ignores: str, words: int = 3, fingerprint: str | None = "fake-1", **choice: Any
    ) -> None:
        self.ignores, self.words, self.fingerprint = ignores, words, fingerprint
        self.choice = choice

    def __call__(self, body: dict[str, Any], number: int) -> Reply:
        heeded = {key: value for key, value in body.items() if key not in self.ignores}
        greedy = any(heeded.get(key) == value for key, value in _GREEDY.items())
        seed = "greedy" if greedy or "sampling" in self.ignores else heeded.get("seed", number)
        asked = body.get("prompt", body.get("messages"))
        word = hashlib.sha256(f"{asked}{seed}".encode()).hexdigest()[:12]
        limit = heeded.get("max_tokens", heeded.get("max_completion_tokens", self.words))
        used = min(self.words, limit)
        text = " ".join([word, "and", "so", "on"][:used])
        choice = {"finish_reason": "stop" if used == self.words else "length"} | (
            {"message": {"content": text}} if "messages" in body else {"text": text}
        )
        reply = {
            "choices": [choice | self.choice],
            "usage": {"prompt_tokens": 10, "completion_tokens": used},
            "system_fingerprint": self.fingerprint,
        }
        if "usage" in self.ignores:
            del reply["usage"]
        return 200, {}, json.dumps(reply).encode()


@contextmanager
def chat_server(answer: Callable[[dict[str, Any], int], Reply | str]) -> Iterator[ChatServer]:
    """Serve while the context lasts."""
    server = ChatServer(answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
