"""A password is stored as the user typed it.

Whoever gets to read the table, a backup or a log of statements has every password, and those of other sites with it. Store what a
password hasher (Argon2, bcrypt) makes of it, and compare with its `verify`.

Followed are assignments, helpers, services and repositories over any number of modules, unpacked schemas, `setattr`, statements, rows and
documents, files.

Not flagged: passwords that go through a known hasher, in whatever helper, validator, setter or listener; functions whose code is not known;
column types that hash by themselves; passwords with which the application itself logs in elsewhere (the model has a host, a port, ...); tests.

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
from collections.abc import Iterable, Iterator

from seawall.edits import AnyEdit, CannotFix, Fix, Safety
from seawall.edits.calls import add_keyword
from seawall.knowledge.hashing import is_plain_name
from seawall.rules.auth._given import arrivals, way
from seawall.rules.auth._hasher import hashed
from seawall.rules.auth._passwords import hashes_in_methods, is_django, is_in_tests, keeps
from seawall.rules.auth._plain import SCHEMAS, dumped, hashes_here, is_set_before, is_validated_data, plain_password
from seawall.rules.auth._storing import Store, Unpacked, assigned, called
from seawall.rules.base import File, Finding, Related, Severity
from seawall.semantics.types import Instance, options

code, severity = "SW501", Severity.ERROR

_WHY = "passwords stored so far stay readable, and comparisons have to verify from now on"


def applies(file: File) -> bool:
    return not is_in_tests(file)


def check(node: ast.Call | ast.Assign, file: File) -> Iterator[Finding]:
    if isinstance(node, ast.Assign):
        if any(isinstance(target, ast.Attribute) for target in node.targets):
            yield from _findings(assigned(node, file), file)
    elif node.keywords or node.args:
        yield from _findings(called(node, file), file)


def _findings(stores: Iterable[Store | Unpacked], file: File) -> Iterator[Finding]:
    for one in stores:
        yield from _stored(one, file) if isinstance(one, Store) else _unpacked(one, file)


def _stored(store: Store, file: File) -> Iterator[Finding]:
    value = store.value
    related = plain_password(value, file)
    if related is None or _is_hashed_later(store, file):
        return
    match value:
        case ast.Attribute(value=schema, attr=name) | ast.Subscript(value=schema, slice=ast.Constant(value=str(name))):
            if is_set_before(file, schema, name):
                return
    django = store.model is not None and is_django(file.index, store.model)

    def make() -> Iterator[AnyEdit]:
        for edit in hashed(file, file.text(value), django=django):
            yield file.replace(value, edit) if isinstance(edit, str) else edit

    keeps_hashes = "hash" in store.column.lower()
    yield file.finding(
        value,
        f"`{file.text(value)}` is stored as the user typed it, hash it first",
        Fix("Hash the password", make, Safety.SAFE if keeps_hashes else Safety.UNSAFE, "" if keeps_hashes else _WHY),
        related=related,
    )


def _is_hashed_later(store: Store, file: File) -> bool:
    """Whether the function calls `set_password`, which replaces what is stored now."""
    return (
        store.model is not None
        and is_django(file.index, store.model)
        and any(
            isinstance(call, ast.Call) and file.function(call) is file.function(store.value)
            for call in file.calls().get("set_password", ())
        )
    )


def _unpacked(store: Unpacked, file: File) -> Iterator[Finding]:
    """`User(**data.model_dump())`, where the schema and the model both have a password."""
    if not any(is_plain_name(name) and keeps(file.index, store.model, name) for name in _columns(store.model, file)):
        return
    if hashes_here(file, store.value):
        return
    for cls, related in _schemas(store.value, file):
        for name in file.index.attributes(cls) if cls else _columns(store.model, file):
            if not is_plain_name(name) or name in store.given or not keeps(file.index, store.model, name):
                continue
            if cls and (hashes_in_methods(file.index, cls) or _is_taken_out(store.value, name, file)):
                continue
            if (not cls and is_set_before(file, store.value, name)) or _is_set_later(store, name, file):
                continue
            fix = _unpacked_fix(store, name, file)
            yield file.finding(
                store.value,
                f"`{name}` is stored as the user typed it, hash it first",
                *([fix] if fix else []),
                related=related,
            )
            return


def _is_set_later(store: Unpacked, name: str, file: File) -> bool:
    """Whether the function sets the column itself once the object is made: `user.password = hash_password(...)`."""
    match file.parent(store.by):
        case ast.Assign(targets=[ast.Name(id=made)]) | ast.AnnAssign(target=ast.Name(id=made)):
            for node in file.scan.nodes.get(ast.Attribute, ()):
                match node:
                    case ast.Attribute(value=ast.Name(id=owner), attr=attr, ctx=ast.Store()):
                        if owner == made and attr == name and file.function(node) is file.function(store.by):
                            return True
    return False


def _columns(model: str, file: File) -> list[str]:
    found = [name for name in file.index.attributes(model) if is_plain_name(name)]
    return found or ["password"]


def _schemas(value: ast.expr, file: File) -> Iterator[tuple[str, list[Related]]]:
    """The schemas whose fields come from outside in an expression; no name for what a Django form let through."""
    if is_validated_data(value, file):
        yield "", []
        return
    yield from dumped(value, file)
    for one in options(file.type_of(value)):
        if isinstance(one, Instance) and file.index.is_subclass(one.cls, *SCHEMAS):
            found = arrivals(file, value)
            if found:
                yield one.cls, way(found)


def _is_taken_out(value: ast.expr, name: str, file: File) -> bool:
    """Whether the function itself has set the field, of the schema or of the dictionary."""
    match value:
        case ast.Call(func=ast.Attribute(value=schema)):
            return is_set_before(file, schema, name)
        case ast.Name():
            if is_set_before(file, value, name):
                return True
            for binding in file.names.bindings(value):
                match file.parent(binding):
                    case ast.Assign(value=ast.Call(func=ast.Attribute(value=schema))) if is_set_before(
                        file, schema, name
                    ):
                        return True
    return False


def _unpacked_fix(store: Unpacked, name: str, file: File) -> Fix | None:
    value, call = store.value, store.by
    if isinstance(call.func, ast.Name) and call.func.id == "setattr":
        return None
    django = is_django(file.index, store.model)

    def make() -> Iterator[AnyEdit]:
        match value:
            case ast.Call(func=ast.Attribute(value=schema, attr="model_dump"), args=[], keywords=[]):
                password = f"{file.text(schema)}.{name}"
            case ast.Name() if isinstance(call.func, ast.Attribute) and call.func.attr == "model_validate":
                password = f"{file.text(value)}.{name}"
            case ast.Name() | ast.Attribute():
                password = f'{file.text(value)}["{name}"]'
            case _:
                raise CannotFix("the fields are put together in a way that cannot be changed with certainty")
        for edit in hashed(file, password, django=django):
            if not isinstance(edit, str):
                yield edit
            elif isinstance(call.func, ast.Attribute) and call.func.attr == "model_validate":
                if any(one.arg == "update" for one in call.keywords):
                    raise CannotFix("the call changes other fields already")
                yield add_keyword(file, call, "update", f'{{"{name}": {edit}}}')
            elif isinstance(value, ast.Call):
                dump = file.text(value).removesuffix("()")
                yield file.replace(value, f'{dump}(exclude={{"{name}"}}), {name}={edit}')
            else:
                yield file.replace(value, f'{{**{file.text(value)}, "{name}": {edit}}}')

    return Fix("Hash the password", make, Safety.UNSAFE, _WHY)
