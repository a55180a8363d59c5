"""A page size that the client chooses without an upper bound lets one request read the whole table.

`?limit=100000000` is all it takes: the database sends every row, the process holds them all as objects, and everybody else waits.

Flagged are numbers from the query that reach `.limit()`, a slice of a query or `LIMIT` in SQL text, in the handler or in functions
that it hands them to; numbers that say how long a list becomes (`list(range(limit))`); and paginators of Django REST framework that let the client choose and set no `max_page_size` or `max_limit`.

Not flagged: `Query(le=...)`, also in an alias or `Annotated`; constrained types; `min(limit, 100)`; a number that is compared with a bound or
handed to a function that checks it; numbers that reach no query; tests.

Example:
    from fastapi import FastAPI
    from sqlalchemy import select

    from app.database import SessionDep
    from app.models import Book

    app = FastAPI()


    @app.get("/books")
    async def list_books(session: SessionDep, offset: int = 0, «limit: int = 20»):
        books = await session.scalars(select(Book).offset(offset).limit(limit))
        return [book.title for book in books]

Fixed:
    from typing import Annotated

    from fastapi import FastAPI, Query
    from sqlalchemy import select

    from app.database import SessionDep
    from app.models import Book

    app = FastAPI()


    @app.get("/books")
    async def list_books(session: SessionDep, offset: int = 0, limit: Annotated[int, Query(ge=1, le=100)] = 20):
        books = await session.scalars(select(Book).offset(offset).limit(limit))
        return [book.title for book in books]
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from seawall.edits import AnyEdit, Edit, Fix, Safety
from seawall.edits.calls import add_keyword
from seawall.edits.imports import need, need_all
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Severity
from seawall.rules.validation._reach import grows
from seawall.semantics.facts import ImportFact
from seawall.semantics.meanings.route import Kind, Route, RouteParameter
from seawall.semantics.symbols import Call, Constant, Either, Ref, Subscript, Symbol
from seawall.semantics.view import argument, has_unpacking, keyword
from seawall.syntax import Range, range_of

code, severity = "SW307", Severity.INFO
applies = counts

MOST = 100
"""What a fix allows, unless the default is more already."""

_NUMBERS = frozenset({"builtins.int", "pydantic.PositiveInt", "pydantic.NonNegativeInt", "pydantic.StrictInt"})
_UNIONS = frozenset({"typing.Optional", "typing.Union"})
_BOUNDS = ("le", "lt")
_PAGINATORS = {
    "rest_framework.pagination.PageNumberPagination": ("page_size_query_param", "max_page_size"),
    "rest_framework.pagination.LimitOffsetPagination": ("", "max_limit"),
}
_WHY = "clients that ask for more are refused with a response 422"


def check(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, file: File) -> Iterator[Finding]:
    if isinstance(node, ast.ClassDef):
        yield from _paginator(node, file)
        return
    if not node.decorator_list:
        return
    route = file.subject(Route.recognise, node)
    if not isinstance(route, Route):
        return
    for parameter in route.of_kind(Kind.QUERY):
        if not _is_number(parameter.annotation, file) or _is_bounded(parameter, file):
            continue
        if (growing := grows(file, route.function, parameter.name)) is not None:
            message = f"has no upper bound, so one request may {growing}: bound it with `le=`"
            yield file.finding(_whole(parameter), f"`{parameter.name}` {message}", _fix(parameter, route, file))


def _is_number(annotation: Symbol | None, file: File) -> bool:
    match annotation:
        case Ref(name):
            return file.index.resolve(name).name in _NUMBERS
        case Either(several):
            return all(one == Constant(None) or _is_number(one, file) for one in several)
        case Subscript(of, args) if file.index.named(of) in _UNIONS:
            return all(one == Constant(None) or _is_number(one, file) for one in args)
    return False


def _is_bounded(parameter: RouteParameter, file: File) -> bool:
    """Whether a marker or something in `Annotated` sets a bound, or may do so."""
    if isinstance(parameter.default, ast.Call) and _may_bound(parameter.default):
        return True
    node = parameter.arg.annotation
    if node is None:
        return False
    if (metadata := _metadata(node, file)) is not None:
        return any(not isinstance(one, ast.Call) or _may_bound(one) for one in metadata)
    symbol = file.names.annotation(node)
    return _alias_bounds(symbol, file)


def _may_bound(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    is_marker = name in ("Query", "Field")
    return not is_marker or has_unpacking(call) or any(keyword(call, one) is not None for one in _BOUNDS)


def _alias_bounds(symbol: Symbol | None, file: File) -> bool:
    """Whether an alias, in whatever module, sets a bound or may do so."""
    for _ in range(8):
        match symbol:
            case Ref(name):
                fact = file.index.resolve(name).fact
                value = getattr(fact, "value", None)
                if value is None:
                    return False
                symbol = value
            case Subscript(of, args) if (file.index.named(of) or "").endswith(".Annotated"):
                for one in args[1:]:
                    if not isinstance(one, Call) or file.index.named(one.func) != "fastapi.Query":
                        return True
                    if any(key in (*_BOUNDS, "**") for key, _ in one.keywords):
                        return True
                symbol = args[0]
            case _:
                return False
    return True


def _metadata(annotation: ast.expr, file: File) -> list[ast.expr] | None:
    """What stands behind the type in `Annotated[...]`, here in the signature."""
    match annotation:
        case ast.Subscript(value=head, slice=ast.Tuple(elts=[_, *metadata])):
            return metadata if (file.qualname(head) or "").endswith(".Annotated") else None
    return None


def _whole(parameter: RouteParameter) -> Range:
    start = range_of(parameter.arg)
    if parameter.default is None:
        return start
    end = range_of(parameter.default)
    return Range(start.start_line, start.start_col, end.end_line, end.end_col)


# -- the fix ----------------------------------------------------------------------------------------------------------


def _fix(parameter: RouteParameter, route: Route, file: File) -> Fix:
    title = f"Allow at most {_most(parameter, file)}"
    return Fix(title, lambda: _bound(parameter, route, file), Safety.UNSAFE, _WHY)


def _default(parameter: RouteParameter, file: File) -> int | None:
    node = parameter.default
    if isinstance(node, ast.Call):
        node = argument(node, 0, "default")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return -1
    value = file.literal(node)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _most(parameter: RouteParameter, file: File) -> int:
    return max(MOST, _default(parameter, file) or 0)


def _limits(parameter: RouteParameter, call: ast.Call | None, file: File) -> str:
    """`ge=1, le=100`, without the lower bound if there is one or the default lies below it."""
    upper = f"le={_most(parameter, file)}"
    default = _default(parameter, file)
    if (default is not None and default < 0) or (call is not None and any(keyword(call, one) for one in ("ge", "gt"))):
        return upper
    return f"ge={0 if default == 0 else 1}, {upper}"


def _bound(parameter: RouteParameter, route: Route, file: File) -> Iterator[AnyEdit]:
    annotation = parameter.arg.annotation
    assert annotation is not None
    metadata = _metadata(annotation, file) or []
    calls = [one for one in (parameter.default, *metadata) if isinstance(one, ast.Call)]
    if calls:
        yield _add(file, calls[0], _limits(parameter, calls[0], file))
    elif metadata or (_is_annotated_style(route, file) and _may_be_annotated(parameter)):
        wanted = ["fastapi.Query"] if metadata else ["typing.Annotated", "fastapi.Query"]
        needed = need_all(file, wanted)
        yield from (edit for one in needed for edit in one.edits)
        call = f"{needed[-1].expression}({_limits(parameter, None, file)})"
        if metadata:
            yield file.insert_after(metadata[-1], f", {call}")
        else:
            yield file.replace(annotation, f"{needed[0].expression}[{file.text(annotation)}, {call}]")
    else:
        query = need(file, "fastapi.Query")
        yield from query.edits
        limits = _limits(parameter, None, file)
        if parameter.default is not None:
            given = file.text(parameter.default)
            yield file.replace(parameter.default, f"{query.expression}({given}, {limits})")
        else:
            yield file.insert_after(parameter.arg, f" = {query.expression}({limits})")


def _add(file: File, call: ast.Call, limits: str) -> Edit:
    name, _, rest = limits.partition("=")
    return add_keyword(file, call, name, rest)


def _may_be_annotated(parameter: RouteParameter) -> bool:
    return not isinstance(parameter.default, ast.Call)


def _is_annotated_style(route: Route, file: File) -> bool:
    """Whether the file writes `Annotated[..., Query()]`, as it does unless it writes markers as defaults."""
    imports = (fact for fact in file.current.facts.names.values() if isinstance(fact, ImportFact))
    if any(fact.target.rpartition(".")[2] == "Annotated" for fact in imports):
        return True
    return not re.search(r"=\s*(?:fastapi\.)?(?:Query|Depends|Path|Header|Body)\(", str(file.current.source.text))


# -- Django REST framework --------------------------------------------------------------------------------------------


def _paginator(node: ast.ClassDef, file: File) -> Iterator[Finding]:
    if not node.bases or not any("Pagination" in ast.unparse(base) for base in node.bases):
        return
    cls = file.absolute_name(node)
    for base, (chosen, bound) in _PAGINATORS.items():
        if not file.index.is_subclass(cls, base) or _has_strange_base(cls, file):
            continue
        attributes = file.index.attributes(cls)
        if bound in attributes or file.index.member(cls, "get_page_size") or file.index.member(cls, "get_limit"):
            return
        own = {one.id: statement for statement in node.body for one in _targets(statement)}
        place = own.get(chosen) if chosen else node
        if place is None or (chosen and file.literal(getattr(place, "value", None)) is None):
            return
        last = node.body[-1] if place is node else place

        def make(last: ast.stmt = last, bound: str = bound) -> Iterator[AnyEdit]:
            line = range_of(last).end_line
            indent = file.slice(Range(last.lineno, 0, last.lineno, last.col_offset))
            yield file.replace(Range(line + 1, 0, line + 1, 0), f"{indent}{bound} = {MOST}\n")

        where = place if chosen else node.bases[0]
        message = f"The client chooses the page's size and nothing bounds it, set `{bound}`"
        fix = Fix(f"Set `{bound} = {MOST}`", make, Safety.UNSAFE, "clients that ask for more get fewer rows")
        yield file.finding(where, message, *([fix] if not file.item.owner else []))
        return


def _has_strange_base(cls: str, file: File) -> bool:
    """Whether a base that nobody knows may set the bound."""
    libraries = (base for base in file.index.mro(cls) if not file.index.split(base)[0])
    return file.index.has_unknown_base(cls) or not all(base.startswith("rest_framework.") for base in libraries)


def _targets(statement: ast.stmt) -> Iterator[ast.Name]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    return (one for one in targets if isinstance(one, ast.Name))
