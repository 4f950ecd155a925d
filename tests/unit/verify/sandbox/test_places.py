"""The sandbox works wherever Python and its packages lie, also where it puts files itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest

from boundary.verify.sandbox import tiers
from harness import ROOT, without_sandbox

TRY = "import sys; from boundary.verify.sandbox import tiers; print(tiers.examine(sys.argv[1]))"


@pytest.fixture(params=["/tmp", "/dev/shm"], scope="module")
def folder(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder, of a name that a shell would read, below one that the sandbox fills itself."""
    if not os.access(request.param, os.W_OK | os.X_OK):
        pytest.skip(f"there is no {request.param}")
    with tempfile.TemporaryDirectory(prefix="it's $HOME ", dir=request.param) as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def python(folder: Path) -> Path:
    """A copy of this Python in the folder, with numpy in ``site``."""
    site = Path(numpy.__file__).parents[1]
    for name in ("numpy", "numpy.libs"):
        if (site / name).is_dir():
            unused = shutil.ignore_patterns("tests", "*.pyi", "__pycache__")
            shutil.copytree(site / name, folder / "packages" / name, ignore=unused)
    (folder / "site").symlink_to("packages")
    skipped = shutil.ignore_patterns(
        "site-packages", "dist-packages", "test", "idlelib", "config-*"
    )
    standard = Path(os.__file__).parent
    place = folder / standard.relative_to(sys.base_prefix)
    shutil.copytree(standard, place, ignore=skipped)
    library = Path(sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("INSTSONAME"))
    if library.suffix != ".a" and library.is_file():
        shutil.copy(library, folder / "lib")
    (folder / "bin").mkdir()
    return Path(shutil.copy(os.path.realpath(sys._base_executable), folder / "bin"))


@pytest.mark.parametrize("tier", ["bubblewrap", "namespaces"])
def test_python_and_numpy_below_what_the_sandbox_fills(
    tier: str, folder: Path, python: Path
) -> None:
    here = tiers.examine(tier)
    if here.why_not is not None:
        without_sandbox(RuntimeError(here.why_not))
    packages = [folder / "site", ROOT / "workflow", Path(numpy.__file__).parents[1]]
    done = subprocess.run(
        [python, "-c", TRY, tier],
        env=os.environ
        | {"PYTHONPATH": ":".join(map(str, packages)), "LD_LIBRARY_PATH": str(folder / "lib")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == f"{here}\n", done.stdout + done.stderr
