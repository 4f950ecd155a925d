"""Values whose class adds nothing are what they hold; classes that compare by own rules are not."""

from __future__ import annotations

import pytest

from boundary.verify.sandbox import plain, wire
from sandboxed import Run, job

TOP = (
    "import collections, enum, typing, fractions, http\nimport numpy as np\n"
    "Pair = collections.namedtuple('Pair', 'a b')\n"
    "class Typed(typing.NamedTuple):\n    a: int\n    b: list\n"
    "class Colour(enum.IntEnum):\n    RED = 1\n"
    "class Word(str, enum.Enum):\n    YES = 'yes'\n"
    "class Name(str):\n    def __lt__(self, other): return self + other < other + self\n"
    "class Lazy(dict):\n    def __missing__(self, key): return 0\n"
    "class Stack(list):\n    push = list.append\n"
    "class Wide(np.float64): pass\n"
    "class Deaf(str):\n    def __str__(self): return 'other'\n    def __iter__(self): yield 'b'\n"
    "class Short(list):\n    def __len__(self): return 0\n    def __getitem__(self, at): return 7\n"
)
VALUES = {
    "np.float64(2.5)": 2.5,
    "np.float32(0.5)": 0.5,
    "np.bool_(True)": True,
    "np.int64(3)": 3,
    "np.uint8(200)": 200,
    "np.longlong(-1)": -1,
    "np.str_('a')": "a",
    "np.bytes_(b'a')": b"a",
    "np.complex64(1j)": 1j,
    "np.median([1, 2])": 1.5,
    "[np.float64(0.5), 2.5]": [0.5, 2.5],
    "list(np.arange(3))": [0, 1, 2],
    "{np.int64(1): {np.str_('k'): np.bool_(False)}}": {1: {"k": False}},
    "{np.int64(2), 1}": {1, 2},
    "Wide(2.5)": 2.5,
    "Pair(1, 2)": (1, 2),
    "Typed(1, [Pair(2, np.int8(3))])": (1, [(2, 3)]),
    "{Pair(1, 2): Pair(3, 4)}": {(1, 2): (3, 4)},
    "[Pair(1, 2)]": [(1, 2)],
    "Colour.RED": 1,
    "[Colour.RED, 1]": [1, 1],
    "Word.YES": "yes",
    "http.HTTPStatus.OK": 200,
    "Name('abc')": "abc",
    "{Name('a'): 1, 'b': 2}": {"a": 1, "b": 2},
    "Lazy(a=1)": {"a": 1},
    "Lazy({Name('a'): [Stack([1])]})": {"a": [[1]]},
    "type('D', (collections.defaultdict,), {})(int, {'a': 1})": {"a": 1},
    "type('O', (collections.OrderedDict,), {})(a=1)": {"a": 1},
    "type('Q', (collections.deque,), {})([1])": wire.deque([1]),
    "type('S', (set,), {})([1])": {1},
    "type('I', (int,), {})(1)": 1,
    # by what they hold, whatever their methods say
    "Deaf('abc')": "abc",
    "Short([1, 2])": [1, 2],
}


@pytest.mark.parametrize("text", VALUES)
def test_what_dresses_a_value_is_that_value(run: Run, text: str) -> None:
    (record,) = run(job(f"{TOP}def f(): return {text}")).records
    assert (record.kind, record.payload) == ("returned", wire.encode(VALUES[text]))


EQUALS = "def __eq__(s, o): return True"
NAMES = {
    f"class S(str):\n    {EQUALS}\n    __hash__ = str.__hash__\nvalue = S('a')": "program.S",
    "class S(int):\n    __ne__ = lambda s, o: False\nvalue = S(1)": "program.S",
    f"class A:\n    {EQUALS}\nclass S(A, str): pass\nvalue = [S('a')]": "program.S",
    f"class P(Pair):\n    {EQUALS}\nvalue = P(1, 2)": "program.P",
    f"class W(np.float64):\n    {EQUALS}\nvalue = W(1)": "program.W",
    "value = np.array([1.0])": "numpy.ndarray",
    "value = np.longdouble(1)": "numpy.longdouble",
    "value = np.datetime64('2020')": "numpy.datetime64",
    "value = fractions.Fraction(1)": "fractions.Fraction",
    "import ipaddress\nvalue = ipaddress.ip_address('127.0.0.1')": "ipaddress.IPv4Address",
    "value = np.ma.array([1])": "numpy.ma.MaskedArray",
    f"class float64(float):\n    {EQUALS}\nfloat64.__module__ = 'numpy'\nvalue = float64(1)":
        "posing as numpy.float64",
    f"class float64(float):\n    {EQUALS}\nfloat64.__module__ = 'numpy'\n"
    "np.float64 = float64\nvalue = float64(1)": "posing as numpy.float64",
    "class float64:\n    __module__ = 'numpy'\nvalue = float64()": "posing as numpy.float64",
    f"class generator:\n    __module__ = 'builtins'\n    {EQUALS}\nvalue = generator()":
        "posing as builtins.generator",
    f"class Match:\n    __module__ = 're'\n    {EQUALS}\nvalue = Match()": "posing as re.Match",
    f"class X:\n    __module__ = 'ipaddress'\n    {EQUALS}\nvalue = X()": "posing as ipaddress.X",
    "value = []\nfor _ in range(200): value = [value]\nvalue.append(Pair(1, 2))": "nesting deeper",
}  # fmt: skip


@pytest.mark.parametrize("text", NAMES)
def test_what_compares_by_a_rule_of_its_own_is_named(run: Run, text: str) -> None:
    (record,) = run(job(f"{TOP}{text}\ndef f(): return value")).records
    assert record.kind == "nonplain"
    assert record.payload.decode().startswith(NAMES[text])


def test_a_value_in_dress_many_times_over_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_CONTAINERS", 1000)
    value: list[object] = [type("L", (list,), {})([1])]
    for _ in range(60):
        value = [value, value]
    with pytest.raises(wire.NotPlain, match="too many containers"):
        plain.plain(value)
