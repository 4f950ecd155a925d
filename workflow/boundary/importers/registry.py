"""Which importers there are: one line each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from boundary.errors import InputError
from boundary.importers.head import HEAD_BYTES, Head, head_of
from boundary.importers.record import Importer, Request, Tally
from boundary.importers.source import Source, sources_of, what_it_is
from boundary.wording import first_of

if TYPE_CHECKING:
    from boundary.importers.columns import Batch

#: Folders beside this file.
NAMES = (
    "bigcode",
    "counts",
    "evalplus",
    "evalscope",
    "every_eval_ever",
    "inspect",
    "lighteval",
    "livecodebench",
    "lm_eval",
    "matrix",
    "metr",
    "monkeys",
    "nemo_skills",
    "openai_batch",
    "opencompass",
    "qwen_math",
    "reasoning_gym",
    "responses",
    "tau_bench",
    "terminal_bench",
    "trl",
    "verl",
)
#: Files, and keys of one, that a message lists.
SHOWN, KEYS_SHOWN = 4, 12
CHUNK = 1 << 20


@dataclass(frozen=True)
class Chosen:
    """The importer of a path and the files it is to read.

    Attributes
    ----------
    importer : Importer
    sources : tuple of Source
        Sorted by name.
    reason : str
        By what it was recognised.
    ignored : tuple of str
        Files of a folder that no importer reads.
    """

    importer: Importer
    sources: tuple[Source, ...]
    reason: str
    ignored: tuple[str, ...] = ()

    def read(self, request: Request, tally: Tally) -> Iterator[Batch]:
        """Yield the rows of the files; the tally is told which were left out."""
        if self.ignored:
            what = "files are of no known form and were left out"
            tally.count(what, len(self.ignored), self.ignored[0])
        rows: Iterator[Batch] = import_module(self.importer.reader).read(
            self.sources, request, tally
        )
        return rows


@cache
def importers() -> dict[str, Importer]:
    """Return the declaration of every importer by its name."""
    return {name: import_module(f"boundary.importers.{name}").IMPORTER for name in NAMES}


def choose(path: Path, form: str | None = None, fields: Mapping[str, str] | None = None) -> Chosen:
    """Return which importer reads a file or folder.

    Parameters
    ----------
    path : Path
    form : str, optional
        Name of an importer; by default the one that the content tells.  A file that
        it does not recognise is its own to refuse.
    fields : mapping of str to str, optional
        Columns by what they hold, as of ``--field``.

    Raises
    ------
    InputError
        When there is no such importer, none or several recognise the files, files of
        a folder are of several forms, one file stands there twice, or the form has no
        such fields.
    """
    if form is not None and form not in importers():
        raise InputError(f"--format {form}: there is no such importer; {_known()}.")
    sources = sources_of(path)
    given = dict(fields or {})
    claims = {source: _claims(replace(head_of(source), given=given), form) for source in sources}
    claimed = {source: forms for source, forms in claims.items() if forms}
    if form is not None and not claimed and len(sources) == 1:
        claimed = {sources[0]: {form: "--format says so"}}
    if not claimed:
        raise InputError(_unknown(path, sources, form))
    for source, forms in claimed.items():
        if len(forms) > 1:
            both = " and ".join(f"{name} ({why})" for name, why in forms.items())
            raise InputError(
                f"{source.where}: could be of the forms {both}; say which by --format NAME."
            )
    by_form: dict[str, list[Source]] = {}
    for source, forms in claimed.items():
        by_form.setdefault(next(iter(forms)), []).append(source)
    if len(by_form) > 1:
        several = "; ".join(f"{name}: {_shown(files)}" for name, files in by_form.items())
        raise InputError(
            f"{path}: holds files of several forms ({several}). Give the files of one, or say "
            f"which to read by --format NAME."
        )
    name, files = next(iter(by_form.items()))
    reasons = dict.fromkeys(forms[name] for forms in claimed.values())
    _refuse_twins(files, importers()[name].trials_end)
    if strange := given.keys() - set(importers()[name].fields):
        there = ", ".join(importers()[name].fields) or "none"
        raise InputError(
            f"--field {min(strange)}: files of the form {name}, such as {files[0].where}, have no "
            f"such field; there are: {there}."
        )
    ignored = tuple(source.where for source in sources if source not in claimed)
    return Chosen(importers()[name], tuple(files), "; ".join(reasons), ignored)


def _claims(head: Head, form: str | None) -> dict[str, str]:
    """Return why each importer takes a file; the general ones only where no other does."""
    asked = [entry for entry in importers().values() if form in (None, entry.name)]
    for fallback in (False, True):
        forms = {
            entry.name: why
            for entry in asked
            if entry.fallback is fallback and (why := entry.detect(head)) is not None
        }
        if forms:
            return forms
    return {}


def _refuse_twins(files: Sequence[Source], trials_end: str | tuple[str, ...] | None) -> None:
    """Refuse files of equal content, however each is packed: their trials would count twice."""
    alike: dict[bytes, list[Source]] = {}
    for source in files if len(files) > 1 else ():
        if not (trials_end and source.name.endswith(trials_end)):
            alike.setdefault(_digest(source, HEAD_BYTES), []).append(source)
    for several in (each for each in alike.values() if len(each) > 1):
        first: dict[bytes, Source] = {}
        for source in several:
            twin = first.setdefault(_digest(source), source)
            if twin is not source:
                raise InputError(
                    f"{source.where}: has the same content as {twin.where}, so that its trials "
                    f"would count twice; take one of them out."
                )


def _digest(source: Source, most: int | None = None) -> bytes:
    """Return a digest of what a file holds unpacked, or of its first bytes."""
    digest = hashlib.sha256()
    with source.open() as stream:
        while chunk := stream.read(CHUNK if most is None else most):
            digest.update(chunk)
            if most is not None:
                break
    return digest.digest()


def _unknown(path: Path, sources: Sequence[Source], form: str | None) -> str:
    kind, head = what_it_is(sources[0]), head_of(sources[0])
    keys = head.keys
    if names := head.columns or keys:
        what = "columns" if head.columns else "keys"
        more = ", …" * (len(names) > KEYS_SHOWN)
        kind += f" with the {what} {', '.join(names[:KEYS_SHOWN])}{more}"
    if form is not None:
        return f"{path}: is not of the form {form}; {sources[0].where} is {kind}."
    more = f" (and {len(sources) - 1} more files)" if len(sources) > 1 else ""
    advice = (
        " Where its keys have other names than docs/import.md lists, name them: --field "
        "problem=KEY --field response=KEY (in a study, models.NAME.reading.fields)."
    ) * bool(keys)
    for entry in importers().values():
        if entry.other and (reason := entry.other(head)):
            return f"{sources[0].where}{more}: {reason}"
    refused = f"{sources[0].where}{more}: is {kind}, and of no form that is read here"
    return f"{refused}; {_known()}.{advice}"


def _known() -> str:
    return "there are " + ", ".join(f"{one.name} ({one.about})" for one in importers().values())


def _shown(files: Sequence[Source]) -> str:
    return first_of([source.where for source in files], SHOWN)
