"""A chat endpoint on this machine that answers as a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: What a handler returns: status, further headers, body.
Reply = tuple[int, dict[str, str], bytes]


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
        found = self.server.answer(body, number)
        status, headers, content = (200, {}, completion(found)) if isinstance(found, str) else found
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
