"""Classes that `with` enters, such as units of work: `__enter__` and `__exit__` become `__aenter__` and `__aexit__` together, and
everybody who enters one does so by `async with`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from seawall.refactorings.async_session.code import Code, Function, Stuck
from seawall.rules.base import File
from seawall.semantics.types import Instance, options

if TYPE_CHECKING:
    from seawall.refactorings.async_session.coroutines import Coroutines

ENTERING = {"__enter__": "__aenter__", "__exit__": "__aexit__"}
_ENTERS_LATER = frozenset({"enter_context", "push", "callback", "closing"})


def enter_all(coroutines: Coroutines, function: Function) -> None:
    """Follow one of the two methods to the other, and to all who enter such an object.

    Raises:
        Stuck: one of them cannot follow.
    """
    code, cls = coroutines.code, function.name.rpartition(".")[0]
    other = next(name for name in ENTERING if name != function.node.name)
    member = code.index.member(cls, other)
    partner = code.functions.get(member.name) if member is not None else None
    if partner is None or code.stays(partner.file, partner.node):
        raise Stuck(f"`{other}` of the same object stays sync", function.file, function.node, function.name)
    coroutines.join(partner)
    for file in code.files:
        for item in file.scan.nodes[ast.withitem]:
            assert isinstance(item, ast.withitem)
            if isinstance(file.parent(item), ast.With) and _enters(code, file, item.context_expr, cls, function):
                if code.stays(file, item.context_expr):
                    shown = file.text(item.context_expr)
                    raise Stuck(f"`{shown}` is entered by code that stays sync", file, item.context_expr, function.name)
                coroutines.enter(file, item.context_expr)
        for call in file.scan.nodes[ast.Call]:
            if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in _ENTERS_LATER:
                given = next((one for one in call.args if _is_one(code, file, one, cls)), None)
                if given is not None:
                    raise Stuck(f"`{file.text(given)}` is entered by another object", file, given, function.name)


def _enters(code: Code, file: File, entered: ast.expr, cls: str, function: Function) -> bool:
    """Whether a `with` certainly enters an object of the class.

    Raises:
        Stuck: nothing says what it enters, and it may well be such an object.
    """
    if file.type_of(entered) is None and not _is_of_a_library(code, file, entered):
        raise Stuck(f"nothing says what `{file.text(entered)}` is", file, entered, function.name)
    return _is_one(code, file, entered, cls)


def _is_one(code: Code, file: File, node: ast.expr, cls: str) -> bool:
    found = [one.cls for one in options(file.type_of(node)) if isinstance(one, Instance)]
    return any(code.index.is_subclass(one, cls) or code.index.is_subclass(cls, one) for one in found)


def _is_of_a_library(code: Code, file: File, node: ast.expr) -> bool:
    """Whether a call's function is imported from outside of the project: `open(...)`, `lock.acquire_timeout(...)`."""
    called = file.callee(node) if isinstance(node, ast.Call) else None
    return called is not None and not code.index.split(called)[0]
