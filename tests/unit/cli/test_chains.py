"""Chains of thought from files: select, fill, read, judge, curves."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from boundary.chain_tables import (
    CHAIN_AGREEMENT,
    CHAIN_ITEMS,
    CHAIN_JUDGEMENTS,
    CHAIN_LABELS,
    CHAINS,
    COT_RULES,
    JUDGE_QUALITY,
    PASSK_COT,
)
from boundary.store import read_provenance, read_table
from chain_arms import make_arm
from chat_server import chat_server

RESPONSES: dict[str, list[str]] = {
    **{f"hard{i}": [f"sound {i}", f"lucky {i}: 2 + 2 = 5"] for i in range(4)},
    "easy": ["fine"] * 30,
    "never": [],
}


@pytest.fixture
def selected(run: Any, tmp_path: Path) -> Path:
    """Run ``chains select`` on two models; return the folder with what it wrote."""
    arms = []
    for model in ("secret-base", "secret-rl"):
        names = ("problems", "scores", "samples", "verdicts")
        paths = {name: tmp_path / f"{model}-{name}.parquet" for name in names}
        given = {name: [f"{text} {model}" for text in said] for name, said in RESPONSES.items()}
        for name, frame in zip(names, make_arm(given, 60, model), strict=True):
            frame.write_parquet(paths[name])
        arms.append(
            {
                "model": model,
                "benchmark": "b",
                "protocol": "p",
                "kind": "math",
                "problems": str(paths["problems"]),
                "scores": str(paths["scores"]),
                "samples": [str(paths["samples"])],
                "verdicts": [str(paths["verdicts"])],
            }
        )
    spec = json.dumps({"arms": arms, "below": 0.05, "per_problem": 8})
    done = run("chains", "select", "--spec", spec, "--output", tmp_path / "chains")
    assert (done.code, done.err) == (0, "")
    return tmp_path / "chains"


def fill(folder: Path, name: str, judge: str, **said: str) -> Path:
    """Fill a copy of the sheet: what is said of responses that contain a word."""
    lines = list(csv.DictReader(io.StringIO((folder / "sheet.csv").read_text("utf-8-sig"))))
    for line in lines:
        for word, judgement in said.items():
            if word in line["response"]:
                line.update(judgement=judgement, judge=judge)
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    return path


def test_from_selection_to_curves(run: Any, selected: Path, tmp_path: Path) -> None:
    items = selected / "chain_items.parquet"
    frame = read_table(items, CHAIN_ITEMS)
    assert frame.height == 16 and frame["problem_id"].n_unique() == 4
    assert "easy" not in (selected / "sheet.csv").read_text("utf-8-sig")

    sheets = [
        fill(selected, "ann.csv", "ann", sound="valid", lucky="invalid"),
        fill(selected, "bob.csv", "bob", sound="valid"),
    ]
    asked = [part for path in sheets for part in ("--sheet", path)]
    done = run("chains", "read", "--items", items, *asked, "--output", tmp_path / "tables")
    assert (done.code, done.err) == (0, "")
    assert "24 judgements of 16 of 16 responses: 16 valid, 8 invalid, 0 unclear; 8 rows" in done.out
    assert "ann and bob agree on 8 of 8 (100 %), Cohen's kappa not defined" in done.out
    assert read_table(tmp_path / "tables/chain_labels.parquet", CHAIN_LABELS).height == 24
    assert read_table(tmp_path / "tables/chain_agreement.parquet", CHAIN_AGREEMENT).height == 1

    def answer(body: dict[str, Any], _: int) -> str:
        return "INVALID" if "lucky" in body["messages"][1]["content"] else "VALID"

    with chat_server(answer) as server:
        spec = json.dumps({"endpoint": server.url, "model": "judge-1", "key_env": None})
        judged = tmp_path / "J.parquet"
        done = run(
            *("chains", "judge", "--items", items, "--spec", spec),
            *("--cache", tmp_path / "kept", "--output", judged),
        )
        assert done.code == 0
        assert "judging" in done.err
        assert len(server.asked) == 16
        assert "secret" not in json.dumps([m["role"] for m in server.asked[0]["messages"]])
    assert read_table(judged, CHAIN_JUDGEMENTS)["judge"].unique().to_list() == ["judge-1"]
    by = read_provenance(judged)
    assert (by["judge"], by["temperature"]) == ("judge-1", 0)

    scores = [tmp_path / f"{model}-scores.parquet" for model in ("secret-base", "secret-rl")]
    done = run(
        *("chains", "curves", "--items", items, "--judgements", judged),
        *("--labels", tmp_path / "tables/chain_labels.parquet"),
        *(part for path in scores for part in ("--scores", path)),
        *("--spec", '{"confidence": 0.95, "draws": 200}', "--output", tmp_path / "tables"),
    )
    assert (done.code, done.err) == (0, "")
    chains = read_table(tmp_path / "tables/chains.parquet", CHAINS)
    assert "response" not in chains.columns
    assert chains.select("judge", "human").unique().sort("judge").rows() == [
        ("invalid", "invalid"),
        ("valid", "valid"),
    ]
    quality = read_table(tmp_path / "tables/judge_quality.parquet", JUDGE_QUALITY)
    assert quality.filter(scope="all").select("sensitivity", "specificity").row(0) == (1.0, 1.0)
    curves = read_table(tmp_path / "tables/passk_cot.parquet", PASSK_COT)
    assert set(curves["rule"]) == set(COT_RULES)  # each response was judged by two at least
    at_one = dict(curves.filter(model="secret-rl", k=1).select("rule", "pass_at_k").iter_rows())
    assert at_one["answer"] == pytest.approx((4 * 2 + 30) / 60 / 6)
    for rule in COT_RULES[1:]:  # one of two is luck
        assert at_one[rule] == pytest.approx((4 * 1 + 30) / 60 / 6)
    for name in ("chains", "judge_quality", "passk_cot", "chain_labels", "chain_agreement"):
        assert pl.read_csv(tmp_path / f"tables/{name}.csv").height


def test_curves_without_any_judge(run: Any, selected: Path, tmp_path: Path) -> None:
    done = run(
        *("chains", "curves", "--items", selected / "chain_items.parquet"),
        *("--scores", tmp_path / "secret-rl-scores.parquet"),
        *("--scores", tmp_path / "secret-base-scores.parquet"),
        *("--spec", '{"confidence": 0.95}', "--output", tmp_path / "tables"),
    )
    assert (done.code, done.err) == (0, "")
    curves = read_table(tmp_path / "tables/passk_cot.parquet", PASSK_COT)
    assert set(curves["rule"]) == {"answer", "arithmetic"}


def test_a_filled_sheet_with_faults(run: Any, selected: Path, tmp_path: Path) -> None:
    path = fill(selected, "ann.csv", "ann", sound="yes")
    done = run(
        *("chains", "read", "--items", selected / "chain_items.parquet"),
        *("--sheet", path, "--output", tmp_path / "tables"),
    )
    assert done.code == 2
    assert "judgement is 'yes'; valid ones are valid, invalid, unclear" in done.err
    assert not (tmp_path / "tables").exists()


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"model": "j"}, "has no endpoint"),
        ({"endpoint": "http://x", "model": "j", "api_key": "k"}, "api_key: unknown key"),
        (
            {"endpoint": "http://x", "model": "j", "key_env": "NO_SUCH_KEY"},
            "NO_SUCH_KEY is not set",
        ),
    ],
)
def test_judges_that_are_refused(
    run: Any, selected: Path, tmp_path: Path, spec: dict[str, str], told: str
) -> None:
    done = run(
        *("chains", "judge", "--items", selected / "chain_items.parquet"),
        *("--spec", json.dumps(spec), "--cache", tmp_path, "--output", tmp_path / "J.parquet"),
    )
    assert done.code == 2
    assert told in done.err


def test_every_command_has_help_with_an_example(run: Any) -> None:
    for name in ("select", "read", "judge", "curves"):
        done = run("chains", name, "--help")
        assert done.code == 0
        assert f"python -m boundary chains {name}" in " ".join(done.out.split())
