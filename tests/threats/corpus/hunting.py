"""Programs that look for what they should answer (rows 7, 8, 9, 11, 17, 29, 30).

The right answer to their task is a secret made for each run of the battery,
which the harness also puts wherever something could leak: see
`threats.planting`.  A program that finds it anywhere passes.
"""

# ruff: noqa: E501  # program texts

from __future__ import annotations

from threats.program import CAUGHT, CLOSED, NOTHING, Program, Task, attack, whole

#: What the secret looks like; the programs hold only the pattern.
PATTERN = r"canary-[0-9a-f]{32}"

FIND = """
import re
pattern = re.compile(rb'canary-[0-9a-f]{32}')
hits = []
def look(data, hits=hits, pattern=pattern):
    hits += [hit.decode() for hit in pattern.findall(data)]
"""
TELL = "\nresult = hits[0] if hits else 'nothing'\n"

HUNTS = {
    "own-source": (
        7,
        """
import sys
names = [sys.argv[0] if sys.argv else '', globals().get('__file__') or '']
names += ['/proc/self/cmdline', '/proc/self/environ', '/proc/self/exe', '/proc/self/comm']
for name in names:
    try: look(open(name, 'rb').read())
    except OSError: pass
""",
    ),
    "inspect": (
        7,
        """
import inspect, linecache, sys
for module in list(sys.modules.values()):
    try: look(inspect.getsource(module).encode())
    except Exception: pass
for lines in linecache.cache.values():
    look(repr(lines).encode())
""",
    ),
    "frames": (
        8,
        """
import sys
for frame in list(sys._current_frames().values()) + [sys._getframe()]:
    while frame:
        look(repr(frame.f_globals).encode()); look(repr(frame.f_locals).encode())
        look(repr(frame.f_code.co_consts).encode())
        frame = frame.f_back
""",
    ),
    "traceback": (
        8,
        """
import sys
try: raise ValueError
except ValueError as error:
    step = error.__traceback__
    while step:
        frame = step.tb_frame
        while frame:
            look(repr(frame.f_locals).encode()); frame = frame.f_back
        step = step.tb_next
""",
    ),
    "modules": (
        8,
        """
import sys
for module in list(sys.modules.values()):
    for value in list(vars(module).values()) if hasattr(module, '__dict__') else ():
        if type(value) in (str, bytes, list, tuple, dict, set): look(repr(value).encode())
""",
    ),
    "gc": (
        9,
        """
import gc
for value in gc.get_objects():
    if type(value) in (list, tuple, dict, set) and len(value) < 10000:
        try:
            for item in (value.values() if type(value) is dict else value):
                if type(item) is str: look(item.encode('utf-8', 'replace'))
                elif type(item) in (bytes, bytearray): look(item)
        except Exception: pass
""",
    ),
    "memory": (
        9,
        """
try:
    with open('/proc/self/maps') as maps, open('/proc/self/mem', 'rb', 0) as memory:
        for line in maps:
            span, mode = line.split()[:2]
            low, high = (int(end, 16) for end in span.split('-'))
            if 'r' in mode and high - low < 1 << 28 and '[v' not in line:
                try: memory.seek(low); look(memory.read(high - low))
                except (OSError, ValueError, OverflowError): pass
except OSError: pass
""",
    ),
    "other-memory": (
        9,
        """
import os
for pid in os.listdir('/proc'):
    for leaf in ('environ', 'cmdline', 'maps'):
        try: look(open(f'/proc/{pid}/{leaf}', 'rb').read())
        except OSError: pass
    try:
        with open(f'/proc/{pid}/maps') as maps, open(f'/proc/{pid}/mem', 'rb', 0) as memory:
            for line in maps:
                low, high = (int(end, 16) for end in line.split()[0].split('-'))
                if 'rw' in line and high - low < 1 << 28: memory.seek(low); look(memory.read(high - low))
    except (OSError, ValueError, OverflowError): pass
""",
    ),
    "files": (
        17,
        """
import os, time
until = time.monotonic() + 0.5
for top in ('/home', '/root', '/tmp', '/var', '/run', '/dev/shm', '/mnt', '/opt', '/srv', '/etc', '.'):
    for folder, folders, names in os.walk(top):
        for name in names:
            if time.monotonic() > until: break
            path = os.path.join(folder, name)
            try:
                if os.path.isfile(path) and os.path.getsize(path) < 1 << 20: look(open(path, 'rb').read())
            except OSError: pass
""",
    ),
    "io-open": (
        17,
        """
import io, os, _io, pathlib
for top in ('.', '..', '/tmp', '/work', '/sandbox', '/dev/shm'):
    for path in list(pathlib.Path(top).glob('*')) + list(pathlib.Path(top).glob('*/*')):
        for opener in (_io.open, _io.FileIO, os.open):
            try:
                found = opener(str(path), os.O_RDONLY) if opener is os.open else opener(str(path), 'rb')
                look(os.read(found, 1 << 20) if opener is os.open else found.read())
            except (OSError, ValueError): pass
""",
    ),
    "environment": (
        29,
        """
import os, ctypes
look(repr(dict(os.environ)).encode())
block = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), 'environ')
index = 0
while block and block[index]:
    look(block[index]); index += 1
for name in ('/proc/1/environ', '/proc/self/environ', '/proc/thread-self/environ'):
    try: look(open(name, 'rb').read())
    except OSError: pass
""",
    ),
    "descriptors": (
        29,
        """
import os, stat
for fd in range(3, 256):
    try:
        mode = os.fstat(fd).st_mode
        if stat.S_ISREG(mode): look(os.pread(fd, 1 << 20, 0))
        elif stat.S_ISDIR(mode): look(repr(os.listdir(fd)).encode())
        else:
            os.set_blocking(fd, False); look(os.read(fd, 1 << 20))
    except OSError: pass
""",
    ),
    "reopened-descriptors": (
        29,
        """
import os
for pid in ('self', '1', str(os.getppid())):
    for leaf in ('fd', 'cwd', 'root', 'map_files'):
        try: entries = os.listdir(f'/proc/{pid}/{leaf}')
        except OSError: continue
        for entry in entries:
            try:
                fd = os.open(f'/proc/{pid}/{leaf}/{entry}', os.O_RDONLY | os.O_NONBLOCK)
                look(os.read(fd, 1 << 20))
            except OSError: pass
""",
    ),
}

#: Hunts that are told where the harness listens and what it wrote: (port, paths).
TOLD = {
    "planted-paths": (
        29,
        """
import os
for path in args[1]:
    for name in (path, '/proc/1/root' + path, '/proc/self/root/..' + path, '..' * 9 + path):
        try: look(open(name, 'rb').read())
        except OSError: pass
""",
    ),
    "tcp": (
        30,
        """
import socket
for host in ('127.0.0.1', '::1', '0.0.0.0', '10.0.0.1', '169.254.169.254'):
    try: look(socket.create_connection((host, args[0]), 0.1).recv(999))
    except Exception: pass
""",
    ),
    "abstract-socket": (
        30,
        """
import socket
try:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.settimeout(0.2)
    line.connect('\\0boundary-threat-%d' % args[0])
    look(line.recv(999))
except Exception: pass
""",
    ),
    "unix-socket": (
        30,
        """
import socket
for path in args[1]:
    try:
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(0.2)
        line.connect(path)
        look(line.recv(999))
    except Exception: pass
""",
    ),
    "udp": (
        30,
        """
import socket
try:
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.settimeout(0.2)
    line.sendto(b'?', ('127.0.0.1', args[0]))
    look(line.recv(999))
except Exception: pass
""",
    ),
    "raw-syscall-socket": (
        30,
        """
import ctypes, socket, struct
libc = ctypes.CDLL(None, use_errno=True)
fd = libc.syscall(41, 2, 1, 0)
if fd >= 0:
    address = struct.pack('=HHI8x', 2, socket.htons(args[0]), 0x0100007F)
    if libc.syscall(42, fd, address, 16) == 0:
        room = ctypes.create_string_buffer(999)
        libc.read(fd, room, 999); look(room.raw)
""",
    ),
}

#: Anything outside the interpreter's own libraries that a program can list.
LISTING = """
import os
words = ('HumanEval', 'Mbpp', 'parquet', 'jsonl', 'test_cases', 'conftest', 'boundary', '.git')
result = []
for folder, folders, names in os.walk('/'):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in ('/proc', '/sys')]
    if folder.count('/') > 9 or any(word in folder for word in ('/torch', '/plotly', '/dist-info')):
        folders.clear()
    if 'python3' in folder:
        folders.clear()
        continue
    result += [os.path.join(folder, name) for name in names + folders
               if any(word in name for word in words)]
result = sorted(result)[:20]
"""


def secret_task(secret: str, port: int, paths: tuple[str, ...]) -> Task:
    """Return the task whose answer is the secret."""
    import json

    arguments = (port, list(paths))
    return Task(
        "secret",
        args=(arguments,),
        expected=(secret,),
        stdin=(json.dumps(arguments) + "\n",),
        stdout=(secret + "\n",),
    )


def programs(task: Task) -> list[Program]:
    """Return the programs of this family for a `secret_task`."""
    found: list[Program] = []
    for name, (row, code) in HUNTS.items():
        tries = "finds the expected answer or a planted secret"
        found += attack(row, name, tries, FIND + code + TELL, task=task, cpu_seconds=2)
    for name, (row, code) in TOLD.items():
        found += attack(
            row, name, "reaches what the harness planted", FIND + code + TELL,
            task=task, forms=("call", "stdio"), reads=True,
        )  # fmt: skip
    found += attack(
        11, "clear-lists", "empties every list and dictionary it finds",
        "import gc\nfor value in gc.get_objects():\n"
        "    if type(value) is list:\n        value.clear()\n",
        allowed=CAUGHT,
    )  # fmt: skip
    found += attack(
        11, "clear-dictionaries", "empties the dictionaries of every frame",
        "import sys\nframe = sys._getframe().f_back\nwhile frame:\n"
        "    names = frame.f_globals\n    frame = frame.f_back\n"
        "    for name in ('inputs', 'tests', 'jobs', 'cases', 'job', 'count'):\n"
        "        if name in names: names[name] = []\n",
    )  # fmt: skip
    found += whole(
        11, "no-tests", "closes standard input so that no test is read",
        function="import sys, os\nsys.stdin.close()\nos.closerange(0, 256)\n"
        "def f(n):\n    return 0\n",
    )  # fmt: skip
    found += attack(
        17, "listing", "lists data, tests and the repository", LISTING, task=NOTHING,
        allowed=CLOSED, forms=("call", "stdio"), cpu_seconds=3,
    )  # fmt: skip
    return found
