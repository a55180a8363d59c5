"""Where an application says which origins may call it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from seawall.semantics.facts import ValueFact
from seawall.semantics.index import Index
from seawall.semantics.symbols import Attr, Constant, Ref, Several, Symbol
from seawall.semantics.types import Instance, Value
from seawall.semantics.view import View, argument, keyword

MIDDLEWARE = "starlette.middleware.cors.CORSMiddleware"
_WRAPPERS = frozenset({"starlette.middleware.Middleware", "fastapi.middleware.Middleware"})
_ALLOW_ALL = frozenset({"CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"})


@dataclass(frozen=True, slots=True)
class Cors:
    """A CORS middleware with its options, or Django's setting that allows every origin."""

    node: ast.Call | ast.Assign
    origins: ast.expr | None = None
    regex: ast.expr | None = None
    credentials: ast.expr | None = None
    allows_all: ast.expr | None = None

    @staticmethod
    def recognise(node: ast.Call | ast.Assign, view: View) -> Cors | None:
        if isinstance(node, ast.Assign):
            target = node.targets[0]
            if isinstance(target, ast.Name) and target.id in _ALLOW_ALL and view.literal(node.value) is True:
                return Cors(node, allows_all=target)
            return None
        if not _is_middleware(node, view):
            return None
        return Cors(
            node,
            keyword(node, "allow_origins"),
            keyword(node, "allow_origin_regex"),
            keyword(node, "allow_credentials"),
        )


def _is_middleware(call: ast.Call, view: View) -> bool:
    if isinstance(call.func, ast.Attribute) and call.func.attr == "add_middleware":
        given = argument(call, 0, "middleware_class")
        return given is not None and view.qualname(given) == MIDDLEWARE
    if not any(item.arg in ("allow_origins", "allow_origin_regex") for item in call.keywords):
        return False
    name = view.callee(call)
    if name in _WRAPPERS:
        return bool(call.args) and view.qualname(call.args[0]) == MIDDLEWARE
    return name == MIDDLEWARE


def is_wildcard(node: ast.expr, view: View) -> bool:
    """Whether an expression certainly is, or by default is, a list of origins with `*` in it."""
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            return any(view.literal(element) == "*" for element in elements if not isinstance(element, ast.Starred))
        case ast.Call(func=ast.Attribute(value=text, attr="split")):
            return view.literal(text) == "*" or _default(text, view) == "*"
        case ast.Call(func=ast.Name(id="list" | "tuple" | "set"), args=[inner]):
            return is_wildcard(inner, view)
    return _is_wildcard(view.index, view.symbol(node))


def _default(node: ast.expr, view: View) -> object:
    """The default of a variable that is read from the environment."""
    if isinstance(node, ast.Call) and view.callee(node) in ("os.getenv", "os.environ.get"):
        return view.literal(argument(node, 1, "default"))
    return None


def _is_wildcard(index: Index, symbol: Symbol | None) -> bool:
    match symbol:
        case Several(items):
            return any(item is not None and index.type_of(item) == Value("*") for item in items)
        case Constant(value):
            return value == "*"
        case Ref(name):
            found = index.resolve(name).fact
            if isinstance(found, ValueFact):
                return _is_wildcard(index, found.value)
            owner, _, last = name.rpartition(".")
            return bool(owner) and found is None and _is_attribute_wildcard(index, Ref(owner), last)
        case Attr(of, name):
            return _is_attribute_wildcard(index, of, name)
    return False


def _is_attribute_wildcard(index: Index, owner: Symbol, name: str) -> bool:
    found = index.type_of(owner)
    member = index.member(found.cls, name) if isinstance(found, Instance) else None
    fact = member.fact if member else None
    return isinstance(fact, ValueFact) and _is_wildcard(index, fact.value)
