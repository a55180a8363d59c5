"""Which expressions are sessions, and what is done with them.

A session is what has the type of one, and besides it every parameter or attribute without a type that a session is handed to.
Each use has to be understood: code that hands a session to where it cannot be followed keeps the sync stack, and so does what
it calls.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from seawall.knowledge import async_stack
from seawall.knowledge.names import canonical
from seawall.refactorings.async_session.bridges import Bridge, bridge
from seawall.refactorings.async_session.code import Code, Stuck, owner_of
from seawall.refactorings.async_session.stacks import Slot, Stacks
from seawall.rules.base import File
from seawall.semantics.facts import ClassFact, FunctionFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.symbols import Parameter, Ref, Symbol
from seawall.semantics.types import Instance, Named, Type, options

_SESSION, _CONNECTION, SCOPED = "sqlalchemy.orm.Session", "sqlalchemy.Connection", "sqlalchemy.orm.scoped_session"
SESSIONS = (_SESSION, _CONNECTION, SCOPED)

_HARMLESS = frozenset({"builtins.isinstance", "builtins.bool", "builtins.id", "builtins.type", "builtins.repr"})
_THREADS = {
    "asyncio.to_thread": 0,
    "starlette.concurrency.run_in_threadpool": 0,
    "anyio.to_thread.run_sync": 0,
}
"""Functions that run another in a thread, and the position of that argument."""
DEFERRING = {"starlette.background.BackgroundTasks.add_task": 0, "starlette.background.BackgroundTask": 0}
"""Functions that call another later, awaiting it if it is a coroutine function."""


class Place(NamedTuple):
    file: File
    node: ast.expr


@dataclass
class Uses:
    """What is done with sessions all over the project."""

    calls: list[Place] = field(default_factory=list)
    """Calls that wait for the database."""
    entered: list[Place] = field(default_factory=list)
    """Expressions that `with` enters."""
    through_run_sync: list[Place] = field(default_factory=list)
    """Calls that only the sync session inside of the async one has."""
    queries: list[Place] = field(default_factory=list)
    """`session.query(...)`."""
    threaded: list[Place] = field(default_factory=list)
    """Calls that hand a function that takes the session to a thread."""
    added: list[Place] = field(default_factory=list)
    """`session.add(...)`."""
    bridges: list[Bridge] = field(default_factory=list)
    """Calls of code that stays sync, which `run_sync` can make with the sync session inside of the async one."""


class Sessions:
    """All sessions of one state of the code."""

    def __init__(self, code: Code, stacks: Stacks) -> None:
        self.code = code
        self.stacks = stacks
        self.index = code.index
        self.uses = Uses()
        self.sync: set[str] = set()
        """The functions that stay sync and use a session."""
        self.parameters: set[tuple[str, str]] = set()
        """Functions and their parameters that take a session without a type that says so."""
        self._attributes: set[tuple[str, str]] = set()
        self._threads: list[tuple[File, ast.expr, ast.Call]] = []
        self._stuck: list[tuple[Stuck, File, ast.expr]] = []
        self._words: set[str] = set()
        self._seen: set[ast.AST] = set()
        self._grown = False
        """Whether something became a session since all uses were looked at."""
        self._typed()
        self._follow_all()
        self._choose()

    def _choose(self) -> None:
        """Keep the uses of the sessions that are to be async ones, now that it is known which belong together."""
        uses = self.uses
        for several in (uses.calls, uses.entered, uses.through_run_sync, uses.queries, uses.added):
            several[:] = [place for place in several if self.is_chosen(place.file, _session_of(place.node))]
        uses.bridges[:] = [one for one in uses.bridges if self.is_chosen(one.file, one.session)]
        for file, node, call in self._threads:
            if self.is_chosen(file, node) and Place(file, call) not in uses.threaded:
                uses.threaded.append(Place(file, call))
        for stuck, file, node in self._stuck:
            if self.is_chosen(file, node):
                self.code.leave(stuck)

    def is_chosen(self, file: File, node: ast.AST) -> bool:
        """Whether a session belongs to the stack that is switched."""
        return not self.code.stays(file, node) and self.stacks.is_chosen(*self.stacks.of(file, node))

    def is_session(self, file: File, node: ast.AST) -> bool:
        """Whether an expression certainly is a session or a connection."""
        if self.code.listens(file, node):
            return False
        if file.is_instance(node, _SESSION, SCOPED):
            return True
        symbol = file.symbol(node)
        if isinstance(symbol, Parameter) and self._is_declared(symbol):
            return True
        if file.is_instance(node, _CONNECTION) and not isinstance(symbol, Parameter):
            return True
        match node:
            case ast.Name(id=name):
                owner = self._owner(file, node, name)
                return owner is not None and (owner, name) in self.parameters
            case ast.Attribute(value=value, attr=name):
                return any(
                    isinstance(option, Instance)
                    and any((cls, name) in self._attributes for cls in self.index.mro(option.cls))
                    for option in options(file.type_of(value))
                )
        return False

    def _owner(self, file: File, node: ast.AST, name: str) -> str | None:
        """The function of which a name is a parameter."""
        scope = file.scan.scopes.get(node)
        while scope is not None and name not in scope.bindings:
            scope = scope.parent
        if scope is None or len(scope.bindings[name]) != 1 or not isinstance(scope.bindings[name][0], ast.arg):
            return None
        return file.names.absolute(scope)

    # -- finding ------------------------------------------------------------------------------------------------------

    def _typed(self) -> None:
        """The names of everything that is declared to be a session, or made to be one."""
        for file in self.code.files:
            facts = file.document.facts.names
            for path, fact in facts.items():
                if isinstance(fact, FunctionFact):
                    declared = (one for one in fact.params if self._is_declared(one))
                    self._words.update(one.name for one in declared)
                    self._words.update(name for name, value in fact.sets if self._is_type(self.index.type_of(value)))
                elif isinstance(fact, ValueFact) and self._is_type(self._declared(f"{file.module}.{path}")):
                    self._words.add(fact.name)
            for node in (*file.scan.nodes[ast.withitem], *file.scan.nodes[ast.Assign], *file.scan.nodes[ast.AnnAssign]):
                self._words.update(self._made_here(file, node))

    def _is_declared(self, parameter: Parameter) -> bool:
        """Whether a parameter is a session, by its provider or, if nobody knows that, by its annotation."""
        found = self.index.type_of(parameter)
        if found is None and parameter.default is not None:
            found = self.index.type_of(Parameter(parameter.name, parameter.annotation))
        return self._is_type(found)

    def _declared(self, name: str) -> Type | None:
        return self.index.type_of(Ref(name))

    def _made_here(self, file: File, node: ast.AST) -> Iterator[str]:
        """The names that a statement gives to a session."""
        match node:
            case ast.withitem(optional_vars=ast.Name() as target):
                if self._is_type(self.index.type_of(file.names.assigned(target))):
                    yield target.id
            case ast.Assign(targets=targets, value=value) if file.is_instance(value, *SESSIONS):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                if self._is_type(file.declared(node.annotation)):
                    yield name

    def _is_type(self, type_: Type | None) -> bool:
        return is_session(self.index, type_)

    # -- following ----------------------------------------------------------------------------------------------------

    def _follow_all(self) -> None:
        for file in self.code.files:
            for call in file.scan.nodes[ast.Call]:
                if isinstance(call, ast.Call) and file.is_instance(call, *SESSIONS):
                    self._look_at(file, call)
        done: set[str] = set()
        while waiting := self._words - done:
            for word in sorted(waiting):
                for file, node in self.code.mentions(word):
                    self._look_at(file, node)
            done |= waiting
            if self._grown and not self._words - done:
                done.clear()
                self._grown = False

    def _look_at(self, file: File, node: ast.expr) -> None:
        if node in self._seen or (isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)):
            return
        if self.is_session(file, node):
            self._seen.add(node)
            try:
                self._follow(file, node)
            except Stuck as stuck:
                self._stuck.append((stuck, file, node))

    def _follow(self, file: File, node: ast.expr) -> None:
        """Understand one use of a session."""
        parent = file.parent(node)
        stays = self.code.stays(file, node)
        if stays:
            self.sync.add(owner_of(file, node))
        if isinstance(node, ast.Attribute):
            self._refuse_mixed_attribute(file, node, stays=stays)
        match parent:
            case ast.Attribute() | ast.withitem() if stays:
                pass
            case ast.Attribute():
                self._member(file, node, parent)
            case ast.withitem():
                self.uses.entered.append(Place(file, node))
            case ast.Call(func=called) if called is node:
                pass  # a scoped session gives the one it has
            case ast.Call():
                self._argument(file, node, parent, parent.args.index(node))
            case ast.keyword(arg=str(name)):
                call = file.parent(parent)
                assert isinstance(call, ast.Call)
                self._argument(file, node, call, name)
            case ast.Assign(targets=[ast.Attribute(value=owner, attr=name)]):
                self._kept(file, node, owner, name)
            case (
                ast.Assign(targets=[ast.Name()])
                | ast.AnnAssign()
                | ast.NamedExpr()
                | ast.Return()
                | ast.Yield()
                | ast.Compare()
                | ast.BoolOp()
                | ast.UnaryOp()
                | ast.IfExp()
                | ast.If()
                | ast.Expr()
                | ast.Await()
            ):
                pass
            case _ if not stays:
                raise self._lost(file, node)

    def _refuse_mixed_attribute(self, file: File, node: ast.Attribute, *, stays: bool) -> None:
        """An object that sync code uses has a sync session, for all of its methods."""
        owners = [one.cls for one in options(file.type_of(node.value)) if isinstance(one, Instance)]
        slots = {self.stacks.attribute(cls, node.attr) for cls in owners}
        if stays:
            new = slots - self.code.staying.attributes
            self.code.staying.attributes |= new
            self._grown = self._grown or bool(new)
        elif slots & self.code.staying.attributes:
            raise Stuck(f"`{file.text(node)}` is a sync session for other methods", file, node)

    def _member(self, file: File, session: ast.expr, attribute: ast.Attribute) -> None:
        call = file.parent(attribute)
        name = attribute.attr
        if not (isinstance(call, ast.Call) and call.func is attribute):
            if name not in async_stack.SESSION_ATTRIBUTES and not isinstance(call, ast.Expr):
                raise Stuck(f"`{file.text(attribute)}` has no async counterpart", file, attribute)
        elif name == "query":
            self.uses.queries.append(Place(file, call))
        elif name in async_stack.SESSION_CONTEXTS and isinstance(file.parent(call), ast.withitem):
            self.uses.entered.append(Place(file, call))
        elif name in async_stack.SESSION_IO or name in async_stack.SESSION_CONTEXTS or name == "exec_driver_sql":
            self.uses.calls.append(Place(file, call))
        elif name in async_stack.SESSION_THROUGH_RUN_SYNC:
            self.uses.through_run_sync.append(Place(file, call))
        elif name == "add":
            self.uses.added.append(Place(file, call))
        elif name not in async_stack.SESSION_PLAIN:
            raise Stuck(f"`{file.text(attribute)}()` has no async counterpart", file, attribute)

    def _argument(self, file: File, node: ast.expr, call: ast.Call, where: int | str) -> None:
        """A session is handed to a function."""
        callee = self.code.named(file, call.func) or file.type_of(call.func)
        if isinstance(callee, Instance):
            member = self.index.member(callee.cls, "__call__")
            callee = Named(member.name, callee) if member else None
        stays = self.code.stays(file, node)
        if not isinstance(callee, Named):
            if not stays:
                raise self._lost(file, node)
            return
        if callee.name in _HARMLESS or canonical(callee.name) in ("typing.cast", "asyncio.iscoroutinefunction"):
            return
        at = _THREADS.get(callee.name, DEFERRING.get(callee.name))
        if at is not None and isinstance(where, int | str) and len(call.args) > at:
            if callee.name in _THREADS:
                self._threads.append((file, node, call))
            inner = file.type_of(call.args[at])
            if isinstance(inner, Named):
                self._taken(file, node, call, inner, where - at - 1 if isinstance(where, int) else where)
                return
        self._taken(file, node, call, callee, where)

    def _taken(self, file: File, node: ast.expr, call: ast.Call, callee: Named, where: int | str) -> None:
        """A parameter of a project function takes the session."""
        stays = self.code.stays(file, node)
        fact = self.index.resolve(callee.name).fact
        name, skip = callee.name, callee.receiver is not None
        if isinstance(fact, ClassFact):
            member = self.index.member(callee.name, "__init__")
            if member is None:
                self._field(file, node, callee.name, where)
                return
            name, fact, skip = member.name, member.fact, True
        if not isinstance(fact, FunctionFact):
            if not stays and _runs_at_once(callee) and not self.index.split(callee.name)[0]:
                self._bridge(file, node, call)
            elif not stays:
                raise self._lost(file, node)
            return
        skip = skip or self._is_classmethod(fact)
        params = fact.params[1:] if skip else fact.params
        found = params[where] if isinstance(where, int) and where < len(params) else None
        if isinstance(where, str):
            found = next((one for one in params if one.name == where), None)
        if found is None:
            if not stays:
                raise self._lost(file, node)
            return
        if stays:
            reason = f"`{name.rpartition('.')[2]}` is given a sync session"
            self.code.leave(Stuck(reason, file, node, name))
        elif name in self.code.staying:
            self._bridge(file, node, call)
            return
        self.stacks.join(self.stacks.of(file, node), self.stacks.parameter(name, found.name))
        declared = options(self.index.type_of(found))
        is_session = any(
            isinstance(one, Instance) and self.index.is_subclass(one.cls, _SESSION, SCOPED) for one in declared
        )
        if not is_session and (name, found.name) not in self.parameters:
            self.parameters.add((name, found.name))
            self._words.add(found.name)
            self._grown = True

    def _bridge(self, file: File, node: ast.expr, call: ast.Call) -> None:
        self.uses.bridges.append(bridge(self.code, file, node, call))

    def _is_classmethod(self, fact: FunctionFact) -> bool:
        return any(self.index.named(one) == "builtins.classmethod" for one in fact.decorators)

    def _field(self, file: File, node: ast.expr, cls: str, where: int | str) -> None:
        """A field of a data class takes the session."""
        fields = list(self.index.attributes(cls))
        name = where if isinstance(where, str) else fields[where] if where < len(fields) else None
        if name is None or not self._is_type(self._symbol_type(cls, name)):
            raise self._lost(file, node)
        self._hold(file, node, self.stacks.attribute(cls, name))

    def _hold(self, file: File, node: ast.expr, slot: Slot) -> None:
        """An object keeps a session."""
        if self.code.stays(file, node):
            self._grown = self._grown or slot not in self.code.staying.attributes
            self.code.staying.attributes.add(slot)
        elif slot in self.code.staying.attributes:
            raise Stuck(f"`{slot.name}` is a sync session for other methods", file, node)
        self.stacks.join(self.stacks.of(file, node), slot)

    def _symbol_type(self, cls: str, name: str) -> Type | None:
        fact = self.index.attributes(cls).get(name)
        value: Symbol | None = Ref(f"{cls}.{name}") if fact is not None else None
        return self.index.type_of(value)

    def _kept(self, file: File, node: ast.expr, owner: ast.expr, name: str) -> None:
        """`self.session = session`."""
        found = file.type_of(owner)
        if not isinstance(found, Instance) or not self.index.split(found.cls)[0]:
            if self.code.stays(file, node):
                return
            raise self._lost(file, node)
        self._hold(file, node, self.stacks.attribute(found.cls, name))
        if (found.cls, name) not in self._attributes:
            self._attributes.add((found.cls, name))
            self._words.add(name)
            self._grown = True

    def _lost(self, file: File, node: ast.expr) -> Stuck:
        return Stuck(f"`{file.text(node)}` goes where it cannot be followed", file, node)


def is_session(index: Index, type_: Type | None) -> bool:
    """Whether a type certainly is that of a session or a connection."""
    found = options(type_)
    return bool(found) and all(
        isinstance(option, Instance) and index.is_subclass(option.cls, *SESSIONS) for option in found
    )


def _runs_at_once(callee: Named) -> bool:
    """Whether a library's function uses the session now: it is no class, and none of those that keep what they are given."""
    is_class = callee.last[:1].isupper()
    return not is_class and callee.name.partition(".")[0] not in sys.stdlib_module_names


def _session_of(node: ast.expr) -> ast.expr:
    """`session` of `session.commit()` or `session.begin()`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value
    return node
