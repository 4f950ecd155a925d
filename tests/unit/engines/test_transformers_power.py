"""Moves of whole responses against all responses of a chain, and against their seeds."""

from __future__ import annotations

from functools import partial

import pytest
import torch

from boundary.engines import Request
from boundary.engines.decode import decode
from boundary.engines.transformers.power import moved
from boundary.errors import InputError
from boundary.jobs.sampling import Power
from drawing import draw, token_logprobs
from markov import END, LONGEST, START, Markov, Sequence, after_moves, to_power, variation
from tiny import WORDS, constant, load

ALPHA = 4
ASKED = [Request((1, 2, 3), 11), Request((4,), 12)]


def chains(
    steps: int, samples: int, block: int | None = None
) -> tuple[list[Sequence], torch.Tensor]:
    """Draw responses of the chain, with the counts of each."""
    torch.set_num_threads(1)
    of = partial(decode, Markov(), [[START]], samples=samples, stop_ids=[END], pad_id=0)
    power = Power(alpha=ALPHA, steps=steps, block=block)
    decoded, counts = moved(of, [7], samples, power, LONGEST, END)
    lengths = decoded.lengths.tolist()
    rows = zip(decoded.tokens.tolist(), lengths, strict=True)
    return [tuple(tokens[:length]) for tokens, length in rows], counts


def asked(block: int | None = None, steps: int = 3, alpha: float = 2.0) -> dict[str, object]:
    power = {"alpha": alpha, "steps": steps} | ({"block": block} if block else {})
    return {"sampler": {"power": power}}


def test_moves_without_end_lead_to_the_power_of_p() -> None:
    """The kernel, written from its definition, comes to p^alpha, and without 1/n elsewhere."""
    target = to_power(ALPHA)
    assert len(target) == 1093
    laws = {n: dict(zip(*after_moves(ALPHA, n), strict=True)) for n in (10, 60)}
    far, near = (sum(abs(law[s] - p) for s, p in target.items()) / 2 for law in laws.values())
    assert far > 0.2
    assert near < 0.01
    without = dict(zip(*after_moves(ALPHA, 300, factor=False), strict=True))
    assert sum(abs(without[s] - p) for s, p in target.items()) / 2 > 0.05


def test_sixty_moves_in_one_block_draw_from_the_power_of_p() -> None:
    drawn, counts = chains(60, 1500)
    assert variation(drawn, to_power(ALPHA)) < 0.02  # of 1,500 draws of the law itself: 0.008
    assert counts[:, 1].unique().tolist() == [60]


@pytest.mark.parametrize("moves", [1, 10])
def test_few_moves_draw_from_what_the_kernel_makes_of_proposals(moves: int) -> None:
    drawn, _ = chains(moves, 2000)
    law = dict(zip(*after_moves(ALPHA, moves), strict=True))
    other = dict(zip(*after_moves(ALPHA, moves + 5), strict=True))
    assert variation(drawn, law) < 0.06 < variation(drawn, other)


def test_a_block_that_comes_to_an_end_is_moved_no_further() -> None:
    drawn, counts = chains(4, 400, block=2)
    blocks = torch.tensor([-(-len(tokens) // 2) for tokens in drawn])
    # Moves of a later block may come back to a place before it.
    assert (counts[:, 1] >= 4 * blocks).all()
    assert counts[:, 1].unique().tolist() == [4, 8, 12]
    assert (blocks[counts[:, 1] == 4] == 1).all()
    assert (counts[:, 2] <= counts[:, 1]).all()
    assert all(len(tokens) == LONGEST or tokens[-1] == END for tokens in drawn)
    assert {len(tokens) for tokens in drawn} > {1, 2}


def test_tokens_drawn_are_those_of_the_formula(tmp_path) -> None:
    """Of responses of one length: L(1 + N(L/B + 1)/4), as each move redraws half and the cut's."""
    engine = load(constant({"w1": 1.0}, tmp_path))
    keys = {"samples_per_shard": 60, "max_tokens": 40, "token_logprobs": None}
    for block in (None, 10):
        drawn = draw(engine, ASKED, **keys, **asked(block, steps=10)).values()
        mean = sum(one.tokens_drawn for one in drawn) / len(drawn)
        expected = Power(alpha=2, steps=10, block=block).drawn(40)
        assert expected == {None: 240, 10: 540}[block]
        assert mean == pytest.approx(expected, rel=0.06)
        # Z is the same on all paths, so that every move is taken.
        assert {one.accepted for one in drawn} == {one.moves for one in drawn}


@pytest.mark.parametrize("block", [None, 4])
def test_what_is_drawn_hangs_on_no_batch_and_on_no_order(llama, block) -> None:
    engine, keys = load(llama), {"samples_per_shard": 3, "max_tokens": 12, **asked(block)}
    whole = draw(engine, ASKED, **keys)
    apart = draw(engine, ASKED[::-1], **keys, batch_size=3)
    resumed = draw(engine, [Request((1, 2, 3), 11, frozenset({0, 2})), ASKED[1]], **keys)
    assert resumed.keys() == whole.keys() - {(0, 0), (0, 2)}
    for (i, j), one in whole.items():
        for other in (apart[1 - i, j], resumed.get((i, j), one)):
            assert other.token_ids == one.token_ids
            assert (other.tokens_drawn, other.moves, other.accepted) == (
                *(one.tokens_drawn, one.moves, one.accepted),
            )
        raw = token_logprobs(engine, ASKED[i].prompt, one.token_ids)
        assert one.logprobs == pytest.approx(raw, abs=1e-4)
        assert one.logprob_sum == pytest.approx(sum(raw), abs=1e-4)
    fewer = draw(engine, ASKED, **keys | {"samples_per_shard": 2})
    assert all(fewer[key].token_ids == whole[key].token_ids for key in fewer)
    assert draw(engine, ASKED, **keys | asked(block, steps=4)) != whole


def test_stop_strings_end_responses_across_cuts(tmp_path) -> None:
    engine = load(constant({"w1": 0.5, "w2": 0.4, "<eos>": 0.1}, tmp_path))
    keys = {"samples_per_shard": 40, "max_tokens": 12, "stop": ["w1 w2"], **asked(steps=5)}
    w1, w2 = WORDS.index("w1"), WORDS.index("w2")
    for one in draw(engine, ASKED, **keys).values():
        assert "w1 w2" not in one.text
        pairs = list(zip(one.token_ids, one.token_ids[1:], strict=False))
        assert (w1, w2) not in pairs[:-1]
        assert one.finish_reason == "stop" or one.n_tokens == 12


@pytest.mark.parametrize(
    "other", [{"temperature": 0.5}, {"top_p": 0.9}, {"top_k": 5}, {"presence_penalty": 1.0}]
)
def test_the_sampler_stands_alone(llama, other) -> None:
    with pytest.raises((InputError, ValueError), match=r"power\(2, 3, one block\)"):
        draw(load(llama), ASKED, **asked(), **other)
