"""Text to ids and back, in memory and from a saved directory."""

from __future__ import annotations

import pytest
from transformers import AutoTokenizer

from boundary.lab.material import material
from boundary.lab.tokenizer import build_tokenizer
from boundary.tasks.registers import EOS, PAD, VOCABULARY, solution

TEXT = "q o3 o17 o5 ="


@pytest.fixture(scope="module", params=["built", "saved"])
def tokenizer(request, tmp_path_factory):
    built = build_tokenizer(material("registers"))
    if request.param == "built":
        return built
    folder = tmp_path_factory.mktemp("tokenizer")
    built.save_pretrained(folder)
    return AutoTokenizer.from_pretrained(folder)


def test_every_word_is_one_token_with_its_own_id(tokenizer):
    assert len(tokenizer) == len(VOCABULARY) == 56
    assert tokenizer(" ".join(VOCABULARY))["input_ids"] == list(range(56))


def test_text_survives_the_round_trip(tokenizer):
    text = " ".join((TEXT, *solution(TEXT)))
    ids = tokenizer(text)["input_ids"]
    assert tokenizer.decode(ids) == text
    assert tokenizer.decode([*ids, 1, 0, 0], skip_special_tokens=True) == text
    assert tokenizer.decode([*ids, 1, 0]) == f"{text} {EOS} {PAD}"


def test_symbols_are_no_special_tokens(tokenizer):
    text = "> < # = p q v0 o23"
    assert tokenizer.decode(tokenizer(text)["input_ids"], skip_special_tokens=True) == text
    assert (tokenizer.pad_token_id, tokenizer.eos_token_id) == (0, 1)
    assert tokenizer.padding_side == "left"


def test_a_foreign_word_is_an_error(tokenizer):
    with pytest.raises(Exception, match="UNK"):
        tokenizer("p o99 =")
