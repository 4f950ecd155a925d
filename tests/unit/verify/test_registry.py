"""The door to the verifiers: joining, splitting by kind, holding them to their promise."""

import subprocess
import sys

import polars as pl
import pytest

from boundary import closure
from boundary.digests import PACKAGE, code_digest
from boundary.errors import InputError, TableError
from boundary.kinds import KINDS, grader_digest
from boundary.kinds import kind as kind_of
from boundary.tables import VERDICTS_TABLE, check
from boundary.tasks import registers
from boundary.verify import lab
from framed import verify_samples

#: Kinds whose verifier is part of the package.
SHIPPED = [name for name, kind in KINDS.items() if kind.module]
QUESTION = registers.question("q", [1, 2, 3])
GOLD = " ".join(registers.solution(QUESTION)[-3:])
PROBLEMS = pl.DataFrame(
    {
        "benchmark": ["b", "b", "c"],
        "problem_id": ["maths", "lab", "maths"],
        "question": ["2+2", QUESTION, "3+3"],
        "answer": ["4", GOLD, "6"],
        "kind": ["math", "lab", "math"],
        "tests": None,
        "metadata": None,
    },
    schema_overrides={"tests": pl.String, "metadata": pl.String},
)


def samples(*rows, model="m", benchmark="b"):
    """Make samples of (problem, index, response)."""
    return pl.DataFrame(
        {
            "model": model,
            "benchmark": benchmark,
            "protocol": "p",
            "problem_id": [row[0] for row in rows],
            "sample_index": [row[1] for row in rows],
            "response": [row[2] for row in rows],
            "finish_reason": "stop",
        }
    )


def test_each_kind_goes_to_its_verifier_and_rows_come_back_sorted():
    given = samples(("maths", 1, r"\boxed{4}"), ("lab", 0, f"# {GOLD}"), ("maths", 0, r"\boxed{6}"))
    found = verify_samples(PROBLEMS, given)
    assert found.select("problem_id", "sample_index", "correct", "chain_correct").rows() == [
        ("lab", 0, True, False),
        ("maths", 0, False, None),
        ("maths", 1, True, None),
    ]
    assert found["grader"].n_unique() == 2


def test_choices_and_texts_bring_their_options_with_them():
    answers = pl.DataFrame(
        {
            "benchmark": "b",
            "problem_id": ["pick", "say"],
            "question": ["Where?", "Who?"],
            "answer": ["B", "USA"],
            "kind": ["choice", "text"],
            "metadata": ['{"choices": ["Paris", "Rome"]}', '{"golds": ["United States"]}'],
        }
    )
    given = samples(("pick", 0, "Answer: Rome"), ("pick", 1, "A"), ("say", 0, "united states"))
    found = verify_samples(answers, given)
    assert check(found, VERDICTS_TABLE, "x").equals(found)
    assert found["answer"].to_list() == ["B", "A", "united states"]
    assert found["correct"].to_list() == [True, False, True]


def test_the_gold_answer_is_that_of_the_samples_benchmark():
    found = verify_samples(PROBLEMS, samples(("maths", 0, r"\boxed{6}"), benchmark="c"))
    assert found["correct"].to_list() == [True]


def test_samples_without_their_problem_are_named():
    given = samples(*((f"x{i}", 0, "") for i in range(7)), ("maths", 0, ""))
    with pytest.raises(TableError, match=r"7 sampled problem.*first b/x0, b/x1.*b/x4\. "):
        verify_samples(PROBLEMS, given)
    with pytest.raises(TableError, match=r"whose benchmark is b, c\), first d/maths"):
        verify_samples(PROBLEMS, samples(("maths", 0, ""), benchmark="d"))


def test_several_arms_and_no_samples_are_refused():
    one = samples(("maths", 0, ""))
    with pytest.raises(TableError, match=r"mix 2 .*m, b, p; n, b, p\. Verify each apart"):
        verify_samples(PROBLEMS, pl.concat([one, samples(("maths", 0, ""), model="n")]))
    with pytest.raises(TableError, match="no samples"):
        verify_samples(PROBLEMS, one.clear())


def test_a_kind_without_verifier_is_named_with_those_that_exist():
    art = PROBLEMS.with_columns(kind=pl.lit("art"))
    told = (
        r"kind 'art' yet; verifiers exist for: choice, code, custom, lab, math, modular, skills, "
        "text"
    )
    with pytest.raises(InputError, match=told):
        verify_samples(art, samples(("maths", 0, "")))
    for ask in (kind_of, grader_digest):
        with pytest.raises(InputError, match="'art'"):
            ask("art")


@pytest.mark.parametrize("fault", ["lost", "doubled", "renamed"])
def test_a_verifier_that_breaks_its_promise_is_caught(monkeypatch, fault):
    honest = lab.verify

    def faulty(items):
        rows = honest(items)
        if fault == "lost":
            return rows.head(1)
        if fault == "doubled":
            return pl.concat([rows, rows.head(1)])
        return rows.with_columns(sample_index=pl.col("sample_index") + 1)

    monkeypatch.setattr(lab, "verify", faulty)
    with pytest.raises(TableError, match="verifier 'lab' returned"):
        verify_samples(PROBLEMS, samples(("lab", 0, ""), ("lab", 1, "")))


@pytest.mark.parametrize("kind", SHIPPED)
def test_sources_exist_and_hold_the_verifier(kind):
    sources = KINDS[kind].sources
    verifiers = {f"verify/{kind}.py", f"verify/{kind}", f"kinds/{kind}/verifier.py"}
    assert verifiers & {*sources}
    assert "verify/items.py" in sources  # what it is given
    assert all((PACKAGE / source).exists() for source in sources)
    assert len(code_digest(*sources)) == 12


#: Imported by graders and no part of a verdict: the shape of tables, the words of errors,
#: digests, and what hands on what it is given.
NO_PART = frozenset(
    [
        *(
            "tables.py",
            "rows.py",
            "checking.py",
            "casting.py",
            "validating.py",
            "columns.py",
            "used.py",
            "stopping.py",
        ),
        *("lookalikes.py", "errors.py", "wording.py", "digests.py", "edits.py"),
        "verify/setting.py",
        # What kinds there are; not one of them decides a verdict.
        *(f"kinds/{name}.py" for name in ("__init__", "graders", "record", "registry")),
        *(f"kinds/{name}{'/__init__' * (PACKAGE / 'kinds' / name).is_dir()}.py" for name in KINDS),
    ]
)
LAB_SETTINGS = ("lab_algorithms.py", "lab_task.py", "lab_traces.py", "strict.py", "extraction.py")
#: The same of single kinds: the cache of verdicts and its files; bounds of settings; names of
#: rules for answers, where there are none to read.
NO_PART_OF = {
    "code": {
        *("verify/cache.py", "store.py", "atomic.py", "foreign.py", "inputs.py", "spreadsheet.py"),
        "extraction.py",
    },
    "lab": {"config/lab.py", *LAB_SETTINGS},
    "skills": {"config/lab.py", *LAB_SETTINGS},
    "modular": {"extraction.py"},
}
#: What runs apart from the module of a verifier.
APART = {
    "code": tuple(
        f"boundary.verify.{name}" for name in ("sandbox.worker", "code.tricks", "code.choose")
    )
}


def imported(module):
    """Return the files of the package that a module imports, those it imports in turn too."""
    left, found = [module], {}
    while left:
        name = left.pop()
        path = closure._file(name)
        if path is None:  # a name of a module
            left.append(name.rpartition(".")[0])
        elif name != "boundary" and name not in found:
            found[name] = path.relative_to(PACKAGE).as_posix()
            left += closure._imports_of(path, name)
    return set(found.values())


@pytest.mark.parametrize("kind", SHIPPED)
def test_the_digest_of_a_grader_covers_all_that_it_imports(kind):
    roots = (KINDS[kind].module, *APART.get(kind, ()))
    files = set().union(*map(imported, roots))
    covered = {
        path.relative_to(PACKAGE).as_posix()
        for source in KINDS[kind].sources
        for path in (
            (PACKAGE / source).rglob("*.py") if (PACKAGE / source).is_dir() else [PACKAGE / source]
        )
    }
    assert files - covered - NO_PART == NO_PART_OF.get(kind, set())
    # And nothing else makes verdicts stale; faces of packages run with what they hold.
    unread = {name for name in covered - files if not name.endswith("__init__.py")}
    assert unread <= {"verify/items.py", "verify/math/warm.py", "tasks/corpus.py"}


def test_imports_are_followed_into_engines_and_sandbox():
    files = imported(KINDS["math"].module)
    assert {"verify/math/compare.py", "answers/numbers.py", "verify/killable.py"} <= files
    assert files >= NO_PART
    files = imported(KINDS["code"].module) | imported(APART["code"][0])
    assert {"verify/code/oracles.py", "verify/sandbox/plain.py", "tagged.py"} <= files


def test_importing_the_registry_loads_nothing_heavy():
    code = (
        "import sys, boundary.kinds as k, boundary.verify; k.grader_digest('math'); "
        "print([m for m in ('polars', 'pandera', 'sympy', 'math_verify', 'pebble', 'torch') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
