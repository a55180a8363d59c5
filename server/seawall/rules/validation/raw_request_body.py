"""A body read with `await request.json()` is used as the client sent it.

Nothing has checked that the keys are there or that the values have their types: bad input becomes a response 500 or bad data. Declare
the body as a Pydantic model, or validate what was read before it is used.

Not flagged: data that goes through `model_validate`, a `TypeAdapter`, a schema's constructor or a function whose code is not known;
the raw bytes of a signature check; a body that is only logged or measured; values that `isinstance`, `str()` or `bool()` settle.

Example:
    from fastapi import FastAPI, Request

    app = FastAPI()


    @app.post("/payments/callback")
    async def payment_callback(request: Request):
        data = «await request.json()»
        return {"order": int(data["order_id"]), "status": "paid" if data["status"] == "ok" else "failed"}

Fixed:
    from fastapi import FastAPI, Request
    from pydantic import BaseModel

    app = FastAPI()


    class PaymentCallbackRequest(BaseModel):
        order_id: int
        status: str


    @app.post("/payments/callback")
    async def payment_callback(data: PaymentCallbackRequest):
        return {"order": data.order_id, "status": "paid" if data.status == "ok" else "failed"}
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from seawall.knowledge.http_input import JSON_LOADS, REQUEST_TYPES
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Severity
from seawall.rules.validation._raw_body_fix import fixes
from seawall.semantics.symbols import Attr, Awaited, Call
from seawall.semantics.types import Instance, options
from seawall.semantics.view import FunctionNode

code, severity = "SW302", Severity.ERROR
applies = counts

_READS = frozenset({"json", "form", "body"})
_HARMLESS = frozenset({"builtins.len", "builtins.bool", "builtins.print", "builtins.repr"})


def check(node: ast.Await, file: File) -> Iterator[Finding]:
    if not isinstance(node.value, ast.Call):
        return
    read = _reads(node.value, file)
    function = file.function(node)
    if read is None or not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return
    if not _is_used_raw(node, read == "body", function, file):
        return
    yield file.finding(
        node,
        "The request's body is used without validation, declare a Pydantic model for it",
        *fixes(node, read, function, file),
    )


def _reads(call: ast.Call, file: File) -> str | None:
    """`json`, `form` or `body` if the call reads a request's body, itself or in a helper that returns it."""
    if isinstance(call.func, ast.Attribute) and call.func.attr in _READS:
        return call.func.attr if file.is_instance(call.func.value, *REQUEST_TYPES) else None
    called = file.called_function(call)
    if called is None or not called[1].is_async:
        return None
    for result in called[1].results:
        match result:
            case Awaited(Call(Attr(of, name))) if name in _READS:
                found = options(file.index.type_of(of))
                if found and all(
                    isinstance(one, Instance) and file.index.is_subclass(one.cls, *REQUEST_TYPES) for one in found
                ):
                    return name
    return None


def _is_used_raw(value: ast.expr, is_bytes: bool, function: FunctionNode, file: File) -> bool:
    """Whether a key of the body is read, or an object made of it, and nowhere anything that may validate it."""
    return _answer(_uses(value, function, file), is_bytes, function, file) is True


def _answer(uses: Sequence[ast.expr], is_bytes: bool, function: FunctionNode, file: File) -> bool | None:
    """What all the uses come to: one that may validate decides, and after it one that is raw."""
    answers = [_use(use, is_bytes, function, file) for use in uses]
    return None if None in answers else True in answers


def _uses(value: ast.expr, function: FunctionNode, file: File) -> Sequence[ast.expr]:
    match file.parent(value):
        case (
            ast.Assign(targets=[ast.Name(id=name)])
            | ast.AnnAssign(target=ast.Name(id=name))
            | ast.NamedExpr(target=ast.Name(id=name))
        ):
            return _loads(name, function, file)
    return [value]


def _loads(name: str, inside: ast.AST, file: File) -> list[ast.Name]:
    return [
        node
        for node in file.scan.nodes[ast.Name]
        if isinstance(node, ast.Name)
        and node.id == name
        and isinstance(node.ctx, ast.Load)
        and inside in file.ancestors(node)
    ]


def _use(use: ast.expr, is_bytes: bool, function: FunctionNode, file: File) -> bool | None:
    """True: read as it came; False: harmless; None: it may be validated there."""
    parent = file.parent(use)
    if is_bytes:
        match parent:
            case ast.Call(args=[first, *_]) if first is use and file.callee(parent) in JSON_LOADS:
                return True if _is_used_raw(parent, False, function, file) else None
        return False if isinstance(parent, ast.Call) and use in parent.args else None
    match parent:
        case ast.Subscript(value=value) if value is use:
            return _is_raw(parent, file)
        case ast.Attribute(value=value, attr="get") if value is use and isinstance(
            call := file.parent(parent), ast.Call
        ):
            return _is_raw(call, file)
        case ast.keyword(arg=None):
            return _makes_model(parent, file)
        case ast.For(target=ast.Name(id=name), iter=rows) if rows is use:
            return _answer(_loads(name, parent, file), False, function, file)
        case ast.comprehension(target=ast.Name(id=name), iter=rows) if rows is use:
            around = file.parent(parent)
            return _answer(_loads(name, around, file), False, function, file) if around is not None else None
        case ast.Call() if file.callee(parent) in _HARMLESS or _logs(parent, file):
            return False
        case ast.Compare() | ast.UnaryOp(op=ast.Not()) | ast.If() | ast.FormattedValue() | ast.Expr():
            return False
    return None


def _is_raw(value: ast.expr, file: File) -> bool | None:
    """Whether a value read from the body goes on as it came; None where it is checked."""
    parent = file.parent(value)
    if not isinstance(parent, ast.Call) or value not in parent.args:
        return True
    name = file.callee(parent) or ""
    if name == "builtins.isinstance" or name.rpartition(".")[2].startswith(("model_validate", "validate_")):
        return None
    return name not in ("builtins.str", "builtins.bool")


def _makes_model(unpacked: ast.keyword, file: File) -> bool | None:
    """Whether `**body` becomes an object of the database or an unchecked one of a schema, which validates nothing."""
    call = file.parent(unpacked)
    cls = file.callee(call) if isinstance(call, ast.Call) else None
    if cls is None:
        return None
    if cls.endswith(".model_construct"):
        return True
    bases = ("sqlalchemy.orm.DeclarativeBase", "django.db.models.Model", "sqlalchemy.orm.MappedAsDataclass")
    return True if file.index.is_subclass(cls, *bases) else None


def _logs(call: ast.Call, file: File) -> bool:
    receiver = file.receiver(call)
    return receiver is not None and file.is_instance(receiver, "logging.Logger", "structlog.BoundLogger")
