"""The texts that findings point into, read when somebody wants to see them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from seawall.syntax import Range, Text


class Span(NamedTuple):
    """A range as people count: lines and columns from 1, columns in characters; the end stands behind the last one."""

    row: int
    column: int
    end_row: int
    end_column: int


class Sources:
    """Files by path, each read once."""

    def __init__(self, texts: Mapping[str, Text] | None = None) -> None:
        """`texts` stand in for what is on disk."""
        self._texts: dict[str, Text] = dict(texts or {})

    def text(self, path: str) -> Text:
        """A file's text; empty if it cannot be read."""
        if path not in self._texts:
            try:
                self._texts[path] = Text.decode(Path(path).read_bytes())
            except OSError:
                self._texts[path] = Text.of("")
        return self._texts[path]

    def span(self, path: str, place: Range) -> Span:
        """A range of a file as people count it."""
        text = self.text(path)
        start = text.to_units(place.start_line, place.start_col, "utf-32")
        end = text.to_units(place.end_line, place.end_col, "utf-32")
        return Span(place.start_line, start + 1, place.end_line, end + 1)
