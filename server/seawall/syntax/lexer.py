"""Strings, f-strings and logical lines, found without the tokenizer: by position, in any text, whole or broken.

All functions take a text whose lines end at ``\\n`` alone. For valid code of any Python 3 they do as the tokenizer
does; in broken code they limit the damage: an unclosed string ends with its line, an unclosed bracket before the first line
that starts with a keyword which no bracket can hold.
"""

from __future__ import annotations

import keyword
import re
from typing import NamedTuple

MAX_NESTING = 8

_HARD = (
    "assert|break|class|continue|def|del|elif|except|finally|global|import|nonlocal|pass|raise|return|try|while|with"
)
_RESYNC = re.compile(
    rf"""[ \t\f]*(?:
        (?:async[ \t]+)?(?:{_HARD})\b
      | from[ \t]+[\w.]+[ \t]+import\b
      | [^\W\d]\w*(?:\.[^\W\d]\w*)+[ \t]*=(?!=)
      | @[^\n]*\n(?:[ \t\f]*@[^\n]*\n){0, 9}[ \t\f]*(?:async[ \t]+def|def|class)\b
    )""",
    re.X,
)
_NAMED_KEYWORDS = "|".join([*keyword.kwlist, "match", "type", "case", "print", "exec"])
_OPERATORS = "and|or|if|else|in|is|not|for|as|async|from"
# What no Python can have behind a string, and prose has: one word in its line, or two words in the next.
_PROSE = re.compile(
    rf"""[ \t]*(?!(?:{_OPERATORS})\b)[^\W\d]\w*+(?!["'])
       | (?:[ \t\f]*\n)+[ \t\f]*(?!(?:{_NAMED_KEYWORDS})\b)[^\W\d]\w*+[ \t]+(?!(?:{_OPERATORS})\b)[^\W\d]\w*+(?!["'])
    """,
    re.X,
)
_CLOSED = {
    '"': re.compile(r'(?:[^"\\\n]++|\\.)*+"', re.S),
    "'": re.compile(r"(?:[^'\\\n]++|\\.)*+'", re.S),
    '"""': re.compile(r'(?:[^"\\]++|\\.|"(?!""))*+"""', re.S),
    "'''": re.compile(r"(?:[^'\\]++|\\.|'(?!''))*+'''", re.S),
}
_SIMPLE = r""""(?!"")[^"\\\n{]*+"|'(?!'')[^'\\\n{]*+'"""
_PLAIN = r"""[^"'#()\[\]{}\\\n]"""
_FLAT = rf"""[(\[{{](?:{_PLAIN}++|{_SIMPLE})*+[)\]}}]"""
_ONE_LINE = re.compile(
    rf"""(?:{_PLAIN}++|{_SIMPLE}|{_FLAT}|[(\[{{](?:{_PLAIN}++|{_SIMPLE}|{_FLAT})*+[)\]}}])*+(?:\#[^\n]*+)?\n"""
)
_TOKEN = re.compile(
    rf"""{_PLAIN}*+(?:
        (\n)
      | ({_SIMPLE}|{_FLAT})
      | ([(\[{{])
      | ([)\]}}])
      | (\#[^\n]*+)
      | (\\\n?)
      | (\"""|'''|"|')
    )""",
    re.X,
)
_NEWLINE, _BALANCED, _OPEN, _CLOSE, _COMMENT, _BACKSLASH, _QUOTE = range(1, 8)
_PREFIX = re.compile(r"(?:[rR]?[fFtT]|[fFtT][rR]|[bB][rR]?|[rR][bB]?|[uU])\Z")
_NAME = re.compile(r"\w*\Z")


class Literal(NamedTuple):
    """Plain characters inside an f-string."""

    start: int
    end: int


class Field(NamedTuple):
    """A replacement field, from `{` to `}`."""

    start: int
    expr_start: int
    expr_end: int
    debug_end: int
    """Where the text that `=` repeats ends; 0 without `=`."""
    conversion: str
    spec: tuple[Literal | Field, ...] | None
    spec_start: int
    end: int


class Formatted(NamedTuple):
    """An f-string or t-string literal as written, without its neighbours."""

    start: int
    quote: str
    raw: bool
    template: bool
    parts: tuple[Literal | Field, ...]
    end: int


class Token(NamedTuple):
    """A string, a bracket or a comment."""

    kind: str
    """`"string"`, `"damage"` (an unclosed string), `"("`, `")"` or `"#"`."""
    start: int
    end: int
    depth: int


class Logical(NamedTuple):
    """Where a logical line ends (behind its newline), and how far one had to look to know."""

    end: int
    reach: int


def prefix_start(src: str, quote: int, floor: int = 0) -> int:
    """Where the string whose quote stands here begins, its prefix included."""
    name = _NAME.search(src, max(floor, quote - 3), quote)
    if name is None or name.end() - name.start() > 2 or not _PREFIX.match(name[0]):
        return quote
    return name.start()


def string_end(src: str, quote_at: int, quote: str, floor: int = 0, nesting: int = 0) -> tuple[int, int, bool]:
    """Where a string ends, how far one had to look, and whether it is closed; an unclosed one ends with its line."""
    start = prefix_start(src, quote_at, floor)
    prefix = src[start:quote_at].lower()
    body = quote_at + len(quote)
    reach = body
    end = -1
    has_fields = "f" in prefix or "t" in prefix
    if has_fields:
        parts, at = _parts(src, body, quote, "r" in prefix, False, nesting)
        if parts is not None:
            end = at + len(quote)
        reach = at
    # An f-string inside another has no second reading, or each level would double the work.
    if end < 0 and not (has_fields and nesting):
        closed = _CLOSED[quote].match(src, body)
        end = closed.end() if closed else -1
    if len(quote) == 3 and not nesting:
        if end < 0:
            reach = len(src)
        elif prose := _PROSE.match(src, end):
            reach = max(reach, prose.end())
            end = -1
    if end >= 0:
        return end, max(reach, end), True
    newline = src.find("\n", body)
    end = newline if newline >= 0 else len(src)
    return end, max(reach, end), False


def formatted(src: str, start: int, quote_at: int, quote: str) -> Formatted | None:
    """Read an f-string or a t-string; None if it is not whole."""
    prefix = src[start:quote_at].lower()
    parts, at = _parts(src, quote_at + len(quote), quote, "r" in prefix, False, 0)
    if parts is None:
        return None
    return Formatted(start, quote, "r" in prefix, "t" in prefix, parts, at + len(quote))


def logical_end(src: str, start: int) -> Logical:
    """Find the end of the logical line that starts here."""
    if line := _ONE_LINE.match(src, start):
        return Logical(line.end(), line.end())
    at, depth, reach, size = start, 0, 0, len(src)
    match = _TOKEN.match
    while token := match(src, at):
        at = token.end()
        kind = token.lastindex
        if kind == _NEWLINE:
            if depth <= 0 or _RESYNC.match(src, at):
                return Logical(at, max(at, reach))
        elif kind == _OPEN:
            depth += 1
        elif kind == _CLOSE:
            depth -= 1
        elif kind == _QUOTE:
            at, looked, _ = string_end(src, token.start(_QUOTE), token[_QUOTE], start)
            reach = max(reach, looked)
    return Logical(size, size)


def tokens(src: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The strings, brackets and comments of a stretch, with the depth of brackets at each."""
    found: list[Token] = []
    at, depth = start, 0
    stop = len(src) if end is None else end
    while token := _LOOSE.match(src, at, stop):
        kind = token.lastindex
        begin, at = token.start(kind or 0), token.end()
        if kind == 1:
            found.append(Token("(", begin, at, depth))
            depth += 1
        elif kind == 2:
            depth = max(0, depth - 1)
            found.append(Token(")", begin, at, depth))
        elif kind == 3:
            found.append(Token("#", begin, at, depth))
        elif kind == 5:
            at, _, closed = string_end(src, begin, token[5], start)
            found.append(Token("string" if closed else "damage", prefix_start(src, begin, start), at, depth))
        elif kind == 6 and depth and _RESYNC.match(src, at):
            depth = 0
    return found


_LOOSE = re.compile(r"""[^"'#()\[\]{}\\\n]*+(?:([(\[{])|([)\]}])|(\#[^\n]*+)|(\\\n?)|(\"""|'''|"|')|(\n))""", re.X)
_LITERAL_RUN = re.compile(r"""[^{}\\\n"']++""")
_EXPRESSION_RUN = re.compile(r"""[^"'#()\[\]{}:!=\\\n<>]++""")
_DEBUG = re.compile(r"=[ \t\n\f]*(?=[!:}])")
_CONVERSION = re.compile(r"!([ \t]*[a-zA-Z_]\w*[ \t]*)(?=[:}])")

_Parts = tuple["Literal | Field", ...]


def _parts(src: str, at: int, quote: str, raw: bool, in_spec: bool, nesting: int) -> tuple[_Parts | None, int]:
    """The parts up to the closing quote (or, in a format spec, the closing brace), and where that stands."""
    parts: list[Literal | Field] = []
    begin, size = at, len(src)
    if nesting > MAX_NESTING:
        return None, at
    while at < size:
        run = _LITERAL_RUN.match(src, at)
        if run:
            at = run.end()
            continue
        char = src[at]
        if char == "\\":
            if not raw and src.startswith("N{", at + 1):
                close = src.find("}", at)
                at = close + 1 if close >= 0 else size
            else:
                at += 1 if src[at + 1 : at + 2] in ("{", "}") else 2
        elif char == "\n":
            if len(quote) == 1:
                return None, at
            at += 1
        elif char == "{":
            if not in_spec and src.startswith("{", at + 1):
                at += 2
                continue
            if at > begin:
                parts.append(Literal(begin, at))
            field, at = _field(src, at, quote, raw, nesting + 1)
            if field is None:
                return None, at
            parts.append(field)
            begin = at
        elif char == "}":
            if in_spec:
                break
            if not src.startswith("}", at + 1):
                return None, at
            at += 2
        elif src.startswith(quote, at):
            if in_spec:
                return None, at
            break
        else:
            at += 1
    if at >= size:
        return None, size
    if at > begin:
        parts.append(Literal(begin, at))
    return tuple(parts), at


def _field(src: str, start: int, quote: str, raw: bool, nesting: int) -> tuple[Field | None, int]:
    at, depth, size = start + 1, 0, len(src)
    expr_start = at
    while at < size:
        run = _EXPRESSION_RUN.match(src, at)
        if run:
            at = run.end()
            continue
        char = src[at]
        if char in "\"'":
            inner = char * 3 if src.startswith(char * 3, at) else char
            at, _, closed = string_end(src, at, inner, expr_start, nesting)
            if not closed:
                return None, at
        elif char in "([{":
            depth += 1
            at += 1
        elif depth and char in ")]}":
            depth -= 1
            at += 1
        elif char == "#":
            newline = src.find("\n", at)
            at = newline if newline >= 0 else size
        elif char == "\n":
            at += 1
            if _RESYNC.match(src, at):
                return None, at
        elif char in "!=<>" and src.startswith("=", at + 1):
            at += 2
        elif not depth and char in ":!}=":
            if char == "=" and not _DEBUG.match(src, at):
                at += 1
                continue
            return _field_end(src, start, expr_start, at, quote, raw, nesting)
        elif char in ")]":
            return None, at
        else:
            at += 1
    return None, size


def _field_end(
    src: str, start: int, expr_start: int, at: int, quote: str, raw: bool, nesting: int
) -> tuple[Field | None, int]:
    expr_end, debug_end, conversion = at, 0, ""
    spec: _Parts | None = None
    spec_start = 0
    if debug := _DEBUG.match(src, at):
        at = debug_end = debug.end()
    if mark := _CONVERSION.match(src, at):
        conversion = mark[1].strip()
        at = mark.end()
    if src.startswith(":", at):
        spec_start = at
        spec, at = _parts(src, at + 1, quote, raw, True, nesting)
        if spec is None:
            return None, at
    if not src.startswith("}", at):
        return None, at
    return Field(start, expr_start, expr_end, debug_end, conversion, spec, spec_start, at + 1), at + 1
