"""The filter, by a small interpreter of its language: every call, on both architectures."""

from __future__ import annotations

import errno
import struct

import pytest

from boundary.verify.sandbox import seccomp

AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, KILL = "allow", "kill"
CLONE = {"x86_64": 56, "aarch64": 220}
SOCKETPAIR = {"x86_64": 53, "aarch64": 199}
KILL_CALL = {"x86_64": 62, "aarch64": 129}
PRLIMIT = {"x86_64": 302, "aarch64": 261}
SIGACTION = {"x86_64": 13, "aarch64": 134}
MMAP = {"x86_64": 9, "aarch64": 222}
NEW_USER, THREAD, CHILD_SIGNAL = 0x10000000, 0x10000, 17
both = pytest.mark.parametrize("machine", ["x86_64", "aarch64"])


def decide(
    program: bytes, machine: str, number: int, *arguments: int, audit: int | None = None
) -> str | int:
    """Run the filter on one call: `ALLOW`, `KILL` or an error number."""
    steps = list(struct.iter_unpack("=HBBI", program))
    values = [value & (2**64 - 1) for value in (*arguments, *[0] * 6)][:6]
    data = struct.pack("=IIQ6Q", number, audit or AUDIT[machine], 0, *values)
    at = held = 0
    while True:
        code, then, otherwise, value = steps[at]
        at += 1
        if code == 0x20:
            (held,) = struct.unpack_from("=I", data, value)
        elif code == 0x06:
            break
        else:
            true = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[code]
            at += then if true else otherwise
    if value == 0x7FFF0000:
        return ALLOW
    return KILL if value == 0x80000000 else value & 0xFFFF


@both
def test_what_is_listed_is_denied_and_common_calls_are_not(machine: str) -> None:
    program = seccomp.program(machine)
    listed = seccomp.denied(machine)
    assert {"ptrace", "mount", "bpf", "execve", "socket", "keyctl", "memfd_create"} <= set(listed)
    by_arguments = seccomp._numbers(f"{seccomp._OTHERS}, {seccomp._MISSING}", machine != "x86_64")
    for number in set(range(463)) - set(by_arguments.values()):
        expected = errno.EPERM if number in listed.values() else ALLOW
        assert decide(program, machine, number) == expected, number
    common = {"x86_64": (0, 1, 9, 12, 35, 60, 231), "aarch64": (63, 64, 222, 214, 115, 93, 94)}
    for number in common[machine]:
        assert decide(program, machine, number) == ALLOW


@both
def test_no_number_stands_for_two_calls(machine: str) -> None:
    listed = seccomp.denied(machine)
    assert len(set(listed.values())) == len(listed)


@both
def test_namespaces_are_denied_to_clone_and_processes_allowed(machine: str) -> None:
    program = seccomp.program(machine)
    assert decide(program, machine, CLONE[machine], CHILD_SIGNAL) == ALLOW
    for bit in (NEW_USER, 0x20000, 0x20000000, 0x40000000, 0x80):
        assert decide(program, machine, CLONE[machine], CHILD_SIGNAL | bit) == errno.EPERM
    assert decide(program, machine, 435) == errno.ENOSYS  # clone3 hides its flags in memory


@both
def test_only_pairs_of_unix_sockets(machine: str) -> None:
    program = seccomp.program(machine)
    assert decide(program, machine, SOCKETPAIR[machine], 1) == ALLOW
    assert decide(program, machine, SOCKETPAIR[machine], 16) == errno.EPERM


@both
def test_the_limit_of_time_can_be_asked_for_and_not_changed(machine: str) -> None:
    program = seccomp.program(machine)
    assert decide(program, machine, PRLIMIT[machine], 0, 0, 0, 0x7F0000000000) == ALLOW
    assert decide(program, machine, PRLIMIT[machine], 0, 0, 0x7F00) == errno.EPERM
    assert decide(program, machine, PRLIMIT[machine], 0, 0, 0x7F00000000) == errno.EPERM
    assert decide(program, machine, PRLIMIT[machine], 0, 7, 0x7F00) == ALLOW


@both
def test_the_ends_of_children_cannot_be_ignored(machine: str) -> None:
    program, call = seccomp.program(machine), SIGACTION[machine]
    for action in (0x7F00, 0x7F00000000):
        assert decide(program, machine, call, 17, action) == errno.EPERM
        assert decide(program, machine, call, 17 | 1 << 32, action) == errno.EPERM
        assert decide(program, machine, call, 2, action) == ALLOW
    assert decide(program, machine, call, 17, 0, 0x7F00) == ALLOW  # who asks


@both
def test_memory_is_shared_by_files_only(machine: str) -> None:
    program, call = seccomp.program(machine), MMAP[machine]
    shared, private, validated, anonymous = 1, 2, 3, 0x20
    for kind in (shared, validated, shared | 0x40000):
        assert decide(program, machine, call, 0, 4096, 3, kind | anonymous) == errno.EPERM
        assert decide(program, machine, call, 0, 4096, 3, kind) == ALLOW
    assert decide(program, machine, call, 0, 4096, 3, private | anonymous) == ALLOW


@both
def test_alone_there_are_threads_and_no_processes(machine: str) -> None:
    program = seccomp.program(machine, alone=77)
    assert decide(program, machine, CLONE[machine], THREAD) == ALLOW
    assert decide(program, machine, CLONE[machine], CHILD_SIGNAL) == errno.EPERM
    assert decide(program, machine, KILL_CALL[machine], 77, 9) == ALLOW
    for other in (1, 0, -1, 78):
        assert decide(program, machine, KILL_CALL[machine], other, 9) == errno.EPERM
    if machine == "x86_64":
        assert decide(program, machine, 57) == decide(program, machine, 58) == errno.EPERM


@both
def test_calls_newer_than_the_list_are_missing(machine: str) -> None:
    assert decide(seccomp.program(machine), machine, 463) == errno.ENOSYS


def test_calls_of_another_architecture_kill() -> None:
    program = seccomp.program("x86_64")
    assert decide(program, "x86_64", 1, audit=0x40000003) == KILL  # i386
    assert decide(program, "x86_64", 0x40000000 + 1) == KILL  # x32


def test_another_architecture_has_no_filter() -> None:
    with pytest.raises(OSError, match="riscv64"):
        seccomp.program("riscv64")
