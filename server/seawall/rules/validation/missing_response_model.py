"""A handler returns rows of the database, and nothing says what of them may be sent.

Without a response model FastAPI sends whatever attributes the object happens to have loaded: a column that is added to the table later is
public at once, after a commit the response is empty, and the documentation says nothing of what clients get.

Not flagged: handlers with a return annotation or a `response_model` (`None` is one too), with a `response_class`, with a status that has no
body; responses and dictionaries that hold nothing of an object; routes that are not in the documentation; handlers that other
decorators wrap; handlers of Starlette and of routers that add routes in a way of their own; tests.

Example:
    from fastapi import APIRouter
    from pydantic import BaseModel, ConfigDict
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

    router = APIRouter()


    class Base(DeclarativeBase):
        pass


    class Book(Base):
        __tablename__ = "books"

        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str]
        cost: Mapped[int]


    class BookOut(BaseModel):
        model_config = ConfigDict(from_attributes=True)

        id: int
        title: str


    @router.post("/books")
    def «add_book»(title: str):
        book = Book(title=title, cost=0)
        return book

Fixed:
    from fastapi import APIRouter
    from pydantic import BaseModel, ConfigDict
    from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

    router = APIRouter()


    class Base(DeclarativeBase):
        pass


    class Book(Base):
        __tablename__ = "books"

        id: Mapped[int] = mapped_column(primary_key=True)
        title: Mapped[str]
        cost: Mapped[int]


    class BookOut(BaseModel):
        model_config = ConfigDict(from_attributes=True)

        id: int
        title: str


    @router.post("/books", response_model=BookOut)
    def add_book(title: str):
        book = Book(title=title, cost=0)
        return book
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial

from seawall.edits import Fix, Safety
from seawall.knowledge.http_input import FASTAPI_ROUTERS
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Severity
from seawall.rules.returned import returned
from seawall.rules.validation._response_schema import declare
from seawall.rules.validation._stored import RECORDS, Stored, stored_in
from seawall.semantics.facts import ValueFact
from seawall.semantics.meanings.registration import owner_of
from seawall.semantics.meanings.route import Route
from seawall.semantics.symbols import Call, Constant, Ref, Symbol
from seawall.semantics.types import Named, options
from seawall.semantics.view import FunctionNode
from seawall.syntax import Range

code, severity = "SW308", Severity.WARNING
applies = counts
from_absence = True

_SPEAKING = frozenset({"response_model", "response_class", "include_in_schema", "**"})
_NO_BODY = ("204", "205", "304", "NO_CONTENT", "RESET_CONTENT", "NOT_MODIFIED")
_DEF = re.compile(r"(?:async\s+)?def\s+")


def check(route: Route, file: File) -> Iterator[Finding]:
    function = route.function
    if function.returns is not None or len(route.decorators) < len(function.decorator_list):
        return
    values = returned(function, file)
    if not values or file.scan.opened[function].yields or _is_declared(route, file):
        return
    found = [stored_in(file, value) for value in values]
    first = next((one for one in found if one is not None), None)
    if first is None:
        return
    fix = Fix(
        "Declare a response model",
        partial(declare, route, values, found, file),
        Safety.UNSAFE,
        "fields that the schema does not name are left out of the response",
    )
    yield file.finding(_name(function, file), _message(function, first), fix)


def _message(function: FunctionNode, stored: Stored) -> str:
    if stored.model in RECORDS:
        return f"Nothing says what `{function.name}` sends of the database's rows, declare a response model"
    name = stored.model.rpartition(".")[2]
    if stored.keys is None and stored.is_object:
        return f"`{function.name}` sends whatever is loaded of `{name}`, declare a response model"
    return f"Nothing says what `{function.name}` sends of `{name}`, declare a response model"


def _is_declared(route: Route, file: File) -> bool:
    """Whether something that registers the handler says what it sends, or may say so unseen."""
    for decorator in route.decorators:
        assert isinstance(decorator.func, ast.Attribute)
        status = next((one.value for one in decorator.keywords if one.arg == "status_code"), None)
        if any((one.arg or "**") in _SPEAKING for one in decorator.keywords) or not _is_plain(decorator.func, file):
            return True
        if status is not None and (file.literal(status) in (204, 205, 304) or ast.unparse(status).endswith(_NO_BODY)):
            return True
        if _is_hidden(file.symbol(decorator.func.value), file):
            return True
    for call in route.registered_by:
        code_of_status = call.keyword("status_code")
        if any(name in _SPEAKING for name, _ in call.keywords) or _is_hidden(owner_of(call), file):
            return True
        if code_of_status is not None and code_of_status not in (Constant(200), Constant(201), Constant(202)):
            return True
    return "WEBSOCKET" in route.methods


def _is_plain(register: ast.Attribute, file: File) -> bool:
    """Whether FastAPI's own method registers the handler, as it is."""
    if register.attr in ("route", "websocket_route", "websocket"):
        return False
    for found in options(file.type_of(register)):
        if not isinstance(found, Named) or found.receiver is None:
            return False
        cls = found.receiver.cls
        if not file.index.is_subclass(cls, *FASTAPI_ROUTERS):
            return False
        if any(file.index.member(cls, name) is not None for name in (register.attr, "api_route", "add_api_route")):
            return False
    return True


def _is_hidden(router: Symbol | None, file: File) -> bool:
    """Whether the router or app takes its routes out of the documentation, or makes them in a way of its own."""
    if isinstance(router, Ref):
        fact = file.index.resolve(router.name).fact
        router = fact.value if isinstance(fact, ValueFact) else None
    return isinstance(router, Call) and any(
        name in ("include_in_schema", "route_class", "**") for name, _ in router.keywords
    )


def _name(function: FunctionNode, file: File) -> Range:
    """Where the function's name stands."""
    head = _DEF.match(file.text(function))
    start = function.col_offset + len(head.group() if head else "")
    return Range(function.lineno, start, function.lineno, start + len(function.name.encode()))
