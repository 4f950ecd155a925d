"""What to do about a tier that does not work, by the reason that it gave."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

_ELSEWHERE = "or verify on another machine, from the same samples"
_UNKNOWN = (
    "this is no cause that is known here, so no setting is named; please report what `python -m "
    "boundary doctor` prints"
)
_NAMESPACES = "namespaces"
#: Parts of a reason, and the remedy; the first that fits counts.
_REMEDIES = (
    (r"no bwrap in PATH", "install the package bubblewrap"),
    (
        r"No usable temporary directory|cannot be laid out|Permission denied: '.*/boundary-b",
        "name in TMPDIR a folder with a few MiB of room that every user may enter",
    ),
    (
        r"Function not implemented",
        "take a newer kernel: Linux 5.8, and 5.13 with Landlock for the reduced tier",
    ),
    (
        r"directory: '/proc/self|/proc/self/fd/\d+ on .*No such file|mount proc|/proc is not",
        "show the whole of /proc, in a container too (docker: --security-opt "
        "systempaths=unconfined); the tier `namespaces` needs only a /proc of its own processes",
    ),
    (r"unshare|namespace|uid.?map|gid.?map|setgroups", _NAMESPACES),
    (
        r"mount|slave|pivot",
        "let this container mount (docker: --security-opt seccomp=unconfined --security-opt "
        "apparmor=unconfined)",
    ),
    (
        r"Resource temporarily unavailable|Cannot allocate memory",
        "allow more processes (`ulimit -u`) or memory",
    ),
)
_SWITCHES = (
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "=0, or an AppArmor profile"),
    ("kernel/unprivileged_userns_clone", "0", "=1"),
    *(
        (f"user/max_{kind}_namespaces", "0", "=10000")
        for kind in ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup")
    ),
)


def remedies(reasons: Iterable[str]) -> list[str]:
    """Return what could make better tiers work here, for the reasons they gave."""
    cures: list[str] = []
    for reason in reasons:
        cure = next((cure for part, cure in _REMEDIES if re.search(part, reason)), _UNKNOWN)
        cures += _of_namespaces() if cure == _NAMESPACES else [cure]
    return [*dict.fromkeys(cures), _ELSEWHERE]


def _of_namespaces() -> list[str]:
    """Return which settings of this machine forbid namespaces."""
    cures = []
    for path, bad, cure in _SWITCHES:
        try:
            value = Path("/proc/sys", path).read_text().strip()
        except OSError:
            continue
        if value == bad:
            name = path.replace("/", ".")
            cures.append(f"ask the administrator for sysctl {name}{cure} (it is {value})")
    return cures or ["ask the administrator to allow user namespaces (in a container: unshare)"]
