"""z of responses: a tree in closed form, calibration by simulation, tables by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import polars as pl
import pytest

from boundary.analyses.parts import finished
from boundary.analyses.record import Options
from boundary.analyses.run_likelihoods import LikelihoodInputs
from boundary.analyses.typicality import compute, section, typicality
from boundary.errors import TableError
from boundary.figures import theme

#: A model of two tokens: the distribution of the first, and of the second after each.
FIRST = (0.7, 0.2, 0.1)
SECOND = ((0.9, 0.1, 0.0), (0.4, 0.3, 0.3), (1 / 3, 1 / 3, 1 / 3))


def entropy(distribution):
    return -math.fsum(p * math.log(p) for p in distribution if p)


def varentropy(distribution):
    second = math.fsum(p * math.log(p) ** 2 for p in distribution if p)
    return second - entropy(distribution) ** 2


def row(logprob, entropies, varentropies, **changed):
    """Return a LIKELIHOODS row from what the scorer says of a response."""
    return {
        "scorer": "base",
        "source_model": "base",
        "benchmark": "b",
        "protocol": "p",
        "problem_id": "q",
        "sample_index": 0,
        "n_tokens": len(entropies),
        "logprob_sum": logprob,
        "correct": True,
        "response_digest": 1,
        "top_tokens": 0,
        "entropy_sum": math.fsum(entropies),
        "varentropy_sum": math.fsum(varentropies),
    } | changed


def of_path(path, **changed):
    first, second = path
    steps = (FIRST, SECOND[first])
    p = FIRST[first] * SECOND[first][second]
    logprob = math.log(p) if p else -math.inf
    return row(logprob, map_list(entropy, steps), map_list(varentropy, steps), **changed)


def map_list(function, steps):
    return [function(step) for step in steps]


def with_z(rows):
    return pl.DataFrame(rows).with_columns(z=compute.z_score())


PATHS = list(itertools.product(range(3), repeat=2))


def test_the_tree_in_closed_form():
    """Mean 0 and the variance of ΣV, whatever was drawn first, and three z by path."""
    rows = with_z([of_path(path) for path in PATHS])
    p = np.exp(rows["logprob_sum"].to_numpy())
    excess = np.nan_to_num(-rows["logprob_sum"] - rows["entropy_sum"], posinf=0.0)
    assert p @ excess == pytest.approx(0, abs=1e-12)
    assert p @ excess**2 == pytest.approx(0.8025104745, abs=1e-10)
    assert p @ rows["varentropy_sum"].to_numpy() == pytest.approx(0.8025104745, abs=1e-10)
    z = dict(zip(PATHS, rows["z"], strict=True))
    drawn = np.where(p > 0, rows["z"].to_numpy(), 0)
    assert p @ drawn == pytest.approx(0.115, abs=5e-4), "of z itself this holds nearly"
    assert np.sqrt(p @ drawn**2) == pytest.approx(1.093, abs=5e-4)
    assert z[0, 0] == pytest.approx(-0.6898463803, abs=1e-10)
    assert z[1, 2] == pytest.approx(1.2866781586, abs=1e-10)
    assert z[2, 1] == pytest.approx(2.1344191120, abs=1e-10)
    assert z[0, 2] == math.inf


@pytest.mark.parametrize(
    "silent",
    [
        row(-1.0, [0.5], [0.0]),
        row(-1.0, [0.5], [-1e-17]),
        row(-1e-7, [1e-7, 1e-7], [1e-9, 1e-9]),
        row(-1.0, [], [], logprob_sum=0.0),
        row(-1.0, [0.5], [0.3], entropy_sum=None, varentropy_sum=None),
    ],
    ids=["no choice", "rounding below 0", "rounding", "no token", "no entropies"],
)
def test_no_z_where_it_says_nothing(silent):
    assert with_z([silent])["z"].to_list() == [None]
    table = compute.typicality_table(
        pl.DataFrame([silent | {"correct": None}, of_path((2, 1))], schema_overrides=FLOATS),
        replicates=10,
    )
    got = table.row(0, named=True)
    assert (got["n_responses"], got["n_without_z"], got["n_problems"]) == (2, 1, 1)
    assert got["mean_z"] == pytest.approx(2.1344191120)


FLOATS = {"entropy_sum": pl.Float64, "varentropy_sum": pl.Float64, "correct": pl.Boolean}


def simulated(rng, problems, draws):
    """Draw from a model of six words, the last of which ends; choice differs by problem."""
    rows = []
    for problem in range(problems):
        steps = rng.dirichlet(np.full(6, rng.uniform(0.2, 2)), size=12)
        H, V = np.array(map_list(entropy, steps)), np.array(map_list(varentropy, steps))
        for index in range(draws):
            words = [int(rng.choice(6, p=step)) for step in steps]
            length = words.index(5) + 1 if 5 in words else 12
            logprob = sum(math.log(steps[t][words[t]]) for t in range(length))
            rows.append(
                row(
                    logprob,
                    list(H[:length]),
                    list(V[:length]),
                    problem_id=f"{problem:03d}",
                    sample_index=index,
                    response_digest=index,
                )
            )
    return pl.DataFrame(rows)


def test_responses_that_the_scorer_drew_have_a_mean_near_0_and_an_sd_near_1():
    """At any length, under a stopping rule; the 90 % interval covers 0 as often as it says."""
    rng = np.random.default_rng(11)
    made = [
        compute.typicality_table(simulated(rng, 20, 6), replicates=300, confidence=0.9)
        .filter(responses="all")
        .row(0, named=True)
        for _ in range(60)
    ]
    means = np.array([row["mean_z"] for row in made])
    assert abs(means.mean()) < 3 * means.std() / math.sqrt(60)
    assert np.mean([row["sd_z"] for row in made]) == pytest.approx(1, abs=0.05)
    covered = sum(row["mean_z_low"] <= 0 <= row["mean_z_high"] for row in made)
    assert 46 <= covered <= 60  # of 60 at 90 %: less has a probability of 0.1 %


def test_every_problem_weighs_the_same():
    """Three z of 0 on one problem, one of 3 on the other."""
    rows = [row(-1.0, [1.0], [1.0], problem_id="a", sample_index=i) for i in range(3)]
    rows.append(row(-4.0, [1.0], [1.0], problem_id="z", correct=False))
    table = compute.typicality_table(pl.DataFrame(rows), replicates=200)
    got = table.row(0, named=True)
    assert (got["responses"], got["n_responses"], got["n_problems"]) == ("all", 4, 2)
    assert got["mean_z"] == pytest.approx(1.5)
    assert (got["mean_z_low"], got["mean_z_high"]) == pytest.approx((0.0, 3.0))
    assert got["sd_z"] == pytest.approx(1.5)
    assert (got["q05"], got["q50"], got["q75"]) == pytest.approx((0.0, 0.0, 3.0))
    assert got["above_two"] == pytest.approx(0.5)
    assert 0 < got["above_two_low"] < 0.5 < got["above_two_high"] < 1
    right, wrong = table.rows(named=True)[1:]
    assert (right["mean_z"], right["mean_z_low"], right["sd_z"]) == (0.0, None, 0.0)
    assert (wrong["mean_z"], wrong["sd_z"]) == (pytest.approx(3.0), None)


def test_what_the_scorer_cannot_produce_is_counted_and_the_least_typical():
    rows = [of_path((2, 1)), of_path((0, 2), sample_index=1, response_digest=2)]
    table = compute.typicality_table(pl.DataFrame(rows), replicates=10)
    got = table.row(0, named=True)
    assert (got["n_impossible"], got["n_without_z"]) == (1, 0)
    assert got["mean_z"] == pytest.approx(2.1344191120)
    first, second = compute.atypical_table(pl.DataFrame(rows)).rows(named=True)
    assert (first["place"], first["z"], first["surprisal"]) == (1, math.inf, math.inf)
    assert (second["place"], second["n_distinct"]) == (2, 2)


def test_the_least_typical_are_right_distinct_and_of_how_many():
    rows = [
        of_path((0, 0), problem_id="a", sample_index=0, response_digest=1),
        of_path((2, 1), problem_id="a", sample_index=5, response_digest=2),
        of_path((2, 1), problem_id="a", sample_index=3, response_digest=2),
        of_path((1, 2), problem_id="c", sample_index=1, response_digest=2),
        of_path((2, 1), problem_id="d", sample_index=0, response_digest=4, correct=False),
        of_path((2, 1), problem_id="e", sample_index=0, response_digest=4, correct=None),
    ]
    table = compute.atypical_table(pl.DataFrame(rows), shown=2)
    assert table.select("place", "n_distinct", "problem_id", "sample_index").rows() == [
        (1, 3, "a", 3),
        (2, 3, "c", 1),
    ]
    assert table["z"].to_list() == pytest.approx([2.1344191120, 1.2866781586])


def study_rows():
    return pl.DataFrame(
        [
            of_path(path, problem_id=f"p{i}", source_model=source, correct=right)
            for i, path in enumerate(PATHS)
            for source, right in (("base", i % 2 == 0), ("rl", i % 2 == 1), ("gold", None))
        ]
    )


def test_the_order_of_rows_changes_nothing():
    drawn = study_rows()
    one, two = (
        finished(
            "typicality", [compute.compute(LikelihoodInputs(x, 100, 0.95, 1.0, 1.0), Options())]
        )
        for x in (drawn, drawn.reverse())
    )
    assert all(one[name].equals(two[name]) for name in one)


def test_tables_of_an_earlier_version_are_refused_by_name():
    old = study_rows().drop("top_tokens", "entropy_sum", "varentropy_sum")
    with pytest.raises(TableError, match=r"forcerun score_responses.*typicality: false"):
        compute.typicality_table(old)


def drawn(table):
    styles = {name: theme.Style("#000000", "circle") for name in ("base", "rl")}
    chart = typicality.build(
        {"typicality": table}, theme.Study("s", styles, 0.95, by_protocol=False), None
    )
    return chart.to_dict()


def test_the_figure_counts_what_it_leaves_out_and_shows_what_is_not_graded():
    table = compute.typicality_table(study_rows(), replicates=10)
    spec = drawn(table)
    assert "Flagged: 3 responses without a finite z" in " ".join(spec["title"]["subtitle"])
    labels = {line["row"] for rows in spec["datasets"].values() for line in rows if "row" in line}
    assert labels == {
        "base, correct (M = 4, n = 4)",
        "base, wrong (M = 4, n = 4)",
        "rl, correct (M = 4, n = 4)",
        "rl, wrong (M = 4, n = 4)",
        "gold, ungraded (M = 8, n = 8)",
    }


def test_the_figure_says_that_the_engine_has_no_entropies():
    silent = study_rows().with_columns(
        pl.lit(None, pl.Float64).alias(name) for name in ("entropy_sum", "varentropy_sum")
    )
    silent = silent.filter(pl.col("logprob_sum").is_finite())
    spec = drawn(compute.typicality_table(silent, replicates=10))
    assert "needs entropies" in " ".join(spec["mark"]["text"])


def test_the_page_says_of_how_many_a_response_is_the_largest():
    shown = section.atypical(compute.atypical_table(study_rows()))
    cells = dict(zip(shown.header, shown.rows[0], strict=True))
    assert (cells["place"], cells["of"], cells["problem"]) == ("1", "5", "p2")
    assert "no z here is a p-value" in shown.about
