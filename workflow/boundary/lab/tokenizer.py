"""The lab's tokenizer: one token a word, so that the lab takes the path of any model."""

from __future__ import annotations

from transformers import PreTrainedTokenizerFast

from boundary.lab.material import EOS, PAD, Material

#: Tokens of the longest prompt and response together.
MAX_POSITIONS = 128


def build_tokenizer(task: Material) -> PreTrainedTokenizerFast:
    """Make the word-level tokenizer of a task.

    Words are separated by spaces, before and after. There is no unknown token:
    a word outside the vocabulary is an error, not a silent substitute.
    """
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit

    tokenizer = Tokenizer(WordLevel(dict(task.ids)))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=EOS,
        padding_side="left",
        model_max_length=MAX_POSITIONS,
        clean_up_tokenization_spaces=False,
    )
