"""Curves of populations against closed forms, and who is truly ahead."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import betaln

from boundary.errors import InputError
from boundary.simulate.populations import TRUTHS, known, of_beta, of_kinds, population, sides
from boundary.simulate.render import who_is_ahead


def test_the_truth_of_a_beta_population_is_the_closed_form() -> None:
    ks = np.array([1, 2, 16, 512])
    base, other = of_beta("b", 0.35, 1.2, 1.5, 1.3).pass_at_k(ks)
    assert base == pytest.approx(1 - np.exp(betaln(0.35, 1.2 + ks) - betaln(0.35, 1.2)), abs=1e-9)
    drawn = np.random.default_rng(0).beta(0.35, 1.2, 400_000)
    odds = np.exp(1.3) * (drawn / (1 - drawn)) ** 1.5
    assert other == pytest.approx((1 - (1 + odds)[:, None] ** -ks.astype(float)).mean(0), abs=0.003)


def test_the_true_crossing() -> None:
    # Only the base solves a share w, and always; the rest it solves at 0.5 and the other
    # always: D(k) = w − (1 − w)·0.5^k.
    w = 0.1
    exact = np.log(w / (1 - w)) / np.log(0.5)
    assert of_kinds("c", (w, 1.0, 0.0), (1 - w, 0.5, 1.0)).crossing(64) == pytest.approx(exact)
    assert population("swapped", 128).crossing(64) is None
    assert population("rare kinds", 128).crossing(64) is None


def test_models_that_meet_at_a_whole_k_are_level_there() -> None:
    # D(1) = 0.5·(0.8 − 0.4) − 0.5·(0.6 − 0.2) = 0, and then the base is ahead.
    level = of_kinds("level", (0.5, 0.8, 0.4), (0.5, 0.2, 0.6))
    assert level.turns(4) == [(1.0, 0), (2.0, -1)]
    assert level.crossing(4) is None
    assert who_is_ahead(level, 4) == "neither, other (from k = 2.0)"


def test_a_long_horizon_is_the_product_of_its_steps() -> None:
    base, other = population("long horizon", 128).pass_at_k([1, 40])
    fail = [
        [np.mean([(1 - p**2.0**i) ** k for i in range(8)]) for p in (0.95, 0.98, 0.8)]
        for k in (1, 40)
    ]
    for place, (of_base, of_other, unlearned) in enumerate(fail):
        assert base[place] == pytest.approx(1 - of_base)
        assert other[place] == pytest.approx(1 - 0.9 * of_other - 0.1 * unlearned)


@pytest.mark.parametrize(
    ("name", "n", "ahead"),
    [
        ("identical", 128, "neither"),
        ("swapped", 128, "neither"),
        ("independent", 1024, "neither"),
        ("clusters", 128, "neither"),
        ("unnamed", 128, "neither"),
        ("published", 128, "other, base (from k = 15.3)"),
        ("sharpened early", 128, "other, base (from k = 3.1)"),
        ("sharpened late", 1024, "other, base (from k = 10.8)"),
        ("new skill", 128, "other"),
        ("rare kinds", 1024, "other"),
        ("three crossings", 1024, "other, base, other, base (from k = 2.3, 16.1, 184.8)"),
        ("long horizon", 2048, "other, base (from k = 997.3)"),
    ],
)
def test_who_is_ahead_is_what_the_document_says(name: str, n: int, ahead: str) -> None:
    assert who_is_ahead(population(name, n), n) == ahead


@pytest.mark.parametrize("name", ["identical", "swapped", "rare kinds", "clusters"])
def test_a_benchmark_is_drawn_from_its_population(name: str) -> None:
    drawn = population(name, 128)
    base, other = drawn.draw(100_000, np.random.default_rng(1))
    assert base.mean() == pytest.approx(drawn.pass_at_k(1)[0], abs=0.015)
    assert other.mean() == pytest.approx(drawn.pass_at_k(1)[1], abs=0.015)
    cluster = drawn.cluster(100_000)
    assert (cluster is None) == (name != "clusters")
    if cluster is not None:
        assert (np.bincount(cluster) == 5).all()
        assert (base == base[::5].repeat(5)).all()


def test_an_unknown_name_lists_the_known() -> None:
    assert [known(name) for name in TRUTHS] == list(TRUTHS)
    with pytest.raises(InputError, match="choose identical, swapped, independent"):
        known("swp")


def test_sides_have_no_sign_for_rounding() -> None:
    assert sides(np.array([1e-12, -0.1, 0.1])).tolist() == [0, -1, 1]
