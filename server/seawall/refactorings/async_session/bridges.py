"""From async code to code that stays sync: `run_sync` calls it with the sync session inside of the async one."""

from __future__ import annotations

import ast
from typing import NamedTuple

from seawall.edits.threads import awaited
from seawall.refactorings.async_session.changes import Changes
from seawall.refactorings.async_session.code import Code, Stuck
from seawall.rules.base import File
from seawall.semantics.types import Instance, Named, options
from seawall.syntax import Range, range_of

_LAZY = frozenset({
    "sqlalchemy.orm.Query", "sqlalchemy.orm.Session", "typing.Generator", "typing.Iterator", "typing.Iterable",
    "sqlalchemy.Result", "sqlalchemy.ScalarResult", "typing.Coroutine", "typing.AsyncGenerator",
    "contextlib.AbstractContextManager",
})  # fmt: skip


class Bridge(NamedTuple):
    """`call` is given `session`; `whole` is the expression that has to run with the sync one."""

    file: File
    whole: ast.expr
    call: ast.Call
    session: ast.expr


def bridge(code: Code, file: File, session: ast.expr, call: ast.Call) -> Bridge:
    """The bridge for a call.

    Raises:
        Stuck: the call's result needs the session later on.
    """
    name = file.text(call.func)
    whole: ast.expr = call
    callee = file.type_of(call.func)
    is_class = isinstance(callee, Named) and callee.last[:1].isupper()
    if is_class:
        attribute = file.parent(call)
        method = file.parent(attribute) if isinstance(attribute, ast.Attribute) else None
        if not isinstance(method, ast.Call) or method.func is not attribute:
            raise Stuck(f"`{name}` keeps a sync session", file, session)
        whole = method
    results = options(file.type_of(whole))
    is_lazy = isinstance(callee, Named) and callee.name in code.staying.lazy
    if is_lazy or any(isinstance(one, Instance) and code.index.is_subclass(one.cls, *_LAZY) for one in results):
        raise Stuck(f"what `{name}` gives needs the sync session later on", file, session)
    if isinstance(file.parent(whole), ast.Await) or any(isinstance(each, ast.Await) for each in ast.walk(whole)):
        raise Stuck(f"`{name}` stays sync and its arguments await", file, session)
    return Bridge(file, whole, call, session)


def cross(one: Bridge, changes: Changes) -> None:
    """`helper(db, 1)` -> `await db.run_sync(helper, 1)`; what has the session elsewhere gets it in a lambda."""
    file, whole, call, session = one
    text = file.text(session)
    others = [each for each in ast.walk(whole) if isinstance(each, ast.Name | ast.Attribute) and each is not session]
    is_first = whole is call and call.args[:1] == [session]
    if is_first and not any(file.text(each) == text for each in others):
        start, end = range_of(call), range_of(session)
        before, _, after = awaited(file, call, "\0").partition("\0")
        head = Range(start.start_line, start.start_col, end.end_line, end.end_col)
        changes.replace(file, head, f"{before}{text}.run_sync({file.text(call.func)}")
        changes.insert(file, start.end_line, start.end_col, after)
        return
    inner = _with_session(file, whole, [session, *(each for each in others if file.text(each) == text)])
    changes.replace(file, whole, awaited(file, whole, f"{text}.run_sync(lambda session: {inner})"))


def _with_session(file: File, whole: ast.expr, sessions: list[ast.expr]) -> str:
    place, text = range_of(whole), ""
    line, col = place.start_line, place.start_col
    for node in sorted(sessions, key=range_of):
        here = range_of(node)
        text += file.slice(Range(line, col, here.start_line, here.start_col)) + "session"
        line, col = here.end_line, here.end_col
    return text + file.slice(Range(line, col, place.end_line, place.end_col))
