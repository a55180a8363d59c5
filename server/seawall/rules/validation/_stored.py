"""What a handler returns of a database's rows: objects, lists of them, and dictionaries that are built of them."""

from __future__ import annotations

import ast
from typing import NamedTuple

from seawall.rules.auth._passwords import is_django, is_model
from seawall.rules.base import File
from seawall.rules.returned import classes, is_many

RECORDS = frozenset({"asyncpg.Record", "psycopg.rows.Row"})
"""A row of whatever was selected: it has the columns of no one table."""

_CONVERSIONS = frozenset({"str", "int", "float", "round", "list", "sorted", "max", "min", "abs"})
_MAX_DEPTH = 8


class Stored(NamedTuple):
    """Of which class something is, and in which shape it is returned."""

    model: str
    many: bool = False
    keys: tuple[str, ...] | None = None
    """Those of a dictionary whose values are attributes of one name; None for objects and for other dictionaries."""
    is_object: bool = False


def stored_in(file: File, value: ast.expr, depth: int = 0) -> Stored | None:
    """What a returned expression certainly holds of a database's rows; None if that is not proved."""
    if depth > _MAX_DEPTH:
        return None
    match value:
        case ast.Dict():
            model = next((found for one in value.values if (found := _model_in(file, one, depth + 1))), None)
            return Stored(model, keys=_keys(file, value, model)) if model is not None else None
        case ast.ListComp(elt=element) | ast.List(elts=[element]):
            inner = stored_in(file, element, depth + 1)
            return inner._replace(many=True) if inner is not None and not inner.many else None
        case ast.Call(func=ast.Name(id="dict"), args=[row], keywords=[]) if (record := _single(file, row)) in RECORDS:
            return Stored(record or "")
        case ast.Name():
            origin = _origin(file, value)
            if isinstance(origin, (ast.Dict, ast.ListComp, ast.List)):
                return stored_in(file, origin, depth + 1)
    type_ = file.type_of(value)
    names = list(dict.fromkeys(classes(type_)))
    if len(names) == 1 and _is_table(file, names[0]):
        return Stored(names[0], many=is_many(type_), is_object=True)
    return None


def _is_table(file: File, cls: str) -> bool:
    return cls in RECORDS or (is_model(file.index, cls) and not is_django(file.index, cls))


def _origin(file: File, name: ast.Name) -> ast.expr | None:
    """The one expression that a name certainly stands for."""
    scope = file.scan.scopes[name]
    while scope.parent is not None and name.id not in scope.bindings and not scope.is_function:
        scope = scope.parent
    bindings = scope.bindings.get(name.id, [])
    if len(bindings) != 1 or not scope.is_function:
        return None
    match file.parent(bindings[0]):
        case ast.Assign(targets=[target], value=value) if target is bindings[0]:
            return value
        case ast.AnnAssign(target=target, value=value) if target is bindings[0]:
            return value
    return None


def _model_in(file: File, value: ast.expr, depth: int) -> str | None:
    """The class of which a dictionary's value is an object or holds what is kept in a column."""
    if depth > _MAX_DEPTH:
        return None
    inner: list[ast.expr] = []
    match value:
        case ast.Attribute(value=owner, attr=name):
            model = _single(file, owner)
            if model is not None and name in file.index.attributes(model):
                return model
        case ast.Subscript(value=owner) if (record := _single(file, owner)) in RECORDS:
            return record
        case ast.BinOp(left=left, right=right):
            inner = [left, right]
        case ast.IfExp(body=body, orelse=orelse):
            inner = [body, orelse]
        case ast.BoolOp(values=values) | ast.Dict(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
            inner = values
        case ast.ListComp(elt=element):
            inner = [element]
        case ast.Call(func=ast.Name(id="bool"), args=[ast.Attribute() | ast.Subscript() as read]):
            inner = [read]
        case ast.Call(func=ast.Attribute(value=owner)):
            inner = [owner]
        case ast.Call(func=ast.Name(id=name), args=args) if name in _CONVERSIONS:
            inner = args
        case ast.Name():
            origin = _origin(file, value)
            inner = [origin] if origin is not None else []
    found = [_model_in(file, one, depth + 1) for one in inner]
    for model in (*found, _single(file, value)):
        if model is not None:
            return model
    return None


def _single(file: File, value: ast.expr) -> str | None:
    """The table of which a value is one object or several."""
    names = list(dict.fromkeys(classes(file.type_of(value))))
    return names[0] if len(names) == 1 and _is_table(file, names[0]) else None


def _keys(file: File, value: ast.Dict, model: str) -> tuple[str, ...] | None:
    """The keys, if each holds the attribute of its name of the one class."""
    keys = []
    for key, one in zip(value.keys, value.values, strict=True):
        match key, one:
            case ast.Constant(value=str(name)), ast.Attribute(value=owner, attr=attribute) if (
                name == attribute and _single(file, owner) == model
            ):
                keys.append(name)
            case _:
                return None
    return tuple(keys)
