"""Handlers that FastAPI or Starlette calls for a request, and where each of their parameters comes from."""

from __future__ import annotations

import ast
import re
from enum import StrEnum

import msgspec

from seawall.knowledge import http_input
from seawall.semantics.facts import ClassFact, FunctionFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.registration import (
    methods_of,
    owner_of,
    path_of,
    provided,
    registrations,
    router_dependencies,
)
from seawall.semantics.symbols import Call, Constant, Either, Parameter, Ref, Subscript, Symbol
from seawall.semantics.types import Named, Type, options
from seawall.semantics.view import FunctionNode, View, argument, keyword

_PATH_NAME = re.compile(r"{\s*([A-Za-z_]\w*)\s*(?::\w+)?\s*}")
_ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
_UNIONS = frozenset({"typing.Optional", "typing.Union"})
_MAX_ALIASES = 8


class Kind(StrEnum):
    """Where a handler's parameter comes from."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"
    BODY = "body"
    FORM = "form"
    FILE = "file"
    DEPENDENCY = "dependency"
    REQUEST = "request"
    WEBSOCKET = "websocket"
    BACKGROUND = "background"
    RESPONSE = "response"
    UNKNOWN = "unknown"


OUTSIDE = frozenset({Kind.PATH, Kind.QUERY, Kind.HEADER, Kind.COOKIE, Kind.BODY, Kind.FORM})
"""Kinds whose values are what the client sent."""


class RouteParameter(msgspec.Struct, frozen=True):
    """A parameter of a handler. `annotation` and `marker` are what stands in the code, `Annotated` not yet taken apart."""

    arg: ast.arg
    kind: Kind
    type: Type | None
    """What the annotation declares; None if that is not certain, as with `Any`."""
    annotation: Symbol | None
    """The declared type without `Annotated`, aliases followed."""
    marker: str | None
    """The absolute name of `Body`, `Query`, `Depends`, ... where one is given."""
    default: ast.expr | None

    @property
    def name(self) -> str:
        return self.arg.arg


class Route(msgspec.Struct, frozen=True):
    """A function that is registered as a handler, by decorators or by a call of `add_api_route` anywhere in the project.

    `dependencies` are all that runs before it: its own, those of its class, of its decorators, of its router, and of whatever includes
    or mounts that.
    """

    function: FunctionNode
    decorators: tuple[ast.Call, ...]
    methods: tuple[str, ...]
    """In upper case; `WEBSOCKET` for a websocket."""
    path: str | None
    """The path of the first decorator or call, if it is a constant."""
    parameters: tuple[RouteParameter, ...]
    registered_by: tuple[Call, ...] = ()
    """The calls that register it."""

    @staticmethod
    def recognise(node: ast.FunctionDef | ast.AsyncFunctionDef, view: View) -> Route | None:
        found = [
            (decorator, method)
            for decorator in node.decorator_list
            if isinstance(decorator, ast.Call)
            and isinstance(decorator.func, ast.Attribute)
            and decorator.func.attr in http_input.REGISTERS
            and (method := registers(view.index, view.symbol(decorator.func)))
        ]
        if not found:
            return _registered_by_call(node, view) if node.name in view.registered() else None
        methods = [name for decorator, method in found for name in _methods(decorator, method, view)]
        paths = [view.literal(argument(decorator, 0, "path")) for decorator, _ in found]
        names = {name for path in paths if isinstance(path, str) for name in _PATH_NAME.findall(path)}
        first = paths[0] if isinstance(paths[0], str) else None
        return Route(
            node,
            tuple(decorator for decorator, _ in found),
            tuple(dict.fromkeys(methods)),
            first,
            tuple(_parameters(node, view, frozenset(names))),
        )

    def dependencies(self, view: View) -> tuple[str, ...]:
        """Absolute names of the functions and classes that FastAPI calls before the handler, its own first."""
        index, scope = view.index, view.scan.opened[self.function]
        markers = [view.names.parameter(one.arg, scope) for one in self.parameters]
        if scope.parent is not None and scope.parent.is_class:
            for value in index.attributes(view.names.absolute(scope.parent)).values():
                markers += [value.value, value.annotation]
        routers = [owner_of(call) for call in self.registered_by]
        markers += [call.keyword("dependencies") for call in self.registered_by]
        for decorator in self.decorators:
            given = keyword(decorator, "dependencies")
            markers.append(view.symbol(given) if given is not None else None)
            routers.append(view.symbol(decorator.func.value) if isinstance(decorator.func, ast.Attribute) else None)
        found = [name for marker in markers for name in provided(index, marker)]
        found += [name for router in routers for name in router_dependencies(index, router)]
        return tuple(dict.fromkeys(found))

    @property
    def path_names(self) -> frozenset[str]:
        return frozenset(_PATH_NAME.findall(self.path or ""))

    def of_kind(self, *kinds: Kind) -> tuple[RouteParameter, ...]:
        return tuple(parameter for parameter in self.parameters if parameter.kind in kinds)

    def parameter(self, name: str) -> RouteParameter | None:
        return next((parameter for parameter in self.parameters if parameter.name == name), None)


def _registered_by_call(node: FunctionNode, view: View) -> Route | None:
    calls = tuple(registrations(view.index, view.absolute_name(node)))
    if not calls:
        return None
    paths = [path for call in calls if (path := path_of(call)) is not None]
    methods = dict.fromkeys(method for call in calls for method in methods_of(call))
    names = frozenset(name for path in paths for name in _PATH_NAME.findall(path))
    path = paths[0] if paths else None
    return Route(node, (), tuple(methods), path, tuple(_parameters(node, view, names)), calls)


def registers(index: Index, decorator: Symbol | None) -> str | None:
    """The method of an app or router that a decorator names: `get`, `api_route`, `websocket`, ...; None if it is none."""
    for found in options(index.type_of(decorator)):
        if (
            isinstance(found, Named)
            and found.receiver is not None
            and found.last in http_input.REGISTERS
            and index.is_subclass(found.receiver.cls, *http_input.ROUTERS)
        ):
            return found.last
    return None


def is_handler(index: Index, function: FunctionFact, name: str = "") -> bool:
    """The same question of a function in another file; with its absolute name, also whether a call registers it."""
    if any(isinstance(decorator, Call) and registers(index, decorator.func) for decorator in function.decorators):
        return True
    return bool(name and index.registered(frozenset({function.name}))) and any(registrations(index, name))


def kind_of(index: Index, parameter: Symbol | None, path_names: frozenset[str] = frozenset()) -> Kind:
    """Where FastAPI takes a handler's parameter from."""
    if not isinstance(parameter, Parameter):
        return Kind.UNKNOWN
    annotation, metadata = unwrap(index, parameter.annotation)
    for marker in (parameter.default, *metadata):
        kind = http_input.MARKERS.get(_marker(index, marker) or "")
        if kind is not None:
            return Kind(kind)
    kind = _special(index, annotation)
    if kind is not None:
        return kind
    if parameter.name in path_names:
        return Kind.PATH
    is_complex = _is_complex(index, annotation)
    return Kind.UNKNOWN if is_complex is None else Kind.BODY if is_complex else Kind.QUERY


def unwrap(index: Index, annotation: Symbol | None) -> tuple[Symbol | None, tuple[Symbol | None, ...]]:
    """An annotation without `Annotated` and with its aliases followed, and the metadata that stood in `Annotated`."""
    metadata: tuple[Symbol | None, ...] = ()
    for _ in range(_MAX_ALIASES):
        match annotation:
            case Ref(name):
                fact = index.resolve(name).fact
                if not isinstance(fact, ValueFact) or fact.value is None:
                    break
                annotation = fact.value
            case Subscript(of, args) if args and index.named(of) in _ANNOTATED:
                annotation, metadata = args[0], (*metadata, *args[1:])
            case _:
                break
    return annotation, metadata


def _methods(decorator: ast.Call, registered: str, view: View) -> tuple[str, ...]:
    if registered not in ("api_route", "route"):
        return ("WEBSOCKET" if registered.startswith("websocket") else registered.upper(),)
    given = keyword(decorator, "methods")
    if isinstance(given, (ast.List, ast.Tuple, ast.Set)):
        names = [view.literal(element) for element in given.elts]
        return tuple(name.upper() for name in names if isinstance(name, str))
    return ("GET",)


def _parameters(node: FunctionNode, view: View, path_names: frozenset[str]) -> list[RouteParameter]:
    scope = view.scan.opened[node]
    found = []
    for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        if arg.annotation is None and scope.parent is not None and scope.parent.is_class and _is_first(arg, node):
            continue  # `self` of a class-based view
        symbol = view.names.parameter(arg, scope)
        annotation, metadata = unwrap(view.index, symbol.annotation if isinstance(symbol, Parameter) else None)
        default = view.names.default(arg, node.args)
        markers = (symbol.default if isinstance(symbol, Parameter) else None, *metadata)
        names = (_marker(view.index, marker) for marker in markers)
        found.append(
            RouteParameter(
                arg,
                kind_of(view.index, symbol, path_names),
                view.declared(arg.annotation) if arg.annotation is not None else None,
                annotation,
                next((name for name in names if name in http_input.MARKERS), None),
                default,
            )
        )
    return found


def _is_first(arg: ast.arg, node: FunctionNode) -> bool:
    is_static = any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list)
    return not is_static and [*node.args.posonlyargs, *node.args.args][:1] == [arg]


def _marker(index: Index, symbol: Symbol | None) -> str | None:
    return index.named(symbol.func) if isinstance(symbol, Call) else index.named(symbol) if symbol is not None else None


def _special(index: Index, annotation: Symbol | None) -> Kind | None:
    match annotation:
        case Ref(name):
            resolved = index.resolve(name).name
            for base in index.mro(resolved):
                if base in http_input.SPECIAL_TYPES:
                    return Kind(http_input.SPECIAL_TYPES[base])
    return None


def _is_complex(index: Index, annotation: Symbol | None) -> bool | None:
    """Whether FastAPI reads an unmarked parameter of that type from the body; None if it is not certain."""
    match annotation:
        case None:
            return False
        case Constant(None):
            return False
        case Either(several):
            return _any([_is_complex(index, unwrap(index, option)[0]) for option in several])
        case Subscript(of, args):
            name = index.named(of) or ""
            if name in _UNIONS:
                return _any([_is_complex(index, unwrap(index, option)[0]) for option in args])
            if name == "typing.Literal":
                return False
            return _is_complex_class(index, name)
        case Ref(name):
            return _is_complex_class(index, index.resolve(name).name)
    return None


def _is_complex_class(index: Index, cls: str) -> bool | None:
    if cls in http_input.COMPLEX_TYPES:
        return True
    if cls in http_input.SCALAR_TYPES:
        return False
    if index.is_subclass(cls, *http_input.MODEL_BASES):
        return True
    if index.is_subclass(cls, *http_input.SCALAR_BASES):
        return False
    fact = index.resolve(cls).fact
    if isinstance(fact, ClassFact) and any(_is_dataclass(index, decorator) for decorator in fact.decorators):
        return True
    return None


def _is_dataclass(index: Index, decorator: Symbol | None) -> bool:
    symbol = decorator.func if isinstance(decorator, Call) else decorator
    return index.named(symbol) in http_input.DATACLASS_DECORATORS if symbol is not None else False


def _any(answers: list[bool | None]) -> bool | None:
    return True if True in answers else None if None in answers else False
