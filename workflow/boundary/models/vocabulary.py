"""The tokenizer of a GGUF file, as the text was cut when its merges were learned.

A GGUF file holds vocabulary and merges of a byte-level BPE tokenizer, and of
how it cuts text before it merges only a name (``tokenizer.ggml.pre``).
transformers reads unknown names as GPT-2's, which for ``smollm`` gives other
tokens wherever a number follows two spaces or an empty line; so the tokenizer
is built here, from the names that are known, and others are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, SupportsIndex

from boundary.errors import InputError

#: Metadata of a GGUF file, by key.
Fields = Mapping[str, object]
#: Token types of GGUF.
CONTROL, USER_DEFINED = 3, 4
QWEN2 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
#: Names of ways to cut text that are known here.
KNOWN = ("gpt-2", "smollm", "qwen2")
SPECIAL = {"bos": "bos", "eos": "eos", "unk": "unknown", "pad": "padding"}


def build_tokenizer(fields: Fields, where: str) -> Any:
    """Build the tokenizer that a GGUF file describes.

    Parameters
    ----------
    fields : mapping
        The file's metadata.
    where : str
        The file, for messages.

    Returns
    -------
    transformers.PreTrainedTokenizerFast
        With special tokens and chat template.

    Raises
    ------
    InputError
        When it is of a kind that is not known to be rebuilt exactly.

    Notes
    -----
    How each name cuts text: ``llama.cpp``, ``src/llama-vocab.cpp``; it leaves
    out that Qwen's tokenizer normalises text to NFC.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers
    from transformers import PreTrainedTokenizerFast

    _check(fields, where)
    tokens = list(map(str, _list(fields, "tokens")))
    halves = (str(merge).partition(" ") for merge in _list(fields, "merges"))
    merges = [(first, second) for first, _, second in halves]
    vocabulary = {token: index for index, token in enumerate(tokens)}
    try:
        backend = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    except Exception as error:  # the library raises nothing more particular
        raise InputError(f"{where}: its merges do not fit its vocabulary ({error}).") from None
    cut = str(fields["tokenizer.ggml.pre"])
    if cut == "qwen2":
        backend.normalizer = normalizers.NFC()
    backend.pre_tokenizer = _pre_tokenizer(cut)
    backend.decoder = decoders.ByteLevel()
    for token, kind in zip(tokens, _list(fields, "token_type"), strict=False):
        if kind in (CONTROL, USER_DEFINED):
            backend.add_tokens([AddedToken(token, normalized=False, special=kind == CONTROL)])
    named = {f"{name}_token": _special(fields, tokens, key) for name, key in SPECIAL.items()}
    if fields.get("tokenizer.ggml.add_bos_token"):
        backend.post_processor = _begins_with(named["bos_token"], vocabulary, where)
    return PreTrainedTokenizerFast(
        tokenizer_object=backend,
        chat_template=fields.get("tokenizer.chat_template"),
        clean_up_tokenization_spaces=False,
        **{name: token for name, token in named.items() if token is not None},
    )


def _check(fields: Fields, where: str) -> None:
    bring = "Bring the model as a folder with safetensors and its own tokenizer (`file:FOLDER`)."
    kind, cut = fields.get("tokenizer.ggml.model"), fields.get("tokenizer.ggml.pre")
    if kind != "gpt2" or cut not in KNOWN:
        raise InputError(
            f"{where}: its tokenizer is {kind!r} and cuts text as {cut!r}; only 'gpt2' that cuts "
            f"as one of {', '.join(KNOWN)} is known to come out as the model's own. {bring}"
        )
    absent = [key for key in ("tokens", "merges") if not fields.get(f"tokenizer.ggml.{key}")]
    if absent:
        raise InputError(f"{where}: its tokenizer has no {absent[0]}. {bring}")
    if fields.get("tokenizer.ggml.add_eos_token"):
        raise InputError(f"{where}: its tokenizer ends every prompt with end-of-text. {bring}")


def _pre_tokenizer(cut: str) -> Any:
    from tokenizers import Regex, pre_tokenizers

    if cut == "qwen2":
        split = pre_tokenizers.Split(Regex(QWEN2), behavior="isolated")
        level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
        return pre_tokenizers.Sequence([split, level])
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    if cut == "smollm":
        return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), level])
    return level


def _special(fields: Fields, tokens: list[str], key: str) -> str | None:
    index = _id(fields, key)
    return None if index is None else tokens[index]


def _id(fields: Fields, key: str) -> int | None:
    """Return the number of a token that has a name; None where the file gives it none."""
    index = fields.get(f"tokenizer.ggml.{key}_token_id")
    return int(index) if isinstance(index, SupportsIndex) else None


def _list(fields: Fields, key: str) -> list[object]:
    """Return a list of the tokenizer's; an empty one where the file has none."""
    values = fields.get(f"tokenizer.ggml.{key}")
    return list(values) if isinstance(values, Iterable) else []


def _begins_with(token: str | None, vocabulary: Mapping[str, int], where: str) -> Any:
    from tokenizers import processors

    if token is None:
        raise InputError(f"{where}: should begin prompts with a token that it does not name.")
    return processors.TemplateProcessing(
        single=f"{token} $A", special_tokens=[(token, vocabulary[token])]
    )


def stop_ids(fields: Fields) -> list[int]:
    """Return the tokens that end a response: end of text, and end of turn where it has one."""
    ids = (_id(fields, key) for key in ("eos", "eot"))
    return list(dict.fromkeys(index for index in ids if index is not None))
