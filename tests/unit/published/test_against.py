"""Published pass@k beside that of a study."""

import polars as pl
import pytest

from boundary.errors import InputError
from boundary.published.against import AGAINST_PUBLISHED, against_published, sentence
from boundary.published.points import Published
from boundary.tables import check

ARM = {"model": "ours", "benchmark": "b", "protocol": "p"}


def passk(**more):
    rows = [
        {"k": k, "pass_at_k": value, "se": 0.02, "ci_low": value - 0.056, "ci_high": value + 0.056}
        for k, value in ((1, 0.5), (2, 0.6), (4, None))
        if value
    ]
    rows.append({"k": 4, "pass_at_k": None, "se": None, "ci_low": None, "ci_high": None})
    facts = {**ARM, "n_problems": 100, "n_min": 2, **more}
    return pl.DataFrame([{**row, **facts, "flagged": 2 * row["k"] > 2} for row in rows])


def file(values):
    entry = {"source": "Table 1", "benchmark": "b", "decimals": 0, "models": {"theirs": values}}
    return Published.model_validate({"citation": "A 2025", "points": [entry]})


def against(table, held, names):
    return against_published({"passk": table}, "s", [(held, names)])[0]


def rows(values, table=None):
    made = against(passk() if table is None else table, file(values), {"theirs": "ours"})
    return check(made, AGAINST_PUBLISHED, "made").sort("k").to_dicts()


def test_a_value_is_inside_but_for_its_rounding():
    one, two = rows({1: 56.0, 2: 50.0})
    assert one["inside"] and one["published"] == 0.56  # beyond 55.6 %, but printed without decimals
    assert one["difference"] == pytest.approx(-0.06) and not one["flagged"]
    assert two["inside"] is False and two["difference"] == pytest.approx(0.1)
    (far,) = rows({1: 57.0})
    words = "k = 1: published 57.0 % (theirs); ours 50.0 % [44.4 %, 55.6 %], −7.0 points, OUTSIDE"
    assert f"{words} (n = 2, M = 100)" in sentence(far)


def test_a_flagged_k_says_so():
    (two,) = rows({2: 60.0})
    assert two["inside"] and two["flagged"]
    assert sentence(two).endswith("+0.0 points, inside (n = 2, M = 100, flagged: k > n/2)")


def test_a_k_that_the_study_has_not_is_said():
    four, more = rows({4: 70.0, 256: 80.0})
    assert four["pass_at_k"] is None and more["inside"] is None
    assert "ours has none at this k (n = 2, M = 100)" in sentence(more)


def test_each_protocol_of_the_study_has_a_row():
    table = pl.concat([passk(), passk(protocol="cold")])
    assert [row["protocol"] for row in rows({1: 50.0}, table)] == ["cold", "p"]


def test_equal_names_are_no_proof_of_equal_models():
    table, same = passk(model="theirs"), file({1: 50.0})
    with pytest.raises(InputError, match=r"--model PUBLISHED=OURS.*has the models theirs\."):
        against(table, same, {})
    assert against(table, same, {"theirs": "theirs"}).height == 1
    with pytest.raises(InputError, match="of no published model"):
        against(passk(benchmark="other"), same, {"theirs": "theirs"})


@pytest.mark.parametrize("name, model", [("more", "absent"), ("typo", "ours")])
def test_a_pair_that_says_nothing_is_no_silence(name, model):
    entry = {
        "source": "Table 1",
        "benchmark": "b",
        "models": {"theirs": {1: 50.0}, "more": {1: 50.0}},
    }
    held = Published.model_validate({"citation": "A", "points": [entry]})
    with pytest.raises(InputError, match=f"no benchmark has both .*: {name}={model}"):
        against(passk(), held, {"theirs": "ours", name: model})
