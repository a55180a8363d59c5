"""Which engine a session belongs to.

Everything that holds a session is a slot: an engine, a factory, a provider's result, a parameter, an attribute. What hands its
session to another shares its stack, so slots that were joined have to go together.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from seawall.edits import CannotFix
from seawall.refactorings.async_session.code import Code, Stuck
from seawall.refactorings.async_session.origin import SCOPED, SESSIONS, provider_of
from seawall.rules.base import File
from seawall.semantics.evaluate import instance_of
from seawall.semantics.facts import ClassFact, FunctionFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.symbols import (
    Attr,
    Awaited,
    Call,
    Either,
    Element,
    Entered,
    Iterated,
    Parameter,
    Ref,
    Subscript,
    Symbol,
)
from seawall.semantics.types import Instance, Type, options
from seawall.semantics.view import FunctionNode

ENGINE = "sqlalchemy.Engine"
_FACTORIES = ("sqlalchemy.orm.sessionmaker", SCOPED)
_MAKERS = frozenset({*SESSIONS, *_FACTORIES})
_STATE = "starlette.datastructures.State"
_ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})


class Slot(NamedTuple):
    """`owner` is an absolute name; `name` one of its parameters or attributes, or nothing for itself or its result."""

    owner: str
    name: str = ""


class Choice(NamedTuple):
    """The stack to switch: that of an engine, and with it the sessions of which nobody knows the engine."""

    engine: str
    takes_unknown: bool = True
    apart: str = ""
    """The sync engine beside it, which has to stay apart."""


class Stacks:
    """The slots of one state of the code, joined to stacks."""

    def __init__(self, code: Code, choice: Choice) -> None:
        self.code = code
        self.index = code.index
        self.choice = choice
        self._above: dict[Slot, Slot] = {}
        self.engines: list[str] = []
        self._owners: dict[tuple[str, str], str] = {}
        self.foreign: dict[Slot, Stuck] = {}
        """What holds sessions of which nobody knows who makes them."""
        self.states = frozenset(self._find_states())
        """The names of sessions that are kept in `request.state` or `app.state`."""
        for file in _one_a_document(code.files):
            for path, fact in file.document.facts.names.items():
                self._join_fact(f"{file.module}.{path}", fact)
        for file in code.files:
            for node in (*file.scan.nodes[ast.Return], *file.scan.nodes[ast.Yield]):
                value = node.value if isinstance(node, ast.Return | ast.Yield) else None
                function = file.function(node)
                if value is not None and isinstance(function, FunctionNode):
                    self._join_result(file, value, function)

        for name in code.functions:
            known = self.index.function(name)
            taking = [one.name for one in known.params if self._takes(self.index.type_of(one))] if known else []
            if taking:
                self._join_arguments(name, taking)

    # -- stacks -------------------------------------------------------------------------------------------------------

    def join(self, slots: list[Slot], *others: Slot) -> None:
        for one, other in pairwise([*slots, *others]):
            self._above[self._root(other)] = self._root(one)

    def is_chosen(self, *slots: Slot) -> bool:
        """Whether a session that is in these slots is to be an async one."""
        roots = {self._root(slot) for slot in slots}
        if self._root(Slot(self.choice.engine)) in roots:
            return True
        if any(self._root(slot) in roots for slot in self.foreign):
            return False
        engines = {self._root(Slot(engine)) for engine in self.engines}
        return self.choice.takes_unknown and not roots & engines

    def leave_strangers(self) -> None:
        """Sessions that somebody else makes are left to who gets them."""
        chosen = self._root(Slot(self.choice.engine))
        for slot, stuck in self.foreign.items():
            if self._root(slot) == chosen:
                self.code.leave(stuck)

    def refuse_strangers(self) -> None:
        """Refuse a stack that sessions flow into which are not made for it.

        Raises:
            CannotFix: there are such.
        """
        chosen = self._root(Slot(self.choice.engine))
        for slot, stuck in self.foreign.items():
            if self._root(slot) == chosen:
                raise CannotFix(str(stuck))
        if self.choice.apart and self._root(Slot(self.choice.apart)) == chosen:
            raise CannotFix("the sessions of sync and of async code meet in one place")

    def is_single(self) -> bool:
        """Whether all engines of the project go together."""
        return len({self._root(Slot(engine)) for engine in self.engines}) < 2

    def _root(self, slot: Slot) -> Slot:
        while (above := self._above.get(slot, slot)) != slot:
            slot = above
        return slot

    # -- states -------------------------------------------------------------------------------------------------------

    def _find_states(self) -> Iterator[str]:
        """Names under which nothing but sessions is kept in a `state`."""
        kept: dict[str, bool] = {}
        for file in self.code.files:
            for node in file.scan.nodes[ast.Assign]:
                for target in node.targets if isinstance(node, ast.Assign) else ():
                    if (name := _in_state(target)) is not None and isinstance(node, ast.Assign):
                        kept[name] = kept.get(name, True) and file.is_instance(node.value, *SESSIONS)
        return (name for name, is_session in kept.items() if is_session)

    def state(self, node: ast.AST) -> Slot | None:
        """The slot of `request.state.session`."""
        name = _in_state(node)
        return Slot(_STATE, name) if name is not None and name in self.states else None

    # -- slots --------------------------------------------------------------------------------------------------------

    def of(self, file: File, node: ast.AST) -> list[Slot]:
        """The slots that an expression takes its session from."""
        functions = tuple(file.absolute_name(each) for each in file.ancestors(node) if isinstance(each, FunctionNode))
        state = self.state(node)
        found = [state] if state is not None else self._slots(file.symbol(node), functions)
        for bound in file.names.bindings(node) if isinstance(node, ast.Name) else ():
            statement = file.parent(bound)  # `session: Session = SessionLocal()`
            if isinstance(statement, ast.AnnAssign) and statement.value is not None:
                found += self._slots(file.symbol(statement.value), functions)
        return found

    def _takes(self, type_: Type | None) -> bool:
        """Whether a parameter takes an engine or what makes sessions."""
        return makes_sessions(self.index, type_) or (isinstance(type_, Instance) and type_.cls in (ENGINE, SCOPED))

    def _join_arguments(self, name: str, taking: list[str]) -> None:
        """The engines that a function is called with are those of its parameters."""
        for file, call, params in self.code.calls(name):
            given = {one.arg: one.value for one in call.keywords}
            given.update((one.name, value) for one, value in zip(params, call.args, strict=False))
            for parameter in taking:
                if parameter in given:
                    self.join(self.of(file, given[parameter]), Slot(name, parameter))

    def _join_result(self, file: File, value: ast.expr, function: FunctionNode) -> None:
        """A function gives a session, or says that it does."""
        result = Slot(file.absolute_name(function))
        for each in value.elts if isinstance(value, ast.Tuple) else [value]:
            if self._is_held(file, each) or self.state(each) is not None:
                self.join(self.of(file, each), result)
        fact = self.index.function(result.owner)
        declared = options(instance_of(self.index, fact.declared)) if fact is not None and fact.declared else ()
        names = [one.args[0] if one.args else one for one in declared if isinstance(one, Instance)]
        is_session = any(isinstance(one, Instance) and self.index.is_subclass(one.cls, *SESSIONS) for one in names)
        if is_session and file.type_of(value) is None and self.state(value) is None:
            reason = f"nothing says where the session of `{function.name}` comes from"
            self.foreign[result] = Stuck(reason, file, value)

    def _is_held(self, file: File, node: ast.expr) -> bool:
        """Whether an expression is a session, or what makes one."""
        return file.is_instance(node, *SESSIONS, *_MAKERS, ENGINE, "sqlalchemy.Connection")

    def parameter(self, function: str, name: str) -> Slot:
        return Slot(function, name)

    def attribute(self, cls: str, name: str) -> Slot:
        """The slot of an attribute, at the class that is furthest up among those that set it."""
        if (cls, name) not in self._owners:
            setting = [base for base in self.index.mro(cls) if self._sets(base, name)]
            self._owners[cls, name] = setting[-1] if setting else cls
        return Slot(self._owners[cls, name], name)

    def _sets(self, cls: str, name: str) -> bool:
        fact = self.index.resolve(cls).fact
        if not isinstance(fact, ClassFact):
            return False
        if name in fact.attributes:
            return True
        methods = (self.index.resolve(f"{cls}.{method}").fact for method in self.index.methods(cls))
        return any(isinstance(method, FunctionFact) and name in dict(method.sets) for method in methods)

    def _slots(self, symbol: Symbol | None, functions: tuple[str, ...], depth: int = 0) -> list[Slot]:
        if depth > 12:
            return []
        match symbol:
            case Parameter(name=name):
                owners = [one for one in functions if self._has_parameter(one, name)]
                return [*(Slot(one, name) for one in owners[:1]), *self._provided(symbol)]
            case Entered(of) | Awaited(of) | Iterated(of) | Element(of):
                return self._slots(of, functions, depth + 1)
            case Either(several):
                return [slot for each in several for slot in self._slots(each, functions, depth + 1)]
            case Call(func=Ref(name)):
                return self._made(symbol, name, functions, depth)
            case Call(func=func) | Subscript(of=func):
                return self._slots(func, functions, depth + 1)
            case Attr(of, name):
                owners = [one.cls for one in options(self.index.type_of(of)) if isinstance(one, Instance)]
                own = [one for one in owners if self.index.split(one)[0]]
                if not own:
                    return self._slots(of, functions, depth + 1)
                members = [member for one in own if (member := self.index.member(one, name)) is not None]
                results = [Slot(one.name) for one in members if isinstance(one.fact, FunctionFact)]
                return results or [self.attribute(one, name) for one in own]
            case Ref(name):
                return self._named(name)
        return []

    def _made(self, call: Call, name: str, functions: tuple[str, ...], depth: int) -> list[Slot]:
        resolved = self.index.resolve(name)
        if isinstance(resolved.fact, FunctionFact | ValueFact):
            return [Slot(resolved.name)]
        if resolved.name == "builtins.next" or resolved.name in _MAKERS or resolved.name.startswith("typing."):
            given = [call.args[0] if call.args else call.keyword("bind")]
            given += [call.keyword("sync_session_class")]
            return [slot for each in given for slot in self._slots(each, functions, depth + 1)]
        return self._named(name)

    def _named(self, name: str) -> list[Slot]:
        resolved = self.index.resolve(name)
        if isinstance(resolved.fact, FunctionFact | ValueFact):
            return [Slot(resolved.name)]
        owner, _, _method = name.rpartition(".")  # `engine.connect`, `SessionLocal.begin`
        found = self.index.resolve(owner)
        return [Slot(found.name)] if isinstance(found.fact, ValueFact) else []

    def _has_parameter(self, function: str, name: str) -> bool:
        fact = self.index.function(function)
        return fact is not None and any(one.name == name for one in fact.params)

    def _provided(self, parameter: Parameter) -> list[Slot]:
        return [
            Slot(self.index.resolve(provider).name)
            for provider in provider_of(self.index, parameter)
            if self.index.resolve(provider).fact is not None
        ]

    # -- what facts alone say -----------------------------------------------------------------------------------------

    def _join_fact(self, name: str, fact: object) -> None:
        match fact:
            case ValueFact(value=value):
                self._join_value(name, fact, value)
            case FunctionFact():
                for one in fact.params:
                    self.join(self._provided(one), Slot(name, one.name))
                    if isinstance(one.default, Ref) and makes_sessions(self.index, self.index.type_of(one.default)):
                        self.join(self._named(one.default.name), Slot(name, one.name))
                    self._note_strange_provider(name, one)
                owner = name.rpartition(".")[0]
                for attribute, value in fact.sets:
                    self.join(self._slots(value, (name,)), self.attribute(owner, attribute))

    def _note_strange_provider(self, name: str, parameter: Parameter) -> None:
        """A session that a library's function provides."""
        is_session = any(
            isinstance(one, Instance) and self.index.is_subclass(one.cls, *SESSIONS)
            for one in options(self.index.type_of(Parameter(parameter.name, parameter.annotation)))
        )
        for provider in provider_of(self.index, parameter) if is_session else ():
            function = self.code.functions.get(name)
            if self.index.resolve(provider).fact is None and function is not None:
                reason = f"nothing says where the session of `{provider}` comes from"
                self.foreign[Slot(name, parameter.name)] = Stuck(reason, function.file, function.node)

    def _join_value(self, name: str, fact: ValueFact, value: Symbol | None) -> None:
        made = self.index.type_of(Ref(name))
        if isinstance(made, Instance) and made.cls == ENGINE:
            self.engines.append(name)
        self.join(self._slots(value, ()), Slot(name))
        owner = name.rpartition(".")[0]
        if isinstance(self.index.resolve(owner).fact, ClassFact):
            self.join([self.attribute(owner, fact.name)], Slot(name))
        if isinstance(value, Subscript):  # `SessionDep = Annotated[Session, Depends(get_db)]`
            self.join(self._provided(Parameter("", value)), Slot(name))


def makes_sessions(index: Index, type_: Type | None) -> bool:
    """Whether calling a value gives a session: a factory, or `Callable[[], Session]`."""
    if not isinstance(type_, Instance) or type_.cls not in (_FACTORIES[0], "typing.Callable"):
        return False
    made = type_.args[-1] if type_.args else Instance(SESSIONS[0])
    return isinstance(made, Instance) and index.is_subclass(made.cls, *SESSIONS)


def _in_state(node: ast.AST) -> str | None:
    """`session` of `request.state.session`."""
    match node:
        case ast.Attribute(value=ast.Attribute(attr="state"), attr=name):
            return name
    return None


def _one_a_document(files: list[File]) -> Iterator[File]:
    seen = set()
    for file in files:
        if file.path not in seen:
            seen.add(file.path)
            yield file
