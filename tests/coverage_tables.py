"""Coverage and efficiency of a pair of simulated models."""

from __future__ import annotations

import math

import numpy as np


def _regained(only: str, *share: float) -> dict[str, object]:
    """What one model's problems come to in further samples; without a share, too few to tell."""
    low, value, high = share or (None,) * 3
    ends = {"regained": value, "regained_low": low, "regained_high": high, "half_predicted": value}
    more = {"halves": 17.1 if share else 1.5, "calibrated": bool(share) or None, "predicted": 0.1}
    return {f"{only}_{name}": value for name, value in (ends | more).items()}


def coverage_rows(
    rows: dict[str, list[dict[str, object]]],
    pair: dict[str, str],
    base: np.ndarray,
    other: np.ndarray,
    n: int,
) -> None:
    """Add what a pair covers, by which side alone, and how efficient the other is."""
    b, o = base > 0, other > 0
    s, e = int((b & ~o).sum()), int((~b & o).sum())
    tail = sum(math.comb(s + e, i) for i in range(min(s, e) + 1)) / 2 ** (s + e)
    rows["coverage"].append(
        {
            **pair,
            "both": int((b & o).sum()),
            "base_only": s,
            "other_only": e,
            "neither": int((~b & ~o).sum()),
            "mcnemar_p": min(1.0, 2 * tail),
            "n_min": n,
            "n_max": n,
            "n_base": n,
            "n_other": n,
            "n_problems": len(b),
            **_regained("base_only", 0.048, 0.143, 0.303),
            **_regained("other_only"),
            "permitted": None,
            "note": None,
        }
    )
    rows["efficiency"].append(
        {
            **pair,
            "k": n // 2,
            "base_pass_at_k": float(b.mean()),
            "other_pass_at_1": float((other / n).mean()),
            "gap": float(b.mean() - (other / n).mean()),
            "ci_low": 0.1,
            "ci_high": 0.3,
            "n_problems": len(b),
            "flagged": False,
        }
    )
