"""Handlers and routers that are registered by a call: `router.add_api_route("/x", handler)`, `app.include_router(router)`."""

from __future__ import annotations

from collections.abc import Iterator

from seawall.knowledge import http_input
from seawall.semantics.facts import ValueFact
from seawall.semantics.index import Index
from seawall.semantics.symbols import Attr, Call, Constant, Parameter, Ref, Several, Subscript, Symbol
from seawall.semantics.types import Named, options

_DEPENDS = frozenset({"fastapi.Depends", "fastapi.Security"})
_MAX_ROUTERS = 32


def registrations(index: Index, function: str) -> Iterator[Call]:
    """The calls that register a function, by absolute name, as a handler."""
    for name in index.registrations(function.rpartition(".")[2]):
        call = _call(index, name)
        if call is None or not _is_method_of_router(index, call, http_input.ADDS):
            continue
        endpoint = call.args[1] if len(call.args) > 1 else call.keyword("endpoint")
        found = options(index.type_of(endpoint))
        if len(found) == 1 and isinstance(found[0], Named) and index.resolve(found[0].name).name == function:
            yield call


def methods_of(call: Call) -> tuple[str, ...]:
    """The HTTP methods that a registering call names."""
    if "websocket" in _method(call):
        return ("WEBSOCKET",)
    given = call.keyword("methods")
    names = given.items if isinstance(given, Several) else ()
    found = tuple(one.value.upper() for one in names if isinstance(one, Constant) and isinstance(one.value, str))
    return found or ("GET",)


def path_of(call: Call) -> str | None:
    path = call.args[0] if call.args else call.keyword("path")
    return path.value if isinstance(path, Constant) and isinstance(path.value, str) else None


def owner_of(call: Call) -> Symbol | None:
    """The router or app whose method is called."""
    match call.func:
        case Attr(of, _):
            return of
        case Ref(name):
            return Ref(name.rpartition(".")[0])
    return None


def router_dependencies(index: Index, router: Symbol | None) -> Iterator[str]:
    """What runs before every handler of a router or app: its own dependencies, and those of whatever includes it."""
    for call in router_calls(index, router):
        yield from provided(index, call.keyword("dependencies"))


def router_calls(index: Index, router: Symbol | None) -> Iterator[Call]:
    """The calls that make a router or app and that include it, and those of whatever includes it."""
    waiting = [router]
    seen: set[str] = set()
    while waiting and len(seen) < _MAX_ROUTERS:
        router = waiting.pop()
        name, made = "", router
        if isinstance(router, Ref):
            name, fact = index.resolve(router.name)[:2]
            if name in seen:
                continue
            seen.add(name)
            made = fact.value if isinstance(fact, ValueFact) else None
        if isinstance(made, Call):
            yield made
        for registration in index.registrations(name.rpartition(".")[2]) if name else ():
            call = _call(index, registration)
            if call is not None and _includes(index, call, name):
                yield call
                waiting.append(owner_of(call))


def provided(index: Index, markers: Symbol | None) -> Iterator[str]:
    """The absolute names that `Depends(...)` names: of one marker, of a list of them, of an annotation or of a parameter."""
    for marker in depends(index, markers):
        given = provider_of(marker)
        found = options(index.type_of(given)) if given is not None else ()
        if len(found) == 1:
            yield found[0].name if isinstance(found[0], Named) else getattr(found[0], "cls", "")


def depends(index: Index, markers: Symbol | None) -> Iterator[Call]:
    """The calls of `Depends` themselves."""
    match markers:
        case Several(items):
            for item in items:
                yield from depends(index, item)
        case Parameter(annotation=annotation, default=default):
            yield from depends(index, default)
            yield from depends(index, annotation)
        case Subscript(_, (_, *metadata)):
            for item in metadata:
                yield from depends(index, item)
        case Ref(name):
            fact = index.resolve(name).fact  # `CurrentUser = Annotated[User, Depends(get_user)]`
            if isinstance(fact, ValueFact) and isinstance(fact.value, Subscript):
                yield from depends(index, fact.value)
        case Call(func) if index.named(func) in _DEPENDS:
            yield markers


def provider_of(marker: Call) -> Symbol | None:
    """What a call of `Depends` is given."""
    return marker.args[0] if marker.args else marker.keyword("dependency")


def _call(index: Index, name: str) -> Call | None:
    fact = index.resolve(name).fact
    return fact.value if isinstance(fact, ValueFact) and isinstance(fact.value, Call) else None


def _method(call: Call) -> str:
    return call.func.name.rpartition(".")[2] if isinstance(call.func, (Attr, Ref)) else ""


def _is_method_of_router(index: Index, call: Call, names: frozenset[str]) -> bool:
    return _method(call) in names and any(
        isinstance(one, Named) and one.receiver is not None and index.is_subclass(one.receiver.cls, *http_input.ROUTERS)
        for one in options(index.type_of(call.func))
    )


def _includes(index: Index, call: Call, router: str) -> bool:
    """Whether a call includes or mounts the router of that name."""
    method = _method(call)
    if method not in http_input.INCLUDES or not _is_method_of_router(index, call, http_input.INCLUDES):
        return False
    position = http_input.INCLUDES_AT[method]
    given = call.args[position] if len(call.args) > position else call.keyword("router" if not position else "app")
    return isinstance(given, Ref) and index.resolve(given.name).name == router
