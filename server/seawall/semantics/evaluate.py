"""From a symbol to a type. Whatever is not certain evaluates to None."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seawall.knowledge import annotations as written
from seawall.knowledge import names as known_names
from seawall.knowledge import results as known_results
from seawall.semantics.elements import element
from seawall.semantics.facts import ClassFact, FunctionFact, ValueFact
from seawall.semantics.generics import bound
from seawall.semantics.graph import Memo
from seawall.semantics.inner import (
    ASYNC_CONTEXT,
    ASYNC_GENERATOR,
    AWAITABLES,
    CONTEXT,
    COROUTINE,
    GENERATOR,
    GENERATORS,
    awaited,
    iterated,
    yielded,
)
from seawall.semantics.relations import bound_manager, leads_back, object_of_view
from seawall.semantics.state import kept_in_state
from seawall.semantics.symbols import (
    Annotation,
    Attr,
    Awaited,
    Call,
    Constant,
    Either,
    Element,
    Entered,
    Entries,
    Iterated,
    Parameter,
    Ref,
    Several,
    Subscript,
    Symbol,
)
from seawall.semantics.types import Instance, Named, Type, Value, any_of, options, type_arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from seawall.semantics.index import Index

_STACKS = frozenset({"contextlib.ExitStack.enter_context", "contextlib.AsyncExitStack.enter_context",
                     "contextlib.AsyncExitStack.enter_async_context"})  # fmt: skip
_SUPER = "builtins.super"
_SLICE = Annotation(Ref("builtins.slice"))


def evaluate(index: Index, symbol: Symbol | None) -> Type | None:
    """What a symbol stands for."""
    if symbol is None:
        return None
    kind = type(symbol)
    if kind is Ref:
        return index.answer(_named, symbol.name)  # type: ignore[union-attr]
    notes = Memo.running[-1].notes if Memo.running else None
    if notes is None:
        return _KINDS[kind](index, symbol)
    note = notes.get(id(symbol))
    if note is None:
        note = notes[id(symbol)] = (
            symbol,
            _KINDS[kind](index, symbol),
        )  # with the symbol, so that no other gets its id
    found: Type | None = note[1]
    return found


def _over(type_: Type | None, function: Callable[..., Type | None], index: Index, *given: Any) -> Type | None:
    """What a function makes of each of the options together."""
    kind = type(type_)
    if kind is Instance or kind is Named:
        return function(index, type_, *given)
    found = options(type_)
    return any_of([function(index, option, *given) for option in found]) if found else None


def _named(index: Index, name: str) -> Type | None:
    resolved = index.resolve(name)
    match resolved.fact:
        case ValueFact(annotation=annotation, value=value):
            found = (instance_of(index, annotation) if annotation is not None else None) or evaluate(index, value)
            return bound_manager(index, found, resolved.name)
        case None if resolved.name != resolved.module:
            path = resolved.name.rpartition(".")
            known = known_results.attribute(resolved.name)
            if known is not None:
                return from_text(index, known, None)
            if (above := known_results.attribute(path[0])) is not None:  # `User.objects.get` of a library's class
                owner_type = from_text(index, above, None)
                return attribute(index, owner_type, path[2]) if owner_type is not None else None
            if resolved.module:
                owner = index.resolve(path[0])
                if isinstance(owner.fact, ClassFact):
                    return _inherited(index, Instance(owner.name), path[2])
                return _attribute_of_value(index, path[0], path[2])
    return Named(resolved.name)


def _inherited(index: Index, cls: Instance, name: str) -> Type | None:
    """What a project class has from a library's: `Book.objects`, `BookQuerySet.as_manager`."""
    for base in index.mro(cls.cls):
        if not index.split(base)[0]:
            known = known_results.CLASS_ATTRIBUTES.get(f"{base}.{name}")
            if known is not None:
                return from_text(index, known, cls)
            if f"{base}.{name}" in known_results.CLASS_METHODS:
                return Named(f"{base}.{name}", cls)
    return None


def _attribute_of_value(index: Index, owner: str, name: str) -> Type | None:
    """`module.variable.name`, or nothing if the project defines no such name."""
    if not owner or not index.split(owner)[1]:
        return None
    found = index.answer(_named, owner)
    return None if isinstance(found, Named) and found.name == owner else _over(found, attribute, index, name)


def class_name(index: Index, symbol: Symbol | None) -> str | None:
    """The class that a symbol in a list of bases names."""
    if isinstance(symbol, Subscript):
        return class_name(index, symbol.of)
    found = evaluate(index, symbol)
    match found:
        case Named(name):
            return name
        case Instance(cls) if cls in known_names.CLASS_FACTORIES:
            return known_names.CLASS_FACTORIES[cls]
    return None


def instance_of(index: Index, symbol: Symbol | None) -> Type | None:
    """The value that an annotation declares."""
    match symbol:
        case None:
            return None
        case Constant(value):
            return Value(None) if value is None else None
        case Either(several):
            return any_of([instance_of(index, option) for option in several])
        case Subscript(of, args):
            return _generic(index, of, args)
        case Ref(name):
            resolved = index.resolve(name)
            if isinstance(resolved.fact, ValueFact):  # an alias: `SessionDep = Annotated[Session, Depends(get_db)]`
                if resolved.fact.value is None:
                    return None
                return index.answer(_alias, resolved.name)
            if resolved.name in written.ANY:
                return None
            if resolved.fact is None and resolved.module:
                return None
            return Instance(resolved.name)
        case Attr():
            found = evaluate(index, symbol)
            return Instance(found.name) if isinstance(found, Named) else None
    return None


def _alias(index: Index, name: str) -> Type | None:
    fact = index.resolve(name).fact
    return instance_of(index, fact.value) if isinstance(fact, ValueFact) else None


def _generic(index: Index, of: Symbol, args: tuple[Symbol | None, ...]) -> Type | None:
    name = index.named(of)
    if name is None or not args:
        return None
    if name in written.ANNOTATED:
        provided = next((found for meta in args[1:] if (found := _provided(index, meta, args[0]))), None)
        return provided or instance_of(index, args[0])
    if name in written.OPTIONAL or name in written.TRANSPARENT:
        return instance_of(index, args[0])
    if name in written.UNION:
        return any_of([instance_of(index, arg) for arg in args])
    if name == "typing.Literal":
        return None
    if name in ("builtins.type", "typing.Type"):
        found = instance_of(index, args[0])
        return Named(found.cls) if isinstance(found, Instance) else None
    return Instance(known_names.generic(name), tuple(instance_of(index, arg) for arg in args))


def _parameter(index: Index, annotation: Symbol | None, default: Symbol | None) -> Type | None:
    provided = _provided(index, default, annotation)
    if provided is not None:
        return provided
    if annotation is not None:
        return instance_of(index, annotation)
    if isinstance(default, Ref):  # `def __init__(self, factory=SessionLocal)`: whoever gives another gives one like it
        found = evaluate(index, default)
        return found if isinstance(found, Instance) and found.cls in known_names.SESSION_FACTORIES else None
    return None


def _provided(index: Index, marker: Symbol | None, annotation: Symbol | None) -> Type | None:
    """What `Depends(provider)` hands to a handler; `Depends()` provides the annotated class."""
    if not isinstance(marker, Call) or index.named(marker.func) not in written.DEPENDS:
        return None
    provider = marker.args[0] if marker.args else marker.keyword("dependency")
    if provider is None or (isinstance(provider, Subscript) and index.named(provider.of) in written.INJECTED):
        return instance_of(index, annotation) if annotation is not None else None
    produced = _over(evaluate(index, provider), call, index, Call(provider))
    match produced:
        case Instance(cls, args) if args and (
            cls in GENERATORS or cls in AWAITABLES or cls in (CONTEXT, ASYNC_CONTEXT)
        ):
            return args[0]
    return produced


def attribute(index: Index, owner: Type, name: str) -> Type | None:
    """`owner.name`."""
    match owner:
        case Named(base, None):
            return index.answer(_named, f"{base}.{name}")
        case Instance(cls):
            return _instance_attribute(index, owner, cls, name)
    return None


def _attribute_of_super(index: Index, cls: Type | None, myself: Type | None, name: str) -> Type | None:
    """`super().name`: the next class after `cls` in the order of the object's own class."""
    if not isinstance(cls, Instance) or not isinstance(myself, Instance):
        return None
    order = index.mro(myself.cls)
    for base in order[order.index(cls.cls) + 1 :] if cls.cls in order else ():
        if not index.split(base)[0]:
            return Named(f"{base}.{name}", myself)
        module, rest = index.split(base)
        if isinstance(index.fact(module, f"{rest}.{name}"), FunctionFact):
            return Named(f"{base}.{name}", myself)
    return None


def _instance_attribute(index: Index, owner: Instance, cls: str, name: str) -> Type | None:
    if cls == _SUPER:
        return _attribute_of_super(index, owner.args[0], owner.args[1], name)
    if cls == known_results.STATE:
        return kept_in_state(index, name)
    member = index.member(cls, name)
    if member is not None:
        match member.fact:
            case FunctionFact() as function:
                if is_decorated(index, function, "builtins.property", "functools.cached_property"):
                    return returned(index, member.name, function)
                return Named(member.name, owner)
            case ValueFact():
                return index.answer(_named, member.name)
            case ClassFact():
                return Named(member.name)
        return None
    if index.answer(_assigned, (cls, name)) is not None:
        return index.answer(
            _value_assigned, (cls, name)
        )  # remembered, since `self.next = self.next.next` asks for itself
    for base in index.mro(cls):
        if index.split(base)[0]:
            continue
        known = known_results.attribute(f"{base}.{name}")
        if known is not None:
            return from_text(index, known, owner)
    library = [base for base in index.mro(cls) if not index.split(base)[0]]
    if not library:
        return None
    knowing = next((base for base in library if known_results.result(f"{base}.{name}") is not None), None)
    if knowing is None and known_names.DJANGO_MODEL in library:
        other = leads_back(index, cls, name)
        if other is not None:
            return Instance("django.db.models.RelatedManager", (Instance(other),))
    return Named(f"{knowing or library[0]}.{name}", owner)


def _assigned(index: Index, attribute: tuple[str, str]) -> Symbol | None:
    return index.attribute_set_in_methods(*attribute)


def _value_assigned(index: Index, attribute: tuple[str, str]) -> Type | None:
    return evaluate(index, index.answer(_assigned, attribute))


def is_decorated(index: Index, function: FunctionFact, *names: str) -> bool:
    """Whether a decorator of the function is one of the named, called or not."""
    for decorator in function.decorators:
        symbol = decorator.func if isinstance(decorator, Call) else decorator
        if symbol is not None and index.named(symbol) in names:
            return True
    return False


def call(index: Index, function: Type, symbol: Call) -> Type | None:
    """What calling `function` gives."""
    match function:
        case Named(name, receiver):
            resolved = index.resolve(name)
            match resolved.fact:
                case FunctionFact() as fact:
                    return _called(index, name, fact, receiver)
                case ClassFact():
                    return Instance(name)
                case ValueFact():
                    return None
            if resolved.module:
                return None
            shaped = _shaped(index, name, symbol)
            if shaped is not None:
                return shaped
            if receiver is not None and (shown := object_of_view(index, name, receiver)) is not None:
                return shown
            known = known_results.result(name)
            if known is not None:
                return from_text(index, known, receiver, symbol)
            last = function.last
            if receiver is None and last[:1].isupper() and not last.isupper():
                return Instance(name)
        case Instance("typing.Callable", (_, result)):
            return result
        case Instance(cls):
            bound = _instance_attribute(index, function, cls, "__call__")
            return call(index, bound, symbol) if isinstance(bound, Named) else None
    return None


def _shaped(index: Index, name: str, symbol: Call) -> Type | None:
    """Library calls whose result depends on an argument."""
    if name == "typing.cast" and len(symbol.args) == 2:
        return instance_of(index, symbol.args[0])
    if name == "builtins.super" and len(symbol.args) == 2 and isinstance(symbol.args[0], Ref):
        myself = evaluate(index, symbol.args[1])
        return Instance(_SUPER, (Instance(symbol.args[0].name), myself)) if isinstance(myself, Instance) else None
    if name == "functools.partial" and symbol.args:
        return evaluate(index, symbol.args[0])
    if name in ("contextlib.closing", "contextlib.aclosing") and symbol.args:
        return Instance(CONTEXT if name.endswith(".closing") else ASYNC_CONTEXT, (evaluate(index, symbol.args[0]),))
    if name in ("builtins.next", "builtins.anext") and symbol.args:
        given = _over(evaluate(index, symbol.args[0]), lambda _, one: iterated(one), index)
        return given if name == "builtins.next" or given is None else Instance(COROUTINE, (given,))
    if name in _STACKS and symbol.args:
        entered = evaluate(index, Entered(symbol.args[0])) if symbol.args[0] is not None else None
        return entered if name.endswith("enter_context") or entered is None else Instance(COROUTINE, (entered,))
    if name.rpartition(".")[2] in ("select", "query") and name.startswith("sql") and len(symbol.args) != 1:
        return Instance("sqlalchemy.Select" if name.endswith("select") else "sqlalchemy.orm.Query")
    if name == "sqlalchemy.Result.scalars" and symbol.args:  # of another column than the first
        return Instance("sqlalchemy.ScalarResult")
    if name in ("builtins.list", "builtins.tuple", "builtins.set") and len(symbol.args) == 1:
        element = evaluate(index, Iterated(symbol.args[0])) if symbol.args[0] is not None else None
        return Instance(name, (element,)) if element is not None else None
    factory = known_names.SESSION_FACTORIES.get(name)
    if factory is not None:
        chosen = symbol.keyword("class_")
        if chosen is None and symbol.args and known_names.FACTORY_TAKES_FACTORY.get(name):
            inner = evaluate(index, symbol.args[0])
            return Instance(name, inner.args) if isinstance(inner, Instance) else Instance(name, (Instance(factory),))
        cls = class_name(index, chosen) if chosen is not None else factory
        return Instance(name, (Instance(cls),)) if cls else None
    return None


def _called(index: Index, name: str, fact: FunctionFact, receiver: Instance | None) -> Type | None:
    result = returned(index, name, fact, receiver)
    if is_decorated(index, fact, "contextlib.contextmanager"):
        return Instance(CONTEXT, (yielded(result),))
    if is_decorated(index, fact, "contextlib.asynccontextmanager"):
        return Instance(ASYNC_CONTEXT, (yielded(result),))
    if fact.is_generator:
        return result if result is not None else Instance(ASYNC_GENERATOR if fact.is_async else GENERATOR, (None,))
    if fact.is_async:
        return Instance(COROUTINE, (result,))
    return result


def returned(index: Index, name: str, fact: FunctionFact, receiver: Instance | None = None) -> Type | None:
    """The declared result of a function, else the one that its `return` or `yield` give; a generator as such."""
    return index.answer(_returned, (name, receiver))


def _returned(index: Index, called: tuple[str, Instance | None]) -> Type | None:
    name, receiver = called
    fact = index.function(name)
    if fact is None:
        return None
    if isinstance(fact.declared, Ref) and index.resolve(fact.declared.name).name in written.SELF:
        return receiver
    declared = instance_of(index, bound(index, fact.declared, name.rpartition(".")[0], receiver))
    if fact.is_generator:
        kind = ASYNC_GENERATOR if fact.is_async else GENERATOR
        if isinstance(declared, Instance) and declared.cls in GENERATORS and declared.args[:1] not in ((), (None,)):
            return Instance(kind, (declared.args[0],))
        if isinstance(declared, Instance) and declared.cls not in GENERATORS:
            return Instance(kind, (declared,))  # wrongly annotated, and common: `def get_db() -> Session: ... yield`
        return Instance(kind, (any_of([evaluate(index, result) for result in fact.results]),))
    if fact.declared is not None:
        return declared
    return any_of([evaluate(index, result) for result in fact.results]) if fact.results else None


def _entered(index: Index, type_: Type) -> Type | None:
    match type_:
        case Instance(cls, args) if cls in (CONTEXT, ASYNC_CONTEXT):
            return args[0] if args else None
        case Instance(cls, args) if cls in AWAITABLES and args:
            return None
        case Instance(cls):
            for method in ("__aenter__", "__enter__"):
                member = index.member(cls, method)
                if member is not None and isinstance(member.fact, FunctionFact):
                    return returned(index, member.name, member.fact, type_) or type_
            known = known_results.result(f"{cls}.__enter__")
            if known is not None:
                return from_text(index, known, type_)
            return type_ if any(not index.split(base)[0] for base in index.mro(cls)) else None
    return None


def _subscript(index: Index, of: Symbol, args: tuple[Symbol | None, ...]) -> Type | None:
    found = evaluate(index, of)
    match found:
        case Named(name) if name[:1].isupper() or name.rpartition(".")[2][:1].isupper() or name.startswith("builtins."):
            return found
        case Instance(cls, parameters) if cls in written.INDEXED or index.is_subclass(cls, "django.db.models.QuerySet"):
            if args == (_SLICE,):
                return found
            return parameters[0] if parameters else None
        case Instance(cls, (_, value)) if cls in ("builtins.dict", "typing.Mapping"):
            return value
        case Instance(cls) if (known := known_results.result(f"{cls}.__getitem__")) is not None:
            return from_text(index, known, found)
    return None


def _entity(index: Index, symbol: Symbol | None) -> Type | None:
    """What is fetched by a model, or by a query or manager that selects one."""
    match evaluate(index, symbol):
        case Named(name) if isinstance(index.resolve(name).fact, ClassFact):
            return Instance(name)
        case Instance(cls, args) if args and index.is_subclass(cls, *known_names.QUERIES):
            return args[0]
    return None


def from_text(index: Index, text: str, receiver: Instance | None, made_by: Call | None = None) -> Type | None:
    """A type as the knowledge tables write it: `a.b.C`, `a.b.C[x.Y]`, `Self`, `$0`, `@` (see `knowledge/results.py`)."""
    text = text.strip()
    if text == "Self":
        return receiver
    if text == "@":
        return _entity(index, made_by.args[0]) if made_by is not None and made_by.args else None
    if text.startswith("$"):
        position = int(text[1:])
        return receiver.args[position] if receiver and position < len(receiver.args) else None
    if text in ("", "?"):
        return None
    head, bracket, rest = text.partition("[")
    if not bracket:
        return Instance(head)
    args = tuple(from_text(index, part, receiver, made_by) for part in type_arguments(rest[:-1]))
    if head == "builtins.type":
        return Named(args[0].cls) if isinstance(args[0], Instance) else None
    return Instance(head, args) if any(arg is not None for arg in args) else Instance(head)


_KINDS: dict[type[Any], Callable[[Index, Any], Type | None]] = {
    Constant: lambda _, symbol: Value(symbol.value),
    Annotation: lambda index, symbol: instance_of(index, symbol.of),
    Parameter: lambda index, symbol: _parameter(index, symbol.annotation, symbol.default),
    Attr: lambda index, symbol: _over(evaluate(index, symbol.of), attribute, index, symbol.name),
    Call: lambda index, symbol: _over(evaluate(index, symbol.func), call, index, symbol),
    Awaited: lambda index, symbol: _over(evaluate(index, symbol.of), lambda _, one: awaited(one), index),
    Entered: lambda index, symbol: _over(evaluate(index, symbol.of), _entered, index),
    Iterated: lambda index, symbol: _over(evaluate(index, symbol.of), lambda _, one: iterated(one), index),
    Either: lambda index, symbol: any_of([evaluate(index, option) for option in symbol.options]),
    Subscript: lambda index, symbol: _subscript(index, symbol.of, symbol.args),
    Several: lambda *_: Instance("builtins.list"),
    Element: lambda index, symbol: element(index, symbol),
    Entries: lambda *_: Instance("builtins.dict"),
}
"""How each kind of symbol is evaluated; a `Ref` by its name alone."""
