"""Files as they come: packed, cut, in folders and archives, in other encodings."""

from __future__ import annotations

import gzip
import json
import zipfile

import pytest
import zstandard

from boundary.errors import InputError
from boundary.importers import source as module
from boundary.importers.source import Source, sources_of, what_it_is

TEXT = b'{"a": 1}\n\n  \n{"a": "\xc3\xa9"}\n'
OBJECTS = [(1, {"a": 1}), (4, {"a": "é"})]


def zipped(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def file(tmp_path, content, name="x.jsonl"):
    path = tmp_path / name
    path.write_bytes(content)
    return Source(path)


@pytest.mark.parametrize(
    ("pack", "end"),
    [
        (bytes, ""),
        (lambda text: b"\xef\xbb\xbf" + text, ""),
        (lambda text: text.replace(b"\n", b"\r\n"), ""),
        (gzip.compress, ".gz"),
        (lambda text: gzip.compress(text[:9]) + gzip.compress(text[9:]), ".gz"),
        (zstandard.compress, ".zst"),
        (lambda text: zstandard.compress(text[:9]) + zstandard.compress(text[9:]), ".zst"),
        (gzip.compress, ""),  # whatever it is called
    ],
)
def test_one_file_in_its_forms(tmp_path, pack, end):
    source = file(tmp_path, pack(TEXT), f"x.jsonl{end}")
    assert (source.name, source.folder) == ("x.jsonl", tmp_path.name)
    assert list(source.objects()) == OBJECTS


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_packed_file_that_ends_early(tmp_path, pack):
    whole = pack(b"".join(b'{"a": "%x"}\n' % (i * 7919) for i in range(3_000)))
    for end in (len(whole) - 1, len(whole) // 2, 30):
        source = file(tmp_path, whole[:end])
        with pytest.raises(InputError, match=r"x\.jsonl: cannot be unpacked, so it is truncated"):
            list(source.objects())
    source = file(tmp_path, whole[:200] + b"\0" * 50 + whole[250:])
    with pytest.raises(InputError, match=r"cannot be unpacked|is no JSON|should be"):
        list(source.objects())


def test_members_of_archives(tmp_path):
    inner = zipped(tmp_path / "inner.zip", {"y.jsonl": TEXT})
    path = zipped(
        tmp_path / "run.zip",
        {
            "m/b.jsonl.gz": gzip.compress(TEXT),
            "a.jsonl": TEXT,
            ".hidden": TEXT,
            "__MACOSX/a.jsonl": TEXT,
            "c.zip": inner.read_bytes(),
        },
    )
    first, archive, last = sources_of(path)
    assert [each.where for each in (first, last)] == [f"{path}:a.jsonl", f"{path}:m/b.jsonl.gz"]
    assert (last.name, last.folder) == ("b.jsonl", "m")
    assert list(first.objects()) == list(last.objects()) == OBJECTS
    # Archives within archives are told, not opened.
    assert what_it_is(archive).startswith("a ZIP archive")
    for end in (40, path.stat().st_size - 30):
        path.write_bytes(path.read_bytes()[:end])
        with pytest.raises(InputError, match=r"run\.zip: begins as a ZIP archive and is none"):
            sources_of(path)


def test_a_member_that_is_damaged(tmp_path):
    path = zipped(tmp_path / "run.zip", {"a.jsonl": TEXT * 50})
    content = bytearray(path.read_bytes())
    content[60] ^= 255
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"run\.zip:a\.jsonl: (cannot be unpacked|line .* is no)"):
        list(sources_of(path)[0].objects())


def test_files_of_a_folder(tmp_path):
    for name in ("b/2.txt", "a.txt", ".git/x", "b/.hidden", "b/1.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "b")
    (tmp_path / "round").symlink_to(tmp_path)
    shown = [each.path.relative_to(tmp_path).as_posix() for each in sources_of(tmp_path)]
    assert shown == ["a.txt", "b/1.txt", "b/2.txt"]
    assert sources_of(tmp_path / "link")[0].name == "1.txt"
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="empty: holds no file"):
        sources_of(tmp_path / "empty")
    with pytest.raises(InputError, match="none: no such file or folder"):
        sources_of(tmp_path / "none")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"a": 1}\n{"é": 1}'.encode("utf-16"), "line 1: is not UTF-8"),
        (b'{"a": 1}\n{"a": "\xe9"}', "line 2: is not UTF-8 .* at byte 7"),
        (b'{"a": 1}\n{"a": ', "line 2: is no JSON, so it may be half-written"),
        (b'{"a": 1}\n{"a": 1} {}', "line 2: is no JSON"),
        (b'{"a": 1}\n{"a": 1, "a": 2}', "line 2: the key 'a' stands twice in one object"),
        (b'{"a": 1}\n{"a": {"b": 1, "b": 2}}', "line 2: the key 'b' stands twice"),
        (b'{"a": "\\ud800"}', "line 1: a text holds .* half of a pair of surrogates"),
        (b'{"a": "\\uDBFF"}', "line 1: a text holds .* half of a pair of surrogates"),
        (b'{"a": 1}\n7', "line 2: should be a JSON object, and is int"),
        (b'[{"a": 1},\n 7]', r"\(a list, an entry a line\): line 2: should be a JSON object"),
        (b'[{"a": 1},\n', "x.jsonl: is no JSON, so it may be half-written"),
        (b'{"a": ' + b"[" * 100_000, "line 1: is no JSON"),
    ],
)
def test_a_line_that_is_no_object(tmp_path, content, told):
    with pytest.raises(InputError, match=rf"x\.jsonl.*{told}" if "x.j" not in told else told):
        list(file(tmp_path, content).objects())


def test_a_pair_of_surrogates_is_a_character(tmp_path):
    assert list(file(tmp_path, b'{"a": "\\ud83d\\ude00"}').objects()) == [(1, {"a": "\U0001f600"})]


def test_limits(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LONGEST_LINE", 2**20)
    source = file(tmp_path, b"{}\n" + b" " * 2**21)
    with pytest.raises(InputError, match="line 2: is longer than 1 MiB, so it is no line"):
        list(source.lines())
    with pytest.raises(InputError, match="is longer than 1 MiB unpacked"):
        source.content(2**20)


def test_batches_are_few_lines_or_few_long_ones(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "BATCH_LINES", 3)
    monkeypatch.setattr(module, "BATCH_SIZE", 100)
    lines = [{"a": "x" * length} for length in (1, 1, 1, 90, 90, 1)]
    source = file(tmp_path, "\n".join(map(json.dumps, lines)).encode())
    assert [numbers for numbers, _ in source.batches()] == [[1, 2, 3], [4, 5], [6]]
    assert list(file(tmp_path, b"").batches()) == []


def test_a_link_to_nothing_is_no_part_of_a_folder(tmp_path):
    (tmp_path / "a.csv").write_text("x")
    (tmp_path / "b.csv").symlink_to(tmp_path / "blob")
    with pytest.raises(InputError, match=r"b\.csv: is a link to .*blob, which is not there, so"):
        sources_of(tmp_path)
