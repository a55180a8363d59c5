"""What a symbol evaluates to. `None` everywhere stands for: not known."""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class Named(msgspec.Struct, frozen=True, gc=False):
    """The thing itself that bears an absolute name: a module, a class, a function; with its receiver, a bound method."""

    name: str
    receiver: Instance | None = None

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]


class Instance(msgspec.Struct, frozen=True, gc=False):
    """An instance of the class with that absolute name."""

    cls: str
    args: tuple[Type | None, ...] = ()


class Value(msgspec.Struct, frozen=True, gc=False):
    """A constant."""

    value: str | int | float | bool | None


class AnyOf(msgspec.Struct, frozen=True, gc=False):
    """One of several known types."""

    options: tuple[Type, ...]


Type: TypeAlias = Named | Instance | Value | AnyOf


def options(type_: Type | None) -> tuple[Type, ...]:
    """The alternatives of a type; `None` (the constant) is left out, as `Optional` is of no interest to a check."""
    match type_:
        case None | Value(None):
            return ()
        case AnyOf(several):
            return tuple(option for option in several if option != Value(None))
    return (type_,)


def any_of(types: list[Type | None]) -> Type | None:
    """The union; unknown as soon as one member is unknown."""
    flat: dict[Type, None] = {}
    for type_ in types:
        if type_ is None:
            return None
        for option in type_.options if isinstance(type_, AnyOf) else (type_,):
            flat[option] = None
    if len(flat) > 1:
        flat.pop(Value(None), None)
    members = tuple(flat)
    return members[0] if len(members) == 1 else AnyOf(members) if members else None


def type_arguments(text: str) -> list[str]:
    """`a.B[c], d` in its parts: `a.B[c]` and `d`."""
    parts, depth, current = [], 0, ""
    for char in text:
        depth += (char == "[") - (char == "]")
        if char == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += char
    return [*parts, current]
