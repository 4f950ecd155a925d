"""Pages of figures: legends hide, axes zoom, tooltips are in words and per cent."""

import copy

import pytest

from boundary.analyses.registry import figure_owners
from boundary.figures.interactive import interactive


def every(node, key):
    """Yield each value of a key, at any depth."""
    if isinstance(node, dict):
        if key in node:
            yield node[key]
        for child in node.values():
            yield from every(child, key)
    elif isinstance(node, list):
        for child in node:
            yield from every(child, key)


def test_a_chart_stays_as_it_is(charts):
    before = copy.deepcopy(charts["passk"])
    interactive(charts["passk"])
    assert charts["passk"] == before


def test_a_name_in_the_legend_hides_its_marks_in_all_panels(charts):
    made = interactive(charts["passk"])
    (shown,) = [each for each in made["params"] if each.get("bind") == "legend"]
    assert shown["select"] == {"type": "point", "fields": ["arm"], "toggle": "true"}
    names = ["base-7b", "grpo-7b", "distilled-7b"]
    assert shown["value"] == [{"arm": name} for name in names]
    filters = [each for each in every(made, "filter") if each == {"param": "shown_arm"}]
    assert len(filters) == 3 * len(made["concat"])  # band, line and symbols


def test_each_panel_of_numbers_zooms(charts):
    made = interactive(charts["passk"])
    zooms = [each for each in made["params"] if each.get("bind") == "scales"]
    assert len(zooms) == len(made["concat"]) == 2
    names = list(every(made, "name"))
    assert all(names.count(zoom["views"][0]) == 1 for zoom in zooms)
    assert not any(p.get("bind") == "scales" for p in interactive(charts["coverage"])["params"])


@pytest.mark.parametrize("name", figure_owners())
def test_every_tooltip_is_in_words(charts, name):
    made = interactive(charts[name])
    lines = [
        line
        for told in every(made, "tooltip")
        if isinstance(told, list | dict)
        for line in (told if isinstance(told, list) else [told])
    ]
    assert all(line["title"] and "_" not in line["title"] for line in lines)
    views = [view for each in made.get("params", []) for view in each["views"]]
    assert set(views) <= set(every(made, "name"))


def test_shares_are_in_per_cent_and_other_numbers_are_not(charts):
    def formats(name):
        return {
            line["field"]: line.get("format")
            for told in every(interactive(charts[name]), "tooltip")
            if isinstance(told, list)
            for line in told
        }

    assert formats("passk")["pass_at_k"] == formats("passk")["ci_low"] == ".1%"
    assert formats("difference")["diff"] == "+.1%"
    assert formats("token_means")["mean"] == ".4f"
    assert formats("perplexity_steps")["median_perplexity"] == ".4f"
