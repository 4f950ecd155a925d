"""Numbers that others printed beside the curves and sets of a study."""

import pytest

from boundary.figures.printed import OUTLINES
from boundary.figures.registry import build_figures
from boundary.figures.words import unwrapped
from boundary.jobs.pages import Figures

CITED = {"citation": "Somebody 2025", "source": "Table 9"}


@pytest.fixture
def chart(small, small_spec):
    """Return what draws a figure with printed numbers, or without, as Vega-Lite."""

    def build(name, **printed):
        job = Figures.model_validate({**small_spec, "figures": [{"name": name}], **printed})
        return build_figures(small, job)[name].to_dict()

    return build


@pytest.fixture
def pair(small):
    """Return base, other and benchmark of a comparison."""
    return small["coverage"].select("base", "other", "benchmark").row(0)


def test_points_are_hollow_in_the_models_colour_with_their_source(chart, pair):
    base, other, benchmark = pair
    point = {**CITED, "benchmark": benchmark}
    points = [
        {**point, "label": "theirs: Table 9", "model": base, "k": 4096, "value": 0.01},
        {**point, "label": "more: Table 9", "model": other, "k": 2, "value": 0.5},
        {**point, "label": "else", "model": other, "benchmark": "none", "k": 2, "value": 0.5},
    ]
    before, after = chart("passk"), chart("passk", printed_points=points)
    assert chart("passk", printed_points=points[2:]) == before
    panel = next(each for each in after["concat"] if benchmark in str(each["title"]["text"]))
    symbols, hollow = (each["encoding"] for each in panel["layer"][2:4])
    assert hollow["color"]["scale"] == symbols["color"]["scale"]
    domain, colours = (hollow["color"]["scale"][key] for key in ("domain", "range"))
    assert domain[-2:] == ["theirs: Table 9", "more: Table 9"]
    assert colours[-2:] == [colours[domain.index(base)], colours[domain.index(other)]]
    assert hollow["shape"]["scale"]["range"][-2:] == [OUTLINES[0]] * 2
    assert hollow["x"]["scale"]["domain"] == [1, 4096] and hollow["y"]["scale"]["domain"][0] == 0
    (data,) = [
        rows for rows in after["datasets"].values() if rows and rows[0].get("source") == "Table 9"
    ]
    assert [(row["k"], row["pass_at_k"]) for row in data] == [(4096, 0.01), (2, 0.5)]
    words = " ".join(unwrapped(after["title"]["subtitle"]))
    assert (
        "Hollow: printed by others, and no part of any estimate here: Somebody 2025 (Table 9)."
        in words
    )


def test_sets_stand_below_the_pair_they_are_of(chart, pair):
    base, other, benchmark = pair
    sets = {**CITED, "base": base, "other": other, "benchmark": benchmark, "k": 1024}
    sets |= {"both": 19, "base_only": 4, "other_only": 0, "neither": 7}
    before, after = chart("coverage"), chart("coverage", printed_sets=[sets])
    assert chart("coverage", printed_sets=[{**sets, "benchmark": "none"}]) == before
    label = f"{benchmark}, printed:\nTable 9, k = 1,024"
    order = after["hconcat"][0]["encoding"]["y"]["sort"]
    assert order.index(label) == 1 and len(order) == 1 + len(
        before["hconcat"][0]["encoding"]["y"]["sort"]
    )
    assert "19 / 4 / 0 / 7, p = 0.12" in str(after) and "Somebody 2025" in str(after["title"])


def test_sets_that_read_the_same_are_rows_of_their_own(chart, pair):
    base, other, benchmark = pair
    sets = {**CITED, "base": base, "other": other, "benchmark": benchmark}
    sets |= {"both": 19, "base_only": 4, "other_only": 0, "neither": 7}
    another = {**sets, "citation": "Another 2026", "neither": 8}
    two = chart("coverage", printed_sets=[sets, another])
    assert "19 / 4 / 0 / 7, p = 0.12" in str(two) and "19 / 4 / 0 / 8, p = 0.12" in str(two)
    order = two["hconcat"][0]["encoding"]["y"]["sort"]
    name = f"{benchmark}, printed:\nTable 9"
    assert order[1:3] == [name, f"{name} #2"]


def test_points_that_read_the_same_are_entries_of_their_own(chart, pair):
    base, other, benchmark = pair
    long = f"{'theirs-' * 12}: Table 9"
    point = {**CITED, "benchmark": benchmark, "k": 2, "value": 0.5}
    points = [
        {**point, "label": f"{long}", "model": base},
        {**point, "label": f"{long[:40]}x{long[41:]}", "model": other},  # cut in the middle
        {**point, "label": f"{long}", "model": base, "citation": "Another 2026"},
    ]
    after = chart("passk", printed_points=points)
    panel = next(each for each in after["concat"] if benchmark in str(each["title"]["text"]))
    scales = [panel["layer"][3]["encoding"][name]["scale"] for name in ("color", "shape")]
    domain, colours = (scales[0][key] for key in ("domain", "range"))
    assert len({*domain[-3:]}) == 3 and domain[-1].endswith("#3")
    assert colours[-3:] == [colours[domain.index(name)] for name in (base, other, base)]
    assert scales[1]["range"][-3:] == [OUTLINES[0], OUTLINES[0], OUTLINES[1]]


def test_other_figures_are_the_same(chart, pair):
    point = {**CITED, "label": "l", "model": pair[0], "benchmark": pair[2], "k": 2, "value": 0.5}
    assert chart("difference", printed_points=[point]) == chart("difference")


def test_a_temperature_of_equal_entropy_is_told_of_the_pair_sampled_so(chart, small):
    row = small["matched_temperature"].row(0, named=True)
    sides = {name: row[name] for name in ("base", "other", "benchmark")}
    entropy = {**CITED, **sides, "base_temperature": row["base_temperature"], "temperature": 1.5}
    told = "printed: entropy of output is the base's at 1.5 (Table 9 of Somebody 2025)"
    panels = chart("envelope", printed_entropies=[entropy])["concat"]
    assert sum(told in unwrapped(each["title"]["subtitle"]) for each in panels) == 1
    elsewhere = chart("envelope", printed_entropies=[{**entropy, "base_temperature": 9.0}])
    assert elsewhere == chart("envelope")
