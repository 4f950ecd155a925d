"""The tier is found by trying: what does not hold is not used, and nothing runs silently."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from boundary.errors import MachineError
from boundary.verify.sandbox import Sandbox, tiers
from boundary.verify.sandbox.canaries import CANARIES, set_out
from boundary.verify.sandbox.jobs import Outcome
from boundary.verify.sandbox.launch import TIERS
from boundary.verify.sandbox.tiers import Report


@pytest.fixture(autouse=True)
def examined_anew() -> Iterator[None]:
    """Let each test find the tier itself, and none after it see what it found."""
    tiers.examine.cache_clear()
    yield
    tiers.examine.cache_clear()


def reports(monkeypatch: pytest.MonkeyPatch, **faults: str | None) -> None:
    """Let tiers work, where they are not named with a fault."""
    monkeypatch.setattr(tiers, "examine", lambda tier: Report(tier, faults.get(tier)))


def test_the_tier_in_use_passed_every_canary(sandbox: Sandbox) -> None:
    report = tiers.examine(sandbox.tier)
    assert report.why_not is None
    assert [name for name, _, _ in report.results] == [canary.name for canary in CANARIES]
    assert all(due and why is None for _, due, why in report.results)


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_that_starts_holds_what_it_must(tier: str) -> None:
    report = tiers.examine(tier)
    if report.fault is not None:
        pytest.skip(f"{tier} does not start here: {report.fault}")
    assert report.why_not is None


def test_without_bubblewrap_the_second_tier_or_refusal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    report = tiers.examine("bubblewrap")
    assert report.why_not == "there is no bwrap in PATH; install the package bubblewrap"
    if tiers.examine("namespaces").why_not is None:
        assert tiers.choose(reduced=False) == tiers.choose(reduced=True) == "namespaces"
    else:
        with pytest.raises(MachineError, match="no bwrap in PATH"):
            tiers.choose(reduced=False)


def test_a_bubblewrap_that_fails_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'setting up uid map: Permission denied' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    why = tiers.examine("bubblewrap").why_not
    assert why == "it ended before it was ready (setting up uid map: Permission denied)"


def test_reduced_only_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    reports(monkeypatch, bubblewrap="no uid map", namespaces="no user namespaces")
    with pytest.raises(MachineError) as error:
        tiers.choose(reduced=False)
    text = str(error.value)
    assert error.value.exit_code == 3
    for part in ("bubblewrap: no uid map", "namespaces: no user namespaces", "doctor"):
        assert part in text
    assert "--sandbox reduced" in text
    assert tiers.choose(reduced=True) == "reduced"


def test_a_better_tier_goes_before_the_reduced_one(monkeypatch: pytest.MonkeyPatch) -> None:
    reports(monkeypatch)
    assert tiers.choose(reduced=True) == TIERS[0]


def test_where_nothing_works_every_tier_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    reports(monkeypatch, bubblewrap="a", namespaces="b", reduced="c")
    with pytest.raises(MachineError, match=r"bubblewrap: a\. namespaces: b\. reduced: c"):
        tiers.choose(reduced=True)


def test_a_canary_that_is_due_decides_and_another_does_not() -> None:
    results = (("honest", True, None), ("fill", False, "300 MiB"))
    assert Report("reduced", None, results).why_not is None
    assert Report("reduced", None, (("fill", True, "300 MiB"),)).why_not == "fill: 300 MiB"


def test_every_canary_sees_when_it_is_not_held() -> None:
    """Each check refuses what a run without any confinement would give."""
    with set_out() as bait:
        secret = Path(bait.file).read_text()
        loose = {
            "an honest function passes": "wrong",
            "secrets of this machine are unreadable": [("file", f"x{secret}x")],
            "no network and no socket": ["('127.0.0.1', 1)"],
            "no other process can be signalled": ["the victim"],
            "nothing is written outside": ["/"],
            "dangerous system calls are refused": ["ptrace"],
            "memory is limited": "17179869184",
            "1,000 forks are stopped": 1001,
            "what is written is limited": 300,
            "nothing is left for the next program": ["left"],
            "nothing was left by the last program": ["left"],
        }
        finished = Outcome((), "finished", None, None, 0.0)
        for canary in CANARIES:
            assert canary.held(finished, loose.get(canary.name), bait) is not None, canary.name
            assert canary.held(Outcome((), "error", None, "x", 0.0), None, bait) is not None


def test_a_disk_without_room_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("boundary.verify.sandbox.launch.tempfile.TemporaryDirectory", full)
    assert "No space left" in (tiers.examine("bubblewrap").why_not or "")
