"""A file as a sequence of items, and the cheap way from one state of it to the next.

An item is one top-level statement with the comments and blank lines that lead it; in a long class, each method is an
item of its own, and the class is an item in which the methods' lines are blank. Positions are relative to the item, so
one that moves stays the very same object.
"""

from __future__ import annotations

import ast
import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from .cut import CLASS, METHOD, Cut, cut
from .parse import Parsed, Problem, parse_quietly, parse_roughly, quiet
from .text import Range, Span, Text

LONG_CLASS = 40
"""A class of more lines than this is split into its methods."""

_FIRST_CHUNK = 60
_versions = itertools.count(1)
_FOREVER = 1 << 60
_NAMED = re.compile(r"^[ \t\f]*(?:async[ \t]+)?((?:def|class)[ \t]+\w+)", re.M)


class Item:
    """One top-level statement, or one method of a long class. Compared by identity."""

    __slots__ = ("analysis", "broken", "lines", "owner", "problems", "stale", "text", "tree")

    text: str
    """Its own lines, each ending in ``\\n``. In a split class, the methods' lines are empty."""
    lines: int
    tree: ast.Module
    """Its statements. Line 1 is the item's first line; columns are those of the file, also in methods."""
    owner: str
    """The class that a method of a long class belongs to, or an empty string."""
    problems: tuple[Problem, ...]
    broken: bool
    """The tree was repaired or is an older one, so what is missing in it may only be half-typed."""
    stale: bool
    """The tree is the last good one of an older text; its positions may not fit this one."""
    analysis: Any
    """Free for the floors above."""

    def __init__(self, text: str, lines: int, owner: str, parsed: Parsed, last_good: ast.Module | None = None) -> None:
        self.text, self.lines, self.owner = text, lines, owner
        self.stale = parsed.lost and last_good is not None
        self.tree = last_good if parsed.lost and last_good is not None else parsed.tree
        self.problems, self.broken = parsed.problems, parsed.broken
        self.analysis = None

    def __repr__(self) -> str:
        first = next((line for line in self.text.split("\n") if line.strip()), "")
        return f"<Item {first.strip()!r}, {self.lines} lines>"


class _Piece:
    """What `cut` cuts: a top-level statement, the header of a class, or a statement in the body of one."""

    __slots__ = ("before", "heads", "item", "kind", "level", "lines", "next_level", "reach", "text")

    def __init__(self, text: str, cut: Cut, reach: int) -> None:
        self.text, self.kind, self.heads = text, cut.kind, cut.heads
        self.level, self.next_level = cut.level, cut.next_level
        self.lines = text.count("\n") + (not text.endswith("\n"))
        self.reach = reach
        self.item: Item | None = None
        self.before: Item | None = None

    def same(self, other: _Piece) -> bool:
        return (
            self.text == other.text
            and self.kind == other.kind
            and self.level == other.level
            and self.next_level == other.next_level
            and self.reach == other.reach
        )


class Source:
    """An immutable state of a file: its text and its items, in the order of their first lines."""

    __slots__ = (
        "_far", "_piece_starts", "_pieces", "_places", "come", "exact", "follows", "gone", "items", "starts", "text", "version",
    )  # fmt: skip

    text: Text
    items: Sequence[Item]
    starts: Sequence[int]
    """The file's line on which each item begins."""
    exact: bool
    """Whether all positions are right; else parts of f-strings may stand in the wrong columns of their lines."""

    def __init__(
        self,
        text: Text,
        items: Sequence[Item],
        starts: Sequence[int],
        pieces: list[_Piece],
        piece_starts: list[int],
        far: tuple[int, ...],
        exact: bool = True,
    ) -> None:
        self.text, self.items, self.starts = text, items, starts
        self._pieces, self._piece_starts, self._far = pieces, piece_starts, far
        self._places: dict[Item, int] | None = None
        self.exact = exact
        self.version = next(_versions)
        self.follows = 0
        """The version that this one was made of; 0: none."""
        self.come: Sequence[Item] = ()
        """Its items that the one which it follows did not have, in their order."""
        self.gone: Sequence[Item] = ()
        """The items that only that one had."""

    def start_of(self, item: Item) -> int | None:
        """The file's line on which an item begins; None if it is not (or no longer) in the file."""
        if self._places is None:
            self._places = dict(zip(self.items, self.starts, strict=True))
        return self._places.get(item)

    def items_at(self, line: int) -> tuple[Item, ...]:
        """The items on a line of the file: none, one, or a long class and its method."""
        at = bisect_right(self.starts, line) - 1
        found: list[Item] = []
        while at >= 0:
            item = self.items[at]
            if line < self.starts[at] + item.lines:
                found.append(item)
            if not item.owner:
                break
            at -= 1
        return tuple(reversed(found))

    def range_in_file(self, item: Item, range: Range) -> Range | None:
        """An item's range as a range of the file; None if the item is not in the file."""
        start = self.start_of(item)
        return None if start is None else range.shift(start - 1)


def read(text: Text) -> Source:
    """Read a whole text."""
    return _rebuild(Source(text, [], [], [], [], ()), text, 0, 0, list(_cut_all(text)), 0)


def read_at_once(text: Text, *, exact: bool = True) -> Source:
    """Read a text that nobody is typing in as one single item, which costs no more than parsing it.

    A text that does not parse as it is, is read by `read`. So is this one as soon as `update` changes it. What is not `exact`
    is quicker, and may have parts of f-strings in the wrong columns.
    """
    code = _join(text.lines)
    lines = max(1, len(text.lines))
    with quiet():
        tree = None if exact else parse_roughly(code)
        if tree is not None:
            item = Item(code, lines, "", Parsed(tree, (), False, False))
        else:
            item = _item(code, code, lines, "", None)
    return read(text) if item.problems or item.broken else Source(text, [item], [1], [], [], (), tree is None)


def update(source: Source, text: Text, span: Span) -> Source:
    """Read a changed text, given the lines that changed. Items that the change does not touch are the same objects."""
    pieces, starts = source._pieces, source._piece_starts
    delta = span.new_line_count - span.old_line_count
    first = _first_affected(source, span.first_line)
    settled = span.first_line + span.new_line_count
    line = starts[first] if pieces else 1
    fresh: list[_Piece] = []
    stop = len(pieces)
    for piece in _cut_from(text, line, pieces[first - 1].next_level if first else 0, settled):
        fresh.append(piece)
        line += piece.lines
        if line >= settled:
            old = bisect_left(starts, line - delta)
            if old < len(starts) and starts[old] == line - delta and pieces[old - 1].next_level == piece.next_level:
                stop = old
                break
    _recognise(pieces[first:stop], fresh)
    return _rebuild(source, text, first, stop, fresh, delta)


def _first_affected(source: Source, line: int) -> int:
    """The first piece whose end may have changed: the one before the change, as it had to see what follows it."""
    first = max(0, bisect_right(source._piece_starts, line) - 2)
    for n in source._far:
        if n < first and source._piece_starts[n] + source._pieces[n].reach >= line:
            return n
    return first


def _cut_all(text: Text) -> Iterator[_Piece]:
    return _cut_from(text, 1, 0, len(text.lines) + 1)


def _cut_from(text: Text, line: int, level: int, settled: int) -> Iterator[_Piece]:
    """The pieces from a line on. Only as many lines are joined as the cutting had to see."""
    lines, count = text.lines, len(text.lines)
    stop = min(count, settled + _FIRST_CHUNK)
    chunk, at = _join(lines[line - 1 : stop]), 0
    while line <= count:
        found = cut(chunk, at, level)
        if max(found.reach, found.ahead) >= len(chunk) and stop < count:
            stop = min(count, line + 2 * (stop - line) + _FIRST_CHUNK)
            chunk, at = _join(lines[line - 1 : stop]), 0
            continue
        reach = 0
        if found.reach > found.ahead:
            reach = chunk.count("\n", at, found.reach) if found.reach < len(chunk) else _FOREVER
        piece = _Piece(chunk[at : found.end], found, reach)
        at, line, level = found.end, line + piece.lines, found.next_level
        yield piece


def _join(lines: Sequence[str]) -> str:
    text = "".join(lines)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _recognise(old: list[_Piece], new: list[_Piece]) -> None:
    """Put the old pieces in place of new ones that are the same, and tell the others what they were before."""
    same = min(len(old), len(new))
    head = next((n for n in range(same) if not old[n].same(new[n])), same)
    new[:head] = old[:head]
    tail = next((n for n in range(same - head) if not old[-1 - n].same(new[-1 - n])), same - head)
    if tail:
        new[-tail:] = old[-tail:]
    before, after = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(before) == len(after):
        for was, now in zip(before, after, strict=True):
            now.before = was.item or was.before
        return
    named = {_name(piece): piece for piece in before}
    for now in after:
        if (name := _name(now)) and name in named:
            was = named[name]
            now.before = was.item or was.before


def _name(piece: _Piece) -> str:
    match = _NAMED.search(piece.text)
    return match[1] if match else ""


def _rebuild(source: Source, text: Text, first: int, stop: int, fresh: list[_Piece], delta: int) -> Source:
    """The source in which fresh pieces stand in place of those from `first` to `stop`."""
    pieces = [*source._pieces[:first], *fresh, *source._pieces[stop:]]
    old_starts = source._piece_starts
    line = old_starts[first] if first < len(old_starts) else 1
    starts = old_starts[:first]
    for piece in fresh:
        starts.append(line)
        line += piece.lines
    starts += [start + delta for start in old_starts[stop:]] if delta else old_starts[stop:]

    # A class and the statements in its body make up one group; whole groups become items.
    group = max(0, first - 1)
    while group and pieces[group].level:
        group -= 1
    end = first + len(fresh)
    while end < len(pieces) and pieces[end].level:
        end += 1
    low, high = 0, len(source.items)
    if first:
        low = bisect_left(source.starts, starts[group])
    if end < len(pieces):
        high = bisect_left(source.starts, starts[end] - delta)
    classes = {item.text: item for item in source.items[low:high] if not item.owner}
    built: list[tuple[int, Item]] = []
    with quiet():
        while group < end:
            after = group + 1
            while after < len(pieces) and pieces[after].level:
                after += 1
            built += _items(pieces[group:after], starts[group], classes)
            group = after
    moved = source.starts[high:]
    new = Source(
        text,
        [*source.items[:low], *(item for _, item in built), *source.items[high:]],
        [*source.starts[:low], *(start for start, _ in built), *(moved if not delta else [n + delta for n in moved])],
        pieces,
        starts,
        (
            *(n for n in source._far if n < first),
            *(first + n for n, piece in enumerate(fresh) if piece.reach),
            *(n - stop + first + len(fresh) for n in source._far if n >= stop),
        ),
    )
    were, are = source.items[low:high], [item for _, item in built]
    new.follows = source.version
    then, now = frozenset(were), frozenset(are)
    new.come = [item for item in are if item not in then]
    new.gone = [item for item in were if item not in now]
    return new


def _items(group: list[_Piece], start: int, classes: dict[str, Item]) -> Iterable[tuple[int, Item]]:
    header = group[0]
    if header.kind is not CLASS:
        for piece in group:
            if piece.item is None:
                piece.item = _item(piece.text, piece.text, piece.lines, "", piece.before)
            yield start, piece.item
            start += piece.lines
        return
    lines = sum(piece.lines for piece in group)
    split = lines > LONG_CLASS
    text = _shell(group) if split else "".join([piece.text for piece in group])
    header.item = classes.pop(text, None) or _item(text, text, lines, "", header.item or header.before)
    yield start, header.item
    if split:
        match = _NAMED.search(header.text)
        owner = match[1].split()[1] if match else "?"
        for piece in group:
            if piece.kind is METHOD:
                if piece.item is None or piece.item.owner != owner:
                    piece.item = _item(piece.text, _outdented(piece), piece.lines, owner, piece.item or piece.before)
                yield start, piece.item
            start += piece.lines


def _item(text: str, code: str, lines: int, owner: str, before: Item | None) -> Item:
    parsed = parse_quietly(code)
    last_good = before.tree if before and (before.stale or not before.broken) else None
    return Item(text, lines, owner, parsed, last_good)


def _shell(group: list[_Piece]) -> str:
    """A class with the lines of its methods left blank."""
    texts = ["\n" * piece.lines if piece.kind is METHOD else piece.text for piece in group]
    if all(piece.kind is METHOD for piece in group[1:]):
        piece = group[1]
        above = piece.text.count("\n", 0, piece.heads[0])
        line = piece.text.rfind("\n", 0, piece.heads[0]) + 1
        indent = piece.text[line : piece.heads[0]]
        texts[1] = "\n" * above + indent + "pass" + "\n" * (piece.lines - above)
    return "".join(texts)


def _outdented(piece: _Piece) -> str:
    """A method that parses on its own with its columns unchanged: behind a form feed, a line counts as unindented."""
    text, at = piece.text, 0
    parts: list[str] = []
    for head in piece.heads:
        if text[head - 1] in " \t":
            parts += text[at : head - 1], "\f"
            at = head
    return "".join([*parts, text[at:]])
