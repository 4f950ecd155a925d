"""The cost of a study for people: tables on a terminal, the same without colour in a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

from rich import box
from rich.console import Console
from rich.table import Table

from boundary.estimate.compare import ArmActual, Quantity
from boundary.estimate.costs import ArmCost, Estimate, OtherCost, Total
from boundary.estimate.share import ACTUAL, BOUND, PILOT, RATES

#: Columns of a table that goes to a file.
FILE_WIDTH = 200
UNKNOWN = "unknown"
NOTHING = "nothing is sampled, as counts are published or responses imported"


def as_json(estimate: Estimate, concerns: Sequence[str]) -> dict[str, object]:
    """Return an estimate as plain data: seconds, tokens and bytes of one job, and totals."""
    return {
        **asdict(estimate),
        "left": asdict(estimate.total(left=True)),
        "everything": asdict(estimate.total(left=False)),
        "warnings": list(concerns),
    }


def actual_as_json(study: str, arms: Sequence[ArmActual]) -> dict[str, object]:
    """Return a comparison as plain data."""
    kinds = ("tokens", "seconds", "bytes")
    totals = {kind: _quantity_json(_summed(arms, kind)) for kind in kinds}
    rows = [
        asdict(arm) | {kind: _quantity_json(getattr(arm, kind)) for kind in kinds} for arm in arms
    ]
    return {"study": study, "arms": rows, "everything": totals}


def _quantity_json(quantity: Quantity) -> dict[str, float | None]:
    return asdict(quantity) | {"ratio": quantity.ratio}


def show(estimate: Estimate, console: Console | None = None) -> None:
    """Print what a study costs.

    Parameters
    ----------
    estimate : Estimate
        What it costs.
    console : rich.console.Console, optional
        Where to; default: standard output.
    """
    out = console or terminal()
    on_gpu = any(arm.work.gpus for arm in estimate.arms)
    what = "what is left to do" if estimate.arms else NOTHING
    where = f", on {estimate.gpu}" if on_gpu else ""
    line(out, f"Study {estimate.study}: {what}{where}")
    if estimate.arms:
        out.print(_arms(estimate, on_gpu))
    for arm in estimate.arms:
        if arm.new_rows is not None and arm.work.left:
            line(
                out,
                f"{arm.model} on {arm.benchmark} under {arm.protocol}: jobs that are left draw "
                f"about {arm.new_rows:,} responses, and copy what others drew.",
            )
    if estimate.others:
        out.print(_others(estimate.others))
    out.print(_jobs(estimate))
    left, everything = (estimate.total(left=left) for left in (True, False))
    if estimate.arms:
        line(out, f"left: {_total(left, on_gpu)}")
    if everything != left:
        line(out, f"in all: {_total(everything, on_gpu)}")
    unseen = [arm.next_block for arm in estimate.arms if arm.tokens_from == "table"]
    pilot = next(filter(None, unseen), None)
    if pilot:
        line(
            out,
            "Numbers from the table are for planning: right within a factor of two or three. "
            "After a pilot the next estimate goes by it:",
        )
        command = f"  snakemake --cores 1 {pilot} --configfile {estimate.file}"
        out.print(command, markup=False, highlight=False, soft_wrap=True)


def line(out: Console, text: str) -> None:
    """Print text in which nothing is markup."""
    out.print(text, markup=False, highlight=False)


def terminal() -> Console:
    """Return standard output, as wide as its terminal; for a file, wide and without colour."""
    console = Console()
    return console if console.is_terminal else Console(width=FILE_WIDTH)


def grid(title: str, columns: Sequence[str], words: int) -> Table:
    """Return an empty table whose first columns hold words and whose others hold numbers."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for i, name in enumerate(columns):
        table.add_column(name, justify="left" if i < words else "right", overflow="fold")
    return table


def _arms(estimate: Estimate, on_gpu: bool) -> Table:
    several = len({arm.protocol for arm in estimate.arms}) > 1
    spent = "GPU-hours" if on_gpu else "core time"
    names = ["model", "benchmark", *(["protocol"] if several else [])]
    columns = ["problems", "n", "blocks left", "tokens", "at most", spent, "at most", "a job"]
    table = grid("Sampling", [*names, *columns, "disk", "from"], len(names))
    for arm in estimate.arms:
        protocol = [arm.protocol] if several else []
        table.add_row(
            arm.model, arm.benchmark, *protocol, *_arm_cells(arm, hours if on_gpu else duration)
        )
    return table


def _arm_cells(arm: ArmCost, form: Callable[[float | None], str]) -> list[str]:
    work, left = arm.work, arm.work.left
    units = work.gpus or work.threads
    return [
        UNKNOWN if arm.problems is None else f"{arm.problems:,}",
        _samples(arm),
        f"{left} of {work.jobs}",
        tokens(_times(work.tokens, left)),
        tokens(_times(work.most_tokens, left)),
        form(_times(work.seconds, left * units)),
        form(_times(work.most_seconds, left * units)),
        duration(work.seconds),
        size(_times(work.bytes, left)),
        _source(arm),
    ]


#: Where the share of samples comes from that are drawn, in the cell of n.
_SHARES = {
    ACTUAL: "{:.1%} drawn",
    PILOT: "{:.1%} expected, by verified blocks",
    RATES: "{:.1%} expected, by --rates",
    BOUND: "at most",
}


def _samples(arm: ArmCost) -> str:
    """Return n, and of an arm whose problems may stop what share of it is drawn."""
    if arm.share is None:
        return str(arm.n)
    drawn = _SHARES[arm.share.source].format(arm.share.share)
    if arm.share.tokens is not None:
        drawn += f"; {arm.share.tokens:.1%} of tokens"
    return f"{arm.n} ({drawn})"


def _source(arm: ArmCost) -> str:
    """Say where lengths and throughput come from, in few words."""
    if arm.tokens_from == arm.speed_from:
        return arm.tokens_from
    return f"{arm.tokens_from}; speed: {arm.speed_from}"


def _others(others: Sequence[OtherCost]) -> Table:
    table = grid("Other jobs that load or train models", ["rule", "what", "left", "time"], 2)
    for other in others:
        left = "done" if other.work.done else "1"
        table.add_row(other.rule, other.what, left, duration(other.work.seconds))
    return table


def _jobs(estimate: Estimate) -> Table:
    table = grid("Jobs", ["rule", "left", "in all"], 1)
    for rule, count in estimate.jobs.items():
        table.add_row(rule, f"{count.left:,}", f"{count.all:,}")
    left = sum(count.left for count in estimate.jobs.values())
    table.add_section()
    table.add_row("total", f"{left:,}", f"{sum(c.all for c in estimate.jobs.values()):,}")
    return table


def _total(total: Total, on_gpu: bool) -> str:
    parts = [f"{tokens(total.tokens)} tokens (at most {tokens(total.most_tokens)})"]
    if on_gpu:
        parts.append(
            f"{hours(total.gpu_hours * 3600)} GPU-hours "
            f"(at most {hours(total.most_gpu_hours * 3600)})"
        )
    if total.core_hours or not on_gpu:
        parts.append(f"{duration(total.core_hours * 3600)} of core time")
    parts.append(f"{size(total.bytes)} on disk")
    if total.most_money:
        parts.append(
            f"{total.money:,.2f} for responses of endpoints (at most {total.most_money:,.2f}; "
            f"prompts come on top)"
        )
    if total.unknown:
        parts.append(f"and {total.unknown} parts whose cost is unknown")
    return ", ".join(parts)


def summary(estimate: Estimate) -> str:
    """Return in a line what is left to do, and on which GPU."""
    if not estimate.arms:
        return NOTHING
    on_gpu = any(arm.work.gpus for arm in estimate.arms)
    return _total(estimate.total(left=True), on_gpu) + f" on {estimate.gpu}" * on_gpu


def show_actual(study: str, arms: Sequence[ArmActual], console: Console | None = None) -> None:
    """Print what finished blocks cost against what the table expected.

    Parameters
    ----------
    study : str
        Its name.
    arms : sequence of ArmActual
        What `boundary.estimate.compare.compare_finished` returned.
    console : rich.console.Console, optional
        Where to; default: standard output.
    """
    out = console or terminal()
    several = len({arm.protocol for arm in arms}) > 1
    names = ["model", "benchmark", *(["protocol"] if several else [])]
    line(out, f"Study {study}: finished blocks against the table (config/throughput.yaml)")
    columns = [
        f"{kind}{part}" for kind in ("tokens", "time", "disk") for part in ("", " actual", " ÷")
    ]
    table = grid("", [*names, "blocks", *columns], len(names))
    for arm in arms:
        protocol = [arm.protocol] if several else []
        table.add_row(arm.model, arm.benchmark, *protocol, str(arm.blocks), *_quantity_cells(arm))
    if arms:
        table.add_section()
        sums = ArmActual(
            "", "", "", 0, 0, *(_summed(arms, k) for k in ("tokens", "seconds", "bytes"))
        )
        blocks = sum(arm.blocks for arm in arms)
        table.add_row("total", *[""] * (len(names) - 1), str(blocks), *_quantity_cells(sums))
    out.print(table)


def _quantity_cells(arm: ArmActual) -> list[str]:
    cells = []
    for quantity, form in (
        (arm.tokens, tokens),
        (arm.seconds, duration),
        (arm.bytes, size),
    ):
        ratio = "–" if quantity.ratio is None else f"{quantity.ratio:.2f}"
        cells += [form(quantity.expected), form(quantity.actual), ratio]
    return cells


def _summed(arms: Sequence[ArmActual], kind: str) -> Quantity:
    """Sum a quantity over the arms where both sides are known."""
    pairs = [getattr(arm, kind) for arm in arms]
    known = [(p.expected, p.actual) for p in pairs if p.ratio is not None]
    if not known:
        return Quantity(None, None)
    return Quantity(sum(e for e, _ in known), sum(a for _, a in known))


def _times(value: float | None, count: int) -> float | None:
    return None if value is None else value * count


def tokens(value: float | None) -> str:
    """Return a number of tokens in thousands, millions or billions."""
    return _scaled(value, ((1e9, " B"), (1e6, " M"), (1e3, " k"), (1, "")))


def size(value: float | None) -> str:
    """Return bytes with a decimal unit."""
    return _scaled(value, ((1e12, " TB"), (1e9, " GB"), (1e6, " MB"), (1e3, " kB"), (1, " B")))


def _scaled(value: float | None, units: Sequence[tuple[float, str]]) -> str:
    if value is None:
        return UNKNOWN
    for factor, name in units:
        if value >= factor:
            number = value / factor
            return f"{number:.0f}{name}" if number >= 100 or factor == 1 else f"{number:.1f}{name}"
    return "0"


def hours(seconds: float | None) -> str:
    """Return hours; two digits below ten."""
    if seconds is None:
        return UNKNOWN
    value = seconds / 3600
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2g}"


def duration(seconds: float | None) -> str:
    """Return a time as seconds, minutes or hours."""
    if seconds is None:
        return UNKNOWN
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"
