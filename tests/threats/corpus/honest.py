"""Honest programs, plain and unusual: every one must pass."""

# ruff: noqa: E501  # program texts

from __future__ import annotations

import collections
from typing import Any

from threats.program import (
    CORRECT,
    HASH,
    SOLUTION,
    SOLUTION_STDIO,
    Program,
    Task,
    whole,
)

BIG = 3**20000  # 9,543 digits: more than Python's limit of conversion
LONG_TEXT = "reasoning " * 11_000_000  # 110 MB
LONG_LIST = list(range(0, 3_000_000, 3))


def _deep(depth: int) -> list[Any]:
    """Return the empty list in as many lists."""
    return [_deep(depth - 1)] if depth else []


#: Name, body of the function of no arguments, and what it returns.
VALUES: tuple[tuple[str, str, Any], ...] = (
    ("tuple", "return (1, 'a', (2.5, None))", (1, "a", (2.5, None))),
    ("set", "return {3, 1, 2}", {1, 2, 3}),
    ("set-of-tuples", "return {(1, 'a'), (2, 'b')}", {(2, "b"), (1, "a")}),
    ("frozenset", "return frozenset('abc')", frozenset("abc")),
    ("set-of-frozensets", "return {frozenset({1}), frozenset()}", {frozenset(), frozenset({1})}),
    ("float", "return 0.1 + 0.2", 0.1 + 0.2),
    ("tiny-float", "return 5e-324", 5e-324),
    ("infinity", "return [float('inf'), float('-inf')]", [float("inf"), float("-inf")]),
    ("nan", "return float('nan')", float("nan")),
    ("nan-inside", "return [1.0, float('nan')]", [1.0, float("nan")]),
    ("negative-zero", "return 0.0 * -1 + 0.0", 0.0),
    ("complex", "return complex(1, -2)", complex(1, -2)),
    ("big-integer", "return 3 ** 20000", BIG),
    ("big-integers", "return [-(3 ** 20000), 2 ** 64, -1]", [-BIG, 2**64, -1]),
    ("big-key", "return {3 ** 20000: True}", {BIG: True}),
    ("bytes", "return bytes(range(256))", bytes(range(256))),
    ("none", "return None", None),
    ("nothing", "pass", None),
    ("true", "return 1 < 2", True),
    ("empty", "return [(), [], {}, set(), '', b'']", [(), [], {}, set(), "", b""]),
    ("unicode", "return 'zażółć 日本 \\U0001f600 \\0'", "zażółć 日本 \U0001f600 \0"),
    ("dictionary", "return {'b': [1], 2: (3,), None: {}}", {None: {}, 2: (3,), "b": [1]}),
    (
        "counter",
        "from collections import Counter\n    return Counter('hello')",
        collections.Counter("hello"),
    ),
    ("deque", "from collections import deque\n    return deque([1, 2])", collections.deque([1, 2])),
    ("long-text", "return 'reasoning ' * 11_000_000", LONG_TEXT),
    ("long-list", "return list(range(0, 3_000_000, 3))", LONG_LIST),
    ("deep-list", "x = []\n    for _ in range(40): x = [x]\n    return x", _deep(40)),
    (
        "numpy",
        "import numpy as np\n    return np.arange(10).cumsum().tolist()",
        [0, 1, 3, 6, 10, 15, 21, 28, 36, 45],
    ),
    (
        "numpy-linear-algebra",
        "import numpy as np\n    return round(float(np.linalg.det(np.eye(50) * 1.1)), 6)",
        round(1.1**50, 6),
    ),
    (
        "recursion",
        "import sys\n    sys.setrecursionlimit(20000)\n"
        "    def g(n): return 0 if n == 0 else 1 + g(n - 1)\n    return g(15000)",
        15000,
    ),
    (
        "threads",
        "import threading\n    out = []\n"
        "    ts = [threading.Thread(target=out.append, args=(i,)) for i in range(8)]\n"
        "    for t in ts: t.start()\n    for t in ts: t.join()\n    return sorted(out)",
        list(range(8)),
    ),
    (
        "thread-pool",
        "from concurrent.futures import ThreadPoolExecutor\n"
        "    with ThreadPoolExecutor(4) as pool: return list(pool.map(abs, [-1, -2]))",
        [1, 2],
    ),
    (
        "asyncio",
        "import asyncio\n    async def g(): await asyncio.sleep(0); return 7\n"
        "    return asyncio.run(g())",
        7,
    ),
    (
        "libraries",
        "import re, itertools, functools, heapq, bisect, math, random, string, datetime, json\n"
        "    import decimal, fractions, statistics, typing, dataclasses, enum, hashlib\n"
        "    return hashlib.md5(b'').hexdigest()",
        "d41d8cd98f00b204e9800998ecf8427e",
    ),
    (
        "temporary-file",
        "import tempfile, os\n    with tempfile.NamedTemporaryFile('w+') as file:\n"
        "        file.write('7'); file.seek(0); return file.read()",
        "7",
    ),
    (
        "prints-too",
        "import sys\n    print('thinking' * 100)\n    print('aloud', file=sys.stderr)\n"
        "    return 1",
        1,
    ),
    ("slow", "s = 0\n    for i in range(2_000_000): s += i\n    return s", 1999999000000),
    ("sleeps", "import time\n    time.sleep(0.2)\n    return 1", 1),
    ("memory", "x = bytearray(400 << 20)\n    return len(x)", 400 << 20),
    ("closes-stdout", "import sys\n    sys.stdout.close()\n    return 1", 1),
    ("catches", "try: return 1 // 0\n    except ZeroDivisionError: return 'zero'", "zero"),
    ("seeded", "import random\n    random.seed(4)\n    return random.randrange(9999)", 3867),
)

ARGUMENTS: tuple[tuple[str, str, tuple[Any, ...], Any], ...] = (
    ("takes-tuple", "def f(x): return type(x).__name__", ((1, 2),), "tuple"),
    ("takes-set", "def f(x): return sorted(x)", ({3, 1},), [1, 3]),
    ("takes-nan", "def f(x): return x != x", (float("nan"),), True),
    ("takes-big", "def f(x): return x % 97", (3**9000,), 3**9000 % 97),
    ("takes-nested", "def f(x): return x[0][1]", ([(1, {"a": 2})],), {"a": 2}),
    ("takes-text", "def f(x): return x[::-1]", ("añ\0\U0001f600",), "\U0001f600\0ña"),
    ("changes-input", "def f(x):\n    x.append(1)\n    return x", ([],), [1]),
    ("identity", "def f(x): return x", ([1, (2, 3), {4}, {5: b"6"}],), [1, (2, 3), {4}, {5: b"6"}]),
)

#: Name, program, and (input, output) of each test.
READERS: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("sum", "print(sum(map(int, input().split())))", (("1 2 3\n", "6\n"), ("4\n", "4\n"))),
    (
        "main-guard",
        "import sys\ndef main():\n    print(len(sys.stdin.readlines()))\n"
        "if __name__ == '__main__':\n    main()",
        (("a\nb\n", "2\n"),),
    ),
    (
        "buffer",
        "import sys\nd = sys.stdin.buffer.read().split()\nsys.stdout.buffer.write(d[-1])",
        (("a b c", "c\n"),),
    ),
    ("open-zero", "print(open(0).read().strip()[::-1])", (("abc\n", "cba\n"),)),
    ("exit-zero", "import sys\nprint(5)\nsys.exit(0)", (("", "5\n"),)),
    ("exit", "print(5)\nexit()", (("", "5\n"),)),
    ("trailing-space", "print('1 2 ')\nprint()", (("", "1 2\n"),)),
    ("no-newline", "print(7, end='')", (("", "7\n"),)),
    ("until-end", "try:\n    while True: print(input())\nexcept EOFError: pass", (("a\nb", "a\nb\n"),)),
    ("unicode", "print(input().upper())", (("zażółć\n", "ZAŻÓŁĆ\n"),)),
    ("on-stderr-too", "import sys\nprint('x' * 9999, file=sys.stderr)\nprint(1)", (("", "1\n"),)),
    ("big-integer", "import sys\nsys.set_int_max_str_digits(0)\nprint(3 ** 20000 % 1000)",
     (("", "1\n"),)),
    ("large-input", "import sys\nprint(len(sys.stdin.read()))", (("x" * 3_000_000, "3000000\n"),)),
    ("ignores-input", "print(1)", (("x" * 3_000_000, "1\n"),)),
    ("large-output", "print('0123456789' * 2_000_000)", (("", "0123456789" * 2_000_000 + "\n"),)),
    (
        "recursion",
        "import sys, threading\nsys.setrecursionlimit(10 ** 6)\nthreading.stack_size(64 << 20)\n"
        "def g(n): return 0 if n == 0 else 1 + g(n - 1)\n"
        "def main(): print(g(20000))\nt = threading.Thread(target=main)\nt.start()\nt.join()",
        (("", "20000\n"),),
    ),
    ("numpy", "import numpy as np\nprint(np.array([1, 2]).sum())", (("", "3\n"),)),
    ("many-tests", "print(int(input()) + 1)", tuple((f"{n}\n", f"{n + 1}\n") for n in range(30))),
)  # fmt: skip


def programs() -> list[Program]:
    """Return the honest programs."""
    found = whole(0, "hash", "the plain solution", function=SOLUTION, stdio=SOLUTION_STDIO,
                  task=HASH, allowed=CORRECT)  # fmt: skip
    for name, body, value in VALUES:
        task = Task(name, args=((),), expected=(value,))
        found += whole(0, name, "honest", function=f"def f():\n    {body}\n", task=task,
                       allowed=CORRECT, wall_seconds=8, cpu_seconds=4,
                       output_bytes=1 << 30)  # fmt: skip
    for name, text, args, value in ARGUMENTS:
        task = Task(name, args=(args, args), expected=(value, value))
        found += whole(0, name, "honest", function=text, task=task, allowed=CORRECT)
    for name, text, tests in READERS:
        task = Task(name, stdin=tuple(t[0] for t in tests), stdout=tuple(t[1] for t in tests))
        found += whole(0, name, "honest", stdio=text, task=task, allowed=CORRECT,
                       wall_seconds=8, cpu_seconds=4, output_bytes=128 << 20)  # fmt: skip
    method = (
        "class Solution:\n    def f(self, n):\n        return (n * 2654435761 + 12345) % 1000003\n"
    )
    found += whole(0, "method", "honest", function=f"{method}f = Solution().f\n", allowed=CORRECT)
    return found
