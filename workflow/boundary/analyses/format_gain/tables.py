"""Schemas of the parts of a gain, and of the gain under each rule of grading."""

from __future__ import annotations

from boundary.checking import Column, Table, around, count, ends, flag, real, share, table, text
from boundary.comparison_tables import GRADING_RULES, PAIR, PAIR_KEY
from boundary.extraction import RULES

#: The parts of a gain, by what each is a part of: the parts of one whole add up to it.
PART_OF: dict[str, str | None] = {
    "gain": None,
    "answering": "gain",
    "cut": "answering",
    "no_answer": "answering",
    "unset": "answering",
    "being_right": "gain",
    **{f"form_{rule}": "being_right" for rule in RULES},
    **{f"right_{rule}": "being_right" for rule in RULES},
}

#: What a part is called.
TERM_WORDS = {
    "gain": "gain",
    "answering": "answering",
    "cut": "… cut, no answer",
    "no_answer": "… no answer",
    "unset": "… without outcome",
    "being_right": "being right",
    "form_boxed": "… form: boxed",
    "form_declared": "… form: declared",
    "form_any": "… form: any",
    "right_boxed": "… right if boxed",
    "right_declared": "… right if declared",
    "right_any": "… right if any",
}
#: How many problems and samples a row is of.
_SIZES: dict[str, Column] = {
    "n_problems": count(least=1),
    "n_independent": count(least=1),
    "n_base": count(least=1),
    "n_other": count(least=1),
}

FORMAT_GAIN = table(
    "format_gain",
    (*PAIR_KEY, "term"),
    {
        **PAIR,
        "term": text(among=tuple(PART_OF)),
        "part_of": text(null=True, among=tuple(name for name in PART_OF.values() if name)),
        "points": real(),
        **ends(real(), "ci"),
        "base_share": share(null=True),
        "other_share": share(null=True),
        "base_right": share(null=True),
        "other_right": share(null=True),
        "support": count(),
        **_SIZES,
    },
)

RULE_GAINS = table(
    "rule_gains",
    (*PAIR_KEY, "rule"),
    {
        **PAIR,
        "rule": text(among=GRADING_RULES),
        "base_pass_at_1": share(),
        "other_pass_at_1": share(),
        "gain": real(),
        **ends(real(), "ci"),
        "widest": text(among=GRADING_RULES),
        **around(real(null=True), "beyond"),
        "flips": flag(),
        **_SIZES,
    },
)

TABLES: dict[str, Table] = {FORMAT_GAIN.name: FORMAT_GAIN, RULE_GAINS.name: RULE_GAINS}
