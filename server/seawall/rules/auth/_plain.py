"""Passwords as the user typed them: where an expression has one, and how it comes from outside."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from seawall.knowledge.hashing import is_plain_name
from seawall.rules.auth._given import way
from seawall.rules.auth._passwords import hashes, hashes_in_methods, is_hasher
from seawall.rules.base import File, Related
from seawall.semantics.giving import callers
from seawall.semantics.index import Index
from seawall.semantics.origins import origins
from seawall.semantics.taint import outside, split, symbol_of
from seawall.semantics.types import Instance, options

SCHEMAS = ("pydantic.BaseModel", "sqlmodel.SQLModel")
_LAST = re.compile(r"(?:\.(\w+)(?:\(\)|\[\])*|\[(\w+)\])$")
_DUMPED = (".model_dump()", ".dict()")
_VALIDATED = frozenset({"cleaned_data", "validated_data"})
_SERIALIZERS = ("rest_framework.serializers.Serializer", "rest_framework.serializers.ModelSerializer")
_MAX_FUNCTIONS = 60


def plain_password(value: ast.expr, file: File) -> list[Related] | None:
    """The way of a password from outside to an expression; None if that is not what it is."""
    function = _function(value, file)
    if function is None:
        return None
    if _is_validated(value, file):
        return []
    fact = file.index.function(function)
    assert fact is not None
    for origin in origins(file.names, value):
        path = origin.removesuffix(".get_secret_value()")
        last = _LAST.search(path)
        name = (last[1] or last[2]) if last else split(path)[0]
        is_named = is_plain_name(name) or is_plain_name(own_name(value))
        owner = symbol_of(fact, path[: last.start()]) if last else None
        schemas = [one.cls for one in options(file.index.type_of(owner)) if isinstance(one, Instance)] if owner else []
        if any(hashes_in_methods(file.index, cls) for cls in schemas):
            continue
        arrival = outside(file.index, function, path)
        if arrival is not None and (is_named or _is_called_password(arrival.origin)):
            return way([arrival])
    match value:
        case ast.Name():
            found = [plain_password(one, file) for one in _assigned(value, file) if _is_validated(one, file)]
            return next((one for one in found if one is not None), None)
    return None


def _is_called_password(origin: str) -> bool:
    """Whether the handler's name for a value says that it is a password: `_let_in(user.password)` for `def _let_in(secret)`."""
    path = origin.removesuffix(".get_secret_value()")
    last = _LAST.search(path)
    return is_plain_name((last[1] or last[2]) if last else split(path)[0])


def own_name(value: ast.expr) -> str:
    """What an expression is called where it is used."""
    match value:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Call(func=ast.Attribute(attr="get" | "pop"), args=[ast.Constant(value=str(name)), *_]):
            return name
        case ast.Call(func=ast.Attribute(value=inner, attr="get_secret_value" | "strip")):
            return own_name(inner)
    return ""


def is_set_before(file: File, schema: ast.expr, name: str) -> bool:
    """Whether the function sets the field itself, as when it hashes in place: `data.password = ...`, `data["password"] = ...`."""
    function, text = file.function(schema), ast.unparse(schema)
    for node in (*file.scan.nodes[ast.Attribute], *file.scan.nodes[ast.Subscript]):
        assert isinstance(node, (ast.Attribute, ast.Subscript))
        is_set = isinstance(node.ctx, (ast.Store, ast.Del)) and _key(node) == name
        if is_set and file.function(node) is function and ast.unparse(node.value) == text:
            return True
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("pop", "update", "setdefault")
        and file.function(node) is function
        and ast.unparse(node.func.value) == text
        for node in file.scan.nodes[ast.Call]
    )


def _key(node: ast.Attribute | ast.Subscript) -> object:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.slice.value if isinstance(node.slice, ast.Constant) else None


def hashes_here(file: File, node: ast.AST) -> bool:
    """Whether the function around a node hashes a password itself."""
    function = _function(node, file)
    return function is not None and hashes(file.index, function)


# -- whole schemas that are unpacked -----------------------------------------------------------------------------------


def dumped(value: ast.expr, file: File) -> Iterator[tuple[str, list[Related]]]:
    """The schemas that come from outside and are unpacked in an expression, and on which way: `data.model_dump()`."""
    function = _function(value, file)
    if function is None:
        return
    for origin in origins(file.names, value):
        yield from _sources(file.index, function, origin)


def _sources(index: Index, function: str, origin: str) -> Iterator[tuple[str, list[Related]]]:
    waiting = [(function, origin)]
    seen = set(waiting)
    while waiting and len(seen) < _MAX_FUNCTIONS:
        current, path = waiting.pop(0)
        fact = index.function(current)
        if fact is None or (current != function and hashes(index, current)):
            continue
        suffix = next((one for one in _DUMPED if path.endswith(one)), None)
        if suffix is not None:
            schema = path.removesuffix(suffix)
            for one in options(index.type_of(symbol_of(fact, schema))):
                if isinstance(one, Instance) and index.is_subclass(one.cls, *SCHEMAS):
                    arrival = outside(index, current, path)
                    on_the_way = [hop.caller for hop in arrival.hops] if arrival else []
                    if arrival is not None and not any(hashes(index, hop) for hop in on_the_way):
                        yield one.cls, _path_to(index, function, origin)
            continue
        for caller, _, given in callers(index, current, path):
            if (caller, given) not in seen:
                seen.add((caller, given))
                waiting.append((caller, given))


def _path_to(index: Index, function: str, origin: str) -> list[Related]:
    arrival = outside(index, function, origin)
    return way([arrival]) if arrival is not None else []


# -- Django ------------------------------------------------------------------------------------------------------------


def _is_validated(value: ast.expr, file: File) -> bool:
    """`form.cleaned_data["password"]`, `validated_data.get("password")` of a serializer."""
    match value:
        case ast.Subscript(value=data, slice=ast.Constant(value=str(name))):
            pass
        case ast.Call(func=ast.Attribute(value=data, attr="get" | "pop"), args=[ast.Constant(value=str(name)), *_]):
            pass
        case _:
            return False
    return is_plain_name(name) and is_validated_data(data, file)


def is_validated_data(data: ast.expr, file: File) -> bool:
    """What a Django form or a serializer has let through."""
    match data:
        case ast.Attribute(attr=name):
            return name in _VALIDATED
        case ast.Name(id=name):
            bindings = file.names.bindings(data)
            if name == "validated_data" and any(isinstance(one, ast.arg) for one in bindings):
                return _in_serializer(data, file)
            return any(is_validated_data(one, file) for one in _assigned(data, file) if isinstance(one, ast.Attribute))
    return False


def _in_serializer(node: ast.AST, file: File) -> bool:
    function = file.function(node)
    owner = file.parent(function) if function is not None else None
    if not isinstance(owner, ast.ClassDef):
        return False
    return file.index.is_subclass(file.absolute_name(owner), *_SERIALIZERS)


def _assigned(node: ast.Name, file: File) -> Iterator[ast.expr]:
    for binding in file.names.bindings(node):
        match file.parent(binding):
            case ast.Assign(targets=[target], value=value) if target is binding:
                yield value
            case ast.AnnAssign(value=ast.expr() as value) | ast.NamedExpr(value=value):
                yield value


def _function(node: ast.AST, file: File) -> str | None:
    function = file.function(node)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    name = file.absolute_name(function)
    return name if file.index.function(name) is not None else None


def is_hashed(value: ast.expr, file: File) -> bool:
    """Whether an expression certainly is what a hasher gives."""
    match value:
        case ast.Call():
            name = file.callee(value)
            return name is not None and (is_hasher(file.index, name) or hashes(file.index, name))
        case ast.Await(value=inner) | ast.Attribute(value=ast.Call() as inner):
            return is_hashed(inner, file)
        case ast.Name():
            return any(is_hashed(one, file) for one in _assigned(value, file))
    return False
