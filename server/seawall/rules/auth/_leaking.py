"""Which fields of a response hold a password, and on which path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from seawall.knowledge.hashing import is_stored_name
from seawall.rules.auth._passwords import REMOTE, is_django, is_model, password_columns
from seawall.semantics.evaluate import instance_of
from seawall.semantics.facts import ClassFact, FunctionFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.route import unwrap
from seawall.semantics.symbols import Call, Constant, Either, Ref, Subscript, Symbol
from seawall.semantics.types import Instance, options

ALL = "__all__"
_SCHEMAS = ("pydantic.BaseModel", "sqlmodel.SQLModel")
_LISTS = frozenset({"builtins.list", "builtins.set", "builtins.tuple", "builtins.frozenset", "typing.Sequence",
                    "typing.Iterable", "typing.Collection"})  # fmt: skip
_UNIONS = frozenset({"typing.Optional", "typing.Union"})
_TEXT = frozenset({"builtins.str", "builtins.bytes", "pydantic.constr"})
_SHAPES = frozenset({"field_serializer", "model_serializer"})
_MAX_DEPTH = 5


class Leak(NamedTuple):
    """A field with a password: the class that is given back, and the way to the field; none if it cannot be written down."""

    cls: str
    field: str
    path: tuple[str, ...] | None


def leaks(index: Index, annotation: Symbol | None, path: tuple[str, ...] | None = (), depth: int = 0) -> Iterator[Leak]:
    """The fields with passwords in what an annotation declares."""
    if depth > _MAX_DEPTH:
        return
    inner, _ = unwrap(index, annotation)
    match inner:
        case Either(several):
            for one in several:
                yield from leaks(index, one, path, depth + 1)
        case Subscript(of, args):
            name = index.named(of) or ""
            step = path if name in _UNIONS else (*path, ALL) if path is not None and name in _LISTS else None
            if name not in _UNIONS | _LISTS and not index.is_subclass(name, *_SCHEMAS):
                return
            for one in args:
                yield from leaks(index, one, step, depth + 1)
        case Ref(name):
            cls = index.resolve(name).name
            if index.is_subclass(cls, *_SCHEMAS):
                yield from _fields(index, cls, path, depth)


def _fields(index: Index, cls: str, path: tuple[str, ...] | None, depth: int) -> Iterator[Leak]:
    for leak in index.answer(_leaks_of, (cls, depth)) or ():
        way = (*path, *leak.path) if path is not None and leak.path is not None else None
        yield Leak(leak.cls, leak.field, way)


def _leaks_of(index: Index, below: tuple[str, int]) -> tuple[Leak, ...]:
    return tuple(_leaks_in(index, *below))


def _leaks_in(index: Index, cls: str, depth: int) -> Iterator[Leak]:
    """The fields with passwords that a class holds at a depth, on their way from it."""
    if _shapes_itself(index, cls) or REMOTE.intersection(index.attributes(cls)):
        return
    for name, fact in index.attributes(cls).items():
        if name.startswith("_") or fact.annotation is None or is_excluded(index, fact):
            continue
        if is_stored_name(name):
            if is_text(index, fact.annotation):
                yield Leak(cls, name, (name,))
        elif not (isinstance(fact.value, Call) and index.named(fact.value.func) == "sqlmodel.Relationship"):
            yield from leaks(index, fact.annotation, (name,), depth + 1)


def is_excluded(index: Index, fact: ValueFact) -> bool:
    """`Field(exclude=True)`, as a default or in `Annotated`."""
    _, metadata = unwrap(index, fact.annotation)
    return any(isinstance(one, Call) and one.keyword("exclude") == Constant(True) for one in (fact.value, *metadata))


def is_text(index: Index, annotation: Symbol | None) -> bool:
    found = options(instance_of(index, unwrap(index, annotation)[0]))
    return bool(found) and all(isinstance(one, Instance) and one.cls in _TEXT for one in found)


def _shapes_itself(index: Index, cls: str) -> bool:
    """Whether the class has serializers of its own."""
    for base in index.mro(cls):
        if not index.split(base)[0]:
            continue
        for method in index.methods(base):
            fact = index.resolve(f"{base}.{method}").fact
            if isinstance(fact, FunctionFact):
                for one in fact.decorators:
                    symbol = one.func if isinstance(one, Call) else one
                    if ((index.named(symbol) if symbol else "") or "").rpartition(".")[2] in _SHAPES:
                        return True
    return False


def columns(index: Index, model: str) -> list[str]:
    """The columns of a table that keep passwords."""
    if not is_model(index, model) or is_django(index, model) or REMOTE.intersection(index.attributes(model)):
        return []
    return password_columns(index, model)


def public_schema(index: Index, model: str) -> str | None:
    """A schema of the project that shows the model without its password."""
    return next(iter(public_schemas(index, model)), None)


def public_schemas(index: Index, model: str) -> list[str]:
    """All such schemas, those with most fields first."""
    wanted = set(index.attributes(model))
    short = model.rpartition(".")[2].lower()
    found: list[tuple[int, str]] = []
    for module, facts in index.modules.items():
        if module.rpartition(".")[2].startswith("test"):
            continue
        for name, fact in facts.names.items():
            if not isinstance(fact, ClassFact) or "." in name or not name.lower().startswith(short):
                continue
            cls = f"{module}.{name}"
            if cls == model or is_model(index, cls) or not index.is_subclass(cls, *_SCHEMAS):
                continue
            if name.endswith(("Create", "Update", "In", "Base", "Register", "Request", "Login", "Filter")):
                continue
            fields = [one for one, value in index.attributes(cls).items() if value.annotation is not None]
            if len(fields) > 1 and set(fields) <= wanted and not any(is_stored_name(one) for one in fields):
                found.append((-len(fields), cls))
    return [cls for _, cls in sorted(found)]
