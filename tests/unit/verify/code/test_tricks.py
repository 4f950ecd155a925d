"""Tricks are found by name, and honest programs have none."""

from __future__ import annotations

from typing import Any

import pytest

from boundary.verify.code.tricks import scan

TRICKS = {
    "import os\nos._exit(0)": "exit",
    "from os import _exit as leave\nleave(0)": "exit",
    "import posix as p\np._exit(0)": "exit",
    "import sys\ndef f(): sys.exit(0)": "exit",
    "def f(): raise SystemExit(0)": "exit",
    "import sys\nx = sys._getframe(1).f_locals": "frames",
    "try: 1/0\nexcept Exception as e: e.__traceback__.tb_frame.f_back": "frames",
    "import gc\ngc.get_objects()": "gc",
    "class A:\n    def __eq__(self, o): return True": "equality-overload",
    "class A(int):\n    __eq__ = lambda s, o: True": "equality-overload",
    "import numpy as np\nnp.allclose = lambda *a, **k: True": "patching",
    "import json\nsetattr(json, 'loads', print)": "patching",
    "import sys\nsys.modules['numpy'] = None": "patching",
    "import builtins\nbuiltins.len = lambda x: 0": "patching",
    "import time\ntime.time = lambda: 0": "clock-patching",
    "import signal\nsignal.alarm(0)": "signals",
    "import subprocess\nsubprocess.run(['ls'])": "processes",
    "import os\nos.fork()": "processes",
    "import os\nos.execv('a', [])": "processes",
    "import ctypes": "native-code",
    "import socket": "network",
    "import atexit\natexit.register(print)": "exit-hooks",
    "open('/proc/self/environ')": "system-files",
    "def f(): return open(__file__).read()": "files",
    "import os\nos.write(3, b'')": "descriptors",
    "import os\nos.dup2(1, 2)": "descriptors",
    "print('All tests passed')": "verdict-text",
    "p = 'conftest.py'": "test-files",
    "import os\nos.environ['A']": "environment",
    "exec('x = 1')": "dynamic-code",
    "(lambda: 0).__globals__": "introspection",
    "import pytest": "test-framework",
    "class A:\n    def __reduce__(self): return (print, ())": "pickle",
}


@pytest.mark.parametrize("source", TRICKS)
def test_tricks_are_named(source: str) -> None:
    found = scan(source, True, [])
    assert found is not None
    if TRICKS[source] not in ("pickle", "test-framework"):
        assert TRICKS[source] in found[0]


HONEST = {
    True: [
        "import math\nfrom collections import Counter\ndef f(x): return Counter(x).most_common(1)",
        "class P:\n    x = 1\n    def __eq__(self, o): return self.x == o.x",
        "def f(xs):\n    open_ = xs[0]\n    return sorted(xs)[open_:]",
        "class T:\n    def f(self): self.time = 1; return self.time",
    ],
    False: [
        "import sys\ninput = sys.stdin.readline\nsys.setrecursionlimit(10**6)\nprint(input())",
        "import sys\nif not input(): sys.exit()\nexit(0)",
        "data = open(0).read()",
        "data = open('/dev/fd/0').read()\nout = open('/dev/stdout', 'w')",
        "import os, sys\nos.write(1, b'x')\nsys.stdout.write('a')",
        "import threading\nthreading.Thread(target=print).start()",
        "import sys, io\nsys.stdin = io.StringIO('')",
    ],
}


@pytest.mark.parametrize(("function", "source"), [(k, s) for k, own in HONEST.items() for s in own])
def test_honest_programs_have_none(function: bool, source: str) -> None:
    assert scan(source, function, []) == ([], 0)


@pytest.mark.parametrize(
    ("source", "visible", "hits"),
    [
        ("K = {(1, 2): 3, (): 0}", [([1, 2],), ([],)], 2),
        ("def f(x):\n if x == 'abc': return 1\n if x == 7: return 2", [("abc",), (7,), (8,)], 2),
        ("def f(x, y):\n    return {(1, 2): 3, (4, 5): 6}[x, y]", [(1, 2), (4, 5)], 2),
        ("def f(x):\n    return x + 1", [(1,), (2,)], 0),
        ("def f(x):\n match x:\n  case 10: return 1\n  case 20: return 2", [(10,), (20,)], 2),
        ("def f(x):\n    return sum(x) * 2 + 1", [([1, 2],), ([2],)], 0),
        ("def f(x):\n    vowels = 'aeiou'\n    return x in vowels", [("a",), ("b",)], 0),
        ("def f(x):\n    if x in ([1, 2, 3], [4, 5]): return 1", [([1, 2, 3],), ([4, 5],)], 2),
    ],
)  # fmt: skip
def test_visible_inputs_among_the_literals(source: str, visible: list[Any], hits: int) -> None:
    found = scan(source, True, visible)
    assert found is not None
    assert found[1] == hits


def test_what_does_not_parse_says_so() -> None:
    assert scan("def f(:", True, []) is None
    assert scan("-" * 100_000 + "1", True, []) is None
    assert scan("a\0b", True, []) is None
