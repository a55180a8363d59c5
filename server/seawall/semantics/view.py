"""What a rule can ask about the code of one item."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from seawall.semantics.document import Document
from seawall.semantics.evaluate import evaluate, instance_of
from seawall.semantics.facts import CallSite, FunctionFact, ImportFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.sites import sites
from seawall.semantics.symbols import Attr, Ref, Symbol
from seawall.semantics.types import Instance, Named, Type, options
from seawall.syntax import Item, Range, range_of

Answer = TypeVar("Answer")
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class View:
    """One item of a document, seen against the index. All ranges are relative to the item."""

    def __init__(self, document: Document, item: Item, index: Index) -> None:
        self.document = document
        self.item = item
        self.index = index
        analysis = document.analysis(item)
        self.scan = analysis.scan
        self.names = analysis.names
        self._types: dict[ast.AST, Type | None] = {}
        self._calls: dict[str, list[ast.Call]] | None = None
        self._called: dict[ast.Call, str] = {}
        self._uses: dict[str, list[ast.Name]] | None = None
        self._texts: dict[int, list[ast.AST]] = {}
        self._once: dict[Callable[[View], Any], Any] = {}
        self._registered: frozenset[str] | None = None
        self._in_async: dict[type[ast.AST], list[ast.AST]] = {}
        self._lines: list[str] | None = None

    @property
    def path(self) -> Path:
        return self.document.path

    @property
    def module(self) -> str:
        return self.document.module

    # -- tree ---------------------------------------------------------------------------------------------------------

    def parent(self, node: ast.AST) -> ast.AST | None:
        return self.scan.parents.get(node)

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """From the parent upwards to the item's `ast.Module`."""
        while (above := self.scan.parents.get(node)) is not None:
            yield above
            node = above

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that a node stands in."""
        for candidate in (node, *self.ancestors(node)):
            if isinstance(candidate, ast.stmt):
                return candidate
        raise ValueError("the node is not part of this item")

    def function(self, node: ast.AST) -> FunctionNode | ast.Lambda | None:
        """The function whose body runs the node (decorators, defaults and annotations belong to the outer one)."""
        scope = self.scan.scopes.get(node)
        return scope.function if scope is not None else None

    def on_event_loop(self, node: ast.AST) -> bool:
        """Whether the node runs in the body of an `async def` itself, not in a nested function or lambda."""
        return isinstance(self.function(node), ast.AsyncFunctionDef)

    def in_async(self, kind: type[ast.AST]) -> list[ast.AST]:
        """The item's nodes of a kind that run on the event loop; every `async def` itself is one."""
        if ast.AsyncFunctionDef not in self.scan.nodes:
            return []
        if kind is ast.AsyncFunctionDef:
            return self.scan.nodes[kind]
        found = self._in_async.get(kind)
        if found is None:
            scopes = self.scan.scopes
            found = self._in_async[kind] = [
                node
                for node in self.scan.nodes.get(kind, ())
                if (scope := scopes.get(node)) is not None and type(scope.function) is ast.AsyncFunctionDef
            ]
        return found

    def registered(self) -> frozenset[str]:
        """Names of the item's functions, such as a call registers somewhere as handlers.

        Only in modules that import something of the framework: others are not worth a question to the whole project.
        """
        if self._registered is None:
            kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
            names = frozenset(node.name for kind in kinds for node in self.scan.nodes.get(kind, ()))  # type: ignore[attr-defined]
            if names and self.index.imports(self.module).isdisjoint(("fastapi", "starlette")):
                names = frozenset()
            self._registered = self.index.registered(names) if names else names
        return self._registered

    def sites(self, function: FunctionNode) -> list[tuple[ast.AST, CallSite]]:
        """Where a function makes other code run."""
        found = sites(self.names, self.scan.opened[function].path)
        return [one for one in found if self.function(one[0]) is function]

    def texts(self, least: int) -> list[ast.AST]:
        """The strings and bytes of at least that many characters that stand for a value, and are no docstrings."""
        found = self._texts.get(least)
        if found is None:
            parents = self.scan.parents
            found = self._texts[least] = [
                node
                for node in self.scan.nodes.get(ast.Constant, ())
                if isinstance(node, ast.Constant)
                and isinstance(node.value, (str, bytes))
                and len(node.value) >= least
                and type(parents[node]) is not ast.Expr
            ]
        return found

    def once(self, find: Callable[[View], Answer]) -> Answer:
        """What a function finds in the item; asked once."""
        if find not in self._once:
            self._once[find] = find(self)
        found: Answer = self._once[find]
        return found

    def is_awaited(self, node: ast.AST) -> bool:
        return isinstance(self.parent(node), ast.Await)

    def text(self, node: ast.AST) -> str:
        """The node's source text."""
        return self.slice(range_of(node))

    def slice(self, range_: Range) -> str:
        """The item's text in a range."""
        if self._lines is None:
            self._lines = self.item.text.split("\n")
        picked = [f"{line}\n".encode() for line in self._lines[range_.start_line - 1 : range_.end_line]]
        if not picked:
            return ""
        picked[-1] = picked[-1][: range_.end_col]
        picked[0] = picked[0][range_.start_col :]
        return b"".join(picked).decode(errors="replace")

    # -- meaning ------------------------------------------------------------------------------------------------------

    def symbol(self, node: ast.AST) -> Symbol | None:
        return self.names.symbol(node)

    def type_of(self, node: ast.AST) -> Type | None:
        """The type of an expression, or None if it is not certain."""
        if node not in self._types:
            self._types[node] = evaluate(self.index, self.names.symbol(node))
        return self._types[node]

    def declared(self, annotation: ast.AST) -> Type | None:
        """The type that an annotation declares."""
        return instance_of(self.index, self.names.annotation(annotation))

    def qualname(self, node: ast.AST) -> str | None:
        """The absolute name of the one thing that an expression names: `requests.get`, `app.crud.get_user`.

        For a bound method it is the class's: `sqlalchemy.orm.Session.execute`.
        """
        found = self.type_of(node)
        return found.name if isinstance(found, Named) else None

    def called_name(self, call: ast.Call) -> str:
        """The last part of what is called, under its own name where it goes by another here: cheap to ask first."""
        known = self._called.get(call)
        if known is None:
            known = self._called[call] = self._called_name(call)
        return known

    def _called_name(self, call: ast.Call) -> str:
        name = self.names.called_name(call)
        if isinstance(call.func, ast.Name) and name == call.func.id:
            fact = self.index.fact(self.module, name)
            if isinstance(fact, ImportFact):
                return fact.target.rpartition(".")[2]
            if isinstance(fact, ValueFact) and isinstance(fact.value, (Ref, Attr)):  # `execute = connection.execute`
                return fact.value.name.rpartition(".")[2]
        return name

    def calls(self) -> dict[str, list[ast.Call]]:
        """The item's calls by `called_name`."""
        if self._calls is None:
            self._calls = {}
            for call in self.scan.nodes.get(ast.Call, ()):
                assert isinstance(call, ast.Call)
                self._calls.setdefault(self.called_name(call), []).append(call)
        return self._calls

    def by_name(self, kind: type[ast.AST]) -> Mapping[str | None, Sequence[ast.AST]]:
        """The item's calls by `called_name`, attributes by their name, or keyword arguments by theirs."""
        if kind is ast.Call:
            return self.calls()  # type: ignore[return-value]
        found: dict[str | None, list[ast.AST]] = {}
        for node in self.scan.nodes.get(kind, ()):
            name = node.attr if type(node) is ast.Attribute else node.arg  # type: ignore[attr-defined]
            found.setdefault(name, []).append(node)
        return found

    def uses(self, name: str) -> list[ast.Name]:
        """Where in the item a name stands."""
        if self._uses is None:
            self._uses = {}
            for node in self.scan.nodes.get(ast.Name, ()):
                assert isinstance(node, ast.Name)
                self._uses.setdefault(node.id, []).append(node)
        return self._uses.get(name, [])

    def callee(self, call: ast.Call) -> str | None:
        """The absolute name of what is called."""
        return self.qualname(call.func)

    def called_function(self, call: ast.Call) -> tuple[str, FunctionFact] | None:
        """The project's own function that is called, with its absolute name."""
        name = self.callee(call)
        fact = self.index.function(name) if name else None
        return (name, fact) if name and fact else None

    def is_instance(self, node: ast.AST, *classes: str) -> bool:
        """Whether an expression certainly is an instance of one of the classes or of their subclasses."""
        found = options(self.type_of(node))
        return bool(found) and all(
            isinstance(option, Instance) and self.index.is_subclass(option.cls, *classes) for option in found
        )

    def receiver(self, call: ast.Call) -> ast.expr | None:
        """`x` of `x.method(...)`."""
        return call.func.value if isinstance(call.func, ast.Attribute) else None

    def absolute_name(self, node: FunctionNode | ast.ClassDef) -> str:
        """The absolute name of a function or class that this item defines."""
        return self.names.absolute(self.scan.opened[node])

    def literal(self, node: ast.AST | None) -> object | None:
        """The constant that an expression certainly has, through names and modules too; None if there is none."""
        from seawall.semantics.types import Value

        if node is None:
            return None
        if isinstance(node, ast.Constant):
            return node.value
        found = self.type_of(node)
        return found.value if isinstance(found, Value) else None


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The value of a call's keyword argument."""
    return next((item.value for item in call.keywords if item.arg == name), None)


def has_unpacking(call: ast.Call) -> bool:
    """Whether `**options` may bring any keyword: absence then proves nothing."""
    return any(item.arg is None for item in call.keywords)


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """An argument given by position or by name."""
    if position < len(call.args) and not any(isinstance(arg, ast.Starred) for arg in call.args[: position + 1]):
        return call.args[position]
    return keyword(call, name)
