"""Where an application says which origins may call it."""

from __future__ import annotations

import ast
import re
from typing import ClassVar

import msgspec

from seawall.semantics.meanings.written import Written, written
from seawall.semantics.view import View, argument, keyword

MIDDLEWARE = "starlette.middleware.cors.CORSMiddleware"
_WRAPPERS = frozenset({"starlette.middleware.Middleware", "fastapi.middleware.Middleware"})
_ALLOW_ALL = frozenset({"CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"})
_REGEXES = frozenset({"CORS_ALLOWED_ORIGIN_REGEXES", "CORS_ORIGIN_REGEX_WHITELIST"})
_OPTIONS = frozenset(
    {"allow_credentials", "allow_methods", "allow_headers", "allow_origin_regex", "expose_headers", "max_age"}
)
_ANY_SITE = ("https://a1.elsewhere.invalid", "http://elsewhere.invalid")


class Cors(msgspec.Struct, frozen=True):
    """A CORS middleware with its options, or one of the settings of Django's."""

    node: ast.Call | ast.Assign | ast.AnnAssign | ast.Dict
    origins: ast.expr | None = None
    regex: ast.expr | None = None
    credentials: ast.expr | None = None
    allows_all: ast.expr | None = None
    """Django's switch that lets every origin in: the value that it gets."""

    @property
    def is_django(self) -> bool:
        return isinstance(self.node, (ast.Assign, ast.AnnAssign))

    calls: ClassVar = frozenset(name.rpartition(".")[2] for name in (*_WRAPPERS, MIDDLEWARE)) | {"add_middleware"}

    @staticmethod
    def recognise(node: ast.Call | ast.Assign | ast.AnnAssign | ast.Dict, view: View) -> Cors | None:
        if isinstance(node, ast.Dict):
            return _options(node)
        if not isinstance(node, ast.Call):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if not isinstance(target, ast.Name) or node.value is None:
                return None
            if target.id in _ALLOW_ALL:
                return Cors(node, allows_all=node.value)
            return Cors(node, regex=node.value) if target.id in _REGEXES else None
        if not _is_middleware(node, view):
            return None
        return Cors(
            node,
            keyword(node, "allow_origins"),
            keyword(node, "allow_origin_regex"),
            keyword(node, "allow_credentials"),
        )


def _options(node: ast.Dict) -> Cors | None:
    """A dictionary of the middleware's options, told by their names; it is passed on with `**`."""
    given = {
        key.value: value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)
    }
    if "allow_origins" not in given or not _OPTIONS & given.keys():
        return None
    return Cors(node, given["allow_origins"], given.get("allow_origin_regex"), given.get("allow_credentials"))


def _is_middleware(call: ast.Call, view: View) -> bool:
    if isinstance(call.func, ast.Attribute) and call.func.attr == "add_middleware":
        given = argument(call, 0, "middleware_class")
        return given is not None and _is_cors(view.qualname(given), view)
    if not any(item.arg in ("allow_origins", "allow_origin_regex") for item in call.keywords):
        return False
    name = view.callee(call)
    if name in _WRAPPERS:
        return bool(call.args) and _is_cors(view.qualname(call.args[0]), view)
    return _is_cors(name, view)


def _is_cors(name: str | None, view: View) -> bool:
    return name == MIDDLEWARE or (name is not None and view.index.is_subclass(name, MIDDLEWARE))


def wildcard(node: ast.expr, view: View) -> Written | None:
    """Where an expression gets `*` from, if it certainly is, or by default is, a list with that in it."""
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            for element in elements:
                if isinstance(element, ast.Starred):
                    if (found := wildcard(element.value, view)) is not None:
                        return found
                elif (one := written(view.index, view.symbol(element))) is not None and one.values(view.index) == (
                    "*",
                ):
                    return one
            return None
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return wildcard(left, view) or wildcard(right, view)
        case ast.BoolOp(op=ast.Or(), values=[*_, last]):
            found = wildcard(last, view)
            return found._replace(is_default=True) if found else None
    found = written(view.index, view.symbol(node))
    return found if found is not None and any(_is_star(value) for value in found.values(view.index)) else None


def _is_star(value: object) -> bool:
    return isinstance(value, str) and "*" in (part.strip() for part in value.split(","))


def open_regex(node: ast.expr, view: View, *, is_django: bool) -> Written | None:
    """Where an expression gets a pattern from that matches sites nobody has heard of."""
    if is_django and isinstance(node, (ast.List, ast.Tuple)):
        for element in node.elts:
            inner = element.args[0] if isinstance(element, ast.Call) and element.args else element
            if (found := open_regex(inner, view, is_django=True)) is not None:
                return found
        return None
    found = written(view.index, view.symbol(node))
    if found is None or not any(_matches_anything(value, is_django) for value in found.values(view.index)):
        return None
    return found


def _matches_anything(pattern: object, is_django: bool) -> bool:
    """Starlette asks for a full match; Django's middleware for one at the start, of the host with its scheme."""
    if not isinstance(pattern, str) or len(pattern) > 200:
        return False
    match = re.match if is_django else re.fullmatch
    try:
        return any(match(pattern, site) for site in _ANY_SITE)
    except (re.error, RecursionError, OverflowError):
        return False
