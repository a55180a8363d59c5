"""What the rest of the project may need to know of a module: small, comparable, picklable.

Every name that a module defines has a fact, methods and inner functions under their dotted path (`Repo.get`,
`create_app.<locals>.lifespan`). Places are relative to the item that defines the name and take no part in comparison: code
that merely moves changes no fact.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeAlias, TypeVar, cast

import msgspec

from seawall.semantics.graph import Cell
from seawall.semantics.symbols import Parameter, Symbol
from seawall.syntax import Range

T = TypeVar("T")


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
    `switch` is the parameter, False unless it is given, that has to be true for the site to be reached. `once` says that it runs
    only while something is made that is kept (`semantics/once.py`).
    """

    callee: Symbol
    place: Place
    awaited: bool = False
    given: tuple[Given, ...] = ()
    use: str = ""
    switch: str = ""
    once: bool = False


class Flow(msgspec.Struct, frozen=True):
    """Where in a function characters go."""

    passed: tuple[tuple[Passed, ...], ...] = ()
    """What each of its calls hands on."""
    gives: tuple[str, ...] = ()
    """Where what it returns takes its characters from (`semantics/origins.py`)."""
    keeps: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The same of what a method keeps in attributes of its first parameter."""


class Later(Generic[T]):
    """What is known of the inside of a function, read from its tree when somebody asks; most is never asked for.

    All are equal, so that facts compare without them. Whoever holds an older version of a fact is given what the function has
    now, and is told when that changes.
    """

    __slots__ = ("_own", "_read", "_shared")

    def __init__(self, read: Callable[[], T] | None, own: T | None = None) -> None:
        self._read, self._own = read, own
        self._shared: _Shared[T] | None = None

    @property
    def now(self) -> T:
        """As the latest version has it."""
        if self._shared is None:
            self._shared = _Shared(self)
        return self._shared.get()

    @property
    def asked(self) -> Cell | None:
        """The question, if somebody has asked it."""
        return self._shared.cell if self._shared is not None else None

    def own(self) -> T:
        """As this version has it."""
        if self._read is not None:
            self._own, self._read = self._read(), None  # the tree may go now
        return cast("T", self._own)

    def follow(self, before: Later[T]) -> bool:
        """Take the place of an older version; whether that is news for somebody who asked."""
        if before._shared is None:
            before._shared = _Shared(before)
        self._shared = before._shared
        self._shared.version = self
        return self._shared.cell is not None and self._shared.cell.set(self.own())

    def end(self) -> None:
        """There is no such function any more: whoever asked has to ask again."""
        if self._shared is not None and self._shared.cell is not None:
            self._shared.cell.set(None)
            self._shared = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Later)

    def __hash__(self) -> int:
        return 0

    def __reduce__(self) -> tuple[Any, ...]:
        return Later, (None, self.own())


class _Shared(Generic[T]):
    """What all versions share: the latest of them, and who asked."""

    __slots__ = ("cell", "version")

    def __init__(self, version: Later[T]) -> None:
        self.version = version
        self.cell: Cell | None = None

    def get(self) -> T:
        if self.cell is None:
            self.cell = Cell(self.version.own())
        return cast("T", self.cell.get())


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
    sites: Later[tuple[CallSite, ...]] = Later(None, ())
    flow: Later[Flow] = Later(None, Flow())
    called: Later[frozenset[str]] = Later(None, frozenset())
    """The last names of what it hands arguments on to, as they are called here: cheap to ask first, and asked by the index alone."""

    def apart(self) -> FunctionFact:
        """The same, in another index: its later versions are none of the ones here."""
        return msgspec.structs.replace(
            self, sites=Later(self.sites.own), flow=Later(self.flow.own), called=Later(self.called.own)
        )

    @property
    def calls(self) -> tuple[CallSite, ...]:
        """Where it makes other code run."""
        return self.sites.now

    @property
    def gives(self) -> tuple[str, ...]:
        """Where what it returns takes its characters from (`semantics/origins.py`)."""
        return self.flow.now.gives

    @property
    def keeps(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The same of what a method keeps in attributes of its first parameter."""
        return self.flow.now.keeps

    def passed(self, call: int) -> tuple[Passed, ...]:
        """What the call of that number hands on."""
        passed = self.flow.now.passed
        return passed[call] if call < len(passed) else ()


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

    def apart(self) -> ModuleFacts:
        """The same, for another index."""
        names = {name: fact.apart() if isinstance(fact, FunctionFact) else fact for name, fact in self.names.items()}
        return ModuleFacts(names, self.stars, self.is_package)
