"""The values that are put into SQL text, and where they come from."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from seawall.knowledge.outside import QUEUE_READS
from seawall.rules.base import File
from seawall.rules.injection._places import Place, place_of
from seawall.semantics.facts import FunctionFact
from seawall.semantics.giving import is_queue
from seawall.semantics.guards import is_checked
from seawall.semantics.meanings.sql_call import HOLE, Part, SqlCall, looks_like_sql
from seawall.semantics.origins import origins
from seawall.semantics.paths import laid_open, split, symbol_of
from seawall.semantics.summary import Hop
from seawall.semantics.symbols import Attr, Constant, Parameter, Ref, Symbol
from seawall.semantics.taint import Arrival, is_harmless, outside, through_call
from seawall.semantics.types import Instance, options

_CERTAIN = frozenset({
    "sqlalchemy.text", "sqlalchemy.literal_column", "django.db.models.expressions.RawSQL", "django.db.models.Manager.extra",
    "django.db.models.QuerySet.extra", "psycopg.sql.SQL", "psycopg2.sql.SQL", "peewee.SQL",
})  # fmt: skip
"""What takes SQL and nothing else, and pieces of it too."""

_TEXTS = (None, Instance("builtins.str"), Instance("builtins.bytes"))


class Tainted(NamedTuple):
    """A value in SQL text that is not a constant. `arrival` tells how it comes from outside, if that is proved."""

    part: Part
    value: ast.expr
    origin: str
    arrival: Arrival | None
    place: Place


def tainted(sql: SqlCall, file: File) -> list[Tainted]:
    """The values in the call's text that carry characters from outside, or from a parameter that nobody checks."""
    parts = sql.parts(file)
    if all(part.value is None for part in parts):
        return []
    text = "".join(part.text for part in parts)
    context = _context(sql, file)
    if text == HOLE:
        return _whole(parts, context, file)
    if sql.name not in _CERTAIN and not looks_like_sql(text) and (sql.hops or not text.startswith(HOLE)):
        return []
    found = []
    texts = [part.text for part in parts]
    for number, part in enumerate(parts):
        if part.value is not None and (judged := _judge(part, file)) is not None:
            origin, arrival = judged
            place = place_of(context + "".join(texts[:number]), "".join(texts[number + 1 :]))
            found.append(Tainted(part, part.value, origin, arrival, place))
    return found


def _whole(parts: list[Part], context: str, file: File) -> list[Tainted]:
    """A statement that comes from elsewhere as a whole: from a client, or from a helper that puts it together."""
    part = next(one for one in parts if one.value is not None)
    judged = _judge(part, file)
    if judged is None or part.value is None:
        return []
    origin, arrival = judged
    if arrival is None:
        return []
    here = function_of(part.value, file)
    last = max((number for number, hop in enumerate(arrival.hops) if hop.callee == here), default=-1)
    if not all(_hands_on_whole(file, hop) for hop in arrival.hops[: last + 1]):
        return []  # found where it is put together
    return [Tainted(part, part.value, origin, arrival, Place.NAME if context else Place.CLAUSE)]


def _context(sql: SqlCall, file: File) -> str:
    """The SQL around a piece of it: `order_by(text(sort))`."""
    for above in file.ancestors(sql.call):
        match above:
            case ast.Call(func=ast.Attribute(attr="order_by" | "group_by" as attr)):
                return f"{attr.replace('_', ' ')} "
            case ast.Call() | ast.Attribute() | ast.keyword():  # `text(sort).desc()`
                continue
        break
    return ""


def _hands_on_whole(file: File, hop: Hop) -> bool:
    caller = file.index.function(hop.caller)
    return caller is None or all(passed.whole for passed in caller.passed(hop.call))


def _judge(part: Part, file: File) -> tuple[str, Arrival | None] | None:
    """The origin of a value, and how it comes from outside; None for a value that is no danger."""
    value = part.value
    assert value is not None
    if is_harmless_value(value, file) or is_checked(file.scan, value):
        return None
    name = function_of(value, file)
    fact = file.index.function(name) if name else None
    if name is None or fact is None:
        return None
    found = tuple(laid_open(origin) for origin in origins(file.names, value))
    for origin in found:
        arrival = outside(file.index, name, origin)
        if arrival is not None:
            return origin, arrival
    for origin in _open_parameters(name, fact, found, file):
        return origin, None
    return None


def arrival_of(value: ast.expr, file: File) -> Arrival | None:
    """How a value comes from outside, unless it is harmless or checked."""
    judged = _judge(Part("", value, value), file)
    return judged[1] if judged is not None else None


def function_of(node: ast.AST, file: File) -> str | None:
    """The absolute name of the `def` that runs a node; a lambda counts to the one around it."""
    function = file.function(node)
    while isinstance(function, ast.Lambda):
        function = file.function(function)
    return file.absolute_name(function) if function is not None else None


def _open_parameters(name: str, fact: FunctionFact, found: tuple[str, ...], file: File) -> Iterator[str]:
    """Parameters of the function that may be any text; what hangs on objects is no evidence."""
    for start in found:
        if _is_queued(fact, start, file):
            yield start
            continue
        given = [start]
        if start.startswith("#"):
            through = through_call(file.index, name, fact, start)
            given = [spot.origin for spot, _ in through if spot.function == name]
        for origin in given:
            if not origin.removesuffix("[*]").isidentifier() or origin in ("self", "cls"):
                continue
            symbol = symbol_of(fact, origin)
            if is_harmless(file.index, symbol) or _has_number(symbol):
                continue
            types = options(file.index.type_of(symbol))
            if (types or origin.isidentifier()) and all(
                isinstance(one, Instance) and one.cls == "builtins.str" for one in types
            ):
                yield origin


def _has_number(symbol: Symbol | None) -> bool:
    """Whether a parameter is a number unless it is given, which says what it is meant to be."""
    match symbol:
        case Parameter(annotation=None, default=Constant(value)):
            return isinstance(value, (int, float)) and not isinstance(value, bool)
    return False


def _is_queued(fact: FunctionFact, origin: str, file: File) -> bool:
    """Whether it is text, or a part of what was text, that the program has handed to itself."""
    head, steps = split(origin)
    before, method, rest = steps.rpartition(".get()")
    queue = symbol_of(fact, head + before) if method else None
    if head.startswith("#"):
        callee = fact.calls[int(head[1:])].callee if int(head[1:]) < len(fact.calls) else None
        name = callee.name if isinstance(callee, (Ref, Attr)) else ""
        if name.rpartition(".")[2] in QUEUE_READS:
            queue = callee.of if isinstance(callee, Attr) else Ref(name.rpartition(".")[0])
            rest = steps
    if queue is None or "." in rest or not is_queue(file.index, queue):
        return False
    return all(
        not one.args or one.args[0] in _TEXTS for one in options(file.index.type_of(queue)) if isinstance(one, Instance)
    )


def is_harmless_value(value: ast.expr, file: File) -> bool:
    """Whether a value can only be a number, a date or the like."""
    return is_harmless(file.index, file.symbol(value))
