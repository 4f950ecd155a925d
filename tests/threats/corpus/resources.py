"""Programs that take all there is (rows 24 to 27), and values too large to bear."""

# ruff: noqa: E501  # program texts

from __future__ import annotations

from threats.program import Program, attack

GIB = 1 << 30

FORKS = {
    "fork-bomb": "import os\nwhile True:\n    os.fork()\n",
    "fork-bomb-caught": "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass\n",
    "posix-fork-bomb": "import posix\nwhile True:\n    try: posix.fork()\n"
    "    except BaseException: pass\n",
    "syscall-fork-bomb": "import ctypes\nlibc = ctypes.CDLL(None)\nwhile True: libc.syscall(57)\n",
    "clone-bomb": "import ctypes\nlibc = ctypes.CDLL(None)\n"
    "while True: libc.syscall(56, 17, 0, 0, 0, 0)\n",
    "thread-bomb": "import threading, time\nwhile True:\n"
    "    try: threading.Thread(target=time.sleep, args=(60,)).start()\n"
    "    except RuntimeError: pass\n",
    "process-bomb": "import subprocess, sys\nwhile True:\n"
    "    try: subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
    "    except Exception: pass\n",
    "zombies": "import os\nwhile True:\n    try:\n        if os.fork() == 0: os._exit(0)\n"
    "    except OSError: pass\n",
}

MEMORY = {
    "hundred-gigabytes": "x = bytearray(100 << 30)\n",
    "list-of-hundred": "x = [0] * (100 << 27)\n",
    "grow": "x = []\nwhile True: x.append(bytearray(64 << 20))\n",
    "grow-caught": "x = []\nwhile True:\n    try: x.append(b'1' * (64 << 20))\n"
    "    except MemoryError: pass\n",
    "shared-map": "import mmap\nx = []\nwhile True:\n    x.append(mmap.mmap(-1, 256 << 20))\n"
    "    for at in range(0, 256 << 20, 4096): x[-1][at] = 1\n",
    "filled-by-children": "import mmap, os, time\nfor _ in range(9):\n"
    "    x = mmap.mmap(-1, 512 << 20)\n    if os.fork() == 0:\n"
    "        if os.fork() == 0:\n            for at in range(0, len(x), 4096): x[at] = 1\n"
    "            os._exit(0)\n        os.wait()\n        time.sleep(9)\n    x = None\ntime.sleep(9)\n",
    "filled-by-zero": "import mmap, os\nx = []\nwhile True:\n"
    "    x.append(mmap.mmap(os.open('/dev/zero', os.O_RDWR), 64 << 20))\n"
    "    if os.fork() == 0:\n        for at in range(0, 64 << 20, 4096): x[-1][at] = 1\n"
    "        os._exit(0)\n    os.wait()\n",
    "memory-file": "import os\nfd = os.memfd_create('x')\nwhile True: os.write(fd, b'1' * (1 << 20))\n",
    "memory-files": "import os\nwhile True:\n    try:\n        fd = os.memfd_create('x')\n"
    "        while True: os.write(fd, b'1' * (1 << 20))\n    except OSError: pass\n",
    "split-over-forks": "import os, time\nfor _ in range(60):\n"
    "    try:\n        if os.fork() == 0:\n            x = bytearray(b'1') * (512 << 20)\n"
    "            time.sleep(9)\n            os._exit(0)\n    except OSError: pass\ntime.sleep(9)\n",
    "pipes-full": "import os\nwhile True:\n    try:\n        r, w = os.pipe()\n"
    "        os.set_blocking(w, False)\n        os.write(w, bytes(1 << 16))\n"
    "    except OSError: pass\n",
    "huge-power": "x = 10 ** (10 ** 8)\nresult = len(str(x))\n",
    "huge-text": "result = 'x' * (1 << 40)\n",
    "locked": "import ctypes, mmap\nctypes.CDLL(None).mlockall(7)\nx = bytearray(8 << 30)\n",
}

FILL = """
import os
for folder in ('.', '/tmp', '/dev/shm', '/dev/mqueue', '/run', '/var/tmp', '/dev', '/'):
    for index in range({files}):
        try:
            with open(os.path.join(folder, 'fill-%d' % index), 'wb') as file:
                {write}
        except OSError:
            break
"""
FILES = {
    "fill-tmpfs": FILL.format(files=200, write="file.write(bytes(1 << 20))"),
    "one-big-file": FILL.format(files=1, write="[file.write(bytes(1 << 20)) for _ in range(400)]"),
    "sparse-file": FILL.format(files=1, write="file.truncate(1 << 40); file.write(b'1')"),
    "many-files": FILL.format(files=200000, write="pass"),
    "deep-folders": "import os\nwhile True:\n    try:\n        os.mkdir('d' * 200)\n"
    "        os.chdir('d' * 200)\n    except OSError: break\n",
    "long-names": "import os\nfor length in (255, 256, 4096, 1 << 20):\n"
    "    for act in (os.mkdir, lambda n: open(n, 'w'), os.chdir, lambda n: os.symlink(n, n)):\n"
    "        try: act('n' * length)\n        except OSError: pass\n",
    "symbolic-links": "import os\nhere = os.getcwd()\nfor index, target in enumerate(\n"
    "        ('/', '/proc/1/root', '/proc/self/fd/1', '..', 'loop-3', '/etc/passwd', '/dev/sda')):\n"
    "    try: os.symlink(target, 'loop-%d' % index)\n    except OSError: pass\n"
    "try:\n    os.rmdir(here); os.symlink('/etc', here)\nexcept OSError: pass\n",
    "special-files": "import os\nfor name, mode, device in (('pipe', 0o10666, 0),\n"
    "        ('disk', 0o60666, 0x800), ('memory', 0o20666, 0x101)):\n"
    "    try: os.mknod(name, mode, device)\n    except OSError: pass\n",
    "descriptors": "import os\nfds = []\nwhile len(fds) < 1 << 20:\n"
    "    try: fds.append(os.open('/dev/null', os.O_RDONLY))\n    except OSError: break\n",
}

FLOODS = {
    "flood-stdout": "while True: print('x' * 65536)\n",
    "flood-stderr": "import sys\nwhile True: sys.stderr.write('x' * 65536)\n",
    "flood-all": "import os\nwhile True:\n    for fd in range(64):\n"
    "        try: os.write(fd, b'x' * 65536)\n        except OSError: pass\n",
    "flood-newlines": "import os\nwhile True: os.write(1, b'\\n' * 65536)\n",
    "flood-threads": "import os, threading\ndef flood():\n    while True: os.write(1, b'x' * 4096)\n"
    "for _ in range(4): threading.Thread(target=flood).start()\n",
    "splice": "import os\nr, w = os.pipe()\nos.write(w, b'x' * 4096)\nwhile True:\n"
    "    os.splice(r, 1, 4096)\n    os.write(w, b'x' * 4096)\n",
}

#: Values whose encoding, decoding or comparison could be made to take for ever.
VALUES = {
    "itself": "result = []\nresult.append(result)\n",
    "dictionary-of-itself": "result = {}\nresult[1] = result\n",
    "deep": "result = None\nfor _ in range(200000): result = [result]\n",
    "deep-tuple": "result = ()\nfor _ in range(900): result = (result,)\n",
    "billion-laughs": "result = 'ha'\nfor _ in range(40): result = [result, result]\n",
    "exponential-tuple": "result = ()\nfor _ in range(64): result = (result, result)\n",
    "colliding-set": "result = {k * (2 ** 61 - 1) for k in range(9000)}\n",
    "colliding-dictionary": "result = {k * (2 ** 61 - 1): k for k in range(9000)}\n",
    "many-nan": "result = {float('nan') for _ in range(100000)}\n",
    "long-integer": "result = 1 << (8 << 20)\n",
    "long-integers": "result = [1 << 40000] * 20000\n",
    "surrogates": "result = '\\ud800' * 10\n",
    "surrogate-pairs": "result = ['\\ud83d\\ude00', '\\udcff', '\\0']\n",
    "million-lists": "result = [[] for _ in range(10 ** 6)]\n",
    "changing-list": "import threading\nresult = [1]\n"
    "threading.Thread(target=lambda: [result.append(1) for _ in range(10 ** 8)], daemon=True).start()\n",
    "type-name": "result = type('x' * (10 << 20), (), {})()\n",
    "type-name-lines": "result = type('returned\\n0\\0\\x1b[31m' * 99, (), {})()\n",
    "type-name-surrogates": "result = type('\\ud800', (), {})()\n",
    "raises-name": "raise type('x' * (10 << 20), (Exception,), {})()\n",
    "raises-surrogates": "raise type('\\ud800', (Exception,), {})('\\ud800')\n",
    "raises-text": "raise ValueError('x' * (200 << 20))\n",
    "raises-chain": "error = None\nfor _ in range(100000):\n    new = ValueError()\n"
    "    new.__cause__ = error\n    error = new\nraise error\n",
    "raises-group": "error = ValueError()\nfor _ in range(5000): error = ExceptionGroup('', [error])\n"
    "raise error\n",
    "raises-named-int": "raise type('int', (Exception,), {'__module__': 'builtins'})(1)\n",
    "exception-meta": "class Meta(type):\n    @property\n    def __name__(cls): raise SystemExit(0)\n"
    "    __qualname__ = __name__\nclass Bad(Exception, metaclass=Meta): pass\nraise Bad\n",
}


def programs() -> list[Program]:
    """Return the programs of this family."""
    found: list[Program] = []
    for name, code in FORKS.items():
        found += attack(24, name, "makes processes without end", code, wall_seconds=0.5,
                        cpu_seconds=0.3, forms=("call", "stdio"))  # fmt: skip
    for name, code in MEMORY.items():
        found += attack(25, name, "takes memory without end", code, wall_seconds=0.8,
                        cpu_seconds=0.5, memory_bytes=GIB, forms=("call", "stdio"))  # fmt: skip
    for name, code in FILES.items():
        row = 26 if name.startswith(("fill", "many", "deep")) else 27
        found += attack(row, name, "fills or misuses the file system", code, wall_seconds=1,
                        cpu_seconds=0.6, forms=("call", "stdio"))  # fmt: skip
    for name, code in FLOODS.items():
        found += attack(27, name, "writes without end", code, wall_seconds=0.5,
                        cpu_seconds=0.3, forms=("call", "stdio"))  # fmt: skip
    for name, code in VALUES.items():
        found += attack(37, name, "a value or error that is hard to carry", code,
                        forms=("call",), cpu_seconds=1, wall_seconds=2)  # fmt: skip
    return found
