"""What of this machine a sandbox has to show so that Python and numpy run in it.

Only the interpreter, its standard library, numpy, and the shared libraries
that these load: found by loading them, since where they lie differs from one
machine to the next.
"""

from __future__ import annotations

import functools
import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from boundary.errors import MachineError

#: What programs find beside the standard library: tzdata is for `zoneinfo`.
PACKAGES = ("numpy", "sortedcontainers", "tzdata")
_PROBE = r"""
import ctypes, glob, json, sys
class Info(ctypes.Structure):
    _fields_ = [("address", ctypes.c_void_p), ("name", ctypes.c_char_p)]
for path in glob.glob(sys.argv[1] + "/*.so"):
    try:
        ctypes.CDLL(path, ctypes.RTLD_LOCAL)
    except OSError:
        pass
import numpy, numpy.linalg, numpy.fft, numpy.random
found = []
@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Info), ctypes.c_size_t, ctypes.c_void_p)
def each(info, size, data):
    found.append((info.contents.name or b"").decode())
    return 0
ctypes.CDLL(None).dl_iterate_phdr(each, None)
print(json.dumps(found))
"""


@dataclass(frozen=True)
class Interpreter:
    """A Python, and what it needs.

    Attributes
    ----------
    executable : str
    standard : tuple of str
        Folders of the standard library.
    masks : tuple of str
        Folders in these to be shown empty, but for what else is shown.
    others : tuple of str
        Further files and folders: packages, shared libraries, the executable.
    sites : tuple of str
        The folders in which Python finds the packages.
    libraries : str
        ``LD_LIBRARY_PATH``, where this process has one.
    """

    executable: str
    standard: tuple[str, ...]
    masks: tuple[str, ...]
    others: tuple[str, ...]
    sites: tuple[str, ...]
    libraries: str

    @property
    def shown(self) -> tuple[str, ...]:
        """All paths, to be shown read-only; the outer ones first."""
        return (*self.standard, *self.others)


@functools.cache
def interpreter() -> Interpreter:
    """Return what the interpreter of this process needs.

    Raises
    ------
    MachineError
        When it cannot be started alone, or has no numpy.
    """
    executable = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
    places = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib")}
    standard = sorted({os.path.realpath(path) for path in places if path})
    packages = [_package(name) for name in PACKAGES]
    beside = packages[0].parent / "numpy.libs"
    offered = [*packages, beside] if beside.is_dir() else packages
    inside = tuple(f"{path}/" for path in (*standard, *map(str, offered)))
    loaded = {os.path.normpath(path) for path in _loaded(executable, packages[0].parent)}
    libraries = {path for path in loaded if path[0] == "/" and not path.startswith(inside)}
    libraries |= {path for path in ("/etc/ld.so.cache",) if Path(path).exists()}
    masks = [f"{path}/{name}" for path in standard for name in ("site-packages", "dist-packages")]
    masks = [path for path in masks if Path(path).is_dir() and not Path(path).is_symlink()]
    return Interpreter(
        executable,
        tuple(standard),
        tuple(masks),
        (executable, *map(str, offered), *sorted(libraries)),
        tuple(dict.fromkeys(str(package.parent) for package in packages)),
        os.environ.get("LD_LIBRARY_PATH", ""),
    )


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise MachineError(
            f"The sandbox offers {name} to programs, and this Python has none. Install it: "
            f"pip install {name}."
        )
    return Path(spec.origin).resolve().parent


def _loaded(executable: str, site: Path) -> list[str]:
    """Return the paths by which shared libraries are opened."""
    dynamic = sysconfig.get_config_var("DESTSHARED") or ""
    kept = {k: v for k, v in os.environ.items() if k == "LD_LIBRARY_PATH"}
    command = [executable, "-S", "-s", "-P", "-B", "-c", _PROBE, dynamic]
    done = subprocess.run(
        command,
        env=kept | {"PYTHONPATH": str(site), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise MachineError(
            f"{executable} cannot load numpy by itself ({why}); the sandbox needs an interpreter "
            f"that can. Install the package into a virtual environment and run it from there."
        )
    links = [_interpreter_of(executable)]
    return sorted({*json.loads(done.stdout), *links} - {""})


def _interpreter_of(executable: str) -> str:
    """Return the dynamic linker that an ELF file names."""
    data = Path(executable).read_bytes()[: 1 << 16]
    begin = data.find(b"/lib")
    return data[begin : data.index(b"\0", begin)].decode() if begin >= 0 else ""
