"""Each reason of a tier that does not work has its own remedy."""

from __future__ import annotations

import pytest

from boundary.verify.sandbox.remedies import remedies

NAMESPACES = "namespaces"


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        ("there is no bwrap in PATH; install the package bubblewrap", "install the package bubble"),
        ("it ended before it was ready (bwrap: setting up uid map: Permission denied)", NAMESPACES),
        ("bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max", NAMESPACES),
        ("PermissionError: [Errno 13] Permission denied: '/proc/self/uid_map'", NAMESPACES),
        ("PermissionError: [Errno 1] unshare(0x6e020000): Operation not permitted", NAMESPACES),
        ("OSError: [Errno 28] unshare(0x10000000): No space left on device", NAMESPACES),
        ("bwrap: Failed to make / slave: Operation not permitted", "container mount"),
        ("PermissionError: [Errno 1] mount of tmpfs on /x: Operation not perm", "container mount"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "whole of /proc"),
        ("No such file or directory: '/proc/self/uid_map'", "whole of /proc"),
        ("/proc is not mounted", "whole of /proc"),
        ("[Errno 2] No usable temporary directory found in ['/tmp', '/']", "TMPDIR"),
        ("its code cannot be laid out: [Errno 28] No space left on device", "TMPDIR"),
        ("[Errno 13] Permission denied: '/root/t/boundary-box-a/jobs/b'. This is", "TMPDIR"),
        ("OSError: [Errno 38] syscall 444: Function not implemented", "newer kernel"),
        ("BlockingIOError: [Errno 11] Resource temporarily unavailable", "ulimit -u"),
        ("bwrap: Can't make symlink at /tmp: File exists", "please report"),
        ("secrets of this machine are unreadable: read the secret from x", "please report"),
    ],
)
def test_a_reason_has_its_remedy(reason: str, remedy: str) -> None:
    cure, elsewhere = remedies([reason])
    assert remedy in cure
    assert ("administrator" in cure) == (remedy == NAMESPACES)
    assert elsewhere == "or verify on another machine, from the same samples"


def test_a_remedy_stands_once() -> None:
    assert len(remedies(["mount refused", "slave refused", "no bwrap in PATH"])) == 3
