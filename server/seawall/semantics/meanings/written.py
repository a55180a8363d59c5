"""What is written for a value: a constant or a list, found through variables, settings and reads of the environment."""

from __future__ import annotations

from typing import NamedTuple

from seawall.knowledge import secrets as known
from seawall.semantics.facts import FunctionFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.settings_class import BASES
from seawall.semantics.secret_text import words
from seawall.semantics.symbols import Attr, Call, Constant, Ref, Several, Symbol
from seawall.semantics.types import Instance, Value, options

_MAX_HOPS = 12
_COPIES = frozenset(
    {"builtins.list", "builtins.tuple", "builtins.set", "builtins.frozenset", "builtins.str", "builtins.bool"}
)
_TRIMS = frozenset({"split", "strip", "lower", "upper", "rstrip", "lstrip", "copy"})
_FIELDS = frozenset({"pydantic.Field", "pydantic.fields.Field", "dataclasses.field"})
_READS = frozenset({"env", "environ", "environment", "getenv", "config", "conf", "setting", "settings", "envbool"})


class Written(NamedTuple):
    """A constant or a list as somebody has written it down."""

    symbol: Constant | Several
    origin: str = ""
    """The absolute name of the variable or the field that it is written for; empty at the place itself."""
    is_default: bool = False
    """It only holds where neither the environment nor a settings file says otherwise."""

    def values(self, index: Index) -> tuple[object, ...]:
        """The constants: one, or those in the list that are certain."""
        if isinstance(self.symbol, Constant):
            return (self.symbol.value,)
        types = (index.type_of(item) for item in self.symbol.items if item is not None)
        return tuple(found.value for found in types if isinstance(found, Value))


def written(index: Index, symbol: Symbol | None, hops: int = 0) -> Written | None:
    """What is written for a symbol; None where that is not certain. What depends on a condition is not."""
    if hops > _MAX_HOPS:
        return None
    match symbol:
        case Constant() | Several():
            return Written(symbol)
        case Ref(name):
            return _of_name(index, name, hops + 1)
        case Attr(of, name):
            return _of_attribute(index, of, name, hops + 1)
        case Call():
            return _of_call(index, symbol, hops + 1)
    return None


def _of_name(index: Index, name: str, hops: int) -> Written | None:
    found = index.resolve(name)
    if isinstance(found.fact, ValueFact):
        result = written(index, found.fact.value, hops)
        return result if result is None or result.origin else result._replace(origin=found.name)
    owner, _, last = name.rpartition(".")
    return _of_attribute(index, Ref(owner), last, hops) if owner and found.fact is None else None


def _of_attribute(index: Index, owner: Symbol, name: str, hops: int) -> Written | None:
    found = options(index.type_of(owner))
    member = index.member(found[0].cls, name) if len(found) == 1 and isinstance(found[0], Instance) else None
    if member is None:
        return None
    if isinstance(member.fact, FunctionFact):
        is_property = len(member.fact.results) == 1 and bool(member.fact.decorators)
        return written(index, member.fact.results[0], hops) if is_property else None
    if not isinstance(member.fact, ValueFact):
        return None
    result = written(index, member.fact.value, hops)
    if result is None or result.origin:
        return result
    cls = member.name.rpartition(".")[0]
    return result._replace(origin=member.name, is_default=result.is_default or index.is_subclass(cls, *BASES))


def _of_call(index: Index, call: Call, hops: int) -> Written | None:
    func = call.func
    if isinstance(func, Attr) and func.name in _TRIMS:
        return written(index, func.of, hops)
    name = index.named(func) or ""
    if name in _FIELDS:
        return written(index, call.keyword("default"), hops)
    if name in _COPIES and call.args:
        return written(index, call.args[0], hops)
    if isinstance(func, Ref) and func.name.rpartition(".")[2] in _TRIMS:
        return written(index, Ref(func.name.rpartition(".")[0]), hops)
    if reads_environment(index, call):
        default = call.args[1] if len(call.args) > 1 else call.keyword("default")
        if default is None and (declared := scheme(index, call)) is not None:
            default = declared.default
        result = written(index, default, hops)
        return result._replace(is_default=True) if result else None
    return None


class Scheme(NamedTuple):
    """A default that django-environ is told when the reader is made: `env = Env(DEBUG=(bool, False))`."""

    owner: str
    """The absolute name of the reader."""
    default: Symbol


def scheme(index: Index, call: Call) -> Scheme | None:
    """What the reader's maker says to a variable that a call reads."""
    names: tuple[str, ...]
    match call:
        case Call(func=Ref(name), args=[Constant(str(variable)), *_]):
            names = (name, name.rpartition(".")[0])
        case Call(func=Attr(of=Ref(name)), args=[Constant(str(variable)), *_]):
            names = (name,)
        case _:
            return None
    for owner in names:
        found = index.resolve(owner)
        made = found.fact.value if isinstance(found.fact, ValueFact) else None
        if isinstance(made, Call) and index.named(made.func) in known.ENVIRONMENT_CLASSES:
            match made.keyword(variable):
                case Several(items=[_, default]) if default is not None:
                    return Scheme(found.name, default)
    return None


def reads_environment(index: Index, call: Call) -> bool:
    """Whether a call reads a variable of the environment, be it by the project's own helper."""
    match call.args[:1]:
        case [Constant(str(variable))] if variable.isupper():
            pass
        case _:
            return False
    func = call.func
    if (index.named(func) or "") in known.ENVIRONMENT_READERS:
        return True
    found = options(index.type_of(func))
    if any(isinstance(one, Instance) and index.is_subclass(one.cls, *known.ENVIRONMENT_CLASSES) for one in found):
        return True
    *_, owner, last = ["", "", *(func.name if isinstance(func, (Ref, Attr)) else "").split(".")]
    return owner in ("env", "environ") or bool(_READS.intersection(words(last)))
