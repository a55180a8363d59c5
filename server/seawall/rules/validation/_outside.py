"""Data of clients that no schema has looked at, and the models that it must not reach so."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.knowledge.outside import COMMAND_LINE
from seawall.rules.base import File, Related
from seawall.semantics.index import Index
from seawall.semantics.meanings.route import Kind, kind_of
from seawall.semantics.meanings.schema import MODEL, allows_extra
from seawall.semantics.origins import origins
from seawall.semantics.paths import split, steps_of, symbol_of
from seawall.semantics.sources import REQUEST
from seawall.semantics.symbols import Constant
from seawall.semantics.taint import Arrival, unvalidated
from seawall.semantics.types import Instance, Named, options

TABLES = (
    "sqlalchemy.orm.DeclarativeBase",
    "sqlalchemy.orm.DeclarativeBaseNoMeta",
    "sqlalchemy.orm.MappedAsDataclass",
    "django.db.models.Model",
)

_MAX_DEPTH = 8
_WHOLE = frozenset({"json", "form", "dict", "model_dump", "copy", "items", "get_json"})
"""Methods that give all of it."""
_SCALARS = frozenset({"builtins.str", "builtins.bytes"})
_MAPPINGS = frozenset({"POST", "GET", "data", "query_params", "body", "form", "args"})
"""Parts of requests that are mappings, or hold one."""


def raw(file: File, node: ast.expr) -> Arrival | None:
    """How data that nobody has validated comes to an expression from outside; None if that is not proved."""
    function = file.function(node)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    name = file.absolute_name(function)
    for origin in origins(file.names, node):
        arrival = unvalidated(file.index, name, origin)
        if arrival is not None and arrival.source != COMMAND_LINE:
            return arrival
    return None


def raw_mapping(file: File, node: ast.expr) -> Arrival | None:
    """The same for a mapping whose very keys are the client's, and not only some of its values."""
    if not is_as_it_came(file, node):
        return None
    arrival = raw(file, node)
    if arrival is None or arrival.source != REQUEST or not _is_whole(file.index, arrival):
        return None
    return arrival


def is_as_it_came(file: File, node: ast.AST | None, depth: int = 0) -> bool:
    """Whether an expression is what was given or read, and not a mapping put together here."""
    if node is None or depth > _MAX_DEPTH:
        return False
    match node:
        case ast.Name():
            return all(
                isinstance(binding, ast.arg) or is_as_it_came(file, _bound_to(file, binding), depth + 1)
                for binding in file.names.bindings(node)
            )
        case ast.Await(value=value) | ast.NamedExpr(value=value):
            return is_as_it_came(file, value, depth + 1)
        case ast.Attribute():
            return True
        case ast.Call(func=ast.Attribute(value=owner, attr="model_dump" | "dict" as attr)):
            own = models(file, owner, classes=False)
            if own is None:
                return attr == "dict"
            return any(allows_extra(file.index, cls) for cls in own)
        case ast.Call(func=ast.Attribute(attr=attr)):
            return attr in _WHOLE or attr == "loads"
        case ast.Call(func=ast.Name(id="dict"), args=[inner], keywords=[]):
            return is_as_it_came(file, inner, depth + 1)
    return False


def _bound_to(file: File, binding: ast.AST) -> ast.expr | None:
    parent = file.parent(binding)
    match parent:
        case ast.Assign(targets=[target], value=value) if target is binding:
            return value
        case ast.AnnAssign(value=ast.expr() as value) | ast.NamedExpr(value=value):
            return value
    return None


def _is_whole(index: Index, arrival: Arrival) -> bool:
    """Whether a client sends a mapping there: a body, a form, a query; no element of one, and no parameter of its own."""
    function = index.function(arrival.handler)
    head, steps = split(arrival.origin)
    names = steps_of(steps)
    if function is None or any(name not in _WHOLE and name not in _MAPPINGS and name.isidentifier() for name in names):
        return False
    symbol = symbol_of(function, head)
    if "model_dump" in names and not isinstance(index.type_of(symbol), Instance):
        return False
    if names and names[0] in _MAPPINGS | {"json"}:
        return True
    parameter = next((one for one in function.params if one.name == head), None)
    if parameter is None or kind_of(index, parameter) is not Kind.BODY:
        return False
    return not any(isinstance(one, Instance) and one.cls in _SCALARS for one in options(index.type_of(symbol)))


def way(arrival: Arrival) -> Iterator[Related]:
    """The calls that hand the data on."""
    for caller, call, callee in arrival.hops:
        names = (name.rpartition(".")[2] for name in (caller, callee))
        yield Related("`{}` hands it on to `{}`".format(*names), owner=caller, call=call)


def models(file: File, node: ast.expr, *, instances: bool = True, classes: bool = True) -> list[str] | None:
    """The Pydantic models that an expression is an instance of, or one of; None if it may be something else."""
    found = []
    for one in options(file.type_of(node)):
        match one:
            case Instance(cls) if instances:
                pass
            case Named(cls, None) if classes:
                pass
            case _:
                return None
        if not file.index.is_subclass(cls, MODEL):
            return None
        found.append(cls)
    return found or None


def is_table(index: Index, cls: str) -> bool:
    """Whether a class is mapped to a table and takes what it is given: SQLAlchemy's, Django's, SQLModel's tables."""
    if index.is_subclass(cls, *TABLES):
        return True
    if not index.is_subclass(cls, "sqlmodel.SQLModel"):
        return False
    keywords = getattr(index.resolve(cls).fact, "keywords", ())
    return ("table", Constant(True)) in keywords
