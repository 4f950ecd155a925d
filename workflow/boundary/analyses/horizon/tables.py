"""Schemas of horizons: success by length, and the length that is solved half of the time."""

from __future__ import annotations

from boundary.checking import Table, count, flag, real, share, table, text
from boundary.columns import ARM, ARM_KEY
from boundary.comparison_tables import PAIR, PAIR_KEY

WEIGHTS = ("equal", "invsqrt")
#: Where half is solved at no length of the data.
BEYOND = ("shorter", "longer")
_SETTING = ("k", "weights", "penalty")
#: What a length is, of which problems.
_LENGTH = {
    "by": text(),
    "length": real(),
    "length_low": real(),
    "length_high": real(),
    "k": count(least=1),
}
_COUNTED = {
    "n_problems": count(least=1),
    "n_independent": count(least=1),
    "n_min": count(least=1),
    "n_imputed": count(),
    "flagged": flag(),
}
_FITTED = {
    "by": text(),
    "k": count(least=1),
    "weights": text(among=WEIGHTS),
    "penalty": real(),
    "first": flag(),
}

HORIZON_CURVE = table(
    "horizon_curve",
    (*ARM_KEY, "length", "k"),
    {
        **ARM,
        **_LENGTH,
        "pass_at_k": share(),
        "ci_low": share(),
        "ci_high": share(),
        "predicted": share(null=True),
        "excess": real(null=True),
        "excess_low": real(null=True),
        "excess_high": real(null=True),
        "p_holm": share(null=True),
        "breaks": flag(null=True),
        **_COUNTED,
    },
)

STEP_RATES = table(
    "step_rates",
    ARM_KEY,
    {
        **ARM,
        "by": text(),
        "rate": share(),
        "ci_low": share(),
        "ci_high": share(),
        "lengths": count(least=1),
        "n_problems": count(least=1),
        "n_independent": count(least=1),
    },
)

HORIZONS = table(
    "horizons",
    (*ARM_KEY, *_SETTING),
    {
        **ARM,
        **_FITTED,
        "horizon": real(null=True),
        "ci_low": real(),
        "ci_high": real(),
        "beyond": text(null=True, among=BEYOND),
        "intercept": real(null=True),
        "slope": real(null=True),
        "shortest": real(),
        "longest": real(),
        **_COUNTED,
    },
)

HORIZON_RATIOS = table(
    "horizon_ratios",
    (*PAIR_KEY, *_SETTING),
    {
        **PAIR,
        **_FITTED,
        **{name: real(null=True) for name in ("ratio", "ci_low", "ci_high")},
        "beyond": share(),
        **_COUNTED,
    },
)

HORIZON_GAPS = table(
    "horizon_gaps",
    (*PAIR_KEY, "length", "k"),
    {
        **PAIR,
        **_LENGTH,
        "diff": real(),
        "ci_low": real(),
        "ci_high": real(),
        "p_holm": share(null=True),
        **_COUNTED,
    },
)

HORIZON_LEADS = table(
    "horizon_leads",
    (*PAIR_KEY, "length"),
    {
        **PAIR,
        **_LENGTH,
        "k_max": count(least=1),
        "ahead": text(null=True, among=("base", "other")),
        "diff": real(),
        "ci_low": real(),
        "ci_high": real(),
        "p_holm": share(null=True),
        **_COUNTED,
    },
)

TABLES: dict[str, Table] = {
    each.name: each
    for each in (
        *(HORIZON_CURVE, STEP_RATES, HORIZONS),
        *(HORIZON_RATIOS, HORIZON_GAPS, HORIZON_LEADS),
    )
}
