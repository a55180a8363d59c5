"""Reading small files that may be missing, huge, binary, or written by Windows PowerShell."""

import codecs
import os
import stat
from collections.abc import Callable
from pathlib import Path

Read = Callable[[Path], str | None]
"""Gives a file's text, or None where there is none to be had; an editor passes one that knows its open documents."""

looked_at: set[str] = set()
"""Every file and folder that somebody asked about since the process began, whether or not it was there."""

MAX_BYTES = 64 * 1024 * 1024
"""Larger files are treated as unreadable: no manifest or settings file is that large."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it starts with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def read_bytes(path: Path | str) -> bytes | None:
    """The bytes of a regular file, or None if it is missing, unreadable, too large, or no regular file.

    Pipes and devices are refused, because reading them could wait for ever.
    """
    looked_at.add(os.fspath(path))
    return regular_bytes(path)


def regular_bytes(path: Path | str) -> bytes | None:
    """The same, without a note that somebody asked."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError):
        return None
    try:
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_BYTES:
                return None
            return file.read()
    except OSError:
        return None


def read_text(path: Path) -> str | None:
    """The text of a file without its byte order mark, or None as `read_bytes` says.

    UTF-8 unless a mark or the null bytes of unmarked UTF-16 say otherwise. Bytes that fit no encoding become U+FFFD, so
    binary junk is text that means nothing rather than an error. Line ends are kept.
    """
    data = read_bytes(path)
    return None if data is None else decode(data)


def decode(data: bytes) -> str:
    """Bytes to text, as `read_text` describes."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if len(data) >= 4 and len(data) % 2 == 0 and data[1::2].count(0) * 2 > len(data) // 2 and 0 not in data[:1]:
        return data.decode("utf-16-le", "replace")
    return data.decode("utf-8", "replace")


def line_end(text: str) -> str:
    """The line end a text uses: that of its first line, or `\\n`."""
    first = text.find("\n")
    if first > 0 and text[first - 1] == "\r":
        return "\r\n"
    if first < 0 and "\r" in text:
        return "\r"
    return "\n"


def is_file(path: Path) -> bool:
    """Whether a file stands there; False instead of an error."""
    looked_at.add(os.fspath(path))
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Whether a folder stands there; False instead of an error."""
    looked_at.add(os.fspath(path))
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def children(folder: Path) -> tuple[str, ...]:
    """The sorted names in a folder; empty where it cannot be listed."""
    looked_at.add(os.fspath(folder))
    try:
        return tuple(sorted(entry.name for entry in folder.iterdir()))
    except (OSError, ValueError):
        return ()


def absolute(path: Path) -> Path:
    """The path made absolute and free of `..`, without following links or touching the disk."""
    try:
        return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() follows links
    except (OSError, ValueError):
        return path


def located(folder: Path, text: str) -> Path:
    """The absolute path that a settings file or manifest in `folder` means; `~/` is the home folder."""
    path = Path(text)
    if path.parts[:1] == ("~",):
        try:
            path = path.expanduser()
        except (RuntimeError, KeyError):  # a user without a home
            return absolute(folder / path)
    return absolute(folder / path)
