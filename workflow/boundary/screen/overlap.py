"""How much of a text another one repeats, word by word."""

from __future__ import annotations

from collections.abc import Sequence


def common_subsequence(one: Sequence[str], two: Sequence[str]) -> int:
    """Return the length of the longest common subsequence of two texts of words.

    By whole columns of the table as bits of one number (Hyyrö 2004, Bit-parallel LCS-length
    computation revisited): as many steps as the second text has words.
    """
    masks: dict[str, int] = {}
    for i, word in enumerate(one):
        masks[word] = masks.get(word, 0) | 1 << i
    full = (1 << len(one)) - 1
    column = full
    for word in two:
        both = column & masks.get(word, 0)
        column = ((column + both) | (column - both)) & full
    return len(one) - column.bit_count()


def rouge_l(reference: Sequence[str], candidate: Sequence[str]) -> float:
    """Return ROUGE-L of words: 2·LCS / (words of both), 1 where the two are one (Lin 2004)."""
    if not reference or not candidate:
        return 0.0
    return 2 * common_subsequence(reference, candidate) / (len(reference) + len(candidate))


def common_beginning(reference: Sequence[str], candidate: Sequence[str]) -> int:
    """Return how many words both begin with."""
    pairs = zip(reference, candidate, strict=False)
    return next(
        (i for i, (one, two) in enumerate(pairs) if one != two),
        min(len(reference), len(candidate)),
    )
