"""A page in a browser, with what goes wrong on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class Watched:
    """A page with what went wrong on it: requests but of files beside it, errors, dialogs."""

    def __init__(self, browser: Any, folder: Path, width: int = 1400, **more: Any) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 900}, **more)
        self.folder, self.faults = folder.resolve(), []
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))
        self.page.on("request", self._request)
        self.page.on("console", lambda line: self.faults.append(f"console: {line.text}"))

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.folder.as_uri(), "data:")):
            self.faults.append(f"request: {request.url}")

    def open(self, name: str) -> Any:
        self.page.goto(f"{self.folder.as_uri()}/{name}")
        return self.page
