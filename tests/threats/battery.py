"""Run every attack and every honest program, and print what became of each.

From the repository, with its Python::

    PYTHONPATH=tests python -m threats.battery [--through both] [--only WORDS] [--json FILE]

Programs run one after the other in the same worker, and after each an honest
one, which must still be right and find nothing left behind.  Prints a Markdown
table, a row a threat and what every program that failed did; exit code 1 when
one did.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from boundary.errors import BoundaryError
from threats.corpus import (
    equality,
    exits,
    forging,
    honest,
    hunting,
    inheritance,
    isolation,
    processes,
    resources,
    sources,
)
from threats.judges import Judged, SandboxJudge, VerifierJudge, judge
from threats.planting import Planted, planted
from threats.program import CORRECT, Program
from threats.sentinel import sentinel

REPOSITORY = Path(__file__).resolve().parents[2]
#: Longest that one program may keep the harness busy, beyond its own limits.
PATIENCE = 60.0


@dataclass(frozen=True)
class Result:
    """What became of one program, and of the honest one after it."""

    threat: int
    name: str
    form: str
    verdict: str
    breach: str | None
    detail: str | None
    fine: bool
    after: str
    seconds: float
    tier: str


def corpus(plants: Planted) -> list[Program]:
    """Return all programs; those that hunt for the secret are told where it is."""
    secret = hunting.secret_task(plants.secret, plants.port, plants.paths)
    families = (
        honest.programs(),
        equality.programs(),
        exits.programs(),
        hunting.programs(secret),
        inheritance.programs(secret),
        forging.programs(),
        isolation.programs(),
        processes.programs(),
        resources.programs(),
        sources.programs(),
    )
    found = [program for family in families for program in family]
    labels = collections.Counter(program.label for program in found)
    twice = [label for label, count in labels.items() if count > 1]
    assert not twice, twice
    return found


def part_of(programs: list[Program], share: int, part: int) -> list[Program]:
    """Return one of so many shares of the programs, by digest, with each threat in each form."""

    def digest(program: Program) -> int:
        return int.from_bytes(hashlib.sha256(program.label.encode()).digest()[:8], "big")

    kinds = collections.defaultdict(list)
    for program in programs:
        kinds[program.threat, program.form].append(program)
    kept = {
        program.label
        for kind in kinds.values()
        for place, program in enumerate(sorted(kind, key=digest))
        if place % share == min(part, len(kind) - 1)
    }
    return [program for program in programs if program.label in kept]


def run(programs: Iterable[Program], through: str, *, reduced: bool = False) -> Iterator[Result]:
    """Judge programs one by one, an honest one after each.

    With ``both``, attacks that end only by a limit go through the sandbox with
    limits of their own, all else through the verifier.
    """
    waiting = list(programs)
    if through == "both":
        slow = [program for program in waiting if program.threat and program.limits]
        fast = [program for program in waiting if not (program.threat and program.limits)]
        yield from run(fast, "verifier", reduced=reduced)
        yield from run(slow, "sandbox", reduced=reduced)
        return
    done = 0
    while done < len(waiting):
        with judge(through, reduced=reduced) as opened:
            for program in waiting[done:]:
                result = _one(program, opened, done)
                done += 1
                yield result
                if not result.verdict.isidentifier():  # the harness died: begin with a new one
                    break


def _one(program: Program, opened: SandboxJudge | VerifierJudge, number: int) -> Result:
    if program.before is not None:
        _judged(program.before, opened)
    start = time.monotonic()
    found = _judged(program, opened)
    seconds = time.monotonic() - start
    after = _judged(sentinel(number), opened) if found.verdict.isidentifier() else found
    fine = found.verdict in program.allowed and after.verdict in CORRECT and seconds < PATIENCE
    told = after.verdict if after.verdict in CORRECT else f"{after.verdict}: {after.detail}"
    return Result(
        program.threat,
        program.name,
        program.form,
        found.verdict,
        found.name,
        (found.detail or "")[:200],
        fine,
        told,
        round(seconds, 2),
        opened.tier,
    )


def _judged(program: Program, opened: SandboxJudge | VerifierJudge) -> Judged:
    try:
        return opened(program)
    except BoundaryError as error:
        return Judged(f"harness: {error}", None, None)


def table(results: list[Result]) -> str:
    """Return a row a threat: programs in each style, those that failed, and the verdicts."""
    lines = [
        "|threat|function|stdin/stdout|failed|verdicts|",
        "|-|-|-|-|-|",
    ]
    for threat in sorted({result.threat for result in results}):
        own = [result for result in results if result.threat == threat]
        stdio = sum(result.form == "stdio" for result in own)
        verdicts = collections.Counter(result.verdict for result in own)
        shown = ", ".join(f"{name} {count}" for name, count in verdicts.most_common())
        failed = sum(not result.fine for result in own)
        name = threat or "honest"
        lines.append(f"|{name}|{len(own) - stdio}|{stdio}|{failed}|{shown}|")
    return "\n".join(lines)


def main() -> int:
    """Run the battery from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--through", choices=("sandbox", "verifier", "both"), default="both")
    parser.add_argument("--only", default="", help="run programs whose label holds one of these")
    parser.add_argument("--share", type=int, default=1, help="run one of so many, of each kind")
    parser.add_argument("--part", type=int, default=0, help="which of the shares, from 0")
    parser.add_argument("--reduced", action="store_true", help="in the reduced sandbox")
    parser.add_argument("--json", type=Path, help="write the results here")
    parser.add_argument("--forms", default="import,call,stdio", help="run these forms only")
    parser.add_argument("--verbose", action="store_true", help="show each program as it ends")
    arguments = parser.parse_args()
    words = arguments.only.split(",")
    results = []
    start = time.monotonic()
    with planted(REPOSITORY) as plants:
        chosen = [p for p in corpus(plants) if any(word in p.label for word in words)]
        chosen = [p for p in chosen if p.form in arguments.forms.split(",")]
        chosen = part_of(chosen, arguments.share, arguments.part)
        for result in run(chosen, arguments.through, reduced=arguments.reduced):
            results.append(result)
            if arguments.verbose or not result.fine:
                print("ok  " if result.fine else "FAIL", result, flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(result) for result in results]))
    failed = [result for result in results if not result.fine]
    seconds = time.monotonic() - start
    tiers = "/".join(sorted({result.tier for result in results}))
    print(f"\nAs uid {os.getuid()} through {arguments.through} ({tiers}): ", end="")
    print(f"{len(results)} programs, {len(failed)} failed, {seconds:.0f} s\n\n{table(results)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
