"""What this machine can do: hardware, engines, and the sandbox for programs."""

from __future__ import annotations

import csv
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from typing import Any

from boundary.engines.registry import engine_records

_QUERY = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"]
_MIB, _GIB = 1 << 20, 1 << 30


def examine() -> dict[str, Any]:
    """Look at the machine; the sandbox is tried and not only looked for.

    Returns
    -------
    dict
        ``machine`` (system, processor, python, cores, memory in bytes),
        ``gpus`` (a list; name, memory in bytes, driver), ``engines`` (version
        or None of each distribution) and ``sandbox`` (``tier``, the best that
        works or None; ``tiers``, every one with its checks; ``advice``).
    """
    return {
        "machine": _machine(),
        "gpus": _gpus(),
        "engines": {
            name: _version(name) for each in engine_records() for name in each.distributions
        },
        "sandbox": _sandbox(),
    }


def _machine() -> dict[str, Any]:
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": platform.machine(),
        "python": sys.version.split()[0],
        "cores": cores,
        "memory": memory,
        "root": os.geteuid() == 0,
    }


def _gpus() -> list[dict[str, Any]]:
    """Return what the driver lists; an empty list without a driver."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    try:
        done = subprocess.run(
            [program, *_QUERY], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        return [{"name": "unknown", "memory": None, "driver": f"nvidia-smi failed: {error}"}]
    rows = [row for row in csv.reader(done.stdout.splitlines(), skipinitialspace=True) if row]
    return [
        {
            "name": name,
            "memory": int(memory) * _MIB if memory.isdigit() else None,
            "driver": driver,
        }
        for name, memory, driver in rows
    ]


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _sandbox() -> dict[str, Any]:
    from boundary.errors import MachineError
    from boundary.verify.sandbox.launch import TIERS
    from boundary.verify.sandbox.remedies import remedies
    from boundary.verify.sandbox.tiers import examine

    try:
        reports = [examine(tier) for tier in TIERS]
    except MachineError as error:  # no worker of any tier could be made
        return {"tier": None, "fault": str(error), "tiers": [], "advice": remedies([])}
    best = next((report.tier for report in reports if report.why_not is None), None)
    better = TIERS[: TIERS.index(best)] if best else TIERS
    reasons = [r.why_not for r in reports if r.tier in better and r.why_not]
    shown = [
        {
            "tier": report.tier,
            "works": report.why_not is None,
            "why_not": report.why_not,
            "checks": [
                {"name": name, "due": due, "held": why is None, "why": why}
                for name, due, why in report.results
            ],
        }
        for report in reports
    ]
    return {
        "tier": best,
        "fault": None,
        "tiers": shown,
        "advice": remedies(reasons) if reasons else [],
    }


def as_text(report: dict[str, Any]) -> str:
    """Return what was found as lines for a person."""
    machine = report["machine"]
    lines = [
        f"machine   {machine['system']}, {machine['processor']}, Python {machine['python']}, "
        f"{machine['cores']} cores, {machine['memory'] / _GIB:.1f} GiB"
        + (", as root" if machine["root"] else "")
    ]
    lines += [_gpu_line(gpu) for gpu in report["gpus"]] or ["gpu       none"]
    engines = [f"{name} {version}" for name, version in report["engines"].items() if version]
    lines.append(f"engines   {', '.join(engines) or 'none'}")
    sandbox = report["sandbox"]
    lines.append(f"sandbox   {_named(sandbox)}")
    for tier in sandbox["tiers"]:
        lines += ["", f"{tier['tier']}: {'works' if tier['works'] else 'does not work'}"]
        if not tier["checks"]:
            lines.append(f"  {tier['why_not']}")
        lines += [_check_line(check) for check in tier["checks"]]
    if sandbox["advice"]:
        lines += ["", "For a better tier: " + "; ".join(sandbox["advice"]) + "."]
    return "\n".join(lines)


def _gpu_line(gpu: dict[str, Any]) -> str:
    memory = "" if gpu["memory"] is None else f", {gpu['memory'] / _GIB:.0f} GiB"
    return f"gpu       {gpu['name']}{memory}, driver {gpu['driver']}"


def _named(sandbox: dict[str, Any]) -> str:
    if sandbox["tier"] is None:
        return f"none works: programs are not run here. {sandbox['fault'] or ''}".rstrip()
    if sandbox["tier"] == "reduced":
        return "only reduced, which a study has to name"
    return str(sandbox["tier"])


def _check_line(check: dict[str, Any]) -> str:
    mark = "ok " if check["held"] else ("NO " if check["due"] else "-  ")
    why = "" if check["held"] else f": {check['why']}"
    return f"  {mark} {check['name']}{why}"
