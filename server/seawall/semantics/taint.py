"""Where the characters of a string may come from: which parameters of its function, directly or through helpers.

An origin is written as a path: `q`, `payload.name`, `request.query_params[]`, `data()[]`; it begins with a parameter's name. Only what
keeps the characters keeps the origin: `int(q)`, `NAMES[q]` and functions that are not known give none.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from seawall.knowledge import http_input
from seawall.semantics.evaluate import is_decorated
from seawall.semantics.facts import ClassFact, FunctionFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.route import OUTSIDE, Kind, is_handler, kind_of, unwrap
from seawall.semantics.origins import STEP
from seawall.semantics.summary import Hop
from seawall.semantics.symbols import Attr, Call, Constant, Either, Iterated, Parameter, Ref, Subscript, Symbol
from seawall.semantics.types import Instance, Named, Value, options

MAX_FUNCTIONS = 200

_HARMLESS = frozenset({
    "builtins.int", "builtins.float", "builtins.bool", "builtins.complex", "uuid.UUID", "decimal.Decimal", "datetime.date",
    "datetime.datetime", "datetime.time", "datetime.timedelta", "ipaddress.IPv4Address", "ipaddress.IPv6Address",
    "pydantic.PositiveInt", "pydantic.NonNegativeInt", "pydantic.NegativeInt", "pydantic.PositiveFloat",
    "pydantic.NonNegativeFloat", "pydantic.StrictInt", "pydantic.StrictBool", "pydantic.StrictFloat", "pydantic.UUID4",
    "pydantic.UUID1", "sqlalchemy.Table", "sqlalchemy.Column", "psycopg.sql.Composed", "psycopg.sql.SQL",
})  # fmt: skip


class Arrival(NamedTuple):
    """How outside data comes to a parameter: what it is, and the calls that hand it on, the handler's first."""

    source: str
    handler: str
    hops: tuple[Hop, ...] = ()


def outside(index: Index, function: str, origin: str) -> Arrival | None:
    """The way on which what a client sends comes to be the origin in a function; None if none is proved."""
    return index.answer(_search, (function, origin))


def _search(index: Index, start: tuple[str, str]) -> Arrival | None:
    waiting: list[tuple[str, str, tuple[Hop, ...]]] = [(*start, ())]
    seen = {start}
    while waiting and len(seen) < MAX_FUNCTIONS:
        current, path, hops = waiting.pop(0)
        fact = index.function(current)
        if fact is None or is_harmless(index, symbol_of(fact, path)):
            continue
        source = _from_client(index, current, fact, path)
        if source is not None:
            return Arrival(source, current, hops)
        for caller, call, given in callers(index, current, path):
            if (caller, given) not in seen:
                seen.add((caller, given))
                waiting.append((caller, given, (Hop(caller, call, current), *hops)))
    return None


def callers(index: Index, function: str, origin: str) -> list[tuple[str, int, str]]:
    """The calls in the project that give a parameter of the function: caller, number of the call, and the origin there."""
    head, steps = split(origin)
    fact = index.function(function)
    position = next((number for number, one in enumerate(fact.params) if one.name == head), None) if fact else None
    if position is None:
        return []
    found: list[tuple[str, int, str]] = []
    for caller in index.callers(function.rpartition(".")[2]):
        calling = index.function(caller)
        for number, call in enumerate(calling.calls if calling else ()):
            for passed in call.passed:
                if passed.to != head and not isinstance(passed.to, int):
                    continue
                target = next((one for one in options(index.type_of(call.callee)) if isinstance(one, Named)), None)
                if target is None or not may_call(index, index.resolve(target.name).name, function):
                    break
                shift = 0 if target.receiver is None and not _is_class_method(index, fact) else 1
                if passed.to == head or passed.to == position - shift:
                    found.extend((caller, number, given + steps) for given in passed.origins)
    return found


def may_call(index: Index, target: str, function: str) -> bool:
    """Whether a call of `target` runs the function: it is that very one, or a method that overrides it."""
    if target == function:
        return True
    owner, _, name = target.rpartition(".")
    own, _, last = function.rpartition(".")
    return (
        name == last
        and isinstance(index.resolve(owner).fact, ClassFact)
        and isinstance(index.resolve(own).fact, ClassFact)
        and index.is_subclass(own, owner)
    )


def _is_class_method(index: Index, fact: FunctionFact | None) -> bool:
    return fact is not None and is_decorated(index, fact, "builtins.classmethod")


def split(origin: str) -> tuple[str, str]:
    """The parameter's name, and the steps from it."""
    head = re.match(r"\w*", origin)
    name = head[0] if head else ""
    return name, origin[len(name) :]


def symbol_of(function: FunctionFact, origin: str) -> Symbol | None:
    """The symbol of an origin in a function."""
    name, steps = split(origin)
    symbol: Symbol | None = next((one for one in function.params if one.name == name), None)
    for attribute, step in STEP.findall(steps):
        if symbol is None:
            return None
        if attribute:
            symbol = Attr(symbol, attribute)
        else:
            symbol = Subscript(symbol, (None,)) if step == "[]" else Iterated(symbol) if step == "[*]" else Call(symbol)
    return symbol


def is_harmless(index: Index, symbol: Symbol | None) -> bool:
    """Whether a value can only be a number, a date, a UUID, an enum's member or one of a few constants."""
    annotation = annotation_of(index, symbol)
    if annotation is not None and _is_closed(index, annotation):
        return True
    found = options(index.type_of(symbol))
    return bool(found) and all(
        isinstance(one, Value) or (isinstance(one, Instance) and _is_harmless_class(index, one.cls)) for one in found
    )


def _is_harmless_class(index: Index, cls: str) -> bool:
    return cls in _HARMLESS or index.is_subclass(cls, "enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag")


def annotation_of(index: Index, symbol: Symbol | None) -> Symbol | None:
    """The annotation of a parameter or of an attribute."""
    match symbol:
        case Parameter(annotation=annotation):
            return annotation
        case Attr(of, name):
            for owner in options(index.type_of(of)):
                if isinstance(owner, Instance) and (value := index.attributes(owner.cls).get(name)):
                    return value.annotation
    return None


def _is_closed(index: Index, annotation: Symbol | None) -> bool:
    """`Literal["a", "b"]`, also optional or annotated."""
    inner, _ = unwrap(index, annotation)
    match inner:
        case Subscript(of, args):
            name = index.named(of)
            if name in ("typing.Literal", "typing_extensions.Literal"):
                return True
            if name in ("typing.Optional", "typing.Union"):
                return all(_is_closed(index, arg) or arg == Constant(None) for arg in args)
        case Either(several):
            return all(_is_closed(index, option) or option == Constant(None) for option in several)
    return False


def _from_client(index: Index, name: str, function: FunctionFact, origin: str) -> str | None:
    """What the client sends there, in words; None if the origin is not the client's."""
    head, steps = split(origin)
    parameter = next((one for one in function.params if one.name == head), None)
    if parameter is None:
        return None
    first = STEP.match(steps)
    part = first[1] if first else ""
    for one in options(index.type_of(parameter)):
        if isinstance(one, Instance):
            if index.is_subclass(one.cls, *http_input.REQUEST_TYPES):
                return "the request" if part in http_input.REQUEST_PARTS else None
            if index.is_subclass(one.cls, *http_input.DJANGO_REQUEST_TYPES):
                return "the request" if part in http_input.DJANGO_REQUEST_PARTS else None
    if is_handler(index, function):
        kind = kind_of(index, parameter)
        if kind in OUTSIDE:
            return f"the {'path' if kind is Kind.PATH else 'request'}"
        if kind is Kind.DEPENDENCY and parameter.annotation is not None:
            return "the request" if _is_form(index, parameter.annotation) or _is_sent(index, parameter) else None
    elif _is_sent(index, parameter):
        return "the request"
    if head == "request" and parameter.annotation is None and part in ("GET", "POST", "COOKIES"):
        return "the request"
    if _is_django_view_method(index, name, function, head) and part in http_input.DJANGO_REQUEST_PARTS:
        return "the request"
    return None


def _is_form(index: Index, annotation: Symbol) -> bool:
    inner, _ = unwrap(index, annotation)
    return isinstance(inner, Ref) and index.resolve(inner.name).name.startswith(
        "fastapi.security.OAuth2PasswordRequestForm"
    )


def _is_sent(index: Index, parameter: Parameter) -> bool:
    """Whether a marker says that the client sends it, whoever declares it: `Header()`, `Depends(oauth2_scheme)`."""
    _, metadata = unwrap(index, parameter.annotation)
    for marker in (parameter.default, *metadata):
        name = index.named(marker.func) if isinstance(marker, Call) else None
        if name is None or not isinstance(marker, Call):
            continue
        kind = http_input.MARKERS.get(name)
        if kind == "dependency":
            scheme = index.type_of(marker.args[0] if marker.args else marker.keyword("dependency"))
            if isinstance(scheme, Instance) and index.is_subclass(scheme.cls, *http_input.SECURITY_SCHEMES):
                return True
        elif kind in OUTSIDE:
            return True
    return False


def _is_django_view_method(index: Index, name: str, function: FunctionFact, parameter: str) -> bool:
    """Whether the parameter is the request of a class-based view's method."""
    owner = name.rpartition(".")[0]
    if len(function.params) < 2 or function.params[1].name != parameter:
        return False
    return isinstance(index.resolve(owner).fact, ClassFact) and index.is_subclass(
        owner, "django.views.View", "django.views.generic.View", "rest_framework.views.APIView"
    )
