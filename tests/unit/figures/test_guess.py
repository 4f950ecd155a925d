"""The guess floor under pass@k."""

import json

import polars as pl

from boundary.figures.registry import build_figures
from boundary.jobs.pages import Figures

ASKED = [{"name": "guess", "title": None}]


def drawn(tables, spec):
    job = Figures.model_validate({**spec, "figures": ASKED})
    return build_figures(tables, job)["guess"].to_dict()


def test_every_panel_has_the_floors_dotted_in_the_colours_of_their_models(small, small_spec):
    chart = drawn(small, small_spec)
    for both in chart["concat"]:
        panel, beyond = both["vconcat"]
        assert beyond["layer"][1]["encoding"]["y"]["title"] == "beyond the floor"
        lines = [
            layer
            for layer in panel["layer"]
            if layer["mark"]["type"] == "line" and layer["mark"].get("strokeDash")
        ]
        assert [line["mark"]["opacity"] for line in lines] == [1.0, 0.35]  # sound, flagged
        colour = lines[0]["encoding"]["color"]
        assert colour["field"] == "arm"
        assert colour["scale"]["range"][0] == "#000000"  # the base's
        rows = chart["datasets"][lines[0]["data"]["name"]]
        assert {row["arm"] for row in rows} == {"base-7b", "grpo-7b", "distilled-7b"}
        assert max(row["k"] for row in rows) == 64


def test_panels_tell_what_guessing_solves(small, small_spec):
    words = json.dumps(drawn(small, small_spec), ensure_ascii=False)
    assert "at k = 32, 15 % by guessing" in " ".join(words.replace('", "', " ").split())


def test_floors_that_are_too_low_are_named(small, small_spec):
    words = json.dumps(drawn(small, small_spec), ensure_ascii=False)
    whole = " ".join(words.replace('", "', " ").split())
    assert whole.count("floor rather too low, flagged: base-7b from k =") == 2
    fine = small["guess_floor"].with_columns(flagged=pl.lit(False))
    assert "too low, flagged" not in json.dumps(drawn({**small, "guess_floor": fine}, small_spec))


def test_arms_without_a_floor_are_not_drawn(small, small_spec):
    floors = small["guess_floor"].filter(benchmark="aime24", model="base-7b")
    chart = drawn({**small, "guess_floor": floors}, small_spec)
    words = json.dumps(chart)
    assert "base-7b" in words and "grpo-7b" not in words and "math500" not in words


def test_nothing_to_draw_says_why(small, small_spec):
    single = small["guess_floor"].with_columns(pass_at_k=pl.lit(None, dtype=pl.Float64))
    for tables in (
        {**small, "guess_floor": small["guess_floor"].clear()},
        {**small, "guess_floor": single},
        {name: frame for name, frame in small.items() if name != "guess_floor"},
    ):
        assert "no model has a guess floor" in json.dumps(drawn(tables, small_spec))
