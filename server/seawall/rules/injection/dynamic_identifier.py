"""A client chooses the table, column or direction of a query.

A name cannot be bound as a parameter, so it becomes part of the statement as it came: `ORDER BY (CASE WHEN ... THEN id ELSE name END)`
reads the whole database by the order of rows. Where an ORM looks the name up instead (`getattr(Book, sort)`, Django's `order_by` and
`filter(**{field: value})`), SQL cannot be injected, but any attribute can be reached, also `owner__password` of a related model, and
its value guessed by the rows that come back. Names have to be picked from a closed set.

Not flagged: names looked up in a mapping or checked against a closed set, enums and literals, keys of a schema's `model_dump()`, names that no
client is proved to send, `sql.Identifier` and its like.

Example:
    import psycopg
    from fastapi import FastAPI

    app = FastAPI()


    @app.get("/count")
    def count(table: str):
        with psycopg.connect("") as connection:
            return connection.execute(«f"SELECT count(*) FROM {table}"»).fetchone()

Fixed:
    import psycopg
    from fastapi import FastAPI

    app = FastAPI()


    @app.get("/count")
    def count(table: str):
        with psycopg.connect("") as connection:
            return connection.execute(psycopg.sql.SQL("SELECT count(*) FROM {}").format(psycopg.sql.Identifier(table))).fetchone()
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.knowledge.outside import TASK
from seawall.rules.base import File, Finding, Severity
from seawall.rules.injection._naming import check_first_fixes, identifier_fixes
from seawall.rules.injection._places import Place
from seawall.rules.injection._tainted import arrival_of, tainted
from seawall.rules.injection._way import severity_of, way, way_here
from seawall.semantics.facts import ClassFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.sql_call import SqlCall
from seawall.semantics.symbols import Constant
from seawall.semantics.taint import Arrival
from seawall.semantics.types import Named

code, severity = "SW403", Severity.WARNING

_MAPPED = (
    "sqlalchemy.orm.DeclarativeBase",
    "sqlalchemy.orm.DeclarativeBaseNoMeta",
    "sqlalchemy.orm.declarative_base()",
)
_DJANGO = ("django.db.models.Manager", "django.db.models.QuerySet")
_ORDERS = frozenset({"order_by", "distinct", "values", "values_list", "only", "defer"})
_FILTERS = frozenset({"filter", "exclude", "get", "aget", "complex_filter", "update", "get_or_create"})


def check(node: ast.Call, file: File) -> Iterator[Finding]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "getattr" and len(node.args) > 1:
        yield from _attribute(node, file)
    elif name in _ORDERS and node.args and not isinstance(node.args[0], ast.Constant):
        yield from _ordered(node, file)
    elif name in _FILTERS and any(one.arg is None for one in node.keywords):
        yield from _filtered(node, file)
    else:
        sql = file.subject(SqlCall.recognise, node)
        if isinstance(sql, SqlCall):
            yield from _in_text(sql, file)


def _in_text(sql: SqlCall, file: File) -> Iterator[Finding]:
    found = [one for one in tainted(sql, file) if one.arrival is not None and one.arrival.source != TASK]
    names = [one for one in found if one.place is Place.NAME]
    injected = {one.part.within for one in found if one.place is not Place.NAME}
    first = next((one for one in names if one.part.within not in injected), None)
    if first is None or first.arrival is None:
        return
    yield file.finding(
        first.part.within,
        f"`{file.text(first.value)}` from {first.arrival.source} chooses a name in the SQL text, let it choose from a closed set",
        *identifier_fixes(sql, [one.value for one in names], file),
        related=way(first, sql, file),
        severity=severity_of(first.arrival, severity),
    )


def _attribute(node: ast.Call, file: File) -> Iterator[Finding]:
    """`getattr(Book, sort)`."""
    model, name = node.args[0], node.args[1]
    if isinstance(name, ast.Constant) or not isinstance(model, (ast.Name, ast.Attribute)):
        return
    found = file.type_of(model)
    if not isinstance(found, Named) or not _is_mapped(file.index, found.name):
        return
    arrival = _arrival(name, file)
    if arrival is not None:
        yield file.finding(
            node,
            f"`{file.text(name)}` from {arrival.source} chooses any attribute of `{file.text(model)}`, check it against its columns",
            *check_first_fixes(node, arrival, file),
            related=way_here(arrival),
            severity=severity_of(arrival, severity),
        )


def _is_mapped(index: Index, cls: str) -> bool:
    fact = index.resolve(cls).fact
    return isinstance(fact, ClassFact) and (
        index.is_subclass(cls, *_MAPPED)
        or "__tablename__" in index.attributes(cls)
        or any(name == "table" and value == Constant(True) for name, value in fact.keywords)
    )


def _ordered(node: ast.Call, file: File) -> Iterator[Finding]:
    """Django's `order_by(sort)`: raises FieldError for what is no field, but follows relations to any that is one."""
    if not _is_django(node, file):
        return
    for argument in node.args:
        value = argument.value if isinstance(argument, ast.Starred) else argument
        arrival = _arrival(value, file) if not isinstance(value, ast.Constant) else None
        if arrival is not None:
            yield _field(value, arrival, f"`{file.text(value)}`", file)
            return


def _filtered(node: ast.Call, file: File) -> Iterator[Finding]:
    """Django's `filter(**{field: value})`."""
    for keyword in node.keywords:
        if keyword.arg is not None:
            continue
        keys = _keys(keyword.value, file)
        arrival = next((found for key in keys if (found := _arrival(key, file)) is not None), None)
        if arrival is not None and _is_django(node, file):
            yield _field(keyword.value, arrival, f"`{file.text(keys[0])}`", file)
            return


def _arrival(value: ast.expr, file: File) -> Arrival | None:
    """How the name comes from outside; the program's own queue is no evidence."""
    arrival = arrival_of(value, file)
    return arrival if arrival is not None and arrival.source != TASK else None


def _keys(value: ast.expr, file: File) -> list[ast.expr]:
    """The expressions that name fields in a dict."""
    match value:
        case ast.Dict(keys=keys):
            return [key for key in keys if key is not None and not isinstance(key, ast.Constant)]
        case ast.Name():
            bindings = file.names.bindings(value)
            match file.parent(bindings[0]) if len(bindings) == 1 else None:
                case ast.Assign(value=ast.Dict() as made) | ast.AnnAssign(value=ast.Dict() as made):
                    return [*_keys(made, file), *_set_keys(value, file)]
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute(attr="GET" | "POST" | "query_params"), attr="dict" | "items")
        ):
            return [value]
    return []


def _set_keys(variable: ast.Name, file: File) -> list[ast.expr]:
    """`filters[field] = value`."""
    return [
        node.slice
        for node in file.scan.additions().get(variable.id, ())
        if isinstance(node, ast.Subscript)
        and not isinstance(node.slice, ast.Constant)
        and file.function(node) is file.function(variable)
    ]


def _is_django(node: ast.Call, file: File) -> bool:
    found = file.type_of(node.func)
    return (
        isinstance(found, Named)
        and found.receiver is not None
        and file.index.is_subclass(found.receiver.cls, *_DJANGO)
        and not file.index.resolve(found.name).fact
    )


def _field(where: ast.expr, arrival: Arrival, written: str, file: File) -> Finding:
    return file.finding(
        where,
        f"{written} from {arrival.source} chooses any field, also of related models, let it choose from a closed set",
        related=way_here(arrival),
        severity=severity_of(arrival, severity),
    )
