"""Files of a job: single ones, and the blocks of an arm as a folder and a count."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Discriminator, Field, SerializerFunctionWrapHandler, Tag, model_serializer

from boundary.strict import Strict

#: What names hold; the operating system takes no path with a NUL.
Text = Annotated[str, Field(min_length=1)]
File = Annotated[str, Field(min_length=1, pattern=r"^[^\x00]+$")]
Files = list[File]
#: Blocks that five digits can name.
MOST_BLOCKS = 100_000


class Shards(Strict):
    """The first blocks of one folder, and those behind them in another.

    A study has thousands of shards, whose paths differ in their last digits.

    Attributes
    ----------
    folder : str
        Folder of the blocks that hold every problem.
    blocks : int
        Number of these.
    later : str, optional
        Folder of the blocks behind them, without the problems that stopped before.
    end : int
        Number of all blocks, where there are later ones.
    partly : bool
        Whether the arm has later blocks that are left out.
    """

    folder: File
    blocks: int = Field(ge=1, le=MOST_BLOCKS)
    later: File | None = None
    end: int = Field(default=0, ge=0, le=MOST_BLOCKS)
    partly: bool = False

    def files(self) -> list[str]:
        """Return the path of each block, in order."""
        places = [(self.folder, block) for block in range(self.blocks)]
        places += [(self.later or "", block) for block in range(self.blocks, self.end)]
        return [f"{folder}/{block:05d}.parquet" for folder, block in places]

    @model_serializer(mode="wrap")
    def _short(self, dump: SerializerFunctionWrapHandler) -> dict[str, object]:
        """Leave out what says nothing, so that specs of arms of one n keep their text."""
        return {key: value for key, value in dump(self).items() if value}


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
