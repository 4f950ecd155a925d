"""What this machine can do: hardware, engines, and the sandbox for programs."""

from __future__ import annotations

import csv
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass

from boundary.cores import available_cores
from boundary.engines.registry import engine_records
from boundary.extras import how_to_install

_QUERY = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"]
_MIB, _GIB = 1 << 20, 1 << 30


@dataclass(frozen=True)
class Computer:
    """The machine itself; ``memory`` in bytes."""

    system: str
    processor: str
    python: str
    cores: int
    memory: int
    root: bool


@dataclass(frozen=True)
class GpuFacts:
    """A GPU as its driver lists it; ``memory`` in bytes, None where it is not told."""

    name: str
    memory: int | None
    driver: str


@dataclass(frozen=True)
class TierCheck:
    """A check of a tier: whether it must hold, whether it did, and else why not."""

    name: str
    due: bool
    held: bool
    why: str | None


@dataclass(frozen=True)
class Tier:
    """A tier of the sandbox with its checks."""

    tier: str
    works: bool
    why_not: str | None
    checks: tuple[TierCheck, ...]


@dataclass(frozen=True)
class SandboxReport:
    """What holds programs here.

    Attributes
    ----------
    tier : str or None
        The best that works.
    fault : str or None
        Why no tier could even be tried.
    tiers : tuple of Tier
        Every one, the best first.
    advice : list of str
        What would bring a better one.
    """

    tier: str | None
    fault: str | None
    tiers: tuple[Tier, ...]
    advice: list[str]


@dataclass(frozen=True)
class Examination:
    """What this machine can do; ``engines`` has the version or None of each distribution."""

    machine: Computer
    gpus: list[GpuFacts]
    engines: dict[str, str | None]
    sandbox: SandboxReport


def examine() -> Examination:
    """Look at the machine; the sandbox is tried and not only looked for."""
    return Examination(
        machine=_machine(),
        gpus=_gpus(),
        engines={name: _version(name) for each in engine_records() for name in each.distributions},
        sandbox=_sandbox(),
    )


def _machine() -> Computer:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Computer(
        system=f"{platform.system()} {platform.release()}",
        processor=platform.machine(),
        python=sys.version.split()[0],
        cores=available_cores(),
        memory=memory,
        root=os.geteuid() == 0,
    )


def _gpus() -> list[GpuFacts]:
    """Return what the driver lists; an empty list without a driver."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    try:
        done = subprocess.run(
            [program, *_QUERY], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        return [GpuFacts("unknown", None, f"nvidia-smi failed: {error}")]
    rows = [row for row in csv.reader(done.stdout.splitlines(), skipinitialspace=True) if row]
    return [
        GpuFacts(name, int(memory) * _MIB if memory.isdigit() else None, driver)
        for name, memory, driver in rows
    ]


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _sandbox() -> SandboxReport:
    if platform.system() != "Linux":
        return SandboxReport(None, "What walls them off is of Linux.", (), [])
    from boundary.errors import MachineError
    from boundary.verify.sandbox.launch import TIERS
    from boundary.verify.sandbox.remedies import remedies
    from boundary.verify.sandbox.tiers import examine

    try:
        reports = [examine(tier) for tier in TIERS]
    except MachineError as error:  # no worker of any tier could be made
        return SandboxReport(None, str(error), (), remedies([]))
    best = next((report.tier for report in reports if report.why_not is None), None)
    better = TIERS[: TIERS.index(best)] if best else TIERS
    reasons = [r.why_not for r in reports if r.tier in better and r.why_not]
    tiers = tuple(
        Tier(
            tier=report.tier,
            works=report.why_not is None,
            why_not=report.why_not,
            checks=tuple(
                TierCheck(name, due, why is None, why) for name, due, why in report.results
            ),
        )
        for report in reports
    )
    return SandboxReport(best, None, tiers, remedies(reasons) if reasons else [])


def as_text(report: Examination) -> str:
    """Return a report as lines for a person."""
    machine = report.machine
    lines = [
        f"machine   {machine.system}, {machine.processor}, Python {machine.python}, "
        f"{machine.cores} cores, {machine.memory / _GIB:.1f} GiB"
        + (", as root" if machine.root else "")
    ]
    lines += [_gpu_line(gpu) for gpu in report.gpus] or ["gpu       none"]
    engines = [f"{name} {version}" for name, version in report.engines.items() if version]
    none = f"none ({how_to_install('engines')})"
    lines.append(f"engines   {', '.join(engines) or none}")
    lines.append(f"sandbox   {_named(report.sandbox)}")
    for tier in report.sandbox.tiers:
        lines += ["", f"{tier.tier}: {'works' if tier.works else 'does not work'}"]
        if not tier.checks:
            lines.append(f"  {tier.why_not}")
        lines += [_check_line(check) for check in tier.checks]
    if report.sandbox.advice:
        lines += ["", "For a better tier: " + "; ".join(report.sandbox.advice) + "."]
    return "\n".join(lines)


def _gpu_line(gpu: GpuFacts) -> str:
    memory = "" if gpu.memory is None else f", {gpu.memory / _GIB:.0f} GiB"
    return f"gpu       {gpu.name}{memory}, driver {gpu.driver}"


def _named(sandbox: SandboxReport) -> str:
    if sandbox.tier is None:
        return f"none works: programs are not run here. {sandbox.fault or ''}".rstrip()
    if sandbox.tier == "reduced":
        return "only reduced, which a study has to name"
    return sandbox.tier


def _check_line(check: TierCheck) -> str:
    mark = "ok " if check.held else ("NO " if check.due else "-  ")
    why = "" if check.held else f": {check.why}"
    return f"  {mark} {check.name}{why}"
