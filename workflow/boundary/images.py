"""Images of problems: which are taken, what a table tells of each, and their pixels.

An image is hostile input.  It is decoded whole before it is kept, by the decoders of
four formats alone and under limits of bytes and pixels, so that nothing that a model
would be shown fails later.  Nothing here decides by a file's name.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from boundary.atomic import whole_file
from boundary.errors import InputError

if TYPE_CHECKING:
    import polars as pl
    from PIL import Image

#: What an image may take as a file, and decoded: 40 million pixels are 120 MB.
MOST_BYTES, MOST_PIXELS = 64 * 2**20, 40_000_000
#: Formats by Pillow's names: media type, and how the names of their files end.  An MPO is a
#: JPEG with further pictures behind the first, which alone is taken.
FORMATS = {
    "JPEG": ("image/jpeg", (".jpg", ".jpeg")),
    "MPO": ("image/mpo", (".mpo", ".jpg", ".jpeg")),
    "PNG": ("image/png", (".png",)),
    "WEBP": ("image/webp", (".webp",)),
}
#: Pillow's decoders; that of JPEG takes MPO too.
_DECODERS = ("JPEG", "PNG", "WEBP")
#: How names of images end, whichever format they are of.
ENDINGS = frozenset(ending for _, endings in FORMATS.values() for ending in endings)
#: Folder of images beside a table of problems.
FOLDER = "images"
_BACKGROUND = "white"


class Kept(TypedDict):
    """An image as the table of problems tells of it."""

    sha256: str
    file: str
    media_type: str
    width: int
    height: int


@dataclass(frozen=True)
class Decoded:
    """An image that could be decoded.

    Attributes
    ----------
    form : str
        Key of `FORMATS`.
    pixels : PIL.Image.Image
        Of mode RGB, ``width`` by ``height``: upright, and on white where it is transparent.
    """

    form: str
    pixels: Image.Image


def decode(data: bytes) -> Decoded:
    """Decode an image whole.

    Parameters
    ----------
    data : bytes
        The content of its file.

    Raises
    ------
    InputError
        Why it is none that is taken, as the end of a sentence.
    ModuleNotFoundError
        Without Pillow, which is in an extra.
    """
    from PIL import Image, ImageOps

    if len(data) > MOST_BYTES:
        raise InputError(f"has {len(data):,} bytes, more than {MOST_BYTES:,}")
    if not data:
        raise InputError("is empty")
    with warnings.catch_warnings():
        # Above its own limit Pillow only warns; ours is lower and asked below.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=_DECODERS) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    raise InputError(_too_large(f"{width:,} × {height:,} pixels"))
                form = str(image.format)
                if form != "MPO" and getattr(image, "n_frames", 1) > 1:
                    raise InputError("is animated, and a model is shown one picture")
                # A decoder is content once it has all pixels; this reads a PNG to its end.
                image.verify()
            with Image.open(io.BytesIO(data), formats=_DECODERS) as image:
                image.load()
                return Decoded(form, _flat(ImageOps.exif_transpose(image)))
        except InputError:
            raise
        except Image.UnidentifiedImageError:
            raise InputError(f"is no JPEG, PNG, WebP or MPO; it begins with {data[:8]!r}") from None
        except Image.DecompressionBombError:
            raise InputError(_too_large("far more pixels")) from None
        except Exception as error:  # decoders raise OSError, SyntaxError, struct.error and more
            why = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
            raise InputError(f"cannot be decoded, so it is cut off or damaged: {why}") from None


def _too_large(size: str) -> str:
    return f"has {size}, more than the {MOST_PIXELS:,} that are decoded"


def _flat(image: Image.Image) -> Image.Image:
    """Return an image without transparency, in RGB."""
    from PIL import Image

    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    paper = Image.new("RGBA", layer.size, _BACKGROUND)
    return Image.alpha_composite(paper, layer).convert("RGB")


def keep(data: bytes, folder: Path | None, name: str | None = None) -> Kept:
    """Decode an image and keep its file, by its content, beside a table of problems.

    Parameters
    ----------
    data : bytes
        The content of its file, which is kept to the byte.
    folder : Path or None
        The folder of the table; None where none is written.
    name : str, optional
        What its file is called, whose ending must fit the content.

    Raises
    ------
    InputError
        As of `decode`, and for another ending.
    """
    decoded = decode(data)
    media_type, endings = FORMATS[decoded.form]
    if name is not None and Path(name).suffix.lower() not in endings:
        raise InputError(f"is {decoded.form}, whose names end in {' or '.join(endings)}")
    digest = hashlib.sha256(data).hexdigest()
    file = f"{FOLDER}/{digest}{endings[0]}"
    if folder is not None and not _holds(folder / file, digest):
        with whole_file(folder / file, shared=True) as partial:
            partial.write_bytes(data)
    width, height = decoded.pixels.size
    return Kept(sha256=digest, file=file, media_type=media_type, width=width, height=height)


def load(image: Kept, folder: Path) -> bytes:
    """Return the content of an image that a table tells of.

    Raises
    ------
    InputError
        When its file is not there, or holds something else.
    """
    path = folder / image["file"]
    named = re.fullmatch(rf"{FOLDER}/([0-9a-f]{{64}})\.[a-z]+", image["file"])
    if not named or named[1] != image["sha256"] or not _holds(path, named[1]):
        raise InputError(
            f"{path}: is not there, or not the image that the problems were made with; remove the "
            f"table of problems beside it and make it again."
        )
    return path.read_bytes()


def _holds(path: Path, digest: str) -> bool:
    """Return whether a file, which is no link, has a content."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MOST_BYTES:
        return False
    return hashlib.sha256(path.read_bytes()).hexdigest() == digest


def digests_of(images: Sequence[Kept] | None) -> list[str]:
    """Return what tells the images of a problem from others, in their order."""
    return [image["sha256"] for image in images or ()]


def refuse_images(problems: pl.DataFrame, what: str) -> None:
    """Refuse problems with images where a model would be shown their text alone.

    Parameters
    ----------
    problems : polars.DataFrame
        Of one benchmark.
    what : str
        What shows none, as the subject of a sentence.

    Raises
    ------
    InputError
        Names the benchmark and the first such problem.
    """
    if "images" not in problems.columns:
        return
    shown = problems.filter(problems["images"].is_not_null()).sort("problem_id")
    if not shown.is_empty():
        benchmark, name = shown.select("benchmark", "problem_id").row(0)
        raise InputError(
            f"benchmark {benchmark!r}: {shown.height} problem(s) have images, first {name!r}, and "
            f"{what} shows a model none of them: the question alone is another problem."
        )


def images_digest(folder: Path) -> str:
    """Return the SHA-256 of the names and contents of all images below a folder.

    Light, as each parse of the Snakefile asks for it.
    """
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in ENDINGS and path.is_file() and not path.is_symlink():
            name = path.relative_to(folder).as_posix().encode()
            content = hashlib.sha256(path.read_bytes()).digest()
            total.update(len(name).to_bytes(8, "big") + name + content)
    return total.hexdigest()
