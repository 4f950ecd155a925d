"""The lab's tokenizer: one token a word, so that the lab takes the path of any model."""

from __future__ import annotations

from transformers import PreTrainedTokenizerFast

from boundary.tasks.registers import EOS, IDS, PAD

MAX_POSITIONS = 128


def build_tokenizer() -> PreTrainedTokenizerFast:
    """Make the word-level tokenizer of the register machine.

    Words are separated by spaces, before and after. There is no unknown token:
    a word outside the vocabulary is an error, not a silent substitute.
    """
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit

    tokenizer = Tokenizer(WordLevel(dict(IDS)))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=EOS,
        padding_side="left",
        model_max_length=MAX_POSITIONS,
        clean_up_tokenization_spaces=False,
    )
