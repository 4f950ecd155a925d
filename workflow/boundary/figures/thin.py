"""Thin long curves on a log grid, keeping the k at which something happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl

POINTS = 80
BUDGET = 4000


def keep(ks: np.ndarray, n: int, crossings: Iterable[float | None], points: int) -> np.ndarray:
    """Choose the k to draw.

    Parameters
    ----------
    ks : numpy.ndarray of int, shape (K,)
        The k of one curve, ascending and distinct.
    n : int
        Samples per problem.
    crossings : iterable of float or None
        Each k×: both neighbours of it are kept, so that a drawn line crosses
        where the table says.
    points : int
        Size of the log grid.

    Returns
    -------
    numpy.ndarray of int
        A subset of ``ks``: the log grid, powers of two, k = 1, n/2 (with its
        flagged neighbour) and n, and the neighbours of each crossing.
    """
    if len(ks) <= points:
        return ks
    grid = np.geomspace(ks[0], ks[-1], points)
    kept = [*np.searchsorted(ks, grid, side="left")]
    special = [1, n // 2, n // 2 + 1, n, *(1 << np.arange(int(ks[-1]).bit_length()))]
    kept += [np.searchsorted(ks, k) for k in special if k in ks]
    for crossing in crossings:
        if crossing is not None and np.isfinite(crossing):
            after = int(np.searchsorted(ks, crossing))
            kept += [max(after - 1, 0), after]
    kept += [0, len(ks) - 1]
    chosen: np.ndarray = ks[np.unique(np.minimum(kept, len(ks) - 1))]
    return chosen


def thin(
    frame: pl.DataFrame,
    by: list[str],
    n: Mapping[tuple[Any, ...], int],
    crossings: Mapping[tuple[Any, ...], list[float | None]],
) -> pl.DataFrame:
    """Thin every curve of a frame.

    Parameters
    ----------
    frame : polars.DataFrame
        Columns ``by`` and ``k``.
    by : list of str
        The columns that name a curve.
    n : dict
        Samples per problem by curve; absent means the last k.
    crossings : dict
        k× of a curve's comparisons, by curve.
    """
    curves = frame.partition_by(by, as_dict=True, maintain_order=True)
    points = int(np.clip(BUDGET // max(len(curves), 1), 40, POINTS))
    thinned = []
    for key, unsorted in curves.items():
        curve = unsorted.sort("k")
        ks = curve["k"].to_numpy()
        chosen = keep(ks, n.get(key, int(ks[-1])), crossings.get(key, []), points)
        thinned.append(curve.filter(pl.col("k").is_in(chosen.tolist())))
    return pl.concat(thinned) if thinned else frame
