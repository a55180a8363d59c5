"""Whatever keys a client sends become columns of a table, also those that are nobody's to set.

`User(**data)` takes `is_admin`, `owner_id` or `balance` from a request as readily as a name. A schema helps only if it drops or forbids what it
does not declare: with `extra="allow"` the additional keys are still there in `model_dump()`.

Flagged are calls of mapped classes, loops over `setattr`, `.values(**data)`, `.update(...)`, `objects.create(...)` and `defaults=` that are
given a whole mapping from outside.

Not flagged: schemas that ignore or forbid what they do not declare; `model_dump(include=...)`; a form's `cleaned_data`; keys that are
looked up in a list first; data that does not come from outside; tests.

Example:
    from fastapi import FastAPI, Request
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    app = FastAPI()


    class Base(DeclarativeBase):
        pass


    class Reader(Base):
        __tablename__ = "reader"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        is_admin: Mapped[bool] = mapped_column(default=False)


    @app.post("/readers")
    async def add_reader(request: Request):
        data = await request.json()
        reader = Reader(«**data»)
        return {"name": reader.name}

Fixed:
    from fastapi import FastAPI, Request
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    app = FastAPI()


    class Base(DeclarativeBase):
        pass


    class Reader(Base):
        __tablename__ = "reader"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        is_admin: Mapped[bool] = mapped_column(default=False)


    @app.post("/readers")
    async def add_reader(request: Request):
        data = await request.json()
        reader = Reader(name=data["name"])
        return {"name": reader.name}
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import Fix
from seawall.rules.base import File, Finding, Severity
from seawall.rules.validation._columns import loop_fixes, mapping_fixes
from seawall.rules.validation._outside import is_as_it_came, is_table, raw_mapping, way
from seawall.semantics.guards import is_checked
from seawall.semantics.meanings.secret import is_aside
from seawall.semantics.types import Instance, Named, options
from seawall.semantics.view import keyword

code, severity = "SW304", Severity.WARNING

keywords = frozenset({None})
calls = frozenset({"setattr", "values", "update", "get_or_create", "update_or_create"})

_MANAGERS = ("django.db.models.Manager", "django.db.models.QuerySet")
_WRITING = frozenset({"create", "acreate", "update", "aupdate", "get_or_create", "update_or_create", "create_user"})
_DEFAULTS = frozenset({"get_or_create", "update_or_create", "aget_or_create", "aupdate_or_create"})
_STATEMENTS = frozenset({"sqlalchemy.insert", "sqlalchemy.update", "sqlmodel.insert", "sqlmodel.update",
                         "sqlalchemy.dialects.postgresql.insert"})  # fmt: skip


def applies(file: File) -> bool:
    return not is_aside(file.path, file.project.root)


def check(node: ast.keyword | ast.Call, file: File) -> Iterator[Finding]:
    if isinstance(node, ast.keyword):
        yield from _unpacked(node, file)
    elif file.called_name(node) == "setattr":
        yield from _loop(node, file)
    else:
        yield from _given(node, file)


def _unpacked(unpacked: ast.keyword, file: File) -> Iterator[Finding]:
    """`Model(**data)` and the methods that take columns as keywords."""
    call = file.parent(unpacked)
    if not isinstance(call, ast.Call) or not is_as_it_came(file, unpacked.value):
        return
    table = _table(call, file)
    if table is not None:
        yield from _finding(unpacked, unpacked.value, table, file)


def _given(call: ast.Call, file: File) -> Iterator[Finding]:
    """A mapping as it is: `.values(data)`, `query.update(data)`, `defaults=data`, `vars(row).update(data)`."""
    name = file.called_name(call)
    if name in _DEFAULTS:
        value = keyword(call, "defaults")
        table = _table(call, file) if value is not None else None
    elif len(call.args) == 1 and isinstance(call.func, ast.Attribute):
        value = call.args[0]
        table = _of_instance(call.func.value, file) if name == "update" else None
        table = table or (_table(call, file) if not file.is_instance(call.func.value, *_MANAGERS) else None)
    else:
        return
    if value is not None and table is not None and not isinstance(value, (ast.Dict, ast.DictComp)):
        yield from _finding(value, value, table, file)


def _finding(where: ast.AST, value: ast.expr, table: str, file: File) -> Iterator[Finding]:
    if _is_chosen(value):
        return
    arrival = raw_mapping(file, value)
    if arrival is None:
        return
    fixes: Iterator[Fix] = mapping_fixes(where, value, table, file)
    yield file.finding(where, _message(file.text(value), table), *fixes, related=way(arrival))


def _message(text: str, table: str) -> str:
    return f"`{text}` lets the client set any column of `{table.rpartition('.')[2]}`, name the fields"


def _is_chosen(value: ast.expr) -> bool:
    """`schema.model_dump(include=...)`."""
    return isinstance(value, ast.Call) and keyword(value, "include") is not None


def _loop(call: ast.Call, file: File) -> Iterator[Finding]:
    """`for key, value in data.items(): setattr(row, key, value)`."""
    if len(call.args) != 3 or not isinstance(call.args[1], ast.Name):
        return
    row, key, _ = call.args
    table = next((one.cls for one in options(file.type_of(row)) if isinstance(one, Instance)), None)
    if table is None or not is_table(file.index, table) or not file.is_instance(row, table):
        return
    loop = _loop_around(call, key, file)
    if loop is None or _is_chosen(loop.iter) or is_checked(file.scan, key):
        return
    arrival = raw_mapping(file, _mapping(loop.iter))
    if arrival is None:
        return
    yield file.finding(
        call, _message(file.text(key), table), *loop_fixes(call, loop, table, file), related=way(arrival)
    )


def _mapping(iterated: ast.expr) -> ast.expr:
    """`data` of `data.items()`."""
    match iterated:
        case ast.Call(func=ast.Attribute(value=mapping, attr="items" | "keys"), args=[]):
            return mapping
    return iterated


def _loop_around(call: ast.Call, key: ast.expr, file: File) -> ast.For | None:
    for above in file.ancestors(call):
        if isinstance(above, ast.For) and any(
            isinstance(one, ast.Name) and isinstance(key, ast.Name) and one.id == key.id
            for one in ast.walk(above.target)
        ):
            return above
    return None


def _table(call: ast.Call, file: File) -> str | None:
    """The mapped class whose columns a call takes as keywords."""
    match file.type_of(call.func):
        case Named(name, None):
            return name if is_table(file.index, name) else None
        case Named(name, Instance(cls, args)) if name.rpartition(".")[2] in _WRITING:
            if not file.index.is_subclass(cls, *_MANAGERS):
                return _of_query(call, file)
            return next((one.cls for one in args if isinstance(one, Instance)), "django.db.models.Model")
    return _of_statement(call, file)


def _of_query(call: ast.Call, file: File) -> str | None:
    """`session.query(Model).filter(...).update(...)`."""
    node: ast.AST = call
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "query" and node.args:
            name = file.qualname(node.args[0])
            return name if name and is_table(file.index, name) else None
        node = node.func.value
    return None


def _of_statement(call: ast.Call, file: File) -> str | None:
    """`update(Model).where(...).values(...)`."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in ("values", "update"):
        return None
    node: ast.AST = call.func.value
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    if not isinstance(node, ast.Call) or not node.args or file.callee(node) not in _STATEMENTS:
        return _of_query(call, file) if call.func.attr == "update" else None
    name = file.qualname(node.args[0])
    return name if name and is_table(file.index, name) else None


def _of_instance(owner: ast.expr, file: File) -> str | None:
    """`row.__dict__` and `vars(row)`."""
    match owner:
        case ast.Attribute(value=row, attr="__dict__") | ast.Call(func=ast.Name(id="vars"), args=[row]):
            found = next((one.cls for one in options(file.type_of(row)) if isinstance(one, Instance)), None)
            return found if found is not None and is_table(file.index, found) else None
    return None
