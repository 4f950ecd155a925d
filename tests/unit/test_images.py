"""Which images are taken, what is told of them, and what they look like decoded."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import polars as pl
import pytest

from boundary.errors import InputError
from boundary.images import MOST_BYTES, decode, images_digest, keep, load, refuse_images
from pictures import bomb, picture


@pytest.mark.parametrize(
    ("form", "name", "media_type"),
    [
        ("JPEG", "a.jpg", "image/jpeg"),
        ("JPEG", "a.JPEG", "image/jpeg"),
        ("PNG", "a.png", "image/png"),
        ("WEBP", "a.webp", "image/webp"),
    ],
)
def test_an_image_is_kept_by_its_content(
    tmp_path: Path, form: str, name: str, media_type: str
) -> None:
    data = picture(form, size=(5, 3))
    kept = keep(data, tmp_path, name)
    assert kept["sha256"] == hashlib.sha256(data).hexdigest()
    assert (kept["media_type"], kept["width"], kept["height"]) == (media_type, 5, 3)
    assert (tmp_path / kept["file"]).read_bytes() == load(kept, tmp_path) == data
    assert keep(data, None) == kept


def test_the_first_picture_of_an_mpo_is_taken(tmp_path: Path) -> None:
    image_module = pytest.importorskip("PIL.Image")
    one, two = (image_module.new("RGB", (16, 8), color) for color in ("red", "blue"))
    held = io.BytesIO()
    one.save(held, "MPO", save_all=True, append_images=[two])
    kept = keep(held.getvalue(), tmp_path, "photo.jpg")
    assert (kept["media_type"], kept["width"]) == ("image/mpo", 16)
    red, _, blue = decode(held.getvalue()).pixels.getpixel((3, 3))
    assert red > 200
    assert blue < 50


def test_pixels_are_upright_and_on_white() -> None:
    clear = decode(picture("PNG", (255, 0, 0, 0), mode="RGBA")).pixels
    assert (clear.mode, clear.getpixel((0, 0))) == ("RGB", (255, 255, 255))
    turned = pytest.importorskip("PIL.Image").Exif()
    turned[0x0112] = 6  # to be turned by a quarter
    assert decode(picture("JPEG", size=(5, 3), exif=turned)).pixels.size == (3, 5)


def test_limits_come_before_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    image_file = pytest.importorskip("PIL.ImageFile")

    def load_pixels(self: object) -> None:
        raise AssertionError("was decoded")

    monkeypatch.setattr(image_file.ImageFile, "load", load_pixels)
    for side in (7_000, 30_000):
        with pytest.raises(InputError, match="pixels"):
            decode(bomb(side, side))
    with pytest.raises(InputError, match="bytes, more than"):
        decode(bytes(MOST_BYTES + 1))


def test_an_image_of_a_table_must_be_the_one_it_was_made_with(tmp_path: Path) -> None:
    kept = keep(picture(), tmp_path)
    path = tmp_path / kept["file"]
    outside = tmp_path / "elsewhere.png"
    outside.write_bytes(path.read_bytes())
    with pytest.raises(InputError, match="is not there, or not the image"):
        load({**kept, "file": "elsewhere.png"}, tmp_path)
    path.write_bytes(picture(color="blue"))
    with pytest.raises(InputError, match="make it again"):
        load(kept, tmp_path)
    path.unlink()
    path.symlink_to(outside)
    with pytest.raises(InputError, match="is not there"):
        load(kept, tmp_path)
    assert keep(picture(), tmp_path) == kept  # and the link is gone
    assert not path.is_symlink()


def test_a_folder_is_told_by_names_and_contents(tmp_path: Path) -> None:
    before = images_digest(tmp_path)
    (tmp_path / "a.png").write_bytes(b"1")
    one = images_digest(tmp_path)
    (tmp_path / "notes.txt").write_text("x")
    assert before != one == images_digest(tmp_path)
    (tmp_path / "a.png").write_bytes(b"2")
    assert images_digest(tmp_path) != one
    (tmp_path / "a.png").rename(tmp_path / "b.png")
    assert images_digest(tmp_path) != one


def test_what_shows_no_images_refuses_them_by_name(tmp_path: Path) -> None:
    images = pl.Series("images", [None, [keep(picture(), None)]])
    frame = pl.DataFrame({"benchmark": ["b", "b"], "problem_id": ["1", "2"]})
    refuse_images(frame, "scoring")
    with pytest.raises(
        InputError, match=r"benchmark 'b': 1 problem\(s\) have .* first '2', and sc"
    ):
        refuse_images(frame.with_columns(images), "scoring")
