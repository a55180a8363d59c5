"""What grows with a number that a function was given: what a query may give, there or in functions that it is handed to, or a list."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import StrEnum

from seawall.knowledge.names import QUERIES
from seawall.rules.base import File
from seawall.rules.validation._distance import grows_with
from seawall.semantics.index import Index
from seawall.semantics.symbols import Attr, Ref, Symbol
from seawall.semantics.types import Named, options
from seawall.semantics.view import FunctionNode

MAX_FUNCTIONS = 40

_LIMITING = frozenset({"limit", "fetch", "fetchmany"})
_SQL = re.compile(r"\s(?:LIMIT|FETCH\s+FIRST)\s*(?:$|[:$%?{])", re.IGNORECASE)
_KEEPING = (ast.BinOp, ast.BoolOp, ast.IfExp, ast.NamedExpr)
_LISTS = frozenset({"builtins.list", "builtins.tuple", "builtins.set"})
_SLICED = ("sqlalchemy.orm.Query", *QUERIES)


class Growing(StrEnum):
    """What is as large as the number says, in words of what a request may do."""

    QUERY = "read the whole table"
    LIST = "ask for a list of any length"


def grows(file: File, function: FunctionNode, name: str) -> Growing | None:
    """What is as large as the parameter says, as the client sent it."""
    uses = [
        node
        for node in file.scan.nodes[ast.Name]
        if isinstance(node, ast.Name) and node.id == name and function in file.ancestors(node)
    ]
    if any(not isinstance(use.ctx, ast.Load) or _is_checked(file, use) for use in uses):
        return None
    if any(_limits(file, use) for use in uses):
        return Growing.QUERY
    return Growing.LIST if any(_fills_a_list(file, use) for use in uses) else None


def _is_checked(file: File, use: ast.Name) -> bool:
    """Whether the number is compared with a bound, or handed to somebody whose answer nobody wants."""
    parent = file.parent(use)
    match parent:
        case ast.Compare(ops=operators):
            if not all(isinstance(one, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)) for one in operators):
                return False
            others = [one for one in (parent.left, *parent.comparators) if one is not use]
            return any(not _is_low(one) for one in others)
        case ast.Call():
            return isinstance(file.parent(parent), ast.Expr) and use in parent.args
    return False


def _is_low(node: ast.expr) -> bool:
    """`limit < 1` asks for the other end."""
    if isinstance(node, ast.UnaryOp):
        return True
    return isinstance(node, ast.Constant) and isinstance(node.value, int) and node.value <= 1


def _calculated(file: File, use: ast.Name) -> tuple[ast.AST, ast.AST | None]:
    """What is calculated with the number, and where that stands."""
    node: ast.AST = use
    parent = file.parent(node)
    while isinstance(parent, _KEEPING):
        node, parent = parent, file.parent(parent)
    return node, parent


def _fills_a_list(file: File, use: ast.Name) -> bool:
    """`list(range(limit))`, `[of(number) for number in range(limit)]`."""
    node, parent = _calculated(file, use)
    match parent:
        case ast.Call(func=ast.Name(id="range"), args=[ast.expr() as last] | [_, ast.expr() as last, *_]) if (
            node is last
        ):
            first = parent.args[0] if parent.args[0] is not last else None
            if file.callee(parent) != "builtins.range" or not grows_with(use.id, first, last):
                return False
            around = file.parent(parent)
            if isinstance(around, ast.comprehension):
                return isinstance(file.parent(around), (ast.ListComp, ast.SetComp, ast.DictComp))
            return isinstance(around, ast.Call) and file.callee(around) in _LISTS
    return False


def _limits(file: File, use: ast.Name) -> bool:
    node, parent = _calculated(file, use)
    match parent:
        case ast.Slice(lower=lower, upper=ast.expr() as upper) if upper is node:
            sliced = file.parent(parent)
            if not isinstance(sliced, ast.Subscript) or not grows_with(use.id, lower, upper):
                return False
            return file.is_instance(sliced.value, *_SLICED)
        case ast.FormattedValue():
            text = file.parent(parent)
            return isinstance(text, ast.JoinedStr) and _stands_behind_limit(text, parent)
        case ast.Call(args=args) if node in args:
            if file.called_name(parent) in _LIMITING and isinstance(parent.func, ast.Attribute):
                return True
            return _hands_on(file, parent, args.index(node)) or _has_sql(parent)
        case ast.keyword(arg=str(keyword)):
            call = file.parent(parent)
            return isinstance(call, ast.Call) and (_hands_on(file, call, keyword) or _has_sql(call))
        case ast.Dict() | ast.List() | ast.Tuple():
            call = file.parent(parent)
            return isinstance(call, ast.Call) and _has_sql(call)
    return False


def _stands_behind_limit(text: ast.JoinedStr, value: ast.FormattedValue) -> bool:
    before = text.values[text.values.index(value) - 1] if text.values.index(value) else None
    return isinstance(before, ast.Constant) and bool(_SQL.search(str(before.value)))


def _has_sql(call: ast.Call) -> bool:
    """Whether a text in the call has a `LIMIT` that takes a parameter."""
    texts = (node.value for node in ast.walk(call) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return any(_SQL.search(text) for text in texts)


def _hands_on(file: File, call: ast.Call, to: int | str) -> bool:
    called = file.called_function(call)
    if called is None:
        return False
    found = next((one for one in options(file.type_of(call.func)) if isinstance(one, Named)), None)
    bound = found is not None and found.receiver is not None
    parameter = _parameter(file.index, called[0], to, bound)
    return parameter is not None and _search(file.index, called[0], parameter)


def _parameter(index: Index, function: str, to: int | str, bound: bool) -> str | None:
    fact = index.function(function)
    if fact is None:
        return None
    names = [one.name for one in fact.params]
    if isinstance(to, str):
        return to if to in names else None
    position = to + bound
    return names[position] if position < len(names) else None


def _search(index: Index, function: str, parameter: str) -> bool:
    waiting = [(function, parameter)]
    seen = set(waiting)
    while waiting and len(seen) < MAX_FUNCTIONS:
        current, name = waiting.pop(0)
        for step in _steps(index, current, name):
            if step is None:
                return True
            if step not in seen:
                seen.add(step)
                waiting.append(step)
    return False


def _steps(index: Index, function: str, parameter: str) -> Iterator[tuple[str, str] | None]:
    """Where a function hands its parameter on to; None for a query's limit."""
    fact = index.function(function)
    if fact is None:
        return
    for number, call in enumerate(fact.calls):
        for passed in fact.passed(number):
            if parameter not in passed.origins:
                continue
            if _last_name(call.callee) in _LIMITING and isinstance(call.callee, (Attr, Ref)):
                yield None
            for target in options(index.type_of(call.callee)):
                if isinstance(target, Named):
                    name = index.resolve(target.name).name
                    found = _parameter(index, name, passed.to, target.receiver is not None)
                    if found is not None:
                        yield name, found


def _last_name(symbol: Symbol) -> str:
    return symbol.name.rpartition(".")[2] if isinstance(symbol, (Ref, Attr)) else ""
