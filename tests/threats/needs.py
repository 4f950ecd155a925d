"""What tests of the sandbox need of a machine."""

from __future__ import annotations

from harness import without_sandbox


def need_sandbox() -> None:
    """Skip where no tier of the sandbox works, unless the tools are promised."""
    from boundary.errors import MachineError
    from boundary.verify.sandbox import Sandbox

    try:
        with Sandbox(1):
            pass
    except MachineError as error:
        without_sandbox(error)
