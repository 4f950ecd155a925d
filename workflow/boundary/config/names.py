"""Names of a study's entries, which stand in paths."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from boundary.engines.registry import NAMES

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
Name = Annotated[str, Field(pattern=NAME, max_length=80)]

if TYPE_CHECKING:
    EngineName = str
else:
    EngineName = Literal[NAMES]
