"""Images of rows, from a folder, a source or the rows: taken, or refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from boundary.config.problems import problems_of
from boundary.config.study import Benchmark, Study
from boundary.data import pictures as module
from boundary.data.benchmark import ProblemRequest, benchmark_problems
from boundary.errors import InputError
from boundary.images import load
from boundary.origins import questions_digest
from boundary.plan import Plan
from boundary.plan.specs import problems_spec
from boundary.questions import question_clusters
from boundary.store import read_table, write_table
from boundary.tables import PROBLEMS
from boundary.verify.items import join
from pictures import hostile, picture

Write = Callable[..., Path]


def row(name: object, i: int = 0, **more: object) -> dict[str, object]:
    return {"problem_id": f"p{i}", "question": "How many?", "answer": i, "image": name} | more


def made(path: Path, folder: Path | None, out: Path) -> pl.DataFrame:
    request = ProblemRequest("mine", f"file:{path}", images=str(folder) if folder else None)
    return benchmark_problems(request, out)[0]


def test_rows_name_files(write: Write, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    red, blue = picture(), picture("JPEG", "blue")
    (folder / "a.png").write_bytes(red)
    (folder / "b (1).jpg").write_bytes(blue)
    rows = [row("a.png", 0), row(["b (1).jpg", "a.png"], 1), row(None, 2, question="Why?")]
    frame = made(write(rows), folder, tmp_path / "out")
    path = tmp_path / "out/p.parquet"
    write_table(frame, path, PROBLEMS)
    again = read_table(path, PROBLEMS)
    assert again.equals(frame)
    one, two, none = again["images"].to_list()
    assert none is None
    assert [load(image, path.parent) for image in (*one, *two)] == [red, blue, red]
    assert len(list((tmp_path / "out/images").iterdir())) == 2


def test_csv_names_files_and_parquet_holds_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture())
    (tmp_path / "x.csv").write_text("problem_id,question,answer,image\np,q,1,a.png\n")
    data = {"problem_id": ["p"], "question": ["q"], "answer": ["1"]}
    pl.DataFrame(data | {"image": [picture()]}).write_parquet(tmp_path / "bytes.parquet")
    hub = {"bytes": picture(), "path": "whatever.jpg"}
    pl.DataFrame(data | {"image": [hub]}).write_parquet(tmp_path / "hub.parquet")
    first = made(tmp_path / "x.csv", tmp_path, tmp_path / "out")
    for name in ("bytes", "hub"):
        assert made(tmp_path / f"{name}.parquet", None, tmp_path / "out").equals(first)


def test_without_images_a_table_is_what_it_was(write: Write, tmp_path: Path) -> None:
    frame = made(write([row(None)]), None, tmp_path)
    assert "images" not in frame.columns
    with_column = frame.with_columns(pl.lit(None, PROBLEMS.columns["images"].type).alias("images"))
    assert questions_digest(frame) == questions_digest(with_column)


def test_every_bad_image_is_refused_by_name(write: Write, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    for name, why in hostile(folder).items():
        path = write([row("images/one.png", 0), row(name, 1)])
        with pytest.raises(InputError) as caught:
            made(path, folder, tmp_path / "out")
        message = str(caught.value)
        assert why in message, name
        assert message.startswith(f"{path}: row 2: benchmarks.mine, problem 'p1': the image ")
        assert name.replace("\0", "\\x00").replace("\\one", "\\\\one") in message


def test_a_file_that_is_named_needs_its_folder(write: Write, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="say where images stand by `images: PATH`"):
        made(write([row("a.png")]), None, tmp_path / "out")
    with pytest.raises(
        InputError, match="'image' should name an image or hold its bytes, found int"
    ):
        made(write([row(7)]), None, tmp_path / "out")


def test_images_of_a_pinned_source_are_fetched_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "4.png").write_bytes(picture())
    asked = []

    def fetch(*what: str) -> Path:
        asked.append(what)
        return tmp_path / what[-1]

    monkeypatch.setattr(module, "fetch", fetch)
    assert module.of_source("github:a/b", "c" * 40)("4.png") == picture()
    assert asked == [("github:a/b", "c" * 40, "4.png")]
    with pytest.raises(InputError, match="no name of a file"):
        module.of_source("github:a/b", "c" * 40)("../4.png")


def test_a_question_of_another_picture_is_another_question(write: Write, tmp_path: Path) -> None:
    for name in ("red", "blue"):
        (tmp_path / f"{name}.png").write_bytes(picture(color=name))
    frame = made(write([row("red.png", 0), row("blue.png", 1)]), tmp_path, tmp_path / "out")
    assert question_clusters(frame, "x")["cluster"].to_list() == [None, None]
    rows = [row("red.png", 0), row("red.png", 1, answer=0)]
    same = made(write(rows), tmp_path, tmp_path / "out")
    assert question_clusters(same, "x")["cluster"].n_unique() == 1
    assert questions_digest(frame) != questions_digest(same)
    with pytest.raises(Exception, match="one question has two golds"):
        made(write([row("red.png", 0), row("red.png", 1)]), tmp_path, tmp_path / "out")


def test_a_table_of_problems_brings_its_images(write: Write, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture())
    frame = made(write([row("a.png")]), tmp_path, tmp_path / "out")
    write_table(frame, tmp_path / "out/p.parquet", PROBLEMS)
    again = made(tmp_path / "out/p.parquet", None, tmp_path / "elsewhere")
    assert again.equals(frame)
    assert load(again["images"][0][0], tmp_path / "elsewhere") == picture()
    (tmp_path / "out" / frame["images"][0][0]["file"]).write_bytes(b"")
    with pytest.raises(
        InputError, match=r"p.parquet: problem 'p0': .* is not there, or not the im"
    ):
        made(tmp_path / "out/p.parquet", None, tmp_path / "elsewhere")


def test_images_are_in_the_identity_of_a_benchmark(write: Write, tmp_path: Path) -> None:
    path, folder = write([row("a.png")]), tmp_path / "pictures"
    folder.mkdir()
    (folder / "a.png").write_bytes(picture())

    def identity(images: str | None) -> str:
        given = {"source": f"file:{path}"} | ({"images": images} if images else {})
        return json.dumps(problems_of("mine", Benchmark.model_validate(given)).identity())

    plain, one = identity(None), identity(str(folder))
    assert "images" not in plain
    (folder / "a.png").write_bytes(picture(color="blue"))
    assert len({plain, one, identity(str(folder))}) == 3
    spec = problems_of("mine", Benchmark.model_validate({"source": f"file:{path}"})).spec()
    assert "images" not in spec


def test_a_study_of_images_is_planned_offline(write: Write, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"is not looked at before the table is made")
    own = {"source": f"file:{write([row('a.png')])}", "images": str(tmp_path)}
    names = ["mathvista_testmini", "mathvision_testmini", "own"]
    models = {
        name: {"source": "hf:a/b", "revision": "c" * 40, "role": "base"} for name in ("base", "rl")
    }
    study = {
        "study": "visual",
        "models": models,
        "benchmarks": {names[0]: {}, names[1]: {}, "own": own},
        "protocols": {"p": {"max_tokens": 8, "n": 2, "samples_per_shard": 2, "prompt": "chat"}},
        "comparisons": [{"base": "base", "other": "rl", "benchmarks": names, "protocol": "p"}],
    }
    plan = Plan(Study.model_validate(study))
    specs = {
        name: json.loads(problems_spec(plan, label)) for label, name in plan.benchmarks.items()
    }
    assert {name: spec.get("images") for name, spec in specs.items()} == {
        names[0]: None,
        names[1]: None,
        "own": str(tmp_path),
    }
    assert not [line for line in plan.warnings() if "images" in line]
    (tmp_path / "a.png").unlink()
    gone = study | {"benchmarks": {**study["benchmarks"], "own": own | {"images": "absent"}}}
    told = Plan(Study.model_validate(gone)).warnings()
    assert "benchmarks.own.images: the folder absent is not there." in told


def test_verifiers_see_no_images(write: Write, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture())
    frame = made(write([row("a.png")]), tmp_path, tmp_path / "out")
    sample = {"benchmark": "mine", "problem_id": "p0", "sample_index": 0}
    samples = pl.DataFrame([sample | {"response": "0", "finish_reason": "stop"}])
    assert "images" not in join(frame, samples).columns
