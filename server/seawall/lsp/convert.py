"""Places and paths between the engine and the client. Nobody else knows the client's units, or what a URI is."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from seawall.lsp import messages
from seawall.lsp.protocol import Json
from seawall.syntax import Range, Text, Unit

SCRATCH = Path(os.path.abspath(os.sep), "seawall-untitled")  # noqa: PTH100 - the drive's root, on Windows
"""Where documents that are no files are taken to be. There is no such folder, and nothing is ever written there."""

_DRIVE = re.compile(r"^/[A-Za-z]:")


def to_path(uri: str) -> Path:
    """The file that a URI means; a made-up one for what is no file (`untitled:`, notebook cells, ...)."""
    try:
        parts = urlsplit(uri)
        path = os.fsdecode(unquote_to_bytes(parts.path))
    except ValueError:
        return _made_up(uri)
    if parts.scheme != "file" or not path.startswith("/") or "\0" in path:
        return _made_up(uri)
    if sys.platform == "win32":
        path = path[1:] if _DRIVE.match(path) else f"//{parts.netloc}{path}" if parts.netloc else path
    return Path(os.path.normpath(path))


def _made_up(uri: str) -> Path:
    import hashlib

    name = hashlib.sha256(uri.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return SCRATCH / name / "untitled.py"


def is_made_up(path: Path) -> bool:
    return SCRATCH in path.parents


def to_uri(path: Path) -> str:
    """A file's URI."""
    return path.as_uri()


class Converter:
    """Ranges between the engine's units and the client's, given the texts that they are ranges of."""

    def __init__(self, unit: Unit, text_of: Callable[[Path], Text]) -> None:
        self.unit = unit
        self._text_of = text_of

    def range_in(self, path: Path, place: Range) -> Json:
        """The client's form of a range in a file. A client that counts bytes needs no look at the text."""
        if self.unit == "utf-8":
            return _json(place.start_line, place.start_col, place.end_line, place.end_col)
        return self.range(self._text_of(path), place)

    def range(self, text: Text, place: Range) -> Json:
        """The client's form of a range of a text."""
        return _json(
            place.start_line,
            text.to_units(place.start_line, place.start_col, self.unit),
            place.end_line,
            text.to_units(place.end_line, place.end_col, self.unit),
        )

    def position(self, text: Text, position: messages.Position) -> tuple[int, int]:
        """A client's position as a line from 1 and a column in UTF-8 bytes, moved into the text if it is outside."""
        line = min(max(position.line + 1, 1), len(text.lines) + 1)
        return line, text.from_units(line, position.character, self.unit)

    def place(self, text: Text, range_: messages.Range) -> Range:
        """A client's range as the engine has it; one that is the wrong way round is turned."""
        start, end = sorted((self.position(text, range_.start), self.position(text, range_.end)))
        return Range(*start, *end)


def _json(start_line: int, start: int, end_line: int, end: int) -> Json:
    return {
        "start": {"line": start_line - 1, "character": start},
        "end": {"line": end_line - 1, "character": end},
    }
