"""Tables of the parts of a gain and of the gain by rule, of some comparisons, by hand."""

from __future__ import annotations

import polars as pl

from boundary.analyses.format_gain.tables import FORMAT_GAIN, PART_OF, RULE_GAINS
from boundary.comparison_tables import PAIR
from boundary.tables import check

#: Points of each part; the parts of a whole add up to it.
PARTS = {
    "gain": 0.30,
    **{"answering": 0.10, "cut": 0.07, "no_answer": 0.02, "unset": 0.01},
    **{"being_right": 0.20, "form_boxed": 0.06, "form_declared": -0.02, "form_any": 0.01},
    **{"right_boxed": 0.09, "right_declared": 0.04, "right_any": 0.02},
}
#: pass@1 of base and other under each rule.
PASSED = {"strict": (0.3, 0.6), "boxed": (0.1, 0.6), "any": (0.58, 0.6), "lenient": (0.6, 0.61)}
SIZES = {"n_problems": 60, "n_independent": 60, "n_base": 64, "n_other": 64}


def format_tables(crossovers: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return FORMAT_GAIN and RULE_GAINS of the comparisons of a CROSSOVERS table."""
    pairs = crossovers.select(*PAIR).to_dicts()
    parts = [
        {
            **pair,
            **{"term": term, "part_of": PART_OF[term], "points": points},
            **{"ci_low": points - 0.03, "ci_high": points + 0.03},
            **{"base_share": 0.7, "other_share": 0.8, "base_right": 0.4, "other_right": None},
            **{"support": 40, **SIZES},
        }
        for pair in pairs
        for term, points in PARTS.items()
    ]
    rules = [
        {
            **pair,
            **{"rule": rule, "base_pass_at_1": base, "other_pass_at_1": other},
            **{"gain": other - base, "ci_low": other - base - 0.05, "ci_high": other - base + 0.05},
            **{"widest": "any", "beyond": None if rule == "any" else other - base - 0.02},
            **dict.fromkeys(("beyond_low", "beyond_high"), None if rule == "any" else 0.1),
            **{"flips": rule in ("strict", "boxed"), **SIZES},
        }
        for pair in pairs
        for rule, (base, other) in PASSED.items()
    ]
    return {
        FORMAT_GAIN.name: check(pl.DataFrame(parts), FORMAT_GAIN, FORMAT_GAIN.name),
        RULE_GAINS.name: check(pl.DataFrame(rules), RULE_GAINS, RULE_GAINS.name),
    }
