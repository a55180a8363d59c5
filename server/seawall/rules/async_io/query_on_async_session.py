"""An AsyncSession has no `query`: the call raises AttributeError.

`Query` is the sync API of SQLAlchemy 1.x. An `AsyncSession` runs `select()` statements, and each call that talks to the
database is awaited.

The fix writes the whole query anew: `filter` becomes `where`, and the end of the chain decides how the result is fetched, so
that `first()`, `one()`, `all()`, `count()`, `get()`, `update()` and `delete()` mean what they meant. It is offered where every
part of the query has an exact counterpart.

Example:
    #- models.py
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Note(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)

    #- main.py
    from sqlalchemy.ext.asyncio import AsyncSession

    from models import Note

    async def read_note(session: AsyncSession, note_id: int) -> Note | None:
        return «session.query(Note)».filter(Note.id == note_id).first()

Fixed:
    from sqlalchemy import select
    from sqlalchemy.ext.asyncio import AsyncSession

    from models import Note

    async def read_note(session: AsyncSession, note_id: int) -> Note | None:
        return await session.scalar(select(Note).where(Note.id == note_id).limit(1))
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import AnyEdit, CannotFix, Fix
from seawall.edits.imports import need_all
from seawall.edits.queries import rewrite
from seawall.edits.query_chain import is_query
from seawall.edits.threads import can_await_at
from seawall.rules.base import File, Finding, Severity
from seawall.syntax import Range, range_of

code, severity = "SW105", Severity.ERROR
calls = frozenset({"query"})

_SESSIONS = ("sqlalchemy.ext.asyncio.AsyncSession", "sqlalchemy.ext.asyncio.async_scoped_session")


def check(call: ast.Call, file: File) -> Iterator[Finding]:
    if not is_query(call):
        return
    assert isinstance(call.func, ast.Attribute)
    if not file.is_instance(call.func.value, *_SESSIONS) or file.called_function(call) is not None:
        return
    fixes = [Fix("Write it with select()", lambda: _edits(file, call))] if _can_fix(file, call) else []
    yield file.finding(call, f"`{file.text(call.func)}` does not exist on an async session, use `select()`", *fixes)


def _can_fix(file: File, call: ast.Call) -> bool:
    try:
        places = rewrite(file, call, lambda name: name)
    except CannotFix:
        return False
    return bool(places) and all(can_await_at(file, one.node) for one in places if "await " in one.text)


def _edits(file: File, call: ast.Call) -> list[AnyEdit]:
    """Names are needed first, to write the query with the expressions under which they are imported."""
    names: dict[str, str] = {}
    rewrite(file, call, lambda name: names.setdefault(name, name))
    needed = need_all(file, names)
    expressions = dict(zip(names, (one.expression for one in needed), strict=True))
    places = rewrite(file, call, expressions.__getitem__)
    loops = [range_of(one.loop) for one in places if one.loop is not None]
    return [
        *(file.replace(one.place, one.text) for one in places),
        *(file.replace(Range(*loop[:2], *loop[:2]), "async ") for loop in loops),
        *(edit for one in needed for edit in one.edits),
    ]
