"""Copies are found whoever made them, and honest samples are never called copies."""

from __future__ import annotations

import numpy as np
import pytest

from boundary.errors import TableError
from boundary.guards import check_repeats

DISTINCT = 10**12


def honest(rng, problems, blocks, samples, kinds=DISTINCT):
    return rng.integers(0, kinds, (problems, blocks, samples))


@pytest.fixture
def rng():
    return np.random.default_rng(11)


@pytest.mark.parametrize("temperature", [0.1, 0.6, 1.0, 1.5, None])
@pytest.mark.parametrize(
    ("problems", "blocks", "samples"), [(20, 4, 4), (12, 2, 4), (60, 2, 2), (5, 2, 16)]
)
def test_two_blocks_of_one_seed(problems, blocks, samples, temperature, rows, alarm, rng):
    values = honest(rng, problems, blocks, samples)
    values[:, 1] = values[:, 0]
    known = {} if temperature is None else {"temperature": temperature}
    told = alarm(rows(values), **known)
    assert "model m, benchmark b, protocol p: 00000.parquet and 00001.parquet share a seed" in told
    assert f"{problems * samples} of {problems * samples} responses are equal" in told
    assert f"in {problems} problems (such as q0000, q0001, q0002)" in told
    assert "other pairs between the two 0.00% are" in told
    assert "leave one of the two out" in told


def test_the_two_blocks_among_many_are_named(rows, alarm, rng):
    values = honest(rng, 30, 8, 8)
    values[:, 6] = values[:, 2]
    told = alarm(rows(values), temperature=0.6, top_p=0.95)
    assert "00002.parquet and 00006.parquet share a seed. " in told
    values[:, 7] = values[:, 2]
    told = alarm(rows(values), temperature=0.6, top_p=0.95)
    assert "share a seed; so do 2 more pairs of shards" in told


def test_blocks_that_share_a_seed_though_rounding_parts_some_responses(rows, alarm, rng):
    values = honest(rng, 100, 2, 16)
    stays = rng.random((100, 16)) < 0.6
    values[:, 1] = np.where(stays, values[:, 0], values[:, 1])
    assert "share a seed" in alarm(rows(values), temperature=0.6)


def test_a_shared_seed_of_a_model_that_repeats_itself_anyway(rows, alarm, rng):
    values = honest(rng, 200, 2, 16, kinds=5)
    assert alarm(rows(values), temperature=0.6) is None
    values[:, 1] = values[:, 0]
    told = alarm(rows(values), temperature=0.6)
    assert "share a seed" in told
    assert "other pairs between the two 20." in told or "other pairs between the two 19." in told


def test_seeds_that_are_shared_in_another_order(rows, alarm, rng):
    """Seeds 1, 2, 3, … of one block and 2, 3, 4, … of the next."""
    values = honest(rng, 60, 3, 16)
    values[:, 2, :-1] = values[:, 1, 1:]
    told = alarm(rows(values), temperature=0.6)
    assert "00001.parquet and 00002.parquet share seeds, though not in the same order" in told


@pytest.mark.parametrize("blocks", [2, 8])
def test_one_seed_for_the_samples_of_a_block(blocks, rows, alarm, rng):
    values = honest(rng, 40, blocks, 4)
    values[:, 1] = values[:, 1, :1]
    told = alarm(rows(values), temperature=0.6)
    assert "in 00001.parquet one seed served several samples" in told
    assert "100.00% are equal, in 40 problems (such as q0000" in told
    values[:] = values[:, :, :1]
    told = alarm(rows(values), temperature=0.6)
    assert f"00000.parquet and in {blocks - 1} more shards one seed" in told


def copied(rng, values, times, layout):
    """Let every seed of each block serve several samples."""
    size = values.shape[2]
    seeds = -(-size // times)
    index = np.arange(size) // times if layout == "adjacent" else np.arange(size) % seeds
    copies = values[:, :, index]
    return rng.permuted(copies, axis=2) if layout == "shuffled" else copies


@pytest.mark.parametrize("blocks", [1, 3])
@pytest.mark.parametrize("layout", ["adjacent", "apart", "shuffled"])
@pytest.mark.parametrize(
    ("samples", "times"), [(8, 2), (12, 2), (15, 3), (16, 2), (32, 2), (64, 2)]
)
def test_every_response_several_times(samples, times, layout, blocks, rows, alarm, rng):
    values = honest(rng, 30, blocks, samples)
    assert alarm(rows(values), temperature=0.6) is None
    half = values.copy()
    half[::2] = copied(rng, values, times, layout)[::2]
    for some in (copied(rng, values, times, layout), half if samples > 8 else None):
        if some is not None:
            told = alarm(rows(some), temperature=0.6)
            assert "00000.parquet" in told and "one seed served several samples" in told


@pytest.mark.parametrize("samples", [8, 16, 32])
@pytest.mark.parametrize("hit", [1, 3])
def test_one_response_again_and_again_among_others(samples, hit, rows, alarm, rng):
    values = honest(rng, 40, 3, samples)
    values[:, :hit, 2:6] = values[:, :hit, 1:2]
    told = alarm(rows(rng.permuted(values, axis=2)), temperature=0.6)
    assert "one seed served several samples" in told


@pytest.mark.parametrize("samples", [4, 16, 32])
@pytest.mark.parametrize("order", ["reversed", "shuffled"])
def test_a_copied_block_in_another_order(samples, order, rows, alarm, rng):
    values = honest(rng, 40, 4, samples)
    same = values[:, 1]
    values[:, 3] = same[:, ::-1] if order == "reversed" else rng.permuted(same, axis=1)
    told = alarm(rows(values), temperature=0.6)
    assert "00001.parquet and 00003.parquet share seeds, though not in the same order" in told


@pytest.mark.parametrize("share", [0.06, 0.3])
def test_copies_in_part_of_the_problems(share, rows, alarm, rng):
    """However many others there are: six problems of a hundred tell enough."""
    values = honest(rng, 100, 4, 16)
    part = round(share * 100)
    values[:part, 3] = values[:part, 2]
    told = alarm(rows(values), temperature=0.6)
    assert "00002.parquet and 00003.parquet share a seed" in told
    assert f"in {part} problems" in told


def test_copies_of_uncertain_answers_beside_certain_ones(rows, alarm, rng):
    """Half of the problems have one answer: pairs that are equal anyway hide nothing."""
    values = honest(rng, 60, 3, 16)
    values[:30] = np.arange(30).reshape(30, 1, 1)
    assert alarm(rows(values), temperature=0.6) is None
    assert "one seed served" in alarm(rows(copied(rng, values, 2, "shuffled")), temperature=0.6)


def test_copies_up_to_white_space(rows, alarm, rng):
    values = honest(rng, 20, 2, 8)
    frame = rows(values)
    values[:, 1] = values[:, 0]
    told = alarm(frame.with_columns(stripped=rows(values)["fingerprint"]), temperature=0.6)
    assert "share a seed" in told


def test_blocks_of_machines_that_round_differently(rows, alarm, rng):
    """The chances of texts differ by a few percent from block to block: no copies."""
    p = model_of(rng, 200, 40)
    parts = []
    for _ in range(4):
        drift = p * np.exp(rng.normal(0, 0.05, p.shape))
        parts.append(sample(rng, drift / drift.sum(axis=1, keepdims=True), 1, 32)[0])
    assert alarm(rows(np.concatenate(parts, axis=1)), temperature=0.6) is None


@pytest.mark.parametrize("top_p", [1.0, 0.95])
@pytest.mark.parametrize("temperature", [1.0, 2.0])
def test_one_seed_for_all_samples_where_probabilities_bound_chance(
    temperature, top_p, rows, alarm, rng
):
    values = honest(rng, 8, 1, 4)
    assert alarm(rows(values), temperature=temperature, top_p=top_p) is None
    values[:] = values[:, :, :1]
    told = alarm(rows(values), temperature=temperature, top_p=top_p)
    assert "24 of 24 responses repeat an earlier one to the same problem, in 8 problems" in told
    assert "let expect at most" in told


@pytest.mark.parametrize("temperature", [0.5, 0.7])
def test_one_seed_for_all_samples_at_a_low_temperature(temperature, rows, alarm):
    values = np.arange(20).reshape(20, 1, 1) * np.ones((1, 2, 4), dtype=int)
    told = alarm(rows(values, tokens=100), temperature=temperature, top_p=0.95)
    assert "in 20 of 20 problems all responses are one text" in told
    assert f"the temperature is {temperature:g}, the texts have 100 tokens in the median" in told
    unknown = rows(values, tokens=300).with_columns(logprob_sum=None).cast({"logprob_sum": float})
    assert "one text" in alarm(unknown, temperature=temperature)
    assert "one text" in alarm(unknown, temperature=1.0, top_p=1.0)


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("the model is sure of what it says", {"surprisal": 0.1}),
        ("responses are short", {"tokens": 40}),
        ("the temperature is low", {"temperature": 0.3}),
        ("problems are few", {"problems": 9}),
        ("a fifth of the problems has several responses", {"alike": 0.8}),
    ],
)
def test_what_may_well_be_alike_is_let_pass(why, change, rows, alarm):
    case = {"surprisal": 0.5, "tokens": 100, "temperature": 0.6, "problems": 20, "alike": 1.0}
    case |= change
    values = np.arange(case["problems"]).reshape(-1, 1, 1) * np.ones((1, 2, 4), dtype=int)
    values[round(case["alike"] * case["problems"]) :, :, 0] = 10**6
    logs = np.full(values.shape, -case["surprisal"] * case["tokens"])
    told = alarm(rows(values, logs, tokens=case["tokens"]), temperature=case["temperature"])
    assert told is None, why


def test_greedy_decoding_is_not_tested(rows, alarm, rng):
    same = np.arange(50).reshape(50, 1, 1) * np.ones((1, 4, 4), dtype=int)
    assert alarm(rows(same), temperature=0.0) is None
    by_machine = same + 1000 * np.arange(4).reshape(1, 4, 1)  # near-ties fall otherwise elsewhere
    assert alarm(rows(by_machine), temperature=0.0) is None
    assert alarm(rows(by_machine), temperature=0.05) is None
    assert "one seed" in alarm(rows(by_machine), temperature=0.1)
    assert alarm(rows(same)) is None  # an unknown temperature: nothing tells blocks apart


def test_copies_in_few_problems_are_not_enough(rows, alarm, rng):
    values = honest(rng, 100, 2, 16)
    values[:4, 1] = values[:4, 0]
    assert alarm(rows(values), temperature=0.6) is None


def model_of(rng, problems, kinds):
    """Return the probabilities of ``kinds`` responses to each problem: sure, unsure, in between."""
    sharp = rng.choice([0.02, 0.3, 3.0], (problems, 1))
    weights = rng.gamma(sharp, 1.0, (problems, kinds)) + 1e-12
    return weights / weights.sum(axis=1, keepdims=True)


def sample(rng, p, blocks, samples):
    """Draw responses, with the logarithms of their probabilities."""
    draws = rng.random((len(p), blocks * samples, 1))
    values = (p.cumsum(axis=1)[:, None] < draws).sum(axis=2).clip(max=p.shape[1] - 1)
    logs = np.log(np.take_along_axis(p, values, axis=1))
    shape = (len(p), blocks, samples)
    return values.reshape(shape), logs.reshape(shape)


@pytest.mark.parametrize("kinds", [1, 2, 20, 1000])
def test_no_false_alarm_on_models_that_repeat_themselves(kinds, rows, alarm, rng):
    """300 arms of categorical models whose responses legitimately repeat."""
    for _ in range(75):
        problems, blocks = int(rng.integers(5, 60)), int(rng.integers(1, 6))
        values, logs = sample(rng, model_of(rng, problems, kinds), blocks, int(rng.integers(1, 9)))
        assert alarm(rows(values, logs), temperature=1.0, top_p=1.0) is None
        assert alarm(rows(values, logs), temperature=0.3, top_p=1.0) is None


def test_a_shared_seed_of_such_models_is_found(rows, alarm, rng):
    found = 0
    for _ in range(20):
        values, logs = sample(rng, model_of(rng, 60, 20), 4, 8)
        values[:, 3], logs[:, 3] = values[:, 1], logs[:, 1]
        told = alarm(rows(values, logs), temperature=1.0, top_p=1.0)
        found += told is not None and "00001.parquet and 00003.parquet share a seed" in told
    assert found == 20


def test_a_saturated_model_at_temperature_one(rows, alarm, rng):
    """Chains of a dozen tokens with next to no entropy: nearly all responses are equal."""
    p = np.tile([0.97, 0.01, 0.01, 0.01], (120, 1))
    values, logs = sample(rng, p, 4, 64)
    assert (values == 0).mean() > 0.96
    assert alarm(rows(values, logs, tokens=12), temperature=1.0, top_p=1.0) is None


@pytest.mark.parametrize("layout", ["one sample a block", "one block", "problems apart"])
def test_arms_of_any_layout(layout, rows, alarm, rng):
    if layout == "problems apart":
        values = honest(rng, 20, 4, 4)
        for problem in range(20):
            values[problem, np.arange(4) != problem % 4] = -1
    else:
        values = honest(rng, 20, *((8, 1) if layout == "one sample a block" else (1, 8)))
    assert alarm(rows(values), temperature=1.0, top_p=1.0) is None


def test_blocks_that_no_problem_reached_are_empty(rows, rng):
    """Where every problem stopped at a look, the files behind it hold no row."""
    shards = [f"{i:05d}.parquet" for i in range(8)]
    values = honest(rng, 30, 2, 8)
    check_repeats(rows(values), shards, temperature=0.6, top_p=0.95)
    values[:, 1] = values[:, 0]
    with pytest.raises(TableError, match=r"00000\.parquet and 00001\.parquet share a seed"):
        check_repeats(rows(values), shards, temperature=0.6, top_p=0.95)
