"""Engines and factories of sessions become async ones."""

from __future__ import annotations

import ast
import re

from seawall.edits import CannotFix
from seawall.edits.calls import add_keyword, set_keyword
from seawall.knowledge import async_stack
from seawall.refactorings.async_session.changes import Changes
from seawall.refactorings.async_session.code import LISTENERS, Code, Function, Mention, is_value, place
from seawall.refactorings.async_session.coroutines import Coroutines
from seawall.refactorings.async_session.drivers import Drivers
from seawall.rules.base import File
from seawall.semantics.facts import ValueFact
from seawall.semantics.symbols import Ref
from seawall.semantics.types import Instance, Type
from seawall.semantics.view import argument, has_unpacking, keyword
from seawall.syntax import Range, range_of

_ENGINE = "sqlalchemy.Engine"
_MAKERS = ("sqlalchemy.orm.sessionmaker", "sqlalchemy.orm.Session", "sqlmodel.Session")
_QUEUES = ("sqlalchemy.pool.QueuePool", "sqlalchemy.QueuePool")
SCHEMA = frozenset({"create_all", "drop_all", "reflect"})
"""Methods of `MetaData` that take an engine."""


class Engines:
    """The project's engines and factories, and what is done with them."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.index = code.index
        self.engines = self._values(_ENGINE)
        if not self.engines:
            raise CannotFix("the project has no engine at module level")
        self.factories = self._values("sqlalchemy.orm.sessionmaker")
        self.schema: list[tuple[File, ast.Call]] = []
        """Calls of `metadata.create_all` and the like."""
        self.synced: list[Mention] = []
        """Where only the sync engine inside of the async one will do."""
        for engine in self.engines:
            for file in code.migrations:
                if any(is_value(file, node, engine) for node in file.scan.nodes[ast.Name]):
                    raise CannotFix(f"a migration uses the engine, {place(file, file.item.tree.body[0])}")

    def _values(self, cls: str) -> list[str]:
        found = []
        for file in self.code.files:
            for path, fact in file.document.facts.names.items():
                if isinstance(fact, ValueFact):
                    made = self.index.type_of(Ref(f"{file.module}.{path}"))
                    if isinstance(made, Instance) and made.cls == cls:
                        found.append(f"{file.module}.{path}")
        return list(dict.fromkeys(found))

    def follow(self, coroutines: Coroutines) -> None:
        """Understand every use of an engine and of a factory."""
        for engine in self.engines:
            for file, node in self.code.reads(engine):
                self._engine(file, node, coroutines)
        for function in self.code.functions.values():
            for name in self._parameters(function):
                for file, node in self.code.mentions(name):
                    is_engine = isinstance(node, ast.Name) and file.is_instance(node, _ENGINE)
                    if is_engine and self.code.enclosing(file, node) == function:
                        self._engine(file, node, coroutines)
        for factory in self.factories:
            for file, node in self.code.reads(factory):
                parent = file.parent(node)
                begins = isinstance(parent, ast.Attribute) and parent.attr == "begin"
                call = file.parent(parent) if begins and parent is not None else parent
                if not isinstance(call, ast.Call) or call.func is not (parent if begins else node):
                    raise CannotFix(f"`{file.text(node)}` is handed on, {place(file, node)}")
                if begins:
                    coroutines.enter(file, call)

    def _parameters(self, function: Function) -> list[str]:
        """The parameters of a function that are declared to be engines."""
        fact = self.index.function(function.name)
        if fact is None or function.name in self.code.listeners:
            return []
        return [one.name for one in fact.params if self._is_engine(self.index.type_of(one))]

    def _is_engine(self, type_: Type | None) -> bool:
        return isinstance(type_, Instance) and type_.cls == _ENGINE

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
            if self._takes_engine(name, call, parent if isinstance(parent, ast.keyword) else node):
                return
            if isinstance(call.func, ast.Attribute) and call.func.attr in SCHEMA:
                self.schema.append((file, call))
                return
        raise CannotFix(f"nothing says what is done with `{file.text(node)}`, {place(file, node)}")

    def _takes_engine(self, name: str, call: ast.Call, given: ast.AST) -> bool:
        """Whether a function of the project declares that it takes an engine there."""
        fact = self.index.function(name)
        if fact is None:
            return False
        if isinstance(given, ast.keyword):
            found = [one for one in fact.params if one.name == given.arg]
        else:
            found = list(fact.params[call.args.index(given) :][:1])  # type: ignore[arg-type]
        return bool(found) and self._is_engine(self.index.type_of(found[0]))

    # -- edits --------------------------------------------------------------------------------------------------------

    def convert(self, drivers: Drivers, changes: Changes) -> None:
        for file, node in self.code.uses("sqlalchemy.create_engine"):
            call = file.parent(node)
            if not isinstance(call, ast.Call) or call.func is not node or file.function(call) is not None:
                raise CannotFix(f"the engine is not made at module level, {place(file, node)}")
            self._make_engine(file, call, drivers, changes)
        for file, node in self.code.uses("sqlalchemy.orm.sessionmaker"):
            call = file.parent(node)
            if isinstance(call, ast.Call) and call.func is node:
                self._make_factory(file, call, changes)
        for cls in _MAKERS[1:]:
            for file, node in self.code.uses(cls):
                call = file.parent(node)
                if isinstance(call, ast.Call) and call.func is node:
                    changes.replace(file, node, changes.name(file, async_stack.COUNTERPARTS[cls]))
                    self._keep_loaded(file, call, changes)
        for file, node in self.synced:
            changes.replace(file, node, f"{file.text(node)}.sync_engine")

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
