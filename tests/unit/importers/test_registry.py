"""Which importer reads a path: by content, by name, and where several or none would."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile

import pytest

from boundary.errors import InputError
from boundary.importers import registry
from boundary.importers.record import Importer
from boundary.importers.registry import choose, importers

COUNTS = "problem,n,correct\n1,2,1\n"
RESPONSES = json.dumps({"id": 1, "response": "2", "answer": "2"}) + "\n"


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "run"
    place.mkdir()
    return place


def test_a_file_is_recognised_by_its_content(folder):
    for name, text, form in (("a", COUNTS, "counts"), ("b.csv", RESPONSES, "responses")):
        (folder / name).write_text(text)
        chosen = choose(folder / name)
        assert (chosen.importer.name, chosen.ignored) == (form, ())
        assert chosen.reason


def test_two_forms_in_a_folder_are_named(folder):
    (folder / "a.csv").write_text(COUNTS)
    (folder / "b.jsonl").write_text(RESPONSES)
    with pytest.raises(InputError, match=r"several forms \(counts: .*a.csv; responses: .*b.jsonl"):
        choose(folder)
    chosen = choose(folder, "counts")
    assert [source.name for source in chosen.sources] == ["a.csv"]
    assert chosen.ignored == (str(folder / "b.jsonl"),)


def test_what_no_importer_reads_is_left_out_and_told(folder):
    (folder / "a.csv").write_text(COUNTS)
    (folder / "README.md").write_text("words\n")
    assert choose(folder).ignored == (str(folder / "README.md"),)
    (folder / "a.csv").unlink()
    with pytest.raises(InputError, match=r"README.md: is text, and of no form .* counts \(counts"):
        choose(folder)
    (folder / "b").write_bytes("a,b".encode("utf-16"))
    with pytest.raises(InputError, match=r"\(and 1 more files\): is text, and"):
        choose(folder)
    with pytest.raises(InputError, match="b: is text in UTF-16, and of no form"):
        choose(folder / "b")


def test_twins_would_count_twice(folder):
    for name in ("a.csv", "b.csv"):
        (folder / name).write_text(COUNTS)
    with pytest.raises(InputError, match=r"b\.csv: has the same content as .*a\.csv, so that its"):
        choose(folder)


def test_packed_twins_would_count_twice_too(folder):
    text = COUNTS.encode()
    (folder / "a.csv").write_bytes(text)
    (folder / "b.csv.gz").write_bytes(gzip.compress(text))
    with pytest.raises(InputError, match=r"b\.csv\.gz: has the same content as .*a\.csv, so"):
        choose(folder)
    with zipfile.ZipFile(folder.parent / "z.zip", "w") as archive:
        for name in ("a.csv", "b.csv"):
            archive.writestr(name, text)
    with pytest.raises(InputError, match=r"z\.zip:b\.csv: has the same content as .*z\.zip:a\.csv"):
        choose(folder.parent / "z.zip")
    (folder / "b.csv.gz").write_bytes(gzip.compress(text.replace(b"1,2,1", b"2,2,1")))
    assert len(choose(folder).sources) == 2


def test_files_that_only_begin_alike_are_no_twins(folder, monkeypatch):
    monkeypatch.setattr(registry, "HEAD_BYTES", 8)
    for name in ("1", "2"):
        (folder / name).write_text(COUNTS + f"{name}0,2,1\n")
    assert len(choose(folder).sources) == 2


def test_a_form_by_name(folder):
    path = folder / "a.csv"
    path.write_text("key,n,c\n1,2,1\n")
    assert choose(path, "counts").reason == "--format says so"
    with pytest.raises(InputError, match="--format count: there is no such importer; there are bi"):
        choose(path, "count")
    (folder / "b.csv").write_text("key,n,c\n2,2,1\n")
    with pytest.raises(InputError, match=r"run: is not of the form counts; .*a.csv is CSV, of col"):
        choose(folder, "counts")


def test_fields_must_be_those_of_the_form(folder):
    path = folder / "a.csv"
    path.write_text(COUNTS)
    assert choose(path, None, {"n": "n"}).importer.name == "counts"
    with pytest.raises(InputError, match=r"--field response: .* have no such field; there are: mo"):
        choose(path, None, {"response": "n"})


def test_two_importers_that_answer_are_named(folder, monkeypatch):
    path = folder / "a.csv"
    path.write_text(COUNTS)
    other = Importer("other", "the like", "counts", lambda head: "it has a comma")
    last = Importer("last", "anything", "counts", lambda head: "it is there", fallback=True)
    known = {**importers(), "other": other, "last": last}
    monkeypatch.setattr(registry, "importers", lambda: known)
    with pytest.raises(InputError, match=r"could be of the forms counts \(.*\) and other \(it has"):
        choose(path)
    assert choose(path, "other").importer is other


def test_declarations_are_whole_and_light():
    for name, entry in importers().items():
        assert entry.name == name
        assert entry.about
        assert not entry.about.endswith(".")
    program = (
        "import sys; from boundary.importers.registry import importers; importers(); "
        "print({'numpy', 'polars', 'torch', 'pandera'} & sys.modules.keys() or 'light')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "light"
