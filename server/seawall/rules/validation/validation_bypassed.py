"""`model_construct` validates nothing, and here it is given what a client sent.

The object looks like any other of its model, but its fields may be missing or of any type, and its constraints may not hold. Everything
behind it trusts the model and so trusts the client.

Not flagged: data read back from the database; what a schema has validated already; numbers, dates and enums by type; constants; tests.

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
from seawall.syntax import Range, range_of

code, severity = "SW305", Severity.WARNING
applies = counts

calls = frozenset({"model_construct", "construct"})


def check(call: ast.Call, file: File) -> Iterator[Finding]:
    func = call.func
    if not isinstance(func, ast.Attribute) or not call.keywords:
        return
    own = models(file, func.value, instances=False)
    if own is None or any(file.index.member(cls, func.attr) is not None for cls in own):
        return
    for given in call.keywords:
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
