"""What goes on from edited responses: an engine that follows its chain, and one that does not."""

from __future__ import annotations

import polars as pl
import pytest

from boundary.errors import InputError, TableError
from boundary.interventions.registers import STEPS
from boundary.interventions.sample import intervene
from boundary.tables import EDITED, SAMPLES, check
from boundary.tasks.registers import solution
from intervened import QUESTIONS, Words, job, problems, samples
from protocols import sampling

RIGHT = {name: " ".join(solution(text)) for name, text in QUESTIONS.items()}


def follows(question: str, beginning: str) -> str:
    """Answer by the states that stand there."""
    chain, marked, _ = beginning.partition("#")
    implied = STEPS.implied if chain.split()[:1] in (["<"], [">"]) else None
    answer = (implied and implied(question, chain)) or "v0 v0 v0"
    return answer if marked else f"# {answer}"


def drawn(responses: dict[str, list[str]], engine: Words | None = None, **keys: object):
    made = intervene(engine or Words(follows), problems(), samples(responses), job(**keys))
    check(made[0], SAMPLES, "samples")
    check(made[1], EDITED, "edited")
    return made


def test_what_follows_stands_behind_the_edit() -> None:
    frame, edited = drawn({name: [text] for name, text in RIGHT.items()})
    rows = edited.join(frame, on=["problem_id", "sample_index"], how="left").filter(
        problem_id="three"
    )
    texts = {
        (edit, step): text for edit, step, text in rows.select("edit", "step", "response").rows()
    }
    words = RIGHT["three"].split()
    whole, answer = " ".join(words[:7]), " ".join(words[-3:])
    assert texts["unedited", 1] == f"{' '.join(words[:3])} # {answer}"
    assert texts["whole_chain", 0] == f"{whole} # {answer}"
    assert texts["no_chain", 0] == "# v0 v0 v0"
    assert texts["filler", 0] == "= = = = = = = # v0 v0 v0"
    implied = {
        step: text
        for edit, step, text in rows.select("edit", "step", "implied").rows()
        if edit == "corrupt"
    }
    for step, text in implied.items():
        assert texts["corrupt", step].endswith(f"# {text}")
        assert text != answer
    assert rows.filter(edit="paraphrase")["excluded"].to_list() == ["not_offered"]
    swap = rows.filter(edit="swap").row(0, named=True)
    donor = RIGHT[swap["donor_problem"]].split()
    assert swap["response"].startswith(" ".join(donor[: donor.index("#") + 1]))


def test_equal_beginnings_are_drawn_once() -> None:
    once, twice = Words(follows), Words(follows)
    drawn({name: [text] for name, text in RIGHT.items()}, once)
    _, edited = drawn({name: [text, text] for name, text in RIGHT.items()}, twice)
    assert twice.requests == once.requests
    of_both = edited.group_by("problem_id", "edit", "step").agg(pl.col("sample_index").n_unique())
    assert of_both["sample_index"].max() == 1


def test_no_response_is_longer_than_the_protocol_allows() -> None:
    forever = Words(lambda question, beginning: "v1 " * 50)
    frame, edited = drawn({name: [text] for name, text in RIGHT.items()}, forever)
    assert frame["n_tokens"].max() == 24
    assert set(frame["finish_reason"]) == {"length"}
    short = sampling(max_tokens=9).spec()
    frame, edited = drawn({name: [text] for name, text in RIGHT.items()}, sampling=short)
    assert frame["n_tokens"].max() == 9
    left = edited.filter((pl.col("edit") != "swap") & (pl.col("excluded") == "no_room"))
    # Nine words and the mark leave no room behind four steps, and seven do behind three.
    assert {*left["problem_id"]} == {"one", "two"}
    assert "whole_chain" in {*left["edit"]}


def test_an_engine_that_tells_no_tokens_is_refused() -> None:
    """Nobody knows whether a space stands between the beginning and what follows."""
    silent = Words(follows, tells_tokens=False)
    with pytest.raises(InputError, match="tells no tokens"):
        drawn({name: [text] for name, text in RIGHT.items()}, silent)


def test_hostile_responses_are_left_out_and_counted() -> None:
    odd = {"one": ["", "# #"], "two": ["> > o1", RIGHT["two"]], "three": ["v1", "="]}
    frame, edited = drawn(odd)
    none = edited.filter(excluded="no_steps").select("problem_id", "original").unique()
    assert none.height == 5
    assert {*frame["problem_id"]} == {"two"}
    # Nobody else has a chain that could stand in for it.
    assert edited.filter(edit="swap", problem_id="two", original=1)["excluded"].to_list() == [
        "no_donor"
    ]


def test_what_cannot_be_edited_is_refused() -> None:
    whole = {name: [text] for name, text in RIGHT.items()}
    with pytest.raises(InputError, match=r"interventions on 'm' on 'b' may take [\d,]+ tokens"):
        intervene(Words(follows), problems(), samples(whole), job(), most_tokens=10)
    with pytest.raises(TableError, match="1 problems have no sample, first two"):
        intervene(
            Words(follows), problems(), samples({n: whole[n] for n in ("one", "three")}), job()
        )
    other = samples(whole).with_columns(model=pl.lit("x"))
    with pytest.raises(TableError, match="the samples hold some of x / b / p"):
        intervene(Words(follows), problems(), other, job())
    texts = problems().with_columns(kind=pl.lit("text"))
    with pytest.raises(InputError, match="nobody finds the steps"):
        intervene(Words(follows), texts, samples(whole), job())
    with pytest.raises(InputError, match="has no problems"):
        intervene(Words(follows), problems(), samples(whole), job(benchmark="c"))


def test_what_is_made_hangs_on_no_order() -> None:
    whole = {name: [text, text] for name, text in RIGHT.items()}
    one = drawn(whole)
    frames = problems().reverse(), samples(whole).reverse()
    two = intervene(Words(follows), *frames, job())
    assert all(a.equals(b) for a, b in zip(one, two, strict=True))


def test_no_penalty_or_filter_of_the_protocol_counts() -> None:
    responses = {name: [text] for name, text in RIGHT.items()}
    settings = sampling(max_tokens=24, presence_penalty=1.5, repetition_penalty=1.2, top_k=20)
    for made, plain in zip(
        drawn(responses, sampling=settings.spec()), drawn(responses), strict=True
    ):
        assert made.equals(plain)
