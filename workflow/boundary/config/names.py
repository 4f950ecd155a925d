"""Names of a study's entries, which stand in paths."""

from typing import Annotated

from pydantic import Field

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
Name = Annotated[str, Field(pattern=NAME, max_length=80)]
