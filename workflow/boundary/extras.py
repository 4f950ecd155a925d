"""What a light installation lacks, and the extra of the package that brings it."""

from __future__ import annotations

from boundary.errors import MachineError

#: The extra that brings a package, by the name under which that is imported.
EXTRA_OF = {
    **dict.fromkeys(
        ("torch", "transformers", "tokenizers", "safetensors", "huggingface_hub"), "engines"
    ),
    "PIL": "images",
    **dict.fromkeys(("vllm", "gguf", "accelerate", "psutil"), "vllm"),
}
#: What brings an extra in a checkout.
MAKE = {"engines": "make install", "images": "make install", "vllm": "make install-vllm"}


class MissingExtra(MachineError):
    """A package is not installed that stands in an extra alone (exit code 3)."""


def how_to_install(extra: str) -> str:
    """Return the command that adds an extra to an installation."""
    return f"pip install 'reasoning-boundary[{extra}]'"


def missing_extra(error: BaseException) -> MissingExtra | None:
    """Return what to say of a failed import; None when no extra has the package."""
    name = (getattr(error, "name", None) or "").partition(".")[0]
    if not isinstance(error, ImportError) or name not in EXTRA_OF:
        return None
    extra = EXTRA_OF[name]
    return MissingExtra(
        f"This needs the package {name}, which is not part of the light installation. Add it by "
        f"{how_to_install(extra)}; in a checkout, {MAKE[extra]} brings it."
    )
