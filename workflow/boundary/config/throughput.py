"""What sampling costs: `config/throughput.yaml`, typed.

Light imports only: the Snakefile reads this at every parse, for the time limits
of jobs.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError, model_validator

from boundary.errors import InputError
from boundary.kinds import KINDS
from boundary.shipped import shipped
from boundary.strict import Strict
from boundary.yamlfile import faults, read_yaml

#: Where the table stands, in this workflow and in the user's working directory.
THROUGHPUT_FILE = "config/throughput.yaml"
SHIPPED = shipped("throughput.yaml")

Positive = Annotated[float, Field(gt=0)]


def _ascending(rates: dict[float, float]) -> dict[float, float]:
    return dict(sorted(rates.items()))


class _Sourced(Strict):
    """Numbers that say where they come from."""

    origin: str = Field(alias="from", min_length=1)


class Gpu(_Sourced):
    """A kind of GPU.

    Attributes
    ----------
    memory_gb : float
        Its memory.
    tokens_per_second : dict
        By billions of parameters, ascending.
    """

    memory_gb: Positive
    tokens_per_second: Annotated[
        dict[Positive, Positive], Field(min_length=1), AfterValidator(_ascending)
    ]


class Cpu(_Sourced):
    """vLLM on a CPU: tokens per second of one core, times billions of parameters."""

    billions_per_core: Positive


class Engines(_Sourced):
    """How fast engines are, against vLLM; one that is not named is as fast."""

    share_of_vllm: dict[str, Positive]


class LabRates(_Sourced):
    """The lab's own models: sampling by engine, training by recipe."""

    tokens_per_second: dict[str, Positive]
    seconds_per_step: dict[str, Positive]


class StartUp(_Sourced):
    """Seconds before the first token."""

    gpu: Positive
    gpu_per_billion: Positive
    cpu: Positive
    lab: Positive
    train: Positive


class Scoring(_Sourced):
    """Scoring given responses, as times faster than sampling them."""

    times_faster: Positive


class Responses(_Sourced):
    """Mean tokens of a response by benchmark, for models of two kinds."""

    short: dict[str, Positive]
    long: dict[str, Positive]
    long_models: list[str]

    @model_validator(mode="after")
    def _defaults(self) -> Responses:
        for name in ("short", "long"):
            missing = {kind.length_like for kind in KINDS.values()} - getattr(self, name).keys()
            if missing:
                raise ValueError(f"{name} lacks {' and '.join(sorted(missing))}")
        return self


class Disk(_Sourced):
    """Bytes on disk."""

    per_token: Positive
    per_response: Positive
    per_block: Positive
    per_token_with_logprobs: Positive
    per_parameter: Positive


class Throughput(Strict):
    """The whole table."""

    reference: str
    gpus: dict[str, Gpu] = Field(min_length=1)
    cpu: Cpu
    engines: Engines
    lab: LabRates
    start_up: StartUp
    scoring: Scoring
    responses: Responses
    disk: Disk

    @model_validator(mode="after")
    def _known(self) -> Throughput:
        if self.reference not in self.gpus:
            raise ValueError(f"reference {self.reference!r} is none of {', '.join(self.gpus)}")
        return self

    def gpu(self, name: str | None = None) -> Gpu:
        """Return a kind of GPU; the reference by default.

        Raises
        ------
        InputError
            When the table has none of that name.
        """
        gpu = self.gpus.get(name or self.reference)
        if gpu is None:
            raise InputError(
                f"{THROUGHPUT_FILE} has no GPU {name!r}; it has {', '.join(self.gpus)}. Add an "
                f"entry to a copy of it in your working directory, or take the nearest."
            )
        return gpu


def throughput() -> Throughput:
    """Return the table of the working directory, or else the one that is shipped.

    Raises
    ------
    InputError
        When it is malformed; names every problem.
    """
    local = Path(THROUGHPUT_FILE).absolute()
    return read_throughput(local if local.is_file() else SHIPPED)


@functools.cache
def read_throughput(path: Path) -> Throughput:
    """Read one table.

    Raises
    ------
    InputError
        When it is missing or malformed; names every problem.
    """
    content = read_yaml(path)
    try:
        return Throughput.model_validate(content)
    except ValidationError as error:
        raise InputError(f"{path}: is no table of throughputs: {faults(error)}.") from None
