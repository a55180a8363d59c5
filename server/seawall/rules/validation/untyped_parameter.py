"""A parameter without annotation is not validated: FastAPI hands on whatever text stands in the URL or header.

Without a type FastAPI takes any value and gives it as `str`, also where the default is a number: `page=1` is an `int` until a client
sends `?page=2`. The documentation does not say what is expected, and a wrong value fails somewhere in the handler with a response 500.

Not flagged: what `Depends` provides; bodies; parameters in handlers that a decorator of unknown effect wraps, unless they stand in the path;
handlers of Starlette, which get the request; tests.

Example:
    from fastapi import FastAPI

    app = FastAPI()


    @app.get("/shelves/{shelf_id:int}/books")
    async def list_books(«shelf_id», «page=1», «q=None»):
        return {"shelf": shelf_id, "page": page, "q": q}

Fixed:
    from fastapi import FastAPI

    app = FastAPI()


    @app.get("/shelves/{shelf_id:int}/books")
    async def list_books(shelf_id: int, page: int = 1, q: str | None = None):
        return {"shelf": shelf_id, "page": page, "q": q}
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from seawall.edits import AnyEdit, Fix, Safety
from seawall.edits.imports import need
from seawall.knowledge.http_input import FASTAPI_ROUTERS, REQUEST_PARTS
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Severity
from seawall.rules.validation._told import IMPORTED, PLAIN, told_by_use
from seawall.semantics.meanings.route import Kind, Route, RouteParameter
from seawall.semantics.types import Named, options
from seawall.semantics.view import argument, keyword
from seawall.syntax import Range, range_of

code, severity = "SW306", Severity.WARNING
applies = counts

_FROM_URL = (Kind.PATH, Kind.QUERY, Kind.HEADER, Kind.COOKIE)
_CONVERTERS = {"int": "int", "float": "float", "str": "str", "path": "str", "uuid": "UUID"}
_NUMERIC = frozenset({"gt", "ge", "lt", "le", "multiple_of"})
_TEXTUAL = frozenset({"min_length", "max_length", "pattern", "regex"})


def check(route: Route, file: File) -> Iterator[Finding]:
    bare = [one for one in route.of_kind(*_FROM_URL) if one.arg.annotation is None]
    if not bare or not _is_fastapi(route, file):
        return
    is_wrapped = len(route.decorators) < len(route.function.decorator_list)
    for parameter in bare:
        if parameter.kind is not Kind.PATH and (is_wrapped or _is_provided(parameter)):
            continue
        converter = _converter(parameter, route, file)
        kind = converter or _type(parameter, route, file)
        message = f"`{parameter.name}` has no type, so FastAPI takes any text from the {_place(parameter)}"
        if kind == "Request":
            message = f"FastAPI takes `{parameter.name}` from the query, since nothing says that it is the request"
        yield file.finding(
            _whole(parameter), f"{message}, annotate it", _fix(parameter, kind, converter is not None, file)
        )


def _is_fastapi(route: Route, file: File) -> bool:
    """Whether all that registers the handler reads its signature."""
    for decorator in route.decorators:
        assert isinstance(decorator.func, ast.Attribute)
        if decorator.func.attr in ("route", "websocket_route"):
            return False
        for found in options(file.type_of(decorator.func)):
            if not (
                isinstance(found, Named)
                and found.receiver is not None
                and file.index.is_subclass(found.receiver.cls, *FASTAPI_ROUTERS)
            ):
                return False
    return True


def _is_provided(parameter: RouteParameter) -> bool:
    """Whether the default may come from somebody who injects values."""
    default = parameter.default
    return parameter.marker is None and not (default is None or _is_plain(default))


def _is_plain(node: ast.expr) -> bool:
    if isinstance(node, ast.UnaryOp):
        return _is_plain(node.operand)
    return isinstance(node, ast.Constant)


def _place(parameter: RouteParameter) -> str:
    return {Kind.HEADER: "header", Kind.COOKIE: "cookie", Kind.PATH: "path"}.get(parameter.kind, "query")


def _whole(parameter: RouteParameter) -> Range:
    start = range_of(parameter.arg)
    if parameter.default is None:
        return start
    end = range_of(parameter.default)
    return Range(start.start_line, start.start_col, end.end_line, end.end_col)


# -- what type ------------------------------------------------------------------------------------------------------


def _type(parameter: RouteParameter, route: Route, file: File) -> str:
    """The type from the default, the limits or the use; else `str`, which is what comes."""
    if parameter.kind is Kind.QUERY and parameter.default is None and _is_request(parameter, route, file):
        return "Request"
    given = _default(parameter)
    kind = type(given.value).__name__ if given is not None else ""
    if kind not in PLAIN:
        kind = _by_limits(parameter) or _by_use(parameter, route, file) or "str"
    return f"{kind} | None" if given is not None and given.value is None else kind


def _converter(parameter: RouteParameter, route: Route, file: File) -> str | None:
    """What all of the handler's paths make of the parameter."""
    if parameter.kind is not Kind.PATH:
        return None
    found = set()
    for decorator in route.decorators:
        path = file.literal(argument(decorator, 0, "path"))
        match = re.search(rf"{{\s*{parameter.name}\s*:(\w+)\s*}}", path) if isinstance(path, str) else None
        found.add(_CONVERTERS.get(match[1]) if match else None)
    return next(iter(found)) if len(found) == 1 else None


def _default(parameter: RouteParameter) -> ast.Constant | None:
    """The default value, also that of `Query(10)`."""
    node = parameter.default
    if parameter.marker is not None and isinstance(node, ast.Call):
        node = node.args[0] if node.args else keyword(node, "default")
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    return node if isinstance(node, ast.Constant) and node.value is not Ellipsis else None


def _by_limits(parameter: RouteParameter) -> str | None:
    if not isinstance(parameter.default, ast.Call):
        return None
    limits = {one.arg: one.value for one in parameter.default.keywords if one.arg in _NUMERIC | _TEXTUAL}
    if limits.keys() & _TEXTUAL:
        return "str"
    kinds = {type(one.value).__name__ for one in limits.values() if isinstance(one, ast.Constant)}
    return "float" if "float" in kinds else "int" if kinds == {"int"} else None


def _by_use(parameter: RouteParameter, route: Route, file: File) -> str | None:
    told = {told_by_use(file, use) for use in _uses(parameter, route, file)} - {None, "int | float"}
    return told.pop() if len(told) == 1 else None


def _uses(parameter: RouteParameter, route: Route, file: File) -> list[ast.Name]:
    scope = file.scan.opened[route.function]
    return [
        node
        for node in file.scan.nodes[ast.Name]
        if isinstance(node, ast.Name)
        and node.id == parameter.name
        and isinstance(node.ctx, ast.Load)
        and file.scan.scopes[node] is scope
    ]


def _is_request(parameter: RouteParameter, route: Route, file: File) -> bool:
    """Whether the handler asks the parameter for what only a request has."""
    if parameter.name not in ("request", "req"):
        return False
    above = [file.parent(use) for use in _uses(parameter, route, file)]
    return any(isinstance(one, ast.Attribute) and one.attr in (*REQUEST_PARTS, "client", "state") for one in above)


# -- the fix --------------------------------------------------------------------------------------------------------


def _fix(parameter: RouteParameter, kind: str, is_converted: bool, file: File) -> Fix:
    plain = kind.removesuffix(" | None")

    def make() -> Iterator[AnyEdit]:
        written = kind
        if plain not in PLAIN:
            needed = need(file, "fastapi.Request" if plain == "Request" else IMPORTED[plain])
            yield from needed.edits
            written = kind.replace(plain, needed.expression)
        end = range_of(parameter.arg)
        here = Range(end.end_line, end.end_col, end.end_line, end.end_col)
        if parameter.default is not None:
            start = range_of(parameter.default)
            between = Range(end.end_line, end.end_col, start.start_line, start.start_col)
            if "\n" not in file.slice(between):
                yield file.replace(between, f": {written} = ")
                return
        yield file.replace(here, f": {written}")

    if plain in ("str", "Request") or is_converted:
        return Fix(f"Annotate `{parameter.name}` as `{kind}`", make)
    why = f"what is no `{plain}` is refused with a response 422, and the handler gets `{plain}` in place of text"
    return Fix(f"Annotate `{parameter.name}` as `{kind}`", make, Safety.UNSAFE, why)
