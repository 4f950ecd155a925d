"""Problems that stop: a run ends with their scores, and a change runs what it must and no more."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from boundary.ends import ends
from boundary.stopping import StoppingRule
from harness import add_toy, copy_repository, in_test_all, planned, python, run, snakemake

TOY, REGISTRY = "workflow/boundary/engines/toy", "workflow/boundary/engines/registry.py"
STUDY = "stopping.yaml"
RULE = {"max": 16, "first": 4, "stop_after": 2}
#: In place of python: what it is to write holds its own name.
PRETEND = """
python() {
    local target= last=
    for each in "$@"; do
        case "$each" in
            --output=*) target="${each#*=}" ;;
            *) if [[ $last == --output ]]; then target=$each; else target=; fi ;;
        esac
        if [[ -n $target ]]; then echo "$target" > "$target"; fi
        last=$each
    done
    cat > /dev/null
}
"""


def write_study(folder: Path, n: Any, name: str = "s", file: str = STUDY) -> str:
    """Write a study of the toy under two seeds, on short texts."""
    protocol = {"max_tokens": 8, "n": n, "samples_per_shard": 2, "engine": "toy"}
    pair = {"base": "base", "other": "base", "benchmarks": ["mine"], "protocol": "t1"}
    study = {
        "study": name,
        "lab": {"base": {"recipe": "pretrain", "steps": 1}},
        "models": {"base": {"source": "lab:base", "role": "base"}},
        "benchmarks": {"mine": {"source": "file:problems.jsonl", "kind": "text"}},
        "protocols": {"t1": protocol, "t2": protocol | {"seed": 2}},
        "comparisons": [pair | {"other_protocol": "t2"}],
    }
    (folder / file).write_text(yaml.safe_dump(study))
    return file


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy with the toy engine, and a model of which it needs no weights."""
    folder = copy_repository(tmp_path_factory.mktemp("stopping") / "copy")
    add_toy(
        folder, "engine", "workflow/boundary/engines/toy", REGISTRY, "NAMES = (\n", '    "toy",'
    )
    for i, answer in enumerate(["toy 1"] * 6 + ["never"] * 2):
        line = {"problem_id": f"p{i}", "question": f"q{i}", "answer": answer}
        with (folder / "problems.jsonl").open("a") as handle:
            handle.write(json.dumps(line) + "\n")
    write_study(folder, RULE)
    text = snakemake(folder, "scores", "--dry-run", config=STUDY).stdout
    (model,) = set(re.findall(r"results/models/[^/]+/run\.json", text))
    (folder / model).parent.mkdir(parents=True)
    (folder / model).write_text("{}")
    return folder


def scores_of(folder: Path, protocol: str = "t1") -> str:
    """Return the path of the scores under a protocol."""
    text = snakemake(folder, "scores", "--dry-run", config=STUDY).stdout
    return re.search(rf"output: (results/scores/\S+/{protocol}-\S+)", text)[1]


def test_a_run_ends_with_the_scores_of_the_rule(study: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(study, tmp_path / "real", symlinks=True))
    write_study(folder, {"max": 8, "first": 2, "stop_after": 2})
    path = scores_of(folder)
    run(folder, path, config=STUDY)
    scores = pl.read_parquet(folder / path)
    assert scores.select("n_max", "first_look", "stop_after").unique().rows() == [(8, 2, 2)]
    verdicts = pl.concat(
        pl.read_parquet(file, columns=["problem_id", "sample_index", "correct"])
        for file in (folder / "results/verdicts").rglob("*.parquet")
    )
    assert scores.select("problem_id", pl.col("n").alias("end")).equals(
        ends(verdicts, StoppingRule(8, 2, 2)).sort("problem_id")
    )
    assert scores["n"].sum() == verdicts.height < 8 * 8
    assert scores.filter(n=8)["problem_id"].is_in(["p6", "p7"]).sum() == 2
    assert scores["correct"].sum() == verdicts["correct"].sum() > 6
    (judged,) = (folder / "results/verdicts").glob("*/*/t1-*/*/00000.parquet")
    changed = pl.read_parquet(judged)
    solved = pl.col("problem_id") == "p6"
    changed = changed.with_columns(
        correct=pl.col("correct") | solved,
        verdict=pl.when(solved).then(pl.lit("correct")).otherwise("verdict"),
    )
    changed.write_parquet(judged, metadata=pl.read_parquet_metadata(judged))
    done = snakemake(folder, "--cores", "1", path, config=STUDY)
    assert "00001.parquet: holds samples of problems that had stopped before" in done.stderr
    assert done.returncode != 0 and " by the verdicts as they are: p6. " in done.stderr


def samples(*blocks: tuple[int, ...]) -> list[str]:
    """Return the sampling jobs of rounds, each by its blocks."""
    return [f"sample_blocks_{b[0]}_{b[-1]} samples/base/mine/t1/{b[0]:05d}.parquet" for b in blocks]


def looks(*at: int) -> list[str]:
    return [f"take_look going/base/mine/t1/{look}.json" for look in at]


def judged(rule: str, blocks: range) -> list[str]:
    return [f"{rule} verdicts/base/mine/t1/{block:05d}.parquet" for block in blocks]


SMALL = [(2,), (3,), (4,), (5,), (6,), (7,)]
LARGE = [(8, 9), (10, 11), (12, 13), (14, 15)]
FIRST = [f"sample_block samples/base/mine/t1/{block:05d}.parquet" for block in (0, 1)]
WHOLE_32 = [*looks(4, 8, 16), *judged("verify_round_block", range(2, 16)), *samples(*SMALL, *LARGE)]
SCORED = "score_stopped scores/base/mine/t1/n{}.parquet"


class Table:
    """A study whose commands write names in place of results, and changes of it."""

    def __init__(self, study: Path, folder: Path) -> None:
        self.folder = Path(shutil.copytree(study, folder, symlinks=True))
        common = self.folder / "rules/common.smk"
        common.write_text(common.read_text() + '\nshell.prefix("source ./pretend.sh; ")\n')
        (self.folder / "pretend.sh").write_text(PRETEND)

    def jobs(self, *arguments: str, config: str = STUDY) -> list[str]:
        """Return the jobs of a dry run that are of the first protocol."""
        made = planned(self.folder, "scores", *arguments, config=config)
        return [job for job in made if "/t1/" in job]

    def change(self, n: Any, expected: list[str], name: str = "s") -> None:
        """Write a study and run it: what was planned, and nothing after it."""
        config = write_study(self.folder, n, name, f"{name}.yaml")
        assert self.jobs(config=config) == sorted(expected)
        run(self.folder, "scores", config=config)
        assert planned(self.folder, "scores", config=config) == []


@pytest.fixture(scope="module")
def table(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Table:
    """Return a study that has run to 16 samples of a problem, and then to 32."""
    made = Table(study, tmp_path_factory.mktemp("table") / "copy")
    start = [*FIRST, *judged("verify_block", range(2)), *looks(4, 8), *samples(*SMALL)]
    made.change(RULE, [*start, *judged("verify_round_block", range(2, 8)), SCORED.format(16)])
    more = [*looks(16), *samples(*LARGE), *judged("verify_round_block", range(8, 16))]
    made.change(RULE | {"max": 32}, [*more, SCORED.format(32)])
    return made


@pytest.fixture
def changed(table: Table, tmp_path: Path) -> Table:
    """Return a copy of the study for a test's own changes; times of files are kept."""
    made = object.__new__(Table)
    made.folder = Path(shutil.copytree(table.folder, tmp_path / "copy", symlinks=True))
    return made


def test_a_larger_max_adds_rounds(table: Table) -> None:
    """The study has gone through it; a smaller one is there still."""
    assert table.jobs(config=write_study(table.folder, RULE, "s", "small.yaml")) == []


def test_a_plain_n_beside_has_its_own_later_blocks(changed: Table) -> None:
    beside = [f"sample_block samples/base/mine/t1/{block:05d}.parquet" for block in (2, 3)]
    judging = judged("verify_block", range(2, 4))
    changed.change(8, [*beside, *judging, "score_arm scores/base/mine/t1/n8.parquet"], "fixed")


def test_deleted_verdicts_are_made_anew_and_nothing_is_sampled(changed: Table) -> None:
    shutil.rmtree(changed.folder / "results/verdicts")
    shutil.rmtree(changed.folder / "results/scores")
    config = write_study(changed.folder, RULE | {"max": 32})
    verified = [*judged("verify_block", range(2)), *judged("verify_round_block", range(2, 16))]
    expected = sorted([*verified, *looks(4, 8, 16), SCORED.format(32)])
    assert changed.jobs(config=config) == expected


def test_a_changed_verdict_is_for_scores_to_refuse(changed: Table) -> None:
    config = write_study(changed.folder, RULE | {"max": 32})
    (path,) = (changed.folder / "results/verdicts").glob("*/*/t1-*/*/00000.parquet")
    later = path.stat().st_mtime + 1000
    os.utime(path, (later, later))
    assert changed.jobs(config=config) == []
    path.write_text("another")
    os.utime(path, (later, later))
    assert changed.jobs(config=config) == [SCORED.format(32)]


#: Prints how many jobs of each rule are left.
LEFT = """
import json, sys
from pathlib import Path
from boundary.config import read_study
from boundary.estimate.stages import stages
from boundary.plan import Plan
counts = stages(Plan(read_study(Path(sys.argv[1])))).counts
print(json.dumps({rule: count.left for rule, count in counts.items() if count.left}))
"""


def test_a_model_made_anew_hides_no_round(changed: Table) -> None:
    """Snakemake looks for reasons of nothing below a job that must run; one run ends it all."""
    config = write_study(changed.folder, RULE | {"max": 64})
    told = python(changed.folder, "-c", LEFT, config)
    left = json.loads(told.stdout)
    made = Counter(job.split()[0] for job in planned(changed.folder, "scores", config=config))
    assert {rule: left[rule] for rule in made if rule != "scores"} == made - Counter(["scores"])
    first = sorted((changed.folder / "results/samples").rglob("0000*.parquet"))
    times = [path.stat().st_mtime_ns for path in first]
    run(changed.folder, "scores", "--forcerun", "train_model", config=config)
    assert planned(changed.folder, "scores", config=config) == []
    assert [path.stat().st_mtime_ns for path in first] == times
    assert len([*(changed.folder / "results/scores").rglob("n64-*.parquet")]) == 2


@pytest.mark.parametrize("stop_after", [1, 3])
@in_test_all
def test_another_rule_has_rounds_of_its_own(stop_after: int, changed: Table) -> None:
    changed.change(RULE | {"max": 32, "stop_after": stop_after}, [*WHOLE_32, SCORED.format(32)])


@in_test_all
def test_an_edited_grader_decides_anew_who_goes_on(changed: Table) -> None:
    grader = changed.folder / "workflow/boundary/verify/text.py"
    grader.write_text(grader.read_text() + "\n# edited\n")
    expected = [*judged("verify_block", range(2)), *WHOLE_32, SCORED.format(32)]
    changed.change(RULE | {"max": 32}, expected)


@in_test_all
def test_a_run_that_was_killed_makes_what_lacks(changed: Table) -> None:
    """What is there when the process of Snakemake ends at once, and what is not."""
    for name in ("samples/base-*/*/t1-*/*/0000[89].parquet", "scores/*/*/t1-*/*.parquet"):
        for path in (changed.folder / "results").glob(name):
            path.unlink()
    lacking = [*samples((8, 9)), *judged("verify_round_block", range(8, 10)), SCORED.format(32)]
    changed.change(RULE | {"max": 32}, lacking)
