"""Expressions written down without their tree.

A symbol says what an expression is made of in terms of absolute names, and nothing else: it can be compared, pickled and
evaluated long after the tree is gone. `semantics/evaluate.py` turns a symbol into a type by asking the index.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class Ref(msgspec.Struct, frozen=True, tag=True, gc=False):
    """The thing that an absolute dotted name stands for: `app.db.get_db`, `sqlalchemy.orm.Session`."""

    name: str


class Attr(msgspec.Struct, frozen=True, tag=True, gc=False):
    """`of.name`."""

    of: Symbol
    name: str


class Call(msgspec.Struct, frozen=True, tag=True, gc=False):
    """`func(*args, **keywords)`; arguments that say nothing are None. Unpacked keywords have the name `**`."""

    func: Symbol
    args: tuple[Symbol | None, ...] = ()
    keywords: tuple[tuple[str, Symbol | None], ...] = ()

    def keyword(self, name: str) -> Symbol | None:
        return next((value for key, value in self.keywords if key == name), None)


class Subscript(msgspec.Struct, frozen=True, tag=True, gc=False):
    """`of[args]`."""

    of: Symbol
    args: tuple[Symbol | None, ...]


class Annotation(msgspec.Struct, frozen=True, tag=True, gc=False):
    """A value whose declared type is `of`."""

    of: Symbol


class Parameter(msgspec.Struct, frozen=True, tag=True, gc=False):
    """The value a parameter has: what its default provides (`Depends`), else what its annotation declares."""

    name: str
    annotation: Symbol | None = None
    default: Symbol | None = None


class Awaited(msgspec.Struct, frozen=True, tag=True, gc=False):
    of: Symbol


class Entered(msgspec.Struct, frozen=True, tag=True, gc=False):
    """`with of as ...`."""

    of: Symbol


class Iterated(msgspec.Struct, frozen=True, tag=True, gc=False):
    """`for ... in of`."""

    of: Symbol


class Either(msgspec.Struct, frozen=True, tag=True, gc=False):
    """One of several: branches, `|`, `or`."""

    options: tuple[Symbol | None, ...]


class Constant(msgspec.Struct, frozen=True, tag=True, gc=False):
    value: str | int | float | bool | None


class Several(msgspec.Struct, frozen=True, tag=True, gc=False):
    """A tuple or list display."""

    items: tuple[Symbol | None, ...]


class Element(msgspec.Struct, frozen=True, tag=True, gc=False):
    """What the target at a position gets of a call's result: `engine, factory = connect()`."""

    of: Symbol
    position: int


class Entries(msgspec.Struct, frozen=True, tag=True, gc=False):
    """A dict display that a module or class gives a name, with keys that are text; values that are text are not kept."""

    items: tuple[tuple[str, Symbol | None], ...]

    def get(self, key: str) -> Symbol | None:
        return next((value for name, value in self.items if name == key), None)


Symbol: TypeAlias = (
    Ref
    | Attr
    | Call
    | Subscript
    | Annotation
    | Parameter
    | Awaited
    | Entered
    | Iterated
    | Either
    | Constant
    | Several
    | Element
    | Entries
)


def dotted(symbol: Symbol | None) -> str | None:
    """`a.b.c` if the symbol is nothing but names, else None."""
    match symbol:
        case Ref(name):
            return name
        case Attr(of, name):
            head = dotted(of)
            return f"{head}.{name}" if head else None
    return None
