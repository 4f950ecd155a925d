"""What the lab trains on: shares of families and ways, problems that no training has."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from boundary.kinds.skills.families import FAMILIES, IDS, reserved, solution
from boundary.kinds.skills.material import MATERIAL
from boundary.kinds.skills.task import SkillBenchmark, SkillPretrain, SkillReinforce

EVERY = dict.fromkeys(FAMILIES, 0.2)


def drawing(problems: int = 40, **changed: object) -> SkillBenchmark:
    given = {"problems": problems, "lengths": [3, 4], "families": EVERY, "seed": 7} | changed
    return SkillBenchmark.model_validate({"task": "skills"} | given)


def base(**changed: object) -> SkillPretrain:
    given = {"task": "skills", "recipe": "pretrain", "steps": 100, "noise": 0.0}
    return SkillPretrain.model_validate(given | changed)


def operations(question: str) -> frozenset[str]:
    return frozenset(question.split()[1:-1])


def test_a_benchmark_has_its_shares_and_right_answers() -> None:
    drawn = MATERIAL.problems("b", drawing())
    assert Counter(text[0] for text in drawn["question"]) == dict.fromkeys(FAMILIES, 8)
    assert set(drawn["kind"]) == {"skills"}
    assert drawn["problem_id"][0] == "p-03-0000"
    assert drawn["metadata"][0] == '{"family":"p","length":3}'
    for question, answer in drawn.select("question", "answer").iter_rows():
        assert " ".join(solution(question)[-3:]) == answer


def test_more_problems_hold_the_fewer_and_seeds_draw_others() -> None:
    few, more = (set(MATERIAL.problems("b", drawing(n))["question"]) for n in (20, 80))
    other = set(MATERIAL.problems("b", drawing(80, seed=8))["question"])
    assert few < more and len(more) == 80
    assert len(more & other) < 20


def test_the_most_problems_of_the_shortest_length_can_be_drawn() -> None:
    questions = MATERIAL.problems("b", drawing(400, lengths=[3], families={"r": 1.0}))["question"]
    assert questions.n_unique() == 400


@pytest.mark.parametrize("family", FAMILIES)
def test_no_training_problem_has_the_operations_of_a_benchmark(family: str) -> None:
    """Nor has it them in another order: what one family asks for, another's traces would show."""
    kept = {operations(q) for q in MATERIAL.problems("b", drawing(200))["question"]}
    rng = np.random.default_rng(1)
    run = SkillReinforce(
        task="skills", recipe="reinforce", start="a", lengths=[3, 4], families={family: 1.0}
    )
    for step in range(6):
        trained, _ = MATERIAL.prompts(run, rng, 500)
        corpus, width = MATERIAL.batch(base(lengths=[3, 4]), step * 18, rng)
        for rows in (trained, corpus[:, :width]):
            assert not reserved(rows[:, 1:-1] - IDS["o0"]).any()
            assert kept.isdisjoint(operations(MATERIAL.text(row)) for row in rows)


def test_prompts_have_their_shares_and_the_longest_response_fits() -> None:
    run = SkillReinforce(
        task="skills",
        recipe="reinforce",
        start="a",
        lengths=[5, 5],
        families={"t": 0.25, "r": 0.75},
    )
    ids, longest = MATERIAL.prompts(run, np.random.default_rng(0), 4000)
    prompts = [MATERIAL.text(row) for row in ids]
    assert sum(text[0] == "t" for text in prompts) / 4000 == pytest.approx(0.25, abs=0.03)
    right = [MATERIAL.gold(text) for text in prompts[:50] if MATERIAL.gold]
    assert {text[0]: len(gold.split()) + 1 for text, gold in zip(prompts, right, strict=False)} == {
        "t": longest,
        "r": longest - 1,
    }
    assert all(map(MATERIAL.correct, prompts, right))
    assert MATERIAL.chain_correct and all(map(MATERIAL.chain_correct, prompts, right))
    assert MATERIAL.formatted and all(map(MATERIAL.formatted, right))
    alone = run.model_copy(update={"families": {"r": 1.0}})
    assert MATERIAL.prompts(alone, np.random.default_rng(0), 4)[1] == 2 * 5 + 6


def way(row: list[int], width: int) -> tuple[str, str]:
    """Return the marker of a clean trace, and the family whose right response it is."""
    question, response = MATERIAL.text(row[:width]), MATERIAL.text(row[width:-1])
    asked = [f for f in FAMILIES if " ".join(solution(f + question[1:])) == response]
    (found,) = asked
    return question[0], found


@pytest.mark.parametrize(("step", "rare"), [(0, 0.3), (59, 0.3), (60, 0.05), (99, 0.05)])
def test_the_corpus_has_its_ways_by_phase_whatever_the_marker(step: int, rare: float) -> None:
    run = base(
        lengths=[5, 5], phases=[{"p": 0.4, "q": 0.3, "r": 0.3}, {"p": 0.8, "q": 0.15, "r": 0.05}]
    )
    rng = np.random.default_rng(step)
    pairs = Counter()
    for _ in range(40):
        ids, width = MATERIAL.batch(run, step, rng)
        assert ids.shape == (96, 5 * 3 + 8) and width == 7
        pairs.update(way(row, width) for row in ids.tolist())
    for marker in FAMILIES:
        total = sum(n for (m, _), n in pairs.items() if m == marker)
        assert total / pairs.total() == pytest.approx(0.2, abs=0.03)
        assert pairs[marker, "r"] / total == pytest.approx(rare, abs=0.06)
    assert {w for _, w in pairs} == {"p", "q", "r"}


def test_a_switch_that_is_seen_fills_whole_batches() -> None:
    run = base(lengths=[5, 5], phases=[{"p": 0.7, "t": 0.3}, {"t": 1.0}])
    rng = np.random.default_rng(0)
    seen = []
    for _ in range(60):
        ids, width = MATERIAL.batch(run, 0, rng)
        (found,) = {way(row, width)[1] for row in ids.tolist()}
        assert ids.shape[1] == 5 * 3 + 8 + (found == "t")
        seen.append(found)
    assert seen.count("t") == pytest.approx(18, abs=10)
    ids, width = MATERIAL.batch(run, 60, rng)
    assert {way(row, width)[1] for row in ids.tolist()} == {"t"}


def test_noise_replaces_states() -> None:
    ids, width = MATERIAL.batch(base(noise=0.25), 0, np.random.default_rng(0))
    clean = sum(
        " ".join(solution(f + MATERIAL.text(row[:width])[1:])) == MATERIAL.text(row[width:-1])
        for row in ids.tolist()
        for f in "pqr"
    )
    assert 0 < clean < 0.7 * len(ids)


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_answers_by_its_way_of_reading(family: str) -> None:
    assert MATERIAL.answers is not None
    answers = MATERIAL.answers(f"{family} o3 o17 o5 o8 o2 =")
    assert tuple(answers) == FAMILIES
    assert all(
        text.split() == list(solution(f"{name} o3 o17 o5 o8 o2 =")[-3:])
        for name, text in answers.items()
    )
    # s and t read three operations in one order.
    three = MATERIAL.answers(f"{family} o3 o17 o5 =")
    assert three["s"] == three["t"] != three["p"]
