"""The corpus: clean traces are right solutions, noise and strategies have their shares."""

from __future__ import annotations

import numpy as np
import pytest

from boundary.config.lab import Pretrain
from boundary.tasks.corpus import batch, prompt_ids, trace_ids
from boundary.tasks.registers import TABLE, VOCABULARY, check, draw_operations


def words(ids: list[int]) -> str:
    return " ".join(VOCABULARY[i] for i in ids)


def test_teacher_traces_are_right_solutions_in_both_families():
    run = Pretrain(recipe="pretrain", noise=0.0, marker_follows=True)
    rng = np.random.default_rng(0)
    families = set()
    for step in range(20):
        ids, width = batch(run, step, rng)
        assert ids.shape[1] == 3 * (width - 2) + 8
        for row in ids.tolist():
            assert row[-1] == 1
            assert check(words(row[:width]), words(row[width:-1])).chain_correct
            families.add(row[0])
    assert families == {2, 3}


def test_batches_hold_so_many_operations():
    run = Pretrain(recipe="pretrain", lengths=[3, 24])
    rng = np.random.default_rng(0)
    sizes = {}
    for _ in range(300):
        ids, width = batch(run, 0, rng)
        sizes[width - 2] = len(ids)
    assert sizes == {length: max(24, 480 // length) for length in range(3, 25)}


def test_strategies_have_their_share_by_phase_whatever_the_marker():
    run = Pretrain(recipe="pretrain", steps=100, noise=0.0, lengths=[3, 3])
    for step, share in ((0, 0.5), (59, 0.5), (60, 0.85), (99, 0.85)):
        rng = np.random.default_rng(step)
        rows = np.concatenate([batch(run, step, rng)[0] for _ in range(60)])
        for marker in (2, 3):
            strategy = rows[rows[:, 0] == marker, 5]
            assert (strategy == 6).mean() == pytest.approx(share, abs=0.03)


def test_a_noisy_state_is_uniform_and_the_trace_goes_on_from_it():
    rng = np.random.default_rng(3)
    operations = draw_operations(rng, 20_000, 6)
    traces = trace_ids(np.zeros(20_000, dtype=bool), operations, 0.33, rng)
    reached = traces[:, 2:14:2] - 8
    before = np.concatenate([np.zeros_like(reached[:, :3]), reached[:, :3]], axis=1)
    slipped = reached != TABLE[operations, before]
    assert slipped.mean() == pytest.approx(0.33 * 23 / 24, abs=0.005)
    assert (traces[:, -4:-1] - 8 == reached[:, 3:]).all()
    assert np.corrcoef(slipped.T.astype(float))[0, 3] == pytest.approx(0, abs=0.03)


def test_prompts_are_the_words_of_the_question():
    ids = prompt_ids(np.array([False, True]), np.array([[3, 17, 5], [0, 1, 23]]))
    assert [words(row) for row in ids.tolist()] == ["p o3 o17 o5 =", "q o0 o1 o23 ="]
