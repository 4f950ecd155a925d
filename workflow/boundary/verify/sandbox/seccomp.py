"""The filter of system calls that a program runs under.

Standard library only: runs inside the sandbox.  A deny list, because Python
and numpy use many calls; what is newer than this file is denied as well.  The
filter is classic BPF, as ``linux/seccomp.h`` and ``linux/filter.h`` define it.
"""

from __future__ import annotations

import ctypes
import errno
import struct

from . import kernel

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCHITECTURE = 0, 4
_MODE_FILTER = 2
_X32 = 0x40000000
#: The last call that was known when the list was written (mseal).
_NEWEST = 462
_AF_UNIX = 1
_CLONE_THREAD = 0x00010000
_RLIMIT_CPU = 0
_SIGCHLD = 17
_MAP_SHARED, _MAP_ANONYMOUS = 0x01, 0x20
_NEW_NAMESPACES = (
    kernel.CLONE_NEWNS
    | kernel.CLONE_NEWCGROUP
    | kernel.CLONE_NEWUTS
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUSER
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWNET
    | 0x00000080  # time
)

#: Denied: name, number on x86_64, number on aarch64 (-1: there is none).
_DENIED = """
ptrace 101 117, process_vm_readv 310 270, process_vm_writev 311 271, kcmp 312 272,
mount 165 40, umount2 166 39, pivot_root 155 41, chroot 161 51, unshare 272 97, setns 308 268,
execve 59 221, execveat 322 281, bpf 321 280, userfaultfd 323 282, perf_event_open 298 241,
keyctl 250 219, add_key 248 217, request_key 249 218, seccomp 317 277,
socket 41 198, bind 49 200, listen 50 201, accept 43 202, accept4 288 242, connect 42 203,
kexec_load 246 104, kexec_file_load 320 294, reboot 169 142, acct 163 89, syslog 103 116,
init_module 175 105, finit_module 313 273, delete_module 176 106, swapon 167 224, swapoff 168 225,
quotactl 179 60, sethostname 170 161, setdomainname 171 162, iopl 172 -1, ioperm 173 -1,
modify_ldt 154 -1, personality 135 92, vhangup 153 58, lookup_dcookie 212 18, nfsservctl 180 42,
open_by_handle_at 304 265, name_to_handle_at 303 264, fanotify_init 300 262,
settimeofday 164 170, clock_settime 227 112, adjtimex 159 171, clock_adjtime 305 266,
mbind 237 235, set_mempolicy 238 237, migrate_pages 256 238, move_pages 279 239, vmsplice 278 75,
mknod 133 -1, mknodat 259 33, uselib 134 -1, ustat 136 -1, sysfs 139 -1, _sysctl 156 -1,
setsockopt 54 208, memfd_create 319 279, shmget 29 194, shmat 30 196, shmctl 31 195, shmdt 67 197,
semget 64 190, semop 65 193, semctl 66 191, semtimedop 220 192,
msgget 68 186, msgsnd 69 189, msgrcv 70 188, msgctl 71 187,
mq_open 240 180, mq_unlink 241 181, mq_timedsend 242 182, mq_timedreceive 243 183,
mq_notify 244 184, mq_getsetattr 245 185,
pidfd_send_signal 424 424, io_uring_setup 425 425, io_uring_enter 426 426,
io_uring_register 427 427, open_tree 428 428, move_mount 429 429, fsopen 430 430,
fsconfig 431 431, fsmount 432 432, fspick 433 433, pidfd_open 434 434, pidfd_getfd 438 438,
process_madvise 440 440, mount_setattr 442 442, quotactl_fd 443 443, memfd_secret 447 447,
process_mrelease 448 448, statmount 457 457, listmount 458 458
"""
#: Pretended to be missing, so that the C library falls back on what is filtered.
_MISSING = "clone3 435 435"
_SIGNALS = "kill 62 129, tgkill 234 131, rt_sigqueueinfo 129 138, rt_tgsigqueueinfo 297 240"
_OTHERS = (
    "clone 56 220, socketpair 53 199, tkill 200 130, fork 57 -1, vfork 58 -1, "
    "setrlimit 160 164, prlimit64 302 261, prctl 157 167, rt_sigaction 13 134, mmap 9 222"
)
_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}


def _numbers(table: str, column: int) -> dict[str, int]:
    rows = [row.split() for row in table.split(",")]
    return {row[0]: int(row[1 + column]) for row in rows if int(row[1 + column]) >= 0}


def denied(machine: str) -> dict[str, int]:
    """Return name and number of each call that is always denied on an architecture."""
    return _numbers(_DENIED, _ARCHITECTURES[machine][1])


def program(machine: str, alone: int | None = None) -> bytes:
    """Return the filter.

    Parameters
    ----------
    machine : str
        ``x86_64`` or ``aarch64``.
    alone : int or None
        Where no PID namespace holds the program: its process number.  It may
        then make threads but no processes, and signal no process but itself.

    Raises
    ------
    OSError
        When the architecture is another one.
    """
    if machine not in _ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
    audit, column = _ARCHITECTURES[machine]
    others = _numbers(_OTHERS, column)
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, audit, 1, 0),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER),
    ]
    if machine == "x86_64":
        steps += [_step(_AT_LEAST, _X32, 0, 1), _step(_RETURN, _KILL)]
    steps += [_step(_AT_LEAST, _NEWEST + 1, 0, 1), _step(_RETURN, _ERRNO | errno.ENOSYS)]
    for number in denied(machine).values():
        steps += _deny(number)
    for number in _numbers(_MISSING, column).values():
        steps += [_step(_EQUAL, number, 0, 1), _step(_RETURN, _ERRNO | errno.ENOSYS)]
    steps += _deny_where(others["clone"], [_step(_ANY_BIT, _NEW_NAMESPACES, 0, 1)])
    steps += _deny_where(others["socketpair"], [_step(_EQUAL, _AF_UNIX, 1, 0)])
    # A program that lowers its own limit is killed by the kernel, as if by the machine.
    steps += _deny_where(others["setrlimit"], [_step(_EQUAL, _RLIMIT_CPU, 0, 1)])
    steps += _deny_where(others["prlimit64"], _changes(_RLIMIT_CPU, argument=1), argument=1)
    # Ignored, ended children leave no trace of the processor time that they used.
    steps += _deny_where(others["rt_sigaction"], _changes(_SIGCHLD))
    # Such memory outlives who filled it, and is resident in no process then.
    shared = [_step(_ANY_BIT, _MAP_SHARED, 0, 2), _step(_ANY_BIT, _MAP_ANONYMOUS, 0, 1)]
    steps += _deny_where(others["mmap"], shared, argument=3)
    for option in (kernel.PR_SET_DUMPABLE, kernel.PR_SET_PDEATHSIG):
        steps += _deny_where(others["prctl"], [_step(_EQUAL, option, 0, 1)])
    if alone is not None:
        steps += _deny_where(others["clone"], [_step(_ANY_BIT, _CLONE_THREAD, 1, 0)])
        for name in ("fork", "vfork", "tkill"):
            steps += _deny(others[name]) if name in others else []
        for number in _numbers(_SIGNALS, column).values():
            steps += _deny_where(number, [_step(_EQUAL, alone, 1, 0)])
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)


def _deny(number: int) -> list[bytes]:
    return [_step(_EQUAL, number, 0, 1), _step(_RETURN, _ERRNO | errno.EPERM)]


def _deny_where(number: int, test: list[bytes], argument: int = 0) -> list[bytes]:
    """Deny a call when the test of the low word of an argument, the first, falls through."""
    body = [
        _step(_LOAD, 16 + 8 * argument),
        *test,
        _step(_RETURN, _ERRNO | errno.EPERM),
        _step(_LOAD, _NUMBER),
    ]
    return [_step(_EQUAL, number, 0, len(body)), *body]


def _changes(what: int, argument: int = 0) -> list[bytes]:
    """Return the test of a call that changes something and does not only ask for it.

    Whoever asks gives no address, both words 0, in the argument behind the one that is
    compared.
    """
    address = 16 + 8 * (argument + 1)
    return [
        _step(_EQUAL, what, 0, 5),
        _step(_LOAD, address),
        _step(_EQUAL, 0, 0, 2),
        _step(_LOAD, address + 4),
        _step(_EQUAL, 0, 1, 0),
    ]


class Filter:
    """A filter as the kernel takes it.

    Parameters
    ----------
    filter_program : bytes
        From `program`.
    """

    def __init__(self, filter_program: bytes) -> None:
        self._steps = ctypes.create_string_buffer(filter_program, len(filter_program))
        header = struct.pack("@HP", len(filter_program) // 8, ctypes.addressof(self._steps))
        self._header = ctypes.create_string_buffer(header, len(header))
        self._address = ctypes.addressof(self._header)

    def install(self) -> None:
        """Hold the calling thread, and all that it makes, to the filter, for good.

        It needs ``no_new_privs``.
        """
        kernel.prctl(kernel.PR_SET_SECCOMP, _MODE_FILTER, self._address)
