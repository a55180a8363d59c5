"""What the rest of the project may need to know of a module: small, comparable, picklable.

Every name that a module defines has a fact, methods and inner functions under their dotted path (`Repo.get`,
`create_app.<locals>.lifespan`). Places are relative to the item that defines the name and take no part in comparison: code
that merely moves changes no fact.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec

from seawall.semantics.graph import Cell
from seawall.semantics.symbols import Parameter, Symbol
from seawall.syntax import Range


class Place(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A range relative to the item that defines `owner`. All places are equal, so that facts compare without them."""

    range: Range

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place)

    def __hash__(self) -> int:
        return 0


class Passed(msgspec.Struct, frozen=True, gc=False):
    """An argument, given by position or name, that takes its characters from parameters of the calling function."""

    to: int | str
    origins: tuple[str, ...]
    whole: bool = False
    """Whether it is what they hold, and not text that is put together from it."""


class Given(msgspec.Struct, frozen=True, gc=False):
    """An argument, given by position or name, that may be a function or an object whose class is of interest."""

    to: int | str
    value: Symbol


class CallSite(msgspec.Struct, frozen=True, gc=False):
    """A call that runs when its function runs (not inside a nested function or lambda).

    `use` says how code comes to run: "" for a call of `callee`; "with", "for" and "read" for an object that is entered, that is
    gone through, and for an attribute that may be a property: `callee` is then what the expression stands for.
    """

    callee: Symbol
    place: Place
    awaited: bool = False
    passed: tuple[Passed, ...] = ()
    given: tuple[Given, ...] = ()
    use: str = ""


class Body(msgspec.Struct, frozen=True):
    """What a function does inside."""

    calls: tuple[CallSite, ...] = ()
    gives: tuple[str, ...] = ()
    """Where what it returns takes its characters from (`semantics/origins.py`)."""
    keeps: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The same of what a method keeps in attributes of its first parameter."""


class Inside:
    """The inside of a function, read from its tree when somebody asks; most are never asked for.

    Insides are all equal, so that facts compare without them. Whoever holds an older version of a fact gets the inside that the
    function has now, and is told when that changes.
    """

    __slots__ = ("_body", "_called", "_now", "_read", "_read_called")

    def __init__(
        self,
        read: Callable[[], Body] = Body,
        read_called: Callable[[], frozenset[str]] = frozenset,
        body: Body | None = None,
        called: frozenset[str] | None = None,
    ) -> None:
        self._read, self._read_called = read, read_called
        self._body, self._called = body, called
        self._now: _Now | None = None

    @property
    def body(self) -> Body:
        if self._now is None:
            self._now = _Now(self)
        return self._now.body()

    @property
    def asked(self) -> Cell | None:
        """The question for the body, if somebody has asked it."""
        return self._now.cell if self._now is not None else None

    @property
    def called(self) -> frozenset[str]:
        """The last names of what it hands arguments on to, as they are called here: cheap to ask first."""
        if self._called is None:
            self._called = self._read_called()
        return self._called

    def own(self) -> Body:
        """The body of this version."""
        if self._body is None:
            self._body = self._read()
        return self._body

    def follow(self, before: Inside) -> bool:
        """Take the place of an older version; whether that is news for somebody who asked."""
        if before._now is None:
            before._now = _Now(before)
        self._now = before._now
        self._now.version = self
        return self._now.cell is not None and self._now.cell.set(self.own())

    def end(self) -> None:
        """There is no such function any more: whoever asked has to ask again."""
        if self._now is not None and self._now.cell is not None:
            self._now.cell.set(None)
            self._now = None

    def settle(self) -> None:
        """Read what is not read yet, and let go of the tree."""
        self._body, self._called = self.own(), self.called
        self._read, self._read_called = Body, frozenset

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Inside)

    def __hash__(self) -> int:
        return 0

    def __reduce__(self) -> tuple[Any, ...]:
        return Inside, (Body, frozenset, self.own(), self.called)


class _Now:
    """What all versions of a function's inside share: the latest of them, and who asked."""

    __slots__ = ("cell", "version")

    def __init__(self, version: Inside) -> None:
        self.version = version
        self.cell: Cell | None = None

    def body(self) -> Body:
        if self.cell is None:
            self.cell = Cell(self.version.own())
        found: Body = self.cell.get()
        return found


class FunctionFact(msgspec.Struct, frozen=True, tag=True):
    name: str
    place: Place
    params: tuple[Parameter, ...] = ()
    is_async: bool = False
    is_generator: bool = False
    decorators: tuple[Symbol | None, ...] = ()
    declared: Symbol | None = None
    """The return annotation."""
    results: tuple[Symbol | None, ...] = ()
    """What `return` gives, or `yield` in a generator; of a plain function only if it does not declare it or is a property."""
    sets: tuple[tuple[str, Symbol | None], ...] = ()
    """Attributes that a method sets on its first parameter."""
    keyword_only: int = 0
    """How many of the parameters, the last ones, can only be given by name."""
    is_stub: bool = False
    """Somebody else has to say what it does: it raises NotImplementedError, or is abstract and empty."""
    inside: Inside = msgspec.field(default_factory=Inside)

    @property
    def calls(self) -> tuple[CallSite, ...]:
        return self.inside.body.calls

    @property
    def gives(self) -> tuple[str, ...]:
        return self.inside.body.gives

    @property
    def keeps(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return self.inside.body.keeps


class ClassFact(msgspec.Struct, frozen=True, tag=True, gc=False):
    name: str
    place: Place
    bases: tuple[Symbol | None, ...] = ()
    decorators: tuple[Symbol | None, ...] = ()
    keywords: tuple[tuple[str, Symbol | None], ...] = ()
    attributes: tuple[str, ...] = ()
    """Names assigned or annotated in the class body, in order; each has a `ValueFact` of its own."""


class ValueFact(msgspec.Struct, frozen=True, tag=True, gc=False):
    """A variable or class attribute."""

    name: str
    place: Place
    annotation: Symbol | None = None
    value: Symbol | None = None


class ImportFact(msgspec.Struct, frozen=True, tag=True, gc=False):
    """`name` is another name for `target`, which is absolute."""

    name: str
    target: str


Fact: TypeAlias = FunctionFact | ClassFact | ValueFact | ImportFact


class ModuleFacts(msgspec.Struct, frozen=True, gc=False):
    """All facts of one file. `stars` are the modules it imports everything from."""

    names: dict[str, Fact]
    stars: tuple[str, ...] = ()
    is_package: bool = False
