"""The job that makes tables of files of another tool."""

from __future__ import annotations

from pydantic import Field, JsonValue

from boundary.jobs.reading import ArmNames
from boundary.jobs.shards import File, Text
from boundary.kinds import KindName


class Import(ArmNames):
    """Import one model on one benchmark.

    Attributes
    ----------
    model, benchmark, protocol : str
        What tables call them.
    path : str
        File or folder.
    name : str or None
        The model's name in the files; by default that of ``model``, or the only one.
    named : str or None
        The benchmark's name in the files; by default that of ``benchmark``, or, where no
        study says it, the only one.
    format, fields
        As of `boundary.importers.registry.choose`.
    sha256 : str or None
        What the files held when the study was read.
    kind : str or None
        What the problems are; by default it is guessed.
    problems : str or None
        Table of the problems by which responses are graded; by default those of the files.
    known : int or None
        How many problems the registry says that the benchmark has.
    n : int or None
        Samples per problem that the study asks for.
    citation, settings, caution
        What the study says of the files.
    """

    path: File
    name: Text | None = None
    named: Text | None = None
    format: Text | None = None
    fields: dict[str, str] = Field(default={})
    sha256: Text | None = None
    kind: KindName | None = None
    problems: File | None = None
    known: int | None = Field(default=None, ge=1)
    n: int | None = Field(default=None, ge=1)
    citation: Text | None = None
    settings: dict[str, JsonValue] | None = None
    caution: Text | None = None
