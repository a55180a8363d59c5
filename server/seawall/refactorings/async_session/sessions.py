"""Which expressions are sessions, and what is done with them.

A session is what has the type of one, and besides it every parameter or attribute without a type that a session is handed to.
Each use has to be understood: code that hands a session to where it cannot be followed keeps the sync stack, and so does what
it calls.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.knowledge import async_stack
from seawall.refactorings.async_session.code import Code, Stuck, owner_of
from seawall.refactorings.async_session.handing import Handing, lost
from seawall.refactorings.async_session.origin import SCOPED
from seawall.refactorings.async_session.stacks import Stacks
from seawall.refactorings.async_session.uses import (
    CONNECTION,
    SESSION,
    SESSIONS,
    Place,
    Uses,
    is_session,
    session_of,
)
from seawall.rules.base import File
from seawall.semantics.facts import FunctionFact, ValueFact
from seawall.semantics.symbols import Parameter, Ref
from seawall.semantics.types import Instance, Type, options


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
        """Functions and their parameters and variables that hold a session without a type that says so."""
        self.attributes: set[tuple[str, str]] = set()
        """Classes and their attributes that hold such a session."""
        self.threads: list[tuple[File, ast.expr, ast.Call]] = []
        self._stuck: list[tuple[Stuck, File, ast.expr]] = []
        self._words: set[str] = set()
        self._seen: set[ast.AST] = set()
        self.grown = False
        """Whether something became a session since all uses were looked at."""
        self._handing = Handing(self)
        self._typed()
        self._follow_all()
        self._choose()

    def note(self, holders: set[tuple[str, str]], holder: tuple[str, str]) -> None:
        """A parameter or attribute turned out to hold a session."""
        if holder not in holders:
            holders.add(holder)
            self._words.add(holder[1])
            self.grown = True

    def _choose(self) -> None:
        """Keep the uses of the sessions that are to be async ones, now that it is known which belong together."""
        uses = self.uses
        for several in (uses.calls, uses.entered, uses.through_run_sync, uses.queries, uses.added):
            several[:] = [place for place in several if self.is_chosen(place.file, session_of(place.node))]
        uses.bridges[:] = [one for one in uses.bridges if self.is_chosen(one.file, one.session)]
        for file, node, call in self.threads:
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
        if file.is_instance(node, SESSION, SCOPED):
            return True
        symbol = file.symbol(node)
        if isinstance(symbol, Parameter) and self._is_declared(symbol):
            return True
        if file.is_instance(node, CONNECTION) and not isinstance(symbol, Parameter):
            return True
        match node:
            case ast.Name(id=name):
                owner = self._owner(file, node, name)
                return owner is not None and (owner, name) in self.parameters
            case ast.Attribute(value=value, attr=name):
                return self.stacks.state(node) is not None or any(
                    isinstance(option, Instance)
                    and any((cls, name) in self.attributes for cls in self.index.mro(option.cls))
                    for option in options(file.type_of(value))
                )
        return False

    def _owner(self, file: File, node: ast.AST, name: str) -> str | None:
        """The function of which a name is a parameter, or a variable that is set in one place."""
        scope = file.scan.scopes.get(node)
        while scope is not None and name not in scope.bindings:
            scope = scope.parent
        if (
            scope is None
            or len(scope.bindings[name]) != 1
            or not isinstance(scope.bindings[name][0], ast.arg | ast.Name)
        ):
            return None
        return file.names.absolute(scope)

    def _is_known(self, file: File, node: ast.expr) -> bool:
        """Whether whoever gets the session by a name will know from its type what it is."""
        return file.is_instance(node, *SESSIONS)

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
            self._words.update(self.stacks.states)
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
            if self.grown and not self._words - done:
                done.clear()
                self.grown = False

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
        if not stays:
            self._refuse_own_kinds(file, node)
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
                self._handing.argument(file, node, parent, parent.args.index(node))
            case ast.keyword(arg=str(name)):
                call = file.parent(parent)
                assert isinstance(call, ast.Call)
                self._handing.argument(file, node, call, name)
            case ast.Assign(targets=[ast.Attribute(value=owner, attr=name)]):
                self._handing.kept(file, node, owner, name)
            case ast.Assign(targets=[ast.Name() as target]) if not stays and not self._is_known(file, node):
                self._handing.called(file, node, target)
            case ast.Return() | ast.Yield() if not stays and not self._is_known(file, node):
                self._handing.given(file, node)
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
                raise lost(file, node)

    def _refuse_own_kinds(self, file: File, node: ast.expr) -> None:
        """A class of the project's own has methods that expect a sync session; one session at module level serves all tasks at once."""
        classes = [one.cls for one in options(file.type_of(node)) if isinstance(one, Instance)]
        own = next((cls for cls in classes if self.index.split(cls)[0]), None)
        if own is not None:
            raise Stuck(f"`{own.rpartition('.')[2]}` is a session of the project's own kind", file, node)
        symbol = file.symbol(node)
        fact = self.index.resolve(symbol.name).fact if isinstance(symbol, Ref) else None
        if isinstance(fact, ValueFact) and file.function(node) is not None and not file.is_instance(node, SCOPED):
            raise Stuck(f"all tasks would share `{file.text(node)}`", file, node)

    def _refuse_mixed_attribute(self, file: File, node: ast.Attribute, *, stays: bool) -> None:
        """An object that sync code uses has a sync session, for all of its methods."""
        owners = [one.cls for one in options(file.type_of(node.value)) if isinstance(one, Instance)]
        slots = {self.stacks.attribute(cls, node.attr) for cls in owners}
        if (state := self.stacks.state(node)) is not None:
            slots = {state}
        if stays:
            new = slots - self.code.staying.attributes
            self.code.staying.attributes |= new
            self.grown = self.grown or bool(new)
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
