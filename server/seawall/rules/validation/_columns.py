"""Writing out which columns of a table a client may set."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import AnyEdit, Fix, Safety
from seawall.rules.base import File
from seawall.semantics.facts import ValueFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.schema import fields, is_model
from seawall.semantics.symbols import Call, Constant, Either, Subscript, Symbol
from seawall.semantics.types import Instance, options
from seawall.syntax import Range

_WHY = "only the fields that are named are taken over: look through them"
_COLUMNS = frozenset({"sqlalchemy.Column", "sqlalchemy.orm.mapped_column", "sqlmodel.Field"})
_PRIVILEGED = frozenset({
    "active", "admin", "balance", "created", "created_at", "created_by", "hash", "hashed_password", "id", "owner", "owner_id", "password",
    "password_hash", "permissions", "pk", "role", "roles", "scopes", "staff", "superuser", "tenant_id", "token", "updated", "updated_at",
    "user", "user_id", "uuid", "verified",
})  # fmt: skip
"""Columns that are hardly a client's to set."""
_NO_CLIENTS = ("Auto", "BigAuto", "SmallAuto", "ManyToMany", "Generated", "GenericForeign")


def columns(index: Index, table: str) -> dict[str, bool]:
    """The columns that a client may be meant to set, and whether each has to be given."""
    found = {}
    for name, fact in index.attributes(table).items():
        words = name.removeprefix("is_").removeprefix("has_")
        if name.startswith("_") or words in _PRIVILEGED or (required := _required(index, table, fact)) is None:
            continue
        found[name] = required
    return found


def _required(index: Index, table: str, fact: ValueFact) -> bool | None:
    """None for what is no column, or a key that the database gives."""
    value = fact.value if isinstance(fact.value, Call) else None
    called = index.named(value.func) if value is not None else None
    given = dict(value.keywords) if value is not None else {}
    if called is not None and called.startswith("django.db.models.") and called.endswith(("Field", "ForeignKey")):
        kind = called.rpartition(".")[2]
        return None if kind.startswith(_NO_CLIENTS) else False  # the arguments are not known here
    is_mapped = isinstance(fact.annotation, Subscript) and index.named(fact.annotation.of) == "sqlalchemy.orm.Mapped"
    is_field = index.is_subclass(table, "sqlmodel.SQLModel") and fact.annotation is not None
    if called not in _COLUMNS and not ((is_mapped or is_field) and value is None):
        return None
    if given.get("primary_key") == Constant(True):
        return None
    has_default = given.keys() & {"default", "server_default", "default_factory", "nullable", "insert_default"}
    if called == "sqlmodel.Field" or (is_field and fact.value is not None):
        return False
    return not has_default and not _is_optional(fact.annotation) and called != "sqlalchemy.Column"


def _is_optional(annotation: Symbol | None) -> bool:
    match annotation:
        case Subscript(args=(Either(several),)):
            return Constant(None) in several
        case Subscript(args=(Subscript(),)) | None:
            return True  # `Mapped[Optional[str]]`, or something that says less
        case Either(several):
            return Constant(None) in several
    return False


# -- fixes ------------------------------------------------------------------------------------------------------------


def mapping_fixes(where: ast.AST, value: ast.expr, table: str, file: File) -> Iterator[Fix]:
    """Name the columns where a whole mapping was handed over."""
    dumped = _dumped(value, file)
    given = columns(file.index, table)
    if dumped is not None:
        names = [name for name in fields(file.index, dumped) if name in given]
        if names:
            assert isinstance(value, ast.Call)
            yield Fix("Take over the fields by name", lambda: _included(value, names, file), Safety.UNSAFE, _WHY)
    elif given and (text := _source(value, file)) is not None:
        is_unpacked = isinstance(where, ast.keyword)

        def make() -> Iterator[AnyEdit]:
            if is_unpacked and all(given.values()):
                yield file.replace(where, ", ".join(f'{name}={text}["{name}"]' for name in given))
            else:
                chosen = _tuple(list(given))
                new = f"{{name: {text}[name] for name in {chosen} if name in {text}}}"
                yield file.replace(where, f"**{new}" if is_unpacked else new)

        yield Fix("Take over the fields by name", make, Safety.UNSAFE, _WHY)


def _included(dump: ast.Call, names: list[str], file: File) -> Iterator[AnyEdit]:
    quoted = ", ".join(f'"{name}"' for name in names)
    assert dump.end_lineno is not None and dump.end_col_offset is not None
    here = Range(dump.end_lineno, dump.end_col_offset - 1, dump.end_lineno, dump.end_col_offset - 1)
    yield file.replace(here, f"{', ' if dump.keywords else ''}include={{{quoted}}}")


def _dumped(value: ast.expr, file: File) -> str | None:
    """The schema of `schema.model_dump()`."""
    match value:
        case ast.Call(func=ast.Attribute(value=schema, attr="model_dump" | "dict"), args=[]):
            for one in options(file.type_of(schema)):
                if isinstance(one, Instance) and is_model(file.index, one.cls):
                    return one.cls
    return None


def _source(value: ast.expr, file: File) -> str | None:
    """What can be written several times in the place of the mapping."""
    match value:
        case ast.Name() | ast.Attribute(value=ast.Name()):
            return file.text(value)
        case ast.Call(func=ast.Attribute(value=inner, attr="dict"), args=[], keywords=[]):
            return _source(inner, file)
    return None


def loop_fixes(call: ast.Call, loop: ast.For, table: str, file: File) -> Iterator[Fix]:
    """Let only certain keys through to `setattr`."""
    names = list(columns(file.index, table))
    statement = file.parent(call)
    if not names or not isinstance(statement, ast.Expr) or statement.lineno != statement.end_lineno:
        return
    lines = file.item.text.split("\n")
    before = lines[statement.lineno - 1].encode()[: statement.col_offset].decode()
    if before.strip():
        return

    def make() -> Iterator[AnyEdit]:
        unit = "\t" if before.startswith("\t") else "    "
        key = file.text(call.args[1])
        start = Range(statement.lineno, 0, statement.lineno, statement.col_offset)
        yield file.replace(start, f"{before}if {key} in {_tuple(names)}:\n{before}{unit}")

    yield Fix("Take over the fields by name", make, Safety.UNSAFE, _WHY)


def _tuple(names: list[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"({quoted},)" if len(names) == 1 else f"({quoted})"
