"""A password is compared with a stored one by `==`: what is stored is the password itself.

A hash differs each time it is made, so `==` can hold only if the table keeps passwords as their users typed them, and then
whoever reads the table has them all. Store what a password hasher makes of them, fetch the user by name, and let the hasher's `verify`
compare. A query that looks for a user with that password has the same cause, and also writes the password into the statement log.

Not flagged: two fields of one payload (password and its confirmation, the old and the new one), comparisons of hashes, columns
that hash by themselves, constants, tests.

Example:
    #- security.py
    from pwdlib import PasswordHash

    password_hash = PasswordHash.recommended()


    def verify_password(password: str, hashed: str) -> bool:
        return password_hash.verify(password, hashed)

    #- models.py
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


    class Base(DeclarativeBase):
        pass


    class User(Base):
        __tablename__ = "user"
        name: Mapped[str] = mapped_column(primary_key=True)
        password: Mapped[str]

    #- main.py
    from fastapi import FastAPI, HTTPException
    from pydantic import BaseModel
    from sqlalchemy.orm import Session

    from models import User

    app = FastAPI()


    class Login(BaseModel):
        name: str
        password: str


    def log_in(db: Session, data: Login) -> User:
        user = db.get_one(User, data.name)
        if «user.password != data.password»:
            raise HTTPException(401)
        return user


    @app.post("/login")
    def login(data: Login):
        return log_in(Session(), data).name

Fixed:
    #- main.py
    from fastapi import FastAPI, HTTPException
    from pydantic import BaseModel
    from sqlalchemy.orm import Session

    from models import User
    from security import verify_password

    app = FastAPI()


    class Login(BaseModel):
        name: str
        password: str


    def log_in(db: Session, data: Login) -> User:
        user = db.get_one(User, data.name)
        if not verify_password(data.password, user.password):
            raise HTTPException(401)
        return user


    @app.post("/login")
    def login(data: Login):
        return log_in(Session(), data).name
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from seawall.edits import AnyEdit, Fix, Safety
from seawall.knowledge.hashing import is_plain_name, is_stored_name, may_store
from seawall.rules.auth._given import is_open
from seawall.rules.auth._hasher import verified
from seawall.rules.auth._passwords import is_django, is_in_tests, is_model, keeps
from seawall.rules.auth._plain import is_set_before, own_name, plain_password
from seawall.rules.base import File, Finding, Related, Severity
from seawall.semantics.meanings.sql_call import HOLE, SqlCall
from seawall.semantics.types import Instance, Named, options

code, severity = "SW502", Severity.ERROR

_WHY = "what is stored has to be a hash: hash the passwords that are stored so far"
_FILTERS = frozenset({"filter_by", "filter", "get", "aget", "exclude", "get_or_none", "find_one"})
_WHERE = re.compile(r"\bwhere\b(.*)", re.I | re.S)
_EQUALS = re.compile(r"(\w+)\s*=")


class _Stored(NamedTuple):
    """A stored password: the model it belongs to, if one is known, and whether it is the column itself, in a query."""

    model: str | None
    is_column: bool = False


def applies(file: File) -> bool:
    return not is_in_tests(file)


def check(node: ast.Compare | ast.Call, file: File) -> Iterator[Finding]:
    if isinstance(node, ast.Compare):
        yield from _compared(node, file)
    elif node.args or node.keywords:
        yield from _queried(node, file)


def _compared(node: ast.Compare, file: File) -> Iterator[Finding]:
    if len(node.ops) != 1 or not isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
        return
    left, right = node.left, node.comparators[0]
    for stored, given in ((left, right), (right, left)):
        if not may_store(own_name(stored)) or isinstance(given, ast.Constant):
            continue
        found = _stored(stored, file)
        if found is None:
            continue
        related = _plain(given, file)
        if related is None:
            return
        operator = "==" if isinstance(node.ops[0], ast.Eq) else "!="
        if found.is_column:
            yield _in_query(node, given, related, file)
            return
        yield file.finding(
            node,
            f"`{operator}` can only hold where passwords are stored as they are, store hashes and compare with `verify`",
            Fix("Verify the password", partial(_verify, node, given, stored, found, file), Safety.UNSAFE, _WHY),
            related=related[0],
            severity=related[1],
        )
        return


def _plain(given: ast.expr, file: File) -> tuple[list[Related], Severity] | None:
    """The way of a given password; a parameter of that name is likely one, where nobody is known to call."""
    match given:
        case ast.Attribute(value=schema, attr=name) | ast.Subscript(value=schema, slice=ast.Constant(value=str(name))):
            if is_set_before(file, schema, name):
                return None
    way = plain_password(given, file)
    if way is not None:
        return way, Severity.ERROR
    if isinstance(given, ast.Name) and is_plain_name(given.id) and is_open(file, given):
        return [], Severity.WARNING
    return None


def _stored(node: ast.expr, file: File) -> _Stored | None:
    match node:
        case ast.Attribute(value=owner, attr=column):
            for one in options(file.type_of(owner)):
                cls = one.cls if isinstance(one, Instance) else one.name if isinstance(one, Named) else None
                if cls is not None and is_model(file.index, cls) and keeps(file.index, cls, column):
                    return _Stored(cls, isinstance(one, Named))
            return _Stored(None) if is_stored_name(column) and _is_row(owner, file) else None
        case ast.Subscript(value=owner):
            return _Stored(None) if is_stored_name(own_name(node)) and _is_row(owner, file) else None
    return None


def _is_row(node: ast.expr, file: File) -> bool:
    """Whether a value is a row or document that was fetched: `await pool.fetchrow(...)`, `cursor.fetchone()`."""
    if file.is_instance(node, "asyncpg.Record"):
        return True
    match node:
        case ast.Await(value=inner):
            return _is_row(inner, file)
        case ast.Name():
            for binding in file.names.bindings(node):
                match file.parent(binding):
                    case ast.Assign(targets=[target], value=value) if target is binding and _is_row(value, file):
                        return True
            return False
        case ast.Call(
            func=ast.Attribute(value=receiver, attr="fetchrow" | "fetchone" | "first" | "one" | "one_or_none")
        ):
            if isinstance(file.subject(SqlCall.recognise, node), SqlCall):
                return True
            name = file.callee(node) or ""
            if name.rpartition(".")[0].rpartition(".")[2].lower().endswith("cursor"):
                return True
            return _executes(receiver, file)
        case ast.Call(func=ast.Attribute(attr="find_one")):
            return (file.callee(node) or "").startswith(("pymongo.", "motor."))
    return False


def _executes(node: ast.expr, file: File) -> bool:
    """`db.execute(text(...))`, also with `.mappings()`; a statement of models gives rows that have types of their own."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr="mappings")):
            return _executes(inner, file)
        case ast.Await(value=inner):
            return _executes(inner, file)
        case ast.Call(args=[ast.Call() as statement, *_]) if isinstance(
            file.subject(SqlCall.recognise, statement), SqlCall
        ):
            return True
        case ast.Call():
            sql = file.subject(SqlCall.recognise, node)
            return isinstance(sql, SqlCall) and any(part.text.strip(HOLE) for part in sql.parts(file))
    return False


# -- queries -----------------------------------------------------------------------------------------------------------


def _queried(node: ast.Call, file: File) -> Iterator[Finding]:
    """`filter_by(password=...)`, `User.objects.get(password=...)`, `execute("... WHERE password = :p", {"p": ...})`."""
    func = node.func
    if isinstance(func, ast.Attribute) and func.attr in _FILTERS:
        for one in node.keywords:
            if one.arg is not None and may_store(one.arg):
                model = _queried_model(func.value, file)
                found = _plain(one.value, file)
                if model is not None and keeps(file.index, model, one.arg) and found is not None:
                    yield _in_query(one.value, one.value, found, file)
    if not isinstance(func, ast.Attribute) or not node.args[1:]:
        return
    sql = file.subject(SqlCall.recognise, node)
    if isinstance(sql, SqlCall) and isinstance(sql.statement, ast.Call):
        sql = file.subject(SqlCall.recognise, sql.statement)
    if not isinstance(sql, SqlCall):
        return
    where = _WHERE.search("".join(part.text for part in sql.parts(file)))
    if where is None or not any(is_stored_name(column) for column in _EQUALS.findall(where[1])):
        return
    for argument in node.args[1:]:
        match argument:
            case ast.Dict(values=values) | ast.Tuple(elts=values) | ast.List(elts=values):
                pass
            case _:
                values = [argument]
        for value in values:
            found = _plain(value, file) if is_plain_name(own_name(value)) else None
            if found is not None:
                yield _in_query(value, value, found, file)


def _queried_model(node: ast.expr, file: File) -> str | None:
    for one in options(file.type_of(node)):
        if isinstance(one, Instance) and one.args and isinstance(one.args[0], Instance):
            return one.args[0].cls if is_model(file.index, one.args[0].cls) else None
    if isinstance(node, ast.Attribute) and node.attr == "objects":
        name = file.qualname(node.value)
        return name if name is not None and is_model(file.index, name) else None
    return None


def _in_query(node: ast.expr, given: ast.expr, found: tuple[list[Related], Severity], file: File) -> Finding:
    return file.finding(
        node,
        f"A query can only find `{file.text(given)}` where passwords are stored as they are, fetch the user by name and compare with `verify`",
        related=found[0],
        severity=found[1],
    )


def _verify(node: ast.Compare, given: ast.expr, stored: ast.expr, found: _Stored, file: File) -> Iterator[AnyEdit]:
    django = found.model is not None and is_django(file.index, found.model)
    for edit in verified(file, file.text(given), file.text(stored), django=django):
        if not isinstance(edit, str):
            yield edit
        elif isinstance(node.ops[0], ast.Eq):
            yield file.replace(node, edit)
        else:
            inside = isinstance(file.parent(node), (ast.Compare, ast.BinOp))
            yield file.replace(node, f"(not {edit})" if inside else f"not {edit}")
