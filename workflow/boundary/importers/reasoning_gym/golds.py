"""Data sets of reasoning-gym whose expected answer is the only right one."""

from __future__ import annotations

#: Those that leave the scorer to `ProceduralDataset.score_answer`, which compares with the one
#: answer ("Overwrite this method … if a single oracle answer is not available"), and
#: needle_haystack, whose scorer asks for the same name (reasoning-gym @ 49b0713).
_ONE_ANSWER = frozenset(
    (
        *("acre", "aiw", "arc_1d", "base_conversion", "basic_arithmetic", "bf", "caesar_cipher"),
        *("binary_alternation", "count_bits", "count_primes", "course_schedule", "gcd", "lcm"),
        *("isomorphic_strings", "largest_island", "leg_counting", "letter_counting", "maze"),
        *("list_functions", "mahjong_puzzle", "modulo_grid", "needle_haystack", "ransom_note"),
        *("number_filtering", "number_sequence", "rotate_matrix", "rotten_oranges", "syllogism"),
        *("simple_equations", "simple_geometry", "string_manipulation", "string_splitting"),
        *("string_synthesis", "word_sequence_reversal"),
    )
)
#: Data sets of Hugging Face: those of mathematics that the evaluation was run on.
_HUB = "hf://"


def gold_of(data_set: str, expected: str) -> dict[str, str | None]:
    """Return answer and kind of a problem; none where other answers are right too."""
    if data_set.startswith(_HUB):
        return {"answer": expected}
    return {"answer": expected, "kind": "text"} if data_set in _ONE_ANSWER else {}
