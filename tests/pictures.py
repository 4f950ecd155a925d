"""Images for tests, among them those that must be refused."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(
    form: str = "PNG", color: Any = "red", size: tuple[int, int] = (4, 3), **how: Any
) -> bytes:
    """Return a file of one colour; skip the test where there is no Pillow."""
    image_module = pytest.importorskip("PIL.Image")
    held = io.BytesIO()
    mode = how.pop("mode", "RGB")
    image_module.new(mode, size, color).save(held, form, **how)
    return held.getvalue()


def bomb(width: int, height: int) -> bytes:
    """Return a small PNG whose header promises so many pixels, all of them black."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    lines = zlib.compress(bytes((width // 8 + 2) * 64), 9)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", lines), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def animated() -> bytes:
    """Return a WebP of two pictures."""
    image_module = pytest.importorskip("PIL.Image")
    one, two = (image_module.new("RGB", (8, 8), color) for color in ("red", "blue"))
    held = io.BytesIO()
    one.save(held, "WEBP", save_all=True, append_images=[two], duration=10)
    return held.getvalue()


def hostile(folder: Path) -> dict[str, str]:
    """Write images that must be refused, by name; return what the refusal says of each."""
    (folder / "images").mkdir(parents=True)
    png = picture()
    files = {
        "images/huge.png": (bomb(20_000, 20_000), "pixels"),
        "images/bomb.png": (bomb(7_000, 7_000), "7,000 × 7,000 pixels, more than the 40,000,000"),
        "images/cut.png": (png[:-20], "cannot be decoded, so it is cut off or damaged"),
        "images/cut.jpg": (picture("JPEG", size=(64, 64))[:-120], "cut off or damaged"),
        "images/cut.webp": (picture("WEBP", size=(64, 64))[:-30], "cut off or damaged"),
        "images/script.svg": (SVG, "is no JPEG, PNG, WebP or MPO; it begins with b'<svg xml'"),
        "images/script.png": (SVG, "is no JPEG, PNG, WebP or MPO"),
        "images/photo.jpg": (png, "is PNG, whose names end in .png"),
        "images/gif.png": (picture("GIF"), "is no JPEG, PNG, WebP or MPO"),
        "images/text.png": (b"not an image", "is no JPEG"),
        "images/empty.png": (b"", "is empty"),
        "images/moving.webp": (animated(), "is animated"),
    }
    for name, (data, _) in files.items():
        (folder / name).write_bytes(data)
    outside = folder.parent / "outside.png"
    outside.write_bytes(png)
    (folder / "images/link.png").symlink_to(outside)
    (folder / "linked").symlink_to(folder / "images")
    (folder / "images/one.png").write_bytes(png)
    (folder / "images/folder.png").mkdir()
    no_name = "is no name of a file within the folder of images"
    return {name: why for name, (_, why) in files.items()} | {
        "images/link.png": "links are not followed",
        "linked/one.png": "links are not followed",
        "images/folder.png": "is no file at",
        "images/missing.png": "is no file at",
        "../outside.png": no_name,
        "images/../../outside.png": no_name,
        str(outside): no_name,
        "https://example.org/one.png": no_name,
        "file:///etc/passwd": no_name,
        "images\\one.png": no_name,
        "images/one.png\0.png": no_name,
    }
