"""What the rest of the project may need to know of a module: small, comparable, picklable.

Every name that a module defines has a fact, methods and inner functions under their dotted path (`Repo.get`,
`create_app.<locals>.lifespan`). Places are relative to the item that defines the name and take no part in comparison: code
that merely moves changes no fact.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

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


class FunctionFact(msgspec.Struct, frozen=True, tag=True, gc=False):
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
    calls: tuple[CallSite, ...] = ()
    sets: tuple[tuple[str, Symbol | None], ...] = ()
    """Attributes that a method sets on its first parameter."""
    gives: tuple[str, ...] = ()
    """Where what it returns takes its characters from (`semantics/origins.py`)."""
    keeps: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The same of what a method keeps in attributes of its first parameter."""
    keyword_only: int = 0
    """How many of the parameters, the last ones, can only be given by name."""
    is_stub: bool = False
    """Somebody else has to say what it does: it raises NotImplementedError, or is abstract and empty."""


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
