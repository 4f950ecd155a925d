"""Identity of a model in a local folder, cheap enough for every parse of the Snakefile.

Light imports only: each job of a cluster computes it again.
"""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, BinaryIO

from boundary.errors import InputError

#: What a model is made of: weights, configuration, tokenizer, chat template.
PATTERNS = ("*.safetensors", "*.json", "*.jinja", "*.model", "*.txt", "*.tiktoken")
#: The same weights or settings again, in the vendors' own formats.
IGNORED = ("*/*", ".*", "consolidated*.safetensors", "params.json")

#: Bytes read at either end of the data of a safetensors file.
END_BYTES = 64 * 2**10
#: Bytes read at either end of a GGUF file, whose head holds its settings and vocabulary.
GGUF_BYTES = 2**20
#: Bytes read in the middle of a tensor, and tensors read so in a whole folder.
TENSOR_BYTES = 4 * 2**10
TENSORS_READ = 512
#: The longest header that the format allows.
HEADER_LIMIT = 100 * 10**6


@dataclass(frozen=True)
class StoredTensor:
    """A tensor as the header of a safetensors file has it.

    Attributes
    ----------
    shape : tuple of int
        Lengths of its axes.
    begin, end : int
        Its bytes, counted from where the data begins.
    """

    shape: tuple[int, ...]
    begin: int
    end: int


def source_path(source: str) -> Path:
    """Return the absolute path of a `file:` source, relative to the working directory."""
    return Path(source.removeprefix("file:")).absolute()


def model_files(folder: Path) -> list[Path]:
    """Return the files of a folder that make up a model, sorted by name."""
    return sorted(
        path
        for path in Path(folder).iterdir()
        if any(fnmatch(path.name, pattern) for pattern in PATTERNS)
        and not any(fnmatch(path.name, pattern) for pattern in IGNORED)
    )


def folder_fingerprint(path: Path | str) -> str:
    """Hash what identifies a model, without reading all of its weights.

    Names and sizes of the files; all of configuration and tokenizer; of each
    safetensors file its header, both ends of its data and the middle of a
    sample of its tensors, as a merged adapter leaves both ends as they were.
    Of a ``.gguf`` file the size and both ends.  Where the folder stands and
    when it was written plays no part.

    Parameters
    ----------
    path : Path or str
        A folder with safetensors (a model or an adapter), or a ``.gguf`` file.

    Returns
    -------
    str
        SHA-256, 64 hexadecimal digits.

    Raises
    ------
    InputError
        When the path is missing or unreadable, or holds no such thing.
    """
    path = Path(path)
    total = hashlib.sha256()
    try:
        if path.is_dir():
            _add_folder(total, path)
        elif path.suffix == ".gguf" and path.is_file():
            _add_ends(total, path, GGUF_BYTES)
        elif path.exists():
            raise InputError(
                f"{path}: is neither a folder nor a .gguf file; a model is a folder with "
                f"config.json, safetensors and tokenizer, or one .gguf file."
            )
        else:
            raise missing(path)
    except OSError as error:
        where = error.filename or path
        raise InputError(f"{where}: cannot be read: {error.strerror or error}.") from None
    return total.hexdigest()


def missing(path: Path) -> InputError:
    """Return the error of a path that is not there."""
    return InputError(
        f"{path}: no such file or folder; a model is expected there. Correct the path after "
        f"`file:` in the study file (it is relative to the working directory), or bring the model."
    )


def _add_folder(total: Any, folder: Path) -> None:
    files = model_files(folder)
    weights = [path for path in files if path.suffix == ".safetensors"]
    if not weights:
        raise InputError(
            f"{folder}: holds no *.safetensors, so no model that can be used: pickled weights "
            f"(*.bin, *.pt) are refused, as loading them runs code."
        )
    for path in files:
        _add(total, path.name.encode(), str(path.stat().st_size).encode())
        if path.suffix != ".safetensors":
            _add(total, path.read_bytes())
    for path in weights:
        _add_weights(total, path, max(1, TENSORS_READ // len(weights)))


def _add(total: Any, *parts: bytes) -> None:
    """Hash parts with their lengths, so that no two lists of parts look alike."""
    for part in parts:
        total.update(len(part).to_bytes(8, "big") + part)


def _add_weights(total: Any, path: Path, tensors: int) -> None:
    header, start = safetensors_header(path)
    _add_ends(total, path, END_BYTES, start)
    spans = sorted((tensor.begin, tensor.end) for tensor in header.values())
    step = max(1, -(-len(spans) // tensors))
    with path.open("rb") as handle:
        _add(total, handle.read(start))
        for begin, end in spans[::step]:
            _add(total, _read(handle, start + begin + max(0, (end - begin - TENSOR_BYTES) // 2)))


def _read(handle: BinaryIO, offset: int, size: int = TENSOR_BYTES) -> bytes:
    handle.seek(offset)
    return handle.read(size)


def _add_ends(total: Any, path: Path, size: int, start: int = 0) -> None:
    length = path.stat().st_size
    with path.open("rb") as handle:
        first = _read(handle, start, size)
        last = _read(handle, max(start, length - size), size)
    _add(total, str(length).encode(), first, last)


def safetensors_header(path: Path) -> tuple[dict[str, StoredTensor], int]:
    """Return the tensors of a safetensors file, and where its data begins.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    dict of StoredTensor
        By name; the format's ``__metadata__`` is left out.
    int
        Offset of the data in the file, in bytes.

    Raises
    ------
    InputError
        When the file is cut off or something else.

    Notes
    -----
    Format: eight bytes with the header's length (little endian), the header as
    JSON, the data (https://huggingface.co/docs/safetensors).
    """
    size = path.stat().st_size
    with path.open("rb") as handle:
        head = handle.read(8)
        length = struct.unpack("<Q", head)[0] if len(head) == 8 else HEADER_LIMIT + 1
        text = handle.read(length) if length <= min(HEADER_LIMIT, size) else b""
    try:
        header = json.loads(text)
        header.pop("__metadata__", None)
        tensors = {name: _tensor(entry) for name, entry in header.items()}
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise damaged(path, "has no header of that format") from None
    expected = 8 + length + max((tensor.end for tensor in tensors.values()), default=0)
    if size != expected:
        raise damaged(path, f"has {size} bytes where its header promises {expected}")
    return tensors, 8 + length


def _tensor(entry: object) -> StoredTensor:
    """Read one entry of a header; an error of any of several kinds where it is none."""
    if not isinstance(entry, dict) or not isinstance(entry["dtype"], str):
        raise ValueError(entry)
    begin, end = entry["data_offsets"]
    shape = tuple(entry["shape"])
    if not 0 <= begin <= end or not all(isinstance(length, int) for length in shape):
        raise ValueError(entry)
    return StoredTensor(shape, int(begin), int(end))


def damaged(path: Path, why: str) -> InputError:
    """Return the error of a file that is not whole."""
    # In the hub's cache it is a link, which the hub's library would only make again.
    return InputError(
        f"{path}: is not a whole safetensors file: it {why}. Move {path.resolve()} away and bring "
        f"or download it again."
    )
