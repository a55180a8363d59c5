"""The values that are put into SQL text, and where they come from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from seawall.knowledge import http_input
from seawall.rules.base import File
from seawall.semantics.facts import FunctionFact
from seawall.semantics.guards import is_checked
from seawall.semantics.meanings.sql_call import HOLE, Part, SqlCall, looks_like_sql
from seawall.semantics.origins import origins
from seawall.semantics.symbols import Attr, Call, Ref, Subscript, Symbol
from seawall.semantics.taint import Arrival, is_harmless, outside, symbol_of
from seawall.semantics.types import Instance, options

_VALUE = re.compile(
    r"(?:[=<>]|\b(?:like|ilike|limit|offset|then|else)|\bbetween|\bbetween\s+\S+\s+and"
    r"|\bvalues\s*(?:\((?:[^()]|\([^()]*\))*\)\s*,\s*)*\((?:[^()]|\([^()]*\))*[,(]|\bvalues\s*\()\s*\Z",
    re.I,
)
_LIST = re.compile(r"\bin\s*\([^()]*\Z", re.I)


def takes_value(before: str) -> bool:
    """Whether SQL goes on with a value, which a parameter can stand for, and not with a name or a clause."""
    return _VALUE.search(before) is not None


class Tainted(NamedTuple):
    """A value in SQL text that is not a constant. `arrival` tells how it comes from outside, if that is proved."""

    part: Part
    value: ast.expr
    origin: str
    arrival: Arrival | None
    is_value: bool
    """Whether it stands where a value stands, and not a name or a clause."""


def tainted(sql: SqlCall, file: File) -> list[Tainted]:
    """The values in the call's text that carry characters from outside, or from a parameter that nobody checks."""
    parts = sql.parts(file)
    holes = [part for part in parts if part.value is not None]
    if not holes:
        return []
    text = "".join(part.text for part in parts)
    if text == HOLE or (sql.name != "sqlalchemy.text" and not looks_like_sql(text)):
        return []
    found, before = [], ""
    for part in parts:
        if part.value is not None and (judged := _judge(part, file)) is not None:
            origin, arrival = judged
            is_value = before.count("'") % 2 == 1 or takes_value(before) or _LIST.search(before) is not None
            found.append(Tainted(part, part.value, origin, arrival, is_value))
        before += part.text
    return found


def _judge(part: Part, file: File) -> tuple[str, Arrival | None] | None:
    """The origin of a value, and how it comes from outside; None for a value that is no danger."""
    value = part.value
    assert value is not None
    if is_harmless_value(value, file) or is_checked(file.scan, value):
        return None
    flask = _from_flask(file.symbol(value))
    if flask:
        return file.text(value), Arrival("the request", "")
    function = file.function(value)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    name = file.absolute_name(function)
    fact = file.index.function(name)
    if fact is None:
        return None
    for origin in origins(file.names, value):
        arrival = outside(file.index, name, origin)
        if arrival is not None:
            return origin, arrival
    for origin in _open_parameters(value, fact, file):
        return origin, None
    return None


def _open_parameters(value: ast.expr, fact: FunctionFact, file: File) -> Iterator[str]:
    """Parameters of the function that may be any text; what hangs on objects is no evidence."""
    for origin in origins(file.names, value):
        if not origin.isidentifier() or origin in ("self", "cls"):
            continue
        symbol = symbol_of(fact, origin)
        if is_harmless(file.index, symbol):
            continue
        found = options(file.index.type_of(symbol))
        if all(isinstance(one, Instance) and one.cls == "builtins.str" for one in found):
            yield origin


def is_harmless_value(value: ast.expr, file: File) -> bool:
    """Whether a value can only be a number, a date or the like."""
    return is_harmless(file.index, file.symbol(value))


def _from_flask(symbol: Symbol | None) -> bool:
    """`flask.request.args[...]` and the like."""
    while symbol is not None:
        match symbol:
            case Ref(name):
                parts = name.removeprefix(f"{http_input.FLASK_REQUEST}.")
                return parts != name and parts.partition(".")[0] in http_input.FLASK_REQUEST_PARTS
            case Attr(of, _) | Subscript(of, _):
                symbol = of
            case Call(func):
                symbol = func
            case _:
                return False
    return False
