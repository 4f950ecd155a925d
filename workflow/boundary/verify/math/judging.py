"""Each pair of a gold answer and an answer is judged once.

What needs no algebra is decided here.  The rest is looked up in the cache of
earlier jobs, else it goes to the killable workers.  Whatever reading an answer
raises is the verdict ``error`` on that answer, and touches no other.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from boundary.answers.nodes import Group, Label, Node, Relation
from boundary.answers.structure import read
from boundary.answers.typesetting import normalise
from boundary.digests import canonical_json
from boundary.verify.killable import OUT_OF_TIME, KillablePool
from boundary.verify.math import worker
from boundary.verify.math.compare import Comparison
from boundary.verify.math.size import MAX_CHARACTERS, too_much

if TYPE_CHECKING:
    from boundary.verify.cache import Cache

#: Judgements kept in memory, over all batches.
MOST_KEPT = 100_000
#: What each of the three may use of the processor time of one row.
SHARES = {"judge": 0.8, "second": 0.1, "lenient": 0.1}
#: What the second engine and the lenient rule may read outside a worker: no
#: power, factorial or command.
_HARMLESS = re.compile(r"[0-9a-zA-Z.,:%(){}\[\] +/-]{0,64}")


class Judgement(NamedTuple):
    """A strict verdict on one pair.

    Attributes
    ----------
    verdict : str
        As of `worker.judge`.
    detail : str or None
        Why, where it is not plain.
    second : bool or None
        Whether the second engine calls the two equal; None when it cannot read one.
    remarks : tuple of str
        What is worth counting apart (`worker.REMARKS`).
    """

    verdict: str
    detail: str | None
    second: bool | None = None
    remarks: tuple[str, ...] = ()


Pair = tuple[str, str | None]
T = TypeVar("T")
TIMEOUT = Judgement("timeout", "out of processor time while comparing")
ENDLESS = "the gold answer alone takes longer to read than a comparison may"


class Judge:
    """Judges pairs, each once.

    Parameters
    ----------
    pool : KillablePool
        Where engines run.
    cache : Cache or None
        Judgements of earlier jobs.
    """

    def __init__(self, pool: KillablePool, cache: Cache | None) -> None:
        self._pool = pool
        self._cache = cache
        self._known: dict[str, dict[Pair, Any]] = {"strict": {}, "lenient": {}}
        self._endless: set[str] = set()

    def strict(self, pairs: list[Pair]) -> list[Judgement]:
        """Return the strict judgement on each pair of a gold answer and an answer."""
        known = self._kept("strict")
        open_pairs = []
        for pair in dict.fromkeys(pairs):
            if pair not in known:
                decided = _guarded(*pair)
                if decided is None:
                    open_pairs.append(pair)
                else:
                    known[pair] = decided
        known.update(self._work("strict", open_pairs))
        return self._taken(known, pairs)

    def lenient(self, pairs: list[Pair]) -> list[bool]:
        """Return for each pair whether the lenient rule takes it for correct."""
        known = self._kept("lenient")
        open_pairs = []
        for pair in dict.fromkeys(pairs):
            if pair not in known:
                gold, answer = pair
                if not answer or answer.strip() == gold.strip():
                    known[pair] = bool(answer)
                elif _harmless(gold, answer):
                    known[pair] = worker.lenient(gold, answer) is True
                else:
                    open_pairs.append(pair)
        known.update(self._work("lenient", open_pairs))
        return self._taken(known, pairs)

    def flush(self) -> None:
        """Write to the cache what was judged."""
        if self._cache is not None:
            self._cache.flush()

    def _kept(self, kind: str) -> dict[Pair, Any]:
        if len(self._known[kind]) > MOST_KEPT:
            self._known[kind].clear()
        return self._known[kind]

    @staticmethod
    def _taken(known: dict[Pair, T], pairs: list[Pair]) -> list[T]:
        """Return what is known of each pair, and forget the long ones, which would fill memory."""
        found = [known[pair] for pair in pairs]
        for pair in pairs:
            if pair[1] is not None and len(pair[1]) > MAX_CHARACTERS:
                known.pop(pair, None)
        return found

    def _work(self, kind: str, pairs: Iterable[Pair]) -> dict[Pair, Any]:
        """Look pairs up in the cache, and judge the others in the workers."""
        keys = {pair: _key(kind, *pair) for pair in pairs}
        stored = self._cache.get(keys.values()) if self._cache is not None and keys else {}
        made = _from_json if kind == "strict" else lambda value: bool(value["lenient"])
        found = {pair: made(stored[key]) for pair, key in keys.items() if key in stored}
        # Equal gold answers together: a worker parses each once.
        missing = sorted(pair for pair in keys if pair not in found)
        if not missing:
            return found
        results = self._judged(missing) if kind == "strict" else self._loosely(missing)
        if self._cache is not None:
            self._cache.put({keys[pair]: _to_json(result) for pair, result in results.items()})
        return found | results

    def _judged(self, pairs: list[Pair]) -> dict[Pair, Judgement]:
        """Judge one answer to each gold first: a gold on which that ends may end on all."""
        first = {
            gold: (gold, answer) for gold, answer in reversed(pairs) if gold not in self._endless
        }
        found = self._compared(list(first.values()))
        late = [gold for gold, pair in first.items() if found[pair] == TIMEOUT]
        self._look_for_endless(late)
        rest = [pair for pair in pairs if pair not in found]
        found |= self._compared([pair for pair in rest if pair[0] not in self._endless])
        found |= {pair: TIMEOUT for pair in rest if pair[0] in self._endless}
        open_pairs = [pair for pair in pairs if pair[0] not in self._endless]
        opinions = dict(zip(open_pairs, self._run("second", open_pairs), strict=True))
        return {
            pair: one._replace(
                detail=ENDLESS if pair[0] in self._endless else one.detail,
                second=opinion if isinstance(opinion := opinions.get(pair), bool) else None,
            )
            for pair, one in found.items()
        }

    def _compared(self, pairs: list[Pair]) -> dict[Pair, Judgement]:
        results = zip(pairs, self._run("judge", pairs), strict=True)
        return {
            pair: Judgement(one[0], one[1], None, one[2]) if isinstance(one, tuple) else TIMEOUT
            for pair, one in results
        }

    def _look_for_endless(self, golds: list[str]) -> None:
        """Find golds that alone use up the time of a comparison, and say so once."""
        new = [gold for gold in golds if gold not in self._endless]
        results = self._run("gold", [(gold, "") for gold in new])
        for gold, result in zip(new, results, strict=True):
            if result is OUT_OF_TIME:
                self._endless.add(gold)
                print(
                    f"The gold answer {gold[:200]!r} alone takes longer to read than a comparison "
                    f"may: every answer that is not the same text gets the verdict timeout.",
                    file=sys.stderr,
                )

    def _run(self, kind: str, pairs: list[Pair]) -> list[Any]:
        tasks = [(kind, *pair) for pair in pairs]
        return self._pool.run(worker.work, tasks, SHARES.get(kind, SHARES["judge"]))

    def _loosely(self, pairs: list[Pair]) -> dict[Pair, bool]:
        # The grader that is mimicked takes a timeout for a wrong answer.
        results = self._run("lenient", pairs)
        return {pair: result is True for pair, result in zip(pairs, results, strict=True)}


def _key(kind: str, gold: str, answer: str | None) -> str:
    told = canonical_json([kind, gold, answer])
    return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()


def _to_json(result: Judgement | bool) -> dict[str, Any]:
    return result._asdict() if isinstance(result, Judgement) else {"lenient": result}


def _from_json(value: dict[str, Any]) -> Judgement:
    return Judgement(**value | {"remarks": tuple(value["remarks"])})


class _EngineNeededError(Exception):
    pass


class _NoEngine:
    """Raises when it is needed."""

    def equal(self, gold: str, answer: str) -> bool:
        raise _EngineNeededError

    def near(self, target: Fraction, latex: str, tolerance: Fraction) -> bool:
        raise _EngineNeededError

    def proportional(self, gold: str, answer: str, positive: bool) -> bool:
        raise _EngineNeededError


def _guarded(gold: str, answer: str | None) -> Judgement | None:
    """Decide what needs no algebra; what raises is an error of this pair alone."""
    try:
        return _without_engine(gold, answer)
    except Exception as error:
        return Judgement("error", f"reading it raised {type(error).__name__}")


@lru_cache(maxsize=4096)
def _gold(gold: str) -> tuple[str, Node]:
    return normalise(gold), read(gold)


def form_of(gold: str) -> str:
    """Return what kind of answer a gold answer is: ``number``, ``equation``, ``list`` and so on."""
    try:
        node = _gold(gold)[1]
    except Exception:
        return "unreadable"
    if isinstance(node, Relation):
        return "equation" if set(node.signs) <= {"=", "~"} else "inequality"
    return node.kind if isinstance(node, Group | Label) else type(node).__name__.lower()


def _without_engine(gold: str, answer: str | None) -> Judgement | None:
    """Decide what needs no algebra, in time about linear in the text."""
    if not answer:
        return Judgement("no_answer", "no final answer" if answer is None else "an empty answer")
    text, node = _gold(gold)
    # Nothing that is so much longer can be the same text, nor is it worth reading.
    if len(answer) <= MAX_CHARACTERS + 2 * len(gold) and normalise(answer) == text:
        return Judgement("correct", "same text as the gold answer", second=True)
    if len(answer) > MAX_CHARACTERS:
        return Judgement("resource", f"{len(answer)} characters, more than {MAX_CHARACTERS}")
    return _by_structure(gold, node, answer)


def _by_structure(gold: str, node: Node, answer: str) -> Judgement | None:
    comparison = Comparison(_NoEngine())
    try:
        same = comparison.same(node, read(answer))
    except _EngineNeededError:
        return _refused(gold, answer)
    if _harmless(gold, answer):
        opinion = worker.second(gold, answer)
    elif _refused(gold, answer):
        opinion = None
    else:
        return None  # decided, and yet the second engine is to be asked, in a worker
    detail = worker.SAME if same else comparison.reason
    return Judgement("correct" if same else "wrong", detail, opinion)


def _refused(gold: str, answer: str) -> Judgement | None:
    for which, text in (("the answer", answer), ("the gold answer", gold)):
        reason = too_much(text)
        if reason is not None:
            return Judgement("resource", f"{which} has {reason}")
    return None


def _harmless(gold: str, answer: str) -> bool:
    return bool(_HARMLESS.fullmatch(gold) and _HARMLESS.fullmatch(answer))
