"""Files of published numbers: what they may hold, and what is refused by key path."""

import pytest
import yaml

from boundary.errors import InputError
from boundary.published import points
from boundary.published.points import published_files, read_published


def content(**more):
    entry = {"source": "Table 1", "benchmark": "b", "base": "base"}
    entry["models"] = {"base": {1: 10.0, 8: 60.0}, "rl": {1: 30.5, 8: 55}}
    return {"citation": "A 2025", "points": [entry], **more}


def one(value):
    return {"source": "s", "benchmark": "b", "models": {"m": {1: value}}}


def claim(**more):
    gap = {"source": "text", "claim": "29.5 of rl", "benchmark": "b", "table": "Table 1"}
    return [{**gap, "models": {"rl": 29.5}, **more}]


@pytest.fixture
def read(tmp_path):
    def write(held):
        path = tmp_path / "p.yaml"
        path.write_text(yaml.safe_dump(held))
        return read_published(path)

    return write


def test_numbers_are_shares_with_the_rounding_of_their_last_digit(read):
    made = read(content())
    (entry,) = made.points
    assert entry.share(96.2) == 0.962 and entry.rounding == pytest.approx(0.0005)
    assert entry.k == 8
    value, off = made.efficiency(entry)["rl"]
    assert value == pytest.approx(0.295) and off == pytest.approx(0.001)


def test_a_base_may_stand_in_another_entry_and_without_one_there_is_no_gap(read):
    later = {
        "source": "Table 2",
        "benchmark": "b",
        "base": "base",
        "models": {"late": {1: 40.0, 8: 50.0}},
    }
    held = content()
    held["points"] += [
        later,
        {**later, "source": "Table 3", "base": None, "models": {"x": {1: 1.0}}},
    ]
    made = read(held)
    assert made.efficiency(made.points[1])["late"][0] == pytest.approx(0.2)
    assert made.efficiency(made.points[2]) == {}


def test_sets_are_lists_or_numbers_of_problems(read):
    pair = {"source": "T", "benchmark": "b", "base": "x", "other": "y", "problems": 9}
    pair |= {"base_solved": 6, "other_solved": 5, "other_only": 1}
    (listed,), (numbered,) = (
        read(content(sets=[{**pair, "base_only": only}])).sets for only in ([3, 4], 2)
    )
    assert (
        listed.parts
        == numbered.parts
        == {**dict.fromkeys(("base_only", "neither"), 2), "both": 4, "other_only": 1}
    )
    assert listed.agree and numbered.agree
    (few,) = read(content(sets=[{**pair, "base_only": 3}])).sets
    assert not few.agree
    made = read(content(sets=[{**pair, "base_only": 2}]))
    assert made.models == ["base", "rl", "x", "y"]


BROKEN = {
    "no points": (content(points=[]), "points: List should have at least 1"),
    "above all": (
        content(points=[one(101.0)]),
        r"points.0: models.m.1: 101.0 is above 100 percent",
    ),
    "a share in percent": (
        content(
            points=[{"source": "s", "benchmark": "b", "unit": "share", "models": {"m": {1: 3.0}}}]
        ),
        "3.0 is above 1 share",
    ),
    "more decimals than printed": (
        content(points=[one(55.04)]),
        "points.0: models.m.1: 55.04 has more than 1 decimals; give it as printed, or decimals",
    ),
    "k of 0": (
        content(points=[{"source": "s", "benchmark": "b", "models": {"m": {0: 3.0}}}]),
        "greater than or equal to 1",
    ),
    "no values": (
        content(points=[{"source": "s", "benchmark": "b", "models": {"m": {}}}]),
        "at least 1 item",
    ),
    "twice": (
        content(points=[content()["points"][0], {**content()["points"][0], "source": "Table 9"}]),
        "pass@1 of base on b stands in Table 1 and in Table 9: give the models of one another",
    ),
    "a base that is not there": (
        content(points=[{**content()["points"][0], "base": "bse"}]),
        "Table 1, b: no pass@8 of its base bse",
    ),
    "a claim of no table": (
        content(gaps=claim(table="Table 7")),
        "text: no ΔSE of rl follows from Table 7 on b",
    ),
    "a claim of no model": (content(gaps=claim(least="ppo")), "no ΔSE of ppo follows from Table 1"),
    "unknown key": (content(point=1), "point: Extra inputs are not permitted"),
    "no mapping": ([1], "Input should be a valid dictionary"),
    "not a number": (
        content(points=[one("x")]),
        "points.0.models.m.1: Input should be a valid number",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_named_by_file_and_key_path(name, read):
    held, message = BROKEN[name]
    with pytest.raises(InputError, match=r"p\.yaml: no file of published numbers: ") as raised:
        read(held)
    assert message in str(raised.value)


def test_without_a_file_those_of_the_workflow_are_read(monkeypatch, tmp_path):
    names = [path.name for path in published_files(None)]
    assert {"yue2025_tables.yaml", "yue2025_math500.yaml"} <= set(names)
    assert all(read_published(path).citation for path in published_files(None))
    monkeypatch.setattr(points, "shipped", lambda name: tmp_path / name)
    with pytest.raises(InputError, match="no file of published numbers is here"):
        published_files(None)
