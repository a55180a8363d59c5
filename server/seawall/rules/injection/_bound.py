"""Which characters of SQL text become a parameter, and what is bound to it."""

from __future__ import annotations

import ast
import re

import msgspec

from seawall.knowledge.sql import COLONS, Style
from seawall.patterns import pattern
from seawall.rules.base import File
from seawall.rules.injection._lists import expands, is_sized, items, separators, takes_arrays, tuple_of
from seawall.rules.injection._places import takes_value
from seawall.rules.injection._tainted import is_harmless_value, tainted
from seawall.rules.injection._template import Template, Value
from seawall.semantics.meanings.sql_call import HOLE, SqlCall
from seawall.semantics.types import Instance, options
from seawall.semantics.view import keyword

_IN = pattern(r"\b(?P<not>not\s+)?in\s*(?P<open>\()?\s*\Z", re.I)
_TYPED = pattern(r"\b(interval|date|time|timestamp|timestamptz)\s*\Z", re.I)
_CAST = pattern(r"\s*::\s*([a-z_]\w*(?:\s*\[\s*\])?)(?![\w(])", re.I)
_PREFIXED = pattern(r"[\w$&']\Z|\bescape\s*\Z", re.I)
"""`E'...'`, `'it''s'`, and what no parameter can stand for."""
_STRING = "builtins.str"
_OTHER_TYPE = "the value is bound as the type that it has here, which the column must take"


class Bound(msgspec.Struct):
    """Characters that a placeholder replaces, and the expression that is bound to it."""

    first: int
    last: int
    value: str
    node: ast.expr
    is_quoted: bool
    operator: str = ""
    """For a list: what stands before the placeholder, `= ANY(` or nothing where the placeholder itself expands."""
    is_list: bool = False
    is_spread: bool = False
    """For a list: whether each of its items gets a mark and is a value of its own."""
    placeholder: str = ""
    cast: str = ""
    """The type that the text says it is of."""
    doubt: str = ""
    """Why what is bound may not be taken like what stood in the text."""


def find_bound(template: Template, sql: SqlCall, file: File, unsafe: set[ast.expr] | None = None) -> list[Bound] | None:
    """Every value in the text; None if one of them stands where no parameter can. `unsafe` may not stay in any case."""
    if unsafe is None:
        unsafe = {one.value for one in tainted(sql, file)}
    return _Finder(template, sql, file, unsafe).find()


def casts(one: Bound, style: Style, written: str) -> str:
    """The placeholder with the type that it is to have."""
    if not one.cast:
        return written
    if style in COLONS:  # where `:name::type` is not understood
        return f"CAST({written} AS {one.cast})"
    if style is Style.NUMERIC and one.is_quoted:  # asyncpg would demand a value of that very type
        return f"{written}::text::{one.cast}"
    return f"{written}::{one.cast}"


class _Finder:
    def __init__(self, template: Template, sql: SqlCall, file: File, unsafe: set[ast.expr]) -> None:
        self.template = template
        self.chars = template.chars
        self.sql = sql
        self.file = file
        self.style = sql.sink.style
        self.unsafe = unsafe

    def find(self) -> list[Bound] | None:
        if "$$" in self.template.text:
            return None
        found: list[Bound] = []
        number = at = 0
        while at < len(self.chars):
            char = self.chars[at].text
            if char == "-" and at + 1 < len(self.chars) and self.chars[at + 1].text == "-":
                while at < len(self.chars) and self.chars[at].text != "\n":
                    if self.chars[at].text == HOLE:
                        return None
                    at += 1
                continue
            if char in ("'", '"', "`"):
                close = next((n for n in range(at + 1, len(self.chars)) if self.chars[n].text == char), None)
                if close is None:
                    return None
                count = sum(self.chars[n].text == HOLE for n in range(at, close))
                if count:
                    values = self.template.values[number : number + count]
                    one = (
                        (self._quoted_list(at, close, values) or self._quoted(at, close, values))
                        if char == "'"
                        else None
                    )
                    if one is None:
                        return None
                    found.append(one)
                    number += count
                    close = one.last
                at = close + 1
                continue
            if char == HOLE:
                value = self.template.values[number]
                number += 1
                one = self._listed(at, value.node) or self._bare(at, value.node)
                if one is not None:
                    found.append(one)
                    at = one.last
                elif value.node in self.unsafe or not self._may_stay(value.node) or value.written:
                    return None
            at += 1
        return found

    def _before(self, at: int) -> str:
        return "".join(char.text for char in self.chars[:at])

    def _after(self, at: int, length: int = 40) -> str:
        return "".join(char.text for char in self.chars[at + 1 : at + 1 + length])

    def _may_stay(self, node: ast.expr) -> bool:
        """Whether a value may stay in the text: a constant, or a number where no parameter can stand."""
        return not self.template.tails and (self.file.literal(node) is not None or is_harmless_value(node, self.file))

    def _quoted(self, first: int, last: int, values: list[Value]) -> Bound | None:
        """`'%{q}%'` as one value."""
        before, after = self._before(first), self._after(last)
        start, cast = first, ""
        if (typed := _TYPED.search(before)) is not None:  # `date '{day}'`
            if self.style is Style.QMARK or len(before) != first:
                return None
            start, cast = typed.start(), typed[1].lower()
        elif _PREFIXED.search(before):
            return None
        if after.startswith("'"):
            return None
        end = last
        if after.lstrip().startswith(":"):
            match = _CAST.match(after)
            if match is None or cast or self.style is Style.QMARK:
                return None
            end, cast = last + match.end(), match[1]
        inner = self.chars[first + 1 : last]
        if any("'" in one for value in values for one in separators(value.node)):
            return None
        if len(inner) == 1:
            value = values[0]
            text = f'f"{value.written}"' if value.written else self.file.text(value.node)
            is_text = bool(value.written) or bool(cast) or _may_be_text(value.node, self.file)
            if "\n" in text:
                return None
            return Bound(start, end, text, value.node, True, cast=cast, doubt="" if is_text else _OTHER_TYPE)
        whole = self._joined(first, last, values)
        return Bound(start, end, whole, values[0].node, True, cast=cast) if whole is not None else None

    def _joined(self, first: int, last: int, values: list[Value]) -> str | None:
        """The f-string of what stands between quotes."""
        pieces, waiting = [], list(values)
        for char in self.chars[first + 1 : last]:
            if char.text == HOLE:
                value = waiting.pop(0)
                pieces.append(value.written or f"{{{self.file.text(value.node)}}}")
            elif "\\" in char.text or "\n" in char.text:
                return None
            else:
                pieces.append(char.text.replace("{", "{{").replace("}", "}}"))
        text = "".join(pieces)
        if self.style is Style.FORMAT and is_formatted(self.sql):
            text = text.replace("%%", "%")
        quote = "'" if '"' in text else '"'
        return None if quote in text or "\n" in text else f"f{quote}{text}{quote}"

    def _bare(self, at: int, node: ast.expr) -> Bound | None:
        """A value that stands for itself, with no quotes around."""
        before, after = self._before(at), self._after(at)
        if self.file.literal(node) is not None or re.match(r"[\w.(]", after):
            return None
        end, cast = at, ""
        if after.startswith(":"):
            match = _CAST.match(after)
            if match is None:
                return None
            end, cast = at + match.end(), match[1]
        text = self.file.text(node)
        if not takes_value(before) or "\n" in text:
            return None
        doubt = "" if _is_number(node, self.file) else _OTHER_TYPE
        return Bound(at, end, text, node, False, cast=cast, doubt=doubt)

    # -- lists --------------------------------------------------------------------------------------------------------

    def _listed(self, at: int, node: ast.expr) -> Bound | None:
        """`IN ({",".join(ids)})` and `IN {tuple(ids)}` as one list."""
        before = self._before(at)
        match = _IN.search(before)
        if match is None or len(before) != at:
            return None
        if match["open"] is None:
            several = tuple_of(node)
            return self._list(match, at, at, several, False) if several is not None else None
        close = at + 1
        while close < len(self.chars) and self.chars[close].text.isspace():
            close += 1
        found = items(node)
        if close >= len(self.chars) or self.chars[close].text != ")" or found is None:
            return None
        return self._list(match, match.start("open"), close, *found)

    def _quoted_list(self, first: int, last: int, values: list[Value]) -> Bound | None:
        """`IN ('{"','".join(names)}')`."""
        before = self._before(first)
        match = _IN.search(before)
        after = self._after(last)
        close = last + 1 + len(after) - len(after.lstrip())
        if match is None or match["open"] is None or len(before) != first or last - first != 2 or len(values) != 1:
            return None
        match values[0].node:
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(separator)), attr="join"), args=[joined]):
                if re.fullmatch(r"'\s*,\s*'", separator) and after.lstrip().startswith(")"):
                    return self._list(match, match.start("open"), close, joined, True)
        return None

    def _list(self, match: re.Match[str], first: int, last: int, several: ast.expr, is_quoted: bool) -> Bound | None:
        text = self.file.text(several)
        if "\n" in text or not isinstance(several, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
            return None
        doubt = "" if is_quoted else _OTHER_TYPE
        if expands(self.sql):
            return Bound(first, last, text, several, is_quoted, is_list=True, doubt=doubt)
        if takes_arrays(self.sql):
            operator = "<> ALL(" if match["not"] else "= ANY("
            return Bound(match.start(), last, text, several, is_quoted, operator, True, doubt=doubt)
        if self.style in (Style.QMARK, Style.FORMAT):
            if not is_sized(several, self.file):
                doubt = f"`{text}` must have a length, which is not certain"
            return Bound(first, last, text, several, is_quoted, is_list=True, is_spread=True, doubt=doubt)
        return None


def is_formatted(sql: SqlCall) -> bool:
    """Whether the driver reads percent signs in the text already: it does where values are given."""
    return sql.sink.formats or (not sql.hops and given(sql) is not None)


def given(sql: SqlCall) -> ast.expr | None:
    """The parameters that the call is given already."""
    if sql.sink.keyword == "where":
        return keyword(sql.call, "select_params" if isinstance(sql.statement, ast.Dict) else "params")
    if len(sql.call.args) > 1:
        return sql.call.args[1]
    for name in ("params", "parameters", "values", "vars", "args", "query_params", "param_list", "params_seq"):
        if (value := keyword(sql.call, name)) is not None:
            return value
    return None


def _may_be_text(node: ast.expr, file: File) -> bool:
    """Whether nothing says that the value is anything else but a string."""
    return all(isinstance(one, Instance) and one.cls == _STRING for one in options(file.type_of(node)))


def _is_number(node: ast.expr, file: File) -> bool:
    found = options(file.type_of(node))
    return bool(found) and all(isinstance(one, Instance) and one.cls != _STRING for one in found)
