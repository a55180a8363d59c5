"""The type of a value that nobody has declared, as far as one of its uses tells it."""

from __future__ import annotations

import ast

from seawall.rules.base import File
from seawall.semantics.evaluate import instance_of
from seawall.semantics.facts import FunctionFact, ValueFact
from seawall.semantics.symbols import Call, Ref
from seawall.semantics.types import Instance, Named, Type, options

PLAIN = frozenset({"int", "str", "float", "bool"})
"""Types that everybody has at hand."""

IMPORTED = {
    "UUID": "uuid.UUID",
    "datetime": "datetime.datetime",
    "date": "datetime.date",
    "Decimal": "decimal.Decimal",
    "Any": "typing.Any",
}
"""Where the others come from."""

_SCALARS = {f"builtins.{name}": name for name in PLAIN} | {where: name for name, where in IMPORTED.items()}
_CONVERTERS = {"builtins.int": "int", "builtins.float": "float", "uuid.UUID": "UUID", "decimal.Decimal": "Decimal"}
_COLUMN_TYPES = {
    "sqlalchemy.Integer": "int",
    "sqlalchemy.BigInteger": "int",
    "sqlalchemy.SmallInteger": "int",
    "sqlalchemy.INTEGER": "int",
    "sqlalchemy.String": "str",
    "sqlalchemy.Text": "str",
    "sqlalchemy.Unicode": "str",
    "sqlalchemy.Boolean": "bool",
    "sqlalchemy.Float": "float",
    "sqlalchemy.Numeric": "Decimal",
    "sqlalchemy.DateTime": "datetime",
    "sqlalchemy.Date": "date",
    "sqlalchemy.Uuid": "UUID",
    "sqlalchemy.dialects.postgresql.UUID": "UUID",
}
_STR_METHODS = frozenset({
    "capitalize", "casefold", "encode", "endswith", "lower", "lstrip", "partition", "removeprefix", "removesuffix",
    "replace", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "title", "upper",
})  # fmt: skip


def conversion(file: File, node: ast.expr) -> tuple[ast.Call, str] | None:
    """`int(node)` around the value, and the type it makes."""
    call = file.parent(node)
    match call:
        case ast.Call(args=[argument], keywords=[]) if argument is node:
            kind = _CONVERTERS.get(file.callee(call) or "")
            return (call, kind) if kind else None
    return None


def told_by_use(file: File, node: ast.expr) -> str | None:
    """The type that the use of a value asks of it."""
    if (converted := conversion(file, node)) is not None:
        return converted[1]
    parent = file.parent(node)
    match parent:
        case ast.Call():
            return _argument_type(file, parent, node)
        case ast.keyword(arg=str(name)):
            call = file.parent(parent)
            return _keyword_type(file, call, name) if isinstance(call, ast.Call) else None
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            return _compared_type(file, operator, right if left is node else left)
        case ast.Attribute(attr=attr) if attr in _STR_METHODS and isinstance(file.parent(parent), ast.Call):
            return "str"
        case ast.Assign(targets=[ast.Attribute() as target]) if parent.value is node:
            return _attribute_type(file, target)
    return None


def _compared_type(file: File, operator: ast.cmpop, other: ast.expr) -> str | None:
    if isinstance(other, ast.Constant):
        kind = type(other.value).__name__
        if isinstance(operator, (ast.Eq, ast.NotEq)):
            return kind if kind in PLAIN else None
        if isinstance(operator, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
            return {"int": "int | float", "float": "float", "str": "str"}.get(kind)
        return None
    return _value_type(file, other) if isinstance(operator, (ast.Eq, ast.NotEq)) else None


def _value_type(file: File, other: ast.expr) -> str | None:
    """The scalar type of what the value is compared with: another value, or a model's column."""
    symbol = file.symbol(other)
    if isinstance(symbol, Ref):
        fact = file.index.resolve(symbol.name).fact
        if isinstance(fact, ValueFact) and (column := _column_type(file, fact)):
            return column
    return _scalar(file.type_of(other))


def _column_type(file: File, fact: ValueFact) -> str | None:
    """`Column(Integer, ...)` holds an `int`."""
    match fact.value:
        case Call(args=args):
            kinds = (file.index.named(arg.func if isinstance(arg, Call) else arg) for arg in args if arg is not None)
            found = next((_COLUMN_TYPES[kind] for kind in kinds if kind in _COLUMN_TYPES), None)
            if found is not None:
                return found
    return _scalar(instance_of(file.index, fact.annotation)) if fact.annotation is not None else None


def _attribute_type(file: File, target: ast.Attribute) -> str | None:
    """The type of the column that `order.state = value` sets."""
    match options(file.type_of(target.value)):
        case (Instance(cls),):
            fact = file.index.attributes(cls).get(target.attr)
            return _column_type(file, fact) if fact is not None else None
    return None


def _argument_type(file: File, call: ast.Call, node: ast.expr) -> str | None:
    """The scalar type that the project's own function declares for an argument given by position."""
    if node not in call.args or any(isinstance(arg, ast.Starred) for arg in call.args):
        return None
    called = file.called_function(call)
    if called is not None:
        return _declared(file, called[1], call.args.index(node) + _bound(file, call), None)
    if file.called_name(call) in ("get", "get_one") and len(call.args) == 2 and call.args[1] is node:
        return _key_type(file, call.args[0])
    return None


def _key_type(file: File, model: ast.expr) -> str | None:
    """The type of the primary key by which `session.get(Model, key)` looks."""
    cls = file.qualname(model)
    fact = file.index.attributes(cls).get("id") if cls and file.index.is_subclass(cls, *_MAPPED) else None
    return _column_type(file, fact) if fact is not None else None


_MAPPED = ("sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta", "sqlmodel.SQLModel")


def _keyword_type(file: File, call: ast.Call, name: str) -> str | None:
    called = file.called_function(call)
    if called is not None:
        return _declared(file, called[1], None, name)
    cls = file.callee(call)
    attribute = file.index.attributes(cls).get(name) if cls else None
    return _column_type(file, attribute) if attribute is not None else None


def _bound(file: File, call: ast.Call) -> int:
    found = file.type_of(call.func)
    return 1 if isinstance(found, Named) and found.receiver is not None else 0


def _declared(file: File, fact: FunctionFact, position: int | None, name: str | None) -> str | None:
    for number, parameter in enumerate(fact.params):
        if number == position or parameter.name == name:
            return _scalar(file.index.type_of(parameter))
    return None


def _scalar(type_: Type | None) -> str | None:
    match options(type_):
        case (Instance(cls),):
            return _SCALARS.get(cls)
    return None
