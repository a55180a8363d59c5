"""How long `==` takes tells how much of a secret a caller has guessed.

`==` stops at the first character that differs. Who may try often enough finds a signature, an API key or a token character by
character. `hmac.compare_digest` takes as long for every guess. It raises `TypeError` for text that is not ASCII, which any client may
send, so text is encoded before it is compared.

Flagged are comparisons of what a client sends with a digest made with a key, a secret of the settings or the environment, or
the token of an object from the database.

Not flagged: comparisons with constants, conditions in queries, look-ups, two values of which neither is known to come from outside or
neither is known to be a secret, tests.

Example:
    import hashlib
    import hmac

    from fastapi import FastAPI, Header, HTTPException, Request

    app = FastAPI()
    KEY = b"..."


    @app.post("/hook")
    async def hook(request: Request, x_signature: str = Header()):
        expected = hmac.new(KEY, await request.body(), hashlib.sha256).hexdigest()
        if «x_signature != expected»:
            raise HTTPException(403)

Fixed:
    import hashlib
    import hmac

    from fastapi import FastAPI, Header, HTTPException, Request

    app = FastAPI()
    KEY = b"..."


    @app.post("/hook")
    async def hook(request: Request, x_signature: str = Header()):
        expected = hmac.new(KEY, await request.body(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(x_signature.encode(), expected.encode()):
            raise HTTPException(403)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from seawall.edits import Fix, Safety
from seawall.knowledge.hashing import may_store
from seawall.rules.auth._constant_time import compared, why_unsafe
from seawall.rules.auth._given import arrivals, is_open, way
from seawall.rules.auth._passwords import is_in_tests
from seawall.rules.auth._plain import own_name
from seawall.rules.auth._secrets import Kind, secret_kind
from seawall.rules.base import File, Finding, Severity

code, severity = "SW506", Severity.WARNING

_EXPRESSIONS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Await, ast.JoinedStr, ast.BinOp)
_DECODERS = frozenset({"base64.b64decode", "base64.urlsafe_b64decode", "binascii.unhexlify", "builtins.bytes.fromhex"})
_WORDS = {
    Kind.SIGNATURE: "the signature",
    Kind.SETTING: "the secret",
    Kind.COLUMN: "the token",
}


def applies(file: File) -> bool:
    return not is_in_tests(file)


def check(node: ast.Compare, file: File) -> Iterator[Finding]:
    if len(node.ops) != 1 or not isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
        return
    left, right = node.left, node.comparators[0]
    if not isinstance(left, _EXPRESSIONS) or not isinstance(right, _EXPRESSIONS):
        return
    if file.function(node) is None:
        return
    kinds = secret_kind(left, file), secret_kind(right, file)
    if (kinds[0] is None) == (kinds[1] is None):
        return
    kind = kinds[0] or kinds[1]
    assert kind is not None
    secret, given = (left, right) if kinds[0] else (right, left)
    if kind is Kind.COLUMN and may_store(own_name(secret)):
        return  # `plaintext-password-compared` tells
    found = arrivals(file, _raw(given, file))
    if not found and not (kind is Kind.SIGNATURE and is_open(file, given)):
        return
    why = why_unsafe(given, secret, kind, file)
    safety = Safety.UNSAFE if why else Safety.SAFE
    yield file.finding(
        node,
        f"`{'==' if isinstance(node.ops[0], ast.Eq) else '!='}` tells by its time how much of {_WORDS[kind]} is right, "
        "compare with `hmac.compare_digest`",
        Fix("Compare in constant time", partial(compared, node, given, secret, kind, file), safety, why),
        related=way(found),
    )


def _raw(node: ast.expr, file: File) -> ast.expr:
    """What a decoder of bytes was given."""
    return node.args[0] if isinstance(node, ast.Call) and node.args and file.callee(node) in _DECODERS else node
