"""A function as it is called at a certain place, and what symbols inside it stand for there."""

from __future__ import annotations

from typing import NamedTuple

from seawall.semantics.facts import CallSite, FunctionFact
from seawall.semantics.index import Index
from seawall.semantics.symbols import (
    Annotation,
    Attr,
    Awaited,
    Call,
    Constant,
    Either,
    Element,
    Entered,
    Iterated,
    Parameter,
    Ref,
    Subscript,
    Symbol,
)
from seawall.semantics.types import Instance, Named, options

ON = Constant(True)
_OFF = Constant(False)
_MAX_GIVEN = 4
_CALLABLES = frozenset({"typing.Callable", "builtins.object"})


class Frame(NamedTuple):
    """A function by its absolute name, with what the call tells: the class of the object whose method it is, where that is not the
    class that defines it, and what is given for parameters that say nothing of themselves."""

    name: str
    cls: str = ""
    given: tuple[tuple[str, Symbol], ...] = ()


def inside(symbol: Symbol, frame: Frame, fact: FunctionFact) -> Symbol:
    """A symbol of the function's body as it is in that frame."""
    if not frame.cls and not frame.given:
        return symbol
    owner = frame.name.rpartition(".")[0] if frame.cls else ""
    of_class = bool(owner) and Ref("classmethod") in {
        Ref(one.name.rpartition(".")[2]) for one in fact.decorators if isinstance(one, Ref)
    }
    return _replace(symbol, owner, frame.cls, of_class, dict(frame.given))


def _replace(symbol: Symbol, owner: str, cls: str, of_class: bool, given: dict[str, Symbol]) -> Symbol:
    def again(one: Symbol) -> Symbol:
        return _replace(one, owner, cls, of_class, given)

    match symbol:
        case Annotation(Ref(name)) if owner and name == owner:
            return Annotation(Ref(cls))
        case Ref(name) if of_class and name.startswith(owner):
            rest = name[len(owner) :]
            return Ref(cls + rest) if rest[:1] in ("", ".") else symbol
        case Parameter(name=name) if name in given:
            return given[name]
        case Attr(of, name):
            return Attr(again(of), name)
        case Call(func, args, keywords):
            return Call(
                again(func),
                tuple(again(arg) if arg is not None else None for arg in args),
                tuple((key, again(value) if value is not None else None) for key, value in keywords),
            )
        case Awaited(of):
            return Awaited(again(of))
        case Entered(of):
            return Entered(again(of))
        case Iterated(of):
            return Iterated(again(of))
        case Element(of, position):
            return Element(again(of), position)
        case Subscript(of, args):
            return Subscript(again(of), args)
        case Either(several):
            return Either(tuple(again(one) if one is not None else None for one in several))
    return symbol


def given(
    index: Index,
    site: CallSite,
    name: str,
    fact: FunctionFact,
    is_bound: bool,
    frame: Frame,
    caller: FunctionFact | None,
) -> tuple[tuple[str, Symbol], ...]:
    """What a call gives for the callee's open parameters, as far as it can be told, and what inner functions have from outside."""
    found: dict[str, Symbol] = {}
    own = {one.name for one in fact.params}
    if frame.given and name.startswith(f"{frame.name}.<locals>."):
        found = {key: value for key, value in frame.given if key not in own}
    wanted = open_parameters(index, name) if site.given else frozenset()
    positional = fact.params[1 if is_bound else 0 : len(fact.params) - fact.keyword_only]
    for one in site.given if wanted else ():
        if isinstance(one.to, int):
            key = positional[one.to].name if one.to < len(positional) else ""
        else:
            key = one.to
        if key in wanted and len(found) < _MAX_GIVEN:
            value = inside(one.value, frame, caller) if caller is not None else one.value
            closed = value if value == ON else _closed(index, value)
            if closed is not None:
                found[key] = closed
    return tuple(sorted(found.items())) if found else ()


def open_parameters(index: Index, function: str) -> frozenset[str]:
    """Parameters that only a call tells what they are, and that matter for what the function runs."""
    return index.answer(_open, function) or frozenset()


def _open(index: Index, function: str) -> frozenset[str]:
    fact = index.function(function)
    if fact is None:
        return frozenset()
    silent = [one.name for one in fact.params if one.default is None and _says_nothing(index, one)]
    off = [one.name for one in fact.params if one.default == _OFF]
    if not silent and not off:  # cheap to ask first
        return frozenset()
    switches = frozenset(site.switch for site in fact.calls if site.switch) if off else frozenset()
    used = {_root(symbol) for site in fact.calls for symbol in (site.callee, *(one.value for one in site.given))}
    inner = f"{function}.<locals>."
    has_inner = any(name.startswith(inner) for name in used)
    handed_on = (name for name in off if f"?{name}" in used)
    return switches.union(handed_on, (name for name in silent if has_inner or f"?{name}" in used))


def _says_nothing(index: Index, parameter: Parameter) -> bool:
    if parameter.annotation is None:
        return True
    if isinstance(parameter.annotation, Annotation):  # the method's own object
        return False
    return all(isinstance(one, Instance) and one.cls in _CALLABLES for one in options(index.type_of(parameter)))


def _root(symbol: Symbol | None) -> str:
    """The name that an expression begins with; a parameter's with a question mark."""
    while True:
        match symbol:
            case Attr(of=of) | Awaited(of=of) | Entered(of=of) | Iterated(of=of) | Subscript(of=of) | Element(of=of):
                symbol = of
            case Call(func=func):
                symbol = func
            case Parameter(name=name):
                return f"?{name}"
            case Ref(name):
                return name
            case _:
                return ""


def _closed(index: Index, symbol: Symbol) -> Symbol | None:
    """What a symbol evaluates to, written so that it means the same anywhere."""
    found = options(index.type_of(symbol))
    match found:
        case (Named(name, None),):
            return Ref(name)
        case (Named(_, Instance(cls)),) if isinstance(found[0], Named):
            return Attr(Annotation(Ref(cls)), found[0].last)
        case (Instance(cls),) if cls not in _CALLABLES:
            return Annotation(Ref(cls))
    return None
