"""What can do no harm in text: numbers, dates, UUIDs, enums, one of a few constants, what a schema checks."""

from __future__ import annotations

from seawall.semantics.facts import FunctionFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.route import unwrap
from seawall.semantics.paths import STEP, split, symbol_of
from seawall.semantics.symbols import Attr, Call, Constant, Either, Parameter, Subscript, Symbol
from seawall.semantics.types import Instance, Value, options

_HARMLESS = frozenset({
    "builtins.int", "builtins.float", "builtins.bool", "builtins.complex", "uuid.UUID", "decimal.Decimal", "datetime.date",
    "datetime.datetime", "datetime.time", "datetime.timedelta", "ipaddress.IPv4Address", "ipaddress.IPv6Address",
    "pydantic.PositiveInt", "pydantic.NonNegativeInt", "pydantic.NegativeInt", "pydantic.PositiveFloat",
    "pydantic.NonNegativeFloat", "pydantic.StrictInt", "pydantic.StrictBool", "pydantic.StrictFloat", "pydantic.UUID4",
    "pydantic.UUID1", "pydantic.conint", "pydantic.PastDate", "pydantic.FutureDate", "pydantic.AwareDatetime",
    "pydantic.NaiveDatetime", "sqlalchemy.Table", "sqlalchemy.Column", "psycopg.sql.Composed", "psycopg.sql.SQL",
    "psycopg.sql.Identifier", "psycopg2.sql.Composed", "psycopg2.sql.SQL", "psycopg2.sql.Identifier",
    "sqlalchemy.sql.quoted_name", "sqlalchemy.quoted_name",
})  # fmt: skip


_VALIDATORS = ("AfterValidator", "BeforeValidator", "PlainValidator", "WrapValidator", "Predicate")
_SEVERAL = ("typing.Optional", "typing.Union", "builtins.list", "builtins.set", "builtins.tuple", "typing.Sequence",
            "typing.Iterable", "builtins.frozenset")  # fmt: skip


def is_harmless_path(index: Index, fact: FunctionFact, origin: str) -> bool:
    """Whether an origin, or what its last step is taken of, is harmless: `order.value` of an enum."""
    if is_harmless(index, symbol_of(fact, origin)):
        return True
    head, steps = split(origin)
    *_, last = [match.start() for match in STEP.finditer(steps)] or [0]
    return bool(last or steps) and is_harmless(index, symbol_of(fact, head + steps[:last]))


def is_harmless(index: Index, symbol: Symbol | None) -> bool:
    """Whether a value can only be a number, a date, a UUID, an enum's member or one of a few constants."""
    if symbol is None:
        return False
    annotation = annotation_of(index, symbol)
    if (annotation is not None and _is_closed(index, annotation)) or _is_validated(index, symbol):
        return True
    found = options(index.type_of(symbol))
    if any(isinstance(one, Value) for one in found) and _is_kept(index, symbol):
        return False  # a constant to begin with
    return bool(found) and all(
        isinstance(one, Value) or (isinstance(one, Instance) and _is_harmless_class(index, one)) for one in found
    )


def _is_kept(index: Index, symbol: Symbol) -> bool:
    """Whether some method keeps in an attribute what it is given."""
    if not isinstance(symbol, Attr):
        return False
    return any(
        kept == symbol.name
        for owner in options(index.type_of(symbol.of))
        if isinstance(owner, Instance)
        for base in index.mro(owner.cls)
        if index.split(base)[0]
        for method in index.methods(base)
        if (fact := index.function(f"{base}.{method}")) is not None
        for kept, _ in fact.keeps
    )


def _is_harmless_class(index: Index, found: Instance) -> bool:
    if found.cls in ("builtins.list", "builtins.set", "builtins.tuple", "typing.Sequence", "builtins.frozenset"):
        return bool(found.args) and all(
            isinstance(one, Instance) and _is_harmless_class(index, one) for one in found.args
        )
    return found.cls in _HARMLESS or index.is_subclass(
        found.cls, "enum.Enum", "enum.StrEnum", "enum.IntEnum", "enum.Flag"
    )


def annotation_of(index: Index, symbol: Symbol | None) -> Symbol | None:
    """The annotation of a parameter or of an attribute."""
    match symbol:
        case Parameter(annotation=annotation):
            return annotation
        case Attr(of, name):
            for owner in options(index.type_of(of)):
                if isinstance(owner, Instance) and (value := index.attributes(owner.cls).get(name)):
                    return value.annotation
    return None


def _is_closed(index: Index, annotation: Symbol | None) -> bool:
    """`Literal["a", "b"]`, also optional, in a list or annotated."""
    inner, metadata = unwrap(index, annotation)
    if any(_constrains(index, marker) for marker in metadata):
        return True
    match inner:
        case Subscript(of, args):
            name = index.named(of)
            if name in ("typing.Literal", "typing_extensions.Literal"):
                return True
            if name in _SEVERAL:
                return all(_is_closed(index, arg) or arg == Constant(None) for arg in args)
        case Either(several):
            return all(_is_closed(index, option) or option == Constant(None) for option in several)
        case Call():
            return _constrains(index, inner)
    return False


def _is_validated(index: Index, symbol: Symbol) -> bool:
    """Whether pydantic matches a parameter or field with a pattern, or hands it to a validator of the project."""
    match symbol:
        case Parameter(default=default):
            return _constrains(index, default)
        case Attr(of, name):
            for owner in options(index.type_of(of)):
                if isinstance(owner, Instance) and (field := index.attributes(owner.cls).get(name)) is not None:
                    return _constrains(index, field.value) or _has_validator(index, owner.cls, name)
    return False


def _constrains(index: Index, marker: Symbol | None) -> bool:
    """`Query(pattern=...)`, `StringConstraints(pattern=...)`, `AfterValidator(...)`."""
    if not isinstance(marker, Call):
        return False
    if any(key in ("pattern", "regex") for key, _ in marker.keywords):
        return True
    return (index.named(marker.func) or "").rpartition(".")[2] in _VALIDATORS


def _has_validator(index: Index, cls: str, field: str) -> bool:
    return any(
        isinstance(decorator, Call)
        and index.named(decorator.func) in ("pydantic.field_validator", "pydantic.validator")
        and Constant(field) in decorator.args
        for base in index.mro(cls)
        if index.split(base)[0]
        for method in index.methods(base)
        if (fact := index.function(f"{base}.{method}")) is not None
        for decorator in fact.decorators
    )
