"""Probes of the walls themselves: each answers the list of what it could do.

The right answer is the empty list, so a probe passes when every door is shut.
Row 40 stands for what the threat table does not number: the kernel's surface.
"""

# ruff: noqa: E501  # program texts

from __future__ import annotations

from threats.program import CLOSED, NOTHING, Program, attack

CALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
result = []
def call(name, *arguments):
    ctypes.set_errno(0)
    if libc.syscall(*arguments) >= 0: result.append(name)
"""

#: System calls by name; numbers of x86-64.  Each must be refused.
SYSCALLS = {
    "mount": "call('tmpfs', 165, b'none', b'.', b'tmpfs', 0, 0)\n"
    "call('bind', 165, b'/', b'.', b'', 4096 | 16384, 0)\n"
    "call('remount', 165, b'none', b'/', b'', 32 | 4096, 0)\n"
    "call('proc', 165, b'proc', b'/proc', b'proc', 0, 0)\n",
    "new-mount-api": "call('fsopen', 430, b'tmpfs', 0)\ncall('open_tree', 428, -100, b'/', 1)\n"
    "call('fspick', 433, -100, b'/', 0)\ncall('mount_setattr', 442, -100, b'/', 0, bytes(32), 32)\n",
    "umount": "call('umount', 166, b'/proc', 2)\ncall('umount root', 166, b'/', 2)\n",
    "pivot": "call('pivot_root', 155, b'.', b'.')\ncall('chroot', 161, b'.')\n",
    "unshare": "for name, flag in (('user', 0x10000000), ('mount', 0x20000), ('pid', 0x20000000),\n"
    "        ('net', 0x40000000), ('ipc', 0x8000000), ('uts', 0x4000000),\n"
    "        ('cgroup', 0x2000000), ('time', 0x80)):\n    call(name, 272, flag)\n",
    "clone-namespace": "if libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0) == 0: os._exit(0)\n"
    "pid = libc.syscall(56, 0x10000000 | 17, 0, 0, 0, 0)\n"
    "if pid == 0: os._exit(0)\nif pid > 0: result.append('clone user')\n",
    "clone3-namespace": "import struct\n"
    "block = ctypes.create_string_buffer(struct.pack('11Q', 0x10000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0))\n"
    "pid = libc.syscall(435, block, 88)\nif pid == 0: os._exit(0)\n"
    "if pid > 0: result.append('clone3 user')\n",
    "setns": "for name in ('user', 'mnt', 'pid', 'net'):\n    for pid in (1, os.getppid()):\n"
    "        try: fd = os.open('/proc/%d/ns/%s' % (pid, name), os.O_RDONLY)\n"
    "        except OSError: continue\n        call('setns ' + name, 308, fd, 0)\n",
    "ptrace": "call('attach', 101, 16, os.getppid(), 0, 0)\ncall('seize', 101, 0x4206, 1, 0, 0)\n",
    "process-memory": "room = ctypes.create_string_buffer(16)\n"
    "one = (ctypes.c_size_t * 2)(ctypes.addressof(room), 16)\n"
    "for pid in (os.getppid(), 1):\n"
    "    call('readv', 310, pid, one, 1, one, 1, 0)\n    call('writev', 311, pid, one, 1, one, 1, 0)\n",
    "steal-descriptors": "for pid in (os.getppid(), 1):\n    fd = libc.syscall(434, pid, 0)\n"
    "    if fd >= 0:\n        for number in range(64): call('getfd', 438, fd, number, 0)\n",
    "compare": "call('kcmp', 312, os.getppid(), os.getpid(), 2, 0, 0)\n",
    "bpf": "call('bpf', 321, 0, bytes(72), 72)\ncall('map', 321, 0, bytes([1,0,0,0,4,0,0,0,8,0,0,0,1]) + bytes(60), 72)\n",
    "io-uring": "call('io_uring_setup', 425, 4, ctypes.create_string_buffer(120))\n",
    "user-faults": "call('userfaultfd', 323, 1)\ncall('userfaultfd 0', 323, 0)\n",
    "keys": "call('add_key', 248, b'user', b'name', b'value', 5, -4)\n"
    "call('request_key', 249, b'user', b'name', 0, -4)\ncall('keyctl', 250, 0, -4, 1)\n",
    "performance": "call('perf_event_open', 298, bytes([1,0,0,0,112]) + bytes(107), 0, -1, -1, 0)\n",
    "kernel": "call('reboot', 169, 0xfee1dead, 672274793, 0, 0)\ncall('kexec', 246, 0, 0, 0, 0)\n"
    "call('init_module', 175, b'', 0, b'')\ncall('swapon', 167, b'/dev/sda', 0)\n"
    "call('syslog', 103, 3, ctypes.create_string_buffer(99), 99)\ncall('acct', 163, b'x')\n"
    "call('sethostname', 170, b'x', 1)\ncall('settimeofday', 164, bytes(16), 0)\n"
    "call('quotactl', 179, 0x800002 << 8, 0, 0, 0)\ncall('iopl', 172, 3)\n",
    "handles": "call('open_by_handle_at', 304, -100, bytes(64), 0)\n"
    "call('fanotify_init', 300, 0, 0)\ncall('lookup_dcookie', 212, 0, 0, 0)\n",
    # Uid 0 of the sandbox's own user namespace is no privilege: `privileges` asks for those.
    "capabilities": "import struct\ncall('capset', 126, struct.pack('Ii', 0x20080522, 0), bytes([255]) * 24)\n",
}

STATES = {
    "privileges": """
import ctypes
result = []
libc = ctypes.CDLL(None)
result += ['capability %d in the bounding set' % n for n in range(41) if libc.prctl(23, n, 0, 0, 0) == 1]
if libc.prctl(39, 0, 0, 0, 0) != 1: result.append('new privileges are possible')
if libc.prctl(21, 0, 0, 0, 0) != 2: result.append('no seccomp filter')
import struct
header = ctypes.create_string_buffer(struct.pack('Ii', 0x20080522, 0))
data = ctypes.create_string_buffer(24)
libc.syscall(125, header, data)
if any(data.raw): result.append('capabilities ' + data.raw.hex())
""",
    "sockets": """
import socket
result = []
for family in range(46):
    for kind in (1, 2, 3, 5):
        try: socket.socket(family, kind)
        except (OSError, ValueError): pass
        else:
            if family != 1: result.append('family %d type %d' % (family, kind))
""",
    "interfaces": """
import os
result = []
try:
    for line in open('/proc/net/dev').readlines()[2:]:
        if line.split(':')[0].strip() != 'lo': result.append(line.split(':')[0])
except OSError: pass
try: result += [name for name in os.listdir('/sys/class/net') if name != 'lo']
except OSError: pass
""",
    "devices": """
import os
known = {'null', 'zero', 'full', 'random', 'urandom', 'tty', 'ptmx', 'pts', 'shm', 'fd', 'mqueue',
         'stdin', 'stdout', 'stderr', 'core', 'console'}
try: result = sorted(set(os.listdir('/dev')) - known)
except OSError: result = []
""",
    "writable": """
import os
result = []
here = os.path.realpath('.')
for top in ('/', '/usr', '/etc', '/bin', '/lib', '/proc', '/sys', '/dev', '/home', '/root', '/var'):
    try:
        open(os.path.join(top, 'boundary-probe'), 'w').close()
        if not here.startswith(top + '/') and top not in ('/home', '/var'): result.append(top)
    except OSError: pass
import sys
for top in sys.path + [os.path.dirname(os.__file__), os.path.dirname(sys.executable)]:
    if os.path.isdir(top or '.') and os.path.realpath(top or '.') != here:
        try: open(os.path.join(top, 'boundary-probe'), 'w').close(); result.append(top)
        except OSError: pass
""",
    "kernel-files": """
import os
result = []
for name in ('/proc/sysrq-trigger', '/proc/sys/kernel/core_pattern', '/proc/sys/vm/overcommit_memory',
             '/proc/sys/kernel/pid_max', '/proc/1/mem', '/proc/1/oom_score_adj', '/proc/kcore',
             '/dev/mem', '/dev/kmsg', '/sys/fs/cgroup/cgroup.procs', '/sys/kernel/mm/ksm/run',
             '/proc/%d/mem' % os.getppid(), '/dev/fuse', '/dev/kvm', '/dev/nvidia0'):
    try: os.close(os.open(name, os.O_WRONLY)); result.append(name)
    except OSError: pass
""",
    "processes": """
import os
result = []
try: pids = sorted(int(name) for name in os.listdir('/proc') if name.isdigit())
except OSError: pids = []
if len(pids) > 4: result.append('%d processes' % len(pids))
for pid in range(2, 40000):
    if pid in (os.getpid(), os.getppid()) or pid in pids: continue
    try: os.kill(pid, 0); result.append('process %d' % pid)
    except OSError: pass
result = result[:9]
""",
    "set-user-id": """
import os, stat
result = []
for folder in ('/bin', '/usr/bin', '/sbin', '/usr/sbin', '/usr/lib/openssh'):
    try: names = os.listdir(folder)
    except OSError: continue
    for name in names:
        path = os.path.join(folder, name)
        try:
            if os.stat(path).st_mode & stat.S_ISUID and not os.statvfs(path).f_flag & os.ST_NOSUID:
                result.append(path)
        except OSError: pass
""",
    "limits": """
import resource
result = []
for name, most in (('RLIMIT_CORE', 0), ('RLIMIT_NOFILE', 256), ('RLIMIT_FSIZE', 64 << 20),
                   ('RLIMIT_AS', 16 << 30)):
    kind = getattr(resource, name)
    if not 0 <= resource.getrlimit(kind)[1] <= most:
        result.append('%s %d' % (name, resource.getrlimit(kind)[1]))
    try: resource.setrlimit(kind, (-1, -1)); result.append(name + ' can be raised')
    except (OSError, ValueError): pass
""",
    "memory-execute": """
import os
result = []
try:
    fd = os.memfd_create('x', 0)
    os.write(fd, b'#!/bin/sh\\necho $(id -u) > /dev/shm/left-behind\\n')
    pid = os.fork()
    if pid == 0:
        try: os.execve('/proc/self/fd/%d' % fd, ['x'], {})
        except OSError: os._exit(9)
    os.waitpid(pid, 0)
    for name in ('/dev/shm/left-behind',):
        if os.path.exists(name) and open(name).read().strip() == '0' and os.stat('/').st_uid != 65534:
            if os.access('/etc/shadow', os.R_OK): result.append('root by an executed file')
except OSError: pass
""",
    "namespaces-by-tool": """
import subprocess
result = []
for command in (['unshare', '-Ur', 'true'], ['bwrap', '--ro-bind', '/', '/', 'true'],
                ['su', '-c', 'true'], ['sudo', '-n', 'true'], ['mount', '-t', 'tmpfs', 'x', '/tmp']):
    try: done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=1)
    except Exception: continue
    if done.returncode == 0: result.append(' '.join(command))
""",
    "gods-of-proc": """
import os
result = []
for path in ('/proc/1/root/etc/passwd', '/proc/1/cwd', '/proc/%d/root/etc' % os.getppid(),
             '/proc/self/root/../etc/shadow', '/etc/shadow', '/proc/keys', '/proc/kallsyms'):
    try:
        fd = os.open(path, os.O_RDONLY)
        if os.path.realpath(path).startswith('/etc/shadow'): result.append(path)
    except OSError: pass
""",
}


def programs() -> list[Program]:
    """Return the programs of this family."""
    found: list[Program] = []
    for name, code in SYSCALLS.items():
        found += attack(40, name, "a system call that must be refused", CALL + code,
                        task=NOTHING, allowed=CLOSED, forms=("call", "stdio"))  # fmt: skip
    for name, code in STATES.items():
        row = {"sockets": 30, "interfaces": 30, "writable": 17, "processes": 22}.get(name, 40)
        found += attack(row, name, "a wall that must stand", code, task=NOTHING,
                        allowed=CLOSED, forms=("call", "stdio"), cpu_seconds=2)  # fmt: skip
    return found
