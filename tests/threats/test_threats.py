"""Every row of the threat table, in both styles, as root and as an unprivileged user.

The battery runs in processes of its own, so that an attack which takes down its
harness fails a test and does not end the tests.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness import EVERYTHING, REQUIRE_TOOLS
from threats.needs import need_sandbox
from threats.users import UNPRIVILEGED, as_user, environment, interpreter

USERS = (0, UNPRIVILEGED) if os.getuid() == 0 else (os.getuid(),)
#: Functions attack when they are called; the battery by hand also tries it at import.
FORMS = ("--forms", "call,stdio")
#: Each user tries one in eight programs of each threat, each another; `make test-all` all.
SHARES = 1 if os.environ.get(EVERYTHING) else 8
#: Longest that a battery may take.
PATIENCE = 900
ROWS = {*range(1, 14), *range(16, 35), 37, 40}


@pytest.fixture(scope="module")
def batteries() -> Iterator[dict[int, subprocess.Popen]]:
    """Start a battery for each user; they share the processors."""
    need_sandbox()
    started: dict[int, subprocess.Popen] = {}
    homes: list[Path] = []
    for part, uid in enumerate(USERS):
        home = Path(tempfile.mkdtemp(prefix=f"threats-{uid}-"))  # pytest's own are closed to others
        home.chmod(0o755)
        os.chown(home, uid, -1)
        homes.append(home)
        python = interpreter(uid)
        if python is None:
            continue
        started[uid] = subprocess.Popen(
            [
                *(python, "-m", "threats.battery", *FORMS),
                *("--share", str(SHARES), "--part", str(part % SHARES)),
                *("--json", str(home / "results.json")),
            ],
            env=environment(home),
            cwd=home,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **as_user(uid),
        )
    yield started
    for battery in started.values():
        battery.kill()
        battery.wait()
    for home in homes:
        shutil.rmtree(home)


@pytest.mark.parametrize("uid", USERS)
def test_no_attack_passes_none_kills_the_harness_and_honest_programs_pass(
    batteries: dict[int, subprocess.Popen], uid: int
) -> None:
    if uid not in batteries:
        message = f"no Python with the libraries can be started as uid {uid}"
        assert not os.environ.get(REQUIRE_TOOLS), message
        pytest.skip(message)
    battery = batteries[uid]
    told, _ = battery.communicate(timeout=PATIENCE)
    assert battery.returncode == 0, told[-12000:]
    results = json.loads((Path(str(battery.args[-1]))).read_text())  # type: ignore[index]
    assert {row["threat"] for row in results} >= ROWS
    for style in ("stdio", "call"):
        assert sum(row["form"] == style for row in results) > 250 / SHARES
    attacks = [row for row in results if row["threat"] not in (0, 40)]
    assert {row["verdict"] for row in attacks} >= {"wrong", "error", "timeout", "violation"}
    print(told[told.rindex("\nAs uid") :])
