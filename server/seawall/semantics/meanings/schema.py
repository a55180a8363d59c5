"""Pydantic models: their fields and their configuration, inherited too."""

from __future__ import annotations

from seawall.semantics.facts import ValueFact
from seawall.semantics.index import Index
from seawall.semantics.symbols import Annotation, Attr, Call, Constant, Ref, Subscript, Symbol

MODEL = "pydantic.BaseModel"

_NO_FIELDS = frozenset({"model_config", "metadata"})
_FIRST_NAMES = {"from_attributes": "orm_mode"}


def is_model(index: Index, cls: str) -> bool:
    """Whether a class is certainly a Pydantic model, or SQLModel's."""
    return index.is_subclass(cls, MODEL)


def fields(index: Index, cls: str) -> dict[str, ValueFact]:
    """The fields that the project's classes define, the nearest definition of each."""
    return {
        name: fact
        for name, fact in index.attributes(cls).items()
        if fact.annotation is not None
        and name not in _NO_FIELDS
        and not name.startswith("_")
        and not _is_class_variable(index, fact.annotation)
    }


def _is_class_variable(index: Index, annotation: Symbol) -> bool:
    symbol = annotation.of if isinstance(annotation, Subscript) else annotation
    return index.named(symbol) == "typing.ClassVar"


def configured(index: Index, cls: str, option: str) -> str | bool | int | float | None:
    """What a model's configuration sets an option to; None if it does not.

    Raises:
        LookupError: something may set it that cannot be read.
    """
    for base in index.mro(cls):
        if not index.split(base)[0]:
            continue
        for name, found in (
            ("model_config", _keyword(index, base, option)),
            ("Config", _assigned(index, base, option)),
        ):
            if found is not None:
                if isinstance(found, Constant):
                    return found.value
                raise LookupError(f"{base}.{name}")
    return None


def allows_extra(index: Index, cls: str) -> bool:
    """Whether a model certainly keeps keys that it does not name."""
    try:
        return configured(index, cls, "extra") in ("allow", "pydantic.Extra.allow")
    except LookupError:
        return False


def _keyword(index: Index, cls: str, option: str) -> Symbol | None:
    """What `model_config = ConfigDict(option=...)` says; something that is no constant if it cannot be read."""
    own = index.resolve(f"{cls}.model_config")
    if own.name != f"{cls}.model_config" or not isinstance(own.fact, ValueFact) or own.fact.value is None:
        return None
    match own.fact.value:
        case Call(keywords=keywords) as call if keywords or call.args:
            values = dict(keywords)
            return _constant(index, values.get(option)) if option in values else values.get("**")
        case Call(func=Ref(name) | Attr(name=name)) if name.rpartition(".")[2] == "ConfigDict":
            return None
    return Annotation(own.fact.value)


def _assigned(index: Index, cls: str, option: str) -> Symbol | None:
    """What `class Config` says, also under Pydantic 1's name of the option."""
    for name in (option, _FIRST_NAMES.get(option)):
        found = index.resolve(f"{cls}.Config.{name}").fact if name else None
        if isinstance(found, ValueFact) and found.value is not None:
            return _constant(index, found.value)
    return None


def _constant(index: Index, symbol: Symbol | None) -> Symbol | None:
    """`Extra.allow` as a constant of its name."""
    if isinstance(symbol, (Ref, Attr)):
        return Constant(index.named(symbol))
    return symbol
