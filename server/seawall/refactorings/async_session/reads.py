"""Which relationships are read where no session can load them any more: by code that has become async or is called by such, in a
template, or by FastAPI, from what a handler returns."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from seawall.refactorings.async_session.code import Code, Function, Mention
from seawall.refactorings.async_session.templates import attributes
from seawall.rules.base import File
from seawall.semantics.facts import ClassFact
from seawall.semantics.symbols import Ref
from seawall.semantics.types import Instance, options
from seawall.semantics.view import FunctionNode

_SCHEMA = "pydantic.BaseModel"
_LOOSE = ("typing.Protocol", "typing.Generic")
"""Bases of classes that say nothing of what their objects are."""


class Reads:
    """The attributes that are read."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self.index = code.index
        self.sent = frozenset(self._fields()) | attributes(code.index, code.draft.project.root)
        """Names of attributes that FastAPI or a template may read."""
        self._only_sync: dict[str, bool] = {}

    def is_read(self, model: str, name: str) -> bool:
        """Whether a relationship of a model may be read without a session that could load it."""
        return not name or name in self.sent or next(self.of(model, name), None) is not None

    def of(self, model: str, name: str) -> Iterator[Mention]:
        """Where async code, or what it calls, may read it."""
        for mention in self.code.mentions(name):
            if self._is_access(model, *mention) and not self._is_sync(*mention):
                yield mention

    def _is_access(self, model: str, file: File, node: ast.expr) -> bool:
        """Whether it may be the attribute of an object of the model."""
        if not isinstance(node, ast.Attribute):
            return False
        parent = file.parent(node)
        if isinstance(parent, ast.Call) and parent.func is node:
            return False
        found = options(file.type_of(node.value))
        return not found or any(isinstance(each, Instance) and self._may_be(each.cls, model) for each in found)

    def _may_be(self, cls: str, model: str) -> bool:
        subclass = self.index.is_subclass
        if not model:
            return isinstance(self.index.resolve(cls).fact, ClassFact)
        if subclass(cls, model) or subclass(model, cls):
            return True
        return isinstance(self.index.resolve(cls).fact, ClassFact) and subclass(cls, *_LOOSE)

    # -- who runs it --------------------------------------------------------------------------------------------------

    def _is_sync(self, file: File, node: ast.AST) -> bool:
        """Whether only code with a sync session runs a node."""
        if self.code.stays(file, node):
            return True
        functions = (each for each in file.ancestors(node) if isinstance(each, FunctionNode))
        function = next(functions, None)
        return function is not None and self._runs_sync(self.code.functions[file.absolute_name(function)])

    def _runs_sync(self, function: Function) -> bool:
        """Whether all that is known to call a function, and that is somebody, has a sync session."""
        if function.name not in self._only_sync:
            self._only_sync[function.name] = True  # until one says otherwise: it may call itself
            self._only_sync[function.name] = self._has_sync_callers(function)
        return self._only_sync[function.name]

    def _has_sync_callers(self, function: Function) -> bool:
        if function.node.decorator_list or isinstance(function.node, ast.AsyncFunctionDef):
            return False
        last = function.name.rpartition(".")[2]
        if any(
            isinstance(node, ast.Attribute) and file.type_of(node) is None for file, node in self.code.mentions(last)
        ):
            return False
        uses = list(self.code.uses(function.name))
        return bool(uses) and all(
            isinstance(call := file.parent(node), ast.Call) and call.func is node and self._is_sync(file, node)
            for file, node in uses
        )

    # -- what is sent -------------------------------------------------------------------------------------------------

    def _fields(self) -> Iterator[str]:
        """The fields of all schemas but those that are only read from requests."""
        schemas = {
            f"{module}.{path}"
            for module, facts in self.index.modules.items()
            for path, fact in facts.names.items()
            if isinstance(fact, ClassFact) and self._is_schema(f"{module}.{path}", fact)
        }
        declared = (self.index.function(name) for name in self.code.functions)
        sent = {name for fact in declared if fact is not None for name in self._classes(fact.declared)} & schemas
        sent |= {name for name in schemas if any(self._is_made(schemas, *use) for use in self.code.uses(name))}
        waiting = [*sent]
        while waiting:
            name = waiting.pop()
            fields = self.index.attributes(name)
            yield from (field for field, value in fields.items() if value.annotation is not None)
            inside = {one for value in fields.values() for one in self._classes(value.annotation)}
            new = (schemas & {*self.index.mro(name), *inside}) - sent
            sent |= new
            waiting += new

    def _is_made(self, schemas: set[str], file: File, node: ast.expr) -> bool:
        """Whether a schema is mentioned other than as a parameter's type or as a part of another."""
        above = next((one for one in file.ancestors(node) if isinstance(one, ast.arg | ast.ClassDef)), None)
        if isinstance(above, ast.ClassDef):
            return file.function(node) is not None or file.absolute_name(above) not in schemas
        return not isinstance(above, ast.arg)

    def _is_schema(self, name: str, fact: ClassFact) -> bool:
        is_table = any(keyword == "table" for keyword, _ in fact.keywords)
        return not is_table and self.index.is_subclass(name, _SCHEMA)

    def _classes(self, symbol: object) -> Iterator[str]:
        """The names in an annotation."""
        if isinstance(symbol, Ref):
            yield self.index.resolve(symbol.name).name
        elif isinstance(symbol, tuple):
            for each in symbol:
                yield from self._classes(each)
        elif isinstance(symbol, msgspec.Struct):
            yield from self._classes(msgspec.structs.astuple(symbol))
