"""Colours and shapes follow role and study order, and stay apart for all eyes and in grey."""

import dataclasses
import itertools

import numpy as np
import polars as pl
import pytest

from boundary.figures import panels, theme
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
    assert theme.tint("#000000", 50) == "#B8B8B8"
    lighter = [theme.tint("#D55E00", turn) for turn in range(4)]
    assert lighter[1] == "#E8A673"
    assert len(set(lighter)) == 4


def test_the_first_protocol_of_the_study_has_the_full_colour():
    """By its place in the file, not by its name: a control's line is not as black as the base."""
    job = Figures(study="s", figures=[], models=models("base", "rl"), confidence=0.95)
    arms = [("m1", "t1"), ("m0", "t1"), ("m0", "t_025")]
    for protocols, black in ((["t1", "t_025"], "m0 · t1"), (["t_025", "t1"], "m0 · t_025")):
        study = theme.study_of(job.model_copy(update={"protocols": protocols}), {})
        study = dataclasses.replace(study, by_protocol=True)
        colours, _ = panels.model_scale(arms, study)
        assert colours.domain[0] == black
        assert colours.range[:2] == ["#000000", theme.tint("#000000", 1)]


def test_the_model_that_comparisons_are_about_is_the_strongest():
    named = models("base", "rl", "distilled", "rl")
    styles = theme.assign(named, ["m2", "m3"])
    strongest = theme.PALETTES["vivid"]
    assert [styles[name].colour for name in ("m3", "m2", "m1")] == list(strongest[:3])
    assert list(styles) == ["m0", "m1", "m2", "m3"]


#: Deuteranopia in linear RGB: Machado, Oliveira and Fernandes, IEEE TVCG 15 (2009), severity 1.
DEUTERANOPIA = np.array(
    [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]
)
#: Linear sRGB to XYZ, IEC 61966-2-1.
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def linear(colour):
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(light):
    """CIELAB of linear RGB under D65."""
    share = XYZ @ np.clip(light, 0, 1) / XYZ.sum(axis=1)
    f = np.where(share > (6 / 29) ** 3, np.cbrt(share), share * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(one, two):
    """Sharma, Wu and Dalal, Color Research & Application 30 (2005)."""
    mean = (np.hypot(*one[1:]) + np.hypot(*two[1:])) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25**7))
    (a1, b1), (a2, b2) = ((each[1] * stretch, each[2]) for each in (one, two))
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = (np.degrees(np.arctan2(*each)) % 360 for each in ((b1, a1), (b2, a2)))
    grey = c1 * c2 == 0
    turn = 0 if grey else (h2 - h1 + 180) % 360 - 180
    hue = h1 + h2 if grey else (h1 + turn / 2) % 360
    light, chroma = (one[0] + two[0]) / 2, (c1 + c2) / 2
    cosines = [
        np.cos(np.radians(k * hue + shift)) for k, shift in ((1, -30), (2, 0), (3, 6), (4, -63))
    ]
    t = 1 + np.dot([-0.17, 0.24, 0.32, -0.20], cosines)
    s_l = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    d_l, d_c = (two[0] - one[0]) / s_l, (c2 - c1) / (1 + 0.045 * chroma)
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    angle = np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2)))
    rotation = -2 * np.sqrt(chroma**7 / (chroma**7 + 25**7)) * np.sin(angle)
    return np.sqrt(d_l**2 + d_c**2 + d_h**2 + rotation * d_c * d_h)


@pytest.mark.parametrize(
    ("one", "two", "difference"),
    [  # pairs 1, 7, 10 and 17 of the test data of Sharma, Wu and Dalal
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.49, -0.001), (50, -2.49, 0.0010), 7.1792),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ],
)
def test_the_formula_of_differences(one, two, difference):
    assert ciede2000(np.array(one), np.array(two)) == pytest.approx(difference, abs=1e-3)


@pytest.mark.parametrize("palette", theme.PALETTES)
def test_the_first_six_colours_stay_apart(palette):
    first = [linear(each) for each in (theme.BASE_COLOURS[0], *theme.PALETTES[palette][:5])]
    for one, two in itertools.combinations(first, 2):
        assert abs(lab(one)[0] - lab(two)[0]) >= 9  # in grey print
        assert ciede2000(lab(DEUTERANOPIA @ one), lab(DEUTERANOPIA @ two)) >= 8
        assert ciede2000(lab(one), lab(two)) >= 8
    white = np.ones(3)
    assert all(lab(white)[0] - lab(each)[0] >= 20 for each in first)


def study(**more):
    spec = {"study": "s", "figures": [], "models": models("base", "rl"), "confidence": 0.95}
    return theme.study_of(Figures(**spec | more), {})


def test_benchmarks_stand_in_the_order_of_the_study():
    frame = pl.DataFrame({"benchmark": ["a", "z", "new", "m", "z + a"]})
    assert study(benchmarks=["z", "m", "a"]).benchmarks_of(frame) == ["z", "z + a", "m", "a", "new"]


def test_panels_stand_side_by_side_as_far_as_the_figure_is_wide():
    wide, narrow = study(), study(theme={"width": "column"})
    assert [wide.columns(n, 300) for n in (1, 3, 4, 6, 9)] == [1, 3, 2, 3, 4]
    assert [narrow.columns(n, 300) for n in (1, 3, 9)] == [1, 1, 1]
    assert [wide.columns(18, 300, across) for across in (1, 3, 4, 6)] == [4, 3, 4, 4]
    assert narrow.columns(9, 300, 3) == 1
    assert study(theme={"width": 600}).columns(3, 300) == 2
    assert (wide.narrow(460), narrow.narrow(460)) == (460, 250)


def test_bases_under_two_protocols_have_six_shapes():
    """Greys of a second base and of a first one's second protocol are all but one."""
    three = study(models=models("base", "base", "base"), by_protocol=True)
    for arms in (
        [(f"m{i}", protocol) for i in range(3) for protocol in ("t1", "t05")],
        [("m0", f"t{i}") for i in range(6)],
    ):
        _, shapes = panels.model_scale(arms, three)
        assert sorted(shapes.range) == sorted(theme.SHAPES)
