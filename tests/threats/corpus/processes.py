"""Programs that attack the processes around them (rows 22, 23, 28, 32, 33)."""

# ruff: noqa: E501  # program texts

from __future__ import annotations

from threats.program import ANY, SOLUTION, SOLUTION_STDIO, Program, attack, whole

KILLERS = {
    "kill-parent": "import posix\nposix.kill(posix.getppid(), 9)\n",
    "kill-init": "import os\nfor sign in (9, 15, 6, 11, 2, 1):\n    os.kill(1, sign)\n",
    "kill-all": "import os\nos.kill(-1, 9)\n",
    "kill-each": "import os\nfor pid in range(1, 70000):\n    if pid != os.getpid():\n"
    "        try: os.kill(pid, 9)\n        except OSError: pass\n",
    "kill-groups": "import os\nfor pid in range(1, 40000):\n    try: os.killpg(pid, 9)\n"
    "    except OSError: pass\n",
    "stop-parent": "import os\nfor pid in (os.getppid(), 1):\n    os.kill(pid, 19)\n",
    "stop-self": "import os\nos.kill(os.getpid(), 19)\n",
    "queue-signals": "import ctypes, os\nlibc = ctypes.CDLL(None)\nfor _ in range(9999):\n"
    "    for sign in (10, 12, 17, 34, 64): libc.sigqueue(os.getppid(), sign, 0)\n",
    "pidfd-kill": "import ctypes, os\nlibc = ctypes.CDLL(None)\n"
    "for pid in (os.getppid(), 1):\n    fd = libc.syscall(434, pid, 0)\n"
    "    libc.syscall(424, fd, 9, 0, 0)\n",
    "limit-parent": "import os, resource\nfor pid in (os.getppid(), 1):\n"
    "    for kind in (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_AS):\n"
    "        try: resource.prlimit(pid, kind, (1, 1))\n        except (OSError, ValueError): pass\n",
    "slow-parent": "import os\nfor pid in (os.getppid(), 1):\n"
    "    try: os.setpriority(os.PRIO_PROCESS, pid, 19)\n    except OSError: pass\n"
    "    try: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))\n"
    "    except OSError: pass\n",
    "own-group-stop": "import os\nos.killpg(0, 19)\n",
}

DAEMON = """
import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        {body}
"""
DAEMONS = {
    "holds-the-pipe": "time.sleep(600)",
    "writes-later": "time.sleep(.3); [os.write(fd, b'0\\n' * 99) for fd in range(1, 3)]",
    "writes-everywhere": "\n        while True:\n            for fd in range(256):\n"
    "                try: os.write(fd, b'1\\n')\n                except OSError: pass\n",
    "reads-everything": "\n        while True:\n            for fd in range(256):\n"
    "                try: os.set_blocking(fd, False); os.read(fd, 1 << 16)\n"
    "                except OSError: pass\n",
    "ignores-signals": "\n        import signal\n        for sign in range(1, 65):\n"
    "            try: signal.signal(sign, signal.SIG_IGN)\n"
    "            except (OSError, ValueError): pass\n        time.sleep(600)\n",
    "leaves-its-session": "os.chdir('/'); os.umask(0); time.sleep(600)",
    "keeps-forking": "\n        while True:\n            try:\n"
    "                if os.fork(): os._exit(0)\n            except OSError: pass\n",
}

STUBBORN = {
    "ignore-alarms": "import signal\nfor sign in range(1, 65):\n"
    "    try: signal.signal(sign, signal.SIG_IGN)\n    except (OSError, ValueError): pass\n"
    "while True: pass\n",
    "block-signals": "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
    "while True: pass\n",
    "swallow": "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n",
    "sleep": "import time\ntime.sleep(600)\n",
    "pause": "import signal\nsignal.pause()\n",
    "wait-for-itself": "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()\n",
    "threads-burn": "import threading\ndef burn():\n    while True: pass\n"
    "for _ in range(8): threading.Thread(target=burn).start()\n",
    "forks-burn": "import os\nfor _ in range(8):\n    if os.fork() == 0:\n        while True: pass\n"
    "os.wait()\n",
    "forks-burn-then-answer": "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n"
    "        while True: pass\ntime.sleep(60)\n",
    "hidden-children": "import os, signal, time\n"
    "try: signal.signal(signal.SIGCHLD, signal.SIG_IGN)\nexcept OSError: pass\nwhile True:\n"
    "    if os.fork() == 0:\n        end = time.process_time() + 0.03\n"
    "        while time.process_time() < end: pass\n        os._exit(0)\n"
    "    time.sleep(0.04)\n",
    "lower-limits": "import resource, signal\nfor kind in (0, 15):\n"
    "    resource.setrlimit(kind, (1, 1))\nsignal.signal(24, signal.SIG_IGN)\n"
    "while True: pass\n",
    "raise-limits": "import resource\nfor kind in range(16):\n"
    "    try: resource.setrlimit(kind, (-1, -1))\n    except (OSError, ValueError): pass\n"
    "while True: pass\n",
    "c-loop": "result = 9 ** 9 ** 9\n",
    "regular-expression": "import re\nre.match('(a+)+$', 'a' * 64 + 'b')\n",
    "exception-text": "class Slow(Exception):\n    def __str__(self):\n        while True: pass\n"
    "    __repr__ = __str__\nraise Slow\n",
    "exception-hash": "class Slow(Exception):\n    def __getattribute__(self, name):\n"
    "        while True: pass\nraise Slow\n",
    "slow-del": "class Slow:\n    def __del__(self):\n        while True: pass\nSlow()\n",
    "endless-atexit": "import atexit, time\natexit.register(time.sleep, 600)\n",
    "endless-thread": "import threading, time\n"
    "threading.Thread(target=time.sleep, args=(600,)).start()\n",
    "clocks": "import time\nfor name in ('time', 'monotonic', 'perf_counter', 'process_time'):\n"
    "    setattr(time, name, lambda: 0.0)\ntime.sleep = lambda seconds: None\nwhile True: pass\n",
}

#: What would harm the next program if the two shared anything.
LEGACY = {
    "builtins": "import builtins\nbuiltins.int = builtins.print = builtins.input = "
    "lambda *a, **k: 7\nbuiltins.len = lambda x: 7\n",
    "numpy": "import numpy\nnumpy.array = numpy.sum = lambda *a, **k: 7\n",
    "modules": "import sys, types\nsys.modules['math'] = types.ModuleType('math')\n"
    "sys.path.insert(0, '/tmp')\n",
    "files": "import os\nfor folder in ('.', '/tmp', '/dev/shm', '/var/tmp', '/run', '/'):\n"
    "    try: open(os.path.join(folder, 'left-behind'), 'w').write('7')\n"
    "    except OSError: pass\n",
    "environment": "import os\nos.environ['LEFT_BEHIND'] = '7'\n",
    "shared-memory": "import mmap, os\nfrom multiprocessing import shared_memory\n"
    "shared_memory.SharedMemory('left-behind', True, 64)\n",
    "system-v": "import ctypes\nlibc = ctypes.CDLL(None)\nlibc.shmget(4711, 4096, 0o1666)\n"
    "libc.semget(4711, 1, 0o1666)\nlibc.msgget(4711, 0o1666)\n",
    "abstract-socket": "import os, socket, time\nif os.fork() == 0:\n    os.setsid()\n"
    "    line = socket.socket(socket.AF_UNIX)\n    line.bind('\\0left-behind')\n"
    "    line.listen()\n    time.sleep(600)\n",
    "limits": "import resource\nfor kind in range(16):\n"
    "    try: resource.setrlimit(kind, (0, resource.getrlimit(kind)[1]))\n"
    "    except (OSError, ValueError): pass\n",
    "hard-limits": "import os, resource\n"
    "resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))\nresource.setrlimit(0, (1, 1))\n",
    "affinity": "import os\nfor pid in (0, os.getppid(), 1):\n"
    "    try: os.sched_setaffinity(pid, {0})\n    except OSError: pass\n",
    "folder": "import os\nos.umask(0o777)\nos.chdir('/')\n"
    "try: os.chmod('/tmp', 0)\nexcept OSError: pass\n"
    "try: os.rmdir(os.getcwd())\nexcept OSError: pass\n",
    "nonblocking": "import fcntl, os\nfor fd in range(256):\n"
    "    try: fcntl.fcntl(fd, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND | os.O_ASYNC)\n"
    "    except OSError: pass\n",
    "pipe-size": "import fcntl\nfor fd in range(256):\n"
    "    try: fcntl.fcntl(fd, 1031, 4096)\n    except OSError: pass\n",
    "owner": "import fcntl, os\nfor fd in range(256):\n    for command in (8, 10):\n"
    "        try: fcntl.fcntl(fd, command, 9 if command == 10 else os.getppid())\n"
    "        except OSError: pass\n",
    "shutdown": "import os, socket\nfor fd in range(256):\n    try:\n"
    "        line = socket.socket(fileno=os.dup(fd))\n        line.shutdown(2)\n"
    "    except OSError: pass\n",
    "truncate": "import os\nfor fd in range(256):\n    for act in (lambda: os.ftruncate(fd, 0),\n"
    "                lambda: os.lseek(fd, 0, 2), lambda: os.fchmod(fd, 0)):\n"
    "        try: act()\n        except OSError: pass\n",
    "locks": "import fcntl\nfor fd in range(256):\n    for lock in (fcntl.flock, fcntl.lockf):\n"
    "        try: lock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)\n        except OSError: pass\n",
    "drain": "import os\nfor fd in range(256):\n    try:\n        os.set_blocking(fd, False)\n"
    "        while os.read(fd, 1 << 16): pass\n    except OSError: pass\n",
    "terminal": "import fcntl, os\nfor name in ('/dev/tty', '/dev/console', '/dev/pts/0'):\n"
    "    try:\n        fd = os.open(name, os.O_RDWR)\n"
    "        for letter in b'exit\\n': fcntl.ioctl(fd, 0x5412, bytes([letter]))\n"
    "    except OSError: pass\n",
    "close-all": "import os\nos.closerange(0, 1 << 16)\n",
    "rights": "import array, os, socket\nfor fd in range(256):\n    try:\n"
    "        line = socket.socket(fileno=os.dup(fd))\n"
    "        line.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,\n"
    "            array.array('i', [0] * 200))], socket.MSG_DONTWAIT)\n"
    "        line.sendmsg([b'x'], [(socket.SOL_SOCKET, 2, bytes(12))])\n"
    "    except OSError: pass\n",
}


def programs() -> list[Program]:
    """Return the programs of this family."""
    found: list[Program] = []
    for name, code in KILLERS.items():
        found += attack(22, name, "signals every process it can", code, wall_seconds=1)
    found += whole(
        22, "right-then-kill", "answers, and kills its parent", allowed=ANY,
        function=SOLUTION.replace("    return", "    import os; os.kill(os.getppid(), 9)\n    return"),
        stdio=f"{SOLUTION_STDIO}import os\nos.kill(os.getppid(), 9)\n", wall_seconds=1,
    )  # fmt: skip
    for name, body in DAEMONS.items():
        code = DAEMON.format(body=body)
        found += attack(23, name, "leaves a daemon", code, wall_seconds=1)
        found += whole(
            23, f"right-and-{name}", "answers, and leaves a daemon", allowed=ANY,
            function=code + SOLUTION, stdio=SOLUTION_STDIO + code, wall_seconds=1,
        )  # fmt: skip
    for name, code in STUBBORN.items():
        row = 33 if name == "clocks" else 28
        seconds = 4 if name == "lower-limits" else 0.2  # the kernel's clock ticks in seconds
        found += attack(row, name, "does not end", code, cpu_seconds=seconds, wall_seconds=2 * seconds,
                        forms=("call", "stdio"))  # fmt: skip
    for name, code in LEGACY.items():
        found += attack(32, name, "spoils the next program", code)
        found += whole(
            32, f"right-and-{name}", "answers, and spoils the next program", allowed=ANY,
            function=code + SOLUTION, stdio=SOLUTION_STDIO + code,
        )  # fmt: skip
    return found
