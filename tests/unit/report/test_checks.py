"""How far verdicts may be trusted, in words: rules of grading, attacks, sandboxes."""

import polars as pl
import pytest

from boundary.analyses.audit.tables import AUDIT, DISAGREEMENTS
from boundary.analyses.registry import analyses
from boundary.jobs.pages import Report
from boundary.report import chapters
from boundary.report.methods import Methods
from boundary.report.page import render
from boundary.tables import check

EVIL = "<script>alert(1)</script>\u202e{{7*7}}"


def checks(tables, confidence):
    return chapters.checks(analyses().values(), tables, confidence)


def summarise(tables):
    return chapters.summaries(analyses().values(), tables)


def audit(*rows):
    """Make an audit of (model, kind, name, responses, problems)."""
    return check(
        pl.DataFrame(
            [
                {
                    **{"model": model, "benchmark": "b", "protocol": "p"},
                    **{"kind": kind, "name": name, "responses": responses, "problems": problems},
                    **{"n_responses": 1640, "n_problems": 164, "share": responses / 1640},
                    **{"ci_low": 0.0, "ci_high": 0.018 if model == "base" else 0.03},
                }
                for model, kind, name, responses, problems in rows
            ]
        ),
        AUDIT,
        "test",
    )


def disagreements(answer, gold="4"):
    row = {
        **{"model": "m", "benchmark": "b", "protocol": "p", "problem_id": answer, "gold": gold},
        **{"answer": answer, "verdict": "wrong", "correct": False, "correct_lenient": True},
        **{"correct_agreed": None, "responses": 3, "first_sample": 0},
    }
    types = {name: column.dtype.type for name, column in DISAGREEMENTS.schema.columns.items()}
    return check(pl.DataFrame([row], schema=types), DISAGREEMENTS, "test")


REGIONS = {
    "crossover": "other:1-3;base:14-16",
    "base-ahead-to-K": "base:1-16",
    "undetermined": None,
}


@pytest.fixture
def graded(tables):
    """Return what makes a grading table of one comparison from (rule, verdict, k×)."""

    def make(*rows, **columns):
        row = tables["grading"].filter(benchmark="math500", rule="strict")[:1]
        changed = ("base_responses_changed", "other_responses_changed")
        return pl.concat(
            row.with_columns(
                comparison=pl.lit("c"),
                rule=pl.lit(rule),
                verdict=pl.lit(verdict),
                regions=pl.lit(REGIONS[verdict], dtype=pl.String),
                guard=pl.lit(columns.get(rule, {}).get("guard"), dtype=pl.String),
                k_cross=pl.lit(k, dtype=pl.Float64),
                ci_low=4.0,
                ci_high=16.0,
                **{name: pl.lit(columns.get(rule, {}).get(name, 0)) for name in changed},
                base_problems_changed=pl.lit(2),
                base_solved=pl.lit(40 if rule == "strict" else 41),
            )
            for rule, verdict, k in rows
        )

    return make


def test_one_verdict_under_all_rules(graded):
    rows = [(rule, "base-ahead-to-K", None) for rule in ("lenient", "strict", "agreed")]
    (line,) = checks({"grading": graded(*rows)}, 0.95)
    assert (line.tag, line.css) == ("same", "right")
    assert line.text == (
        "On math500, base-7b and grpo-7b (c): the verdict is the same under strict, lenient and "
        "agreed grading: base-ahead-to-K. Lenient changes no count. Agreed changes no count."
    )


def test_rules_of_extraction_have_a_sentence_of_their_own(graded):
    rows = [(rule, "base-ahead-to-K", None) for rule in ("strict", "lenient", "any", "declared")]
    frame = graded(*rows, ("boxed", "undetermined", None), boxed={"base_responses_changed": 30})
    lines = checks({"grading": frame}, 0.95)
    assert [item.tag for item in lines] == ["differs", "same"]
    assert lines[0].text == (
        "On math500, base-7b and grpo-7b (c): the verdict depends on the rule of extraction: "
        "undetermined under boxed, base-ahead-to-K under declared and base-ahead-to-K under any. "
        "Boxed changes 30 responses of base-7b in 2 problems (solved at least once: 41 instead of "
        "40). Declared changes no count. Any changes no count."
    )
    assert "same under strict and lenient grading: base-ahead-to-K" in lines[1].text


def test_a_grader_without_other_equalities_has_one_sentence(graded):
    rows = [(rule, "base-ahead-to-K", None) for rule in ("strict", "any", "declared", "boxed")]
    (line,) = checks({"grading": graded(*rows)}, 0.95)
    assert "same under boxed, declared and any extraction: base-ahead-to-K." in line.text


def test_of_programs_the_rule_is_the_last_fenced_block(graded):
    rows = [("strict", "base-ahead-to-K", None), ("fenced", "undetermined", None)]
    (line,) = checks({"grading": graded(*rows, fenced={"base_responses_changed": 30})}, 0.95)
    assert line.tag == "differs"
    assert line.text.startswith(
        "On math500, base-7b and grpo-7b (c): the verdict depends on the rule of extraction of "
        "programs: base-ahead-to-K under strict and undetermined under fenced. Fenced changes 30 "
        "responses of base-7b in 2 problems"
    )


def test_where_the_crossing_lies_under_each_rule(graded):
    rows = [("strict", "crossover", 8.0), ("lenient", "crossover", 9.5)]
    (line,) = checks({"grading": graded(*rows)}, 0.95)
    assert (
        "same under strict and lenient grading, crossover, at k× ≈ 8 [4, 16] under strict and at "
        "k× ≈ 9.5 [4, 16] under lenient." in line.text
    )


@pytest.mark.parametrize(
    ("lenient", "text"),
    [
        ("small-set", "no claim can rest on it (small-set); the verdict is the same under"),
        (
            "small-set;few-discordant",
            "no claim can rest on it where a guard fires (small-set under strict and small-set, "
            "few-discordant under lenient); the verdict is the same under",
        ),
        (
            None,
            "no claim can rest on it where a guard fires (small-set under strict); the verdict",
        ),
    ],
)
def test_a_guard_leads(graded, lenient, text):
    rows = [(rule, "base-ahead-to-K", None) for rule in ("strict", "lenient")]
    guards = {"strict": {"guard": "small-set"}, "lenient": {"guard": lenient}}
    (line,) = checks({"grading": graded(*rows, **guards)}, 0.95)
    assert line.text.startswith(f"On math500, base-7b and grpo-7b (c): {text}")


def test_a_verdict_that_depends_on_the_rule_comes_first(graded):
    rows = [("strict", "undetermined", None), ("lenient", "crossover", 9.5)]
    frame = graded(*rows, lenient={"base_responses_changed": 1234})
    same = frame.with_columns(
        benchmark=pl.lit("aime24"), verdict=pl.lit("undetermined"), regions=pl.lit(None, pl.String)
    )
    lines = checks({"grading": pl.concat([same, frame])}, 0.95)
    assert [item.tag for item in lines] == ["differs", "same"]
    assert lines[0].text == (
        "On math500, base-7b and grpo-7b (c): the verdict depends on the rule of grading: "
        "undetermined under strict and crossover at k× ≈ 9.5 [4, 16] under lenient. Lenient "
        "changes 1,234 responses of base-7b in 2 problems (solved at least once: 41 instead "
        "of 40)."
    )


def test_attacks_are_told_by_model_with_their_names():
    frame = audit(
        ("base", "breach", "any", 0, 0),
        ("base", "breach", "forged-record", 0, 0),
        ("rl", "breach", "any", 12, 5),
        ("rl", "breach", "forged-record", 10, 5),
        ("rl", "breach", "killed-parent", 2, 1),
        ("base", "trick", "any", 0, 0),
        ("rl", "trick", "any", 0, 0),
    )
    lines = checks({"audit": frame}, 0.95)
    assert [item.tag for item in lines] == ["tried", "same"]
    assert lines[0].text == (
        "12 of 1,640 programs of rl on b (p), to 5 of 164 problems, attacked the verifier while "
        "they ran (forged-record 10, killed-parent 2): 0.7 % [0.0 %, 3.0 %], the 95 % interval "
        "being over problems. Each is a violation and counts as wrong."
    )
    assert lines[1].text == (
        "None of 3,280 programs hold a trick in their source; the 95 % intervals of the models' "
        "shares all end at or below 3.0 %."
    )


def test_many_names_are_cut_and_counted():
    rows = [("rl", "trick", "any", 50, 5), *(("rl", "trick", f"t{i}", i, 1) for i in range(1, 10))]
    (line,) = checks({"audit": audit(*rows)}, 0.95)
    assert "(t9 9, t8 8, t7 7, t6 6, t5 5, t4 4 and 3 more kinds)" in line.text
    assert "Their verdicts stand." in line.text


def test_programs_in_the_reduced_sandbox_are_a_warning_before_all_else(graded):
    rows = [("rl", "breach", "any", 1, 1), ("rl", "sandbox", "bubblewrap", 1000, 164)]
    twice = [(rule, "undetermined", None) for rule in ("strict", "agreed")]
    clean = {"audit": audit(*rows), "grading": graded(*twice)}
    assert "warning" not in [item.tag for item in checks(clean, 0.95)]
    reduced = audit(*rows, ("rl", "sandbox", "reduced", 7, 3), ("base", "sandbox", "reduced", 0, 0))
    lines = checks({**clean, "audit": reduced}, 0.95)
    assert [item.tag for item in lines] == ["warning", "tried", "same"]
    assert lines[0].text.startswith("7 of 1,640 programs of rl on b (p) ran in the reduced")


def test_nothing_to_say():
    assert checks({}, 0.95) == []
    assert checks({"audit": audit(("rl", "breach", "any", 0, 0)).clear()}, 0.95) == []


def test_the_page_has_the_sentences_and_the_tables(tables, study_spec):
    given = {
        **tables,
        "audit": audit(("rl", "breach", "any", 1, 1), ("rl", "sandbox", "reduced", 7, 3)),
        "disagreements": disagreements("0.5"),
    }
    job = Report.model_validate(study_spec)
    text = render(job, given, {}, {}, None, Methods([], ""))
    assert 'href="#real"' in text and "Whether the verdicts rest on the rule" in text
    assert '<span class="tag wrong">warning</span> 7 of 1,640 programs' in text
    assert "under strict, lenient and agreed grading" in text
    for name in ("grading", "audit", "disagreements"):
        assert f"tables/{name}.csv" in text
    plain = {name: frame for name, frame in tables.items() if name != "grading"}
    assert "Whether the verdicts rest" not in render(job, plain, {}, {}, None, Methods([], ""))


def test_hostile_answers_and_names_are_text(tables, study_spec):
    given = {
        **tables,
        "audit": audit((EVIL, "trick", EVIL, 1, 1), (EVIL, "trick", "any", 1, 1)),
        "disagreements": disagreements(EVIL + "x" * 500, gold=EVIL),
    }
    job = Report.model_validate(study_spec)
    text = render(job, given, {}, {}, None, Methods([], ""))
    assert "<script" not in text and "\u202e" not in text
    assert text.count("&lt;script&gt;") >= 6
    assert "more characters]" in text


def test_frequent_disagreements_are_shown_and_the_rest_counted():
    many = pl.concat(
        disagreements(f"a{i:02d}").with_columns(responses=pl.lit(i + 1)) for i in range(50)
    )
    (summary,) = summarise({"disagreements": many})
    assert (len(summary.rows), summary.hidden) == (40, 10)
    assert summary.rows[0][4:] == ["a49", "wrong", "correct", "–", "50"]
    assert len(summary.header) == len(summary.rows[0])


def test_rules_stand_in_their_order(tables):
    summary = next(s for s in summarise(tables) if s.name == "grading")
    place = summary.header.index("rule")
    assert [row[place] for row in summary.rows[:3]] == ["strict", "lenient", "agreed"]
