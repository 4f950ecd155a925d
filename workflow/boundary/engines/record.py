"""What an engine says of itself: read when a study is planned, before anything of it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from boundary.jobs.sampling import FILTERS, Sampling, filters_of


@dataclass(frozen=True)
class Asked:
    """What a model and a protocol ask of an engine, as far as it is known.

    Attributes
    ----------
    adapter, quantization : bool
        Whether the weights have one.
    tensor_parallel_size : int
        GPUs over which each matrix is split.
    temperature : float, optional
        The protocol's.
    max_model_len : int, optional
        Longest prompt and response together, in tokens.
    filters : tuple of str
        Which of `FILTERS` are set.
    stop : bool
        Whether the prompt ends responses at texts.
    """

    adapter: bool = False
    quantization: bool = False
    tensor_parallel_size: int = 1
    temperature: float | None = None
    max_model_len: int | None = None
    filters: tuple[str, ...] = ()
    stop: bool = False

    @classmethod
    def by(cls, sampling: Sampling) -> Asked:
        """Return what a protocol asks for."""
        return cls.under(sampling.model_dump(), sampling.prompt.stop)

    @classmethod
    def under(cls, settings: Mapping[str, Any], stop: Collection[str]) -> Asked:
        """Return what the settings of a protocol ask for, with the stop strings of its prompt."""
        return cls(
            temperature=settings["temperature"],
            max_model_len=settings["max_model_len"],
            filters=tuple(filters_of(settings)),
            stop=bool(stop),
        )

    def beyond_the_usual(self) -> list[str]:
        """Return the names of the settings that not every engine honours and that are asked for."""
        usual = Asked()
        keys = [
            key for key in (*OF_MODELS, *OF_PROTOCOLS) if getattr(self, key) != getattr(usual, key)
        ]
        return [*keys, *self.filters]


#: Settings of a model, and of a protocol and its prompt, that an engine honours only where it
#: says so; filters are such too.
OF_MODELS = ("adapter", "quantization", "tensor_parallel_size")
OF_PROTOCOLS = ("max_model_len", "stop")
OPTIONAL = (*OF_MODELS, *OF_PROTOCOLS, *FILTERS)


@dataclass(frozen=True)
class Refusal:
    """Why an engine cannot do what is asked: the key in the study file, and the reason."""

    key: str
    why: str


def _no_limits(asked: Asked) -> Iterable[Refusal]:
    return ()


@dataclass(frozen=True)
class EngineRecord:
    """The declaration of an engine, which stands in its folder's ``__init__.py`` as ``ENGINE``.

    Attributes
    ----------
    name : str
        Of the folder, and under ``engine`` in a protocol.
    about : str
        What it is for, in a few words.
    loader : str
        ``MODULE:CLASS``: what loads a model, `boundary.engines.Engine`, called with
        `Weights` and `Machine`.
    environment : str
        Name of the file in ``envs/``, without suffix.
    cores : int
        Cores of a job without a GPU.
    takes : frozenset of str
        Which of `OPTIONAL` it honours.
    limits : callable
        Yields what it refuses beside the settings that it does not take.
    dtype : str, optional
        Type of the weights where the study names none; None is the checkpoint's own.
    entropy : bool
        Whether scoring sees whole distributions, and so tells entropy.
    heavy : bool
        Whether it takes minutes to start and gigabytes of memory whatever the model.
    remote : bool
        Whether models run elsewhere, behind an endpoint: it samples alone.
    distributions : tuple of str
        Python packages whose versions matter to it.
    """

    name: str
    about: str
    loader: str
    environment: str
    cores: int
    takes: frozenset[str] = frozenset()
    limits: Callable[[Asked], Iterable[Refusal]] = field(default=_no_limits)
    dtype: str | None = None
    entropy: bool = True
    heavy: bool = False
    remote: bool = False
    distributions: tuple[str, ...] = ()
