"""What is inside a value whose type says so: what awaiting it, looping over it or yielding from it gives."""

from __future__ import annotations

from seawall.knowledge.names import CONTAINERS
from seawall.semantics.types import Instance, Type

COROUTINE = "typing.Coroutine"
GENERATOR = "typing.Generator"
ASYNC_GENERATOR = "typing.AsyncGenerator"
CONTEXT = "contextlib.AbstractContextManager"
ASYNC_CONTEXT = "contextlib.AbstractAsyncContextManager"

GENERATORS = frozenset({GENERATOR, ASYNC_GENERATOR, "typing.Iterator", "typing.AsyncIterator", "typing.Iterable",
                        "typing.AsyncIterable"})  # fmt: skip
AWAITABLES = frozenset({COROUTINE, "typing.Awaitable", "asyncio.Task", "asyncio.Future"})


def awaited(type_: Type) -> Type | None:
    match type_:
        case Instance(cls, args) if cls in AWAITABLES:
            return args[0] if args else None
        case Instance():
            return type_
    return None


def iterated(type_: Type) -> Type | None:
    match type_:
        case Instance("psycopg.Cursor" | "psycopg.AsyncCursor"):
            return Instance("psycopg.rows.Row")
        case Instance(cls, args) if args and (cls in GENERATORS or cls in CONTAINERS):
            return args[0]
    return None


def yielded(type_: Type | None) -> Type | None:
    match type_:
        case Instance(cls, args) if cls in GENERATORS and args:
            return args[0]
    return None
