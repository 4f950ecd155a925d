"""Whether problems that a file of counts or samples holds can be those of the benchmark it names.

Results of a thousand problems under the name of a benchmark that has five hundred
are results of something else.  What is known of a benchmark without its data is
how many problems the registry says it has, and how they are named where they are numbered.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from boundary.config.benchmarks import REGISTRY_FILE, Entry, find_entry, registry
from boundary.config.raw import closest

#: How the adapters name problems that they number from 0; ids of the others stand in their data.
_NUMBERED = {
    "gsm8k": "{:04}",
    "math500": "{:03}",
    "minerva": "{:03}",
    "humaneval_plus": "HumanEval/{:03}",
}
_DIGITS = re.compile("[0-9]+")


@dataclass(frozen=True)
class Label:
    """What the registry knows of the problems under a benchmark's name; words without full stop.

    Attributes
    ----------
    fault : str or None
        Why they are not the problems of that benchmark.
    fewer : str or None
        That they are not all.
    note : str or None
        What could not be checked.
    """

    fault: str | None = None
    fewer: str | None = None
    note: str | None = None


def check_label(name: str, ids: Collection[str], registered: str | None = None) -> Label:
    """Hold problems against the benchmark that a file, an option or a study names.

    Parameters
    ----------
    name : str
        The benchmark's name.
    ids : collection of str
        Of the problems; one that stands twice is one.
    registered : str, optional
        The entry of the registry, where it has another name.

    Raises
    ------
    InputError
        When ``registered`` is no entry.
    """
    entry_name, entry = find_entry(name, registered)
    if entry is None:
        like = closest(re.sub("[^a-z0-9]+", "", name.lower()), registry())
        has = f" (it has {like!r})" if like else ""
        return Label(
            note=f"{REGISTRY_FILE} has no benchmark {name!r}{has}, so its problems were not checked"
        )
    distinct = dict.fromkeys(ids)
    count, rows = len(distinct), entry.rows
    if rows is not None and count > rows:
        return Label(fault=f"{count:,} problems, and {entry_name} has {rows:,} ({REGISTRY_FILE})")
    fewer = None
    if rows is not None and count < rows:
        fewer = f"{count:,} of the {rows:,} problems that {entry_name} has ({REGISTRY_FILE})"
    known = {plain_id(one) for one in known_ids(entry)}
    strange = [one for one in distinct if plain_id(one) not in known] if known else []
    note = None
    if strange:
        note = (
            f"{len(strange):,} of {count:,} problems have other ids than {entry_name} in "
            f"{REGISTRY_FILE}, such as {strange[0]!r}, so that which they are was not checked"
        )
    return Label(fewer=fewer, note=note)


def known_ids(entry: Entry) -> list[str]:
    """Return the ids of a benchmark's problems in their order; none where its data alone tell."""
    form = _NUMBERED.get(entry.adapter)
    return [form.format(i) for i in range(entry.rows or 0)] if form else []


def plain_id(problem: str) -> str:
    """Return an id without zeros in front of its numbers: ``HumanEval/003`` is ``HumanEval/3``."""
    return _DIGITS.sub(lambda digits: str(int(digits[0])), problem)
