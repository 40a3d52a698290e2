"""A file of columns, for what would take long to make again.

It begins with a stamp and a checksum of all the rest: a line of JSON that names the columns, and their bytes. So a file that is
damaged, cut or another's is as good as none. Compromise: it is read and written whole, about 50 MB for ten thousand
records, because that is still quicker than to look for what changed in it.
"""

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

# Where columns may begin: NumPy is slow where a number does not lie at a multiple of its size.
_WIDTH = 16


def read(path: Path, stamp: str) -> Mapping[str, NDArray[Any]] | None:
    """Return what was written with this stamp, or None."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    start = len(_seal(stamp, []))
    if content[:start] != _seal(stamp, [memoryview(content)[start:]]):
        return None
    end = content.index(b"\n")
    found, place = {}, end + 1
    for name, kind, size in json.loads(content[start:end]):
        found[name] = np.frombuffer(content, kind, size, place)
        place += _room(found[name].nbytes)
    return found


def write(path: Path, stamp: str, columns: Mapping[str, NDArray[Any]]) -> None:
    """Write columns of whole numbers from 0 on, or nothing where that cannot be done.

    They are read again as the smallest type that holds them. Who reads meanwhile finds the old file or the new.
    """
    small = {name: column.astype(np.min_scalar_type(column.max(initial=0))) for name, column in columns.items()}
    head = json.dumps([(name, column.dtype.str, len(column)) for name, column in small.items()])
    before = len(_seal(stamp, [])) + len(head) + 1
    contents = [f"{head}{' ' * (_room(before) - before)}\n".encode()]
    contents += [column.tobytes().ljust(_room(column.nbytes), b"\0") for column in small.values()]
    _replace(path, [_seal(stamp, contents), *contents])


def _replace(path: Path, contents: Iterable[bytes]) -> None:
    temporary = path.with_name(f"{path.name}-{os.getpid()}")
    with contextlib.suppress(OSError):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.writelines(contents)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _seal(stamp: str, contents: Iterable[bytes | memoryview]) -> bytes:
    """Return what the file begins with, given the rest."""
    checksum = 0
    for content in contents:
        checksum = crc32(content, checksum)
    return f"{stamp} {checksum:08x} ".encode()


def _room(size: int) -> int:
    """Return a size with what fills it up."""
    return -(-size // _WIDTH) * _WIDTH
