"""Strings that end a response of the transformers engine: where, and what is counted."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from boundary.engines import Request, Response
from boundary.engines.transformers.mixed import sample_mixed
from boundary.engines.transformers.stop_strings import StopStrings
from boundary.prompts import load_prompt, prompt_names
from chat_tokenizer import chat_tokenizer
from drawing import SAMPLING, draw
from protocols import sampling
from tiny import MODELS, WORDS, load

#: One of a token, one of two, one that the first would end before.
STRINGS = ["w3", "w5 w6", "w3 w4"]
#: Room for more than the tests draw.
KEYS = {"samples_per_shard": 64, "max_tokens": 24}
REQUESTS = [Request((1, 2, 3), 11), Request((4,), 12)]


def expected(whole: Response) -> Response:
    """Cut a response by hand: token by token, until its text holds a string."""
    ids = list(whole.token_ids)
    for n in range(1, len(ids) + 1):
        text = " ".join(WORDS[token] for token in ids[:n] if token)
        places = [text.find(string) for string in STRINGS if string in text]
        if places:
            each = (whole.logprobs or ())[:n]
            total = float(torch.tensor(each, dtype=torch.float64).sum())
            return Response(text[: min(places)], n, "stop", total, tuple(ids[:n]), each)
    return whole


def test_a_response_ends_at_the_token_that_completes_a_string(llama: Path) -> None:
    """It is the response that is drawn without strings, up to there, and so are its numbers."""
    engine = load(llama)
    plain, stopped = draw(engine, REQUESTS, **KEYS), draw(engine, REQUESTS, stop=STRINGS, **KEYS)
    shorter = {key for key in plain if stopped[key].n_tokens < plain[key].n_tokens}
    assert len(shorter) > 60
    assert {stopped[key].finish_reason for key in shorter} == {"stop"}
    for key, whole in plain.items():
        cut, now = expected(whole), stopped[key]
        assert (now.text, now.n_tokens, now.finish_reason, now.token_ids) == (
            cut.text,
            cut.n_tokens,
            cut.finish_reason,
            cut.token_ids,
        )
        assert now.logprob_sum == pytest.approx(cut.logprob_sum, abs=1e-4)
        assert len(now.logprobs or ()) == now.n_tokens


def test_nothing_changes_where_no_string_is_met(llama: Path) -> None:
    engine = load(llama)
    assert draw(engine, REQUESTS, stop=["w3 w3 w99"]) == draw(engine, REQUESTS)


def test_rows_that_are_ended_cost_no_steps(llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = load(llama)
    steps: list[int] = []
    forward = engine.model.forward

    def counted(*args: object, **keys: object) -> object:
        steps.append(1)
        return forward(*args, **keys)

    monkeypatch.setattr(engine.model, "forward", counted)
    keys = {"samples_per_shard": 8, "max_tokens": 80}
    every = [f"w{i}" for i in range(11)]
    drawn = draw(engine, REQUESTS[:1], stop=every, **keys)
    assert len(steps) == 1
    assert {(r.n_tokens, r.finish_reason, r.text) for r in drawn.values()} == {(1, "stop", "")}


def test_two_models_that_write_one_response_end_it_too(llama: Path) -> None:
    engine = load(llama)
    protocol = sampling(**SAMPLING.spec() | {"stop": ["w3"]})
    batches = sample_mixed(engine, engine, REQUESTS, [[1], None], protocol, 8)
    alone = draw(engine, REQUESTS, stop=["w3"], samples_per_shard=8)
    assert {one[:2]: one.response for batch in batches for one in batch} == alone


def test_a_string_of_whole_characters_is_met_whatever_the_tokens() -> None:
    """Every token is a byte here, so that a character is whole only with its last."""
    tokenizer = chat_tokenizer()
    stop = StopStrings(tokenizer, ["\n``", "é→"])
    for text, met in (("ab\n``", True), ("aé→", True), ("a``", False), ("é", False)):
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        steps = [bool(stop(torch.tensor([ids[:n]]))[0]) for n in range(1, len(ids) + 1)]
        assert steps == [False] * (len(ids) - 1) + [met]
    special = tokenizer.convert_tokens_to_ids("<|end|>")
    ids = tokenizer("\n`", add_special_tokens=False)["input_ids"]
    back = tokenizer("`", add_special_tokens=False)["input_ids"]
    rows = torch.tensor([[*ids, special, *back], [*ids, *back, special], [*back, *back, *ids]])
    assert stop(rows).tolist() == [True, False, False]


def test_the_string_that_is_complete_first_is_cut() -> None:
    stop = StopStrings(chat_tokenizer(), ["long string", "ng", "b"])
    assert stop.cut("a long string b") == "a lo"
    assert stop.cut("nothing") == "nothi"
    assert stop.cut("else") == "else"


@pytest.mark.parametrize("name", prompt_names())
def test_every_shipped_template_is_served(name: str, tmp_path: Path) -> None:
    model = MODELS["llama"]()
    tokenizer = chat_tokenizer()
    model.resize_token_embeddings(len(tokenizer))
    model.config.max_position_embeddings = 8192
    model.generation_config.eos_token_id = model.config.eos_token_id = tokenizer.eos_token_id
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    protocol = SAMPLING.model_copy(update={"prompt": load_prompt(name), "max_tokens": 3})
    (drawn,) = load(tmp_path).sample([Request(tuple(range(60, 70)), 1)], protocol)
    assert len(drawn) == SAMPLING.samples_per_shard
