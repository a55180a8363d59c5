"""Calls that take SQL text, and what that text is made of."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from seawall.knowledge import sql
from seawall.knowledge.sql import Sink
from seawall.semantics.summary import known
from seawall.semantics.types import Named, options
from seawall.semantics.view import View, argument
from seawall.syntax import is_template

HOLE = "\ue000"
"""Stands in SQL text for a value that is put into it."""

_MAX_DEPTH = 10
_FIELD = re.compile(r"%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?[sdifrxeg]|\{(\w*)(?:![rsa])?(?::[^{}]*)?\}")
_WRAPPERS = frozenset({"textwrap.dedent", "inspect.cleandoc"})
_STATEMENT = re.compile(
    r"\b(select\b.*\bfrom|insert\s+into|update\b.*\bset|delete\s+from|replace\s+into|create\s+(table|index|view|user|role"
    r"|database|schema)|drop\s+\w+|alter\s+\w+|truncate|with\b.*\bas\s*\(|call\s+\w+|grant\b|set\s+\w+|select\b)",
    re.I | re.S,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of SQL text: constant, or a value put into it. `within` is the string expression it stands in."""

    text: str
    value: ast.expr | None
    within: ast.expr


@dataclass(frozen=True, slots=True)
class SqlCall:
    """A call of something that takes SQL text."""

    call: ast.Call
    sink: Sink
    name: str
    """What is called, absolute."""
    statement: ast.expr
    """The argument with the SQL text."""

    calls: ClassVar = sql.METHODS | {"raw", "extra"}

    @staticmethod
    def recognise(node: ast.Call, view: View) -> SqlCall | None:
        if view.called_name(node) not in SqlCall.calls or not (node.args or node.keywords):
            return None
        name, sink = _sink(node, view)
        if sink is None:
            return None
        statement = argument(node, sink.position, sink.keyword)
        if statement is None or is_template(statement):
            return None
        return SqlCall(node, sink, name, statement)

    def parts(self, view: View) -> list[Part]:
        """What the text is made of, as far as it can be seen; variables of the function are followed."""
        return list(parts(view, self.statement))


def _sink(node: ast.Call, view: View) -> tuple[str, Sink | None]:
    found = options(view.type_of(node.func))
    sinks: dict[str, Sink] = {}
    for one in found:
        if not isinstance(one, Named):
            return "", None
        row = known(view.index, sql.SINKS, one.name)
        if row is None:
            return "", None
        sinks[one.name] = row
    if sinks:
        return next(iter(sinks.items()))
    return _django(node, view)


def _django(node: ast.Call, view: View) -> tuple[str, Sink | None]:
    """`Book.objects.raw(...)` of a model."""
    match node.func:
        case ast.Attribute(value=ast.Attribute(value=model, attr="objects"), attr="raw"):
            found = view.type_of(model)
            if isinstance(found, Named) and view.index.is_subclass(found.name, "django.db.models.Model"):
                return "django.db.models.Manager.raw", sql.SINKS["django.db.models.Manager.raw"]
    return "", None


def looks_like_sql(text: str) -> bool:
    """Whether constant text is (part of) a statement and not prose."""
    return _STATEMENT.search(text) is not None


def parts(view: View, node: ast.expr, within: ast.expr | None = None, depth: int = 0) -> Iterator[Part]:
    """The pieces of a string expression, from left to right."""
    around = within or node
    if depth > _MAX_DEPTH or is_template(node):
        return
    match node:
        case ast.Constant(value=str(text)):
            yield Part(text, None, around)
        case ast.JoinedStr(values=values):
            for value in values:
                if isinstance(value, ast.FormattedValue):
                    yield from _hole(view, value.value, around, depth)
                else:
                    yield from parts(view, value, around, depth + 1)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield from parts(view, left, around, depth + 1)
            yield from parts(view, right, around, depth + 1)
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            yield from _filled(view, left, _percent_values(right), around, depth)
        case ast.Call(func=ast.Attribute(value=template, attr="format")):
            keywords = {one.arg: one.value for one in node.keywords if one.arg}
            yield from _filled(view, template, (list(node.args), keywords), around, depth)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(separator)), attr="join"), args=[joined]):
            yield from _joined(view, separator, joined, around, depth)
        case ast.Call(func=ast.Attribute(value=template, attr="replace"), args=[_, value, *_]):
            yield from parts(view, template, around, depth + 1)
            yield from _hole(view, value, around, depth)
        case ast.Call(func=ast.Attribute(value=inner, attr="strip" | "lstrip" | "rstrip" | "lower" | "upper"), args=[]):
            yield from parts(view, inner, around, depth + 1)
        case ast.Call(args=[inner, *_]) if view.callee(node) in _WRAPPERS:
            yield from parts(view, inner, None, depth + 1)
        case ast.IfExp(body=body, orelse=orelse):
            yield from parts(view, body, around, depth + 1)
            yield from parts(view, orelse, around, depth + 1)
        case ast.Name():
            yield from _variable(view, node, around, within is None, depth)
        case ast.Call(func=ast.Name(id="str"), args=[inner]):
            yield from _hole(view, inner, around, depth)
        case _:
            constant = view.literal(node)
            yield Part(constant, None, around) if isinstance(constant, str) else Part(HOLE, node, around)


def _hole(view: View, value: ast.expr, within: ast.expr, depth: int) -> Iterator[Part]:
    constant = view.literal(value)
    if constant is not None:
        yield Part(str(constant), None, within)
    elif isinstance(value, (ast.JoinedStr, ast.BinOp, ast.Name, ast.IfExp)) or _is_text_method(value):
        yield from parts(view, value, within, depth + 1)
    else:
        yield Part(HOLE, value, within)


def _is_text_method(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("join", "format")


def _variable(view: View, node: ast.Name, within: ast.expr, is_whole: bool, depth: int) -> Iterator[Part]:
    bindings = view.names.bindings(node)
    if not bindings:
        constant = view.literal(node)
        yield Part(constant, None, within) if isinstance(constant, str) else Part(HOLE, node, within)
        return
    values = []
    for binding in bindings:
        match view.parent(binding):
            case ast.Assign(targets=[target], value=value) if target is binding:
                values.append(value)
            case ast.AnnAssign(value=ast.expr() as value) | ast.AugAssign(value=value) | ast.NamedExpr(value=value):
                values.append(value)
            case _:
                yield Part(HOLE, node, within)
                return
    if not any(_is_text(view, value) for value in values):
        yield Part(HOLE, node, within)
        return
    for value in values:
        yield from parts(view, value, None if is_whole else within, depth + 1)


def _is_text(view: View, node: ast.expr) -> bool:
    """Whether an expression is visibly put together from text, so that looking into it tells more."""
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            return True
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
            return _is_text(view, left) or _is_text(view, right)
        case ast.IfExp(body=body, orelse=orelse):
            return _is_text(view, body) or _is_text(view, orelse)
        case ast.Call(func=ast.Attribute(value=inner, attr="format" | "join" | "strip" | "replace")):
            return _is_text(view, inner) or isinstance(inner, ast.Name)
        case ast.Call(args=[inner, *_]):
            return view.callee(node) in _WRAPPERS
    return isinstance(view.literal(node), str)


def _joined(view: View, separator: str, joined: ast.expr, within: ast.expr, depth: int) -> Iterator[Part]:
    match joined:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            for number, element in enumerate(elements):
                if number:
                    yield Part(separator, None, within)
                yield from _hole(view, element, within, depth)
        case ast.GeneratorExp(elt=element) | ast.ListComp(elt=element):
            yield from _hole(view, element, within, depth)
        case _:
            yield Part(HOLE, joined, within)


def _percent_values(right: ast.expr) -> tuple[list[ast.expr], dict[str, ast.expr]]:
    match right:
        case ast.Tuple(elts=elements):
            return list(elements), {}
        case ast.Dict(keys=keys, values=values):
            named = zip(keys, values, strict=True)
            return [], {
                key.value: value for key, value in named if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
    return [right], {}


def _filled(
    view: View,
    template: ast.expr,
    values: tuple[list[ast.expr], dict[str, ast.expr]],
    within: ast.expr,
    depth: int,
) -> Iterator[Part]:
    """A template with its values in the places of `%s` or `{}`."""
    positional, named = values
    waiting = list(positional)
    is_format = not isinstance(view.parent(template), ast.BinOp)
    for part in parts(view, template, within, depth + 1):
        if part.value is not None:
            yield part
            continue
        last = 0
        for match in _FIELD.finditer(part.text):
            if match[0].startswith("{") is not is_format:
                continue
            yield Part(part.text[last : match.start()], None, within)
            last = match.end()
            key = match[1] or match[2] or ""
            value = named.get(key) if key and not key.isdigit() else None
            if value is None and key.isdigit() and int(key) < len(positional):
                value = positional[int(key)]
            if value is None and not key and waiting:
                value = waiting.pop(0)
            if value is not None:
                yield from _hole(view, value, within, depth)
        yield Part(part.text[last:], None, within)
