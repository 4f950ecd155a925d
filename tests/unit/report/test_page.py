"""The page: complete, offline, safe against what models write."""

import base64
import itertools
import re
from html.parser import HTMLParser

import polars as pl
import pytest

from boundary.analyses.bounds.tables import TAKEN
from boundary.analyses.surprising_tokens.tables import SURPRISING_TOKENS
from boundary.errors import InputError
from boundary.jobs.pages import Report
from boundary.report.methods import Methods, Part
from boundary.report.page import render
from boundary.report.pictures import Drawing, data_uri
from boundary.tables import check

EVIL = "<script>alert(1)</script></svg></style>{{7*7}}{% raw %}\x00\u202etxt\u200b"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><text>x</text></svg>'
DRAWING = Drawing(SVG, SVG.replace("x<", "narrow<"))


class Tags(HTMLParser):
    """Collect start tags with their attributes."""

    def __init__(self):
        super().__init__()
        self.elements = []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))


def tags(page):
    parser = Tags()
    parser.feed(page)
    return parser.elements


def examples(text):
    return pl.DataFrame(
        [
            {
                "model": "base-7b",
                "benchmark": text,
                "problem_id": text,
                "question": text,
                "response": text,
                "verdict": "correct" if i else None,
                "correct": bool(i) or None,
                "finish_reason": None,
            }
            for i in range(8)
        ]
    )


def page(tables, spec, **change):
    parts = {
        "job": Report.model_validate(spec),
        "tables": tables,
        "figures": {"passk": DRAWING},
        "provenance": {"package": "boundary 1", "libraries": {"numpy": "2"}, "list": [1]},
        "examples": None,
        "methods": Methods([Part("Sampling", [EVIL])], "@misc{a}"),
    }
    return render(**{**parts, **change})


PARTS = (
    "The answer",
    "Each comparison",
    "pass@k and differences",
    "What changed",
    "Is it real?",
    "Likelihood",
    "Cost and reliability",
    "Responses",
    "Methods",
    "Provenance",
)


def test_the_page_has_its_parts_in_order(tables, study_spec):
    text = page(tables, study_spec, examples=examples("fine"), lead=DRAWING)
    heads = re.findall(r"<h2>(.*?)</h2>", text)
    assert [name for name in PARTS for head in heads if head.startswith(name)] == [*PARTS]
    assert [head.split("?")[0] for head in heads] == [name.split("?")[0] for name in PARTS]
    order = ['class="scroll overview"', 'class="lead"', 'class="abstract"', 'id="comparisons"']
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert text.count("<h3>base-7b vs grpo-7b <span") == tables["crossovers"].height
    assert "tables/crossovers.csv" in text
    assert 'href="figures/passk.html"' in text
    assert "boundary 1" in text


def test_every_heading_is_at_most_one_level_below_the_last(tables, study_spec):
    text = page(tables, study_spec, examples=examples("fine"), lead=DRAWING)
    levels = [1, *(int(tag[1]) for tag, _ in tags(text) if re.fullmatch("h[1-6]", tag))]
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))


def test_a_card_is_verdict_and_difference_and_the_rest_is_folded(tables, study_spec):
    text = page(tables, study_spec)
    for card in re.findall(r'<li class="[^"]*">\n<h3>(.*?)\n</li>', text, re.DOTALL):
        shown, folded = card.split("<details>")
        assert "points at k = 1 and" in shown and "M = 60 problems" in shown
        assert "McNemar" in folded and "McNemar" not in shown


def test_a_long_table_is_folded_and_hides_no_row_in_a_box(tables, study_spec):
    text = page(tables, study_spec)
    assert "more rows of pass@k" in text
    rows = text.count("<tr>")
    (shown,) = re.findall(r'aria-label="pass@k.*?</table>', text, re.DOTALL)[:1]
    assert shown.count("<tr>") == 11
    assert rows > 11
    css = text[: text.index("</style>")]
    assert "max-height" not in css.split("@media print")[0].replace("max-height: calc", "")


def test_every_region_that_scrolls_has_a_name_and_takes_the_keyboard(tables, study_spec):
    for tag, attributes in tags(page(tables, study_spec, lead=DRAWING)):
        if "scroll" in (attributes.get("class") or "").split():
            assert tag == "div" and attributes["tabindex"] == "0"
            assert attributes["role"] == "region" and attributes["aria-label"]


def test_texts_for_who_cannot_see_state_the_result(tables, study_spec):
    pictures = [a["alt"] for tag, a in tags(page(tables, study_spec, lead=DRAWING)) if tag == "img"]
    assert len(pictures) == 2
    assert "the simultaneous 95 % band" in pictures[0]
    assert "undetermined" in pictures[1] and "aime24" in pictures[1]


def test_each_figure_has_a_text_with_what_it_shows(tables, study_spec):
    names = ("coverage", "solved_sets", "majority", "passk")
    spec = {**study_spec, "figures": [{"name": name, "title": name} for name in names]}
    text = page(tables, spec, figures=dict.fromkeys(names, DRAWING))
    alts = {a["alt"].split(".")[0]: a["alt"] for tag, a in tags(text) if tag == "img"}
    assert alts.keys() == {*names}
    assert "learns" in alts["solved_sets"] and "points" in alts["solved_sets"]
    first = tables["coverage"].sort("benchmark", "comparison").row(0, named=True)
    assert f"benchmark {first['benchmark']};" in alts["coverage"]
    assert "base only" in alts["coverage"] and "–;" not in alts["coverage"]
    assert "By the vote of N = 16 samples base-7b is right on" in alts["majority"]
    assert "undetermined" in alts["passk"]


def test_the_explorer_has_a_link_where_there_is_one(tables, study_spec):
    address = "report/problems.html"
    assert address not in page(tables, study_spec)
    assert page(tables, study_spec, explorer=address).count(f'href="{address}"') == 2


def test_a_long_cell_is_wrapped_and_not_narrow(tables, study_spec):
    long = tables["crossovers"].with_columns(note=pl.lit("one of many words " * 3))
    text = page({**tables, "crossovers": long}, study_spec)
    assert text.count('<td class="long">one of many') == long.height
    assert '<td class="long">one of many' not in page(tables, study_spec)


def test_a_caution_stands_once_beside_each_verdict_of_its_model(tables, study_spec):
    cautions = dict.fromkeys(("base-7b", "grpo-7b"), "problem <242> may be grading.")
    text = page(tables, study_spec | {"cautions": cautions})
    assert text.count("Caution: problem &lt;242&gt; may be grading.") == tables["crossovers"].height
    assert "Caution" not in page(tables, study_spec | {"cautions": {"another": "x"}})


def test_figures_are_data_uris_of_the_svg_for_either_screen(tables, study_spec):
    elements = tags(page(tables, study_spec))
    shown = [a["src"] for tag, a in elements if tag == "img"]
    narrow = [(a["srcset"], a["media"]) for tag, a in elements if tag == "source"]
    assert shown == [data_uri(SVG)]
    assert narrow == [(data_uri(DRAWING.phone), "(max-width: 40rem)")]


def test_a_picture_carries_no_words_that_only_a_figure_alone_would_tell():
    told = '<path aria-label="k: 1" role="graphics-symbol" d="M0"/><text> role="x"</text>'
    encoded = data_uri(told).removeprefix("data:image/svg+xml;base64,")
    assert base64.b64decode(encoded).decode() == '<path d="M0"/><text> role="x"</text>'


def test_no_script_and_no_request(tables, study_spec):
    elements = tags(page(tables, study_spec, examples=examples(EVIL)))
    assert not {"script", "link", "iframe", "object", "form", "base"} & {tag for tag, _ in elements}
    for tag, attributes in elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        if "src" in attributes:
            assert attributes["src"].startswith("data:image/svg+xml;base64,")
        if "href" in attributes:
            assert tag == "a"
            assert re.match(r"#|figures/|tables/|methods\.md$", attributes["href"])


def test_the_policy_forbids_everything_but_style_and_data_images(tables, study_spec):
    policy = next(
        attributes["content"]
        for tag, attributes in tags(page(tables, study_spec))
        if tag == "meta" and "content" in attributes and "default-src" in attributes["content"]
    )
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_hostile_text_adds_no_element_and_hides_nothing(tables, study_spec):
    names = {"base-7b": EVIL, "aime24": EVIL + "b"}
    hostile = {
        key: frame.with_columns(
            frame[column].replace(names)
            for column in ("model", "base", "other", "benchmark")
            if column in frame
        )
        for key, frame in tables.items()
    }
    spec = {**study_spec, "study": EVIL, "models": [{"name": EVIL, "role": "base"}]}
    harmless = examples("fine").with_columns(model=pl.lit("m"))
    frame = examples(EVIL).with_columns(model=pl.lit(EVIL))
    bad = page(hostile, spec, provenance={EVIL: {EVIL: EVIL}}, examples=frame)
    good = page(
        tables,
        {**study_spec, "models": [{"name": "m", "role": "base"}]},
        provenance={"a": {"b": "c"}},
        examples=harmless,
    )
    assert [tag for tag, _ in tags(bad)] == [tag for tag, _ in tags(good)]
    assert "\x00" not in bad
    assert "\u202e" not in bad
    assert "\u200b" not in bad
    assert "{{7*7}}" in bad
    assert "⟨U+202E⟩" in bad


def test_long_responses_are_cut_and_counted(tables, study_spec):
    text = page(tables, study_spec, examples=examples("z" * 2000))
    assert "z" * 1500 + "… [500 more characters]" in text
    assert "z" * 1501 not in text


def test_six_examples_a_model(tables, study_spec):
    assert page(tables, study_spec, examples=examples("x")).count('class="example"') == 6


def test_an_empty_study_is_said_to_be_empty(tables, study_spec):
    empty = {key: frame.clear() for key, frame in tables.items()}
    text = page(empty, study_spec, figures={})
    assert "there is no verdict" in text
    assert "No table has any row." in text
    assert "asks for no figure" in text


def test_examples_without_a_column_are_refused(tables, study_spec):
    with pytest.raises(InputError, match="finish_reason"):
        page(tables, study_spec, examples=examples("x").drop("finish_reason"))


def test_notes_of_coverage_reach_the_verdict(tables, study_spec):
    noted = tables["coverage"].with_columns(note=pl.lit("prompts differ"))
    assert "Note: prompts differ." in page({**tables, "coverage": noted}, study_spec)


def test_notes_and_what_differs_by_permission_are_told_once(tables, study_spec):
    allowed = pl.lit("temperature 0.6 (base) and 1.0 (other)")
    noted = {
        "crossovers": tables["crossovers"].with_columns(
            note=pl.lit("unequal n"), permitted=allowed
        ),
        "coverage": tables["coverage"].with_columns(note=pl.lit("unfair"), permitted=allowed),
    }
    text = page({**tables, **noted}, study_spec)
    verdicts = text[: text.index('id="answer"')]
    count = tables["crossovers"].height
    assert verdicts.count("Note: unequal n.") == verdicts.count("Note: unfair.") == count
    assert verdicts.count("The two differ by permission: temperature 0.6 (base)") == count


def test_truncation_reaches_the_verdict_and_the_table(tables, study_spec):
    text = page(tables, study_spec)
    line = "12 % of the responses of base-7b were cut at max_tokens"
    assert text.count(line) == tables["crossovers"].height
    assert "How responses ended" in text
    assert "tables/responses.csv" in text
    assert "[6.0 %, 24.0 %]" in text


def test_responses_without_outcome_stand_in_the_table_where_there_are_some(tables, study_spec):
    assert "no outcome" not in page(tables, study_spec)
    unset = tables["responses"].with_columns(n_unset=pl.lit(26))
    text = page({**tables, "responses": unset}, study_spec)
    assert "<th>no outcome</th>" in text.replace(' scope="col"', "")
    assert ">26</td>" in text
    none = tables["responses"].with_columns(n_unset=pl.lit(0))
    assert "no outcome" not in page({**tables, "responses": none}, study_spec)


def test_arms_of_which_nothing_is_known_have_no_table(tables, study_spec):
    responses = tables["responses"]
    unknown = responses.with_columns(
        pl.lit(None, dtype=responses.schema[name]).alias(name) for name in responses.columns[5:]
    )
    text = page({**tables, "responses": unknown}, study_spec)
    assert "cut at max_tokens" not in text
    assert "How responses ended" not in text


def test_warnings_of_the_study_stand_with_the_verdicts(tables, study_spec):
    text = page(tables, {**study_spec, "warnings": [f"comparisons[0]: exchanged {EVIL}."]})
    verdicts = text[text.index('id="verdicts"') : text.index("What the verdicts and guards mean")]
    assert '<span class="tag wrong">warning</span> comparisons[0]: exchanged' in verdicts
    assert "<script>alert" not in text
    assert '<span class="tag wrong">warning</span> comparisons' not in page(tables, study_spec)


def test_a_guard_stands_before_the_verdict(tables, study_spec):
    noted = tables["crossovers"].with_columns(guard=pl.lit("few-discordant;duplicates"))
    text = page({**tables, "crossovers": noted}, study_spec)
    card = '<span class="tag wrong">⚠ no claim: few-discordant, duplicates</span> <span class="tag'
    assert text.count(card) == text.count('<li class="guarded">') == noted.height
    plain = page({**tables, "crossovers": noted.with_columns(guard=None)}, study_spec)
    assert '<li class="guarded">' not in plain
    for name in ("other-ahead-early", "saturated-low"):
        assert f"<dt>{name}</dt>" in plain


def test_what_ungraded_responses_could_change_stands_beside_the_verdict(tables, study_spec):
    crossovers = tables["crossovers"]
    told = {"kind": "truncated", "robust": True, "base_ungraded": 3, "base_responses": 60}
    told |= {"other_ungraded": 0, "other_responses": 60}
    bounds = pl.concat(
        crossovers.head(1).with_columns(
            pl.lit(taken).alias("taken"),
            *(pl.lit(value).alias(name) for name, value in told.items()),
        )
        for taken in TAKEN
    )
    spec = study_spec | {"analyses": ["crossover", "bounds"]}
    text = page({**tables, "bounds": bounds}, spec)
    (card,) = (card for card in text.split("<h3>") if "3 of 60 responses of" in card)
    assert f"On {crossovers['benchmark'][0]}" in card
    assert "Bounds for what was not graded" in text
    assert "perhaps right" not in page({**tables, "bounds": bounds.clear()}, spec)


def tokens(texts):
    """Return the table of one response, whose every text is a token."""
    names = ("scorer", "source_model", "benchmark", "protocol", "problem_id")
    rows = [
        {
            **dict.fromkeys(names, EVIL),
            "sample_index": 0,
            "z": 3.0,
            "n_tokens": len(texts),
            "place": i,
            "text": text,
            "logprob": -2.0,
            "rank": 2,
            "contribution": float(i % 5),
        }
        for i, text in enumerate(texts)
    ]
    return check(pl.DataFrame(rows), SURPRISING_TOKENS, "test")


def test_tokens_of_hostile_responses_are_plain_text_of_some_length(tables, study_spec):
    marks = ["\x00\u202e", '" onclick="x', "</span></pre><!--", "x" * 10_000, "", "\n"]
    hostile = page({**tables, "surprising_tokens": tokens([EVIL, *marks])}, study_spec)
    harmless = page({**tables, "surprising_tokens": tokens(["a"] * 7)}, study_spec)
    assert [tag for tag, _ in tags(hostile)] == [tag for tag, _ in tags(harmless)]
    for tag, attributes in tags(hostile):
        assert not any(name.startswith("on") or name == "style" for name in attributes), tag
    assert not {"\x00", "\u202e", "\u200b"} & set(hostile)
    assert "⟨U+0000⟩⟨U+202E⟩" in hostile and "{{7*7}}" in hostile
    assert len(hostile) - len(page(tables, study_spec)) < 6000
    assert 'title="2; log p −2, rank 2"' in hostile
