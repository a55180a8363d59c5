"""Which expressions are secrets of the server: digests made with a key, settings, the environment, columns with tokens."""

from __future__ import annotations

import ast
from enum import StrEnum

from seawall.knowledge.secrets import ENVIRONMENT_READERS
from seawall.rules.auth._passwords import is_model
from seawall.rules.base import File
from seawall.semantics.facts import ClassFact, FunctionFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.secret import holder_named
from seawall.semantics.meanings.settings_class import BASES
from seawall.semantics.summary import callees
from seawall.semantics.symbols import Call, Ref, Subscript, Symbol
from seawall.semantics.types import Instance, options

_MAX_DEPTH = 6
_ENCODINGS = frozenset({
    "base64.b64encode", "base64.urlsafe_b64encode", "base64.standard_b64encode", "binascii.hexlify", "binascii.b2a_hex",
    "builtins.str", "builtins.bytes",
})  # fmt: skip
_KEEPS = frozenset({"encode", "decode", "hex", "strip", "rstrip", "lower", "upper", "get_secret_value"})
_MAKES = ("sign", "hmac", "mac", "digest", "hash")


class Kind(StrEnum):
    """What sort of secret it is."""

    SIGNATURE = "signature"
    SETTING = "setting"
    COLUMN = "column"


def secret_kind(node: ast.expr, file: File, depth: int = 0) -> Kind | None:
    """What secret an expression is; None if that is not certain."""
    if depth > _MAX_DEPTH:
        return None
    match node:
        case ast.Await(value=inner):
            return secret_kind(inner, file, depth + 1)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
            return secret_kind(left, file, depth + 1) or secret_kind(right, file, depth + 1)
        case ast.JoinedStr(values=values):
            inner_kinds = [
                secret_kind(one.value, file, depth + 1) for one in values if isinstance(one, ast.FormattedValue)
            ]
            return next((kind for kind in inner_kinds if kind), None)
        case ast.Call():
            return _call(node, file, depth)
        case ast.Name() if file.names.bindings(node):
            return _variable(node, file, depth)
        case ast.Subscript(value=value) if file.qualname(value) == "os.environ":
            return _environment(node.slice)
        case ast.Name() | ast.Attribute():
            return _stored(node, file)
    return None


def _call(node: ast.Call, file: File, depth: int) -> Kind | None:
    name = file.callee(node)
    if name in ENVIRONMENT_READERS or name == "os.environ.get":
        return _environment(node.args[0]) if node.args else None
    if name == "hmac.digest":
        return Kind.SIGNATURE
    if name in _ENCODINGS and node.args:
        return secret_kind(node.args[0], file, depth + 1)
    if isinstance(node.func, ast.Attribute):
        if node.func.attr in ("hexdigest", "digest"):
            return Kind.SIGNATURE if _is_mac(node.func.value, file, depth) else None
        if node.func.attr == "get_secret_value" and _is_setting(node.func.value, file):
            return Kind.SETTING
        if node.func.attr in _KEEPS:
            return secret_kind(node.func.value, file, depth + 1)
    if name and file.index.function(name) is not None and _signs(file.index, name):
        return Kind.SIGNATURE
    return None


def _is_setting(node: ast.expr, file: File) -> bool:
    """Whether an expression is a field of the settings, whatever it is called."""
    return isinstance(node, ast.Attribute) and file.is_instance(node.value, *BASES)


def _is_mac(node: ast.expr, file: File, depth: int) -> bool:
    return file.is_instance(node, "hmac.HMAC")


def _signs(index: Index, function: str, hops: int = 0) -> bool:
    """Whether a function of the project gives a digest that it makes with a key."""
    fact = index.function(function)
    if fact is None or hops > 3 or (fact.declared is not None and fact.declared == Ref("builtins.bool")):
        return False
    if not hops and not any(word in fact.name.lower() for word in _MAKES):
        return False
    return any(
        callee in ("hmac.new", "hmac.digest") or (callee != function and _signs(index, callee, hops + 1))
        for callee, _, _ in callees(index, function)
    )


def _variable(node: ast.Name, file: File, depth: int) -> Kind | None:
    """A variable of the function: all that is assigned to it is a secret."""
    kinds: set[Kind | None] = set()
    for binding in file.names.bindings(node):
        match file.parent(binding):
            case ast.Assign(targets=[target], value=value) if target is binding:
                kinds.add(secret_kind(value, file, depth + 1))
            case ast.AnnAssign(value=ast.expr() as value) | ast.NamedExpr(value=value):
                kinds.add(secret_kind(value, file, depth + 1))
            case _:
                return None
    return kinds.pop() if len(kinds) == 1 else None


def _environment(name: ast.expr) -> Kind | None:
    text = name.value if isinstance(name, ast.Constant) else None
    return Kind.SETTING if isinstance(text, str) and holder_named(text.lower()) is not None else None


def _stored(node: ast.Name | ast.Attribute, file: File) -> Kind | None:
    """A setting, a constant from the environment, or the column of an object from the database."""
    name = node.attr if isinstance(node, ast.Attribute) else node.id
    if holder_named(name) is None:
        return None
    if isinstance(node, ast.Attribute):
        for owner in options(file.type_of(node.value)):
            if isinstance(owner, Instance):
                if file.index.is_subclass(owner.cls, *BASES):
                    return Kind.SETTING
                if is_model(file.index, owner.cls) and isinstance(_member(file.index, owner.cls, name), ValueFact):
                    return Kind.COLUMN
    symbol = file.symbol(node)
    if isinstance(symbol, Ref):
        found = file.index.resolve(symbol.name)
        if found.name.startswith("django.conf.settings."):
            return Kind.SETTING
        if isinstance(found.fact, ValueFact) and _is_from_settings(file.index, found.fact.value):
            return Kind.SETTING
    return None


def _member(index: Index, cls: str, name: str) -> ValueFact | FunctionFact | ClassFact | object | None:
    found = index.member(cls, name)
    return found.fact if found else None


def _is_from_settings(index: Index, symbol: Symbol | None) -> bool:
    """`os.environ["KEY"]`, `os.getenv("KEY")`, `settings.key` as the value of a module's variable."""
    match symbol:
        case Call(func) | Subscript(func):
            name = index.named(func)
            return name in ENVIRONMENT_READERS or name in ("os.environ", "os.environ.get")
        case Ref(name):
            owner = index.type_of(Ref(name.rpartition(".")[0]))
            return isinstance(owner, Instance) and index.is_subclass(owner.cls, *BASES)
    return False
