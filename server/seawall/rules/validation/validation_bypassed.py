"""`model_construct` validates nothing, and here it is given what a client sent.

The object looks like any other of its model, but its fields may be missing or of any type, and its constraints may not hold. Everything
behind it trusts the model and so trusts the client.

Not flagged: data read back from the database; what a schema has validated already; numbers, dates and enums by type; text for a field that takes
any text; constants; tests.

Example:
    from fastapi import FastAPI, Request
    from pydantic import BaseModel, Field

    app = FastAPI()


    class Order(BaseModel):
        book_id: int
        copies: int = Field(1, ge=1, le=20)


    @app.post("/orders")
    async def create_order(request: Request) -> Order:
        return Order.«model_construct»(**await request.json())

Fixed:
    from fastapi import FastAPI, Request
    from pydantic import BaseModel, Field

    app = FastAPI()


    class Order(BaseModel):
        book_id: int
        copies: int = Field(1, ge=1, le=20)


    @app.post("/orders")
    async def create_order(request: Request) -> Order:
        return Order.model_validate(await request.json())
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import AnyEdit, CannotFix, Fix, Safety
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Severity
from seawall.rules.validation._outside import models, raw, way
from seawall.semantics.index import Index
from seawall.semantics.meanings.schema import fields
from seawall.semantics.symbols import Call, Constant, Either, Symbol
from seawall.semantics.types import Instance, options
from seawall.syntax import Range, range_of

code, severity = "SW305", Severity.WARNING
applies = counts

calls = frozenset({"model_construct", "construct"})

_TEXT, _NONE = "builtins.str", "builtins.NoneType"
_SAYINGS = frozenset({"default", "description", "title", "examples", "alias"})
_VALIDATORS = frozenset(
    f"pydantic.{name}" for name in ("field_validator", "model_validator", "validator", "root_validator")
)


def check(call: ast.Call, file: File) -> Iterator[Finding]:
    func = call.func
    if not isinstance(func, ast.Attribute) or not call.keywords:
        return
    own = models(file, func.value, instances=False)
    if own is None or any(file.index.member(cls, func.attr) is not None for cls in own):
        return
    for given in call.keywords:
        if given.arg is not None and all(_takes_any(file, cls, given.arg, given.value) for cls in own):
            continue
        arrival = raw(file, given.value) if given.arg != "_fields_set" else None
        if arrival is None:
            continue
        end = range_of(func)
        place = Range(end.end_line, end.end_col - len(func.attr), end.end_line, end.end_col)
        value = file.text(given.value)
        yield file.finding(
            place,
            f"`{func.attr}` validates nothing, and `{value}` comes from {arrival.source}: call `model_validate`",
            *_fixes(call, func, file),
            related=way(arrival),
        )
        return


def _takes_any(file: File, cls: str, name: str, value: ast.expr) -> bool:
    """Whether a value has the very type of a plain field, so that a validation would look at nothing more."""
    index = file.index
    fact = fields(index, cls).get(name)
    if fact is None or not _is_plain(fact.value):
        return False
    accepted = fact.annotation.options if isinstance(fact.annotation, Either) else (fact.annotation,)
    named = {_NONE if one == Constant(None) else index.named(one) for one in accepted}
    if not named <= {_TEXT, _NONE}:
        return False
    given = {one.cls if isinstance(one, Instance) else "" for one in options(file.type_of(value))}
    if given != {_TEXT} or not (_NONE in named or _is_never_none(value, file)):
        return False
    return not _has_validators(index, cls)


def _is_never_none(value: ast.expr, file: File) -> bool:
    """Whether a value is a parameter that is declared as text alone: types do not tell of None."""
    if not isinstance(value, ast.Name):
        return False
    bindings = file.names.bindings(value)
    return bool(bindings) and all(
        isinstance(one, ast.arg) and isinstance(one.annotation, ast.Name) and one.annotation.id == "str"
        for one in bindings
    )


def _is_plain(value: Symbol | None) -> bool:
    if isinstance(value, Call):
        return all(key in _SAYINGS for key, _ in value.keywords)
    return value is None or isinstance(value, Constant)


def _has_validators(index: Index, cls: str) -> bool:
    for one in index.mro(cls):
        for name in index.methods(one):
            found = index.member(one, name)
            for decorator in getattr(found.fact, "decorators", ()) if found is not None else ():
                if index.named(decorator.func if isinstance(decorator, Call) else decorator) in _VALIDATORS:
                    return True
    return False


def _fixes(call: ast.Call, func: ast.Attribute, file: File) -> Iterator[Fix]:
    if call.args or any(one.arg == "_fields_set" for one in call.keywords):
        return

    def make() -> Iterator[AnyEdit]:
        whole, owner = range_of(call), range_of(func)
        arguments = Range(owner.end_line, owner.end_col, whole.end_line, whole.end_col)
        if "#" in file.slice(arguments):
            raise CannotFix("a comment stands among the arguments")
        place = Range(owner.end_line, owner.end_col - len(func.attr), whole.end_line, whole.end_col)
        yield file.replace(place, f"model_validate({_as_mapping(call, file)})")

    why = "what does not fit the model raises a ValidationError"
    yield Fix("Call `model_validate`", make, Safety.UNSAFE, why)


def _as_mapping(call: ast.Call, file: File) -> str:
    """The keywords as one mapping: `**data` alone is the mapping itself."""
    if len(call.keywords) == 1 and call.keywords[0].arg is None:
        return file.text(call.keywords[0].value)
    pairs = (
        f"**{file.text(one.value)}" if one.arg is None else f'"{one.arg}": {file.text(one.value)}'
        for one in call.keywords
    )
    return f"{{{', '.join(pairs)}}}"
