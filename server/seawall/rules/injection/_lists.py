"""Lists in SQL text: which collection's items stand between the parentheses of `IN (...)`, and how they can be bound."""

from __future__ import annotations

import ast

from seawall.knowledge.sql import COLONS, Style
from seawall.rules.base import File
from seawall.rules.injection._template import Literal
from seawall.semantics.meanings.sql_call import SqlCall
from seawall.semantics.types import Instance, options

_SIZED = frozenset({
    "builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "builtins.dict", "typing.Sequence", "typing.Collection",
    "typing.Mapping", "typing.AbstractSet",
})  # fmt: skip


def items(node: ast.expr) -> tuple[ast.expr, bool] | None:
    """The collection whose items a join puts between commas, and whether it quotes them."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(comma)), attr="join"), args=[joined]):
            pass
        case _:
            return None
    if comma.strip() != ",":
        return None
    match joined:
        case ast.Name() | ast.Attribute():
            return joined, False
        case ast.Call(func=ast.Name(id="map"), args=[ast.Name(id="str"), inner]):
            return inner, False
        case ast.GeneratorExp(elt=element, generators=[one]) | ast.ListComp(elt=element, generators=[one]):
            if one.ifs or one.is_async or not isinstance(one.target, ast.Name):
                return None
            return _each(element, one.target.id, one.iter)
    return None


def _each(element: ast.expr, item: str, several: ast.expr) -> tuple[ast.expr, bool] | None:
    """`x`, `str(x)` and `f"'{x}'"` of a comprehension."""
    match element:
        case ast.Name(id=name) | ast.Call(func=ast.Name(id="str"), args=[ast.Name(id=name)]) if name == item:
            return several, False
        case ast.JoinedStr(
            values=[ast.Constant(value="'"), ast.FormattedValue(value=ast.Name(id=name)), ast.Constant(value="'")]
        ) if name == item:
            return several, True
    return None


def tuple_of(node: ast.expr) -> ast.expr | None:
    """`names` of `tuple(names)`."""
    match node:
        case ast.Call(func=ast.Name(id="tuple"), args=[inner], keywords=[]):
            return inner
    return None


def separators(node: ast.expr) -> list[str]:
    """What a join puts between."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(separator)), attr="join")):
            return [separator]
    return []


def expands(sql: SqlCall) -> bool:
    """Whether a list can be bound to one parameter, which SQLAlchemy makes several of."""
    return sql.sink.style in COLONS and sql.sink.style is not Style.NAMED


def takes_arrays(sql: SqlCall) -> bool:
    """Whether a list can be bound as PostgreSQL's array."""
    return sql.sink.style is Style.NUMERIC or sql.name.startswith("psycopg")


def is_sized(node: ast.expr, file: File) -> bool:
    """Whether a collection certainly has a length."""
    found = options(file.type_of(node))
    return bool(found) and all(isinstance(one, Instance) and one.cls in _SIZED for one in found)


def marks(style: Style, collection: str, literal: Literal) -> str | None:
    """As many marks as the collection has items, as a field of an f-string; None if its quotes do not allow that."""
    quote = "'" if literal.quote[0] == '"' else '"'
    one = f"[{quote}%s{quote}]" if style is Style.FORMAT else f"{quote}?{quote}"
    field = f"{quote}, {quote}.join({one} * len({collection}))"
    return f"({{{field}}})" if literal.quote[0] not in field and "\\" not in field else None
