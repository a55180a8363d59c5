"""An attribute that SQLAlchemy loads when it is read cannot be loaded in async code, and raises `MissingGreenlet`.

Reading a relationship that the query did not load, or any attribute after `commit()` has expired it, sends a query. Behind an
attribute nothing can be awaited, so an object of an `AsyncSession` fails there. Load the relationship with the query
(`selectinload`), read it through `awaitable_attrs`, or refresh the object after the commit.

The object is followed through variables, loops, helpers and `Depends` back to its query. Nothing is reported if the query, its
options or the session's factory cannot be read, if the relationship is declared with another `lazy=` than the default, or if
something else may have loaded it: `refresh(obj, ["name"])`, a helper that is given the object, the other side of a many-to-one
that the function has at hand.

Example:
    from sqlalchemy import ForeignKey
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

    class Base(DeclarativeBase):
        pass

    class Author(Base):
        __tablename__ = "author"
        id: Mapped[int] = mapped_column(primary_key=True)
        books: Mapped[list["Book"]] = relationship()

    class Book(Base):
        __tablename__ = "book"
        id: Mapped[int] = mapped_column(primary_key=True)
        author_id: Mapped[int] = mapped_column(ForeignKey("author.id"), index=True)

    async def count_books(session: AsyncSession, author_id: int) -> int:
        author = await session.get_one(Author, author_id)
        return len(«author.books»)

Fixed:
    from sqlalchemy import ForeignKey
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

    class Base(DeclarativeBase):
        pass

    class Author(Base):
        __tablename__ = "author"
        id: Mapped[int] = mapped_column(primary_key=True)
        books: Mapped[list["Book"]] = relationship()

    class Book(Base):
        __tablename__ = "book"
        id: Mapped[int] = mapped_column(primary_key=True)
        author_id: Mapped[int] = mapped_column(ForeignKey("author.id"), index=True)

    async def count_books(session: AsyncSession, author_id: int) -> int:
        author = await session.get_one(Author, author_id, options=[selectinload(Author.books)])
        return len(author.books)
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from seawall.edits import Edit, Fix
from seawall.edits.threads import awaited, can_await_at
from seawall.rules.async_io._eager import eager_fix
from seawall.rules.async_io._expired import Expired
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.meanings.relationship import ASYNC_SESSIONS, EAGER, Loaded, Relationship
from seawall.semantics.symbols import Attr, Awaited, Call, Either, Iterated, Parameter, Ref, Subscript, Symbol
from seawall.semantics.types import Instance, options
from seawall.semantics.view import argument

code, severity = "SW107", Severity.WARNING
in_async = True
from_absence = True

_ATTRS = "sqlalchemy.ext.asyncio.AsyncAttrs"
_KEEPS_UNLOADED = frozenset({"refresh", "delete", "merge"})


def applies(file: File) -> bool:
    return ast.Await in file.scan.nodes


def check(node: ast.Attribute, file: File) -> Iterable[Finding]:
    parent = file.parent(node)
    if type(node.ctx) is not ast.Load or (isinstance(parent, ast.Call) and parent.func is node):
        return ()
    return _read(node, file)


def _read(node: ast.Attribute, file: File) -> Iterator[Finding]:
    if _may_be_fetched(file.symbol(node.value)):
        yield from _unloaded(node, file)
    if "commit" in file.calls():
        yield from _expired(node, file)


def _may_be_fetched(symbol: Symbol | None) -> bool:
    """Whether something awaited or provided stands at the root: asked first, as it costs nothing."""
    while True:
        match symbol:
            case Awaited():
                return True
            case Attr(of) | Iterated(of) | Subscript(of):
                symbol = of
            case Call(func=func, args=args):
                symbol = args[0] if isinstance(func, Ref) and len(args) == 1 else func
            case Parameter(annotation=annotation, default=default):
                return isinstance(default, Call) or isinstance(annotation, (Ref, Subscript))
            case Either(several):
                return any(_may_be_fetched(one) for one in several)
            case _:
                return False


def _unloaded(node: ast.Attribute, file: File) -> Iterator[Finding]:
    found = options(file.type_of(node.value))
    if len(found) != 1 or not isinstance(found[0], Instance):
        return
    relation = Relationship.lazy(file.index, found[0].cls, node.attr)
    if relation is None:
        return
    loaded = Loaded.of(file.index, file.symbol(node.value))
    if loaded is None or node.attr in loaded.names or not set(loaded.path) <= loaded.names:
        return
    if not _is_async_session(file, loaded) or _may_be_loaded_otherwise(node, relation, file):
        return
    cls = found[0].cls
    fixes = [] if loaded.path else [*eager_fix(file, node, cls)]
    yield file.finding(
        node,
        f"`{file.text(node)}` is not loaded by the query and cannot be loaded later in async code, "
        f"add `selectinload({cls.rpartition('.')[2]}.{node.attr})` to the query",
        *fixes,
        *_awaitable_fix(node, cls, file),
    )


def _is_async_session(file: File, loaded: Loaded) -> bool:
    found = options(file.index.type_of(loaded.session))
    return bool(found) and all(
        isinstance(one, Instance) and file.index.is_subclass(one.cls, *ASYNC_SESSIONS) for one in found
    )


def _may_be_loaded_otherwise(node: ast.Attribute, relation: Relationship, file: File) -> bool:
    """Whether something in the function may have loaded the attribute before it is read here."""
    function, here = file.function(node), (node.lineno, node.col_offset)
    text = file.text(node.value)
    for other in file.scan.nodes[ast.Attribute]:
        if isinstance(other, ast.Attribute) and other.attr == node.attr and other is not node:
            before = (other.lineno, other.col_offset) < here and file.function(other) is function
            if before and file.text(other.value) == text:  # set, or read before and reported there
                return True
    for name in EAGER & file.calls().keys():
        for call in file.calls()[name]:
            if file.function(call) is function and _mentions(call, node.attr):
                return True
    for given in file.scan.nodes[ast.Call]:
        if (
            isinstance(given, ast.Call)
            and (given.lineno, given.col_offset) < here
            and _is_given_away(given, node, file)
        ):
            return True
    return not relation.is_collection and _has_target(node, relation, file)


def _mentions(call: ast.Call, attr: str) -> bool:
    return any(getattr(inner, "attr", getattr(inner, "value", None)) == attr for inner in ast.walk(call))


def _is_given_away(call: ast.Call, node: ast.Attribute, file: File) -> bool:
    """Whether an awaited call of the function is given the object, and may load what it likes."""
    value = node.value
    if not isinstance(value, ast.Name) or not file.is_awaited(call) or file.function(call) is not file.function(node):
        return False
    given = [*call.args, *(item.value for item in call.keywords)]
    if not any(isinstance(inner, ast.Name) and inner.id == value.id for arg in given for inner in ast.walk(arg)):
        return False
    is_quiet = isinstance(call.func, ast.Attribute) and call.func.attr in _KEEPS_UNLOADED
    return not (is_quiet and argument(call, 1, "attribute_names") is None)


def _has_target(node: ast.Attribute, relation: Relationship, file: File) -> bool:
    """Whether an object of the other side is at hand: a many-to-one finds it in the session without a query."""
    if not relation.target:
        return True
    wanted = relation.target.rpartition(".")[2]
    for name in file.scan.nodes[ast.Name]:
        if not isinstance(name, ast.Name) or (name.lineno, name.col_offset) >= (node.lineno, node.col_offset):
            continue
        if type(name.ctx) is ast.Load and file.function(name) is file.function(node) and file.names.bindings(name):
            for one in options(file.type_of(name)):
                inner = one.args[0] if isinstance(one, Instance) and one.args else one
                if isinstance(inner, Instance) and wanted in {
                    base.rpartition(".")[2] for base in file.index.mro(inner.cls)
                }:
                    return True
    return False


def _awaitable_fix(node: ast.Attribute, cls: str, file: File) -> Iterator[Fix]:
    if file.index.is_subclass(cls, _ATTRS) and can_await_at(file, node):
        yield Fix("Await it through awaitable_attrs", lambda: [_awaitable(node, file)])


def _awaitable(node: ast.Attribute, file: File) -> Edit:
    return file.replace(node, awaited(file, node, f"{file.text(node.value)}.awaitable_attrs.{node.attr}"))


def _expired(node: ast.Attribute, file: File) -> Iterator[Finding]:
    found = Expired.recognise(node, file)
    if found is not None:
        text = file.text(node)
        yield file.finding(
            node,
            f"`{text}` has expired with the commit and cannot be loaded again in async code, refresh `{found.name}` after it",
            Fix(f"Refresh {found.name} after the commit", lambda: found.refresh(file)),
        )
