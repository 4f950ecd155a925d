"""Output of OpenAI's Batch API and of `vllm run-batch`, with or without the requests."""

from __future__ import annotations

from boundary.importers.head import Head
from boundary.importers.record import Importer

#: Keys of a request.
REQUEST = ("custom_id", "method", "url", "body")


def detect(head: Head) -> str | None:
    """Return by which keys lines are requests or what came of them."""
    keys = next((keys for keys in (REQUEST, ("custom_id", "response")) if head.has(*keys)), None)
    return f"its lines have {', '.join(keys)}" if keys and head.lines else None


IMPORTER = Importer(
    name="openai_batch",
    about="output of OpenAI's Batch API and of vllm run-batch",
    offers="trials",
    detect=detect,
)
