"""Checks of published counts: the file, the model's name in it, and n."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

from boundary.config import raw as lenient
from boundary.config.raw import ArmNames, Raw
from boundary.config.study import OF_COUNTS
from boundary.counts_csv import CountsFile, read_rows
from boundary.errors import InputError

#: Names of models, or n, that a message lists.
SHOWN = 12


def published(raw: Raw) -> Iterator[str]:
    """Yield counts that cannot be read, or that would serve several arms."""
    by_model: dict[str, list[ArmNames]] = {}
    for arm in lenient.arms(raw):
        if lenient.counted(raw, arm[0]):
            by_model.setdefault(arm[0], []).append(arm)
    for model, arms in by_model.items():
        if len(arms) > 1:
            where = ", ".join(f"{benchmark} under {protocol}" for _, benchmark, protocol in arms)
            yield (
                f"models.{model}.source: published counts are of one benchmark and one protocol; "
                f"the study takes them for {where}. Name a further model for each, with its file."
            )
        yield from _counts(raw, model, arms)
    yield from _shared_problems(raw)
    yield from _stated(raw)


def _stated(raw: Raw) -> Iterator[str]:
    """Yield what tells of published counts where there are none."""
    for name, model in lenient.entries(raw, "models").items():
        for key in () if lenient.counted(raw, name) else OF_COUNTS:
            if model.get(key) is not None:
                yield (
                    f"models.{name}.{key}: tells of published counts, and the source of this model "
                    f"is no counts:FILE.csv; leave it out."
                )


def _counts(raw: Raw, model: str, arms: list[ArmNames]) -> Iterator[str]:
    """Yield why the counts of a model cannot be had as the study asks for them."""
    where = f"models.{model}"
    source = str(lenient.entries(raw, "models")[model].get("source"))
    path, name = _source(raw, model)
    if not path:
        return  # the source names nothing, which is told elsewhere
    try:
        counts = _read(path)
    except InputError as error:
        text = " ".join(str(error).split())
        yield f"{where}.source: {text}{_near(path) if not Path(path).exists() else ''}"
        return
    if "#" in source and "model" not in counts.columns:
        yield f"{where}.source: {path} tells no models apart; write 'counts:{path}'."
        return
    sizes = [row.n for row in counts.of_model(name)]
    if not sizes:
        names = counts.models
        there = ", ".join(names[:SHOWN])
        if len(names) > SHOWN:
            there += f" and {len(names) - SHOWN} more"
        yield (
            f"{where}.source: {path} has no model named {name!r}; it has: {there}. Write "
            f"'counts:{path}#NAME' with one of these.{lenient.hint(name, names)}"
        )
        return
    least, most = min(sizes), max(sizes)
    there = f"n = {most}" if least == most else f"n from {least} to {most}, and n is the most"
    for protocol in dict.fromkeys(arm[2] for arm in arms):
        single = lenient.entries(raw, "models")[model].get("n")
        n = single or lenient.entries(raw, "protocols").get(protocol, {}).get("n")
        if type(n) is int and n != most:
            key = f"{where}.n" if single else f"protocols.{protocol}.n"
            rest = "" if single else f", or under protocols.{protocol} where all its models have it"
            yield (
                f"{key}: {n}, but in {path} the counts of {name!r} have {there}. Write "
                f"'n: {most}' under {where}{rest}."
            )


def _shared_problems(raw: Raw) -> Iterator[str]:
    """Yield comparisons of counts whose files share no problem."""
    for i, pair in lenient.listed(raw, "comparisons"):
        sides = [str(pair.get(side)) for side in ("base", "other")]
        if not all(lenient.counted(raw, model) for model in sides):
            continue
        try:
            base, other = (
                {row.problem: None for row in _read(path).of_model(name)}
                for path, name in (_source(raw, m) for m in sides)
            )
        except InputError:
            continue  # told of the model
        if base and other and base.keys().isdisjoint(other):
            yield (
                f"comparisons[{i}]: the counts of {sides[0]!r} and {sides[1]!r} share no problem "
                f"(such as {next(iter(base))!r} and {next(iter(other))!r}); both files must name "
                f"problems alike."
            )


def _source(raw: Raw, model: str) -> tuple[str, str]:
    """Return the file of a model's counts, and its name there."""
    source = str(lenient.entries(raw, "models")[model].get("source"))
    path, _, name = source.removeprefix("counts:").partition("#")
    return path, name or model


def _near(path: str) -> str:
    """Return a guess at which file was meant."""
    folder = Path(path).parent
    try:
        names = [item.name for item in folder.iterdir() if item.suffix == Path(path).suffix]
    except OSError:
        return f" The folder {folder} is not there." if not folder.is_dir() else ""
    close = lenient.closest(Path(path).name, names)
    return f" Did you mean {str(folder / close)!r}?" if close else ""


def _read(path: str) -> CountsFile:
    """Return the counts of a file; a file that has not changed is read once."""
    file = Path(path)
    try:
        state = file.stat()
    except OSError:
        return _read_state(path, 0, 0)
    return _read_state(path, state.st_mtime_ns, state.st_size)


@functools.lru_cache(maxsize=64)
def _read_state(path: str, _time: int, _size: int) -> CountsFile:
    return read_rows(Path(path))
