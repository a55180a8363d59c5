"""Edits of one text, applied; and the other way round: the edits that lie between two texts."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from seawall.edits.fix import Edit
from seawall.syntax import Range, Text


def apply_to(text: Text, edits: Iterable[Edit]) -> Text:
    """Apply the edits of one file; inserts at one place keep their order. New lines end as the file's lines do.

    Raises:
        ValueError: edits overlap.
    """
    ordered = sorted(enumerate(edits), key=lambda pair: (pair[1].range, pair[0]))
    for (_, left), (_, right) in itertools.pairwise(ordered):
        if left.range[2:] > right.range[:2]:
            raise ValueError(f"edits overlap at line {right.range.start_line}")
    for _, edit in reversed(ordered):
        text = text.replace(edit.range, edit.text.replace("\n", text.newline))
    return text


def difference(path: Path, old: Text, new: Text) -> Iterator[Edit]:
    """Small edits that make `new` of `old`: whole lines come and go, and in a changed line only what changed."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, old.lines, new.lines, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        if end - start == new_end - new_start:
            for offset in range(end - start):
                yield _in_line(path, start + offset, old.lines[start + offset], new.lines[new_start + offset])
        else:
            text = "".join(new.lines[new_start:new_end])
            yield Edit(path, Range(start + 1, 0, end + 1, 0), text.replace(new.newline, "\n"))


def _in_line(path: Path, index: int, old: str, new: str) -> Edit:
    """The change within one line, its ending left alone if that stays."""
    if old[len(old.rstrip("\r\n")) :] != new[len(new.rstrip("\r\n")) :]:
        return Edit(path, Range(index + 1, 0, index + 2, 0), new.rstrip("\r\n") + "\n" * new.endswith(("\r", "\n")))
    old, new = old.rstrip("\r\n"), new.rstrip("\r\n")
    first = _shared(old, new)
    last = _shared(old[first:][::-1], new[first:][::-1])
    start, end = len(old[:first].encode()), len(old[: len(old) - last].encode())
    return Edit(path, Range(index + 1, start, index + 1, end), new[first : len(new) - last])


def _shared(left: str, right: str) -> int:
    """How many characters two strings begin with alike."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(left), len(right)))
