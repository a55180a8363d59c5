"""A token that nobody verifies says whatever its sender wants it to say.

A JWT's claims are only encoded: without a check of the signature anybody can write `{"sub": "admin"}`. The check needs a key of the
server's own and a fixed list of algorithms. Who takes the algorithm or the key from the token lets the sender choose how
it is verified, `"none"` means not at all, and PyJWT 2 without `algorithms` refuses every token.

Not flagged: a look into a token before it is verified (to choose a key by its `kid` or issuer), claims of a token that the
application itself has fetched, functions that only tell of which kind a token is, tests.

Example:
    #- config.py
    from pydantic_settings import BaseSettings


    class Settings(BaseSettings):
        secret_key: str


    settings = Settings()

    #- tokens.py
    import jwt

    from config import settings


    def create_token(user_id: int) -> str:
        return jwt.encode({"sub": str(user_id)}, settings.secret_key, algorithm="HS256")

    #- main.py
    import jwt
    from fastapi import Depends, FastAPI
    from fastapi.security import OAuth2PasswordBearer

    app = FastAPI()
    scheme = OAuth2PasswordBearer(tokenUrl="login")


    def current_user(token: str = Depends(scheme)) -> str:
        return jwt.decode(token, options=«{"verify_signature": False}»)["sub"]

Fixed:
    #- main.py
    import jwt
    from fastapi import Depends, FastAPI
    from fastapi.security import OAuth2PasswordBearer

    from config import settings

    app = FastAPI()
    scheme = OAuth2PasswordBearer(tokenUrl="login")


    def current_user(token: str = Depends(scheme)) -> str:
        return jwt.decode(token, settings.secret_key, algorithms=["HS256"])["sub"]
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from seawall.edits import Fix, Safety
from seawall.knowledge.tokens import DECODERS, KEY_HEADERS, UNVERIFIED_CLAIMS, UNVERIFIED_HEADERS, Decoder
from seawall.rules.auth._decoding import (
    add_algorithms,
    assigned,
    name_algorithm,
    switch,
    verify,
    with_own_key,
    without_none,
)
from seawall.rules.auth._given import arrivals, is_open, way
from seawall.rules.auth._passwords import is_in_tests
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.guards import is_checked
from seawall.semantics.index import Index
from seawall.semantics.summary import callees
from seawall.semantics.symbols import Ref
from seawall.semantics.taint import Arrival
from seawall.semantics.types import Instance, options
from seawall.semantics.view import argument, has_unpacking

code, severity = "SW505", Severity.ERROR
calls = frozenset({"decode", "decode_complete", "get_unverified_claims", "verify"})

_MAX_HOPS = 3
_WHY = "tokens that this key has not signed are refused from now on"


def applies(file: File) -> bool:
    return not is_in_tests(file)


def check(call: ast.Call, file: File) -> Iterator[Finding]:
    name = file.callee(call) or ""
    row = DECODERS.get(name)
    if (row is None and name not in UNVERIFIED_CLAIMS) or not call.args:
        return
    if row is None:
        yield from _unverified(call, call, None, file)
    elif (off := switch(call, row, file)) is not None:
        yield from _unverified(call, off, row, file)
    else:
        yield from _algorithms(call, row, file)
        yield from _key(call, row, file)


# -- no verification ---------------------------------------------------------------------------------------------------


def _unverified(call: ast.Call, where: ast.expr, row: Decoder | None, file: File) -> Iterator[Finding]:
    function = file.function(call)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) or _only_tells(function, file):
        return
    found = arrivals(file, call.args[0])
    if _verifies_too(call, function, file):
        return
    if any(_is_verified_on(file.index, file.absolute_name(function), one) for one in found):
        return
    if not found and not is_open(file, call.args[0]):
        return
    fix = None
    if row is not None and not file.item.broken:
        fix = Fix("Verify the signature", partial(verify, call, where, row, file), Safety.UNSAFE, _WHY)
    yield file.finding(
        where,
        f"`{file.text(call.func)}` does not verify the token here, so anybody can write one: verify it with a key and `algorithms`",
        *([fix] if fix else []),
        related=way(found),
        severity=Severity.ERROR if found else Severity.WARNING,
    )


def _only_tells(function: ast.FunctionDef | ast.AsyncFunctionDef, file: File) -> bool:
    """Whether a function gives nothing but yes or no, and refuses nothing."""
    scope = file.scan.opened[function]
    returned = [one.value for one in scope.returns]
    if file.symbol(function.returns) == Ref("builtins.bool") if function.returns else False:
        return True
    return bool(returned) and all(
        isinstance(value, (ast.Compare, ast.Constant)) or (isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.Not))
        for value in returned
    )  # fmt: skip


def _verifies_too(call: ast.Call, function: ast.FunctionDef | ast.AsyncFunctionDef, file: File) -> bool:
    """Whether the same function, or one that it calls, verifies a token as well."""
    for node in file.scan.nodes[ast.Call]:
        assert isinstance(node, ast.Call)
        if node is call or file.function(node) is not function:
            continue
        name = file.callee(node) or ""
        row = DECODERS.get(name)
        if row is not None and switch(node, row, file) is None:
            return True
        if name and row is None and _reads_tokens(file.index, name, file.absolute_name(function)):
            return True
    return False


def _is_verified_on(index: Index, function: str, arrival: Arrival) -> bool:
    """Whether a function on the token's way verifies it beside calling this one."""
    return any(
        callee in DECODERS or _reads_tokens(index, callee, function)
        for hop in arrival.hops
        for callee, _, _ in callees(index, hop.caller)
        if callee not in (function, hop.callee)
    )


def _reads_tokens(index: Index, function: str, but: str, hops: int = 0) -> bool:
    """Whether a function of the project leads to something that verifies tokens."""
    if function == but or hops > _MAX_HOPS or index.function(function) is None:
        return False
    return any(
        callee in DECODERS or (callee != function and _reads_tokens(index, callee, but, hops + 1))
        for callee, _, _ in callees(index, function)
    )


# -- verification as the token wants it --------------------------------------------------------------------------------


def _algorithms(call: ast.Call, row: Decoder, file: File) -> Iterator[Finding]:
    if row.algorithms is None or has_unpacking(call):
        return
    given = argument(call, row.algorithms, "algorithms")
    if given is None:
        yield from _without(call, row, file)
        return
    for value in _values(given, file):
        text = file.literal(value)
        if isinstance(text, str) and text.lower() == "none":
            fix = Fix('Take "none" away', partial(without_none, value, call, row, file), Safety.UNSAFE, _WHY)
            message = '`"none"` stands for tokens that nobody has signed, list only the algorithm that signs them'
            fixes = [fix] if _is_within(value, given, file) else []
            yield file.finding(value, message, *fixes, severity=Severity.WARNING)
    if _from_header(given, frozenset({"alg"}), file) is not None:
        fix = Fix("Name the algorithm", partial(name_algorithm, given, file), Safety.UNSAFE, _WHY)
        message = "The token chooses the algorithm that verifies it, list the one that signs the tokens"
        yield file.finding(given, message, fix, severity=Severity.WARNING)


def _is_within(node: ast.AST, outer: ast.AST, file: File) -> bool:
    return node is outer or any(above is outer for above in file.ancestors(node))


def _values(node: ast.expr, file: File) -> Iterator[ast.expr]:
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            yield from elements
        case ast.Name() if file.names.bindings(node):
            for value in assigned(node, file):
                if not isinstance(value, ast.Name):
                    yield from _values(value, file)
        case _:
            yield node


def _without(call: ast.Call, row: Decoder, file: File) -> Iterator[Finding]:
    key = argument(call, row.key, "key")
    fix = Fix("Name the algorithm", partial(add_algorithms, call, row, file), Safety.UNSAFE, _WHY)
    if row.library == "python-jose":
        message = "Without `algorithms` the token chooses how it is verified, list the algorithm that signs the tokens"
        yield file.finding(call.func, message, fix, severity=Severity.WARNING)
    elif row.library == "PyJWT":
        version = file.project.dependencies.version("pyjwt")
        if version is not None and version.major < 2:
            message = (
                "Without `algorithms` the token chooses how it is verified, list the algorithm that signs the tokens"
            )
            yield file.finding(call.func, message, fix)
        elif key is None or _is_text(key, file):
            message = (
                "PyJWT refuses every token where `algorithms` is missing, list the algorithm that signs the tokens"
            )
            yield file.finding(call.func, message, fix)


def _is_text(key: ast.expr, file: File) -> bool:
    """Whether a key is certainly text, and no `PyJWK`, which brings its algorithm."""
    if isinstance(file.literal(key), str):
        return True
    found = options(file.type_of(key))
    return bool(found) and all(
        isinstance(one, Instance) and one.cls in ("builtins.str", "builtins.bytes") for one in found
    )


def _key(call: ast.Call, row: Decoder, file: File) -> Iterator[Finding]:
    key = argument(call, row.key, "key")
    if key is None or (not _is_header_field(key, file) and _from_header(key, KEY_HEADERS, file) is None):
        return
    fix = Fix("Verify with the project's key", partial(with_own_key, key, file), Safety.UNSAFE, _WHY)
    message = "The key comes from the token that it verifies, so anybody can sign one: use a key of your own"
    yield file.finding(key, message, fix)


def _is_header_field(node: ast.expr, file: File) -> bool:
    """Whether the key itself is what some field of the header says, and not looked up by it."""
    match node:
        case ast.Name():
            return any(
                not isinstance(value, ast.Name) and _is_header_field(value, file) for value in assigned(node, file)
            )
    _, header = _field(node)
    return header is not None and _is_header(header, file) and not is_checked(file.scan, node)


def _from_header(node: ast.AST, fields: frozenset[str], file: File, depth: int = 0) -> ast.expr | None:
    """Where an expression reads one of the fields from a header that nobody has verified."""
    if depth > 4:
        return None
    for inner in ast.walk(node):
        field, header = _field(inner)
        if field in fields and isinstance(inner, ast.expr) and header is not None and _is_header(header, file):
            return None if is_checked(file.scan, inner) else inner
        if isinstance(inner, ast.Name) and not is_checked(file.scan, inner):
            for value in assigned(inner, file):
                if (found := _from_header(value, fields, file, depth + 1)) is not None:
                    return found
    return None


def _field(node: ast.AST) -> tuple[object, ast.expr | None]:
    match node:
        case ast.Subscript(value=header, slice=ast.Constant(value=field)):
            return field, header
        case ast.Call(func=ast.Attribute(value=header, attr="get"), args=[ast.Constant(value=field), *_]):
            return field, header
    return None, None


def _is_header(node: ast.expr, file: File) -> bool:
    match node:
        case ast.Call():
            return file.callee(node) in UNVERIFIED_HEADERS
        case ast.Name():
            return any(isinstance(value, ast.Call) and _is_header(value, file) for value in assigned(node, file))
    return False
