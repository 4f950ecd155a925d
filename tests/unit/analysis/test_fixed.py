import numpy as np
import pytest

from boundary.analysis.fixed import fixed_band
from boundary.analysis.passk import curve_at
from boundary.analysis.questions import Profiles, Questions


def band(counts, questions=None, k_stop=None, seed=0):
    """Return the fixed band of base n, base c, other n, other c, and D."""
    counts = np.asarray(counts)
    questions = questions or Questions.distinct(counts.shape[1])
    ks = np.arange(1, (k_stop or int(counts[[0, 2]].min()) // 2) + 1)
    base, other = curve_at(counts[0], counts[1], ks), curve_at(counts[2], counts[3], ks)
    mean = questions.mean(base - other).mean(axis=0)
    profiles = Profiles.of(counts, questions)
    return fixed_band(profiles, ks, mean, replicates=2000, confidence=0.95, seed=seed), mean


def test_the_standard_error_is_that_of_the_samples_alone():
    # Var U = q^2k (E[q^-J] - 1), J hypergeometric (n, k, k): .045164 at n = 16, k = 4, p = .2.
    rng = np.random.default_rng(0)
    n, p, runs = 16, 0.2, 4000
    made = [
        band([[n] * 2, rng.binomial(n, p, 2), [n] * 2, [0, 0]], k_stop=4)[0].se[3] ** 2
        for _ in range(runs)
    ]
    # Clipped at 0 the mean could only be larger, and two problems halve the variance.
    assert np.mean(made) == pytest.approx(0.045164 / 2, rel=0.05)


def test_it_holds_for_these_problems_at_all_k_at_once():
    rng = np.random.default_rng(1)
    n, m, ks, held = 64, 100, np.arange(1, 33), 0
    for run in range(200):
        base, other = rng.beta(0.4, 0.8, (2, m))
        truth = ((1 - other)[:, None] ** ks - (1 - base)[:, None] ** ks).mean(axis=0)
        counts = [[n] * m, rng.binomial(n, base), [n] * m, rng.binomial(n, other)]
        made, _ = band(counts, seed=run)
        held += bool(np.all((made.low <= truth) & (truth <= made.high)))
    assert 0.91 <= held / 200 <= 0.995


def test_problems_never_solved_may_have_something_between_them():
    made, mean = band([[20] * 50, [0] * 50, [20] * 50, [0] * 50])
    assert np.all(mean == 0) and np.all(made.se == 0)
    assert made.high == pytest.approx(np.log(20) * np.arange(1, 11) / (20 * 50))
    assert made.low == pytest.approx(-made.high)


def test_rows_of_one_question_share_its_variance():
    once, _ = band([[32] * 4, [3, 9, 20, 5], [32] * 4, [1, 8, 30, 6]])
    rows = np.repeat([[32] * 4, [3, 9, 20, 5], [32] * 4, [1, 8, 30, 6]], 2, axis=1)
    rows[1, 1::2] += 1  # told apart, as equal rows stand for one
    often, _ = band(rows, Questions(np.repeat(np.arange(4), 2)))
    assert often.se[0] == pytest.approx(once.se[0] / np.sqrt(2), rel=0.05)


def test_one_sample_a_problem_tells_nothing():
    profiles = Profiles.of(np.array([[1, 1], [1, 0], [1, 1], [0, 0]]), Questions.distinct(2))
    none = np.arange(0)
    made = fixed_band(profiles, none, none * 1.0, replicates=200, confidence=0.95, seed=0)
    assert made.se.shape == made.low.shape == (0,)
