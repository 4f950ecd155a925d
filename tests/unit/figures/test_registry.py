"""All figures of a study: what they say, how big they are, what they refuse."""

import json

import polars as pl
import pytest

from boundary.analyses.perplexity import perplexity
from boundary.analyses.perplexity.compute import perplexity_table
from boundary.analyses.registry import figure_owners
from boundary.errors import InputError
from boundary.figures.registry import build_figures
from boundary.jobs.pages import Figures

NAMES = tuple(figure_owners())


def text_of(chart):
    """Every string of the chart's titles and marks, joined."""
    return json.dumps(chart if isinstance(chart, dict) else chart.to_dict(), ensure_ascii=False)


def asking(spec, name):
    return Figures.model_validate({**spec, "figures": [{"name": name}]})


def test_charts_come_in_the_order_asked_for(charts):
    assert tuple(charts) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_chart_says_m_n_interval_and_flag(charts, name):
    words = text_of(charts[name])
    assert "problems" in words
    assert "n = " in words
    assert "interval" in words or "95 %" in words
    of_likelihoods = figure_owners()[name].needs == "likelihoods"
    without_k = ("coverage", "strategies")
    assert "lagged" in words or name in without_k or of_likelihoods


@pytest.mark.parametrize("name", ["passk", "difference"])
def test_verdicts_stand_on_the_panels(charts, small, name):
    words = text_of(charts[name])
    for verdict in small["crossovers"]["verdict"].unique():
        assert verdict.split("-")[0] in words


PERMITTED = "differs by permission: temperature 0.6 (base) and 1.0 (other)"


@pytest.mark.parametrize("name", ["passk", "difference", "coverage"])
def test_what_differs_by_permission_stands_on_the_panels(small, small_spec, name):
    differing = pl.lit(PERMITTED.removeprefix("differs by permission: "))
    noted = {
        "crossovers": small["crossovers"].with_columns(
            note=pl.lit("unequal n"), permitted=differing
        ),
        "coverage": small["coverage"].with_columns(permitted=differing),
    }
    asked = asking(small_spec, name)
    words = text_of(build_figures({**small, **noted}, asked)[name])
    whole = " ".join(words.replace('", "', " ").split())
    assert whole.count(PERMITTED) == small[name if name == "coverage" else "crossovers"].height
    assert whole.count("unequal n") == whole.count(PERMITTED)
    assert "differs by permission" not in text_of(build_figures(small, asked)[name])


def test_the_other_side_of_a_model_is_told_by_its_protocol(small, small_spec):
    rows = small["crossovers"].filter(benchmark="aime24").with_columns(other_protocol=pl.lit("hot"))
    asked = asking(small_spec, "passk")
    words = text_of(build_figures({**small, "crossovers": rows}, asked)["passk"])
    assert "grpo-7b · hot: " in words
    assert "grpo-7b: " in text_of(build_figures(small, asked)["passk"])


def lines_of(frame, study):
    from boundary.figures.curves import truncation_lines

    return truncation_lines(frame, study)


def test_truncation_stands_on_the_panels_of_its_benchmark(small, small_spec):
    asked = asking(small_spec, "passk")
    words = text_of(build_figures(small, asked)["passk"]).replace('", " ', " ")
    assert words.count("cut at max_tokens, so pass@k is a lower bound: base-7b 12 %") == 2
    assert "grpo-7b 0.4" not in words
    one = small["responses"].filter(benchmark="aime24")
    words = text_of(build_figures({**small, "responses": one}, asked)["passk"])
    assert words.count("cut at max_tokens") == 1


def test_truncation_is_told_of_the_worst_few(small, small_spec):
    from boundary.figures.theme import study_of

    study = study_of(Figures.model_validate(small_spec), small)
    row = small["responses"][:1]
    shares = [0.011, 0.5, 0.02, 0.25, 0.0999, 0.009, None]
    frame = pl.concat(
        row.with_columns(model=pl.lit(f"m{i}"), truncated_share=pl.lit(value, dtype=pl.Float64))
        for i, value in enumerate(shares)
    )
    assert [line.replace("\u00a0", " ") for line in lines_of(frame, study)] == [
        "cut at max_tokens, so pass@k is a lower bound: m1 50 %, m3 25 %, m4 10 %, m2 2.0 % "
        "and 1 more"
    ]
    assert lines_of(frame.filter(pl.col("truncated_share") < 0.01), study) == []


def test_flagged_points_are_drawn_dashed_and_join_the_solid_line(charts):
    rows = next(rows for rows in charts["passk"]["datasets"].values() if rows and "part" in rows[0])
    one = [row for row in rows if row["arm"] == "base-7b"]
    solid = {row["k"] for row in one if row["part"] == "solid"}
    flagged = {row["k"] for row in one if row["part"] == "flagged"}
    assert max(solid) == 32
    assert min(flagged) == 32
    assert max(flagged) == 64


def test_a_model_has_one_colour_in_all_figures(charts):
    seen = {}

    def walk(node):
        if isinstance(node, dict):
            scale = node.get("scale") if isinstance(node.get("scale"), dict) else {}
            for label, colour in zip(scale.get("domain", []), scale.get("range", []), strict=False):
                if isinstance(colour, str) and colour.startswith("#"):
                    seen.setdefault(label, set()).add(colour)
            for child in node.values():
                walk(child)
        elif isinstance(node, list):
            for child in node:
                walk(child)

    walk(list(charts.values()))
    assert seen["base-7b"] == {"#000000"}
    assert seen["grpo-7b"] == {"#D55E00"}
    assert all(len(colours) == 1 for colours in seen.values())


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_study_says_why_nothing_is_drawn(small, small_spec, name):
    empty = {key: frame.clear() for key, frame in small.items()}
    asked = asking(small_spec, name)
    chart = build_figures(empty, asked)[name]
    assert "nothing to draw: " in text_of(chart)


def test_optional_tables_may_be_absent(small, small_spec):
    tables = {k: v for k, v in small.items() if k not in ("likelihoods", "passk_chain")}
    asked = [{"name": name, "title": None} for name in ("chain", "perplexity")]
    charts = build_figures(tables, Figures.model_validate({**small_spec, "figures": asked}))
    assert "nothing to draw" in text_of(charts["chain"])
    assert "nothing to draw" in text_of(charts["perplexity"])


def test_perplexity_embeds_quantiles_not_responses(small, small_spec):
    wide = pl.concat(
        small["likelihoods"].with_columns(pl.col("sample_index") + 1000 * i) for i in range(50)
    )
    asked = asking(small_spec, "perplexity")
    chart = build_figures({**small, "likelihoods": wide}, asked)["perplexity"]
    assert len(text_of(chart)) < 50_000


def test_the_tick_of_perplexity_is_the_median_of_the_table_over_problems(small):
    """Problem 0 has a hundred times the responses of the others."""
    frame = small["likelihoods"].filter(
        (pl.col("problem_id") == "0") | (pl.col("sample_index") < 1)
    )
    many = pl.concat(
        frame.filter(problem_id="0").with_columns(pl.col("sample_index") + 1000 * i)
        for i in range(1, 100)
    )
    frame = pl.concat([frame, many])
    keys = ["scorer", "source_model", "responses"]
    table = perplexity_table(frame, replicates=1).filter(unit="problems", scope="all")
    drawn = perplexity.quantiles(frame).join(table, on=keys)
    assert drawn.height == 2 * len(table["scorer"].unique()) ** 2
    assert drawn["q50"].to_list() == pytest.approx(drawn["median_perplexity"].to_list())
    assert drawn.select("problems", "n").rows() == drawn.select("n_problems", "n_responses").rows()


def test_perplexity_counts_what_it_leaves_out(small, small_spec):
    frame = small["likelihoods"].with_columns(
        perplexity=pl.when(pl.col("sample_index") == 0).then(None).otherwise("perplexity")
    )
    asked = asking(small_spec, "perplexity")
    chart = build_figures({**small, "likelihoods": frame}, asked)["perplexity"]
    lost = frame["perplexity"].null_count()
    assert f"Flagged: {lost} responses" in text_of(chart)
    assert "Over problems" in text_of(chart) and ", over problems" in text_of(chart)


@pytest.mark.parametrize(
    ("figures", "word"),
    [([{"name": "pie"}], "passk, difference"), ([{"name": "passk"}] * 2, "twice")],
)
def test_wrong_requests_are_refused(small, small_spec, figures, word):
    with pytest.raises(InputError, match=word):
        build_figures(small, Figures.model_validate({**small_spec, "figures": figures}))


def test_a_missing_table_is_named(small, small_spec):
    tables = {k: v for k, v in small.items() if k != "histogram"}
    asked = asking(small_spec, "histogram")
    with pytest.raises(InputError, match="histogram"):
        build_figures(tables, asked)


def test_coverage_writes_the_counts_of_a_comparison_once(small, small_spec):
    none = small["coverage"].with_columns(base_only=pl.lit(0, pl.Int64))
    asked = asking(small_spec, "coverage")
    words = text_of(build_figures({**small, "coverage": none}, asked)["coverage"])
    assert words.count(" / 0 / ") == none.height


def drawn(tables, spec, name, **more):
    job = Figures.model_validate({**spec, **more, "figures": [{"name": name}]})
    return build_figures(tables, job)[name].to_dict()


def named(chart):
    """Names of the panels of a chart, in its order."""
    return ["".join(panel["title"]["text"]) for panel in chart["concat"]]


@pytest.mark.parametrize("name", ["passk", "histogram", "plane", "chain", "guess"])
def test_panels_stand_in_the_order_of_the_study(small, small_spec, name):
    for benchmarks in (["aime24", "math500"], ["math500", "aime24"]):
        chart = drawn(small, small_spec, name, benchmarks=benchmarks)
        words = text_of(chart)
        places = [words.index(f'"text": "{each}') for each in benchmarks] if name == "chain" else []
        assert places == sorted(places)
        if name not in ("chain", "guess"):
            assert named(chart) == benchmarks


def test_checkpoints_of_series_stand_in_figures_of_series_alone(small, small_spec):
    hidden = {"checkpoints": ["distilled-7b"]}
    for name in ("passk", "histogram", "difference", "perplexity"):
        words = text_of(drawn(small, small_spec, name, **hidden))
        assert "Not drawn: distilled-7b, checkpoints of a series." in words
        assert words.count("distilled-7b") == 1
    words = text_of(drawn(small, small_spec, "plane", **hidden))
    assert "Not drawn" not in words and "distilled-7b" in words


def test_checkpoints_are_drawn_where_they_are_asked_for(small, small_spec):
    figure = {"name": "passk", "models": ["base-7b", "distilled-7b"]}
    job = {**small_spec, "checkpoints": ["distilled-7b"], "figures": [figure]}
    words = text_of(build_figures(small, Figures.model_validate(job))["passk"])
    assert "distilled-7b" in words and "Not drawn" not in words and "grpo-7b" not in words


def test_a_figure_of_one_benchmark_has_files_of_its_own(small, small_spec):
    part = {"name": "passk", "file": "passk-aime24", "benchmark": "aime24"}
    job = Figures.model_validate({**small_spec, "figures": [{"name": "passk"}, part]})
    charts = {name: chart.to_dict() for name, chart in build_figures(small, job).items()}
    assert list(charts) == ["passk", "passk-aime24"]
    assert named(charts["passk-aime24"]) == ["aime24"]


def test_bins_without_a_problem_have_no_whisker(small, small_spec):
    chart = drawn(small, small_spec, "histogram")
    for panel in chart["concat"]:
        marks = [layer for layer in panel["layer"] if layer["mark"]["type"] != "bar"]
        assert {layer["transform"][0]["filter"] for layer in marks} == {"datum.problems > 0"}
        assert [layer["mark"]["type"] for layer in marks].count("point") == 1


def test_two_temperatures_of_one_pair_never_read_the_same(small, small_spec):
    tables = {}
    for name, frame in small.items():
        again = frame
        if "protocol" in frame.columns:
            again = again.with_columns(protocol=pl.lit("hot"))
        if "other_protocol" in frame.columns:
            again = again.with_columns(
                pl.format("{} hot", "comparison").alias("comparison"),
                other_protocol=pl.lit("hot"),
            )
        tables[name] = pl.concat([frame, again])
    for name in ("difference", "solved_sets"):
        titles = named(drawn(tables, small_spec, name))
        assert len(titles) == len(set(titles)), titles
    for name in ("coverage", "diversity", "sharpening", "new_ability"):
        assert " #2" not in text_of(drawn(tables, small_spec, name))
    words = text_of(drawn(tables, small_spec, "passk"))
    assert "grpo-7b (base-7b vs grpo-7b): " in words
    assert "grpo-7b (base-7b vs grpo-7b hot)" in words
    titles = {"base-7b vs grpo-7b": "T = 0.6", "base-7b vs grpo-7b hot": "T = 1.0"}
    for name in ("passk", "difference", "coverage"):
        words = text_of(drawn(tables, small_spec, name, titles=titles))
        assert "T = 0.6" in words and "T = 1.0" in words


def test_a_font_stands_in_the_chart(small, small_spec):
    chart = drawn(small, small_spec, "passk", theme={"font": "Liberation Serif"})
    assert chart["config"]["font"] == "Liberation Serif"
