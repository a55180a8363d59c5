"""An async session that expires its objects on commit fails at the next attribute access.

After `commit()` a session expires every object it holds, and reading an attribute then loads it again. In async code that load
cannot happen behind an attribute: it raises `MissingGreenlet`. `expire_on_commit=False` keeps what was loaded.

Sync sessions may reload whenever they like, and are not flagged.

Example:
    from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

    engine = create_async_engine("sqlite+aiosqlite:///shop.db")
    sessions = «async_sessionmaker(engine)»

Fixed:
    from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

    engine = create_async_engine("sqlite+aiosqlite:///shop.db")
    sessions = async_sessionmaker(engine, expire_on_commit=False)
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from seawall.edits import Fix
from seawall.edits.calls import add_keyword, set_keyword
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.view import View, has_unpacking, keyword

code, severity = "SW703", Severity.WARNING

_ASYNC_SESSION = "sqlalchemy.ext.asyncio.AsyncSession"
_MAKERS = frozenset({"sessionmaker", "async_sessionmaker", "AsyncSession"})


def check(call: ast.Call, file: File) -> Iterable[Finding]:
    last = file.called_name(call)
    if last not in _MAKERS and not (last[:1].isupper() and last in file.once(_own_classes)):
        return ()  # nothing else has to be looked at
    return _found(call, file) if not has_unpacking(call) and _makes_async_sessions(call, file) else ()


def _own_classes(view: View) -> frozenset[str]:
    """What the project's own classes of async sessions are called."""
    return frozenset(name.rpartition(".")[2] for name in view.index.subclasses(_ASYNC_SESSION))


def _found(call: ast.Call, file: File) -> Iterator[Finding]:
    given = keyword(call, "expire_on_commit")
    if given is None:
        fix = Fix("Add expire_on_commit=False", lambda: [add_keyword(file, call, "expire_on_commit", "False")])
    elif isinstance(given, ast.Constant) and given.value is True:
        fix = Fix("Set expire_on_commit=False", lambda: [set_keyword(file, call, "expire_on_commit", "False")])
    else:
        return
    yield file.finding(
        call,
        "Objects of this async session expire on commit and cannot be read again, add `expire_on_commit=False`",
        fix,
    )


def _makes_async_sessions(call: ast.Call, file: File) -> bool:
    name = file.callee(call)
    if name is None:
        return False
    if name == "sqlalchemy.orm.sessionmaker":  # the way before 2.0: sessionmaker(class_=AsyncSession)
        cls = keyword(call, "class_")
        chosen = file.qualname(cls) if cls is not None else None
        return chosen is not None and file.index.is_subclass(chosen, _ASYNC_SESSION)
    if name == "sqlalchemy.ext.asyncio.async_sessionmaker":
        return True
    if call.args or call.keywords:
        return file.index.is_subclass(name, _ASYNC_SESSION) and file.index.member(name, "__init__") is None
    return False
