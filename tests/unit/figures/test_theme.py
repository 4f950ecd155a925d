"""Colours and shapes follow role and study order."""

import polars as pl

from boundary.figures import theme
from boundary.jobs.pages import Figures, Named


def models(*roles):
    return [Named(name=f"m{i}", role=role) for i, role in enumerate(roles)]


def test_the_base_is_black_wherever_it_stands():
    first = theme.assign(models("base", "rl"))
    last = theme.assign(models("rl", "distilled", "base"))
    assert first["m0"].colour == last["m2"].colour == "#000000"


def test_twelve_models_are_all_distinct():
    styles = theme.assign(models("base", *["rl"] * 11)).values()
    assert len(set(styles)) == 12


def test_a_model_keeps_its_colour_when_others_are_added_after_it():
    few, many = theme.assign(models("base", "rl")), theme.assign(models("base", "rl", "rl"))
    assert few["m1"] == many["m1"]


def test_labels_name_the_protocol_only_when_there_are_several():
    job = Figures(study="s", figures=[], models=models("base"), confidence=0.95)
    one = theme.study_of(job, {"passk": pl.DataFrame({"protocol": ["a", "a"]})})
    two = theme.study_of(job, {"passk": pl.DataFrame({"protocol": ["a", "b"]})})
    assert one.label("m0", "a") == "m0"
    assert two.label("m0", "a") == "m0 · a"


def test_a_second_protocol_takes_a_lighter_colour():
    assert theme.tint("#D55E00", 0) == "#D55E00"
    lighter = [theme.tint("#D55E00", turn) for turn in range(4)]
    assert lighter[1] == "#E8A673"
    assert len(set(lighter)) == 4
