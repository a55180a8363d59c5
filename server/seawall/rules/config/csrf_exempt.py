"""A view that changes something without Django's CSRF check does so for any website that its visitors open.

The browser sends the session's cookie along with a form that another site has made. The token that Django asks for is what
tells the two apart; `csrf_exempt` switches that off.

Flagged are exempt views that write to the database, sign somebody in or out or change the session: functions, classes (through
`method_decorator`, on `dispatch` too) and `csrf_exempt(view)` in a URL configuration.

Not flagged: views that check something else which no other site can know or send (an API key, a token, a signature, an `Authorization` header;
by decorators of the project's own, too), views that only answer `GET`, views of Django REST framework, and views that change nothing.

Example:
    from django.http import HttpResponse
    from django.views.decorators.csrf import csrf_exempt

    @«csrf_exempt»
    def leave(request):
        request.user.delete()
        return HttpResponse()

Fixed:
    from django.http import HttpResponse

    def leave(request):
        request.user.delete()
        return HttpResponse()
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from seawall.edits import AnyEdit, Edit, Fix, Safety
from seawall.edits.settings import without
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.facts import FunctionFact
from seawall.semantics.secret_text import words
from seawall.semantics.symbols import Attr, Ref, Symbol
from seawall.semantics.view import keyword
from seawall.syntax import Range, range_of

code, severity = "SW605", Severity.WARNING
applies = counts

_EXEMPT = "django.views.decorators.csrf.csrf_exempt"
_READING = frozenset({"django.views.decorators.http.require_GET", "django.views.decorators.http.require_safe"})
_HARMLESS = (
    "django.views.decorators.", "django.contrib.auth.decorators.", "django.utils.decorators.", "django.db.transaction.",
    "functools.", "builtins.",
)  # fmt: skip
"""Decorators of these say nothing of who may call."""

_OTHER_VIEWS = ("rest_framework.views.APIView", "rest_framework.generics.GenericAPIView", "ninja.NinjaAPI")
_PROOFS = frozenset({
    "apikey", "authorization", "bearer", "digest", "hmac", "jwt", "oauth", "secret", "sign", "signature", "signatures", "signed", "signer",
    "token", "unsign", "webhook", "webhooks", "callback", "stripe", "paypal", "twilio", "slack", "internal",
})  # fmt: skip
_PAIRS = (("api", "key"), ("access", "key"))
_CAPABILITIES = frozenset({"code", "uuid", "hash", "key", "nonce"})
"""Parts of a URL that only those know who were given it."""

_WRITES = frozenset({
    "save", "delete", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "create_user", "set_password", "asave", "adelete",
    "acreate", "aupdate_or_create", "aget_or_create", "abulk_create", "create_superuser",
})  # fmt: skip
_ORM_WRITES = frozenset({"create", "update", "aupdate", "add", "remove", "clear", "set", "aadd", "aremove", "aset"})
_CALLS = frozenset(
    {"django.contrib.auth.login", "django.contrib.auth.logout", "django.contrib.auth.update_session_auth_hash"}
)
_QUEUES = frozenset({"delay", "apply_async", "delay_on_commit"})
"""What hands work on to Celery's workers."""

_HOPS = 3
_NONE = ast.arguments([], [], None, [], [], None, [])

calls = frozenset({"csrf_exempt"})


def check(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Call, file: File) -> Iterator[Finding]:
    if isinstance(node, ast.Call):
        yield from _check_url(node, file)
        return
    if not node.decorator_list:
        return
    exempt = next((one for one in node.decorator_list if _exempts(one, file)), None)
    if exempt is None:
        return
    view: ast.stmt = node
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == "dispatch":
        view = next((above for above in file.ancestors(node) if isinstance(above, ast.ClassDef)), node)
    if isinstance(view, ast.ClassDef) and file.index.is_subclass(file.absolute_name(view), *_OTHER_VIEWS):
        return
    if _is_proved_otherwise(view, node, file) or not _changes(view, file):
        return
    fix = Fix("Drop csrf_exempt", lambda: _drop(exempt, file), Safety.UNSAFE, why=_WHY)
    name = view.name if isinstance(view, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else node.name
    yield file.finding(exempt, _message(name), fix)


_WHY = "Requests that bring no CSRF token are refused from now on"


def _message(name: str) -> str:
    return f"`{name}` changes something for any website that its visitors open, drop `csrf_exempt` or check a key of the caller"


# ---------------------------------------------------------------- urls


def _check_url(call: ast.Call, file: File) -> Iterator[Finding]:
    """`csrf_exempt(view)`, with a view of this or another module."""
    if len(call.args) != 1 or file.callee(call) != _EXEMPT:
        return
    view = call.args[0]
    methods: tuple[str, ...]
    if isinstance(view, ast.Call) and isinstance(view.func, ast.Attribute) and view.func.attr == "as_view":
        cls = file.qualname(view.func.value)
        if cls is None or file.index.is_subclass(cls, *_OTHER_VIEWS):
            return
        methods = tuple(f"{cls}.{name}" for name in ("post", "put", "patch", "delete", "dispatch", "form_valid"))
        label = file.text(view.func.value)
    else:
        name = file.qualname(view)
        if name is None:
            return
        methods, label = (name,), file.text(view)
    facts = {name: fact for name in methods if (fact := file.index.function(name)) is not None}
    if not facts or any(_proofs_in_fact(name, fact, file) for name, fact in facts.items()):
        return
    if any(_fact_changes(fact, file, _HOPS) for fact in facts.values()):
        fix = Fix("Drop csrf_exempt", lambda: _unwrap(call, view, file), Safety.UNSAFE, why=_WHY)
        yield file.finding(call.func, _message(label), fix)


def _proofs_in_fact(name: str, fact: FunctionFact, file: File) -> bool:
    decorators = [file.index.named(one) or "" for one in fact.decorators]
    if any(not one.startswith(_HARMLESS) for one in decorators):
        return True
    if _says_proof(name.rpartition(".")[2]) or _asks_for_proof(fact, file, _HOPS):
        return True
    return bool(_CAPABILITIES & {word for one in fact.params for word in words(one.name)})


# ---------------------------------------------------------------- decorators


def _exempts(decorator: ast.expr, file: File) -> bool:
    if isinstance(decorator, ast.Call):
        if file.qualname(decorator.func) != "django.utils.decorators.method_decorator" or not decorator.args:
            return False
        given = decorator.args[0]
        several = given.elts if isinstance(given, (ast.List, ast.Tuple)) else [given]
        return len(several) == 1 and file.qualname(several[0]) == _EXEMPT and _names_dispatch(decorator)
    return (
        getattr(decorator, "id", getattr(decorator, "attr", "")) == "csrf_exempt"
        and file.qualname(decorator) == _EXEMPT
    )


def _names_dispatch(decorator: ast.Call) -> bool:
    name = keyword(decorator, "name")
    return name is None or (
        isinstance(name, ast.Constant) and name.value in ("dispatch", "post", "put", "patch", "delete")
    )


def _is_proved_otherwise(view: ast.stmt, decorated: ast.stmt, file: File) -> bool:
    """Whether the view answers only what changes nothing, or something in it asks the caller for a proof."""
    for one in (*getattr(view, "decorator_list", ()), *getattr(decorated, "decorator_list", ())):
        name = file.qualname(one.func if isinstance(one, ast.Call) else one) or ""
        if name in _READING or not name.startswith(_HARMLESS):
            return True
        if name.endswith(".require_http_methods") and not _may_change(one):
            return True
    if isinstance(view, ast.ClassDef):
        handlers = {one.name for one in view.body if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))}
        if handlers & {"get", "head"} and not handlers & {"post", "put", "patch", "delete", "dispatch", "form_valid"}:
            return True
    elif _CAPABILITIES & {word for arg in getattr(view, "args", _NONE).args for word in words(arg.arg)}:
        return True
    if any(_says_proof(text) for node in ast.walk(view) for text in _texts_of(node)):
        return True
    called = (file.called_function(node) for node in ast.walk(view) if isinstance(node, ast.Call))
    return any(_asks_for_proof(found[1], file, _HOPS) for found in called if found is not None)


def _asks_for_proof(fact: FunctionFact, file: File, hops: int) -> bool:
    """Whether a function that a view calls, or one that it calls in turn, checks something of the caller."""
    if any(_says_proof(parameter.name) for parameter in fact.params):
        return True
    for call in fact.calls:
        if _says_proof(_last(call.callee)):
            return True
        found = file.index.function(file.index.named(call.callee) or "") if hops else None
        if found is not None and found is not fact and _asks_for_proof(found, file, hops - 1):
            return True
    return False


def _may_change(decorator: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Constant) and node.value in ("POST", "PUT", "PATCH", "DELETE")
        for node in ast.walk(decorator)
    )


def _texts_of(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.Name(id=text) | ast.Attribute(attr=text) | ast.arg(arg=text) | ast.keyword(arg=str(text)):
            return (text,)
        case ast.FunctionDef(name=text) | ast.AsyncFunctionDef(name=text) | ast.ClassDef(name=text):
            return (text,)
        case ast.Constant(value=str(text)) if len(text) < 40:
            return (text,)
    return ()


def _says_proof(text: str) -> bool:
    found = words(text)
    if "csrf" in found or "csrfmiddlewaretoken" in found:
        return False
    return bool(_PROOFS.intersection(found)) or any(pair in _PAIRS for pair in itertools.pairwise(found))


# ---------------------------------------------------------------- changes


def _changes(view: ast.AST, file: File) -> bool:
    """Whether a view certainly writes something, itself or in functions that it calls."""
    for node in ast.walk(view):
        match node:
            case ast.Call():
                name = file.callee(node) or ""
                if _writes(name, node.func.attr if isinstance(node.func, ast.Attribute) else ""):
                    return True
                found = file.index.function(name) if name else None
                if found is not None and _fact_changes(found, file, _HOPS - 1):
                    return True
            case ast.Subscript(value=ast.Attribute(attr="session"), ctx=ast.Store() | ast.Del()):
                return True
    return False


def _writes(name: str, method: str) -> bool:
    if name in _CALLS or method in _WRITES or method in _QUEUES:
        return True
    head, _, last = name.rpartition(".")
    return last in _ORM_WRITES and head.startswith("django.db.models")


def _fact_changes(fact: FunctionFact, file: File, hops: int) -> bool:
    for call in fact.calls:
        name = file.index.named(call.callee) or ""
        if _writes(name, _last(call.callee) if isinstance(call.callee, Attr) or "." in name else ""):
            return True
        found = file.index.function(name) if name and hops else None
        if found is not None and found is not fact and _fact_changes(found, file, hops - 1):
            return True
    return False


def _last(symbol: Symbol) -> str:
    return symbol.name.rpartition(".")[2] if isinstance(symbol, (Ref, Attr)) else ""


# ---------------------------------------------------------------- fixes


def _drop(decorator: ast.expr, file: File) -> Iterator[AnyEdit]:
    """Take the decorator's line away; a comment on it stays."""
    place = file.place(decorator)
    text = file.current.source.text
    rest = text.line(place.end_line).encode()[place.end_col :].decode().strip()
    indent = text.line(place.start_line)[: len(text.line(place.start_line)) - len(text.line(place.start_line).lstrip())]
    kept = f"{indent}{rest}\n" if rest.startswith("#") else ""
    line = Edit(file.path, Range(place.start_line, 0, place.end_line + 1, 0), kept)
    yield from without(file, decorator, [line])


def _unwrap(call: ast.Call, view: ast.expr, file: File) -> Iterator[AnyEdit]:
    outer, inner = range_of(call), range_of(view)
    before = Range(outer.start_line, outer.start_col, inner.start_line, inner.start_col)
    after = Range(inner.end_line, inner.end_col, outer.end_line, outer.end_col)
    yield from without(file, call.func, [file.replace(before, ""), file.replace(after, "")])
