"""Files of a job: single ones, and the blocks of an arm as a folder and a count."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from boundary.strict import Strict

#: What names hold; the operating system takes no path with a NUL.
Text = Annotated[str, Field(min_length=1)]
File = Annotated[str, Field(min_length=1, pattern=r"^[^\x00]+$")]
Files = list[File]
#: Blocks that five digits can name.
MOST_BLOCKS = 100_000


class Shards(Strict):
    """The first blocks of one folder.

    A study has thousands of shards, whose paths differ in their last digits.
    """

    folder: File
    blocks: int = Field(ge=1, le=MOST_BLOCKS)

    def files(self) -> list[str]:
        """Return the path of each block, in order."""
        return [f"{self.folder}/{block:05d}.parquet" for block in range(self.blocks)]


#: Names of the two forms, which no key has.
_FOLDER, _LIST = "(folder)", "(files)"


def _form(value: Any) -> str:
    return _LIST if isinstance(value, list) else _FOLDER


#: Shards as the plan writes them; a person may list files.
ShardFiles = Annotated[
    Annotated[Shards, Tag(_FOLDER)] | Annotated[list[File], Field(min_length=1), Tag(_LIST)],
    Discriminator(_form),
]


def shard_paths(shards: Shards | Sequence[str]) -> list[Path]:
    """Return the files of shards in either form."""
    return [Path(name) for name in (shards.files() if isinstance(shards, Shards) else shards)]
