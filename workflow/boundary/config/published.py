"""Checks of published counts: the file, the model's name in it, and n."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from boundary.config import raw as lenient
from boundary.config.benchmarks import registry
from boundary.config.labels import check_label, known_ids
from boundary.config.model import OF_COUNTS, Model
from boundary.config.protocol import Protocol
from boundary.config.raw import ArmNames, Raw
from boundary.config.study import IMPORTED, PUBLISHED, Study
from boundary.counts_csv import CountsFile, CountsRow, read_rows, source_of
from boundary.errors import InputError
from boundary.wording import first_of

#: Names of models, or n, that a message lists.
SHOWN = 12


def with_protocols(raw: Raw) -> Raw:
    """Return a study in which comparisons and series of nothing sampled have a protocol.

    It is a label: n is that of the files.
    """
    pairs, series = raw.get("comparisons"), raw.get("series")
    pairs = pairs if isinstance(pairs, list) else []
    series = series if isinstance(series, dict) else {}
    labels = {_label_of(raw, entry) for entry in (*pairs, *series.values())} - {None}
    if not labels:
        return raw
    made: Raw = {}
    if pairs:
        made["comparisons"] = [_labelled(raw, entry) for entry in pairs]
    if series:
        made["series"] = {name: _labelled(raw, entry) for name, entry in series.items()}
    protocols = raw.get("protocols", {})
    if isinstance(protocols, dict):
        made["protocols"] = {name: {} for name in sorted(filter(None, labels))} | protocols
    return raw | made


def _labelled(raw: Raw, entry: Any) -> Any:
    label = _label_of(raw, entry)
    return {**entry, "protocol": label} if label else entry


def _label_of(raw: Raw, entry: Any) -> str | None:
    """Return the protocol of a comparison or a series that names none, and no sampled model."""
    if not isinstance(entry, dict) or "protocol" in entry:
        return None
    named = [entry.get("base"), entry.get("other"), *lenient.texts(entry, "models")]
    known = [str(name) for name in named if str(name) in lenient.entries(raw, "models")]
    if not known or not all(lenient.given(raw, name) for name in known):
        return None
    return PUBLISHED if any(lenient.counted(raw, name) for name in known) else IMPORTED


def samples(model: Model, protocol: Protocol, arm: ArmNames) -> int | None:
    """Return the samples per problem of an arm: the most of its file where it is of counts.

    None where nobody says it, or the file cannot be read.
    """
    n = model.n or protocol.n_max
    if n is not None or model.kind != "counts":
        return n
    path, name = source_of(model.source, arm[0])
    try:
        rows = counts_of(path).of_model(name, arm[1])
    except InputError:
        return None
    return max((row.longest for row in rows), default=None)


def published(raw: Raw) -> Iterator[str]:
    """Yield counts that cannot be read, or that would serve several arms."""
    by_model: dict[str, list[ArmNames]] = {}
    for arm in lenient.arms(raw):
        if lenient.counted(raw, arm[0]):
            by_model.setdefault(arm[0], []).append(arm)
    for model, arms in by_model.items():
        yield from _counts(raw, model, arms)
    yield from _shared_problems(raw)
    yield from _stated(raw)


def _several(where: str, arms: list[ArmNames], by_benchmark: bool) -> Iterator[str]:
    """Yield that counts would serve several benchmarks that they do not tell, or protocols."""
    several = {arm[2] for arm in arms} if by_benchmark else {arm[1:] for arm in arms}
    if len(several) > 1:
        taken = ", ".join(f"{benchmark} under {protocol}" for _, benchmark, protocol in arms)
        of = "one protocol" if by_benchmark else "one benchmark and one protocol"
        column = "" if by_benchmark else " Or give the file a column 'benchmark'."
        yield (
            f"{where}.source: published counts are of {of}; the study takes them for {taken}. Name "
            f"a further model for each, with its file.{column}"
        )


def _stated(raw: Raw) -> Iterator[str]:
    """Yield what tells of published counts where there are none."""
    for name, model in lenient.entries(raw, "models").items():
        for key in () if lenient.given(raw, name) else OF_COUNTS:
            if model.get(key) is not None:
                yield (
                    f"models.{name}.{key}: tells of published counts or imports, and the source of "
                    f"this model is neither; leave it out."
                )


def _counts(raw: Raw, model: str, arms: list[ArmNames]) -> Iterator[str]:
    """Yield why the counts of a model cannot be had as the study asks for them."""
    where, source = f"models.{model}", str(lenient.entries(raw, "models")[model].get("source"))
    path, name = source_of(source, model)
    try:
        counts = counts_of(path) if path else None
    except InputError as error:
        text = " ".join(str(error).split())
        yield f"{where}.source: {text}{_near(path) if not Path(path).exists() else ''}"
        counts = None
    yield from _several(where, arms, counts is not None and "benchmark" in counts.columns)
    if counts is None:
        return  # the source names nothing, which is told elsewhere
    if "#" in source and "model" not in counts.columns:
        yield f"{where}.source: {path} tells no models apart; write 'counts:{path}'."
        return
    there = counts.of_model(name)
    if not there:
        yield (
            f"{where}.source: {path} has no model named {name!r}; it has: "
            f"{first_of(counts.models, SHOWN)}. Write 'counts:{path}#NAME' with one of these."
            f"{lenient.hint(name, counts.models)}"
        )
        return
    on = dict.fromkeys(row.benchmark for row in there if row.benchmark is not None)
    for _, benchmark, protocol in arms:
        rows = [row for row in there if row.benchmark in (None, benchmark)]
        if rows:
            yield from _number(raw, path, name, (model, benchmark, protocol), rows)
            yield from _label(raw, path, name, benchmark, rows)
        else:
            yield (
                f"{where}.source: {path} has no counts of {name!r} on benchmark {benchmark!r}; it "
                f"has them on: {first_of(on, SHOWN)}. Name it in the study as in the file."
                f"{lenient.hint(benchmark, on)}"
            )


def _number(raw: Raw, path: str, name: str, arm: ArmNames, rows: list[CountsRow]) -> Iterator[str]:
    """Yield that the study says another n than a file, if it does."""
    model, benchmark, protocol = arm
    least, most = min(row.longest for row in rows), max(row.longest for row in rows)
    single = lenient.entries(raw, "models")[model].get("n")
    n = single or lenient.entries(raw, "protocols").get(protocol, {}).get("n")
    if type(n) is not int or n == most:
        return
    there = f"n = {most}" if least == most else f"n from {least} to {most}, and n is the most"
    key = f"models.{model}.n" if single else f"protocols.{protocol}.n"
    on, remedy = "", f"Write 'n: {most}' under models.{model}"
    if rows[0].benchmark is not None:
        on, remedy = f" on {benchmark!r}", "Leave n out, as the file says it"
    rest = "" if single else f", or under protocols.{protocol} where all its models have it"
    rest = "" if on else rest
    yield f"{key}: {n}, but in {path} the counts of {name!r}{on} have {there}. {remedy}{rest}."


def _label(raw: Raw, path: str, name: str, benchmark: str, rows: list[CountsRow]) -> Iterator[str]:
    """Yield that counts are of other problems than their benchmark has, or not of all."""
    where, entry = f"benchmarks.{benchmark}", lenient.entries(raw, "benchmarks").get(benchmark, {})
    registered, limit = entry.get("registry"), entry.get("limit")
    ids = {row.problem for row in rows}
    try:
        label = check_label(benchmark, ids, registered if isinstance(registered, str) else None)
    except InputError as error:
        yield f"{where}.registry: {error}"
        return
    of = f"the counts of {name!r} in {path} are of"
    otherwise = "name the benchmark otherwise, here and where it is compared"
    if label.fault:
        yield f"{where}: {of} {label.fault}. They are of something else: {otherwise}."
    elif label.fewer and not (type(limit) is int and len(ids) >= limit):
        yield (
            f"{where}: {of} {label.fewer}. Where that is meant, write 'limit: {len(ids)}' under "
            f"{where}, or {otherwise}."
        )


def label_notes(study: Study) -> list[str]:
    """Return what could not be checked of the problems of counts, by key path."""
    notes: dict[str, None] = {}
    for model, benchmark, _ in lenient.arms(study.model_dump()):
        if study.models[model].kind == "counts":
            path, name = source_of(study.models[model].source, model)
            ids = [row.problem for row in counts_of(path).of_model(name, benchmark)]
            label = check_label(benchmark, ids, study.benchmarks[benchmark].registry)
            if label.note:
                notes[f"benchmarks.{benchmark}: {label.note}"] = None
    return list(notes)


def _shared_problems(raw: Raw) -> Iterator[str]:
    """Yield comparisons of counts whose files share no problem."""
    for i, pair in lenient.listed(raw, "comparisons"):
        sides = [str(pair.get(side)) for side in ("base", "other")]
        counted = [model for model in sides if lenient.counted(raw, model)]
        if len(counted) == 1 and {*sides} <= {*lenient.entries(raw, "models")}:
            yield from _named_otherwise(raw, f"comparisons[{i}]", counted[0], pair)
        if len(counted) < 2:
            continue
        for benchmark in lenient.texts(pair, "benchmarks"):
            try:
                base, other = (_problems(raw, model, benchmark) for model in sides)
            except InputError:
                break  # told of the model
            if base and other and base.keys().isdisjoint(other):
                on = f" on {benchmark!r}" if len(lenient.texts(pair, "benchmarks")) > 1 else ""
                yield (
                    f"comparisons[{i}]: the counts of {sides[0]!r} and {sides[1]!r}{on} share no "
                    f"problem (such as {next(iter(base))!r} and {next(iter(other))!r}); both files "
                    f"must name problems alike."
                )


def _named_otherwise(raw: Raw, where: str, model: str, pair: Raw) -> Iterator[str]:
    """Yield counts whose problems have other ids than those that the other side is sampled on."""
    for benchmark in lenient.texts(pair, "benchmarks"):
        entry = lenient.entries(raw, "benchmarks").get(benchmark, {})
        if entry.get("source") is not None or entry.get("registry") is not None:
            continue
        known = known_ids(registry()[benchmark]) if benchmark in registry() else []
        try:
            ids = _problems(raw, model, benchmark)
        except InputError:
            return  # told of the model
        strange = [one for one in ids if one not in {*known}] if known else []
        if strange:
            yield (
                f"{where}: {len(strange)} of {len(ids)} problems in the counts of {model!r} on "
                f"{benchmark!r} have other ids than those of the samples, such as {strange[0]!r}, "
                f"and would be left out. Name them {known[0]!r} to {known[-1]!r}, in the order of "
                f"the benchmark."
            )


def _problems(raw: Raw, model: str, benchmark: str) -> dict[str, None]:
    """Return the ids of problems in a model's counts, in the order of the file."""
    path, name = source_of(str(lenient.entries(raw, "models")[model].get("source")), model)
    return {row.problem: None for row in counts_of(path).of_model(name, benchmark)}


def _near(path: str) -> str:
    """Return a guess at which file was meant."""
    folder = Path(path).parent
    try:
        names = [item.name for item in folder.iterdir() if item.suffix == Path(path).suffix]
    except OSError:
        return f" The folder {folder} is not there." if not folder.is_dir() else ""
    close = lenient.closest(Path(path).name, names)
    return f" Did you mean {str(folder / close)!r}?" if close else ""


def counts_of(path: str) -> CountsFile:
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
