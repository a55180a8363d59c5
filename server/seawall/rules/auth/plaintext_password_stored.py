"""A password is stored as the user typed it.

Whoever gets to read the table, a backup or a log of statements has every password, and those of other sites with it. Store what a
password hasher (Argon2, bcrypt) makes of it, and compare with its `verify`.

Not flagged: passwords that go through a known hasher, in whatever helper, validator or setter; functions whose code is not known; column
types that hash by themselves; tests.

Example:
    #- models.py
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


    class Base(DeclarativeBase):
        pass


    class User(Base):
        __tablename__ = "user"
        id: Mapped[int] = mapped_column(primary_key=True)
        password: Mapped[str]

    #- security.py
    from pwdlib import PasswordHash

    password_hash = PasswordHash.recommended()


    def hash_password(password: str) -> str:
        return password_hash.hash(password)

    #- main.py
    from fastapi import FastAPI
    from pydantic import BaseModel

    from models import User

    app = FastAPI()


    class UserCreate(BaseModel):
        password: str


    @app.post("/users")
    def register(user: UserCreate):
        return User(password=«user.password»)

Fixed:
    #- main.py
    from fastapi import FastAPI
    from pydantic import BaseModel

    from models import User
    from security import hash_password

    app = FastAPI()


    class UserCreate(BaseModel):
        password: str


    @app.post("/users")
    def register(user: UserCreate):
        return User(password=hash_password(user.password))
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from seawall.edits import AnyEdit, CannotFix, Fix, Safety
from seawall.knowledge.hashing import is_plain_name, is_stored_name
from seawall.rules.auth._passwords import hashed, hashes_in_methods, is_in_tests, is_model, keeps
from seawall.rules.base import File, Finding, Related, Severity
from seawall.semantics.meanings.sql_call import SqlCall
from seawall.semantics.origins import origins
from seawall.semantics.taint import outside, split, symbol_of
from seawall.semantics.types import Instance, options

code, severity = "SW501", Severity.ERROR


def applies(file: File) -> bool:
    return not is_in_tests(file)


_INSERT = re.compile(r"\b(?:insert\s+into|update)\b", re.I)
_LAST = re.compile(r"\.(\w+)(?:\(\)|\[\])*$")


def check(node: ast.Call | ast.Assign, file: File) -> Iterator[Finding]:
    if isinstance(node, ast.Assign):
        yield from _assigned(node, file)
    else:
        if node.keywords:
            yield from _created(node, file)
        if node.args:
            yield from _inserted(node, file)


def _assigned(node: ast.Assign, file: File) -> Iterator[Finding]:
    """`user.password = data.password`."""
    for target in node.targets:
        if not isinstance(target, ast.Attribute) or not is_stored_name(target.attr):
            continue
        for one in options(file.type_of(target.value)):
            if isinstance(one, Instance) and is_model(file.index, one.cls) and keeps(file.index, one.cls, target.attr):
                yield from _finding(node.value, target.attr, file)
                break


def _created(node: ast.Call, file: File) -> Iterator[Finding]:
    """`User(password=data.password)`, `User(**data.model_dump())`, `insert(User).values(password=...)`."""
    for one in node.keywords:
        if one.arg is not None and is_stored_name(one.arg):
            model = _model_of(node, file)
            if model is not None and keeps(file.index, model, one.arg):
                yield from _finding(one.value, one.arg, file)
        elif one.arg is None and len(node.keywords) > 0:
            yield from _unpacked(node, one, file)


def _model_of(node: ast.Call, file: File) -> str | None:
    match node.func:
        case ast.Attribute(value=ast.Call(args=[model, *_]) as made, attr="values"):
            name = file.qualname(model) if file.callee(made) in ("sqlalchemy.insert", "sqlalchemy.update") else None
        case ast.Attribute(value=ast.Attribute(value=model, attr="objects"), attr="create"):
            name = file.qualname(model)
        case _:
            name = file.callee(node)
    return name if name and is_model(file.index, name) else None


def _unpacked(node: ast.Call, unpacked: ast.keyword, file: File) -> Iterator[Finding]:
    """`User(**data.model_dump())`, where the schema and the model both have a password."""
    match unpacked.value:
        case ast.Call(func=ast.Attribute(value=schema, attr="model_dump" | "dict"), args=[], keywords=[]) as dump:
            pass
        case _:
            return
    model = _model_of(node, file)
    if model is None:
        return
    given = {one.arg for one in node.keywords}
    for one in options(file.type_of(schema)):
        if not isinstance(one, Instance) or not file.index.is_subclass(one.cls, "pydantic.BaseModel"):
            return
        for name in file.index.attributes(one.cls):
            if is_plain_name(name) and name not in given and keeps(file.index, model, name):
                origin = _outside(schema, f".{name}", file)
                if origin is None or hashes_in_methods(file.index, one.cls) or _is_set_before(file, schema, name):
                    continue
                yield file.finding(
                    dump,
                    f"`{name}` is stored as the user typed it, hash it first",
                    _unpacked_fix(node, dump, schema, name, file),
                    related=origin,
                )


def _inserted(node: ast.Call, file: File) -> Iterator[Finding]:
    """`execute("INSERT INTO users ... password ...", {"password": data.password})`."""
    sql = file.subject(SqlCall.recognise, node)
    if isinstance(sql, SqlCall) and isinstance(sql.statement, ast.Call):
        sql = file.subject(SqlCall.recognise, sql.statement)
    if not isinstance(sql, SqlCall):
        return
    statement = "".join(part.text for part in sql.parts(file))
    if not _INSERT.search(statement) or not any(is_stored_name(word) for word in re.findall(r"\w+", statement)):
        return
    values: list[ast.expr] = []
    for argument in node.args[1:]:
        match argument:
            case ast.Dict(values=elements) | ast.Tuple(elts=elements) | ast.List(elts=elements):
                values.extend(elements)
            case _:
                values.append(argument)
    for value in values:
        yield from _finding(value, "password", file)


def _finding(value: ast.expr, column: str, file: File) -> Iterator[Finding]:
    related = _outside(value, "", file)
    if related is None:
        return
    match value:
        case ast.Attribute(value=schema, attr=name) if _is_set_before(file, schema, name):
            return

    def make() -> Iterator[AnyEdit]:
        for edit in hashed(file, file.text(value)):
            yield file.replace(value, edit) if isinstance(edit, str) else edit

    keeps_hashes = "hash" in column.lower()
    yield file.finding(
        value,
        f"`{file.text(value)}` is stored as the user typed it, hash it first",
        Fix(
            "Hash the password",
            make,
            Safety.SAFE if keeps_hashes else Safety.UNSAFE,
            "" if keeps_hashes else "passwords stored so far stay readable, and comparisons have to verify from now on",
        ),
        related=related,
    )


def _outside(value: ast.expr, step: str, file: File) -> list[Related] | None:
    """The way of a password from outside to here; None if that is not what it is."""
    function = file.function(value)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    name = file.absolute_name(function)
    fact = file.index.function(name)
    if fact is None:
        return None
    for origin in (f"{found}{step}" for found in origins(file.names, value)):
        path = origin.removesuffix(".get_secret_value()")
        last = _LAST.search(path)
        if not is_plain_name(last[1] if last else split(path)[0]) and not (
            not step and is_plain_name(_own_name(value))
        ):
            continue
        owner = symbol_of(fact, path[: last.start()]) if last else None
        schemas = [one.cls for one in options(file.index.type_of(owner)) if isinstance(one, Instance)] if owner else []
        if any(hashes_in_methods(file.index, cls) for cls in schemas):
            continue
        arrival = outside(file.index, name, path)
        if arrival is not None:
            return [
                Related(
                    f"`{caller.rpartition('.')[2]}` hands it on to `{callee.rpartition('.')[2]}`",
                    owner=caller,
                    call=call,
                )
                for caller, call, callee in arrival.hops
            ]
    return None


def _own_name(value: ast.expr) -> str:
    """What an expression is called where it is used."""
    match value:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""


def _is_set_before(file: File, schema: ast.expr, name: str) -> bool:
    """Whether the function sets the schema's field itself, as when it hashes in place."""
    function, text = file.function(schema), ast.unparse(schema)
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == name
        and isinstance(node.ctx, ast.Store)
        and file.function(node) is function
        and ast.unparse(node.value) == text
        for node in file.scan.nodes[ast.Attribute]
    )


def _unpacked_fix(node: ast.Call, dump: ast.Call, schema: ast.expr, name: str, file: File) -> Fix:
    def make() -> Iterator[AnyEdit]:
        if file.text(dump).endswith(".dict()"):
            raise CannotFix("`dict()` is pydantic 1")
        for edit in hashed(file, f"{file.text(schema)}.{name}"):
            if isinstance(edit, str):
                yield file.replace(dump, f'{file.text(schema)}.model_dump(exclude={{"{name}"}}), {name}={edit}')
            else:
                yield edit

    why = "passwords stored so far stay readable, and comparisons have to verify from now on"
    return Fix("Hash the password", make, Safety.UNSAFE, why)
