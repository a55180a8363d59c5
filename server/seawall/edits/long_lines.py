"""Lines that an edit has made too long, broken at their brackets as formatters do: what stands in the last brackets goes on a line of
its own, or, where that is too long as well, each element does."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from seawall.syntax import Text

_SHORTEST, _LONGEST = 88, 120
_IMPORT = re.compile(r"(\s*from [\w.]+ import )(\w[\w ,]*)")
_OPENING, _CLOSING = "([{", ")]}"
_WORDS = frozenset(["and", "assert", "await", "elif", "else", "for", "if", "in", "is", "lambda", "not", "or", "return", "while",
                    "with", "yield", "del", "from", "import", "raise"])  # fmt: skip


class _Brackets(NamedTuple):
    """An outermost pair, by the columns of its two characters."""

    open: int
    close: int
    is_call: bool
    """Arguments or parameters, rather than a display, a subscript or parentheses around an expression."""


def limit_of(text: Text, configured: int | None) -> int:
    """How long lines may be: as configured, or else as long as the file's own, within reason."""
    if configured is not None:
        return configured
    return max(_SHORTEST, min(_LONGEST, max((len(line.rstrip("\r\n")) for line in text.lines), default=0)))


def shorten(old: Text, new: Text, limit: int) -> Text | None:
    """The new text with the lines broken that are too long by now and were not before; None if there are none."""
    changed = [*_changed(old, new, limit)]
    if not changed:
        return None
    inside = _inside_strings(str(new))
    level = "\t" if any(line.startswith("\t") for line in new.lines) else "    "
    lines = list(new.lines)
    for number in changed:
        line = lines[number].rstrip("\r\n")
        if number not in inside and (broken := break_line(line, limit, level)) is not None:
            ending = lines[number][len(line) :]
            lines[number] = broken.replace("\n", new.newline) + ending
    return Text.of("".join(lines)) if lines != list(new.lines) else None


def break_line(line: str, limit: int, level: str = "    ") -> str | None:
    """One logical line on several; None if it cannot be broken, or need not be."""
    indent = line[: len(line) - len(line.lstrip())]
    if len(line) <= limit:
        return None
    if (names := _IMPORT.fullmatch(line)) is not None:
        return "\n".join([f"{names[1]}(", *(f"{indent}{level}{name}," for name in names[2].split(", ")), f"{indent})"])
    for pair in _candidates(line, limit, indent):
        head, body, tail = line[: pair.open + 1], line[pair.open + 1 : pair.close].strip(), line[pair.close :]
        inner = f"{indent}{level}"
        if len(inner + body) <= limit:
            return f"{head}\n{inner}{body}\n{indent}{tail}"
    for pair in _candidates(line, limit, indent):
        head, body, tail = line[: pair.open + 1], line[pair.open + 1 : pair.close].strip(), line[pair.close :]
        inner = f"{indent}{level}"
        parts = _elements(body)
        if parts is None:
            continue
        comma = "," if len(parts) > 1 or pair.is_call else ""  # which would make a tuple of a single expression
        rows = [f"{inner}{part}{comma}" for part in parts]
        rows = [break_line(row, limit, level) or row for row in rows]
        return "\n".join([head, *rows, f"{indent}{tail}"])
    return None


def _candidates(line: str, limit: int, indent: str) -> list[_Brackets]:
    """The brackets to break at, the best first: the parameters of a function, else the last ones that hold anything."""
    pairs = _pairs(line)
    found = [one for one in pairs or [] if line[one.open + 1 : one.close].strip()]
    if line.lstrip().startswith(("def ", "async def ")):
        return found[:1]
    fitting = [one for one in found if one.open < limit and len(indent + line[one.close :]) <= limit]
    return fitting[::-1]


def _tokens(text: str) -> list[tokenize.TokenInfo] | None:
    """The tokens of a line; None if it is not one of its own, or has what should stay where it is."""
    try:
        found = list(tokenize.generate_tokens(io.StringIO(f"{text.strip()}\n").readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    if any(one.type in (tokenize.COMMENT, tokenize.ERRORTOKEN) for one in found) or text.rstrip().endswith("\\"):
        return None
    return found


def _depths(text: str) -> Iterator[tuple[tokenize.TokenInfo, int]]:
    """The operators and names of a line outside of f-strings, each with the number of brackets around it."""
    depth = strings = 0
    for one in _tokens(text) or ():
        kind = tokenize.tok_name[one.type]
        strings += (kind == "FSTRING_START") - (kind == "FSTRING_END")
        if strings:
            continue
        if one.type == tokenize.OP and one.string in _CLOSING:
            depth -= 1
        yield one, depth
        if one.type == tokenize.OP and one.string in _OPENING:
            depth += 1


def _pairs(line: str) -> list[_Brackets] | None:
    """The outermost brackets of a line."""
    shift = len(line) - len(line.lstrip())
    found: list[_Brackets] = []
    start, before = None, None
    for one, depth in _depths(line):
        if one.type == tokenize.OP and depth == 0:
            if one.string in _OPENING:
                follows = before is not None and (
                    (before.type == tokenize.NAME and before.string not in _WORDS) or before.string in (")", "]")
                )
                start = (one.start[1] + shift, follows and one.string == "(")
            elif one.string in _CLOSING and start is not None:
                found.append(_Brackets(start[0], one.start[1] + shift, start[1]))
                start = None
        before = one
    return found


def _elements(body: str) -> list[str] | None:
    """The parts between the outermost commas; None for a comprehension."""
    cuts: list[int] = []
    for one, depth in _depths(body):
        if depth == 0 and one.type == tokenize.NAME and one.string == "for":
            return None
        if depth == 0 and one.type == tokenize.OP and one.string == ",":
            cuts.append(one.start[1])
        if depth == 0 and one.type == tokenize.NAME and one.string == "lambda":
            return None
    parts = [
        body[start:end].strip() for start, end in zip([0, *(cut + 1 for cut in cuts)], [*cuts, len(body)], strict=True)
    ]
    return [part for part in parts if part] or None


def _changed(old: Text, new: Text, limit: int) -> Iterator[int]:
    """The numbers, from 0, of the lines that have become too long."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, old.lines, new.lines, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal" or _too_long(old.lines[start:end], limit):
            continue
        yield from (number for number in range(new_start, new_end) if _too_long(new.lines[number : number + 1], limit))


def _too_long(lines: Iterable[str], limit: int) -> bool:
    return any(len(line.rstrip("\r\n")) > limit for line in lines)


def _inside_strings(text: str) -> set[int]:
    """The lines, from 0, that a string of several lines has a part in."""
    found: set[int] = set()
    starts: list[int] = []
    try:
        for one in tokenize.generate_tokens(io.StringIO(text).readline):
            kind = tokenize.tok_name[one.type]
            if kind == "FSTRING_START":
                starts.append(one.start[0])
            elif kind == "FSTRING_END" and one.end[0] > (first := starts.pop()):
                found.update(range(first - 1, one.end[0]))
            elif kind == "STRING" and one.end[0] > one.start[0]:
                found.update(range(one.start[0] - 1, one.end[0]))
    except (tokenize.TokenError, SyntaxError, IndexError):
        return set(range(text.count("\n") + 1))
    return found
