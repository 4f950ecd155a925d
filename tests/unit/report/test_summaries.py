"""The page's tables: which rows and columns of a table a reader sees."""

import polars as pl

from boundary.analyses.perplexity.compute import perplexity_table
from boundary.analyses.registry import analyses
from boundary.report.chapters import summaries


def test_perplexity_is_shown_over_problems_and_the_csv_holds_the_rest():
    arm = {"scorer": "base", "source_model": "rl", "benchmark": "b", "protocol": "p"}
    rows = [
        {**arm, "problem_id": problem, "sample_index": i, "n_tokens": 1, "logprob_sum": -float(x)}
        for problem, sizes in {"a": [1], "b": [3] * 9}.items()
        for i, x in enumerate(sizes)
    ]
    table = perplexity_table(pl.DataFrame(rows).with_columns(correct=True), replicates=50)
    (summary,) = summaries(analyses().values(), {"perplexity": table})
    cells = [dict(zip(summary.header, row, strict=True)) for row in summary.rows]
    assert [(row["which"], row["problems"]) for row in cells] == [
        (which, scope) for which in ("all", "correct", "wrong") for scope in ("all", "shared")
    ]
    assert (cells[0]["M"], cells[0]["responses"], cells[0]["mean surprisal"]) == ("2", "10", "2")
    assert summary.hidden == 3 and table.height == 9
    assert "over problems" in summary.title and "unit: responses" in summary.about
