"""What runs before a handler, and whether it lets in only those who show who they are."""

from __future__ import annotations

import re
from typing import NamedTuple

from seawall.knowledge.http_input import MARKERS, SECURITY_SCHEMES
from seawall.patterns import pattern
from seawall.semantics.facts import CallSite, ClassFact, FunctionFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.registration import depends, provider_of, router_calls
from seawall.semantics.meanings.route import Kind, kind_of, unwrap
from seawall.semantics.summary import callees
from seawall.semantics.symbols import Attr, Call, Constant, Entries, Parameter, Ref, Several, Subscript, Symbol
from seawall.semantics.types import Instance, Named, Value, options

_MAX_HOPS, _MAX_FUNCTIONS = 4, 200
_STATUS = pattern(r"^(?:HTTP_40[13]_\w+|UNAUTHORIZED|FORBIDDEN)$")
_REFUSES = pattern(r"forbidden|unauthori[sz]ed|unauthenticated|not_?authenticated|permission_?denied|access_?denied", re.I)  # fmt: skip
_ABOUT_ACCESS = pattern(
    r"auth(?!ors?(?![a-z]))|current_|permission|verify|require(?!ment)|principal|identity|signature|api_?key|credential"
    r"|compare_digest|logged_in|login|access_|hmac|jwt|allowed|is_admin|ensure_|check_",
    re.I,
)
_SHOWN = frozenset({"headers", "cookies", "session", "user", "auth"})
_SECRET = pattern(r"(?:^|_)(?:token|password|secret|otp|signature|captcha|credentials?|api_key|code|nonce|pin)$", re.I)  # fmt: skip


class Led(NamedTuple):
    """What running a dependency or handler leads to."""

    providers: frozenset[str] = frozenset()
    """All that FastAPI calls before it."""
    demands: bool = False
    """It asks for what a security scheme finds, which refuses those who show nothing."""
    asks: bool = False
    """It looks at what a request may show: headers, cookies, the session."""
    refuses: bool = False
    """It answers with 401 or 403."""
    is_about_access: bool = False
    """Names say that it has to do with who may do what."""
    is_open: bool = False
    """Something that FastAPI calls before it could not be resolved."""

    @property
    def guards(self) -> bool:
        """Whether it is proved to let in only those who show who they are."""
        return self.demands or (self.asks and self.refuses)

    @property
    def may_guard(self) -> bool:
        return self.demands or self.asks or self.refuses or self.is_about_access or self.is_open


def led(index: Index, function: str) -> Led:
    """What running a function leads to, within a few hops."""
    return index.answer(_led, function) or Led(is_open=True)


def _led(index: Index, start: str) -> Led:
    waiting = [(start, 0)]
    seen = {start}
    providers: set[str] = set()
    demands = asks = refuses = about = is_open = False
    while waiting:
        name, hops = waiting.pop(0)
        if len(seen) > _MAX_FUNCTIONS:
            return Led(frozenset(providers), demands, asks, refuses, about, True)
        fact = index.function(name)
        if fact is None:
            continue
        refuses = refuses or any(_is_refusal(index, site) for site in fact.calls)
        about = about or any(not site.use and _ABOUT_ACCESS.search(_last(site.callee)) for site in fact.calls)
        following: list[str] = [callee.name for callee in callees(index, name) if index.function(callee.name)]
        for parameter in fact.params:
            kind = kind_of(index, parameter)
            asks = asks or kind in (Kind.HEADER, Kind.COOKIE)
            if kind in (Kind.REQUEST, Kind.WEBSOCKET):
                asks = asks or any(_reads(site.callee, _SHOWN) for site in fact.calls)
                is_open = is_open or _is_handed_on(index, name, fact, parameter.name)
        for given in given_to(index, fact) if hops == 0 or name in providers else ():
            provider = runs(index, given) if given is not None else None
            if provider is None:
                is_open = True
                continue
            providers.add(provider)
            about = about or bool(_ABOUT_ACCESS.search(provider.removesuffix(".__call__").rpartition(".")[2]))
            if index.is_subclass(provider.removesuffix(".__call__"), *SECURITY_SCHEMES):
                asks = True
                demands = demands or not _is_optional(index, given)
            else:
                following.append(provider)
        for found in following if hops < _MAX_HOPS else ():
            if found not in seen:
                seen.add(found)
                waiting.append((found, hops + 1))
    return Led(frozenset(providers), demands, asks, refuses, about, is_open)


def given_to(index: Index, fact: FunctionFact) -> list[Symbol | None]:
    """What the `Depends` of a function's parameters and decorators are given; None for what cannot be resolved."""
    found: list[Symbol | None] = []
    for parameter in fact.params:
        markers = list(depends(index, parameter))
        for marker in markers:
            found.append(provider_of(marker) or unwrap(index, parameter.annotation)[0])
        if not markers and _is_unclear(index, parameter):
            found.append(None)
    for decorator in fact.decorators:
        if isinstance(decorator, Call):
            found += given_by(index, decorator)
    return found


def _named_value(index: Index, symbol: Symbol | None) -> Symbol | None:
    """What a variable of a module is given, or else the symbol itself."""
    fact = index.resolve(symbol.name).fact if isinstance(symbol, Ref) else None
    return fact.value if isinstance(fact, ValueFact) else symbol


def given_by(index: Index, call: Call) -> list[Symbol | None]:
    """The same of the `dependencies` of a call that makes, includes or registers something."""
    found: list[Symbol | None] = []
    for name, value in call.keywords:
        if name == "**":
            unpacked = _named_value(index, value)
            given = dict(unpacked.items) if isinstance(unpacked, Entries) else {"dependencies": None}
            name, value = "dependencies", given.get("dependencies", Constant(None))
        if name != "dependencies" or value == Constant(None):
            continue
        value = _named_value(index, value)
        for item in value.items if isinstance(value, Several) else (None,):
            markers = list(depends(index, item))
            found += [provider_of(marker) for marker in markers] or [None]
    return found


def router_may_guard(index: Index, router: Ref) -> bool:
    """Whether something may run before all handlers of a router that lets in only some."""
    fact = index.resolve(router.name).fact
    if not isinstance(fact, ValueFact) or not isinstance(fact.value, Call):
        return True
    for call in router_calls(index, router):
        if call.keyword("route_class") is not None or index.resolve(index.named(call.func) or "").module:
            return True
        if any(given is None or _given_may_guard(index, given) for given in given_by(index, call)):
            return True
    for name in index.registrations(router.name.rpartition(".")[2]):
        including = index.resolve(name).fact
        included = including.value if isinstance(including, ValueFact) else None
        if isinstance(included, Call) and not _is_clear(index, included) and given_by(index, included):
            return True  # `for module in modules: app.include_router(module.router, dependencies=guards)`
    return False


def _is_clear(index: Index, call: Call) -> bool:
    """Whether it is certain what a call includes."""
    return any(isinstance(one, Ref) and isinstance(index.resolve(one.name).fact, ValueFact) for one in call.args[:2])


def _given_may_guard(index: Index, given: Symbol) -> bool:
    provider = runs(index, given)
    return provider is None or may_guard(index, provider)


def may_guard(index: Index, provider: str) -> bool:
    name = provider.removesuffix(".__call__")
    if index.is_subclass(name, *SECURITY_SCHEMES) or _ABOUT_ACCESS.search(name.rpartition(".")[2]):
        return True
    return led(index, provider).may_guard


def runs(index: Index, given: Symbol) -> str | None:
    """The function that FastAPI calls for a dependency: a class's `__init__`, an object's `__call__`; for a scheme, its class."""
    found = options(index.type_of(given))
    if len(found) != 1:
        return None
    match found[0]:
        case Instance(cls=cls) if index.is_subclass(cls, *SECURITY_SCHEMES):
            return cls
        case Instance(cls=cls) if not index.has_unknown_base(cls):
            member = index.member(cls, "__call__")
            return member.name if member is not None else None
        case Named(name=name):
            resolved = index.resolve(name)
            if isinstance(resolved.fact, FunctionFact):
                return resolved.name
            if isinstance(resolved.fact, ClassFact) and not index.has_unknown_base(resolved.name):
                member = index.member(resolved.name, "__init__")
                return member.name if member is not None else _plain_class(index, resolved.name)
    return None


def _plain_class(index: Index, cls: str) -> str | None:
    """A class whose fields are what FastAPI asks for, unless one of them is a dependency itself."""
    for value in index.attributes(cls).values():
        if any(depends(index, value.annotation)) or any(depends(index, value.value)):
            return None
    return cls


def shows_secret(index: Index, fact: FunctionFact) -> bool:
    """Whether a handler takes something, by itself or in a body, that only those who may call it know."""
    for parameter in fact.params:
        if _SECRET.search(parameter.name):
            return True
        annotation = unwrap(index, parameter.annotation)[0]
        name = index.named(annotation) if isinstance(annotation, Ref) else None
        if name is not None and kind_of(index, parameter) is Kind.BODY:
            fields = (field for field in index.attributes(name) if field != "code")
            if any(map(_SECRET.search, fields)):
                return True
    return False


def _is_unclear(index: Index, parameter: Parameter) -> bool:
    """Whether a parameter may be a dependency that is not known."""
    annotation, _ = unwrap(index, parameter.annotation)
    if parameter.name in ("self", "cls") and annotation is None:
        return False
    default = parameter.default
    if isinstance(default, Call):
        return index.named(default.func) not in MARKERS
    if isinstance(default, (Ref, Attr)) and not isinstance(index.type_of(default), Value):
        return True
    if kind_of(index, parameter) is not Kind.UNKNOWN:
        return False
    name = index.named(annotation) if isinstance(annotation, Ref) else None
    return name is None or not isinstance(index.resolve(name).fact, ClassFact)


def _is_optional(index: Index, given: Symbol | None) -> bool:
    """`OAuth2PasswordBearer("login", auto_error=False)`."""
    if isinstance(given, Ref) and isinstance(fact := index.resolve(given.name).fact, ValueFact):
        given = fact.value
    return not isinstance(given, Call) or given.keyword("auto_error") not in (None, Constant(True))


def _is_refusal(index: Index, site: CallSite) -> bool:
    if site.use:
        return False
    last = _last(site.callee)
    if _REFUSES.search(last):
        return True
    return last == "HTTPException" and any(
        one.value in (Constant(401), Constant(403)) or _STATUS.search(_last(one.value)) for one in site.given
    )


def _is_handed_on(index: Index, name: str, fact: FunctionFact, request: str) -> bool:
    """Whether a request goes to code that is not the project's."""
    known = {callee.call for callee in callees(index, name) if index.function(callee.name) is not None}
    return any(
        number not in known and request in passed.origins
        for number, _ in enumerate(fact.calls)
        for passed in fact.passed(number)
    )


def _reads(symbol: Symbol | None, names: frozenset[str]) -> bool:
    while isinstance(symbol, (Attr, Call, Subscript)):
        if isinstance(symbol, Attr) and symbol.name in names:
            return True
        symbol = symbol.func if isinstance(symbol, Call) else symbol.of
    return False


def _last(symbol: Symbol | None) -> str:
    return symbol.name.rpartition(".")[2] if isinstance(symbol, (Ref, Attr)) else ""
