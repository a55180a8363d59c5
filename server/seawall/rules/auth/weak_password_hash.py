"""A fast digest such as MD5 or SHA-256 hardly protects a password.

Graphics cards try billions of such digests a second, and without a salt equal passwords look equal. Password hashers (Argon2, bcrypt,
scrypt) are slow on purpose and salt each password.

Not flagged: digests of other things (cache keys, ETags, tokens, files), HMAC, the SHA-1 prefix that is sent to a service for leaked
passwords, a digest that goes on into a password hasher, and old digests that are verified beside new hashes.

Example:
    import hashlib


    def hash_password(password: str) -> str:
        return «hashlib.sha256(password.encode())».hexdigest()


    def verify_password(password: str, hashed: str) -> bool:
        return hash_password(password) == hashed

Fixed:
    import hashlib
    import hmac

    from pwdlib import PasswordHash


    password_hash = PasswordHash.recommended()


    def hash_password(password: str) -> str:
        return password_hash.hash(password)


    def verify_password(password: str, hashed: str) -> bool:
        if not hashed.startswith("$"):  # hashed before Argon2
            return hmac.compare_digest(hashlib.sha256(password.encode()).hexdigest(), hashed)
        return password_hash.verify(password, hashed)
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from seawall.edits import AnyEdit, Fix, Safety
from seawall.edits.settings.django import is_settings
from seawall.knowledge.hashing import HASHERS, VERIFIERS, WEAK, WEAK_DJANGO, WEAK_SCHEMES, is_plain_name
from seawall.rules.auth._passwords import hashes, is_in_tests
from seawall.rules.auth._rehash import digest_of, rehash
from seawall.rules.base import File, Finding, Related, Severity
from seawall.semantics.giving import callers
from seawall.semantics.index import Index
from seawall.semantics.origins import origins
from seawall.semantics.taint import through_call
from seawall.semantics.view import argument, keyword

code, severity = "SW503", Severity.ERROR

calls = frozenset(name.rpartition(".")[2] for name in WEAK) | {"update", "CryptContext", "pbkdf2_hmac", "gensalt"}
_MIN_ITERATIONS, _MIN_ROUNDS = 100_000, 10
_MAX_HOPS = 3
_ASKS = re.compile(r"pwned|breach|leak|hibp|compromis", re.I)
"""Names of functions that ask whether a password has leaked."""
_DJANGO = "django.contrib.auth.hashers."
_GOOD = f"{_DJANGO}PBKDF2PasswordHasher"
_DEVELOPMENT = frozenset({"dev", "development", "local", "debug", "test", "testing", "tests", "ci", "e2e"})


def applies(file: File) -> bool:
    return not is_in_tests(file)


def check(call: ast.Call | ast.Assign, file: File) -> Iterator[Finding]:
    if isinstance(call, ast.Assign):
        yield from _hashers(call, file)
        return
    name = file.callee(call)
    if name == "passlib.context.CryptContext":
        yield from _context(call, file)
    elif name == "bcrypt.gensalt":
        yield from _rounds(call, file)
    elif name == "hashlib.pbkdf2_hmac":
        yield from _iterations(call, file)
    elif name in WEAK:
        yield from _digest(call, call, WEAK[name], file)
    elif (
        file.called_name(call) == "update"
        and (digest := file.receiver(call)) is not None
        and file.is_instance(digest, "hashlib.Hash")
    ):
        yield from _digest(call, call, "a plain digest", file)


def _digest(call: ast.Call, where: ast.Call, kind: str, file: File) -> Iterator[Finding]:
    name = file.callee(call)
    position = 1 if name == "hashlib.new" else 0
    given = argument(call, position, "data" if name == "hashlib.new" else "string")
    if given is None or file.literal(keyword(call, "usedforsecurity")) is False:
        return
    if _is_prefix(call, file) or _goes_on(call, file):
        return
    related = [] if _is_password(given, file) else _from_callers(given, file)
    if related is not None:
        yield file.finding(
            where,
            f"{kind[0].upper()}{kind[1:]} is too fast for passwords, use a password hasher such as Argon2 (`pwdlib`)",
            *_fixes(call, file),
            related=related,
        )


def _fixes(call: ast.Call, file: File) -> Iterator[Fix]:
    digest = digest_of(call, file)
    if digest is not None and not file.item.broken:
        yield Fix(
            "Hash with Argon2 (pwdlib), and keep old hashes valid",
            lambda: rehash(digest, file),
            Safety.UNSAFE,
            "the column has to hold 97 characters, and comparisons in other files have to verify",
        )


def _is_password(node: ast.expr, file: File, depth: int = 0) -> bool:
    """Whether an expression is a password, encoded, salted or formatted."""
    match node:
        case ast.Name(id=name):
            if is_plain_name(name) or (name.endswith("_password") and _is_in_hasher(node, file)):
                return True
            return depth < _MAX_HOPS and any(_is_password(one, file, depth + 1) for one in _assigned(node, file))
        case ast.Attribute(attr=name):
            return is_plain_name(name)
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return is_plain_name(name)
        case ast.Call(func=ast.Attribute(value=inner, attr="encode" | "strip" | "get_secret_value" | "lower")):
            return _is_password(inner, file, depth)
        case ast.Call(func=ast.Name(id="bytes" | "str"), args=[inner, *_]):
            return _is_password(inner, file, depth)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
            return _is_password(left, file, depth) or _is_password(right, file, depth)
        case ast.Tuple(elts=elements):
            return any(_is_password(element, file, depth) for element in elements)
        case ast.JoinedStr(values=values):
            parts = [value.value for value in values if isinstance(value, ast.FormattedValue)]
            return any(_is_password(part, file, depth) for part in parts)
    return False


def _is_in_hasher(node: ast.AST, file: File) -> bool:
    """Whether the function's name says that it hashes: what it takes as a password, of whatever sort, is one."""
    function = file.function(node)
    return isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and "hash" in function.name.split("_")


def _assigned(node: ast.Name, file: File) -> Iterator[ast.expr]:
    for binding in file.names.bindings(node):
        match file.parent(binding):
            case ast.Assign(targets=[target], value=value) if target is binding:
                yield value


def _from_callers(given: ast.expr, file: File) -> list[Related] | None:
    """A call that hands a password to a function that makes a digest of any text; None if others hand it other things."""
    function = file.function(given)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) or _ASKS.search(function.name):
        return None
    name = file.absolute_name(function)
    found = [_handed(file.index, name, origin, 0) for origin in origins(file.names, given)]
    return next((one for one in found if one is not None), None)


def _handed(index: Index, function: str, origin: str, hops: int) -> list[Related] | None:
    """The first call, if all that the project hands to a parameter are passwords to be kept."""
    first: list[Related] | None = None
    for caller, number, path in callers(index, function, origin):
        name = caller.rpartition(".")[2]
        if ".test" in caller or caller.startswith("test"):
            continue
        if _ASKS.search(name) or hashes(index, caller):
            return None
        if any(map(_names_password, (path, *_made_of(index, caller, path)))):
            found = [
                Related(f"`{name}` hands a password to `{function.rpartition('.')[2]}`", owner=caller, call=number)
            ]
        else:
            further = _handed(index, caller, path, hops + 1) if hops < _MAX_HOPS else None
            if further is None:
                return None
            found = further
        first = first or found
    return first


def _names_password(path: str) -> bool:
    last = re.search(r"(\w+)\W*$", path.removesuffix(".get_secret_value()"))
    return last is not None and is_plain_name(last[1])


def _made_of(index: Index, function: str, path: str) -> Iterator[str]:
    """What a helper's result is made of, where the path is one: `decrypted(password)`."""
    fact = index.function(function) if path.startswith("#") else None
    if fact is not None:
        yield from (spot.origin for spot, _ in through_call(index, function, fact, path) if spot.function == function)


def _is_prefix(call: ast.Call, file: File) -> bool:
    """The five characters of a SHA-1 digest with which one asks whether a password has leaked."""
    function = file.function(call)
    return any(
        isinstance(node, ast.Slice)
        and any(isinstance(bound, ast.Constant) and bound.value == 5 for bound in (node.lower, node.upper))
        and file.function(node) is function
        for node in file.scan.nodes[ast.Slice]
    )


def _goes_on(call: ast.Call, file: File) -> bool:
    """Whether the digest is only the first step, before a password hasher."""
    function = file.function(call)
    for node in file.scan.nodes[ast.Call]:
        if isinstance(node, ast.Call) and node is not call and file.function(node) is function:
            name = file.callee(node)
            if (
                name in HASHERS
                or name in VERIFIERS
                or (name and file.index.function(name) is not None and hashes(file.index, name))
            ):
                return True
    return False


def _context(call: ast.Call, file: File) -> Iterator[Finding]:
    schemes = argument(call, 0, "schemes")
    first = schemes.elts[0] if isinstance(schemes, (ast.List, ast.Tuple)) and schemes.elts else None
    name = keyword(call, "default") or first
    scheme = file.literal(name)
    if isinstance(scheme, str) and scheme in WEAK_SCHEMES and name is not None:
        yield file.finding(name, f"`{scheme}` is too fast for passwords, let Argon2 or bcrypt be the default scheme")


def _iterations(call: ast.Call, file: File) -> Iterator[Finding]:
    count = argument(call, 3, "iterations")
    value = file.literal(count)
    given = argument(call, 1, "password")
    if (
        isinstance(value, int)
        and value < _MIN_ITERATIONS
        and count is not None
        and given is not None
        and _is_password(given, file)
    ):
        yield file.finding(count, f"{value} iterations of PBKDF2 are too few for passwords, use at least 600000")


def _rounds(call: ast.Call, file: File) -> Iterator[Finding]:
    given = argument(call, 0, "rounds")
    value = file.literal(given)
    if given is not None and isinstance(value, int) and value < _MIN_ROUNDS:
        fix = Fix("Use 12 rounds", lambda: [file.replace(given, "12")])  # a hash says how it was made
        yield file.finding(given, f"{value} rounds of bcrypt are too few for passwords, use 12", fix)


def _hashers(node: ast.Assign, file: File) -> Iterator[Finding]:
    """Django hashes with the first of `PASSWORD_HASHERS`, and verifies with all of them."""
    match node:
        case ast.Assign(
            targets=[ast.Name(id="PASSWORD_HASHERS")],
            value=ast.List(elts=[first, *others]) | ast.Tuple(elts=[first, *others]),
        ) if isinstance(file.parent(node), ast.Module):
            pass
        case _:
            return
    name = file.literal(first)
    words = {part for module in file.module.lower().split(".") for part in module.split("_")}
    if not isinstance(name, str) or not is_settings(file.index, file.module) or _DEVELOPMENT & words:
        return
    weak = WEAK_DJANGO.get(name.removeprefix(_DJANGO)) if name.startswith(_DJANGO) else None
    if weak is None:
        return

    def make() -> Iterator[AnyEdit]:
        good = next((one for one in others if file.literal(one) == _GOOD), None)
        if good is not None:
            yield file.replace(good, file.text(first))
            yield file.replace(first, file.text(good))
        else:
            quote = file.text(first)[0]
            yield file.insert_before(first, f"{quote}{_GOOD}{quote}, ")

    message = (
        f"{weak} is too fast for passwords, put `PBKDF2PasswordHasher` first: Django then hashes anew whoever logs in"
    )
    yield file.finding(first, message, Fix("Hash with PBKDF2, and keep old hashes valid", make))
