"""Logs of Inspect: status, scorers, epochs, errors and limits, attachments, archives by zstd.

The logs are written by hand after the tool's own source (0.3.2 to 0.3.2xx, log version 2).
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib

import pytest
import zstandard

from boundary.errors import BoundaryError, InputError
from boundary.importers import packed
from boundary.importers.inspect import log as logs
from boundary.importers.sides import Reading, read_side
from file_mutants import survive, zipped

GOLDS = {1: "Paris", 2: "Rome"}
HEADER = {
    "version": 2,
    "status": "success",
    "eval": {
        "task": "capitals",
        "model": "openai/base",
        "dataset": {"name": "capitals", "sample_ids": [1, 2]},
        "config": {"epochs": 2},
    },
    "results": {"total_samples": 4, "scores": [{"name": "match", "scorer": "match"}]},
}


def sample(number, epoch, text="Paris", value="C", **more):
    message = {"role": "assistant", "content": text, "source": "generate"}
    values = {
        "id": number,
        "epoch": epoch,
        "input": f"Which capital has number {number}?",
        "target": GOLDS.get(number, "Paris"),
        "messages": [],
        "output": {
            "model": "base",
            "choices": [{"message": message, "stop_reason": "stop"}],
            "usage": {"input_tokens": 9, "output_tokens": 2, "total_tokens": 11},
        },
        "scores": {"match": {"value": value, "answer": text}},
        "events": [{"event": "sample_init", "sample": {"input": "x"}}],
        "attachments": {},
    }
    return {**values, **more}


SAMPLES = [
    sample(1, 1),
    sample(1, 2, "Rome", "I"),
    sample(2, 1, "the answer is Rome", "I"),
    sample(2, 2, "Rome."),
]


def members(samples=SAMPLES, header=HEADER, **changes):
    head = {**header, **changes}
    named = {f"samples/{s.get('id')}_epoch_{s.get('epoch')}.json": s for s in samples}
    return {
        "_journal/start.json": json.dumps({k: head[k] for k in ("version", "eval")}).encode(),
        **{name: json.dumps(each).encode() for name, each in named.items()},
        "summaries.json": b"[]",
        "header.json": json.dumps(head).encode(),
    }


@pytest.fixture
def read(tmp_path):
    def reading(content, name="log.eval", *, fields=None, **options):
        path = tmp_path / name
        if isinstance(content, list):
            content = members(content)
        if isinstance(content, dict):
            content = zipped(content) if name.endswith(".eval") else json.dumps(content).encode()
        path.write_bytes(content)
        return read_side(path, Reading(fields=fields or {}, **options), tmp_path / "work")

    return reading


def counted(side):
    columns = ["problem_id", "n", "correct", "correct_theirs", "n_unset"]
    return side.scores.select(c for c in columns if c in side.scores.columns).rows()


def remarked(side, text):
    return any(text in remark for remark in side.remarks)


def test_an_archive(read):
    (side,) = read(SAMPLES)
    assert (side.label, side.format) == ("openai/base", "inspect")
    assert side.judged_by == {"capitals": "ours"}
    assert counted(side) == [("1", 2, 1, 1), ("2", 2, 2, 1)]
    assert side.remarks[:2] == (
        "read as a log of Inspect: an archive with header.json",
        "capitals: the file's verdicts are those of the scorer match",
    )
    assert remarked(side, "differ on 1 of 4 responses")


def test_a_json_document(read):
    (side,) = read({**HEADER, "samples": SAMPLES}, "log.json")
    assert counted(side) == [("1", 2, 1, 1), ("2", 2, 2, 1)]
    assert side.remarks[0] == "read as a log of Inspect: it has version, status and eval"


def zstd_zip(contents):
    """An archive whose members zstd packed in two frames each, as Inspect writes it."""
    names = {name.encode(): content for name, content in contents.items()}
    body, directory = io.BytesIO(), io.BytesIO()
    pack = zstandard.ZstdCompressor().compress
    for name, content in names.items():
        half = len(content) // 2
        packed = pack(content[:half]) + pack(content[half:])
        sizes = (zlib.crc32(content), len(packed), len(content), len(name), 0)
        place = body.tell()
        body.write(
            struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 93, 0, 33, *sizes) + name + packed
        )
        entry = (0x02014B50, 20, 20, 0, 93, 0, 33, *sizes, 0, 0, 0, 0, place)
        directory.write(struct.pack("<IHHHHHHIIIHHHHHII", *entry) + name)
    end = (0x06054B50, 0, 0, len(names), len(names), directory.tell(), body.tell(), 0)
    return body.getvalue() + directory.getvalue() + struct.pack("<IHHHHIIH", *end)


def test_members_packed_by_zstd(read):
    whole = zstd_zip(members())
    (side,) = read(whole)
    assert counted(side) == [("1", 2, 1, 1), ("2", 2, 2, 1)]
    place = whole.index(b"samples/1_epoch_1.json") + 60
    with pytest.raises(InputError, match=r"log.eval:samples/1_epoch_1.json: cannot be unpacked"):
        read(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])


@pytest.mark.parametrize("status", ["started", "cancelled", "error"])
@pytest.mark.parametrize("name", ["log.eval", "log.json"])
def test_a_log_that_was_not_finished(read, status, name):
    header = {**HEADER, "status": status, "results": None}
    whole = members(SAMPLES[:3], header)
    given = whole if name == "log.eval" else {**header, "samples": SAMPLES[:3]}
    with pytest.raises(InputError, match=rf"status of this log is '{status}'.* 3 of 4 samples"):
        read(given, name)


def test_a_log_that_was_never_closed(read):
    whole = members(SAMPLES[:1])
    del whole["header.json"], whole["summaries.json"]
    with pytest.raises(InputError, match=r"_journal/start.json: the status .* 'started'.* 1 of 4"):
        read(whole)


def test_a_log_without_samples(read):
    with pytest.raises(InputError, match="has no samples"):
        read([])
    with pytest.raises(InputError, match="has no samples"):
        read(HEADER, "log.json")


def test_two_logs_of_a_task(tmp_path):
    for name, text in (("a", "Paris"), ("b", "Rome")):
        (tmp_path / f"{name}.eval").write_bytes(zipped(members([sample(1, 1, text)])))
    with pytest.raises(InputError, match=r"b.eval: is another log of task capitals .*a.eval.*give"):
        read_side(tmp_path, Reading(), tmp_path / "work")
    other = {**HEADER, "eval": {**HEADER["eval"], "model": "openai/rl"}}
    (tmp_path / "b.eval").write_bytes(zipped(members(SAMPLES, other)))
    sides = read_side(tmp_path, Reading(), tmp_path / "work")
    assert [side.label for side in sides] == ["openai/base", "openai/rl"]


@pytest.mark.parametrize(
    ("value", "right", "remark"),
    [
        ("C", 1, ""),
        ("I", 0, ""),
        ("N", 0, "1 samples are scored as without an answer, which counts as wrong (first: "),
        ("P", 0, "1 samples are scored as partly right, which counts as wrong (first: "),
        (0.25, 0, "1 samples are scored as partly right"),
        (True, 1, ""),
        (False, 0, ""),
        (1.0, 1, ""),
        (0, 0, ""),
        ("yes", 1, ""),
        ("False", 0, ""),
        ("1.0", 1, ""),
        (float("nan"), None, "1 samples have no score"),
        (None, None, "1 samples have no score"),
    ],
)
def test_values_of_scores(read, value, right, remark):
    (side,) = read([sample(1, 1, value=value), sample(2, 1, "Rome")])
    assert "1" in side.scores["problem_id"]
    theirs = side.scores["correct_theirs"].to_list() if right is not None else [None, None]
    assert theirs == ([right, 1] if right is not None else [None, None])
    assert remarked(side, remark)
    assert (right is None) == ("correct_theirs" not in side.scores.columns)


@pytest.mark.parametrize("value", ["c", "correct", "A", "", 7, -1, "nan", [1], {}, 1e400])
def test_values_that_no_version_writes(read, value):
    with pytest.raises(InputError, match=r"log.eval:samples/2_epoch_1.json: .* neither right nor"):
        read([sample(1, 1), sample(2, 1, "Rome", value=value)])


def test_the_first_of_several_scorers(read):
    scores = {"f1": {"value": 0.0}, "match": {"value": "C"}, "graded": {"value": {"a": 1, "b": 0}}}
    (side,) = read([sample(1, 1, scores=scores)])
    assert [row[3] for row in counted(side)] == [1]  # as the header lists match alone
    assert remarked(
        side,
        "capitals: the file's verdicts are those of the scorer match (--field scorer=NAME takes "
        "another of f1, graded.a, graded.b)",
    )
    for name, right in (("f1", 0), ("graded.a", 1), ("graded.b", 0)):
        (side,) = read([sample(1, 1, scores=scores)], fields={"scorer": name})
        assert [row[3] for row in counted(side)] == [right]
    with pytest.raises(InputError, match=r"no scorer graded of one value; such are: f1, match, gr"):
        read([sample(1, 1, scores=scores)], fields={"scorer": "graded"})
    (side,) = read([sample(1, 1, scores={"graded": scores["graded"]})])
    assert remarked(side, "each score holds several values, so the file has no verdict")


def test_the_first_scorer_is_not_that_of_the_first_sample(read):
    both = {"exact": {"value": "I"}, "match": {"value": "C"}}
    for lacking in ("match", "exact"):
        scores = {name: each for name, each in both.items() if name != lacking}
        header = {**HEADER, "results": {"scores": [{"name": "exact"}, {"name": "match"}]}}
        log = members([sample(1, 1, scores=scores), sample(1, 2, scores=both)], header)
        if lacking == "exact":
            with pytest.raises(
                InputError, match=r"samples.1_epoch_2.*: has a score of exact, the first scor"
            ):
                read(log)
            (side,) = read(log, fields={"scorer": "match"})
            assert side.rules == {"capitals": "scorer match"}
        else:
            (side,) = read(log)
            assert side.rules == {"capitals": "scorer exact"}


def test_scores_by_a_model_are_not_graded_again(read):
    errored = sample(1, 1, error={"message": "boom"}, scores=None)
    graded = sample(1, 2, scores={"model_graded_qa": {"value": "I"}})
    header = {**HEADER, "results": {"scores": [{"name": "model_graded_qa"}]}}
    (side,) = read(members([errored, graded], header))
    assert (side.judged_by, counted(side)) == ({"capitals": "theirs"}, [("1", 2, 0, 1)])
    assert remarked(side, "a model gave the scores, so targets are not taken for gold answers")


def test_an_unscored_log(read):
    (side,) = read([sample(1, 1, scores={}), sample(2, 1, "Rome", scores=None)])
    assert counted(side) == [("1", 1, 1), ("2", 1, 1)]
    assert remarked(side, "2 samples have no score")
    with pytest.raises(InputError, match="neither a gold answer or tests"):
        read([sample(1, 1, scores={}, target="")])


def test_samples_without_outcome(read):
    (side,) = read(
        [
            sample(1, 1, error={"message": "boom", "traceback": ""}, scores=None),
            sample(1, 2, invalidation={"author": "me", "reason": "leak"}),
            sample(2, 1, "Rome", limit={"type": "token", "limit": 100}),
            sample(2, 2, "Rome"),
        ]
    )
    # Of what a limit cut, the last words are no answer by our rule of extraction.
    assert counted(side) == [("1", 2, 0, 0, 2), ("2", 2, 1, 2, 0)]
    assert remarked(side, "1 samples ended with an error and have no outcome (first: ")
    assert remarked(side, "1 samples were invalidated and have no outcome (first: ")
    assert remarked(side, "1 samples ended at a limit (token)")


def test_what_the_header_counts_and_the_log_lacks(read):
    (side,) = read(SAMPLES[:3])
    assert remarked(side, "capitals: the log holds 3 samples, and its header counts 4")
    assert remarked(
        side,
        "1 problems of capitals have fewer than the 2 epochs of the log (first: sample 2 has 1)",
    )


def test_completions_and_attachments(read):
    part = {"type": "text", "text": "attachment://" + "a" * 32}
    image = {"type": "image", "image": "attachment://" + "b" * 32}
    reasoning = {"type": "reasoning", "reasoning": "It is Rome."}
    (side,) = read(
        [
            sample(1, 1, [reasoning, image, part], attachments={"a" * 32: "Paris"}),
            sample(1, 2, "tc://" + "c" * 32, transcript={"content": {}}),
            sample(2, 1, output={"completion": "Rome", "choices": []}),
            sample(2, 2, output={"choices": [], "error": "refused"}),
        ]
    )
    assert [row[:3] for row in counted(side)] == [("1", 2, 1), ("2", 2, 1)]
    assert remarked(side, "1 texts name an attachment that is not there, and are taken as they are")
    assert remarked(side, "1 trials of openai/base have no response and are graded as empty ones")


def test_a_sample_in_chunks(read):
    whole = members([sample(2, 1, "Rome")])
    shell = sample(1, 1, "attachment://2")
    del shell["attachments"], shell["events"], shell["messages"]
    whole |= {
        "samples/1_epoch_1/sample.json": json.dumps(shell).encode(),
        "samples/1_epoch_1/messages/0.json": b"[]",
        "samples/1_epoch_1/attachments/0.json": b'["x", "y"]',
        "samples/1_epoch_1/attachments/2.json": b'["Paris"]',
    }
    (side,) = read(whole)
    assert [row[:3] for row in counted(side)] == [("1", 1, 1), ("2", 1, 1)]


@pytest.mark.parametrize(
    ("target", "options", "text", "right"),
    [
        ("B", ["x", "y"], "ANSWER: B", 1),
        (["B"], ["x", "y"], "ANSWER: A", 0),
        ("y", ["x", "y"], "ANSWER: B", 1),
        (["Big Apple", "NYC"], None, "nyc", 1),
        ([" 7 "], None, "so it is 7", 1),
    ],
)
def test_forms_of_targets(read, target, options, text, right):
    (side,) = read([sample(1, 1, text, "I" if right else "C", target=target, choices=options)])
    assert counted(side) == [("1", 1, right, 1 - right)]


@pytest.mark.parametrize(
    ("target", "options"),
    [("A rubric.\nWith lines.", None), ("x" * 300, None), (["A", "B"], ["x", "y"]), ("", None)],
)
def test_targets_that_are_no_gold_answer(read, target, options):
    (side,) = read([sample(1, 1, target=target, choices=options)])
    assert (side.judged_by, counted(side)) == ({"capitals": "theirs"}, [("1", 1, 1)])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": None}, r"_epoch_2.json: the problem's id .* missing"),
        ({"id": "1"}, r"id 1 is text here and a number elsewhere"),
        ({"epoch": "2"}, r"'epoch' should be a whole number from 1, and is '2'"),
        ({"epoch": 1}, r"epoch 1 of sample 1 stands in .*samples/1_epoch_1.json already"),
        ({"target": 5}, "'target' should be a text or a list of texts, and is 5"),
        ({"target": "Lima"}, "problem 1 has another answer here than before"),
        ({"choices": 5}, "'choices' should be a text or a list of texts, and is 5"),
        ({"scores": [1]}, "'scores' should be a JSON object"),
        ({"input": 5}, "'input' should be a text, and is 5"),
        ({"output": {"completion": 5}}, "the completion should be a text, and is 5"),
    ],
)
def test_faults_are_named(read, change, message):
    whole = members(SAMPLES)
    whole["samples/1_epoch_2.json"] = json.dumps({**SAMPLES[1], **change}).encode()
    with pytest.raises(InputError, match=message):
        read(whole)


def test_of_two_members_of_one_name_the_last_counts(read, tmp_path):
    path = tmp_path / "twice.eval"
    path.write_bytes(zipped(members(SAMPLES[:1])))
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("samples/1_epoch_1.json", json.dumps(sample(1, 1, "Rome", "I")))
    (side,) = read(path.read_bytes())
    assert counted(side) == [("1", 1, 0, 0)]


def test_a_bomb_is_refused(read, monkeypatch):
    monkeypatch.setattr(logs, "LONGEST_SAMPLE", 1 << 20)
    whole = members(SAMPLES)
    whole["samples/1_epoch_2.json"] = b" " * (1 << 26)
    with pytest.raises(InputError, match=r"1_epoch_2.json: is longer than 1 MiB unpacked"):
        read(whole)
    monkeypatch.setattr(packed, "LONGEST_MEMBER", 1 << 20)
    with pytest.raises(InputError, match=r"1_epoch_2.json: is longer than .* unpacked"):
        read(zstd_zip(whole))
    nested = members(SAMPLES)
    nested["samples/1_epoch_2.json"] = b"[" * 100_000
    with pytest.raises(InputError, match=r"1_epoch_2.json: is no JSON"):
        read(nested)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("log.eval", zipped(members())),
        ("log.json", json.dumps({**HEADER, "samples": SAMPLES}).encode()),
    ],
)
def test_mutants(tmp_path, name, content):
    work = iter(range(1000))

    def reading(path):
        return read_side(path, Reading(), tmp_path / f"work{next(work)}")

    ends = survive(reading, {name: content}, tmp_path / "mutants", 11)
    assert ends["refused"] >= 20
    assert ends.total() == 60


def test_damaged_archives_are_refused(tmp_path):
    """Wherever a byte of an archive by zstd is another, nothing is imported or all is as it was."""
    whole = zstd_zip(members(SAMPLES[:2]))
    path = tmp_path / "log.eval"
    for place in range(0, len(whole), 41):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            (side,) = read_side(path, Reading(trust="theirs"), tmp_path / "work")
        except BoundaryError:
            continue
        assert counted(side)[0][1] <= 2


@pytest.mark.parametrize(
    ("name", "sums"),
    [
        ("popularity_mj7khq", (10, 10, 8, 8)),
        ("log_formats", (1, 1, 0, 0)),
        ("log_streaming", (2, 4, 3, 3)),
    ],
)
def test_real_logs(shared_data, tmp_path, name, sums):
    path = shared_data / "formats" / "inspect" / f"{name}.eval"
    (side,) = read_side(path, Reading(), tmp_path)
    assert side.judged_by == {"popularity": "ours"}
    assert (
        side.scores.height,
        *side.scores.select("n", "correct", "correct_theirs").sum().row(0),
    ) == sums
    assert remarked(side, f"agree on all {sums[1]:,} responses")
