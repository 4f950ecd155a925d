"""Reading study files: what ships, keys given twice, what is no mapping."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from boundary.config import json_schema, parse_study, read_study
from boundary.errors import ConfigError, InputError
from boundary.plan import Plan
from harness import STUDIES

jsonschema = pytest.importorskip("jsonschema")

ROOT = Path(__file__).resolve().parents[3]
NAMES = [file.stem for file in STUDIES]

STUDY = """\
study: s
models:
  a: {source: "counts:c.csv", role: base}
  b: {source: "counts:c.csv", role: rl, base: a}
benchmarks: {m: {}}
protocols: {p: {max_tokens: 9, n: 4}}
comparisons: [{base: a, other: b, benchmarks: [m], protocol: p}]
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where a study file goes, beside its counts."""
    monkeypatch.chdir(tmp_path)
    Path("c.csv").write_text("model,problem,n,correct\na,1,4,2\nb,1,4,3\n", encoding="utf-8")
    return tmp_path / "study.yaml"


@pytest.mark.parametrize("file", STUDIES, ids=NAMES)
def test_shipped_studies_are_in_order(file: Path) -> None:
    plan = Plan(read_study(file))
    assert plan.arms
    assert len({arm.folder for arm in plan.arms}) == len(plan.arms)


def test_shipped_studies_have_names_of_their_own() -> None:
    names = [read_study(file).study for file in STUDIES]
    assert len(set(names)) == len(names)


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(json_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("file", STUDIES, ids=NAMES)
def test_shipped_studies_fit_the_json_schema(
    file: Path, validator: jsonschema.Draft202012Validator
) -> None:
    import yaml

    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    validator.validate(raw)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({**raw, "benchmark": {}})


def test_the_json_schema_in_the_repository_is_this_one() -> None:
    held = (ROOT / "config/study.schema.json").read_text(encoding="utf-8")
    assert held == json_schema(), (
        "config/study.schema.json has drifted from boundary.config.study; "
        "run: python -m boundary schema > config/study.schema.json"
    )


def test_every_setting_of_a_study_is_described() -> None:
    """An editor shows the description of a key: none of a setting may be missing."""
    schema = json.loads(json_schema())
    bare = {
        f"{name}.{key}"
        for name in ("Model", "Benchmark", "Protocol", "Analyses", "Pretrain", "LabBenchmark")
        for key, entry in schema["$defs"][name]["properties"].items()
        if "description" not in entry
    }
    assert bare <= {"Analyses.likelihood"}


def test_a_file_is_read(write: Path) -> None:
    write.write_text(STUDY)
    assert list(read_study(write).models) == ["a", "b"]


def test_problems_name_the_file(write: Path) -> None:
    write.write_text(STUDY.replace("role: rl", "role: lr"))
    with pytest.raises(
        ConfigError, match=r"study\.yaml: 1 problem in the study file\n  - models.b"
    ):
        read_study(write)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "  b: {",
            '  a: {source: "counts:d.csv", role: rl}\n  b: {',
            "models.a: line 4 repeats line 3",
        ),
        ("study: s\n", "study: s\nstudy: t\n", "study: line 2 repeats line 1"),
        ("n: 4", "n: 4, n: 8", "protocols.p.n: line 6 repeats line 6"),
        (
            "protocol: p",
            "protocol: p, protocol: q",
            "comparisons[0].protocol: line 7 repeats line 7",
        ),
        ('"counts:c.csv", role: base', "x, 'role': base, role: rl", "models.a.role: line 3"),
    ],
)
def test_a_key_given_twice_is_refused(write: Path, old: str, new: str, told: str) -> None:
    text = STUDY.replace(old, new, 1)
    assert text != STUDY
    write.write_text(text)
    with pytest.raises(InputError) as caught:
        read_study(write)
    assert told in str(caught.value)
    assert str(write) in str(caught.value)
    assert caught.value.exit_code == 2


def test_all_keys_given_twice_are_told(write: Path) -> None:
    write.write_text(STUDY.replace("n: 4", "n: 4, n: 8") + "study: t\n")
    with pytest.raises(InputError, match=r"protocols\.p\.n: .*; study: line 8 repeats line 1"):
        read_study(write)


def test_anchors_and_merges_are_no_repetition(write: Path) -> None:
    Path("c.csv").write_text("model,problem,n,correct\na,1,8,2\nb,1,8,3\n", encoding="utf-8")
    write.write_text(
        STUDY.replace(
            "protocols: {p: {max_tokens: 9, n: 4}}",
            "protocols:\n  q: &q {max_tokens: 9, n: 4}\n  p: {<<: *q, n: 8}\n  r: *q",
        )
    )
    protocols = read_study(write).protocols
    assert {name: entry.n for name, entry in protocols.items()} == {"q": 4, "p": 8, "r": 4}
    assert protocols["p"].max_tokens == 9


def test_a_mapping_within_itself_ends(write: Path) -> None:
    write.write_text("study: s\nmodels: &m {a: *m}\n")
    with pytest.raises(ConfigError):
        read_study(write)


@pytest.mark.parametrize("text", ["", "- a\n", "study\n", "3\n", "# nothing\n"])
def test_a_file_without_a_mapping(write: Path, text: str) -> None:
    write.write_text(text)
    with pytest.raises(
        InputError, match="holds no mapping; a study file begins with 'study: NAME'"
    ):
        read_study(write)


@pytest.mark.parametrize("text", ["study: [", "a: b: c", "\tstudy: s", "study: s\n---\nstudy: t\n"])
def test_a_file_that_is_no_yaml(write: Path, text: str) -> None:
    write.write_text(text)
    with pytest.raises(InputError, match="is not YAML: "):
        read_study(write)


def test_python_objects_are_no_yaml(write: Path) -> None:
    write.write_text("study: !!python/object/apply:os.system ['touch hacked']\n")
    with pytest.raises(InputError, match="is not YAML"):
        read_study(write)
    assert not Path("hacked").exists()


def test_a_file_that_is_no_text(write: Path) -> None:
    write.write_bytes(b"study: \xff\xfe\n")
    with pytest.raises(InputError, match="is not YAML"):
        read_study(write)


def test_a_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_study(tmp_path / "none.yaml")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_study(tmp_path)


def test_a_study_is_frozen() -> None:
    study = read_study(STUDIES[0])
    with pytest.raises(Exception, match="frozen"):
        study.study = "other"  # type: ignore[misc]


@pytest.mark.usefixtures("write")
def test_ordered_mappings_of_snakemake_are_mappings() -> None:
    """Snakemake hands over an ordered dictionary."""
    from collections import OrderedDict

    import yaml

    raw = yaml.safe_load(STUDY)
    ordered = OrderedDict(
        (key, OrderedDict(value) if isinstance(value, dict) else value)
        for key, value in raw.items()
    )
    assert parse_study(ordered, "x") == parse_study(raw, "x")
