"""The identity of a grader: its code, its libraries and what may change a verdict."""

from boundary.extraction import RULES
from boundary.kinds import grader_digest, names

#: Kinds whose verifier is part of the package.
SHIPPED = names(lambda kind: kind.module)


def test_each_kind_has_a_grader_of_its_own():
    assert len({grader_digest(kind) for kind in SHIPPED}) == len(SHIPPED)


def test_verdicts_of_the_reduced_sandbox_are_never_taken_for_those_of_a_better_one(monkeypatch):
    assert grader_digest("code", "reduced") != grader_digest("code", "isolated")
    assert grader_digest("code") == grader_digest("code", "isolated")
    for kind in ("lab", "math"):  # they run no programs
        assert grader_digest(kind, "reduced") == grader_digest(kind)
    assert grader_digest("code", stdout_tolerance=1e-6) != grader_digest("code")
    assert grader_digest("math", stdout_tolerance=1e-6) == grader_digest("math")
    before = grader_digest("code")
    monkeypatch.setattr("platform.python_version", lambda: "3.11.999")
    assert grader_digest("code") != before


def test_verdicts_by_one_rule_of_extraction_are_never_taken_for_those_by_another():
    for kind in ("math", "choice", "text"):
        assert len({grader_digest(kind, extract=rule) for rule in RULES}) == len(RULES)
    # At its default a key is in no digest.
    assert grader_digest("math") == grader_digest("math", extract="any")
    for kind in ("lab", "code"):  # what they read has a form of its own
        assert len({grader_digest(kind, extract=rule) for rule in RULES}) == 1


def test_a_graders_identity_covers_its_libraries(monkeypatch):
    before = grader_digest("math")
    assert grader_digest("math") == before
    assert before != grader_digest("lab")
    monkeypatch.setattr("importlib.metadata.version", lambda name: "0.0")
    assert grader_digest("math") != before


def test_all_that_a_file_may_use_is_in_its_graders_identity(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("GRADER = 'mine-1'\n")
    mine = {"verifier": f"file:{path}"}
    before = grader_digest("custom", **mine)
    others = ({"extract": "boxed"}, {"sandbox": "reduced"}, {"stdout_tolerance": 1e-6})
    assert before not in {grader_digest("custom", **mine, **other) for other in others}
    path.write_text("GRADER = 'mine-2'\n")
    assert grader_digest("custom", **mine) != before
