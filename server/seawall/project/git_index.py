"""The paths in `.git/index`, versions 2 to 4 (gitformat-index(5)).

Entries of the index: 40 bytes of file data, an object id of 20 or 32 bytes, 2 bytes of flags, 2 more in extended
entries, then the path: null-padded to a multiple of 8 in versions 2 and 3, sharing its start with the path before in
version 4.
"""

import os
from functools import lru_cache
from pathlib import Path

from seawall.project.reading import read_bytes, read_text

_EXTENDED = 0x4000
_MODE_OF_FOLDERS = 0o040000


def paths_of(index: Path) -> frozenset[str]:
    """Posix paths relative to the work tree; empty where the file is missing, damaged or of an unknown version.

    Folders that a sparse index holds in one entry are given with `/` at the end.
    """
    try:
        found = os.stat(index)  # noqa: PTH116 - one call for both figures
    except (OSError, ValueError):
        return frozenset()
    return _paths(index, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=16)
def _paths(index: Path, _modified: int, _size: int) -> frozenset[str]:
    data = read_bytes(index)
    if data is None:
        return frozenset()
    for id_size in (32, 20) if _uses_sha256(index.parent) else (20, 32):
        paths = parse(data, id_size)
        if paths is not None:
            return frozenset(paths)
    return frozenset()


def _uses_sha256(git_folder: Path) -> bool:
    text = (read_text(git_folder / "config") or "").lower()
    return "objectformat" in text and "sha256" in text


def parse(data: bytes, id_size: int = 20) -> list[str] | None:
    """The paths in an index, in its order, or None if it is none with object ids of this many bytes."""
    if data[:4] != b"DIRC" or len(data) < 12:
        return None
    version = int.from_bytes(data[4:8], "big")
    count = int.from_bytes(data[8:12], "big")
    if version not in (2, 3, 4) or count > len(data) // 60:
        return None
    paths: list[str] = []
    offset, previous = 12, b""
    for _ in range(count):
        start = offset
        flags_at = start + 40 + id_size
        if flags_at + 2 > len(data):
            return None
        mode = int.from_bytes(data[start + 24 : start + 28], "big")
        flags = int.from_bytes(data[flags_at : flags_at + 2], "big")
        name_at = flags_at + (4 if flags & _EXTENDED and version >= 3 else 2)
        if version == 4:
            dropped, name_at = _varint(data, name_at)
            if dropped > len(previous):
                return None
        end = data.find(b"\0", name_at)
        if end < 0:
            return None
        if version == 4:
            previous = previous[: len(previous) - dropped] + data[name_at:end]
            offset = end + 1
        else:
            previous = data[name_at:end]
            length = flags & 0xFFF
            if length < 0xFFF and length != len(previous):
                return None
            offset = start + (end - start + 8) // 8 * 8
        name = previous.decode("utf-8", "surrogateescape")
        paths.append(f"{name.rstrip('/')}/" if mode == _MODE_OF_FOLDERS else name)
    return paths


def _varint(data: bytes, offset: int) -> tuple[int, int]:
    """The number at an offset, in the encoding of pack files' offsets, and where it ends."""
    if offset >= len(data):
        return 1 << 62, offset
    byte = data[offset]
    offset += 1
    value = byte & 0x7F
    while byte & 0x80 and offset < len(data):
        byte = data[offset]
        offset += 1
        value = ((value + 1) << 7) | (byte & 0x7F)
    return value, offset
