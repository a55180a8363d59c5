"""Where a session goes that is handed on: to a parameter, a field, an attribute, a function that runs in a thread."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from seawall.knowledge.names import canonical
from seawall.refactorings.async_session.bridges import bridge
from seawall.refactorings.async_session.code import Stuck
from seawall.refactorings.async_session.origin import SCOPED
from seawall.refactorings.async_session.stacks import Slot
from seawall.refactorings.async_session.uses import SESSION, is_session
from seawall.rules.base import File
from seawall.semantics.evaluate import instance_of
from seawall.semantics.facts import ClassFact, FunctionFact
from seawall.semantics.symbols import Ref, Symbol
from seawall.semantics.types import Instance, Named, Type, options
from seawall.semantics.view import FunctionNode

if TYPE_CHECKING:
    from seawall.refactorings.async_session.sessions import Sessions

_HARMLESS = frozenset({"builtins.isinstance", "builtins.bool", "builtins.id", "builtins.type", "builtins.repr"})
THREADS = {
    "asyncio.to_thread": 0,
    "starlette.concurrency.run_in_threadpool": 0,
    "anyio.to_thread.run_sync": 0,
}
"""Functions that run another in a thread, and the position of that argument."""
DEFERRING = {"starlette.background.BackgroundTasks.add_task": 0, "starlette.background.BackgroundTask": 0}
"""Functions that call another later, awaiting it if it is a coroutine function."""


class Handing:
    """Follows sessions to those who get them; what gets one becomes known to `sessions`."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions = sessions
        self.code = sessions.code
        self.stacks = sessions.stacks
        self.index = sessions.index

    def argument(self, file: File, node: ast.expr, call: ast.Call, where: int | str) -> None:
        """A session is handed to a function."""
        callee = self.code.named(file, call.func) or file.type_of(call.func)
        if isinstance(callee, Instance):
            member = self.index.member(callee.cls, "__call__")
            callee = Named(member.name, callee) if member else None
        stays = self.code.stays(file, node)
        if not isinstance(callee, Named):
            if not stays:
                raise lost(file, node)
            return
        if callee.name in _HARMLESS or canonical(callee.name) in ("typing.cast", "asyncio.iscoroutinefunction"):
            return
        at = THREADS.get(callee.name, DEFERRING.get(callee.name))
        if at is not None and isinstance(where, int | str) and len(call.args) > at:
            if callee.name in THREADS:
                self.sessions.threads.append((file, node, call))
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
                raise lost(file, node)
            return
        skip = skip or self._is_classmethod(fact)
        params = fact.params[1:] if skip else fact.params
        found = params[where] if isinstance(where, int) and where < len(params) else None
        if isinstance(where, str):
            found = next((one for one in params if one.name == where), None)
        if found is None:
            if not stays:
                raise lost(file, node)
            return
        if stays:
            reason = f"`{name.rpartition('.')[2]}` is given a sync session"
            self.code.leave(Stuck(reason, file, node, name))
        elif name in self.code.staying:
            self._bridge(file, node, call)
            return
        self.stacks.join(self.stacks.of(file, node), self.stacks.parameter(name, found.name))
        declared = options(self.index.type_of(found))
        is_declared = any(
            isinstance(one, Instance) and self.index.is_subclass(one.cls, SESSION, SCOPED) for one in declared
        )
        if not is_declared:
            self.sessions.note(self.sessions.parameters, (name, found.name))

    def _bridge(self, file: File, node: ast.expr, call: ast.Call) -> None:
        self.sessions.uses.bridges.append(bridge(self.code, file, node, call))

    def _is_classmethod(self, fact: FunctionFact) -> bool:
        return any(self.index.named(one) == "builtins.classmethod" for one in fact.decorators)

    def _field(self, file: File, node: ast.expr, cls: str, where: int | str) -> None:
        """A field of a data class takes the session."""
        fields = list(self.index.attributes(cls))
        name = where if isinstance(where, str) else fields[where] if where < len(fields) else None
        if name is None or not is_session(self.index, self._symbol_type(cls, name)):
            raise lost(file, node)
        self._hold(file, node, self.stacks.attribute(cls, name))

    def _hold(self, file: File, node: ast.expr, slot: Slot) -> None:
        """An object keeps a session."""
        if self.code.stays(file, node):
            self.sessions.grown = self.sessions.grown or slot not in self.code.staying.attributes
            self.code.staying.attributes.add(slot)
        elif slot in self.code.staying.attributes:
            raise Stuck(f"`{slot.name}` is a sync session for other methods", file, node)
        self.stacks.join(self.stacks.of(file, node), slot)

    def _symbol_type(self, cls: str, name: str) -> Type | None:
        fact = self.index.attributes(cls).get(name)
        value: Symbol | None = Ref(f"{cls}.{name}") if fact is not None else None
        return self.index.type_of(value)

    def kept(self, file: File, node: ast.expr, owner: ast.expr, name: str) -> None:
        """`self.session = session`, `request.state.session = session`."""
        statement = file.parent(node)
        assert isinstance(statement, ast.Assign)
        if (state := self.stacks.state(statement.targets[0])) is not None:
            self._hold(file, node, state)
            return
        found = file.type_of(owner)
        if not isinstance(found, Instance) or not self.index.split(found.cls)[0]:
            if self.code.stays(file, node):
                return
            raise lost(file, node)
        self._hold(file, node, self.stacks.attribute(found.cls, name))
        self.sessions.note(self.sessions.attributes, (found.cls, name))

    def called(self, file: File, node: ast.expr, target: ast.Name) -> None:
        """`session = self.session`, of which no type says what it is."""
        scope = file.scan.scopes[target]
        if not scope.is_function or len(scope.bindings[target.id]) != 1:
            raise lost(file, node)
        self.sessions.note(self.sessions.parameters, (file.names.absolute(scope), target.id))

    def given(self, file: File, node: ast.expr) -> None:
        """A function gives the session: it has to declare that, or its callers would not know."""
        function = file.function(node)
        declared = file.index.function(file.absolute_name(function)) if isinstance(function, FunctionNode) else None
        found = options(instance_of(self.index, declared.declared)) if declared is not None else ()
        given = [one.args[0] if one.args else one for one in found if isinstance(one, Instance)]
        if not given or not all(is_session(self.index, one) for one in given):
            raise lost(file, node)


def lost(file: File, node: ast.expr) -> Stuck:
    return Stuck(f"`{file.text(node)}` goes where it cannot be followed", file, node)


def _runs_at_once(callee: Named) -> bool:
    """Whether a library's function uses the session now: it is no class, and none of those that keep what they are given."""
    is_class = callee.last[:1].isupper()
    return not is_class and callee.name.partition(".")[0] not in sys.stdlib_module_names
