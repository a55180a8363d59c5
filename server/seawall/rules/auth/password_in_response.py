"""A response shows a password or its hash.

Whoever may see the user gets something to crack, and logs, caches and browsers keep it. FastAPI sends every field of the response
model, inherited ones included, and every loaded column of an ORM object that is returned without one.

Flagged are fields for hashes; fields for passwords where the handler returns an ORM object that has that column, where the response is the
table's own class, and where the handler gives back the schema that it takes; and serializers of Django REST framework that show the password of a user.

Not flagged: fields that are excluded or write-only, `SecretStr` (sent as asterisks), schemas with serializers of their own, credentials of other
systems (the schema has a host, a port, ...), passwords that the application has just made, tests.

Example:
    from fastapi import FastAPI
    from pydantic import BaseModel

    app = FastAPI()


    class UserIn(BaseModel):
        name: str
        password: str


    class UserInDB(BaseModel):
        name: str
        hashed_password: str


    @app.get("/users/{name}")
    def read_user(name: str) -> «UserInDB»:
        return UserInDB(name=name, hashed_password="$argon2id$...")


    @app.get("/users", response_model=«list[UserInDB]»)
    def read_users():
        return []

Fixed:
    from fastapi import FastAPI
    from pydantic import BaseModel

    app = FastAPI()


    class UserIn(BaseModel):
        name: str
        password: str


    class UserInDB(BaseModel):
        name: str
        hashed_password: str


    @app.get("/users/{name}", response_model_exclude={"hashed_password"})
    def read_user(name: str) -> UserInDB:
        return UserInDB(name=name, hashed_password="$argon2id$...")


    @app.get("/users", response_model=list[UserInDB], response_model_exclude={"__all__": {"hashed_password"}})
    def read_users():
        return []
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial
from typing import Any

from seawall.edits import AnyEdit, CannotFix, Fix, Safety
from seawall.edits.calls import add_keyword
from seawall.edits.imports import need
from seawall.knowledge.hashing import may_store
from seawall.rules.auth._leaking import Leak, columns, leaks, public_schema
from seawall.rules.auth._passwords import DJANGO_USER, is_in_tests, keeps
from seawall.rules.base import File, Finding, Related, Severity
from seawall.rules.returned import CONTAINERS, classes, returned
from seawall.semantics.meanings.route import Kind, Route
from seawall.semantics.types import Instance, options
from seawall.semantics.view import has_unpacking, keyword
from seawall.syntax import Range

code, severity = "SW504", Severity.ERROR

_WHY = "clients no longer get the field"
_SERIALIZERS = ("rest_framework.serializers.ModelSerializer", "rest_framework.serializers.HyperlinkedModelSerializer")


def applies(file: File) -> bool:
    return not is_in_tests(file)


def check(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, file: File) -> Iterator[Finding]:
    if isinstance(node, ast.ClassDef):
        yield from _serializer(node, file)
    elif node.decorator_list and isinstance(route := file.subject(Route.recognise, node), Route):
        yield from _handler(route, file)


def _handler(route: Route, file: File) -> Iterator[Finding]:
    for decorator in route.decorators:
        if has_unpacking(decorator) or keyword(decorator, "response_class") is not None:
            return
        if keyword(decorator, "response_model_include") is not None:
            return
        model = keyword(decorator, "response_model")
        if model is not None and not (isinstance(model, ast.Constant) and model.value is None):
            yield from _declared(model, decorator, route, file)
        elif model is None and route.function.returns is not None:
            yield from _declared(route.function.returns, decorator, route, file)
            if _is_dict(route.function.returns, file):
                yield from _entries(route, file)
            return
        elif len(route.decorators) == 1:
            yield from _objects(decorator, route, file)
            yield from _entries(route, file)


# -- response models ---------------------------------------------------------------------------------------------------


def _declared(node: ast.expr, decorator: ast.Call, route: Route, file: File) -> Iterator[Finding]:
    excluded = keyword(decorator, "response_model_exclude")
    found: list[Leak] = []
    for leak in leaks(file.index, file.names.annotation(node)):
        if excluded is not None and (leak.path is None or _excludes(excluded, leak.path) is not False):
            continue
        if any(word in leak.field.lower() for word in ("hash", "digest")) or _is_proved(leak, route, file):
            found.append(leak)
    if not found:
        return
    names = " and ".join(dict.fromkeys(f"`{leak.field}`" for leak in found))
    yield file.finding(
        node,
        f"The response shows {names}, leave {'it' if len(found) == 1 else 'them'} out",
        Fix("Leave the field out of the response", partial(_exclude, decorator, found, file), Safety.UNSAFE, _WHY),
        related=[Related(f"`{leak.field}` of the response", owner=member.name) for leak in found if (member := file.index.member(leak.cls, leak.field))],
    )  # fmt: skip


def _is_proved(leak: Leak, route: Route, file: File) -> bool:
    """Whether what is called a password certainly is one of a user: the table's, or the one that the client has sent."""
    index = file.index
    if leak.field in columns(index, leak.cls):
        return True
    own = index.member(leak.cls, leak.field)
    for parameter in route.of_kind(Kind.BODY):
        for one in options(parameter.type):
            if isinstance(one, Instance) and own is not None:
                given = index.member(one.cls, leak.field)
                if given is not None and given.name == own.name:
                    return True
    return any(
        leak.field in columns(index, cls)
        for value in returned(route.function, file)
        for cls in classes(file.type_of(value))
    )


def _excludes(node: ast.expr, path: tuple[str, ...]) -> bool | None:
    """Whether an `exclude` leaves a field out; None if that cannot be seen."""
    try:
        value: Any = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return None
    for number, step in enumerate(path):
        if isinstance(value, (set, list, tuple, frozenset)):
            return number == len(path) - 1 and step in value
        if not isinstance(value, dict) or step not in value:
            return False
        value = value[step]
    return value is True or value is ...


def _exclude(decorator: ast.Call, found: list[Leak], file: File) -> Iterator[AnyEdit]:
    if keyword(decorator, "response_model_exclude") is not None:
        raise CannotFix("the route leaves out other fields already")
    paths = [leak.path for leak in found]
    if any(path is None for path in paths):
        raise CannotFix("the field is inside a generic type")
    yield add_keyword(file, decorator, "response_model_exclude", _written([path for path in paths if path]))


def _written(paths: list[tuple[str, ...]]) -> str:
    """`{"password"}`, `{"user": {"password"}, "many": {"__all__": {"password"}}}`."""
    heads = dict.fromkeys(path[0] for path in paths)
    if all(len(path) == 1 for path in paths):
        return "{" + ", ".join(f'"{head}"' for head in heads) + "}"
    entries = []
    for head in heads:
        rest = [path[1:] for path in paths if path[0] == head and len(path) > 1]
        entries.append(f'"{head}": {_written(rest) if rest else "True"}')
    return "{" + ", ".join(entries) + "}"


# -- objects without a response model ----------------------------------------------------------------------------------


def _objects(decorator: ast.Call, route: Route, file: File) -> Iterator[Finding]:
    for value in returned(route.function, file):
        for cls in dict.fromkeys(classes(file.type_of(value))):
            names = columns(file.index, cls)
            if names:
                shown = " and ".join(f"`{name}`" for name in names)
                yield file.finding(
                    value,
                    f"Without a response model all columns of `{cls.rpartition('.')[2]}` are sent, also {shown}: declare a schema without",
                    Fix("Declare a response model", partial(_declare, decorator, value, cls, file), Safety.UNSAFE, _WHY),
                )  # fmt: skip
                break


def _is_dict(annotation: ast.expr, file: File) -> bool:
    found = options(file.declared(annotation))
    return bool(found) and all(
        isinstance(one, Instance) and one.cls in ("builtins.dict", "typing.Mapping") for one in found
    )


def _entries(route: Route, file: File) -> Iterator[Finding]:
    """`return {"name": user.name, "hash": user.password_hash}`, where nothing says which keys are sent."""
    for display in returned(route.function, file):
        for value in display.values if isinstance(display, ast.Dict) else ():
            if not isinstance(value, ast.Attribute) or not may_store(value.attr):
                continue
            if any(value.attr in columns(file.index, cls) for cls in classes(file.type_of(value.value))):
                yield file.finding(value, f"The response shows `{value.attr}`, leave it out")


def _declare(decorator: ast.Call, value: ast.expr, cls: str, file: File) -> Iterator[AnyEdit]:
    schema = public_schema(file.index, cls)
    if schema is None:
        raise CannotFix("the project has no schema that shows the object without its password")
    if keyword(decorator, "response_model") is not None:
        raise CannotFix("the route wants no response model")
    needed = need(file, schema)
    many = any(isinstance(one, Instance) and one.cls in CONTAINERS for one in options(file.type_of(value)))
    yield add_keyword(file, decorator, "response_model", f"list[{needed.expression}]" if many else needed.expression)
    yield from needed.edits


# -- Django REST framework ---------------------------------------------------------------------------------------------


def _serializer(node: ast.ClassDef, file: File) -> Iterator[Finding]:
    if not node.bases or not any(isinstance(one, ast.ClassDef) and one.name == "Meta" for one in node.body):
        return
    meta = next(one for one in node.body if isinstance(one, ast.ClassDef) and one.name == "Meta")
    values = {
        statement.targets[0].id: statement.value
        for statement in meta.body
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
    }
    model, fields = values.get("model"), values.get("fields")
    if model is None and len(meta.bases) == 1 and isinstance(fields, ast.BinOp):  # `class Meta(UserSerializer.Meta)`
        model = ast.copy_location(ast.Attribute(meta.bases[0], "model", ast.Load()), meta.bases[0])
    elif meta.bases:
        return
    if model is None or fields is None or not file.index.is_subclass(file.absolute_name(node), *_SERIALIZERS):
        return
    name = file.qualname(model)
    if name is None or _own_field(node):
        return
    if not file.index.is_subclass(name, *DJANGO_USER) and not keeps(file.index, name, "password"):
        return
    shown = _password_in(fields)
    extra = values.get("extra_kwargs")
    if shown is None or (extra is not None and "password" in ast.unparse(extra)) or "write_only_fields" in values:
        return
    statement = file.statement(fields)
    yield file.finding(
        shown,
        "The serializer shows what is stored of the password, make `password` write-only",
        Fix("Make it write-only", partial(_write_only, statement, extra, file), Safety.UNSAFE, _WHY),
    )


def _own_field(node: ast.ClassDef) -> bool:
    """Whether the class declares the field itself, or shapes what it shows."""
    return any(
        (isinstance(one, ast.Assign) and any(isinstance(target, ast.Name) and target.id == "password" for target in one.targets))
        or (isinstance(one, ast.FunctionDef) and one.name in ("to_representation", "get_fields", "get_field_names"))
        for one in node.body
    )  # fmt: skip


def _password_in(fields: ast.expr) -> ast.expr | None:
    match fields:
        case ast.Constant(value="__all__"):
            return fields
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return next((one for one in elements if isinstance(one, ast.Constant) and one.value == "password"), None)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _password_in(left) or _password_in(right)
    return None


def _write_only(statement: ast.stmt, extra: ast.expr | None, file: File) -> Iterator[AnyEdit]:
    if extra is not None:
        raise CannotFix("the serializer has `extra_kwargs` already")
    line = file.item.text.split("\n")[statement.lineno - 1]
    indent = line[: len(line) - len(line.lstrip())]
    place = Range(statement.lineno, 0, statement.lineno, 0)
    yield file.replace(place, f'{indent}extra_kwargs = {{"password": {{"write_only": True}}}}\n')
