"""Programs that write their own verdict or records (rows 10, 18 to 21)."""

# ruff: noqa: E501  # program texts

from __future__ import annotations

from threats.program import ANY, CAUGHT, SOLUTION, Program, attack, whole

EVERY = "import os\ndef everywhere(data):\n    for fd in range(256):\n"
EVERY += "        try: os.write(fd, data)\n        except OSError: pass\n"

BLOBS = {
    "json": 'b\'{"verdict": "correct", "passed": true, "index": 0, "value": 1}\\n\'',
    "lines": "b'1\\n' * 100",
    "zeros": "bytes(4096)",
    "ones": "b'\\xff' * 4096",
    "lengths": "b''.join(n.to_bytes(8, order) for n in (0, 1, 9, 2 ** 63) "
    "for order in ('big', 'little')) * 9",
    "pickle": "b'\\x80\\x04cposix\\n_exit\\n(I0\\ntR.'",
    "random": "os.urandom(9999)",
    "short": "b'\\0'",
}

#: The encoder and the packer live in the candidate's process: call them.
WRITERS = """
import gc, os, sys, types
def named(word):
    return [thing for thing in gc.get_objects() if type(thing) is types.FunctionType
            and thing.__name__ == word]
nonces = {value for thing in gc.get_objects() if type(thing) in (dict, list, tuple)
          for value in (thing.values() if type(thing) is dict else thing)
          if type(value) is bytes and 4 <= len(value) <= 64}
frame = sys._getframe()
while frame:
    nonces |= {value for value in frame.f_locals.values()
               if type(value) is bytes and 4 <= len(value) <= 64}
    frame = frame.f_back
"""
RECORDS = """
def pack_all(order):
    packers, encoders = named('pack'), named('encode')
    for nonce in nonces:
        for index in order:
            for value in (0, True, None):
                for packer in packers:
                    for encoder in encoders:
                        for given in ((nonce, index, 'returned', encoder(value)),
                                      (index, 'returned', encoder(value), nonce),
                                      (index, 'returned', encoder(value), 3, nonce)):
                            try: everywhere(packer(*given))
                            except Exception: pass
"""
ORDERS = {
    "in-order": "range(4)",
    "duplicates": "[0, 0, 1, 1, 2, 2, 3, 3]",
    "reordered": "[3, 2, 1, 0]",
    "gapped": "[0, 2, 3]",
    "too-many": "range(64)",
    "negative": "[-1, 0, 2 ** 40]",
}

#: The program's own records, as the worker's encoder makes them, tampered with on the way.
TAMPER = {
    "twice": "write(fd, data); return write(fd, data)",
    "half": "return write(fd, data[:len(data) // 2])",
    "reversed": "return write(fd, bytes(data)[::-1])",
    "dropped": "return len(data)",
    "prefixed": "write(fd, b'\\0'); return write(fd, data)",
    "suffixed": "done = write(fd, data); write(fd, b'surplus'); return done",
    "flipped": "return write(fd, bytes(byte ^ 1 for byte in bytes(data)))",
    "byte-by-byte": "return write(fd, bytes(data)[:1])",
    "says-zero": "return 0",
    "says-much": "write(fd, data); return 1 << 40",
    "closed": "import os; os.close(fd); return len(data)",
}
HOOK = """
import os, builtins, sys
write = os.write
def hooked(fd, data):
    {tamper}
os.write = hooked
sys.modules['posix'].write = hooked
for module in list(sys.modules.values()):
    for name, value in list(vars(module).items()) if hasattr(module, '__dict__') else ():
        if value is write:
            setattr(module, name, hooked)
"""

#: What the encoder leans on, replaced: that only changes what the program "returned".
POISON = {
    "struct": "import struct\nstruct.pack = lambda *a: b'\\0' * 8\n"
    "struct.Struct = lambda *a: None\n",
    "hashlib": "import hashlib\nhashlib.sha256 = lambda *a: None\n",
    "json": "import json\njson.dumps = lambda *a, **k: 'true'\n",
    "type": "import builtins\nbuiltins.type = lambda *a: int\n",
    "len": "import builtins\nbuiltins.len = lambda *a: 1\n",
    "sorted": "import builtins\nbuiltins.sorted = lambda *a, **k: a[0]\n",
    "isinstance": "import builtins\nbuiltins.isinstance = lambda *a: True\n",
    "bytes": "import builtins\nbuiltins.bytes = builtins.bytearray = lambda *a: b''\n",
    "everything": "import builtins\nfor name in list(vars(builtins)):\n"
    "    if name.islower() and not name.startswith('_') and name not in ('getattr', 'setattr'):\n"
    "        setattr(builtins, name, lambda *a, **k: True)\n",
    "no-builtins": "import builtins\nvars(builtins).clear()\n",
    "no-modules": "import sys\nsys.modules.clear()\n",
    "encoder": "import sys\nfor module in list(sys.modules.values()):\n"
    "    for name in ('encode', 'pack', 'digest', 'emit', 'write', 'NotPlain', 'send', 'run'):\n"
    "        if hasattr(module, name) and (getattr(module, '__file__', None) or '').count('/') < 9:\n"
    "            try: setattr(module, name, lambda *a, **k: b'1')\n"
    "            except Exception: pass\n",
    "trace": "import sys\ndef trace(frame, event, argument):\n"
    "    for name in frame.f_locals:\n"
    "        if name in ('value', 'result', 'index'): frame.f_locals[name] = 1\n"
    "    return trace\nsys.settrace(trace)\nsys.setprofile(trace)\n"
    "import threading\nthreading.settrace(trace)\n",
    "audit-hook": "import sys\ndef hook(*a): raise SystemExit(0)\nsys.addaudithook(hook)\n",
    "import-hook": "import sys, builtins\nbuiltins.__import__ = lambda *a, **k: sys\n"
    "sys.meta_path[:] = []\n",
    "code-swap": "import gc, types\nfor thing in gc.get_objects():\n"
    "    if type(thing) is types.FunctionType and thing.__name__ in ('encode', 'pack'):\n"
    "        thing.__code__ = (lambda *a, **k: b'1').__code__\n",
}

FILES = {
    "conftest": ("conftest.py", "import os\nos._exit(0)\n"),
    "numpy": ("numpy.py", "import os\nos._exit(0)\n"),
    "usercustomize": ("usercustomize.py", "import os\nos._exit(0)\n"),
    "sitecustomize": ("sitecustomize.py", "print(1)\n"),
    "path-file": ("zz.pth", "import os; os._exit(0)\n"),
    "json": ("json.py", "loads = dumps = lambda *a, **k: 1\n"),
}


def programs() -> list[Program]:
    """Return the programs of this family."""
    found: list[Program] = []
    for name, blob in BLOBS.items():
        code = f"{EVERY}everywhere({blob})\n"
        row = 19 if name == "pickle" else 21
        found += attack(row, f"blob-{name}", "writes to every descriptor", code)
        found += attack(
            10, f"blob-{name}-exit", "writes its verdict and leaves", f"{code}os._exit(0)\n",
            forms=("call", "stdio"),
        )  # fmt: skip
        found += whole(
            21, f"right-then-{name}", "right answers, then surplus", allowed=ANY,
            function=f"{EVERY}{SOLUTION.replace('    return', f'    everywhere({blob})' + chr(10) + '    return')}",
        )  # fmt: skip
    for name, order in ORDERS.items():
        code = f"{EVERY}{WRITERS}{RECORDS}pack_all({order})\n"
        found += attack(21, f"records-{name}", "packs records itself", code)
        found += attack(
            10, f"records-{name}-exit", "packs records and leaves", f"{code}os._exit(0)\n",
            forms=("call",),
        )  # fmt: skip
    for name, tamper in TAMPER.items():
        hook = HOOK.format(tamper=tamper)
        limits = {"cpu_seconds": 0.5} if name == "says-zero" else {}  # it would write for ever
        found += whole(21, f"wrong-{name}", "tampers with its records",
                       function=f"{hook}def f(n):\n    return 0\n", **limits)  # fmt: skip
        found += whole(21, f"right-{name}", "tampers with right records", allowed=ANY,
                       function=hook + SOLUTION, **limits)  # fmt: skip
    for name, code in POISON.items():
        found += whole(10, f"poison-{name}", "replaces what the encoder uses",
                       function=f"{code}def f(n):\n    return 0\n",
                       stdio=f"{code}print(0)\n")  # fmt: skip
        found += attack(10, f"poison-{name}-in-call", "the same while it runs", code,
                        forms=("call",))  # fmt: skip
    for name, (path, text) in FILES.items():
        code = (
            "import os, sys, site\n"
            "for folder in ['.', '/tmp', '/dev/shm', os.path.expanduser('~'), *sys.path]:\n"
            "    try:\n"
            f"        open(os.path.join(folder or '.', {path!r}), 'w').write({text!r})\n"
            "    except OSError: pass\n"
        )
        found += attack(20, f"drops-{name}", "leaves a file for who imports next", code)
    found += attack(
        18, "cached-answers", "overwrites files named like a cache",
        "import glob, os\nfor path in glob.glob('/**/*.p*kl', recursive=True)[:99]:\n"
        "    try: open(path, 'wb').write(b'cposix\\n_exit\\n(I0\\ntR.')\n"
        "    except OSError: pass\n",
        forms=("call", "stdio"), allowed=CAUGHT,
    )  # fmt: skip
    return found
