"""Where values go into a table, a collection or a file, under the name of a password."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from seawall.knowledge.hashing import is_plain_name, is_stored_name, may_store
from seawall.rules.auth._passwords import DJANGO_USER, is_model, keeps
from seawall.rules.auth._plain import own_name
from seawall.rules.base import File
from seawall.semantics.meanings.sql_call import SqlCall
from seawall.semantics.types import Instance, options

_STATEMENTS = frozenset({"sqlalchemy.insert", "sqlalchemy.update", "sqlmodel.insert", "sqlmodel.update",
                         "sqlalchemy.dialects.postgresql.insert", "sqlalchemy.dialects.sqlite.insert",
                         "sqlalchemy.dialects.mysql.insert"})  # fmt: skip
_EXECUTES = frozenset(
    {"execute", "executemany", "exec", "fetch", "fetchrow", "fetchval", "scalar", "scalars", "stream"}
)
_DJANGO = frozenset({"create", "acreate", "update", "aupdate", "get_or_create", "aget_or_create", "update_or_create",
                     "aupdate_or_create"})  # fmt: skip
_USER_MANAGERS = ("django.contrib.auth.base_user.BaseUserManager", "django.contrib.auth.models.BaseUserManager",
                  "django.contrib.auth.models.UserManager")  # fmt: skip
_MONGO = frozenset({"insert_one", "insert_many", "update_one", "update_many", "replace_one", "find_one_and_update"})
_WRITES = frozenset({"write", "writelines", "write_text", "writerow", "dump"})
_INSERT = re.compile(r"\binsert\s+into\b|\breplace\s+into\b", re.I)
_UPDATE = re.compile(r"\bupdate\b.*?\bset\b(.*?)(?:\bwhere\b|\Z)", re.I | re.S)
CALLS = frozenset(
    {"setattr", "values", "bulk_insert_mappings", "bulk_update_mappings", *_EXECUTES, *_DJANGO, *_MONGO, *_WRITES}
)


class Store(NamedTuple):
    """A value that is stored, and under which name."""

    value: ast.expr
    column: str
    model: str | None = None


class Unpacked(NamedTuple):
    """A dictionary or schema whose fields are stored under their own names, but for those that are given beside it."""

    value: ast.expr
    model: str
    given: frozenset[str]
    by: ast.Call
    """The call that stores them: `User(**data)`, `User.model_validate(data)`."""


def assigned(node: ast.Assign, file: File) -> Iterator[Store]:
    """`user.password = ...`."""
    for target in node.targets:
        if isinstance(target, ast.Attribute) and may_store(target.attr):
            model = _model_of_instance(target.value, target.attr, file)
            if model is not None:
                yield Store(node.value, target.attr, model)


def called(node: ast.Call, file: File) -> Iterator[Store | Unpacked]:
    """What a call stores."""
    if any(one.arg in (None, "defaults") or may_store(one.arg or "") for one in node.keywords):
        yield from _keywords(node, file)
    name = (
        node.func.attr
        if isinstance(node.func, ast.Attribute)
        else node.func.id
        if isinstance(node.func, ast.Name)
        else ""
    )
    if name in CALLS:
        yield from _special(node, name, file)
    elif name == "model_validate" and node.args:
        owner = file.receiver(node)
        model = file.qualname(owner) if owner is not None else None
        if model is not None and is_model(file.index, model):
            given = next((one.value for one in node.keywords if one.arg == "update"), None)
            names = (
                {key.value for key in given.keys if isinstance(key, ast.Constant)}
                if isinstance(given, ast.Dict)
                else set()
            )
            if given is None or isinstance(given, ast.Dict):
                yield Unpacked(node.args[0], model, frozenset(name for name in names if isinstance(name, str)), node)


def _keywords(node: ast.Call, file: File) -> Iterator[Store | Unpacked]:
    """`User(password=...)`, `insert(User).values(password=...)`, `User.objects.create(**data)`."""
    model = _model_of(node, file)
    if model is None:
        return
    given = frozenset(one.arg for one in node.keywords if one.arg)
    for one in node.keywords:
        if one.arg is None:
            if isinstance(one.value, ast.Dict):
                yield from _entries(one.value, model, file)
            else:
                yield Unpacked(one.value, model, given, node)
        elif keeps(file.index, model, one.arg):
            yield Store(one.value, one.arg, model)
        elif one.arg == "defaults" and isinstance(one.value, ast.Dict):
            yield from _entries(one.value, model, file)


def _special(node: ast.Call, name: str, file: File) -> Iterator[Store | Unpacked]:
    if name == "setattr" and isinstance(node.func, ast.Name) and len(node.args) == 3:
        yield from _set(node, file)
    elif name == "values" or name in _DJANGO:
        model = _model_of(node, file) if node.args else None
        if model is not None:
            yield from _rows(node.args[0], model, file)
    elif name in _EXECUTES and len(node.args) > 1:
        model = _model_of_statement(node.args[0], file)
        if model is not None:
            yield from _rows(node.args[1], model, file)
    elif name in ("bulk_insert_mappings", "bulk_update_mappings") and len(node.args) > 1:
        model = file.qualname(node.args[0])
        if model is not None and is_model(file.index, model):
            yield from _rows(node.args[1], model, file)
    elif name in _MONGO and node.args and _is_collection(node, file):
        yield from _documents(node.args[1 if "update" in name or name == "replace_one" else 0 :][:1])
    elif name in _WRITES and _writes_file(node, name, file):
        yield from (Store(value, own_name(value)) for value in _written(node.args[0]))
    if name in _EXECUTES or (isinstance(node.func, ast.Attribute) and name not in _DJANGO | _MONGO | _WRITES):
        yield from inserted(node, file)


def inserted(node: ast.Call, file: File) -> Iterator[Store]:
    """`execute("INSERT INTO users ... password ...", {"password": data.password})`."""
    sql = file.subject(SqlCall.recognise, node)
    if isinstance(sql, SqlCall) and isinstance(sql.statement, ast.Call):
        sql = file.subject(SqlCall.recognise, sql.statement)
    if not isinstance(sql, SqlCall):
        return
    statement = "".join(part.text for part in sql.parts(file))
    updated = _UPDATE.search(statement)
    columns = statement if _INSERT.search(statement) else updated[1] if updated else ""
    column = next((word for word in re.findall(r"\w+", columns) if is_stored_name(word)), None)
    if column is None:
        return
    for argument in node.args[1:]:
        match argument:
            case ast.Dict(values=elements) | ast.Tuple(elts=elements) | ast.List(elts=elements):
                yield from (Store(element, column) for element in elements)
            case _:
                yield Store(argument, column)


def _entries(node: ast.Dict, model: str, file: File) -> Iterator[Store]:
    for key, value in zip(node.keys, node.values, strict=True):
        column = key.value if isinstance(key, ast.Constant) else key.attr if isinstance(key, ast.Attribute) else None
        if isinstance(column, str) and keeps(file.index, model, column):
            yield Store(value, column, model)


def _rows(node: ast.expr, model: str, file: File) -> Iterator[Store]:
    """A row as a dictionary, or a list of such."""
    match node:
        case ast.Dict():
            yield from _entries(node, model, file)
        case ast.List(elts=rows) | ast.Tuple(elts=rows):
            for row in rows:
                yield from _rows(row, model, file)
        case ast.ListComp(elt=row) | ast.GeneratorExp(elt=row):
            yield from _rows(row, model, file)
        case ast.Name():
            for binding in file.names.bindings(node):
                match file.parent(binding):
                    case ast.Assign(targets=[target], value=ast.Dict() | ast.List() | ast.ListComp() as value) if (
                        target is binding
                    ):
                        yield from _rows(value, model, file)


def _set(node: ast.Call, file: File) -> Iterator[Store | Unpacked]:
    target, name, value = node.args
    column = file.literal(name)
    if isinstance(column, str):
        if is_stored_name(column):
            model = _model_of_instance(target, column, file)
            if model is not None:
                yield Store(value, column, model)
        return
    if isinstance(value, ast.Name):
        for binding in file.names.bindings(value):
            loop = file.parent(file.parent(binding) or binding)
            match loop:
                case ast.For(iter=ast.Call(func=ast.Attribute(value=items, attr="items"))) if not _tests(loop, name):
                    for one in options(file.type_of(target)):
                        if isinstance(one, Instance) and is_model(file.index, one.cls):
                            yield Unpacked(items, one.cls, frozenset(), node)


def _tests(loop: ast.For, name: ast.expr) -> bool:
    """Whether the loop treats some of the names in another way."""
    text = ast.unparse(name)
    return any(isinstance(node, ast.Compare) and ast.unparse(node.left) == text for node in ast.walk(loop))


def _model_of_instance(node: ast.expr, column: str, file: File) -> str | None:
    for one in options(file.type_of(node)):
        if isinstance(one, Instance) and is_model(file.index, one.cls) and keeps(file.index, one.cls, column):
            return one.cls
    return None


def _model_of(node: ast.Call, file: File) -> str | None:
    """The model whose rows a call makes or changes."""
    match node.func:
        case ast.Attribute(value=made, attr="values"):
            return _model_of_statement(made, file)
        case ast.Attribute(value=managed, attr=attr) if attr in _DJANGO:
            found = next((one for one in options(file.type_of(managed)) if isinstance(one, Instance)), None)
            name = None
            if found is not None and found.args and isinstance(found.args[0], Instance):
                name = found.args[0].cls
            elif isinstance(managed, ast.Attribute) and managed.attr == "objects":
                name = file.qualname(managed.value)
            elif found is not None and found.cls == "sqlalchemy.orm.Query":
                name = None
        case ast.Attribute(value=manager, attr="model") if file.is_instance(manager, *_USER_MANAGERS):
            name = DJANGO_USER[0]
        case _:
            name = file.callee(node)
    return name if name and is_model(file.index, name) else None


def _model_of_statement(node: ast.expr, file: File) -> str | None:
    """The model of `insert(User)`, `update(User).where(...)`."""
    while isinstance(node, ast.Call):
        if node.args and file.callee(node) in _STATEMENTS:
            name = file.qualname(node.args[0])
            return name if name and is_model(file.index, name) else None
        if not isinstance(node.func, ast.Attribute):
            return None
        node = node.func.value
    return None


# -- documents and files -----------------------------------------------------------------------------------------------


def _is_collection(node: ast.Call, file: File) -> bool:
    name = file.callee(node) or ""
    return name.startswith(("pymongo.", "motor."))


def _documents(nodes: list[ast.expr]) -> Iterator[Store]:
    for node in nodes:
        match node:
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str) and is_stored_name(key.value):
                        yield Store(value, key.value)
                    elif isinstance(value, ast.Dict):
                        yield from _documents([value])
            case ast.List(elts=elements):
                yield from _documents(elements)


def _writes_file(node: ast.Call, name: str, file: File) -> bool:
    if not node.args:
        return False
    callee = file.callee(node) or ""
    if callee in ("pathlib.Path.write_text", "json.dump", "csv.writer.writerow", "pickle.dump", "yaml.dump"):
        return callee != "yaml.dump" or len(node.args) > 1
    if name not in ("write", "writelines"):
        return False
    match file.receiver(node):
        case ast.Name() as receiver:
            return any(_opens(file.parent(binding), file) for binding in file.names.bindings(receiver))
    return False


def _opens(statement: ast.AST | None, file: File) -> bool:
    match statement:
        case ast.withitem(context_expr=ast.Call() as call) | ast.Assign(value=ast.Call() as call):
            return file.callee(call) in ("builtins.open", "pathlib.Path.open")
    return False


def _written(node: ast.expr) -> Iterator[ast.expr]:
    """The passwords within what is written."""
    match node:
        case ast.Dict(values=values) | ast.List(elts=values) | ast.Tuple(elts=values) | ast.JoinedStr(values=values):
            for value in values:
                yield from _written(value)
        case ast.FormattedValue(value=value) | ast.Await(value=value):
            yield from _written(value)
        case ast.BinOp(left=left, right=right):
            yield from _written(left)
            yield from _written(right)
        case ast.Call(func=ast.Attribute(attr="encode" | "format"), args=arguments):
            for argument in (*arguments, node.func.value):  # type: ignore[attr-defined]
                yield from _written(argument)
        case _ if is_plain_name(own_name(node)):
            yield node
