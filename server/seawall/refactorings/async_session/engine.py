"""Engines and factories of sessions become async ones."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from seawall.edits import CannotFix
from seawall.edits.calls import add_keyword, set_keyword
from seawall.knowledge import async_stack
from seawall.refactorings.async_session.changes import Changes
from seawall.refactorings.async_session.code import LISTENERS, Code, Function, Mention, Stuck, is_value, place
from seawall.refactorings.async_session.coroutines import Coroutines
from seawall.refactorings.async_session.drivers import Drivers
from seawall.refactorings.async_session.origin import SCOPED
from seawall.refactorings.async_session.stacks import Slot, Stacks, makes_sessions
from seawall.rules.base import File
from seawall.semantics.facts import ValueFact
from seawall.semantics.index import Index
from seawall.semantics.symbols import Call, Element, Ref
from seawall.semantics.types import Instance, Type, options
from seawall.semantics.view import FunctionNode, argument, has_unpacking, keyword
from seawall.syntax import Range, range_of

_ENGINE = "sqlalchemy.Engine"
_MAKERS = ("sqlalchemy.orm.sessionmaker", "sqlalchemy.orm.Session", "sqlmodel.Session")
_FACTORIES = ("sqlalchemy.orm.sessionmaker", SCOPED)
_QUEUES = ("sqlalchemy.pool.QueuePool", "sqlalchemy.QueuePool")
_PARTS = 4
"""How many things a function may give at once, with an engine among them."""
SCHEMA = frozenset({"create_all", "drop_all", "reflect"})
"""Methods of `MetaData` that take an engine."""


class Engines:
    """The project's engines and factories, and what is done with them."""

    def __init__(self, code: Code, stacks: Stacks) -> None:
        self.code = code
        self.stacks = stacks
        self.index = code.index
        self.engines = self._values(_ENGINE)
        if not self.engines:
            raise CannotFix("the project has no engine at module level")
        self.factories = self._values(*_FACTORIES)
        self.schema: list[tuple[File, ast.Call]] = []
        """Calls of `metadata.create_all` and the like."""
        self.synced: list[Mention] = []
        """Where only the sync engine inside of the async one will do."""
        self.shared: set[str] = set()
        """Engines and factories that code needs that stays sync."""

    def _values(self, *classes: str) -> list[str]:
        found = []
        for file in self.code.files:
            for path, fact in file.document.facts.names.items():
                if isinstance(fact, ValueFact):
                    made = self.index.type_of(Ref(f"{file.module}.{path}"))
                    name = f"{file.module}.{path}"
                    is_one = isinstance(made, Instance) and made.cls in classes
                    if is_one and self.stacks.is_chosen(Slot(name)):
                        found.append(name)
        return list(dict.fromkeys(found))

    def follow(self, coroutines: Coroutines) -> None:
        """Understand every use of an engine and of a factory."""
        for engine in self.engines:
            for file, node in self._uses_of(engine):
                self._try(self._engine, file, node, coroutines)
        for function in self.code.functions.values():
            for name in self._parameters(function):
                for file, node in self.code.mentions(name):
                    is_engine = isinstance(node, ast.Name) and file.is_instance(node, _ENGINE)
                    if is_engine and self.code.enclosing(file, node) == function:
                        self._try(self._engine, file, node, coroutines)
        for factory in self.factories:
            for file, node in self._uses_of(factory):
                self._try(self._factory, file, node, coroutines)
        for file, node in self._held_factories():
            self._try(self._factory, file, node, coroutines)

    def _try(self, follow: Callable[..., object], *arguments: object) -> None:
        try:
            follow(*arguments)
        except Stuck as stuck:
            self.code.leave(stuck)

    def _uses_of(self, name: str) -> Iterator[Mention]:
        """Where async code reads an engine or a factory; that others do is noted."""
        for file in self.code.outside:
            if any(is_value(file, node, name) for kind in (ast.Name, ast.Attribute) for node in file.scan.nodes[kind]):
                self.shared.add(name)
        for mention in self.code.reads(name):
            if not self.code.stays(*mention):
                yield mention
            elif not self._is_made_of(*mention):
                self.shared.add(name)

    def _is_made_of(self, file: File, node: ast.expr) -> bool:
        """Whether a module's own code makes a factory with the engine, or listens to it: that says nothing of who needs it."""
        if file.function(node) is not None:
            return False
        statement = file.statement(node)
        if isinstance(statement, ast.Assign) and isinstance(target := statement.targets[0], ast.Name):
            return f"{file.module}.{target.id}" in self.factories
        return self.code.listens(file, node)

    def _factory(self, file: File, node: ast.expr, coroutines: Coroutines) -> None:
        parent = file.parent(node)
        if file.is_instance(node, SCOPED):
            return  # what it does for its session is followed there
        begins = isinstance(parent, ast.Attribute) and parent.attr == "begin"
        call = file.parent(parent) if begins and parent is not None else parent
        if isinstance(call, ast.Call) and call.args[:1] == [node] and file.callee(call) == SCOPED:
            return
        if isinstance(call, ast.Call) and call.func is (parent if begins else node):
            if begins:
                coroutines.enter(file, call)
        elif not self._hands_on(file, node):
            raise Stuck(f"`{file.text(node)}` is handed on", file, node)

    def _held_factories(self) -> Iterator[Mention]:
        """Where parameters and attributes are read that hold a factory of the stack."""
        words: set[str] = set()
        for name in self.code.functions:
            fact = self.index.function(name)
            values = [*((one.name, one) for one in fact.params), *fact.sets] if fact is not None else []
            words.update(word for word, value in values if self._makes_sessions(self.index.type_of(value)))
        for file, node in (mention for word in sorted(words) for mention in self.code.mentions(word)):
            is_held = isinstance(node.ctx, ast.Load) and self._makes_sessions(file.type_of(node))
            slots = self.stacks.of(file, node) if is_held and not self.code.stays(file, node) else []
            if slots and slots[0].owner not in self.factories and self.stacks.is_chosen(*slots):
                yield Mention(file, node)

    def _makes_sessions(self, type_: Type | None) -> bool:
        found = options(type_)
        return bool(found) and all(makes_sessions(self.index, one) for one in found)

    def _hands_on(self, file: File, node: ast.expr) -> bool:
        """Whether a factory goes where it is known for one: a parameter, its default, an attribute."""
        given: ast.AST = node
        while isinstance(above := file.parent(given), ast.BoolOp | ast.IfExp | ast.keyword):
            given = above
        match above:
            case ast.arguments():
                function = file.parent(above)
                fact = self.index.function(file.absolute_name(function)) if isinstance(function, FunctionNode) else None
                named = self.stacks.of(file, node)
                return fact is not None and any(
                    isinstance(one.default, Ref)
                    and self.index.resolve(one.default.name).name in {slot.owner for slot in named}
                    and self._makes_sessions(self.index.type_of(one))
                    for one in fact.params
                )
            case ast.Assign(targets=[ast.Attribute() as target]):
                owner = file.type_of(target.value)
                is_known = isinstance(owner, Instance) and bool(self.index.split(owner.cls)[0])
                return is_known and self._makes_sessions(file.type_of(target))
            case ast.Call():
                return self._takes(file, above, given, makes_sessions)
        return False

    def _parameters(self, function: Function) -> list[str]:
        """The parameters of a function that are declared to be engines."""
        fact = self.index.function(function.name)
        if fact is None or function.name in self.code.listeners or self.code.stays(function.file, function.node):
            return []
        found = [one.name for one in fact.params if _is_engine(self.index, self.index.type_of(one))]
        return [name for name in found if self.stacks.is_chosen(Slot(function.name, name))]

    def _engine(self, file: File, node: ast.expr, coroutines: Coroutines) -> None:
        parent = file.parent(node)
        call = file.parent(parent) if isinstance(parent, ast.Attribute | ast.keyword) else parent
        if isinstance(parent, ast.Attribute):
            if not (isinstance(call, ast.Call) and call.func is parent):
                if parent.attr in async_stack.ENGINE_ATTRIBUTES:
                    return
            elif parent.attr == "dispose":
                coroutines.wait(file, call)
                return
            elif parent.attr in ("connect", "begin") and isinstance(file.parent(call), ast.withitem):
                coroutines.enter(file, call)
                return
        elif isinstance(call, ast.Call):
            name = file.callee(call) or ""
            if name in _MAKERS:
                return
            if name in LISTENERS or name.endswith("Instrumentor.instrument"):
                self.synced.append(Mention(file, node))  # type: ignore[arg-type]
                return
            if self._takes(file, call, parent if isinstance(parent, ast.keyword) else node, _is_engine):
                return
            if isinstance(call.func, ast.Attribute) and call.func.attr in SCHEMA:
                self.schema.append((file, call))
                return
        raise Stuck(f"nothing says what is done with `{file.text(node)}`", file, node)

    def _takes(self, file: File, call: ast.Call, given: ast.AST, is_one: Callable[[Index, Type | None], bool]) -> bool:
        """Whether a function or class of the project declares that it takes such a thing there."""
        name = file.callee(call) or ""
        member = self.index.member(name, "__init__")
        for other, node, params in self.code.calls(member.name if member is not None else name):
            if node is call and other is file:
                if isinstance(given, ast.keyword):
                    found = [one for one in params if one.name == given.arg]
                else:
                    found = list(params[call.args.index(given) :][:1])  # type: ignore[arg-type]
                return bool(found) and is_one(self.index, self.index.type_of(found[0]))
        return False

    # -- edits --------------------------------------------------------------------------------------------------------

    def convert(self, drivers: Drivers, changes: Changes) -> None:
        for file, call in self._made_by("sqlalchemy.create_engine"):
            if self._is_assigned(file, call, self.engines) or self._is_given(file, call):
                self._make_engine(file, call, drivers, changes)
            elif file.function(call) is not None and not self.code.stays(file, call):
                self._made_elsewhere(file, call)
        for file, call in self._made_by("sqlalchemy.orm.sessionmaker"):
            if self._goes_along(file, call):
                self._make_factory(file, call, changes)
        for cls in _MAKERS[1:]:
            for file, call in self._made_by(cls):
                if self._goes_along(file, call):
                    changes.replace(file, call.func, changes.name(file, async_stack.COUNTERPARTS[cls]))
                    self._keep_loaded(file, call, changes)
        for file, call in self._made_by(SCOPED):
            if self._goes_along(file, call):
                self._make_scoped(file, call, changes)
        for file, node in self.synced:
            changes.replace(file, node, f"{file.text(node)}.sync_engine")

    def _made_by(self, name: str) -> Iterator[tuple[File, ast.Call]]:
        for file, node in self.code.uses(name):
            call = file.parent(node)
            if isinstance(call, ast.Call) and call.func is node:
                yield file, call

    def _is_assigned(self, file: File, call: ast.Call, names: list[str]) -> bool:
        """Whether a call is what one of the values at module level is made by."""
        statement = file.statement(call)
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if file.function(call) is not None:
            return False
        targets = [one for each in targets for one in (each.elts if isinstance(each, ast.Tuple) else [each])]
        return any(isinstance(each, ast.Name) and f"{file.module}.{each.id}" in names for each in targets)

    def makers(self) -> list[str]:
        """The functions that give the engines and factories of the stack, also both in a tuple."""
        found = []
        for name in self.code.functions:
            call = Call(Ref(name))
            parts = [Element(call, at) for at in range(_PARTS)]
            given = [self.index.type_of(call), *(self.index.type_of(part) for part in parts)]
            is_one = any(isinstance(one, Instance) and one.cls in (_ENGINE, *_FACTORIES) for one in given)
            if is_one and self.stacks.is_chosen(Slot(name)):
                found.append(name)
        return found

    def _is_given(self, file: File, call: ast.Call) -> bool:
        """Whether a function of the project makes the engine for a value at module level."""
        function = self.code.enclosing(file, call)
        return function is not None and not self.code.stays(file, call) and function.name in self.makers()

    def _goes_along(self, file: File, call: ast.Call) -> bool:
        if self.code.stays(file, call):
            return False
        if self._is_assigned(file, call, self.factories) or self._is_given(file, call):
            return True
        return self.stacks.is_chosen(*self.stacks.of(file, call))

    def _made_elsewhere(self, file: File, call: ast.Call) -> None:
        """An engine that a function makes is one of its own: what it is for must be known."""
        if not self.stacks.choice.takes_unknown:
            return
        raise Stuck("the engine is not made at module level", file, call)

    def _make_scoped(self, file: File, call: ast.Call, changes: Changes) -> None:
        """One session for each task, as it was one for each thread."""
        changes.replace(file, call.func, changes.name(file, async_stack.COUNTERPARTS[SCOPED]))
        if keyword(call, "scopefunc") is None and len(call.args) < 2:
            changes.edits.append(add_keyword(file, call, "scopefunc", changes.name(file, "asyncio.current_task")))

    def _make_engine(self, file: File, call: ast.Call, drivers: Drivers, changes: Changes) -> None:
        changes.replace(file, call.func, changes.name(file, async_stack.COUNTERPARTS["sqlalchemy.create_engine"]))
        pool = keyword(call, "poolclass")
        if pool is not None and file.qualname(pool) in _QUEUES:
            changes.replace(file, pool, changes.name(file, "sqlalchemy.AsyncAdaptedQueuePool"))
        arguments = keyword(call, "connect_args")
        if isinstance(arguments, ast.Dict):
            drivers.read_options(arguments)
            names = [key.value if isinstance(key, ast.Constant) else None for key in arguments.keys]
            allowed = frozenset().union(*(async_stack.CONNECT_ARGS.get(one, frozenset()) for one in drivers.backends))
            strange = next((name for name in names if name not in allowed), None)
            if names and strange is not None:
                raise CannotFix(f"the async driver takes no `{strange!s}` in `connect_args`, {place(file, call)}")
        url = argument(call, 0, "url")
        if url is None:
            raise CannotFix(f"the engine has no URL, {place(file, call)}")
        if isinstance(url, ast.Constant) and isinstance(url.value, str):
            drivers.write(file, url, changes)
        else:
            drivers.convert(file, url, changes)

    def _make_factory(self, file: File, call: ast.Call, changes: Changes) -> None:
        changes.replace(file, call.func, changes.name(file, async_stack.COUNTERPARTS["sqlalchemy.orm.sessionmaker"]))
        for option in call.keywords:
            value = option.value
            is_default = isinstance(value, ast.Constant) and value.value is False
            if option.arg == "autocommit" and not is_default:
                raise CannotFix(f"the sessions commit by themselves, {place(file, value)}")
            if option.arg == "query_cls" or (option.arg == "class_" and file.qualname(value) not in _MAKERS):
                raise CannotFix(f"the sessions are of a class of their own, {place(file, value)}")
            if option.arg in ("autocommit", "future"):
                _drop(file, call, option, changes)
        self._keep_loaded(file, call, changes)

    def _keep_loaded(self, file: File, call: ast.Call, changes: Changes) -> None:
        given = keyword(call, "expire_on_commit")
        if given is None and not has_unpacking(call):
            changes.edits.append(add_keyword(file, call, "expire_on_commit", "False"))
        elif isinstance(given, ast.Constant) and given.value is True:
            changes.edits.append(set_keyword(file, call, "expire_on_commit", "False"))


def _is_engine(_index: Index, type_: Type | None) -> bool:
    return isinstance(type_, Instance) and type_.cls == _ENGINE


def _drop(file: File, call: ast.Call, option: ast.keyword, changes: Changes) -> None:
    """Take an argument away, with the comma behind it; the last one with the comma before it."""
    arguments: list[ast.AST] = [*call.args, *call.keywords]
    at = arguments.index(option)
    here = range_of(option)
    if at + 1 < len(arguments):
        following = range_of(arguments[at + 1])
        changes.replace(file, Range(*here[:2], *following[:2]), "")
    elif at:
        before = range_of(arguments[at - 1])
        changes.replace(file, Range(before.end_line, before.end_col, *here[2:]), "")
    else:
        end = range_of(call)
        rest = file.slice(Range(here.end_line, here.end_col, end.end_line, end.end_col))
        comma = re.match(r"\s*,", rest)
        extra = len(comma[0]) if comma and "\n" not in comma[0] else 0
        changes.replace(file, Range(here.start_line, here.start_col, here.end_line, here.end_col + extra), "")
