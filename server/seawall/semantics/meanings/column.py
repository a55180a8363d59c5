"""Columns of SQLAlchemy and SQLModel tables."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import ClassVar

import msgspec

from seawall.semantics.view import View, argument, has_unpacking, keyword

_COLUMNS = frozenset({"sqlalchemy.Column", "sqlalchemy.orm.mapped_column", "sqlmodel.Field"})
_MAPPED = ("sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta", "sqlmodel.SQLModel")
_INDEXES = {"Index": 1, "UniqueConstraint": 0, "PrimaryKeyConstraint": 0}


class Column(msgspec.Struct, frozen=True):
    """A column of a mapped class."""

    calls: ClassVar[frozenset[str]] = frozenset({"Column", "mapped_column", "Field"})
    call: ast.Call
    name: str
    """The attribute's name."""
    model: ast.ClassDef
    foreign_keys: tuple[ast.expr, ...]
    view: View

    @staticmethod
    def recognise(node: ast.Call, view: View) -> Column | None:
        statement = view.parent(node)
        model = view.parent(statement) if statement is not None else None
        name = _target(statement)
        if name is None or not isinstance(model, ast.ClassDef) or view.callee(node) not in _COLUMNS:
            return None
        return Column(node, name, model, tuple(_foreign_keys(node, view)), view) if _is_table(model, view) else None

    @property
    def database_name(self) -> str:
        """The column's name in the database."""
        first = argument(self.call, 0, "name")
        return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else self.name

    @property
    def table(self) -> str | None:
        """The table's name, if the class says it."""
        for name, value in _assignments(self.model):
            if name == "__tablename__":
                found = self.view.literal(value)
                return found if isinstance(found, str) else None
        if any(item.arg == "table" for item in self.model.keywords):
            return self.model.name.lower()
        return None

    def may_be_indexed(self) -> bool:
        """Whether an index begins with the column, or something that cannot be read may make one."""
        if has_unpacking(self.call) or any(keyword(self.call, name) is not None for name in ("index", "unique")):
            return True
        if keyword(self.call, "primary_key") is not None and self._leads_primary_key():
            return True
        return self._in_table_arguments() or self._in_module()

    def _leads_primary_key(self) -> bool:
        for _, value in _assignments(self.model):
            if isinstance(value, ast.Call) and keyword(value, "primary_key") is not None:
                return value is self.call
        return True

    def _in_table_arguments(self) -> bool:
        own = [value for name, value in _assignments(self.model) if name == "__table_args__"]
        functions = [node for node in self.model.body if getattr(node, "name", "") == "__table_args__"]
        if functions:
            return True
        if not own:
            cls = self.view.absolute_name(self.model)
            return self.view.index.member(cls, "__table_args__") is not None
        arguments = own[-1]
        if not isinstance(arguments, (ast.Tuple, ast.Dict)):
            return True
        elements = arguments.elts if isinstance(arguments, ast.Tuple) else []
        return any(self._begins(element) for element in elements if not isinstance(element, ast.Dict))

    def _begins(self, element: ast.expr) -> bool:
        """Whether a table argument is an index that begins with the column, or cannot be read."""
        if not isinstance(element, ast.Call):
            return True
        position = _INDEXES.get(self.view.called_name(element))
        if position is None:
            return False
        if len(element.args) <= position:
            return False
        return leading_column(element.args[position]) in (self.name, self.database_name, None)

    def _in_module(self) -> bool:
        """Whether `Index("...", Model.column)` stands beside the class."""
        path = f"{self.view.scan.opened[self.model].path}.{self.name}"
        return self.view.index.fact(self.view.module, f"index {path}") is not None


def leading_column(node: ast.expr) -> str | None:
    """The column that an index's first element names: `"a"`, `a`, `Model.a`, `a.desc()`, `desc(a)`; None if unclear."""
    match node:
        case ast.Constant(value=str(name)) | ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=ast.Attribute(value=inner, attr="desc" | "asc")) | ast.Call(args=[inner]):
            return leading_column(inner)
    return None


def _target(statement: ast.AST | None) -> str | None:
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return None


def _assignments(model: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for statement in model.body:
        name = _target(statement)
        value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
        if name is not None and value is not None:
            yield name, value


def _foreign_keys(call: ast.Call, view: View) -> Iterator[ast.expr]:
    for arg in call.args:
        if isinstance(arg, ast.Call) and view.callee(arg) == "sqlalchemy.ForeignKey":
            yield arg
    named = keyword(call, "foreign_key")
    if named is not None and view.callee(call) == "sqlmodel.Field":
        yield named


def _is_table(model: ast.ClassDef, view: View) -> bool:
    """Whether the class is certainly a table and no mixin."""
    if any(item.arg == "table" for item in model.keywords):
        return True
    names = [name for name, _ in _assignments(model)]
    if "__abstract__" in names:
        return False
    if "__tablename__" in names or "__table__" in names:
        return True
    cls = view.absolute_name(model)
    return view.index.is_subclass(cls, *_MAPPED[:2])
