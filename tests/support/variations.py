"""The same code in other clothes: what a file may look like without meaning anything else, or in other surroundings."""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
from collections.abc import Callable

Variation = Callable[[str], bytes | None]
"""Gives the file's bytes; None if its text cannot be varied so."""


def plain(text: str) -> bytes:
    return text.encode()


def crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def bom(text: str) -> bytes:
    return b"\xef\xbb\xbf" + text.encode()


def latin_1(text: str) -> bytes | None:
    text = f"# -*- coding: latin-1 -*-\n# déjà vu\n{text}"
    return text.encode("latin-1") if all(ord(char) < 256 for char in text) else None


def no_final_newline(text: str) -> bytes:
    return text.rstrip("\n").encode()


def tabs(text: str) -> bytes:
    lines = (line[len(line) - len(line.lstrip(" ")) :] for line in text.split("\n"))
    indents = ((len(line) - len(line.lstrip(" "))) // 4 for line in text.split("\n"))
    return "\n".join("\t" * indent + line for indent, line in zip(indents, lines, strict=True)).encode()


def comments_at_line_ends(text: str) -> bytes:
    """A comment wherever a line may have one, also within brackets."""
    lines = text.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.NEWLINE, tokenize.NL) and token.line.strip() and "#" not in token.line:
            row = token.start[0] - 1
            lines[row] = f"{lines[row].rstrip()}  # note {row}"
    return "\n".join(lines).encode()


def comments_above(text: str) -> bytes:
    """A comment above each statement, as deep as the statement is."""
    lines = text.split("\n")
    for number in sorted(_first_lines(text), reverse=True):
        line = lines[number - 1]
        lines.insert(number - 1, f"{line[: len(line) - len(line.lstrip())]}# above {number}")
    return "\n".join(lines).encode()


def wide_characters_before(text: str) -> bytes:
    """Statements that follow an expression with wide characters on their line."""
    lines = text.split("\n")
    simple = (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return, ast.AugAssign)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, simple) and not isinstance(getattr(node, "value", None), ast.Constant):
            line = lines[node.lineno - 1]
            if line[: node.col_offset].strip() == "":
                lines[node.lineno - 1] = f'{line[: node.col_offset]}"漢字🦩"; {line[node.col_offset :]}'
    return "\n".join(lines).encode()


def twice(text: str) -> bytes:
    """All of it once more below: two of each finding in a file."""
    return f"{text}\n\n{text}".encode()


def _within(header: str) -> Variation:
    def wrapped(text: str) -> bytes | None:
        return f"{header}\n{textwrap.indent(text, '    ')}".encode() if "from __future__" not in text else None

    return wrapped


def _first_lines(text: str) -> set[int]:
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt):
            decorators = getattr(node, "decorator_list", [])
            found.add(min([node.lineno, *(one.lineno for one in decorators)]))
    return found


LAYOUTS: dict[str, Variation] = {
    "plain": plain,
    "crlf": crlf,
    "bom": bom,
    "latin-1": latin_1,
    "no-final-newline": no_final_newline,
    "tabs": tabs,
    "comments-at-line-ends": comments_at_line_ends,
    "comments-above": comments_above,
    "wide-characters-before": wide_characters_before,
}
"""What changes no meaning: the same is found."""

SURROUNDINGS: dict[str, Variation] = {
    "twice": twice,
    "in-a-function": _within("def around():"),
    "in-an-async-function": _within("async def around():"),
    "in-a-class": _within("class Around:"),
    "in-an-if": _within("if True:"),
}
"""What may change meaning: less or other things may be found."""
