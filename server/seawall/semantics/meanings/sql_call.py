"""Calls that take SQL text, and what that text is made of."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import msgspec

from seawall.knowledge import sql
from seawall.knowledge.sql import Sink, Style
from seawall.semantics.giving import filled
from seawall.semantics.origins import doubles_quotes
from seawall.semantics.scopes import Scope
from seawall.semantics.sql_parameters import sql_parameters
from seawall.semantics.summary import Hop, known
from seawall.semantics.types import Named, options
from seawall.semantics.view import View, argument
from seawall.syntax import is_template

HOLE = "\ue000"
"""Stands in SQL text for a value that is put into it."""

_MAX_DEPTH = 12
_UNPACKED = "**"
_BUILDERS = frozenset({"format", "join", "replace", "dedent", "cleandoc", "strip"})
_HELPERS = frozenset(
    {"execute", "fetch", "fetchrow", "fetchval", "fetchall", "fetchone", "fetch_all", "fetch_one", "query", "raw"}
)
"""Names among the libraries' that projects give to functions of their own."""
_FIELD = re.compile(r"%(?:\((\w+)\))?[-#0 +]*\d*(?:\.\d+)?[sdifrxeg]|\{(\w*)(?:![rsa])?(?::[^{}]*)?\}")
_NUMERIC = re.compile(r"^%.*[dixfeg]\Z|:[^{}]*[bdoxXeEfFgG%]\}\Z")
"""`%d` and `{:d}`, which raise for text."""
_WRAPPERS = frozenset({"textwrap.dedent", "inspect.cleandoc"})
_STATEMENT = re.compile(
    r"\b(select\b.*\bfrom|insert\s+into|update\b.*\bset|delete\s+from|replace\s+into|create\s+(table|index|view|user|role"
    r"|database|schema)|drop\s+\w+|alter\s+\w+|truncate|with\b.*\bas\s*\(|call\s+\w+|grant\b|set\s+\w+|select\b|^(?:un)?listen\s|^notify\s|^refresh\s+materialized)",
    re.I | re.S,
)


class Part(msgspec.Struct, frozen=True):
    """A piece of SQL text: constant, or a value put into it. `within` is the string expression it stands in."""

    text: str
    value: ast.expr | None
    within: ast.expr


class SqlCall(msgspec.Struct, frozen=True):
    """A call of something that takes SQL text."""

    call: ast.Call
    sink: Sink
    name: str
    """What is called, absolute."""
    statement: ast.expr
    """The argument with the SQL text."""
    hops: tuple[Hop, ...] = ()
    """Where a function of the project is called: the calls from there to the one that executes the text, ..."""
    executes: Sink | None = None
    """... and how that takes it."""

    @staticmethod
    def recognise(node: ast.Call, view: View) -> SqlCall | None:
        if not node.args and not node.keywords:
            return None
        name = view.called_name(node)
        if name in sql.METHODS:
            found = _of_library(node, view)
            if found is not None or name not in _HELPERS:
                return found
        return _of_project(node, view)

    def parts(self, view: View) -> list[Part]:
        """What the text is made of, as far as it can be seen; variables of the function are followed."""
        return list(parts(view, self.statement))


def _of_library(node: ast.Call, view: View) -> SqlCall | None:
    name, sink = _sink(node, view)
    if sink is None:
        return None
    statement = argument(node, sink.position, sink.keyword)
    if sink.keyword == "where":  # `extra(where=[...])`
        statement = next((one.value for one in node.keywords if one.arg in ("where", "select", "order_by")), None)
    if statement is None or is_template(statement):
        return None
    return SqlCall(node, sink, name, statement)


def _of_project(node: ast.Call, view: View) -> SqlCall | None:
    """A call of a function that executes one of its parameters; asked only where text that looks like SQL is handed over."""
    for one in node.args:
        if _may_be_statement(view, one):
            break
    else:
        if not any(_may_be_statement(view, one.value) for one in node.keywords):
            return None
    found = view.called_function(node)
    target = view.type_of(node.func)
    if found is None or not isinstance(target, Named):
        return None
    name, fact = view.index.resolve(found[0]).name, found[1]
    shift = filled(view.index, target, fact)
    for parameter, reach in sql_parameters(view.index, name).items():
        position = next(at for at, one in enumerate(fact.params) if one.name == parameter) - shift
        statement = argument(node, position, parameter) if position >= 0 else None
        if statement is not None and _may_be_statement(view, statement):
            sink = Sink(Style.OTHER, position, parameter)
            return SqlCall(node, sink, reach.name, statement, reach.hops, reach.sink)
    return None


def _may_be_statement(view: View, node: ast.expr) -> bool:
    """Whether an argument is visibly put together from text that looks like SQL."""
    if isinstance(node, ast.Name):
        return (view.scan.scopes.get(node), node.id) in view.once(_statements)
    return _holds_statement(node)


def _statements(view: View) -> set[tuple[Scope | None, str]]:
    """The variables that get such a text."""
    found: set[tuple[Scope | None, str]] = set()
    for kind in (ast.Assign, ast.AnnAssign, ast.AugAssign):
        for node in view.scan.nodes.get(kind, ()):
            assert isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign))
            if node.value is not None and _holds_statement(node.value):
                for target in node.targets if isinstance(node, ast.Assign) else (node.target,):
                    if isinstance(target, ast.Name):
                        found.add((view.scan.scopes.get(target), target.id))
    return found


def _holds_statement(node: ast.expr) -> bool:
    if not isinstance(node, (ast.JoinedStr, ast.BinOp, ast.Call, ast.IfExp)):
        return False
    if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) not in _BUILDERS:
        return False
    return any(
        isinstance(one, ast.Constant) and isinstance(one.value, str) and looks_like_sql(one.value)
        for one in ast.walk(node)
    )


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
                if isinstance(value, ast.FormattedValue) and _is_number_in(value):
                    yield Part("0", None, around)
                elif isinstance(value, ast.FormattedValue):
                    yield from _hole(view, value.value, around, depth)
                else:
                    yield from parts(view, value, around, depth + 1)
        case ast.BinOp(op=ast.Add()):
            for operand in _operands(node):
                yield from parts(view, operand, around, depth + 1)
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            yield from _filled(view, left, _percent_values(right), around, depth)
        case ast.Call(func=ast.Attribute(value=template, attr="format")):
            keywords = {one.arg or _UNPACKED: one.value for one in node.keywords}
            yield from _filled(view, template, (list(node.args), keywords), around, depth)
        case ast.Call(func=ast.Attribute(value=template, attr="format_map"), args=[mapping]):
            yield from _filled(view, template, ([], {_UNPACKED: mapping}), around, depth)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(separator)), attr="join"), args=[joined]):
            yield from _joined(view, separator, joined, around, depth)
        case ast.Call(func=ast.Attribute(attr="replace")) if doubles_quotes(node):
            yield Part(HOLE, node, around)
        case ast.Call(func=ast.Attribute(value=template, attr="replace"), args=[old, value, *_]):
            yield from _replaced(view, template, view.literal(old), value, around, depth)
        case ast.Call(func=ast.Attribute(value=inner, attr="strip" | "lstrip" | "rstrip" | "lower" | "upper"), args=[]):
            yield from parts(view, inner, around, depth + 1)
        case ast.Call(args=[inner, *_]) if view.callee(node) in _WRAPPERS:
            yield from parts(view, inner, None, depth + 1)
        case ast.IfExp(body=body, orelse=orelse):
            yield from parts(view, body, around, depth + 1)
            yield from parts(view, orelse, around, depth + 1)
        case ast.Name():
            yield from _variable(view, node, around, within is None, depth)
        case ast.List(elts=elements) | ast.Dict(values=elements) if within is None:
            for element in elements:
                yield from parts(view, element, None, depth + 1)
                yield Part(" AND ", None, node)
        case ast.Call(func=ast.Name(id="str"), args=[inner]):
            yield from _hole(view, inner, around, depth)
        case _:
            constant = view.literal(node)
            yield Part(constant, None, around) if isinstance(constant, str) else Part(HOLE, node, around)


def _is_number_in(field: ast.FormattedValue) -> bool:
    """`{count:d}`, which raises for text."""
    match field.format_spec:
        case ast.JoinedStr(values=[ast.Constant(value=str(spec))]):
            return field.conversion == -1 and spec[-1:] in "bdoxXeEfFgG%" and bool(spec)
    return False


def _operands(node: ast.expr) -> list[ast.expr]:
    """What a chain of `+` joins, from left to right."""
    found: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


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
    values = _assigned(view, bindings)
    if not any(_is_text(view, value) for value in values or ()):
        yield Part(HOLE, node, within)
        return
    for value in values or ():
        yield from parts(view, value, None if is_whole else within, depth + 1)


def _assigned(view: View, bindings: list[ast.AST], depth: int = 0) -> list[ast.expr] | None:
    """What a variable is set to and extended by, in this order; None if it is bound in other ways too."""
    values: list[ast.expr] = []
    for number, binding in enumerate(bindings):
        match view.parent(binding):
            case ast.Assign(targets=[target], value=value) if target is binding:
                values.append(value)
            case ast.AnnAssign(value=ast.expr() as value) | ast.NamedExpr(value=value):
                values.append(value)
            case ast.AugAssign(target=ast.Name() as target, op=ast.Add(), value=value):
                if not number and depth < _MAX_DEPTH:  # extends what it was before
                    before = [one for one in view.names.bindings(target) if one is not binding]
                    values.extend(_assigned(view, before, depth + 1) or ())
                values.append(value)
            case ast.For(target=target, iter=several) if target is binding and (
                elements := _elements(view, several, depth)
            ):
                values.extend(elements)
            case _:
                return None
    return values


def _elements(view: View, several: ast.expr, depth: int) -> list[ast.expr]:
    """What stands in a list that is written down, be it in a variable."""
    match several:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return elements
        case ast.Name() if depth < _MAX_DEPTH:
            lists = _assigned(view, view.names.bindings(several), depth + 1) or []
            return [element for one in lists for element in _elements(view, one, depth + 1)]
    return []


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


def _replaced(
    view: View, template: ast.expr, old: object, value: ast.expr, within: ast.expr, depth: int
) -> Iterator[Part]:
    """A template with a value wherever `old` stands in it; at its end, if that cannot be seen."""
    template_parts = list(parts(view, template, within, depth + 1))
    is_seen = isinstance(old, str) and old and any(part.value is None and old in part.text for part in template_parts)
    if not is_seen:
        yield from template_parts
        yield from _hole(view, value, within, depth)
        return
    for part in template_parts:
        pieces = part.text.split(str(old)) if part.value is None else [part.text]
        yield Part(pieces[0], part.value, part.within)
        for piece in pieces[1:]:
            yield from _hole(view, value, within, depth)
            yield Part(piece, None, part.within)


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
            if value is None and key:
                value = named.get(_UNPACKED)
            if value is not None and _NUMERIC.search(match[0]):
                yield Part("0", None, within)
            elif value is not None:
                yield from _hole(view, value, within, depth)
        yield Part(part.text[last:], None, within)
