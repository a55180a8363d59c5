"""Secrets in what is about to be shown: by their names, by their types, and through whatever leaves them readable."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

import msgspec

from seawall.knowledge.secrets import Kind
from seawall.rules.base import File
from seawall.semantics.facts import ClassFact
from seawall.semantics.meanings.secret import holder_named
from seawall.semantics.secret_text import Holder, looks_secret, words
from seawall.semantics.sources import is_sent
from seawall.semantics.symbols import Call, Constant, Parameter, Ref
from seawall.semantics.types import Instance, Type, Value, options

_READABLE = frozenset({
    "builtins.str", "builtins.repr", "builtins.bytes", "builtins.dict", "builtins.list", "builtins.tuple", "json.dumps", "pprint.pformat",
    "orjson.dumps", "builtins.format", "builtins.ascii", "builtins.vars", "dataclasses.asdict",
})  # fmt: skip
_KEEPING = frozenset({
    "encode", "decode", "strip", "lower", "upper", "copy", "items", "values", "lstrip", "rstrip", "removeprefix", "removesuffix",
})  # fmt: skip
_DUMPS = frozenset({"model_dump", "model_dump_json", "dict", "json"})
_READS = frozenset({"get", "pop", "getenv", "getlist"})
_TEXTS = ("builtins.str", "builtins.bytes")
_CUTTING = frozenset({"removeprefix", "strip", "lstrip", "replace"})
_SAFE_WORDS = frozenset({
    "mask", "masked", "redact", "redacted", "hash", "hashed", "hexdigest", "digest", "sha", "md", "len", "bool", "fingerprint", "encrypt",
    "encrypted", "obfuscate", "censor", "scrub", "isinstance", "hint", "tokenize", "count", "is", "has", "validate", "verify", "check",
})  # fmt: skip
_MAKERS = frozenset({"create", "generate", "make", "issue", "encode", "build", "new", "sign"})
# Many things are called a token, a secret or credentials: these are what opens doors.
_TELLING = frozenset({
    ("access", "token"), ("refresh", "token"), ("auth", "token"), ("bearer", "token"), ("id", "token"), ("session", "token"),
    ("reset", "token"), ("api", "token"), ("jwt", "token"), ("bot", "token"), ("verification", "token"), ("invite", "token"),
    ("client", "secret"), ("webhook", "secret"), ("jwt", "secret"), ("app", "secret"), ("api", "secret"), ("shared", "secret"),
    ("signing", "secret"), ("secret", "key"), ("api", "key"), ("private", "key"), ("signing", "key"), ("encryption", "key"),
    ("master", "key"), ("jwt", "key"), ("hmac", "key"), ("access", "key"), ("fernet", "key"),
})  # fmt: skip
_ALONE = frozenset({"authorization", "apikey", "authtoken", "accesstoken", "secretkey"})
_REQUESTS = (
    "starlette.requests.Request", "starlette.requests.HTTPConnection", "starlette.websockets.WebSocket", "fastapi.Request",
    "django.http.HttpRequest", "django.http.request.HttpRequest",
)  # fmt: skip
_MODELS = ("pydantic.BaseModel", "pydantic_settings.BaseSettings", "sqlmodel.SQLModel")


class Shown(msgspec.Struct, frozen=True):
    """An expression that shows a secret."""

    node: ast.expr
    name: str
    unwraps: ast.expr | None = None
    """The `SecretStr` that it unwraps."""
    fields: tuple[str, ...] = ()
    """The secret fields of a model that is shown whole."""
    dump: ast.Call | None = None
    """The call that makes a dictionary of the model, if there is one."""


def shown(node: ast.expr, file: File, about: str = "") -> Iterator[Shown]:
    """The secrets that a text made of this expression shows; `about` is what else the text says."""
    match node:
        case ast.JoinedStr(values=values) | ast.BoolOp(values=values):
            for value in values:
                yield from shown(value, file, about)
        case ast.FormattedValue(value=value) | ast.Starred(value=value) | ast.NamedExpr(value=value):
            yield from shown(value, file, about)
        case ast.BinOp(op=ast.Mod() | ast.Add(), left=left, right=right):
            yield from shown(left, file, about)
            yield from shown(right, file, about)
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            for element in elements:
                yield from shown(element, file, about)
        case ast.Dict(values=values):
            for value in values:
                yield from shown(value, file, about)
        case ast.IfExp(body=body, orelse=orelse):
            yield from shown(body, file, about)
            yield from shown(orelse, file, about)
        case ast.Call():
            yield from _of_call(node, file, about)
        case ast.Subscript(slice=ast.Constant(value=str(key))):
            if _is_secret(key, node, file):
                yield Shown(node, key)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            yield from _of_name(node, name, file, about)


def _of_call(call: ast.Call, file: File, about: str) -> Iterator[Shown]:
    match call.func:
        case ast.Attribute(value=receiver, attr="get_secret_value"):
            yield Shown(call, file.text(receiver), unwraps=receiver)
            return
        case ast.Attribute(value=ast.Constant(), attr="format" | "join"):
            for argument in (*call.args, *(item.value for item in call.keywords)):
                yield from shown(argument, file, about)
            return
        case ast.Attribute(value=receiver, attr=attr) if attr in _KEEPING and not call.args:
            yield from shown(receiver, file, about)
            return
        case ast.Attribute(value=receiver, attr=attr) if attr in _DUMPS:
            if not any(item.arg in ("exclude", "include") for item in call.keywords):
                fields = _secret_fields(file.type_of(receiver), file)
                if fields:
                    yield Shown(call, file.text(receiver), fields=fields, dump=call)
            return
    if _reads(call):
        key = call.args[0]
        assert isinstance(key, ast.Constant)
        if _is_secret(str(key.value), call, file):
            yield Shown(call, str(key.value))
    elif call.args and file.callee(call) in _READABLE:
        yield from shown(call.args[0], file, about)


def _reads(call: ast.Call) -> bool:
    """`data.get("password")`, `os.getenv("SECRET_KEY")`."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return (
        name in _READS
        and bool(call.args)
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    )


def _of_name(node: ast.Attribute | ast.Name, name: str, file: File, about: str) -> Iterator[Shown]:
    if name == "headers" and isinstance(node, ast.Attribute) and file.is_instance(node.value, *_REQUESTS):
        yield Shown(node, file.text(node))
        return
    if _is_secret(name, node, file, about):
        if not _comes_harmless(node, file):
            yield Shown(node, file.text(node))
        return
    fields = _secret_fields(file.type_of(node), file)
    if fields:
        yield Shown(node, file.text(node), fields=fields)


def _is_secret(name: str, node: ast.expr, file: File, about: str = "") -> bool:
    holder = holder_named(name)
    if holder is None or holder.words == ("pwd",):
        return False
    if (
        holder.kind is not Kind.PASSWORD
        and not _tells(holder)
        and not _is_made(node, file)
        and not _is_told(holder, about)
    ):
        return False
    return _may_be_text(file.type_of(node), holder, file)


def _tells(holder: Holder) -> bool:
    return holder.words[-2:] in _TELLING or holder.words[-1] in _ALONE


def _is_told(holder: Holder, about: str) -> bool:
    """Whether the text says what it shows: `f"sending reset token {token}"`."""
    found = words(about)
    return any(pair in _TELLING and pair[1] == holder.words[-1] for pair in itertools.pairwise(found))


def _is_made(node: ast.expr, file: File) -> bool:
    """Whether a token, whatever it is called, is made here by a call that makes such, or comes from a security scheme."""
    if not isinstance(node, ast.Name):
        return isinstance(node, ast.Attribute) and _is_given_credentials(node, file)
    symbol = file.symbol(node)
    if isinstance(symbol, Parameter) and is_sent(file.index, symbol):
        return True
    for bound in file.names.bindings(node):
        parent = file.parent(bound)
        value = parent.value if isinstance(parent, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) else None
        if isinstance(value, ast.Await):
            value = value.value
        if value is not None and _is_header_of_secret(value):
            return True
        if isinstance(value, ast.Call):
            name = file.callee(value) or file.called_name(value)
            if name in ("jwt.encode", "jose.jwt.encode", "secrets.token_urlsafe", "secrets.token_hex"):
                return True
            found = words(name.rpartition(".")[2])
            if found and found[0] in _MAKERS and found[-1] in ("token", "secret", "jwt", "key"):
                return True
    return False


def _is_header_of_secret(value: ast.expr) -> bool:
    """`request.headers.get("authorization", "").removeprefix("Bearer ")`."""
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in _CUTTING:
        value = value.func.value
    match value:
        case ast.Subscript(value=ast.Attribute(attr="headers"), slice=ast.Constant(value=str(key))):
            pass
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute(attr="headers"), attr="get"), args=[ast.Constant(value=str(key)), *_]
        ):
            pass
        case _:
            return False
    return key.lower().replace("-", "").removeprefix("x") in _ALONE


def _is_given_credentials(node: ast.Attribute, file: File) -> bool:
    return node.attr == "credentials" and file.is_instance(node.value, "fastapi.security.HTTPAuthorizationCredentials")


def _may_be_text(type_: Type | None, holder: Holder, file: File) -> bool:
    """Whether a value may be a text, and no placeholder; what is not known may."""
    for one in options(type_):
        if isinstance(one, Value) and not (isinstance(one.value, str) and looks_secret(one.value, holder)):
            return False
        if isinstance(one, Instance) and not file.index.is_subclass(one.cls, *_TEXTS):
            return False
    return type_ is None or bool(options(type_))


def _comes_harmless(node: ast.expr, file: File) -> bool:
    """Whether a variable holds something that was made of the secret and does not show it: a mask, a length, a hash."""
    if not isinstance(node, ast.Name):
        return False
    for bound in file.names.bindings(node):
        parent = file.parent(bound)
        value = parent.value if isinstance(parent, (ast.Assign, ast.AnnAssign, ast.NamedExpr)) else None
        if isinstance(value, ast.Await):
            value = value.value
        if isinstance(value, (ast.Compare, ast.JoinedStr, ast.Subscript)) and not _is_key(value):
            return True
        if isinstance(value, ast.Call):
            name = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
            if _SAFE_WORDS.intersection(words(name)):
                return True
    return False


def _is_key(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
    )


def _secret_fields(type_: Type | None, file: File) -> tuple[str, ...]:
    """The fields with secrets that the text of an instance shows: of pydantic models and dataclasses of the project."""
    found = options(type_)
    if len(found) != 1 or not isinstance(found[0], Instance):
        return ()
    cls, index = found[0].cls, file.index
    fact = index.resolve(cls).fact
    if not isinstance(fact, ClassFact) or index.member(cls, "__repr__") or index.member(cls, "__str__"):
        return ()
    is_model = index.is_subclass(cls, *_MODELS)
    if not is_model and not any(index.named(one) == "dataclasses.dataclass" for one in _decorators(fact)):
        return ()
    fields = []
    for name, field in index.attributes(cls).items():
        holder = holder_named(name)
        if holder is None or not (holder.kind is Kind.PASSWORD or _tells(holder)):
            continue
        declared = options(index.type_of(Ref(f"{cls}.{name}")))
        texts = [one for one in declared if isinstance(one, Instance) and one.cls == "builtins.str"]
        hidden = isinstance(field.value, Call) and (
            field.value.keyword("repr") == Constant(False) or field.value.keyword("exclude") == Constant(True)
        )
        if texts and not hidden:
            fields.append(name)
    return tuple(fields)


def _decorators(fact: ClassFact) -> Iterator[Ref]:
    for one in fact.decorators:
        symbol = one.func if isinstance(one, Call) else one
        if isinstance(symbol, Ref):
            yield symbol
