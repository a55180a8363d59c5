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
from collections.abc import Iterator

from seawall.edits import Fix, Safety
from seawall.knowledge.hashing import HASHERS, VERIFIERS, WEAK, WEAK_SCHEMES, is_plain_name
from seawall.rules.auth._passwords import hashes, is_in_tests
from seawall.rules.auth._rehash import digest_of, rehash
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.view import argument, keyword

code, severity = "SW503", Severity.ERROR

calls = frozenset(name.rpartition(".")[2] for name in WEAK) | {"update", "CryptContext", "pbkdf2_hmac", "gensalt"}
_MIN_ITERATIONS, _MIN_ROUNDS = 100_000, 10


def applies(file: File) -> bool:
    return not is_in_tests(file)


def check(call: ast.Call, file: File) -> Iterator[Finding]:
    name = file.callee(call)
    if name == "passlib.context.CryptContext":
        yield from _context(call, file)
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
    if given is None or not _is_password(given) or _is_prefix(call, file) or _goes_on(call, file):
        return
    yield file.finding(
        where,
        f"{kind[0].upper()}{kind[1:]} is too fast for passwords, use a password hasher such as Argon2 (`pwdlib`)",
        *_fixes(call, file),
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


def _is_password(node: ast.expr) -> bool:
    """Whether an expression is a password, encoded, salted or formatted."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return is_plain_name(name)
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return is_plain_name(name)
        case ast.Call(func=ast.Attribute(value=inner, attr="encode" | "strip" | "get_secret_value" | "lower")):
            return _is_password(inner)
        case ast.Call(func=ast.Name(id="bytes" | "str"), args=[inner, *_]):
            return _is_password(inner)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
            return _is_password(left) or _is_password(right)
        case ast.Tuple(elts=elements):
            return any(_is_password(element) for element in elements)
        case ast.JoinedStr(values=values):
            return any(isinstance(value, ast.FormattedValue) and _is_password(value.value) for value in values)
    return False


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
        and _is_password(given)
    ):
        yield file.finding(count, f"{value} iterations of PBKDF2 are too few for passwords, use at least 600000")
