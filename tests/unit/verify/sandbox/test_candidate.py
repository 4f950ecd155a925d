"""Programs in function and in stdio style: what comes back of honest ones, and of failing ones."""

from __future__ import annotations

import pytest

from boundary.verify.sandbox import wire
from sandboxed import Run, job, script, values


def test_arguments_and_results_keep_their_types(run: Run) -> None:
    given = ((1, 2.5), {3}, {"k": [None, True]}, 10**5000, b"\x00", "é\ud800", 1 - 2j, -0.0)
    (found,) = values(run(job("def f(*args): return args", given)))
    assert found == given
    assert [type(item) for item in found] == [type(item) for item in given]
    assert str(found[-1]) == "-0.0"


def test_each_call_gets_its_arguments_anew(run: Run) -> None:
    program = "seen = []\ndef f(x):\n    x.append(0)\n    seen.append(1)\n    return x, len(seen)"
    assert values(run(job(program, ([1],), ([1],)))) == [([1, 0], 1), ([1, 0], 2)]


def test_a_method_gets_an_object_of_its_own_each_time(run: Run) -> None:
    program = (
        "class Solution:\n    def __init__(self): self.n = 0\n"
        "    def f(self):\n        self.n += 1\n        return self.n"
    )
    assert values(run(job(program, (), (), entry="Solution.f"))) == [1, 1]


def test_main_runs_in_stdio_style_only(run: Run) -> None:
    program = "x = 1\nif __name__ == '__main__':\n    x = 2\n    print(x)\ndef f(): return x"
    assert values(run(job(program))) == [1]
    (record,) = run(script(program)).records
    assert (record.payload, record.status) == (b"2\n", 0)


def test_modules_classes_and_annotations_work_as_in_a_file(run: Run) -> None:
    program = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        "import numpy as np, math, collections, asyncio\n"
        "@dataclass\nclass P:\n    x: int\n    y: list[int]\n"
        "async def g(): return 4\n"
        "def f(): return P(1, [2]).x, int(np.arange(4).sum()), asyncio.run(g())"
    )
    assert values(run(job(program))) == [(1, 6, 4)]


def test_exceptions_are_records_whatever_their_kind(run: Run) -> None:
    program = (
        "class Odd(BaseException): pass\n"
        "def f(n):\n"
        "    if n == 0: return 5\n"
        "    raise (SystemExit(0), KeyboardInterrupt(), Odd('no'), RecursionError())[n - 1]"
    )
    outcome = run(job(program, *((n,) for n in range(5))))
    assert outcome.end == "finished"
    texts = [record.payload.decode() for record in outcome.records[1:]]
    assert [record.kind for record in outcome.records] == ["returned"] + ["raised"] * 4
    assert texts == ["SystemExit: 0", "KeyboardInterrupt", "program.Odd: no", "RecursionError"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("return object()", "object"),
        ("return type('I', (int,), {'__eq__': lambda s, o: True})(1)", "program.I"),
        ("return [1, lambda: 0]", "function"),
        ("import numpy; return numpy.zeros(1)", "numpy.ndarray"),
    ],
)
def test_what_is_not_plain_is_named(run: Run, text: str, name: str) -> None:
    (record,) = run(job(f"def f():\n    {text}")).records
    assert (record.kind, record.payload.decode()) == ("nonplain", name)


def test_a_long_result_comes_as_its_digest(run: Run) -> None:
    import hashlib

    (record,) = run(job("def f(n): return list(range(n))", (1000,), digest_above=200)).records
    encoding = wire.encode(list(range(1000)))
    assert (record.kind, record.length) == ("digest", len(encoding))
    assert record.payload == hashlib.sha256(encoding).digest()


def test_a_large_result_passes(run: Run) -> None:
    asked = job(
        "def f(n): return list(range(n))",
        (1_000_000,),
        digest_above=1 << 30,
        output_bytes=1 << 26,
    )
    assert values(run(asked)) == [list(range(1_000_000))]


@pytest.mark.parametrize(
    ("program", "detail"),
    [
        ("def f(:", "SyntaxError: invalid syntax"),
        ("x = 1", "NameError: the program defines no f"),
        ("raise ValueError('no')", "ValueError: no"),
        ("import sys; sys.exit(0)", "SystemExit: 0"),
        ("\0", "source code string cannot contain null bytes"),
        ("import os; os._exit(0)", "ended with exit status 0 after 0 of 1 tests"),
        ("import os; os.abort()", "ended by signal"),
        ("import ctypes; ctypes.string_at(0)", "ended by signal 11"),
    ],
)
def test_a_program_without_records_is_an_error(run: Run, program: str, detail: str) -> None:
    outcome = run(job(program))
    assert (outcome.end, outcome.records) == ("error", ())
    assert outcome.detail is not None
    assert detail in outcome.detail


def test_what_came_before_the_end_is_kept(run: Run) -> None:
    program = "import os\ndef f(n):\n    if n == 2: os._exit(0)\n    return n"
    outcome = run(job(program, (0,), (1,), (2,), (3,)))
    assert outcome.end == "error"
    assert [wire.decode(record.payload) for record in outcome.records] == [0, 1]
    assert outcome.detail == "ended with exit status 0 after 2 of 4 tests"


def test_detail_is_short_and_hides_nothing(run: Run) -> None:
    outcome = run(job("raise ValueError('\\x1b[31m\\u202e\\n' + 'x' * 10**6)"))
    assert outcome.detail is not None
    assert len(outcome.detail) < 1000
    assert outcome.detail.startswith("ValueError: ⟨U+001B⟩[31m⟨U+202E⟩ xxx")


def test_scripts_read_and_print(run: Run) -> None:
    program = "import sys\nfor line in sys.stdin: print(int(line) * 2)\nsys.stderr.write('x')"
    outcome = run(script(program, "1\n2\n", "", "3"))
    assert [record.payload for record in outcome.records] == [b"2\n4\n", b"", b"6\n"]
    assert {record.status for record in outcome.records} == {0}


@pytest.mark.parametrize(
    ("program", "payload", "status"),
    [
        ("print(1); raise SystemExit", b"1\n", 0),
        ("print(1); exit(4)", b"1\n", 4),
        ("print(1); exit('message')", b"1\n", 1),
        ("print(1); 1 / 0", b"1\n", 1),
        ("import os; os.write(1, b'raw'); os._exit(7)", b"raw", 7),
        ("import atexit; atexit.register(print, 'late'); print(1)", b"1\nlate\n", 0),
        ("import threading as t\nt.Thread(target=print, args=('on',)).start()", b"on\n", 0),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", b"\xff", 0),
        ("print('\\u00e9')", "é\n".encode(), 0),
    ],
)
def test_scripts_end_as_in_a_terminal(run: Run, program: str, payload: bytes, status: int) -> None:
    (record,) = run(script(program)).records
    assert (record.payload, record.status) == (payload, status)


def test_random_numbers_and_hashes_repeat(run: Run) -> None:
    program = (
        "import random, numpy\n"
        "def f(): return random.random(), float(numpy.random.rand()), hash('text')"
    )
    assert values(run(job(program))) == values(run(job(program)))


def test_the_environment_is_bare(run: Run) -> None:
    program = (
        "import os, sys, time\n"
        "def f(): return dict(os.environ), time.tzname[0], os.getcwd(), os.listdir('.'), "
        "os.uname().nodename, sys.argv"
    )
    ((environment, zone, folder, files, name, arguments),) = values(run(job(program)))
    assert set(environment) <= {
        "PYTHONHASHSEED", "PYTHONUTF8", "LC_ALL", "TZ", "HOME", "PWD", "LD_LIBRARY_PATH",
        "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
        "VECLIB_MAXIMUM_NUM_THREADS",
    }  # fmt: skip
    assert (zone, folder, files) == ("UTC", "/box/job/work", [])
    assert (name, arguments) == ("sandbox", ["<program>"])
