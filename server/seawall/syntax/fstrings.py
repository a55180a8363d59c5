"""f-strings and t-strings with the positions and the grammar of the newest Python, on every Python.

Before 3.12, `ast` gives the parts of an f-string the place of the whole, and its grammar forbids what PEP 701 allows;
before 3.14 there are no t-strings. So each such string is rewritten, in as many bytes, to a tuple of the expressions in
it: ``f"{a} and {b!r}"`` to ``(  a,     b,  )``. From the tuples in the tree and the strings in the text, `mend` then
builds the nodes that the newest Python would have given.
"""

from __future__ import annotations

import ast
import re
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from .lexer import Field, Formatted, Literal, Token, formatted, tokens
from .text import Range, utf8_len

NESTED_SYNTAX = "the f-string syntax of Python 3.12 (PEP 701)"
TEMPLATE = "a template string (PEP 750)"

_MAX_SIZE = 300_000
_FORMATTED = "fFtT" if sys.version_info < (3, 12) else "tT"
_NATIVE = sys.version_info >= (3, 14)
_CANDIDATE = re.compile(
    r"""["'](?:(?<=F.)(?<!\wF.)|(?<=[rR]F.)(?<!\w[rR]F.)|(?<=F[rR].)(?<!\wF[rR].))""".replace("F", f"[{_FORMATTED}]")
)
_OVER_LINES = (
    re.compile(r'"""(?:(?<=[fF]""")|(?<=[fF][rR]"""))'),
    re.compile(r"'''(?:(?<=[fF]''')|(?<=[fF][rR]'''))"),
)
_FIELDS = re.compile(r"[rR]?[fFtT]")
_PREFIX = re.compile(r"[a-zA-Z]*")
_QUOTE = re.compile(r"\"\"\"|'''|\"|'")
_GAP = re.compile(r"[ \t\f]*(?:\\\n[ \t\f]*)*")
_GAP_IN_BRACKETS = re.compile(r"(?:[ \t\f\n]|\\\n|#[^\n]*)*")
_NEEDS_PARENTHESES = re.compile(r"\s*(?:yield\b|\*|#|\Z)|.*,\s*\Z", re.S)
_ESCAPES = re.compile(r'\\N\{[^}]*\}|\\[^{}]|\{\{|\}\}|"|\\', re.S)
_OTHER = re.compile(r"[^\n]+")

_LOCATED = ast.expr | ast.stmt | ast.excepthandler | ast.keyword | ast.arg | ast.alias | ast.pattern


def is_template(node: ast.AST) -> bool:
    """Whether a node is a t-string, whose values reach a template-aware callee apart from its text."""
    return type(node).__name__ == "TemplateStr" or getattr(node, "template", False) is True


class _Atom(NamedTuple):
    """A stretch of plain text in a run of strings."""

    value: str
    kind: str | None
    start: int
    end: int


class _Slot(NamedTuple):
    """A replacement field, and the parts of its format."""

    field: Field
    spec: tuple[_Part, ...] | None


_Part = _Atom | _Slot


class _Run(NamedTuple):
    """Adjacent string literals that make one value."""

    start: int
    end: int
    parts: tuple[_Part, ...]
    template: bool


class Rewritten:
    """A text in which the interpreter finds tuples instead of strings, and the way back."""

    def __init__(self, original: str, source: str, runs: list[_Run], notes: list[tuple[Range, str]]) -> None:
        self.source = source
        self.notes = tuple(notes)
        self._original = original
        self._runs = runs

    def mend(self, tree: ast.Module) -> ast.Module:
        """Put the strings back in the place of their tuples."""
        if self._runs:
            _Mender(self._original, self._runs).mend(tree)
        return tree


def rewrite(source: str) -> Rewritten:
    """Rewrite the strings that this interpreter does not read as the newest does. All other positions stay."""
    if _NATIVE or len(source) > _MAX_SIZE or not _CANDIDATE.search(source):
        return Rewritten(source, source, [], [])
    writer = _Writer(source)
    writer.copy(0, len(source))
    return Rewritten(source, "".join(writer.out), writer.runs, writer.notes)


def has_right_lines(source: str) -> bool:
    """Whether this interpreter, if it can read the strings at all, puts their parts on the right lines."""
    return sys.version_info >= (3, 12) or not any(one.search(source) for one in _OVER_LINES)


class _Writer:
    """Copies a text, and writes tuples where strings stand."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.out: list[str] = []
        self.runs: list[_Run] = []
        self.notes: list[tuple[Range, str]] = []
        self._places: _Places | None = None

    def copy(self, start: int, end: int) -> None:
        """Copy a stretch of code."""
        at = start
        for strings in _adjacent(self.source, tokens(self.source, start, end)):
            run = self._run(strings)
            if run is not None:
                self.out.append(self.source[at : run.start])
                self._write(run)
                at = run.end
        self.out.append(self.source[at:end])

    def _run(self, strings: list[Token]) -> _Run | None:
        """Read a run of strings; None if the interpreter had better read it itself."""
        source = self.source
        if not any(
            _FIELDS.match(source, token.start) and _CANDIDATE.search(source, token.start, token.end)
            for token in strings
        ):
            return None
        parts: list[_Part] = []
        special: list[Formatted] = []
        for token in strings:
            prefix = _PREFIX.match(source, token.start)
            quote = _QUOTE.match(source, prefix.end()) if prefix else None
            if prefix is None or quote is None or "b" in prefix[0].lower():
                return None
            kind = prefix[0].lower()
            try:
                if "f" in kind or "t" in kind:
                    string = formatted(source, token.start, quote.start(), quote[0])
                    if string is None:
                        return None
                    parts += _read(source, string.parts, string.raw)
                    special.append(string)
                else:
                    value = ast.literal_eval(source[token.start : token.end])
                    parts.append(_Atom(value, "u" if kind == "u" else None, token.start, token.end))
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                return None
        template = any(string.template for string in special)
        if any(_NEEDS_PARENTHESES.match(source, field.expr_start, field.expr_end) for field in _fields(parts)):
            return None
        for string in special:
            self._note(string)
        return _Run(strings[0].start, strings[-1].end, tuple(parts), template)

    def _note(self, string: Formatted) -> None:
        what = TEMPLATE if string.template else ""
        if not what and any(self._is_nested(field, string.quote) for field in _fields(string.parts)):
            what = NESTED_SYNTAX
        if what:
            self._places = self._places or _Places(self.source)
            self.notes.append((self._places.range(string.start, string.end), what))

    def _is_nested(self, field: Field, quote: str) -> bool:
        text = self.source[field.expr_start : field.expr_end]
        return sys.version_info < (3, 12) and (
            quote in text or "\\" in text or "#" in text or (len(quote) == 1 and "\n" in text)
        )

    def _write(self, run: _Run) -> None:
        self.runs.append(run)
        self.out.append("(")
        at = run.start + 1
        for field in _fields(run.parts):
            self.out.append(_blank(self.source[at : field.expr_start]))
            self.copy(field.expr_start, field.expr_end)
            # A field's own comma stands where it ends: behind its expression, but before the fields of its format.
            self.out.append(",")
            at = field.expr_end + 1
        self.out.append(_blank(self.source[at : run.end - 1]))
        self.out.append(")")


class _Places:
    """From offsets in a text to lines and UTF-8 columns."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._starts = [0, *(match.end() for match in re.finditer("\n", source))]

    def place(self, offset: int) -> tuple[int, int]:
        line = bisect_left(self._starts, offset + 1)
        return line, utf8_len(self._source[self._starts[line - 1] : offset])

    def range(self, start: int, end: int) -> Range:
        return Range(*self.place(start), *self.place(end))


class _Mender:
    """Finds the tuples that were strings, and makes them strings again."""

    def __init__(self, source: str, runs: list[_Run]) -> None:
        self._source = source
        self._places = _Places(source)
        self._runs = {self._places.range(run.start, run.end): run for run in runs}
        self._lines = sorted(range.start_line for range in self._runs)

    def mend(self, tree: ast.Module) -> None:
        pending: list[ast.AST] = [tree]
        while pending:
            node = pending.pop()
            for name, value in ast.iter_fields(node):
                if isinstance(value, list):
                    for n, child in enumerate(value):
                        if isinstance(child, ast.AST) and self._holds_string(child):
                            value[n] = new = self._string(child)
                            pending.append(new)
                elif isinstance(value, ast.AST) and self._holds_string(value):
                    new = self._string(value)
                    setattr(node, name, new)
                    pending.append(new)

    def _holds_string(self, node: ast.AST) -> bool:
        if not isinstance(node, _LOCATED):
            return bool(node._fields)
        first = node.lineno
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.decorator_list:
            first = node.decorator_list[0].lineno
        at = bisect_left(self._lines, first)
        return at < len(self._lines) and self._lines[at] <= (node.end_lineno or first)

    def _string(self, node: ast.AST) -> ast.AST:
        if not isinstance(node, ast.Tuple):
            return node
        place = Range(node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
        run = self._runs.get(place)
        if run is None:
            return node
        joined = ast.JoinedStr(self._values(run.parts, node.elts[::-1]))
        if run.template:
            joined.template = True  # type: ignore[attr-defined]
        self._locate(joined, run.start, run.end)
        return joined

    def _values(self, parts: tuple[_Part, ...], pending: list[ast.expr]) -> list[ast.expr]:
        """The values that a string is made of. Each field takes its own off the end of `pending`."""
        values: list[ast.expr] = []
        atoms: list[_Atom] = []
        for part in (*parts, None):
            if isinstance(part, _Atom):
                atoms.append(part)
                continue
            if part and part.field.debug_end:
                start, end = part.field.expr_start, part.field.debug_end
                atoms.append(_Atom(self._source[start:end], None, start, end))
            if text := "".join(atom.value for atom in atoms):
                constant = ast.Constant(text, atoms[0].kind)
                self._locate(constant, atoms[0].start, atoms[-1].end)
                values.append(constant)
            atoms.clear()
            if part:
                values.append(self._formatted(part, pending))
        return values

    def _formatted(self, slot: _Slot, pending: list[ast.expr]) -> ast.FormattedValue:
        field = slot.field
        end = self._places.place(field.expr_end)
        own: list[ast.expr] = []
        while pending and (pending[-1].lineno, pending[-1].col_offset) < end:
            own.append(pending.pop())
        value = own[0] if len(own) == 1 else ast.Tuple(own, ast.Load())
        if len(own) != 1:
            self._locate(value, field.expr_start, field.expr_end)
        spec: ast.JoinedStr | None = None
        if slot.spec is not None:
            spec = ast.JoinedStr(self._values(slot.spec, pending))
            self._locate(spec, field.spec_start, field.end - 1)
        if field.conversion:
            conversion = ord(field.conversion[0])
        else:
            conversion = ord("r") if field.debug_end and spec is None else -1
        formatted_value = ast.FormattedValue(value, conversion, spec)
        self._locate(formatted_value, field.start, field.end)
        return formatted_value

    def _locate(self, node: ast.expr, start: int, end: int) -> None:
        node.lineno, node.col_offset, node.end_lineno, node.end_col_offset = self._places.range(start, end)


def _blank(text: str) -> str:
    """As many bytes and lines, but empty."""
    return _OTHER.sub(lambda match: " " * utf8_len(match[0]), text)


def _read(source: str, parts: tuple[Literal | Field, ...], raw: bool) -> list[_Part]:
    read: list[_Part] = []
    for part in parts:
        if isinstance(part, Literal):
            read.append(_Atom(_value(source[part.start : part.end], raw), None, part.start, part.end))
        else:
            read.append(_Slot(part, None if part.spec is None else tuple(_read(source, part.spec, raw))))
    return read


def _value(text: str, raw: bool) -> str:
    """What the plain part of an f-string stands for."""
    if raw or "\\" not in text:
        return text.replace("{{", "{").replace("}}", "}")
    value = ast.literal_eval('"""' + _ESCAPES.sub(_escaped, text) + '"""')
    assert isinstance(value, str)
    return value


def _escaped(match: re.Match[str]) -> str:
    return {"{{": "{", "}}": "}", '"': '\\"', "\\": "\\\\"}.get(match[0], match[0])


def _fields(parts: Iterable[_Part | Literal | Field]) -> Iterator[Field]:
    """All fields of a string, also those in formats, in the order of the text."""
    for part in parts:
        field = part.field if isinstance(part, _Slot) else part
        if isinstance(field, Field):
            yield field
            yield from _fields(field.spec or ())


def _adjacent(source: str, found: list[Token]) -> Iterator[list[Token]]:
    """The runs of adjacent strings that hold at least one f-string or t-string."""
    run: list[Token] = []
    for token in found:
        if token.kind == "#" and token.depth:
            continue
        if token.kind == "string":
            gap = _GAP_IN_BRACKETS if token.depth else _GAP
            if run and run[-1].depth == token.depth and gap.fullmatch(source, run[-1].end, token.start):
                run.append(token)
                continue
        if run:
            yield run
        run = [token] if token.kind == "string" else []
    if run:
        yield run
