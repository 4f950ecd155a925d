"""Runs one program, confined already, and says what it returned.

Runs inside the sandbox, in the program's own process: standard library and
neighbours only.  The program can take over everything here.  It gains nothing:
no expected value and no verdict is within reach, and a record can only say
what the program "returned".
"""

from __future__ import annotations

import atexit
import builtins
import gc
import io
import os
import re
import sys
import threading
import types
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from . import plain, records, wire

FILE = "<program>"
#: What a script is called, in its own folder.
SCRIPT = "program.py"
#: What `site` adds, which is not loaded here, and programs end by.
for _name in ("exit", "quit"):
    setattr(builtins, _name, sys.exit)
#: Under neither name does ``if __name__ == "__main__"`` run in function style.
FUNCTION_NAME, STDIO_NAME = "program", "__main__"
MOST_NOTE = 400

_write, _collect = os.write, gc.collect
#: In the source of what makes objects that write when they go.
_LASTING = re.compile(r"open|__del__|finalize|Wrapper|Writer|FileIO")


def run_function(
    program: str,
    entry_point: str,
    inputs: list[bytes],
    nonce: bytes,
    digest_above: int,
    result: int,
    note: int,
) -> int:
    """Call the entry point for each input and write one record a test.

    Parameters
    ----------
    program, entry_point : str
    inputs : list of bytes
        Each the wire form of a tuple of arguments; decoded anew for each call.
    nonce : bytes
    digest_above : int
    result, note : int
        Descriptors for records, and for a line on why there are none.

    Returns
    -------
    int
        Exit status: 0 when every record was written.
    """
    try:
        module = _module(FUNCTION_NAME)
        exec(compile(program, FILE, "exec", dont_inherit=True), module.__dict__)  # noqa: S102
        find = _finder(module.__dict__, entry_point)
    except BaseException as error:
        _tell(note, error)
        return 1
    for index, data in enumerate(inputs):
        write_all(result, _called(find, wire.decode(data), nonce, index, digest_above))
    return 0


def rehearse() -> None:
    """Run a program of this code's own, so that forked ones find what it brings about."""
    program = "def f(*x):\n    return [x, 0.5, 'a', {1: (None, True)}, {2}]\n"
    given = wire.encode(([1, 0.5, "a", {1: (None, b"b")}],), ordered=True)
    null = os.open("/dev/null", os.O_WRONLY)
    for _ in range(8):  # calls until the interpreter adapts a function to its use
        run_function(program, "f", [given] * 2, bytes(16), 1 << 20, null, null)
    os.close(null)
    del sys.modules[FUNCTION_NAME]


def _called(
    find: Callable[[], Any], arguments: Any, nonce: bytes, index: int, digest_above: int
) -> bytes:
    """Return the record of one call."""
    try:
        value = find()(*arguments)
        return records.pack_result(nonce, index, _encoded(value), digest_above)
    except wire.NotPlain as error:
        name = error.type_name if error.kind is None else plain.true_name(error.kind)
        return records.pack(nonce, index, "nonplain", name.encode(errors="replace"))
    except BaseException as error:
        return records.pack(nonce, index, "raised", _described(error).encode(errors="replace"))


def _encoded(value: Any) -> bytes:
    try:
        return wire.encode(value)
    except wire.NotPlain:
        return wire.encode(plain.plain(value))


def _finder(names: dict[str, Any], entry_point: str) -> Callable[[], Any]:
    """Return what finds the function; of a class, on a new object each time."""
    owner, _, method = entry_point.rpartition(".")
    if (owner or method) not in names:
        raise NameError(f"the program defines no {owner or method}")
    if not owner:
        function = names[method]
        return lambda: function
    return lambda: getattr(names[owner](), method)


def run_stdio(program: str, note: int) -> int:
    """Run the program as a script on descriptors 0 and 1; return its exit status."""
    sys.stdin = sys.__stdin__ = _stream(0, "<stdin>", "r")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _stream(1, "<stdout>", "w")  # type: ignore[misc]
    file = str(Path.cwd() / SCRIPT)
    script = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    write_all(script, program.encode("utf-8", "surrogatepass"))
    os.close(script)
    sys.argv[:] = [SCRIPT]
    status = 0
    try:
        names = _module(STDIO_NAME).__dict__
        names |= {"__file__": file, "__cached__": None, "__annotations__": {}}
        exec(compile(program, file, "exec", dont_inherit=True), names)  # noqa: S102
    except SystemExit as error:
        status = _status(error.code)
    except BaseException as error:
        _tell(note, error)
        _hook(error)
        status = 1
    del names
    return _ended(note, lasting=_LASTING.search(program) is not None) or status


def _stream(descriptor: int, name: str, mode: str) -> io.TextIOWrapper:
    """Return a standard stream as the interpreter makes it."""
    raw = io.FileIO(descriptor, mode, closefd=False)
    raw.name = name
    buffer = io.BufferedReader(raw) if mode == "r" else io.BufferedWriter(raw)
    text = io.TextIOWrapper(buffer, "utf-8")
    text.mode = mode  # type: ignore[misc]
    return text


def _hook(error: BaseException) -> None:
    if sys.excepthook is not sys.__excepthook__:
        with suppress(BaseException):
            sys.excepthook(type(error), error, error.__traceback__)


def _ended(note: int, *, lasting: bool) -> int:
    """End a script as the interpreter does, and return 120 where its output cannot be written.

    Threads are waited for and exit functions called; then the objects of the
    program go, which writes what its own files still hold.  That takes as long as it
    takes to find them, and is left out where the source makes no such objects.
    """
    status = 0
    with suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]
    with suppress(BaseException):
        atexit._run_exitfuncs()
    try:
        _flush(getattr(sys, "stdout", None))
    except BaseException as error:
        _tell(note, error)
        status = 120
    with suppress(BaseException):
        sys.stdout = sys.__stdout__
        if lasting:
            _write_files()
            sys.modules.pop(STDIO_NAME, None)
            _collect()
        _flush(sys.__stdout__)
    return status


def _flush(stream: Any) -> None:
    if stream is not None and not getattr(stream, "closed", False):
        stream.flush()


def _write_files() -> None:
    """Write what files of the program hold; within a cycle they may be closed in a wrong order."""
    opened = [thing for thing in gc.get_objects() if issubclass(type(thing), io.IOBase)]
    for kind in (io.TextIOWrapper, io.BufferedWriter):
        for file in opened:
            if type(file) is kind:
                with suppress(ValueError, OSError):
                    file.flush()


def _status(code: object) -> int:
    if code is None:
        return 0
    if not isinstance(code, int):
        return 1
    return code & 0xFF if -(1 << 63) <= code < 1 << 63 else 0xFF


def _module(name: str) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__dict__["__builtins__"] = builtins
    sys.modules[name] = module
    return module


def _tell(note: int, error: BaseException) -> None:
    """Write a line about an error."""
    try:
        _write(note, _described(error).encode(errors="replace"))
    except OSError:  # the program closed it
        return


def _described(error: BaseException) -> str:
    """Return type and message of an exception; the message may be anything, and is cut."""
    try:
        name = plain.true_name(type(error))
        text = str(error)
    except BaseException:
        return "an error without a text"
    return f"{name}: {text}"[:MOST_NOTE] if text else name


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write all of it, however much the pipe takes at a time."""
    view = memoryview(data)
    while view:
        view = view[_write(descriptor, view) :]
