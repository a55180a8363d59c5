"""Reading an origin's path: its head, its steps, and the symbol it stands for in its function."""

from __future__ import annotations

import re

from seawall.semantics.facts import FunctionFact
from seawall.semantics.symbols import Annotation, Attr, Awaited, Call, Iterated, Subscript, Symbol

STEP = re.compile(r"\.(\w+)|(\[\*\]|\[\w*\]|\(\))")
"""A step: an attribute, an item of a loop, an element (of that key), a call."""

_HEAD = re.compile(r"[#@^]*\w*")
_HELD = re.compile(r"\{(\w+)\}(?:\[(\*|\w*)\]|\.get\(\)|\.pop\(\))")
_HELD_IN_LIST = re.compile(r"(\{\d+\})\[\*\](?=\[\d)")
_HELD_LAST = re.compile(r"(?:\{\w+\})+\Z")
_DUMPS = ("model_dump", "dict")


def settled(origin: str) -> str | None:
    """A path without keys that a dict or tuple was given and then asked for; None if it was asked for another."""
    origin = _HELD_IN_LIST.sub(r"\1", origin)  # lists of tuples: a list says nothing of its own
    while (match := _HELD.search(origin)) is not None:
        key, asked = match[1], match[2]
        if asked and asked != key and not (asked == "*" and key.isdigit()):
            return None
        origin = origin[: match.start()] + origin[match.end() :]
    return origin


def laid_open(origin: str) -> str:
    """A path to what holds something as one to what it holds: all of it is used."""
    return _HELD_LAST.sub("", origin)


def split(origin: str) -> tuple[str, str]:
    """The head, and the steps from it."""
    match = _HEAD.match(origin)
    head = match[0] if match else ""
    return head, origin[len(head) :]


def steps_of(steps: str) -> list[str]:
    """Attributes and keys by name; other steps as they are written."""
    return [attribute or other.strip("[]*()") or other for attribute, other in STEP.findall(steps)]


def first_step(steps: str) -> tuple[str, str]:
    """The attribute that the steps begin with, and the steps behind it."""
    match = STEP.match(steps)
    return (match[1] or "", steps[match.end() :]) if match else ("", "")


def symbol_of(function: FunctionFact, origin: str) -> Symbol | None:
    """The symbol of an origin in a function."""
    head, steps = split(origin)
    symbol: Symbol | None
    if head.startswith("#"):
        number = int(head[1:])
        if number >= len(function.calls):
            return None
        call = function.calls[number]
        symbol = Awaited(Call(call.callee)) if call.awaited else Call(call.callee)
    else:
        parameter = next((one for one in function.params if one.name == head), None)
        is_self = parameter is not None and isinstance(parameter.annotation, Annotation)
        symbol = parameter.annotation if parameter is not None and is_self else parameter
    found = STEP.findall(steps)
    at = 0
    while at < len(found) and symbol is not None:
        attribute, step = found[at]
        key = found[at + 2][1] if attribute in _DUMPS and at + 2 < len(found) else ""
        if key.startswith("[") and key[1:-1].isidentifier():  # `data.model_dump()["name"]`
            symbol, at = Attr(symbol, key[1:-1]), at + 3
            continue
        if attribute:
            symbol = Attr(symbol, attribute)
        else:
            symbol = Iterated(symbol) if step == "[*]" else Call(symbol) if step == "()" else Subscript(symbol, (None,))
        at += 1
    return symbol
