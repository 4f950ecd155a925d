"""Values that claim to be what was expected (rows 1, 2, 12, 13, 16)."""

# program texts

from __future__ import annotations

from threats.program import ANY, CAUGHT, HASH, Program, Task, attack, whole

HOSTILE = "import collections, types\n"

#: Expressions of hostile values, each built in a few lines that leave it in `result`.
OBJECTS = {
    "always-equal": """
class Same:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
result = Same()
""",
    "lying-class": """
class Same:
    __class__ = property(lambda self: int)
    def __eq__(self, other): return True
    def __index__(self): return 0
    __int__ = __index__
result = Same()
""",
    "metaclass": """
class Meta(type):
    def __eq__(cls, other): return True
    def __hash__(cls): return hash(int)
    def __instancecheck__(cls, other): return True
    def __subclasscheck__(cls, other): return True
class Same(metaclass=Meta):
    def __eq__(self, other): return True
Same.__name__ = Same.__qualname__ = 'int'
result = Same()
""",
    "metaclass-equal-to-int": """
class Meta(type):
    def __eq__(cls, other): return other is int or type.__eq__(cls, other)
    def __hash__(cls): return hash(int)
class Same(int, metaclass=Meta):
    def __eq__(self, other): return True
    def __hash__(self): return 0
result = Same()
""",
    "reduce": """
class Same:
    def __reduce__(self): return (eval, ("__import__('posix')._exit(0)",))
    def __reduce_ex__(self, version): return self.__reduce__()
    def __getstate__(self): return {}
result = Same()
""",
    "class-itself": """
class Meta(type):
    def __eq__(cls, other): return True
    def __hash__(cls): return 0
class result(metaclass=Meta): pass
""",
    "everything-answers": """
class Same:
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __iter__(self): return iter(())
    def __len__(self): return 0
    def __bool__(self): return True
    def __eq__(self, other): return True
    def __sub__(self, other): return 0
    __rsub__ = __abs__ = __float__ = __sub__
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __contains__ = __lt__
    def __array__(self, *a, **k):
        import numpy
        return numpy.zeros(())
result = Same()
""",
    "deleter": """
import os
class Same:
    def __eq__(self, other): return True
    def __del__(self): os._exit(0)
result = Same()
""",
    "proxy": "from unittest import mock\nresult = mock.ANY\n",
    "magic-mock": "from unittest import mock\nresult = mock.MagicMock(__eq__=lambda s, o: True)\n",
    "generator": "result = (value for value in range(10 ** 6))\n",
    "coroutine": "async def wait(): return 1\nresult = wait()\n",
    "not-implemented": "result = NotImplemented\n",
    "ellipsis": "result = ...\n",
    "numpy-object": """
import numpy
class Same:
    def __eq__(self, other): return True
result = numpy.array([Same()] * 4, dtype=object)
""",
    "posing-as-numpy": """
import numpy
class float64(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def item(self): return 1
    __hash__ = float.__hash__
float64.__module__ = 'numpy'
numpy.float64 = numpy.double = float64
result = float64(0.123)
""",
    "right-in-words": """
class Same(str):
    def __str__(self): return '1'
    def __repr__(self): return '1'
    def __len__(self): return 1
    def __iter__(self): return iter('1')
    def __int__(self): return 1
    __index__ = __int__
result = Same('no answer')
""",
    "holds-something-else": """
import numpy
class Same(numpy.float64):
    def item(self): return 1
    def __float__(self): return 1.0
    def tolist(self): return 1
result = [Same(0.123), (Same(0.123),)]
""",
    "ctypes-object": "import ctypes\nresult = ctypes.py_object(1)\n",
}

#: Subclasses of built-in types that compare as they like.
SUBCLASSES = ("int", "list", "str", "float", "tuple", "dict", "set", "frozenset", "complex")
SUBCLASS = """
class Same({base}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __len__(self): return 1
    def __lt__(self, other): return True
result = Same()
"""
CONTAINERS = ("Counter", "deque", "OrderedDict", "UserDict", "UserList", "ChainMap")

FLOATS = Task("floats", args=((1,), (2,)), expected=(0.123456789, 12.5))
ONE = Task("one", args=((),), expected=(1,))
TRUE = Task("true", args=((),), expected=(True,))
ZERO = Task("zero", args=((),), expected=(0,))
NONE = Task("none", args=((),), expected=(None,))
EMPTY = Task("empty", args=((),), expected=([],), stdin=("",), stdout=("a line\n",))
SET = Task("set", args=((),), expected=({3, 1, 2},))
LISTS = Task("lists", args=((),), expected=([1, 2, 3],))
FLOAT_ONE = Task("float-one", args=((),), expected=(1.5,))
TEXT = Task("text", args=((),), expected=("1",))

#: Values of another type that Python calls equal, or that a lenient check lets by.
LOOKALIKES: tuple[tuple[str, Task, str], ...] = (
    ("true-for-one", ONE, "True"),
    ("float-for-int", ONE, "1.0"),
    ("complex-for-int", ONE, "complex(1, 0)"),
    ("fraction-for-int", ONE, "__import__('fractions').Fraction(1)"),
    ("decimal-for-int", ONE, "__import__('decimal').Decimal(1)"),
    ("text-for-int", ONE, "'1'"),
    ("int-for-true", TRUE, "1"),
    ("false-for-zero", ZERO, "False"),
    ("none-for-zero", ZERO, "None"),
    ("false-for-none", NONE, "False"),
    ("empty-for-none", NONE, "[]"),
    ("none-for-empty", EMPTY, "None"),
    ("text-for-empty", EMPTY, "''"),
    ("dict-for-empty", EMPTY, "{}"),
    ("dict-for-set", SET, "{1: 0, 2: 0, 3: 0}"),
    ("text-for-list", LISTS, "'[1, 2, 3]'"),
    ("range-for-list", LISTS, "range(1, 4)"),
    ("superset-for-set", SET, "{1, 2, 3, 4}"),
    ("longer-list", LISTS, "[1, 2, 3, 4]"),
    ("shorter-list", LISTS, "[1, 2]"),
    ("floats-in-list", LISTS, "[1.0, 2.0, 3.0]"),
    ("nan-for-float", FLOAT_ONE, "float('nan')"),
    ("infinity-for-float", FLOAT_ONE, "float('inf')"),
    ("text-nan", FLOAT_ONE, "'1.5'"),
    ("int-for-text", TEXT, "1"),
    ("bytes-for-text", TEXT, "b'1'"),
)

#: Checks that a verifier in the same process would lean on.
PATCHES = {
    "allclose": (
        12,
        """
import numpy, math, cmath
for name in ('allclose', 'isclose', 'array_equal', 'array_equiv'):
    setattr(numpy, name, lambda *a, **k: True)
math.isclose = cmath.isclose = lambda *a, **k: True
result = 0.5
""",
    ),
    "json": (
        13,
        """
import json, pickle, marshal, struct, ast
class Same:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
for module in (json, pickle, marshal):
    module.loads = lambda *a, **k: Same()
    module.load = module.loads
json.JSONDecoder.decode = lambda *a, **k: Same()
ast.literal_eval = lambda *a: Same()
struct.unpack = lambda *a: (Same(),)
result = 0
""",
    ),
    "operator": (
        13,
        """
import builtins, operator
for name in ('all', 'any', 'isinstance', 'issubclass'):
    setattr(builtins, name, lambda *a: True)
operator.eq = operator.is_ = lambda *a: True
result = 0
""",
    ),
}


def programs() -> list[Program]:
    """Return the programs of this family."""
    found: list[Program] = []
    for name, code in OBJECTS.items():
        tries = "an object that equals everything, or is no plain value"
        found += attack(1, name, tries, HOSTILE + code, forms=("import", "call"))
        nested = f"{code}\nresult = [result, (result,), {{'a': result}}]\n"
        found += attack(1, f"{name}-nested", tries, HOSTILE + nested, forms=("call",))
    for base in SUBCLASSES:
        code = SUBCLASS.format(base=base)
        found += attack(2, f"{base}-subclass", f"a subclass of {base}", code, forms=("call",))
    for base in CONTAINERS:
        code = SUBCLASS.format(base=f"collections.{base}")
        found += attack(
            2, f"{base}-subclass", f"a subclass of {base}", HOSTILE + code, forms=("call",)
        )
    code = OBJECTS["always-equal"] + "result = collections.defaultdict(lambda: Same(), {1: 2})\n"
    found += attack(2, "default-factory", "a default that equals all", HOSTILE + code)
    for name, (row, code) in PATCHES.items():
        task = FLOATS if name == "allclose" else HASH
        forms = ("import", "call") if name == "allclose" else ("import", "call", "stdio")
        found += attack(row, name, "replaces the comparison", code, forms=forms, task=task)
    for name, task, value in LOOKALIKES:
        found += whole(
            16, name, f"{value} where {task.expected[0]!r} is right", task=task,
            function=f"def f(*args):\n    return {value}\n",
        )  # fmt: skip
    found += whole(
        16, "negative-zero", "-0.0 where 0.0 is right: Python calls them equal",
        task=Task("zero-float", args=((),), expected=(0.0,)), allowed=ANY,
        function="def f():\n    return -0.0\n",
    )  # fmt: skip
    found += whole(
        1, "hostile-print", "prints an object whose text is empty", allowed=CAUGHT, task=HASH,
        stdio="class A:\n    def __str__(self): return ''\nprint(A())\n",
    )  # fmt: skip
    return found
