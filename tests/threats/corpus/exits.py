"""Programs that leave before, or instead of, answering (rows 3, 4, 5, 6, 31, 34)."""

from __future__ import annotations

from threats.program import (
    ANY,
    CAUGHT,
    SOLUTION,
    SOLUTION_STDIO,
    Program,
    Task,
    attack,
    whole,
)

LEAVE = {
    "sys-exit": (3, "import sys\nsys.exit(0)\n"),
    "quit": (
        3,
        "import builtins\ngetattr(builtins, 'quit', exit if 'exit' in dir() else None)()\n",
    ),
    "system-exit": (4, "raise SystemExit(0)\n"),
    "system-exit-text": (4, "raise SystemExit('passed')\n"),
    "keyboard-interrupt": (4, "raise KeyboardInterrupt\n"),
    "generator-exit": (4, "raise GeneratorExit\n"),
    "base-exception": (4, "class Out(BaseException): pass\nraise Out\n"),
    "stop-iteration": (4, "raise StopIteration(1)\n"),
    "skip-test": (4, "import unittest\nraise unittest.SkipTest('later')\n"),
    "posix-exit": (5, "import posix\nposix._exit(0)\n"),
    "os-exit-print": (5, "import os, sys\nprint('ok')\nsys.stdout.flush()\nos._exit(0)\n"),
    "ctypes-exit": (5, "import ctypes\nctypes.CDLL(None).exit(0)\n"),
    "syscall-exit-group": (5, "import ctypes\nctypes.CDLL(None).syscall(231, 0)\n"),
    "exit-in-thread": (
        5,
        "import os, threading\nt = threading.Thread(target=os._exit, args=(0,))\n"
        "t.start()\nt.join()\n",
    ),
    "atexit": (5, "import atexit, os\natexit.register(os._exit, 0)\nassert False\n"),
    "excepthook": (5, "import os, sys\nsys.excepthook = lambda *a: os._exit(0)\nassert False\n"),
    "exit-in-del": (
        5,
        "import os\nclass A:\n    def __del__(self): os._exit(0)\na = A()\nassert False\n",
    ),
    "exec-true": (5, "import os\nos.execv('/bin/true', ['true'])\n"),
    "exec-python": (
        5,
        "import os, sys\nos.execv(sys.executable, [sys.executable, '-c', 'print(0)'])\n",
    ),
    "abort": (5, "import os\nos.abort()\n"),
    "kill-self": (5, "import os\nos.kill(os.getpid(), 9)\n"),
    "terminate-self": (5, "import os\nos.kill(os.getpid(), 15)\n"),
    "kill-own-group": (22, "import os\nos.killpg(0, 9)\n"),
    "segmentation-fault": (5, "import ctypes\nctypes.string_at(8)\n"),
    "overwrite-object": (
        5,
        "import ctypes\nctypes.memset(id(int), 0, 256)\nresult = int('1') + len([1])\n",
    ),
    "deep-recursion": (
        5,
        "import sys\nsys.setrecursionlimit(2 ** 30)\n"
        "class A:\n    def __getattr__(self, name): return getattr(self, name)\n"
        "def deep(n): return repr(deep2(n + 1))\n"
        "def deep2(n): return max([n], key=lambda m: deep3(m))\n"
        "def deep3(n): return sorted([n], key=deep2)[0]\n"
        "import threading\nthreading.stack_size(64 * 1024)\n"
        "t = threading.Thread(target=deep3, args=(0,))\nt.start()\nt.join()\n",
    ),
    "c-recursion": (
        5,
        "import ast\nvalue = None\nfor _ in range(10 ** 6): value = [value]\n"
        "import pickle, copy\nresult = repr(value)\n",
    ),
    "bad-bytecode": (
        5,
        "import types\ncode = (lambda: 0).__code__\n"
        "eval(code.replace(co_code=bytes([100, 255]) * 9, co_stacksize=1))\n",
    ),
    "say-passed": (6, "print('All tests passed')\nimport sys\nsys.exit(0)\n"),
    "say-passed-everywhere": (
        6,
        "import os\nfor fd in range(64):\n    try: os.write(fd, b'All tests passed\\nOK\\n1\\n')\n"
        "    except OSError: pass\nos._exit(0)\n",
    ),
}

LINES = Task("lines", stdin=("",), stdout=("1\n2\n3\n",))
PARTIAL = {
    "first-line-only": "print(1)\n",
    "more-lines": "print(1)\nprint(2)\nprint(3)\nprint(4)\n",
    "one-line": "print('1 2 3')\n",
    "two-answers": "print('1\\n2\\n4')\nprint('1\\n2\\n3')\n",
    "overwritten-line": "print('9\\r1\\n2\\n3')\n",
    "backspaces": "print('9\\b1\\n2\\n3')\n",
    "null-bytes": "print('1\\n2\\n3\\0')\n",
    "on-stderr": "import sys\nprint('1\\n2\\n3', file=sys.stderr)\n",
    "decimals": "print('1.0\\n2.0\\n3.0')\n",
    "words": "print('one\\ntwo\\nthree')\n",
    "nan": "print('nan\\nnan\\nnan')\n",
    "digits-of-another-script": "print('\\u0661\\n\\u0662\\n\\u0663')\n",
    "not-utf8": "import sys\nsys.stdout.buffer.write(b'1\\n2\\n3\\xff\\n')\n",
}

#: The right answer, and then a failure: what was observed is recorded, policy decides.
AFTERWARDS = {
    "exit-one": (34, "import sys\nsys.exit(1)\n", "a program that failed is no solution"),
    "raises": (34, "raise RuntimeError('after the answer')\n", "the same by an exception"),
    "killed": (34, "import os, sys\nsys.stdout.flush()\nos.kill(os.getpid(), 9)\n", "by a signal"),
}


def programs() -> list[Program]:
    """Return the programs of this family."""
    found: list[Program] = []
    for name, (row, code) in LEAVE.items():
        found += attack(row, name, "leaves without an answer", code)
    for name, text in PARTIAL.items():
        allowed = ANY if name == "decimals" else CAUGHT  # numbers may be compared as numbers
        found += whole(31, name, "part of the output", stdio=text, task=LINES, allowed=allowed)
    for name, (row, code, tries) in AFTERWARDS.items():
        # Process 1 of a namespace does not hear its own SIGKILL, and ends well.
        allowed = ANY if name == "killed" else CAUGHT
        found += whole(row, name, tries, stdio=SOLUTION_STDIO + code, allowed=allowed)
    hook = "import atexit, os\natexit.register(os._exit, 1)\n"
    found += whole(34, "exit-hook", "right, and a failing hook", function=hook + SOLUTION,
                   allowed=ANY)  # fmt: skip
    counted = (
        "calls = []\ndef f(n):\n    calls.append(n)\n"
        "    if len(calls) > 1:\n        import os\n        os._exit(0)\n"
        "    return (n * 2654435761 + 12345) % 1000003\n"
    )
    found += whole(3, "leaves-after-the-first", "right once, then gone", function=counted)
    return found
