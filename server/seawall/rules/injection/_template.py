"""A string expression as the text it makes, each character with the source it stands in, and values as holes.

f-strings, `+`, `%` and `.format` all become the same thing, so that an edit of the text can be written back to any of them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from seawall.rules.base import File
from seawall.semantics.meanings.sql_call import HOLE
from seawall.syntax import Range
from seawall.syntax.lexer import Field, formatted, tokens

_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", "'": "'", '"': '"', "\n": ""}
_PERCENT = re.compile(r"%(?:\((\w+)\))?[sd]")
_BRACES = re.compile(r"\{(\w*)\}")


class Char(NamedTuple):
    """A character of the text, or a hole, and its source; `glue` ends the literal before and begins the one behind."""

    text: str
    start: int
    end: int
    glue: str = ""


class Value(msgspec.Struct):
    """What is put into a hole. `written` is set where a format or a conversion is part of it."""

    node: ast.expr
    written: str = ""


class Literal(msgspec.Struct):
    """A string literal of the source."""

    start: int
    opening: str
    body: int
    body_end: int
    end: int
    fields: list[int] = msgspec.field(default_factory=list)
    """The numbers of the holes that are fields of this f-string."""

    @property
    def quote(self) -> str:
        return self.opening.lstrip("bBrRuUfFtT")

    @property
    def prefix(self) -> str:
        return self.opening[: -len(self.quote)].lower()


class Template(msgspec.Struct):
    """The text of a string expression."""

    file: File
    chars: list[Char] = msgspec.field(default_factory=list)
    values: list[Value] = msgspec.field(default_factory=list)
    literals: list[Literal] = msgspec.field(default_factory=list)
    tails: list[tuple[int, int]] = msgspec.field(default_factory=list)
    """Source that goes when all values are bound: `% name`, `.format(name)`."""

    @property
    def text(self) -> str:
        return "".join(char.text for char in self.chars)

    def offset(self, line: int, column: int) -> int:
        """The place in the item's text of a place in a tree."""
        lines = self.file.item.text.split("\n")
        before = sum(len(one) + 1 for one in lines[: line - 1])
        return before + len(lines[line - 1].encode()[:column].decode(errors="replace"))

    def start(self, node: ast.expr) -> int:
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr) -> int:
        return self.offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)

    def range(self, start: int, end: int) -> Range:
        return Range(*self._place(start), *self._place(end))

    def _place(self, offset: int) -> tuple[int, int]:
        before = self.file.item.text[:offset]
        line_start = before.rfind("\n") + 1
        return before.count("\n") + 1, len(before[line_start:].encode())


def read_template(file: File, node: ast.expr) -> Template | None:
    """The template that an expression is, or that several pieces of SQL are together; None if it is of another make."""
    found = Template(file)
    match node:
        case ast.List(elts=pieces) | ast.Tuple(elts=pieces) | ast.Dict(values=pieces):
            for number, piece in enumerate(pieces):
                if number:
                    at = found.literals[-1].end
                    found.chars.extend(Char(char, at, at) for char in " AND ")
                if not _read(found, piece):
                    return None
            return found if pieces else None
    return found if _read(found, node) else None


def _read(found: Template, node: ast.expr) -> bool:
    before = len(found.literals)
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            is_read = _literals(found, node, "f")
        case ast.BinOp(op=ast.Add()):
            is_read = _sum(found, list(_operands(node)))
        case ast.BinOp(left=ast.Constant(value=str()) as left, op=ast.Mod(), right=right):
            is_read = _literals(found, left, "%", _percent_values(right)) and _tail(found, left, node)
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(value=str()) as left, attr="format"), args=args, keywords=named
        ):
            values = {
                **{str(number): arg for number, arg in enumerate(args)},
                **{str(one.arg): one.value for one in named},
            }
            is_read = _literals(found, left, "{", values) and _tail(found, left, node)
        case _:
            return False
    return is_read and len(found.literals) > before


def _tail(found: Template, left: ast.expr, node: ast.expr) -> bool:
    """Take note of what stands behind a text to fill it."""
    start = found.literals[-1].end if found.literals else 0
    found.tails.append((start, found.end(node)))
    return not found.file.item.text[found.end(left) : start].strip()


def _operands(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from _operands(left)
            yield from _operands(right)
        case _:
            yield node


def _percent_values(right: ast.expr) -> dict[str, ast.expr]:
    match right:
        case ast.Tuple(elts=elements):
            return {str(number): element for number, element in enumerate(elements)}
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return {str(key.value): value for key, value in pairs if isinstance(key, ast.Constant)}
    return {"0": right}


def _sum(found: Template, operands: list[ast.expr]) -> bool:
    before = len(found.literals)
    for number, operand in enumerate(operands):
        if isinstance(operand, ast.JoinedStr) or (isinstance(operand, ast.Constant) and isinstance(operand.value, str)):
            if not _literals(found, operand, "f"):
                return False
            continue
        if len(found.literals) == before or (
            found.chars and found.chars[-1].text == HOLE and found.chars[-1].end > found.literals[-1].end
        ):
            return False
        left = found.literals[-1]
        following = operands[number + 1] if number + 1 < len(operands) else None
        end, glue = found.end(operand), left.quote
        if following is not None:
            opening = (
                next(_tokens(found, following), None) if isinstance(following, (ast.Constant, ast.JoinedStr)) else None
            )
            if opening is None:
                return False
            between = found.file.item.text[found.end(operand) : opening.start]
            if "#" in found.file.item.text[left.end : opening.start]:
                return False
            end = opening.body
            _, newline, indent = between.rpartition("\n")
            gap = f"\n{indent}" if newline else " "
            glue = (
                ""
                if opening.opening.lower() == left.opening.lower() and not newline
                else f"{left.quote}{gap}{opening.opening}"
            )
        found.values.append(Value(operand))
        found.chars.append(Char(HOLE, left.body_end, end, glue))
    return True


def _tokens(found: Template, node: ast.expr) -> Iterator[Literal]:
    """The literals that adjacent strings consist of."""
    src, start, end = found.file.item.text, found.start(node), found.end(node)
    for token in tokens(src, start, end):
        if token.kind != "string" or token.start < start:
            continue
        body = token.start
        while src[body] not in "\"'":
            body += 1
        quote = src[body] * 3 if src.startswith(src[body] * 3, body) and token.end - body >= 6 else src[body]
        body += len(quote)
        yield Literal(token.start, src[token.start : body], body, token.end - len(quote), token.end)


def _literals(found: Template, node: ast.expr, mode: str, values: dict[str, ast.expr] | None = None) -> bool:
    waiting = (
        [one for one in node.values if isinstance(one, ast.FormattedValue)] if isinstance(node, ast.JoinedStr) else []
    )
    src = found.file.item.text
    counter = [0]
    for literal in _tokens(found, node):
        found.literals.append(literal)
        if "f" not in literal.prefix:
            if not _characters(found, literal, literal.body, literal.body_end, mode, values, counter):
                return False
            continue
        whole = formatted(src, literal.start, literal.body - len(literal.quote), literal.quote)
        if whole is None or mode != "f":
            return False
        at = literal.body
        for part in (*whole.parts, None):
            stop = part.start if part is not None else literal.body_end
            if isinstance(part, Field) or part is None:
                _characters(found, literal, at, stop, "{{", None, counter)
            else:
                continue
            if part is None:
                break
            if not waiting or part.debug_end:
                return False
            value = waiting.pop(0)
            is_plain = value.format_spec is None and value.conversion in (-1, 115)
            literal.fields.append(len(found.values))
            found.values.append(Value(value.value, "" if is_plain else src[part.start : part.end]))
            found.chars.append(Char(HOLE, part.start, part.end))
            at = part.end
    return not waiting


def _characters(
    found: Template,
    literal: Literal,
    start: int,
    end: int,
    mode: str,
    values: dict[str, ast.expr] | None,
    counter: list[int],
) -> bool:
    """The characters of plain text, escapes and doubled signs read as what they mean."""
    src, at = found.file.item.text, start
    field_of = {"%": _PERCENT, "{": _BRACES}.get(mode) if values is not None else None
    while at < end:
        size, text = 1, src[at]
        match = field_of.match(src, at, end) if field_of else None
        if match is not None:
            key = match[1] or str(counter[0])
            counter[0] += not match[1]
            if values is None or key not in values:
                return False
            found.values.append(Value(values[key]))
            text, size = HOLE, match.end() - at
        elif text == "\\" and "r" not in literal.prefix:
            size, text = 2, _ESCAPES.get(src[at + 1], src[at : at + 2])
        elif (mode in ("{{", "{") and text in "{}" and src[at + 1 : at + 2] == text) or (
            mode == "%" and src.startswith("%%", at)
        ):
            size = 2
        elif (mode == "%" and text == "%") or (mode == "{" and text in "{}"):
            return False
        found.chars.append(Char(text, at, at + size))
        at += size
    return True
