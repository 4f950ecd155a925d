"""The command that simulates studies whose truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from boundary.simulate.draw import Design
    from boundary.stopping import StoppingRule


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("simulate")(simulate)


def simulate(
    truth: Annotated[
        list[str] | None,
        typer.Option("--truth", help="Population, such as new-skill; repeat; default: all."),
    ] = None,
    problems: Annotated[
        int | None, typer.Option("--problems", min=2, help="Problems a study; default: 500.")
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(
            "--samples", min=2, max=10_000, help="Samples a problem, at most; default: 128."
        ),
    ] = None,
    stop_first: Annotated[
        int | None,
        typer.Option(
            "--stop-first",
            min=1,
            help="Samples before a problem may stop, doubled from there; default: all are drawn, "
            "or 2 times --stop-after.",
        ),
    ] = None,
    stop_after: Annotated[
        int | None,
        typer.Option(
            "--stop-after", min=1, help="Successes that stop a problem; default: as in a study."
        ),
    ] = None,
    replicates: Annotated[
        int | None, typer.Option("--replicates", min=1, help="Studies a truth; default: 200.")
    ] = None,
    bootstrap: Annotated[
        int,
        typer.Option(
            "--bootstrap", min=100, help="Replicates of each study's bootstrap; shipped: 10000."
        ),
    ] = 1000,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Number to draw other studies by; default: 0.")
    ] = None,
    documented: Annotated[
        bool,
        typer.Option(
            "--documented",
            help="The designs of docs/statistics.md, 2000 replicates each; exit code 4 where one "
            "misses its bar.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--write", help="Only write the counts of one study as CSV, for `boundary compare`."
        ),
    ] = None,
) -> None:
    """Draw counts from known rates, and tell how often the analyses are right about them.

    For each truth: how often each verdict comes and how often it is false, and how often bands
    and the intervals of pass@k and of the crossing hold the truth, with Monte Carlo error.

    Example: `python -m boundary simulate --truth new-skill --problems 100 --replicates 500`
    """
    import json

    from boundary.errors import GateError, InputError
    from boundary.simulate import documented as docs
    from boundary.simulate import render
    from boundary.simulate.draw import content_seeded
    from boundary.simulate.populations import TRUTHS, known
    from boundary.simulate.runs import simulate as run

    names = [known(name.replace("-", " ")) for name in truth or TRUTHS]
    if documented:
        if {problems, samples, stop_first, stop_after, seed, output} != {None}:
            raise InputError("--documented: takes --truth, --replicates, --bootstrap, --json only.")
        designs = [design for design in docs.DESIGNS if design.population in names]
    else:
        rule = _rule(samples or 128, stop_first, stop_after)
        designs = [
            content_seeded(name, problems or 500, samples or 128, seed or 0, rule) for name in names
        ]
    if output is not None:
        _write(designs, output)
        return
    times = replicates or (docs.REPLICATES if documented else 200)
    results = [run(design, times, bootstrap) for design in designs]
    if as_json:
        typer.echo(json.dumps([render.as_json(each) for each in results], indent=2))
    else:
        typer.echo(render.as_text(results, bootstrap))
    if documented and any("!" in render.lines(each) for each in results):
        raise GateError("simulate: a rate lies beyond its bar with its whole interval, marked !.")


def _rule(n: int, first: int | None, after: int | None) -> StoppingRule | None:
    """Return the rule of the options, with the defaults of a study; None for a fixed design."""
    from boundary.stopping import StoppingRule, default_stop_after

    if first is None and after is None:
        return None
    after = after or default_stop_after(n)
    return StoppingRule(n, first or 2 * after, after)


def _write(designs: Sequence[Design], output: Path) -> None:
    """Write the counts of the first replicate of the only design.

    Raises
    ------
    InputError
        When there are several, or its clusters would be lost.
    """
    from boundary.errors import InputError
    from boundary.simulate.draw import draw
    from boundary.simulate.populations import population
    from boundary.store import write_text

    if len(designs) != 1:
        raise InputError("--write: a file holds one study; give one --truth.")
    (design,) = designs
    scores = draw(population(design.population, design.n), design, 0).scores
    if "cluster" in scores.columns:
        raise InputError(
            f"--write: counts name no clusters, so that problems of {design.population} would "
            f"pass for independent; --truth unnamed writes them so."
        )
    columns = ["model", "problem_id", "n", "correct", *(vars(design.rule) if design.rule else ())]
    write_text(output, scores.select(columns).rename({"problem_id": "problem"}).write_csv())
    typer.echo(f"{output}: {design.m} problems of base and other.")
