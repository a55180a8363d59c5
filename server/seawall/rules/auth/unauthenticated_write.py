"""A handler that writes without asking who writes lets anybody do it.

Where the handlers of a router that write (`POST`, `PUT`, `PATCH`, `DELETE`) depend on somebody who is logged in, the one that does not
was most likely forgotten: nothing else stands between the internet and the data. It is found where at least two of its
siblings, and more than half of them, share one dependency that lets in only those who show who they are.

Not flagged: login, registration, tokens, resets, webhooks, health checks, searches and whatever says that it is public; handlers that
take or check a secret by themselves, or that anything may guard that is not known; routers that are included with a guard; tests.

Example:
    from typing import Annotated

    from fastapi import APIRouter, Depends, HTTPException
    from fastapi.security import OAuth2PasswordBearer

    router = APIRouter(prefix="/plants")
    scheme = OAuth2PasswordBearer(tokenUrl="login")
    PLANTS: dict[int, str] = {}


    def current_user(token: Annotated[str, Depends(scheme)]) -> str:
        if not token.startswith("user-"):
            raise HTTPException(401)
        return token


    CurrentUser = Annotated[str, Depends(current_user)]


    @router.post("/{key}")
    def create(key: int, name: str, user: CurrentUser) -> None:
        PLANTS[key] = name


    @router.put("/{key}")
    def rename(key: int, name: str, user: CurrentUser) -> None:
        PLANTS[key] = name


    @router.delete("/{key}")
    def «remove»(key: int) -> None:
        del PLANTS[key]

Fixed:
    from typing import Annotated

    from fastapi import APIRouter, Depends, HTTPException
    from fastapi.security import OAuth2PasswordBearer

    router = APIRouter(prefix="/plants")
    scheme = OAuth2PasswordBearer(tokenUrl="login")
    PLANTS: dict[int, str] = {}


    def current_user(token: Annotated[str, Depends(scheme)]) -> str:
        if not token.startswith("user-"):
            raise HTTPException(401)
        return token


    CurrentUser = Annotated[str, Depends(current_user)]


    @router.post("/{key}")
    def create(key: int, name: str, user: CurrentUser) -> None:
        PLANTS[key] = name


    @router.put("/{key}")
    def rename(key: int, name: str, user: CurrentUser) -> None:
        PLANTS[key] = name


    @router.delete("/{key}")
    def remove(key: int, user: CurrentUser) -> None:
        del PLANTS[key]
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from seawall.edits import Fix, Safety
from seawall.knowledge.http_input import SECURITY_SCHEMES
from seawall.rules.auth._asking import add, ways
from seawall.rules.auth._guarding import given_to, led, router_may_guard, runs, shows_secret
from seawall.rules.auth._passwords import is_in_tests
from seawall.rules.base import File, Finding, Related, Severity
from seawall.semantics.facts import FunctionFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.registration import methods_of, owner_of, path_of
from seawall.semantics.meanings.route import Route, registers
from seawall.semantics.symbols import Call, Ref
from seawall.semantics.view import FunctionNode
from seawall.syntax import Range

code, severity = "SW508", Severity.INFO

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_FOR_ANYBODY = frozenset({
    "accept", "activate", "activation", "anon", "anonymous", "authenticate", "authorize", "bootstrap", "calculate", "callback",
    "callbacks", "challenge", "confirm", "confirmation", "contact", "csp", "csrf", "demo", "estimate", "exchange", "feedback", "filter",
    "forgot", "guest", "health", "healthcheck", "healthz", "hook", "hooks", "install", "invitation", "invite", "ipn", "live", "login",
    "logon", "logout", "magic", "newsletter", "oauth", "oauth2", "oidc", "onboarding", "otp", "password", "ping", "preview", "public",
    "query", "ready", "recover", "recovery", "refresh", "register", "registration", "reset", "saml", "search", "session", "sessions",
    "setup", "shared", "signin", "signout", "signup", "sso", "subscribe", "telemetry", "token", "tokens", "unsubscribe", "validate",
    "verification", "verify", "waitlist", "webhook", "webhooks",
})  # fmt: skip
"""Words of handlers, and of their paths, that those who are not logged in have to reach, or that only read."""
_SAYS_SO = re.compile(
    r"\b(?:public|publicly|anonymous\w*|unauthenticated|unprotected|everyone|everybody|anyone|anybody|guests?"
    r"|(?:no|without|skip|bypass\w*) (?:\w+ )?(?:auth\w*|log-?in|token|credentials)|not logged in|open to)\b",
    re.I,
)
_WORD = re.compile(r"[a-z]+\d*|[A-Z]+[a-z]*")
_WHY = "clients that do not show who they are get no answer any more"


class _Standing(NamedTuple):
    """A handler that writes: its router, and what FastAPI calls before it, directly or not."""

    owner: Ref
    direct: frozenset[str]
    all: frozenset[str]


class _Router(NamedTuple):
    """A router as a module's handlers see it."""

    module: str
    owner: Ref


def applies(file: File) -> bool:
    return not is_in_tests(file)


def check(route: Route, file: File) -> Iterator[Finding]:
    node = route.function
    if (
        not _WRITES.intersection(route.methods)
        or len(route.decorators) != len(node.decorator_list)
        or route.registered_by
    ):
        return
    index, name = file.index, file.absolute_name(node)
    fact = index.function(name)
    if name != f"{file.module}.{node.name}" or fact is None or not _is_of(fact, node, file):
        return
    owner = _owner(index, fact)
    if owner is None or _SAYS_SO.search(_remarks(node, file)):
        return
    router = _Router(file.module, owner)
    provider = index.answer(_shared, router)
    if not provider or led(index, name).may_guard or shows_secret(index, fact) or router_may_guard(index, owner):
        return
    shown = provider.removesuffix(".__call__").removesuffix(".__init__").rpartition(".")[2]
    siblings = [one for one, standing in _standings(index, router).items() if provider in standing.all]
    facts = {one: fact for one in siblings if (fact := index.function(one)) is not None}
    found = ways(index, provider, [fact for one, fact in facts.items() if provider in _direct(index, one)])
    title = f"Depend on `{shown}`"
    yield file.finding(
        _name(node, file),
        f"Anybody may call `{node.name}`, while other handlers of `{owner.name.rpartition('.')[2]}` that write depend on `{shown}`, add it",
        *([Fix(title, partial(add, found[0], route, file), Safety.UNSAFE, _WHY)] if found and not file.item.broken else []),
        related=[Related(f"`{fact.name}` depends on it", owner=one) for one, fact in list(facts.items())[:1]],
    )  # fmt: skip


def _is_of(fact: FunctionFact, node: FunctionNode, file: File) -> bool:
    """Whether a fact is a function's, and not that of another with its name further down."""
    scope, args = file.scan.opened[node], [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    params = tuple(file.names.parameter(one, scope) for one in args)
    return fact.params == params and fact.decorators == tuple(map(file.symbol, node.decorator_list))


def _owner(index: Index, fact: FunctionFact) -> Ref | None:
    """The router of a handler that writes, and is not for anybody."""
    owners = set()
    words = set(_words(fact.name))
    for decorator in fact.decorators:
        method = registers(index, decorator.func) if isinstance(decorator, Call) else None
        if not isinstance(decorator, Call) or method is None:
            continue
        methods = methods_of(decorator) if method == "api_route" else (method.upper(),)
        if _WRITES.isdisjoint(methods):
            return None
        owner, path = owner_of(decorator), path_of(decorator) or ""
        if not isinstance(owner, Ref):
            return None
        owners.add(owner)
        words.update(_words(re.sub(r"{[^}]*}", "", path)), _words(owner.name.rpartition(".")[2]))
    return owners.pop() if len(owners) == 1 and not words & _FOR_ANYBODY else None


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _standing(index: Index, name: str) -> _Standing | None:
    fact = index.function(name)
    owner = _owner(index, fact) if fact is not None and fact.decorators else None
    if fact is None or owner is None:
        return None
    given = [runs(index, one) for one in given_to(index, fact) if one is not None]
    direct = frozenset(one for one in given if one is not None)
    return _Standing(owner, direct, direct.union(*(led(index, one).providers for one in direct)))


def _direct(index: Index, name: str) -> frozenset[str]:
    standing = index.answer(_standing, name)
    return standing.direct if standing is not None else frozenset()


def _standings(index: Index, router: _Router) -> dict[str, _Standing]:
    """The handlers of a router in a module that write, by name."""
    names = [f"{router.module}.{name}" for name in sorted(index.methods(router.module))]
    found = {name: index.answer(_standing, name) for name in names}
    return {name: one for name, one in found.items() if one is not None and one.owner == router.owner}


def _shared(index: Index, router: _Router) -> str:
    """The guard that most of a router's handlers that write share, seen from one that has none; so small an answer that
    it seldom changes when one of them does."""
    siblings = _standings(index, router)
    having = Counter(one for sibling in siblings.values() for one in sibling.all)
    directly = Counter(one for sibling in siblings.values() for one in sibling.direct)
    for provider in sorted(directly, key=lambda one: (-having[one], -directly[one], one)):
        sharing = [name for name, one in siblings.items() if provider in one.all]
        if len(sharing) >= 2 and len(sharing) * 2 > len(siblings) - 1 and _guards(index, provider, sharing):
            return provider
    return ""


def _guards(index: Index, provider: str, siblings: list[str]) -> bool:
    if index.is_subclass(provider, *SECURITY_SCHEMES):
        return all(led(index, one).demands for one in siblings)
    return led(index, provider).guards


def _remarks(node: FunctionNode, file: File) -> str:
    """What stands in words about a handler: above it, in its decorators, its docstring and its comments."""
    lines = file.item.text.split("\n")
    first = min(one.lineno for one in node.decorator_list)
    above = first - 1
    while above and lines[above - 1].lstrip().startswith("#"):
        above -= 1
    own = lines[above : node.end_lineno]
    comments = [line.partition("#")[2] for line in own if "#" in line]
    return "\n".join([*lines[above : node.lineno - 1], *comments, ast.get_docstring(node) or ""])


def _name(node: FunctionNode, file: File) -> Range:
    line = file.item.text.split("\n")[node.lineno - 1]
    at = len(line[: line.index(node.name, line.index("def") + 3)].encode())
    return Range(node.lineno, at, node.lineno, at + len(node.name.encode()))
