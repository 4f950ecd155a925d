"""Chains that several judged: their votes, and what the page says of them."""

from __future__ import annotations

import polars as pl

from boundary.analyses.cot.section import sentence
from boundary.chain_tables import VOTED_RULES
from boundary.chains.outcome import with_outcomes
from boundary.rows import VerdictRow
from chain_arms import chains_of

NAMES = {"base": "b", "other": "o", "benchmark": "x", "protocol": "p", "other_protocol": "p"}


def verdict() -> VerdictRow:
    rest = {name: None for name in VerdictRow.__dataclass_fields__ if name not in NAMES}
    return VerdictRow(**{**rest, **NAMES, "comparison": "c", "k_max": 64})  # type: ignore[arg-type]


def curves(**values: tuple[float, float]) -> dict[tuple[str, str, str, str], dict[str, float]]:
    return {
        (rule, model, "x", "p"): {"pass_at_k": value, "ci_low": value / 2, "ci_high": 2 * value}
        for rule, pair in values.items()
        for model, value in zip("bo", pair, strict=True)
    }


def test_whether_the_order_hangs_on_how_judges_are_counted() -> None:
    same = sentence(verdict(), curves(any=(0.4, 0.3), majority=(0.3, 0.2), all=(0.2, 0.1)))
    assert same is not None and "the order does not hang on how judges are counted" in same
    assert "any: 40 % [20 %, 80 %] against 30 % [15 %, 60 %]" in same
    assert "no difference of them is tested" in same
    for last in ((0.1, 0.2), (0.1, 0.1)):
        flips = sentence(verdict(), curves(any=(0.4, 0.3), majority=(0.3, 0.2), all=last))
        assert flips is not None and "the order hangs on how" in flips
    assert sentence(verdict(), curves(any=(0.4, 0.3), majority=(0.3, 0.2))) is None


def test_people_and_model_have_a_vote_each() -> None:
    rows = [("q", j, 3, True, None) for j in range(3)]
    items = chains_of(rows, [None] * 3).drop("judge", "human")
    judged = pl.DataFrame({"id": ["q-0", "q-1"], "judge": "m", "judgement": ["valid", "unclear"]})
    judged = judged.with_columns(detail=pl.lit(None, dtype=pl.String))
    people = pl.DataFrame(
        {
            "id": ["q-0", "q-0", "q-1"],
            "judge": ["ann", "bob", "ann"],
            "judgement": ["valid", "invalid", "valid"],
        }
    ).with_columns(comment=pl.lit(None, dtype=pl.String))
    made = with_outcomes(items, judged, people).sort("sample_index")
    assert made.select("votes", "votes_valid").rows() == [(3, 2), (2, 1), (0, 0)]
    assert made["human"].to_list() == ["unclear", "valid", None]
    assert with_outcomes(items, None, None)["votes"].to_list() == [0, 0, 0]
    assert VOTED_RULES == ("any", "majority", "all")
