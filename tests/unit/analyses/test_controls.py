"""Controls against gains: what is explained, chosen and judged, exchanged, told and drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from boundary.analyses.controls.section import SUMMARIES, beside
from boundary.jobs.reading import Control
from score_tables import arm, study_tables

N = 16
PAIR = {"comparison": "c", "base": "b", "other": "o", "benchmark": "bench", "protocol": "p"}


def scores(model: str, protocol: str, correct: Any, n: int = N) -> pl.DataFrame:
    return arm(model, correct, n).with_columns(protocol=pl.lit(protocol))


def control(protocol: str, start: str = "base", **more: str) -> Control:
    kind = {"kind": "temperature", "setting": f"T = 0.{protocol[1:]}"} | more
    row = {"comparison": "c", "benchmark": "bench", "control": f"of-{protocol}", "start": start}
    return Control.model_validate(row | {"protocol": protocol} | kind)


def tables_of(*arms: pl.DataFrame, controls: Any, pair: dict[str, str] = PAIR) -> Any:
    spec = {"comparisons": [pair], "controls": controls, "bootstrap": 100}
    return study_tables(pl.concat(arms, how="diagonal"), spec)


def rows_of(tables: Any, **where: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tables["controls"].filter(**where).sort("k").to_dicts()
    return rows


def spread(rng: np.random.Generator, mean: float, m: int = 120) -> list[int]:
    return rng.binomial(N, np.clip(rng.normal(mean, 0.1, m), 0, 1)).tolist()


@pytest.fixture(scope="module")
def three() -> list[pl.DataFrame]:
    rng = np.random.default_rng(1)
    rates = {("b", "p"): 0.2, ("o", "p"): 0.6, ("b", "t5"): 0.5, ("b", "t3"): 0.3}
    return [scores(*key, spread(rng, rate)) for key, rate in rates.items()]


def test_a_control_explains_its_share_of_the_gain(three: list[pl.DataFrame]) -> None:
    tables = tables_of(*three, controls=[control("t5")])
    rows = rows_of(tables)
    assert [row["k"] for row in rows] == [1, 2, 4, 8, 16]
    assert {(row["chosen"], row["control"], row["n_problems"]) for row in rows} == {
        (False, "of-t5", 120)
    }
    start, trained, of = (frame["correct"].mean() / N for frame in three[:3])  # type: ignore[operator]
    first = rows[0]
    assert first["control_pass_at_k"] == pytest.approx(of)
    assert first["gain"] == pytest.approx(trained - start)
    assert first["lead"] == pytest.approx(of - trained)
    assert first["explained"] == pytest.approx((of - start) / (trained - start))
    assert first["explained_low"] < first["explained"] < first["explained_high"]
    assert first["outcome"] == "behind" and first["lead_high"] < 0
    text = beside(tables)["c", "bench"]
    share = f"Temperature alone explains {(of - start) / (trained - start):.2f} ["
    assert text.startswith(share)
    assert "] of the gain at k = 1 (20 % to 57 %; control: 50 %); at k = 1 b at T = 0.5 is " in text
    assert text.endswith("points (M = 120).")
    assert "; at k = 8 " in text
    assert "chosen" not in text


def test_of_several_one_is_chosen_on_a_half_and_judged_on_the_other(
    three: list[pl.DataFrame],
) -> None:
    tables = tables_of(*three, controls=[control("t3"), control("t5")])
    assert {row["control"] for row in rows_of(tables, chosen=False)} == {"of-t3", "of-t5"}
    chosen = rows_of(tables, chosen=True)[0]
    assert (chosen["control"], chosen["n_problems"]) == ("of-t5", 60)
    assert chosen["settings"] == "T = 0.3, T = 0.5"
    alone = rows_of(tables, chosen=False, control="of-t5")[0]
    assert alone["n_problems"] == 120 and chosen["explained"] != alone["explained"]
    width = [row["explained_high"] - row["explained_low"] for row in (chosen, alone)]
    assert 1.2 < width[0] / width[1] < 1.8
    text = beside(tables)["c", "bench"]
    assert "(chosen of T = 0.3, T = 0.5 by pass@1 on the other half; M = 60)" in text
    assert "T = 0.3 by itself explains 0." in text and text.endswith("(M = 120).")
    few = [frame.head(6) for frame in three]
    tables = tables_of(*few, controls=[control("t3"), control("t5")])
    assert rows_of(tables, chosen=True) == [] and beside(tables) == {}
    assert {row["note"] for row in rows_of(tables)} == {
        "fewer than 8 problems: no setting is chosen"
    }


def test_the_order_of_controls_changes_no_number(three: list[pl.DataFrame]) -> None:
    twin = three[3].with_columns(protocol=pl.lit("t4"))
    chosen = [
        rows_of(tables_of(*three, twin, controls=[*map(control, names)]), chosen=True)
        for names in (("t3", "t5", "t4"), ("t4", "t5", "t3"), ("t5", "t3", "t4"))
    ]
    assert [[{**row, "settings": ""} for row in rows] for rows in chosen[1:]] == [
        [{**row, "settings": ""} for row in chosen[0]]
    ] * 2


def test_exchanging_base_and_other_changes_nothing_that_is_told(three: list[pl.DataFrame]) -> None:
    given = tables_of(*three, controls=[control("t3"), control("t5")])
    turned = tables_of(
        *three,
        controls=[control("t3", "other"), control("t5", "other")],
        pair={**PAIR, "base": "o", "other": "b"},
    )
    sides = ["base", "other", "start"]
    assert turned["controls"].drop(sides).equals(given["controls"].drop(sides))
    assert beside(turned) == beside(given)


def test_no_share_is_told_of_no_gain(three: list[pl.DataFrame]) -> None:
    worse = scores("o", "p", spread(np.random.default_rng(2), 0.1))
    tables = tables_of(three[0], worse, *three[2:], controls=[control("t5")])
    assert [row["explained"] for row in rows_of(tables)] == [None] * 5
    text = beside(tables)["c", "bench"]
    assert text.startswith("Whether temperature alone explains a gain at k = 1 is undetermined")
    assert "b at T = 0.5 is ahead of o" in text


def test_kinds_and_problems_stand_apart(three: list[pl.DataFrame]) -> None:
    """Only problems that all arms have count, and each kind is told by itself."""
    part = three[2].filter(pl.col("problem_id").is_in(three[2]["problem_id"].head(50).implode()))
    prompt = control("t3", kind="format", setting="prompt few")
    tables = tables_of(*three[:2], part, three[3], controls=[control("t5"), prompt])
    sizes = {row["kind"]: row["n_problems"] for row in rows_of(tables)}
    assert sizes == {"temperature": 50, "format": 120}
    text = beside(tables)["c", "bench"]
    assert "The format alone explains" in text and "Temperature alone explains" in text
    shown = SUMMARIES["controls"](tables["controls"])
    assert len(shown.rows) == 4
    assert tables_of(*three[:2], controls=[])["controls"].is_empty()


def test_formats_are_chosen_among_as_temperatures_are(three: list[pl.DataFrame]) -> None:
    formats = [
        control(each, kind="format", setting=f"prompt {name}")
        for each, name in (("t3", "raw"), ("t5", "boxed"))
    ]
    tables = tables_of(*three, controls=formats)
    assert rows_of(tables, chosen=True)[0]["setting"] == "prompt boxed"
    text = beside(tables)["c", "bench"]
    assert text.startswith("The format alone explains ")
    assert "at k = 1 b with prompt boxed is behind o: " in text
    assert "chosen of prompt raw, prompt boxed by pass@1 on the other half" in text
    assert "prompt raw by itself explains " in text
