"""What an expression gives where nobody has set the environment variables that it reads."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from seawall.rules.base import File
from seawall.semantics.meanings.written import reads_environment, scheme, written
from seawall.semantics.secret_text import words
from seawall.semantics.symbols import Call, Constant
from seawall.semantics.view import argument

UNKNOWN = object()
TRUE_WORDS = frozenset({"1", "true", "t", "yes", "y", "on"})
_PLAIN_READERS = frozenset({"os.getenv", "os.environ.get", "os.environ.pop"})
_METHODS: dict[str, Callable[[str], object]] = {
    "lower": str.lower, "upper": str.upper, "strip": str.strip, "title": str.title, "capitalize": str.capitalize, "casefold": str.casefold,
}  # fmt: skip
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], object]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Is: operator.is_, ast.IsNot: operator.is_not,
    ast.In: lambda one, several: one in several, ast.NotIn: lambda one, several: one not in several,
}  # fmt: skip


def by_default(node: ast.expr | None, file: File) -> object:
    """The value, or `UNKNOWN`."""
    match node:
        case None:
            return UNKNOWN
        case ast.Constant(value=value):
            return value
        case ast.Tuple(elts=elements) | ast.List(elts=elements) | ast.Set(elts=elements):
            values = [by_default(element, file) for element in elements]
            return UNKNOWN if any(value is UNKNOWN for value in values) else values
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _apply(_COMPARISONS.get(type(op)), by_default(left, file), by_default(right, file))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _apply(operator.not_, by_default(operand, file))
        case ast.BoolOp(op=ast.Or(), values=values):
            options = [by_default(value, file) for value in values]
            return next((one for one in options if one is UNKNOWN or one), options[-1])
        case ast.Call():
            return _of_call(node, file)
        case ast.Name() | ast.Attribute():
            found = file.literal(node)
            return UNKNOWN if found is None else found
    return UNKNOWN


def _of_call(call: ast.Call, file: File) -> object:
    symbol = file.symbol(call)
    if isinstance(symbol, Call) and reads_environment(file.index, symbol):
        default = argument(call, 1, "default")
        if file.callee(call) in _PLAIN_READERS:
            return by_default(default, file) if default is not None else None
        value = by_default(default, file)
        if default is None and (declared := scheme(file.index, symbol)) is not None:
            found = written(file.index, declared.default)
            values = found.values(file.index) if found is not None and isinstance(found.symbol, Constant) else ()
            value = values[0] if values else UNKNOWN
        return value.lower() in TRUE_WORDS if isinstance(value, str) and _asks_for_truth(call) else value
    match call:
        case ast.Call(func=ast.Name(id="bool"), args=[inner]):
            return _apply(bool, by_default(inner, file))
        case ast.Call(func=ast.Name(id="int"), args=[inner]):
            return _apply(int, by_default(inner, file))
        case ast.Call(func=ast.Name(id="str"), args=[inner]):
            return _apply(str, by_default(inner, file))
        case ast.Call(func=ast.Attribute(value=inner, attr=attr), args=[]) if attr in _METHODS:
            return _apply(_METHODS[attr], by_default(inner, file))
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[inner]) if _names_truth(name):
            return _apply(lambda value: str(value).lower() in TRUE_WORDS, by_default(inner, file))
    return UNKNOWN


def _asks_for_truth(call: ast.Call) -> bool:
    """Whether a reader of variables makes a truth of the text: `env.bool(...)`, `config(..., cast=bool)`, `env_flag(...)`."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    cast = next((item.value for item in call.keywords if item.arg in ("cast", "var_type", "type")), None)
    return _names_truth(name) or (isinstance(cast, ast.Name) and _names_truth(cast.id))


def _names_truth(name: str) -> bool:
    return "bool" in name.lower() or bool({"flag", "truthy", "true"} & set(words(name)))


def _apply(function: Callable[..., object] | None, *values: object) -> object:
    if function is None or any(value is UNKNOWN for value in values):
        return UNKNOWN
    try:
        return function(*values)
    except (TypeError, ValueError):
        return UNKNOWN
