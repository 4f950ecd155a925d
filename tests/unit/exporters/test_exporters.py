"""What is exported is read back as it was: counts, verdicts, responses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import polars as pl
import pytest

from boundary.comparison.side import PROTOCOL
from boundary.exporters.arm import ExportedArm
from boundary.exporters.registry import EXPORTERS
from boundary.importers.collect import Arm, collect
from boundary.importers.record import Request, Tally
from boundary.importers.registry import choose
from boundary.importers.sides import Reading, read_side

Run = Callable[..., Any]
#: Hostile in each place where a form could break: quotes, line ends, separators, markup.
RESPONSES = [
    ("q1", r"so \boxed{4}", 4),
    ("q1", 'a "quote",\n\u2028 <script>|</script> \\boxed{5}', 4),
    ("q2|x", "nothing", 7),
    ("q2|x", r"\boxed{7}", 7),
]


Rows = list[dict[str, Any]]
ROWS: Rows = [
    {"id": name, "question": f"what is {name}?", "response": text, "answer": str(gold)}
    for name, text, gold in RESPONSES
]
Make = Callable[..., ExportedArm]


@pytest.fixture
def arm(make: Make) -> ExportedArm:
    """Return an arm of four responses, two of them right."""
    return make("mine", ROWS)


@pytest.fixture
def make(run: Run, tmp_path: Path) -> Make:
    """Return what makes an arm of responses by the pipeline's commands."""
    return lambda model, rows: made_of(model, rows, run, tmp_path / f"{model}.work")


def made_of(model: str, rows: Rows, run: Run, made: Path) -> ExportedArm:
    made.mkdir()
    file = made / f"{model}.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    problems, samples = made / "problems.parquet", made / "00000.parquet"
    verdicts, scores = made / "verdicts.parquet", made / "scores.parquet"
    given = ["--problems", problems, "--samples", samples]
    for command in (
        ["import", file, "--benchmark", "sums", "--output", made],
        ["verify", *given, "--output", verdicts],
        ["score", *given, "--verdicts", verdicts, "--max-unset", "1", "--output", scores],
    ):
        done = run(*command)
        assert done.code == 0, done.err
    return ExportedArm(
        model,
        "sums",
        PROTOCOL,
        f"import:{model}.jsonl",
        {},
        scores,
        problems,
        (samples,),
        (verdicts,),
    )


def exported(arm: ExportedArm, name: str, folder: Path) -> Path:
    EXPORTERS[name].write([arm], folder, "s")
    return folder


def imported(path: Path, scratch: Path) -> Arm:
    """Return the only arm of what was exported."""
    chosen = choose(path)
    batches = chosen.read(Request(), Tally())
    (arm,) = collect(
        batches,
        chosen.importer.offers,
        scratch,
        model="mine",
        benchmark="sums",
        tally=Tally(),
    )
    return arm


@pytest.mark.parametrize("name", ["counts", "passk_inference"])
def test_counts_come_back(arm: ExportedArm, name: str, tmp_path: Path) -> None:
    back = imported(exported(arm, name, tmp_path / "out"), tmp_path / "scratch")
    assert back.benchmark == "sums"
    rows = back.counts.select("problem_id", "n", "correct").sort("problem_id").rows()
    assert rows == [("q1", 2, 1), ("q2|x", 2, 1)]


def test_documents_of_lm_eval_come_back(arm: ExportedArm, tmp_path: Path) -> None:
    folder = exported(arm, "lm_eval", tmp_path / "out")
    back = imported(folder, tmp_path / "scratch")
    assert (back.model, back.benchmark) == ("mine", "sums")
    texts = pl.concat(pl.read_parquet(shard) for shard in back.shards)["response"].to_list()
    assert texts == [text for _, text, _ in RESPONSES]
    golds = [texts[1] for texts in back.problems.values()]
    assert golds == ["4", "7"]
    (line, _) = next(folder.rglob("samples_*.jsonl")).read_text().split("\n", 1)
    assert json.loads(line)["exact_match"] == 0.5
    (results,) = folder.rglob("results_*.json")
    # Two problems of one half: their standard error is 0.
    assert json.loads(results.read_text())["results"]["sums"] == {
        "alias": "sums",
        "exact_match,none": 0.5,
        "exact_match_stderr,none": 0.0,
    }


def test_lines_of_every_eval_ever_hold_each_response(arm: ExportedArm, tmp_path: Path) -> None:
    folder = exported(arm, "every_eval_ever", tmp_path / "out")
    (samples,) = folder.rglob("*_samples.jsonl")
    rows = [json.loads(line) for line in samples.read_text().splitlines()]
    assert [row["output"]["raw"] for row in rows] == [[text] for _, text, _ in RESPONSES]
    assert [row["evaluation"]["is_correct"] for row in rows] == [True, False, False, True]
    (aggregate,) = folder.rglob("*.json")
    whole = json.loads(aggregate.read_text())
    assert whole["detailed_evaluation_results"]["total_rows"] == len(rows)
    assert {row["evaluation_id"] for row in rows} == {whole["evaluation_id"]}
    assert (
        samples.relative_to(folder).as_posix()
        == (whole["detailed_evaluation_results"]["file_path"])
    )
    assert whole["evaluation_results"][0]["score_details"]["score"] == 0.5


def test_the_hub_folder_has_no_question_and_no_gold(arm: ExportedArm, tmp_path: Path) -> None:
    folder = exported(arm, "hugging_face", tmp_path / "out")
    rows = pl.read_parquet(folder / "responses" / PROTOCOL / "sums" / "mine.parquet")
    assert rows["response"].to_list() == [text for _, text, _ in RESPONSES]
    assert rows["correct"].to_list() == [True, False, False, True]
    assert not {"question", "gold"} & set(rows.columns)
    card = (folder / "README.md").read_text()
    assert "| mine | import:mine.jsonl | sums | imported | 2 | 4 | 2 |" in card
    scores_only = exported(replace(arm, samples=(), verdicts=()), "hugging_face", tmp_path / "two")
    assert not (scores_only / "responses").exists()


def test_tables_of_wandb_hold_counts_and_responses(arm: ExportedArm, tmp_path: Path) -> None:
    folder = exported(arm, "wandb", tmp_path / "out")
    files = ("counts.table.json", "responses/imported/sums/mine.table.json")
    counts, responses = (json.loads((folder / name).read_text("ascii")) for name in files)
    assert {*counts} == {*responses} == {"columns", "data"}
    assert pl.DataFrame(counts["data"], counts["columns"], orient="row").rows(named=True) == [
        {**arm.labels, "problem_id": name, "n": 2, "correct": 1, "n_unset": 0}
        for name in ("q1", "q2|x")
    ]
    rows = pl.DataFrame(responses["data"], responses["columns"], orient="row")
    assert rows["response"].to_list() == [text for _, text, _ in RESPONSES]
    assert rows["correct"].to_list() == [True, False, False, True]
    assert not {"question", "gold"} & set(rows.columns)
    without = exported(replace(arm, samples=(), verdicts=()), "wandb", tmp_path / "two")
    assert [path.name for path in without.iterdir()] == ["counts.table.json"]


def test_an_export_is_the_same_to_the_byte(arm: ExportedArm, tmp_path: Path) -> None:
    for name in EXPORTERS:
        one, two = (exported(arm, name, tmp_path / f"{name}{i}") for i in (1, 2))
        files = [sorted(p.relative_to(at) for p in at.rglob("*")) for at in (one, two)]
        assert files[0] == files[1]
        assert all(
            (one / f).is_dir() or (one / f).read_bytes() == (two / f).read_bytes() for f in files[0]
        )


def test_all_of_every_eval_ever_comes_back(make: Make, tmp_path: Path) -> None:
    """Counts, trials without outcome, verdicts and responses, under ids that forms may break."""
    names = ("a/b", "..", "007", "7", "A", "a", "two words", "1e5", "null", '"', "q\u2028|\u00e9")
    rows: Rows = [
        {"id": name, "question": f"{i}?", "response": f"\\boxed{{{j}}}\0", "answer": str(i % 3)}
        for i, name in enumerate(names)
        for j in range(1 + i % 4)
    ]
    # Cut off by a fault of the machine, with the right answer in it.
    late = {**rows[0], "response": r"\boxed{0}", "finish_reason": "error"}
    arm = make("mine", [{**row, "finish_reason": "stop"} for row in rows] + [late])
    folder = exported(arm, "every_eval_ever", tmp_path / "out")
    columns = ["problem_id", "n", "correct", "n_unset"]
    for trust in ("ours", "theirs"):
        (back,) = read_side(folder, Reading(trust=trust), tmp_path / trust)  # type: ignore[arg-type]
        assert back.label == "unknown/mine"
        assert back.scores.select(columns).sort("problem_id").equals(arm.counts.select(columns))
    shards = imported(folder, tmp_path / "scratch").shards
    rows_of = ["problem_id", "sample_index", "response"]
    texts = pl.concat(pl.read_parquet(shard) for shard in shards).sort(rows_of[:2])
    kept = arm.responses().with_columns(
        response=pl.when(finish_reason="stop").then("response").otherwise(pl.lit(""))
    )
    assert texts.select(rows_of).equals(kept.select(rows_of))


def test_every_eval_ever_holds_by_its_schema(make: Make, shared_data: Path, tmp_path: Path) -> None:
    settings = {
        **{"temperature": 0.6, "top_p": 0.95, "max_tokens": 64, "engine": "vllm"},
        **{"top_k": 20, "min_p": 0.05, "presence_penalty": 1.5, "prompt": "raw"},
    }
    late = {**ROWS[0], "finish_reason": "error"}
    arm = make("mine", [*({**row, "finish_reason": "length"} for row in ROWS), late])
    arms = [arm, replace(make("hub", ROWS), source="hf:org/m", settings=settings)]
    EXPORTERS["every_eval_ever"].write(arms, tmp_path / "out", "s")
    schemas = shared_data / "formats/every_eval_ever"
    for pattern, name in (("*.json", "eval"), ("*.jsonl", "instance_level_eval")):
        schema = json.loads((schemas / f"{name}.schema.json").read_text())
        rows = [
            json.loads(line)
            for file in (tmp_path / "out").rglob(pattern)
            for line in file.read_text().splitlines()
        ]
        assert len(rows) == (2 if name == "eval" else 9)
        for row in rows:
            jsonschema.validate(row, schema)


def test_every_setting_of_the_sampler_is_exported(make: Make, tmp_path: Path) -> None:
    settings = {"temperature": 0.6, "top_k": 20, "min_p": 0.05, "presence_penalty": 1.5}
    EXPORTERS["every_eval_ever"].write(
        [replace(make("m", ROWS), settings=settings)], tmp_path / "out", "s"
    )
    (file,) = (tmp_path / "out").rglob("*.json")
    (result,) = json.loads(file.read_text())["evaluation_results"]
    assert result["generation_config"] == {
        "generation_args": {"temperature": 0.6, "top_k": 20},
        "additional_details": {
            "samples_per_problem": "2",
            "min_p": "0.05",
            "presence_penalty": "1.5",
        },
    }


def test_revisions_of_one_repository_stay_two_models(make: Make, tmp_path: Path) -> None:
    sources = {"step-1": "hf:org/m", "step-2": "hf:org/m", "other": "hf:org/n"}
    arms = [replace(make(name, ROWS), source=source) for name, source in sources.items()]
    EXPORTERS["every_eval_ever"].write(arms, tmp_path / "out", "s")
    sides = read_side(tmp_path / "out", Reading(trust="theirs"), tmp_path / "work")
    assert [side.label for side in sides] == ["org/n", "unknown/step-1", "unknown/step-2"]
    assert all(side.scores["n"].to_list() == [2, 2] for side in sides)


def test_names_that_hold_separators_are_files_apart(arm: ExportedArm, tmp_path: Path) -> None:
    arms = [
        replace(arm, model=model, benchmark=benchmark, scores=tmp_path / f"{model}.parquet")
        for model, benchmark in (("a__b", "c"), ("a", "b__c"))
    ]
    for each in arms:
        names = {key: pl.lit(value) for key, value in each.labels.items()}
        arm.counts.with_columns(**names).write_parquet(each.scores)
    EXPORTERS["passk_inference"].write(arms, tmp_path / "out", "s")
    assert len([*(tmp_path / "out").rglob("*.jsonl")]) == 2


def test_documents_of_two_models_have_one_number_a_problem(make: Make, tmp_path: Path) -> None:
    arms = [make("all", ROWS), make("some", ROWS[2:])]
    EXPORTERS["lm_eval"].write(arms, tmp_path / "out", "s")
    numbers = {}
    for file in (tmp_path / "out").rglob("samples_*.jsonl"):
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        numbers[file.parent.name] = {row["doc"]["id"]: row["doc_id"] for row in rows}
    assert numbers == {"all": {"q1": 0, "q2|x": 1}, "some": {"q2|x": 1}}


def test_files_of_the_hub_have_the_same_columns(arm: ExportedArm, tmp_path: Path) -> None:
    """Its loader refuses a file with other columns than the first."""
    bare = arm.counts.drop("n_unset", "empty", "problem_digest")
    counts = replace(arm, model="counts", scores=tmp_path / "counts.parquet", samples=())
    bare.with_columns(model=pl.lit("counts")).write_parquet(counts.scores)
    EXPORTERS["hugging_face"].write([counts, arm], tmp_path / "out", "s")
    schemas = [
        pl.read_parquet_schema(file) for file in (tmp_path / "out/scores").rglob("*.parquet")
    ]
    assert len(schemas) == 2 and schemas[0] == schemas[1] and "n_unset" in schemas[0]


def test_the_hub_form_takes_counts_alone(arm: ExportedArm) -> None:
    assert {name for name, each in EXPORTERS.items() if each.texts} == {
        "every_eval_ever",
        "lm_eval",
    }
    assert arm.pass_at_1 == (0.5, 0.0)
