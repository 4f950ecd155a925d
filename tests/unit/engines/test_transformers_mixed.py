"""Two tiny models that write one response: who chose which token, and closed forms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from boundary.engines import Request, Response
from boundary.engines.decode import Donor, decode
from boundary.engines.transformers.engine import TransformersEngine
from boundary.engines.transformers.mixed import check_alike, sample_mixed
from boundary.errors import InputError
from protocols import sampling
from tiny import MODELS, constant, load, save

PROTOCOL = sampling(samples_per_shard=8, max_tokens=12)
PROMPTS = ["w1 w2 w3", "w4", "w5 w6 w7"]
Places = Sequence[Sequence[int] | None]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[TransformersEngine, ...]:
    """Return two untrained models of unlike architecture and one vocabulary."""
    engines = []
    for seed, name in enumerate(("llama", "qwen3")):
        torch.manual_seed(seed)
        engines.append(load(save(MODELS[name](), tmp_path_factory.mktemp(name))))
    return tuple(engines)


@pytest.fixture(scope="module")
def fixed(tmp_path_factory: pytest.TempPathFactory) -> tuple[TransformersEngine, ...]:
    """Return a host that says w1 with .6 and a donor that does with .1, else w2."""
    return tuple(
        load(constant({"w1": p, "w2": 1 - p}, tmp_path_factory.mktemp("fixed"))) for p in (0.6, 0.1)
    )


def requests(engine: TransformersEngine, prompts: Sequence[str] = PROMPTS) -> list[Request]:
    return [
        Request(tuple(engine.encode(prompt, PROTOCOL)), seed) for seed, prompt in enumerate(prompts)
    ]


def mixed(
    host: TransformersEngine, donor: TransformersEngine, places: Places, **keys: object
) -> list[list[Response]]:
    protocol = sampling(**PROTOCOL.spec() | keys)
    asked, samples = requests(host), protocol.samples_per_shard
    drawn = {
        each[:2]: each.response
        for batch in sample_mixed(host, donor, asked, places, protocol, samples)
        for each in batch
    }
    return [[drawn[i, j] for j in range(samples)] for i in range(len(asked))]


def alone(engine: TransformersEngine, **keys: object) -> list[list[Response]]:
    protocol = sampling(**PROTOCOL.spec() | keys)
    drawn = {
        each[:2]: each.response
        for batch in engine.sample(requests(engine), protocol)
        for each in batch
    }
    return [[drawn[i, j] for j in range(protocol.samples_per_shard)] for i in range(len(PROMPTS))]


@pytest.mark.parametrize("keys", [{}, {"temperature": 0.7, "top_p": 0.8}, {"temperature": 0.0}])
def test_nowhere_is_the_host_and_everywhere_the_donor(pair, keys) -> None:
    host, donor = pair
    assert mixed(host, donor, [[]] * 3, **keys) == alone(host, **keys)
    assert mixed(host, donor, [None] * 3, **keys) == alone(donor, **keys)
    assert alone(host, **keys) != alone(donor, **keys)


def test_exchanging_roles_and_places_changes_nothing(pair) -> None:
    host, donor = pair
    places = [[0, 3], [1], [2, 5, 7]]
    others = [[i for i in range(PROTOCOL.max_tokens) if i not in few] for few in places]
    assert mixed(host, donor, places) == mixed(donor, host, others)


def test_places_beyond_the_longest_response_are_never_reached(pair) -> None:
    assert mixed(*pair, [[0, 12, 99]] * 3) == mixed(*pair, [[0]] * 3)


def test_what_else_is_in_a_batch_changes_no_token(pair) -> None:
    places = [[0, 3], None, [2]]
    whole = mixed(*pair, places)
    single = mixed(*pair, places, batch_size=1)
    assert [[r.text for r in row] for row in whole] == [[r.text for r in row] for row in single]


def test_success_has_its_closed_form(fixed) -> None:
    """P(w1 w1 w1) is .6 to the power of the host's places times .1 to that of the donor's."""
    n = 4000
    keys = {"samples_per_shard": n, "max_tokens": 3, "batch_size": n}
    for places, expected in (([], 0.6**3), ([1], 0.6**2 * 0.1), ([0, 2], 0.6 * 0.1**2)):
        drawn = mixed(*fixed, [places] * 3, **keys)[0]
        share = sum(r.text == "w1 w1 w1" for r in drawn) / n
        assert abs(share - expected) < 4 * math.sqrt(expected * (1 - expected) / n)
        right = next(r for r in drawn if r.text == "w1 w1 w1")
        assert right.logprob_sum == pytest.approx(math.log(expected), abs=1e-5)


def test_other_vocabularies_and_ends_are_refused(pair, tmp_path: Path) -> None:
    host, donor = pair
    check_alike(host, donor)
    other = load(save(MODELS["llama"](), tmp_path))
    other.tokenizer.add_tokens(["w99"])
    with pytest.raises(InputError, match=r"1 tokens differ, first 'w99'"):
        check_alike(host, other)
    ended = load(save(MODELS["llama"](), tmp_path))
    ended.stop_ids = [3]
    with pytest.raises(InputError, match=r"\[0\] and the donor with \[3\]"):
        check_alike(host, ended)


def test_decode_refuses_places_of_another_shape_and_another_width(pair) -> None:
    host, donor = pair
    settings = {
        "samples": 2,
        "uniforms": torch.zeros((2, 4), dtype=torch.float64),
        "temperature": 1.0,
        "top_p": 1.0,
        "max_tokens": 4,
        "stop_ids": [0],
        "pad_id": 0,
    }
    with pytest.raises(InputError, match="places of the donor have shape"):
        decode(host.model, [[1]], donor=Donor(donor.model, torch.zeros((1, 4)).bool()), **settings)
    wide = MODELS["llama"]()
    wide.resize_token_embeddings(20)
    with pytest.raises(InputError, match="12 and 20 tokens"):
        decode(host.model, [[1]], donor=Donor(wide, torch.zeros((2, 4)).bool()), **settings)


def test_a_response_must_fit_both_models(pair, tmp_path: Path) -> None:
    short = MODELS["llama"]()
    short.config.max_position_embeddings = 14
    small = load(save(short, tmp_path))
    for host, donor in ((pair[0], small), (small, pair[0])):
        with pytest.raises(InputError, match="max_tokens of 12 exceed the 14 positions"):
            mixed(host, donor, [[0]] * 3)
    assert len(mixed(small, pair[0], [[0]] * 3, max_tokens=11)) == 3
