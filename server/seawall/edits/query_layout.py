"""How a query that is run is laid out: on the lines that the legacy query had, in the brackets that are there by now."""

from __future__ import annotations

import ast
import re
from typing import NamedTuple

from seawall.edits.layout import one_level
from seawall.semantics.view import View
from seawall.syntax import Range, range_of

_CALLED = re.compile(
    r"(?:\b(?!(?:return|yield|await|in|if|else|and|or|not|is|lambda|assert|for|while|del|raise)\b)\w+|[)\]}])\s*$"
)
_CONTINUED = re.compile(r"[ \t]*\\\n")


class Run(NamedTuple):
    """`head(query)`, or `(head(query))tail` if it has one: `(await session.scalars(query)).all()`."""

    head: str
    query: str
    tail: str = ""


class Written(NamedTuple):
    """A text and where it goes: the place of an expression, with the parentheses around it if they are not needed any more."""

    text: str
    place: Range


def written(view: View, node: ast.expr, run: Run, *, is_operand: bool = False) -> Written:
    """The text for a query that is run in the place of `node`; `is_operand` says that more is done with the result."""
    head, query, tail = run
    is_wrapped = bool(tail) or is_operand
    if "\n" not in query or _has_text_of_several_lines(node):
        closing = f"\n{_indent(view, node.lineno)})" if query.rpartition("\n")[2].lstrip().startswith("#") else ")"
        text = f"{head}({query}{closing}"
        return Written(f"({text}){tail}" if is_wrapped else text, range_of(node))
    place = _with_parentheses(view, node)
    outer, chain = _indent(view, place.start_line), _indent(view, node.lineno)
    level = "\t" if "\t" in outer else one_level(view.item.text)
    inner = outer + level * (2 if is_wrapped else 1)
    lines = _CONTINUED.sub("\n", query).split("\n")
    body = [inner + lines[0], *(inner + line.removeprefix(chain) if line.strip() else line for line in lines[1:])]
    if not is_wrapped:
        return Written("\n".join([f"{head}(", *body, f"{outer})"]), place)
    return Written("\n".join(["(", f"{outer}{level}{head}(", *body, f"{outer}{level})", f"{outer}){tail}"]), place)


def _indent(view: View, line: int) -> str:
    text = view.item.text.split("\n")[line - 1]
    return text[: len(text) - len(text.lstrip(" \t\f"))]


def _has_text_of_several_lines(node: ast.expr) -> bool:
    return any(
        isinstance(each, ast.Constant | ast.JoinedStr) and each.end_lineno != each.lineno for each in ast.walk(node)
    )


def _with_parentheses(view: View, node: ast.expr) -> Range:
    """Where a node stands, with parentheses that hold nothing else and were only there to spread it over lines."""
    lines, here = view.item.text.split("\n"), range_of(node)
    line, before = here.start_line, lines[here.start_line - 1].encode()[: here.start_col].decode()
    while not before.strip() and line > 1:
        line -= 1
        before = lines[line - 1]
    last, after = here.end_line, lines[here.end_line - 1].encode()[here.end_col :].decode()
    while not after.strip() and last < len(lines):
        last += 1
        after = lines[last - 1]
    opening, closing = before.rstrip(), after.lstrip()
    if not opening.endswith("(") or not closing.startswith(")") or _CALLED.search(opening[:-1]):
        return here
    start = len(opening[:-1].encode())
    skipped = len(after) - len(closing) + 1
    end = (here.end_col if last == here.end_line else 0) + len(after[:skipped].encode())
    return Range(line, start, last, end)
