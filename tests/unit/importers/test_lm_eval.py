"""Logs of lm-evaluation-harness: names of runs, filters, metrics, repeats, old and new rows.

The rows are written by hand after the tool's own source (v0.4.0 to v0.4.12).
"""

from __future__ import annotations

import json
import zipfile

import pytest

from boundary.errors import InputError
from boundary.importers.sides import Reading, read_side
from file_mutants import survive

DATE = "2026-01-21T03-44-18.458309"
LATER = "2026-02-01T10-00-00.000001"
CAPITALS = ["Paris", "Rome", "Madrid", "Lima"]


def row(number, *texts, right=None, gold=None, **more):
    """A row of the current form, with the keys in the tool's order."""
    values = {
        "doc_id": number,
        "doc": {"question": f"Which capital has number {number}?"},
        "target": gold or CAPITALS[number],
        "arguments": {"gen_args_0": {"arg_0": "Q:", "arg_1": {"until": ["\n"], "temperature": 1}}},
        "resps": [list(texts)],
        "filtered_resps": [texts[0] if texts else ""],
        "filter": "none",
        "metrics": ["exact_match"],
        "doc_hash": "d",
        "prompt_hash": "p",
        "target_hash": "t",
        "exact_match": right,
    }
    return {**values, **more}


ROWS = [
    row(0, "Paris", right=1.0),
    row(1, "the answer is Rome", right=0.0),
    row(2, "Lisbon", right=0.0),
    row(3, "Lima.", right=1.0),
]
RESULTS = {
    "results": {"capitals": {"exact_match,none": 0.5}},
    "configs": {"capitals": {"task": "capitals", "output_type": "generate_until"}},
    "higher_is_better": {"capitals": {"exact_match": True, "errors": False}},
    "n-samples": {"capitals": {"original": 4, "effective": 4}},
    "config": {"model": "hf", "model_args": "pretrained=org/base,dtype=auto"},
}


def lines(rows):
    return "".join(json.dumps(each) + "\n" for each in rows)


@pytest.fixture
def given(tmp_path):
    """Write files, by default of one run, and read them or one of them."""

    def read(files=None, name="", *, fields=None, **options):
        folder = tmp_path / "out" / "org__base"
        for at, content in (files or whole()).items():
            (folder / at).parent.mkdir(parents=True, exist_ok=True)
            (folder / at).write_text(content)
        reading = Reading(fields=fields or {}, **options)
        return read_side(folder / name, reading, tmp_path / "work")

    return read


def whole(rows=None, results=None, task="capitals", date=DATE):
    return {
        f"results_{date}.json": json.dumps({**(results or RESULTS), "date": date}, indent=2),
        f"samples_{task}_{date}.jsonl": lines(ROWS if rows is None else rows),
    }


def counted(side):
    columns = ["benchmark", "problem_id", "n", "correct", "correct_theirs"]
    return side.scores.select(c for c in columns if c in side.scores.columns).rows()


def test_a_run(given):
    (side,) = given()
    assert (side.label, side.judged_by) == ("org/base", {"capitals": "ours"})
    assert counted(side) == [
        ("capitals", "0", 1, 1, 1),
        ("capitals", "1", 1, 1, 0),
        ("capitals", "2", 1, 0, 0),
        ("capitals", "3", 1, 1, 1),
    ]
    assert side.remarks[:2] == (
        "read as lm-evaluation-harness with --log_samples: results and configs of a run; its rows "
        "have doc_id, doc and resps",
        "capitals: the file's verdicts are those of the metric exact_match",
    )
    assert any("differ on 1 of 4 responses" in remark for remark in side.remarks)


def test_a_file_alone_takes_its_name_from_the_results_beside_it(given):
    (side,) = given(name=f"samples_capitals_{DATE}.jsonl")
    assert side.label == "org/base"


@pytest.mark.parametrize(
    ("config", "label"),
    [
        ({"config": {"model_args": {"pretrained": "org/b", "peft": "org/adapter"}}}, "org/adapter"),
        ({"config": {"model_args": "dtype=auto"}, "model_name": "org/named"}, "org/named"),
        ({"config": {"model_args": None}}, "org__base"),
    ],
)
def test_the_name_of_the_model(given, config, label):
    (side,) = given(whole(results={**RESULTS, **config}))
    assert side.label == label


def test_tasks_and_models_of_a_folder(given):
    other = {**RESULTS, "config": {"model_args": "pretrained=org/rl"}}
    first, second = given(
        {
            **whole(),
            **whole(ROWS[1:], task="towns", date=LATER),
            **{f"rl/{name}": text for name, text in whole(ROWS[:3], other).items()},
        }
    )
    assert (first.label, list(first.judged_by)) == ("org/base", ["capitals", "towns"])
    assert (second.label, list(second.judged_by)) == ("org/rl", ["capitals"])


def test_two_runs_of_a_task_are_not_joined(given):
    rerun = [row(0, "Rome", right=0.0)]
    with pytest.raises(InputError, match=rf"{LATER}.*another run of task capitals.*{DATE}.*give"):
        given({**whole(), **whole(rerun, date=LATER)})


def test_results_without_samples(given):
    with pytest.raises(InputError, match=r"without its samples.*--log_samples"):
        given({f"results_{DATE}.json": json.dumps(RESULTS)})


def filtered(rows, name, right):
    return [
        {**each, "filter": name, "exact_match": value}
        for each, value in zip(rows, right, strict=True)
    ]


STRICT, FLEXIBLE = (
    filtered(ROWS, "strict-match", (1, 0, 0, 0)),
    filtered(ROWS, "flexible-extract", (1, 1, 0, 1)),
)


def test_the_first_of_two_filters_counts(given):
    (side,) = given(whole(STRICT + FLEXIBLE))
    assert [row[-1] for row in counted(side)] == [1, 0, 0, 0]
    assert (
        "capitals: 2 filters a document (strict-match, flexible-extract); the verdicts of "
        "strict-match count (--field filter=NAME takes another), and 4 rows are left out"
    ) in side.remarks
    (side,) = given(whole(STRICT + FLEXIBLE), fields={"filter": "flexible-extract"})
    assert [row[-1] for row in counted(side)] == [1, 1, 0, 1]
    assert side.rules == {"capitals": "metric exact_match of filter flexible-extract"}
    with pytest.raises(InputError, match=r"no row of the filter none; there are: strict-match, f"):
        given(whole(STRICT + FLEXIBLE), fields={"filter": "none"})


def test_a_filter_that_lacks_a_document(given):
    with pytest.raises(InputError, match=r"line 6: document 2 has no row of the filter strict"):
        given(whole(STRICT[:2] + STRICT[3:] + FLEXIBLE))


OLD = ("filter", "metrics", "doc_hash", "prompt_hash", "target_hash")


def old(rows):
    """Rows as of version 0.4.0: arguments in lists, and nothing that names a filter."""
    return [
        {key: value for key, value in each.items() if key not in OLD}
        | {"arguments": [["Q:", {"until": ["\n"]}]]}
        for each in rows
    ]


def test_old_rows_and_their_unnamed_filters(given):
    document = json.dumps(old(STRICT + FLEXIBLE), indent=2)
    (side,) = given({"org__base_capitals.jsonl": document}, "org__base_capitals.jsonl")
    assert (side.label, [row[-1] for row in counted(side)]) == (
        "org__base_capitals",
        [1, 0, 0, 0],
    )
    assert (
        "org__base_capitals.jsonl: 2 rows a document, of filters without name; the verdicts of "
        "the first count, and 4 rows are left out"
    ) in side.remarks
    twice = [*old(ROWS), *old(ROWS[1:2])]
    with pytest.raises(InputError, match=r"document 1 \(line 2\) has 2 rows, and document 0 \(l"):
        given({"org__base_capitals.jsonl": lines(twice)}, "org__base_capitals.jsonl")
    other = [*old(ROWS), *old([row(1, "Oslo", right=0)])]
    with pytest.raises(InputError, match="document 1 stands in line 2 already, with other respons"):
        given({"org__base_capitals.jsonl": lines(other)}, "org__base_capitals.jsonl")


def test_a_document_that_stands_twice(given):
    with pytest.raises(InputError, match=r"line 5: document 3 stands in line 4 already"):
        given(whole([*ROWS, ROWS[3]]))


def test_repeats_are_samples_without_verdicts_of_the_file(given):
    (side,) = given(whole([row(i, "Rome", "Lima", right=1.0) for i in range(4)]))
    assert counted(side) == [("capitals", str(i), 2, i % 2, None)[:4] for i in range(4)]
    assert (
        "4 documents of capitals have several responses and one value of exact_match for all, "
        "which is the verdict of none"
    ) in side.remarks


def likelihood(number, right, **more):
    arguments = {f"gen_args_{i}": {"arg_0": "Q:", "arg_1": f" {i}"} for i in range(2)}
    resps = [[["-1.5", "False"]], [["-0.5", "True"]]]
    values = {"metrics": ["acc_norm", "acc"], "acc": right, "acc_norm": 1.0, "resps": resps}
    return row(number, **{**values, "arguments": arguments, "filtered_resps": resps[0], **more})


def test_choices_without_text_have_the_verdicts_of_the_file(given):
    (side,) = given(whole([likelihood(0, 1.0), likelihood(1, 0.0)]))
    assert side.judged_by == {"capitals": "theirs"}
    assert counted(side) == [("capitals", "0", 1, 1), ("capitals", "1", 1, 0)]
    assert (
        "capitals: the file's verdicts are those of the metric acc (--field metric=NAME takes "
        "another of acc_norm)"
    ) in side.remarks
    (side,) = given(whole([likelihood(0, 0.0)]), fields={"metric": "acc_norm"})
    assert counted(side) == [("capitals", "0", 1, 1)]
    with pytest.raises(InputError, match=r"line 2: problem 1 .* neither response nor verdict"):
        given(whole([likelihood(0, 1.0), likelihood(1, 0.25)]))


@pytest.mark.parametrize(
    ("metrics", "remark"),
    [
        ({"errors": 1.0}, "capitals: no metric is 0 or 1 (there are: errors)"),
        ({"bleu": 0.31}, "capitals: no metric is 0 or 1 (there are: bleu)"),
        ({"score": True, "bleu": 0.3}, "capitals: the file's verdicts are those of the metric sco"),
    ],
)
def test_metrics_that_decide(given, metrics, remark):
    rows = [{**each, "metrics": list(metrics), **metrics} for each in ROWS]
    (side,) = given(whole(rows))
    assert any(text.startswith(remark) for text in side.remarks)
    with pytest.raises(InputError, match="no metric acc of 0 or 1"):
        given(whole(rows), fields={"metric": "acc"})


@pytest.mark.parametrize(
    ("target", "doc", "text", "right"),
    [
        ("She has 6 left. #### 12", {}, "The answer is 12.", 1),
        ("['Big Apple', \"Man\\'s city\"]", {}, "man's city", 1),
        ("(B)", {"choice1": "x", "choice2": "y", "choice3": "z", "choice4": "w"}, "(B) y", 1),
        ("C", {"options": ["one", "two", "three"]}, "The answer is (B).", 0),
        (" C.", {"choices": {"text": ["one", "two", "three"], "label": ["A"]}}, "Answer: C", 1),
    ],
)
def test_forms_of_gold_answers(given, target, doc, text, right):
    (side,) = given(whole([row(0, text, right=1 - right, gold=target, doc=doc)]))
    assert [each[-2:] for each in counted(side)] == [(right, 1 - right)]


def test_tests_are_not_run(given):
    doc = {"prompt": "def f():", "test": "def check(f): ...", "entry_point": "f"}
    (side,) = given(whole([row(0, " return 1", right=1, gold="check(f)", doc=doc)]))
    assert (side.judged_by, counted(side)) == ({"capitals": "theirs"}, [("capitals", "0", 1, 1)])
    assert any("1 documents have tests, which are not run" in text for text in side.remarks)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"doc_id": None}, "line 2: the problem's id .* missing"),
        ({"doc_id": "1"}, "line 2: the problem's id .*text.*number|.*"),
        ({"resps": None}, "line 2: 'resps' should be a list"),
        ({"resps": [[]]}, "line 2: 'resps' should hold a list of texts"),
        ({"resps": [[5]]}, "line 2: a response in 'resps' should be a text, and is 5"),
        ({"exact_match": "C"}, "line 2: 'exact_match' should be a number.*'C'"),
        ({"filter": 3}, "line 2: 'filter' should be a text, and is 3"),
        ({"doc": None}, "line 2: 'doc' is missing"),
        ({"target": None}, "1 of 4 problems have neither a gold answer nor tests"),
    ],
)
def test_faults_are_named(given, change, message):
    rows = [ROWS[0], {**ROWS[1], **change}, *ROWS[2:]]
    if change == {"doc_id": "1"}:  # text in one row alone is an id as good as a number
        assert given(whole(rows))
        return
    with pytest.raises(InputError, match=message):
        given(whole(rows))


def test_documents_that_the_results_count_and_the_file_lacks(given):
    (side,) = given(whole(ROWS[:3]))
    assert (
        "capitals: the file holds 3 documents, and the results of the run count 4" in side.remarks
    )


def test_a_half_written_line(given):
    text = lines(ROWS)
    with pytest.raises(InputError, match=r"samples_.*: line 4: is no JSON.*half-written"):
        given({f"samples_capitals_{DATE}.jsonl": text[:-9]})


def test_an_archive_of_two_models(tmp_path):
    path = tmp_path / "runs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for model, rows in (("a", ROWS), ("b", ROWS[:3])):
            results = {**RESULTS, "config": {"model_args": f"pretrained={model}"}}
            for name, text in whole(rows, results).items():
                archive.writestr(f"out/{model}/{name}", text)
    assert [side.label for side in read_side(path, Reading(), tmp_path / "work")] == ["a", "b"]


def test_mutants(tmp_path):
    rows = STRICT + FLEXIBLE
    files = {name: text.encode() for name, text in whole(rows).items()}
    work = iter(range(1000))

    def read(path):
        return read_side(path, Reading(), tmp_path / f"work{next(work)}")

    ends = survive(read, files, tmp_path / "mutants", 7)
    assert ends["refused"] >= 20
    assert ends.total() == 60


def test_a_real_log(shared_data, tmp_path):
    (side,) = read_side(shared_data / "formats" / "lm_eval", Reading(), tmp_path)
    assert side.label.startswith("RylanSchaeffer/mem_Qwen3-93M")
    assert side.judged_by == {"math_perturbed_full": "ours"}
    sums = side.scores.select("n", "correct", "correct_theirs").sum().row(0)
    assert (side.scores.height, *sums) == (10, 10, 0, 0)
    assert any("agree on all 10 responses" in remark for remark in side.remarks)
    assert any("10 documents, and the results of the run count 5,000" in r for r in side.remarks)
