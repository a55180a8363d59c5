"""Where in the project something of a certain name is mentioned: the way back, from a name to those who use it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from seawall.knowledge import http_input
from seawall.semantics.facts import ClassFact, Fact, FunctionFact, ImportFact, ModuleFacts, ValueFact
from seawall.semantics.graph import Cell
from seawall.semantics.symbols import Attr, Call, Constant, Ref, Several, Subscript, Symbol

Table: TypeAlias = dict[str, tuple[str, ...]]
"""What a module says: for each name, the absolute names of those who mention it."""


class Mentions:
    """One kind of mention in all modules. A module is sorted when somebody asks, and again when its facts change."""

    def __init__(
        self, kind: str, modules: Mapping[str, ModuleFacts], sort: Callable[[str, ModuleFacts], Table]
    ) -> None:
        self.kind = kind
        self._modules = modules
        self._sort = sort
        self._tables: dict[str, Table] = {}
        self._asked: dict[str, dict[str, tuple[str, ...]]] = {}
        self._cells: dict[str, Cell] = {}

    def of(self, name: str) -> tuple[str, ...]:
        """Absolute names of those who mention something of that name, or of one under which it is imported there."""
        cell = self._cells.get(name)
        if cell is None:
            self._asked[name] = {
                module: known for module in self._modules if (known := self._table(module).get(name)) is not None
            }
            cell = self._cells[name] = Cell(self._answer(name))
        found: tuple[str, ...] = cell.get()
        return found

    @property
    def is_asked(self) -> bool:
        """Whether anybody asked so far."""
        return bool(self._cells)

    def asked(self) -> Iterable[tuple[str, Cell]]:
        """The questions that somebody asked, and the answers."""
        return ((f"{self.kind} {name}", cell) for name, cell in self._cells.items())

    def by_module(self) -> Iterable[tuple[str, Mapping[str, tuple[str, ...]]]]:
        """The same questions, and what each module says to them, if anything."""
        return ((f"{self.kind} {name}", found) for name, found in self._asked.items())

    def recall(self, name: str, found: Mapping[str, tuple[str, ...]]) -> None:
        """Take over what modules that are not read say to a question."""
        self._asked[name] = dict(found)
        self._cells[name] = Cell(self._answer(name))

    def changed(self, module: str) -> None:
        """A module's facts are others now, or no more."""
        self._tables.pop(module, None)
        if not self._asked:
            return
        table = self._table(module)
        for name, by_module in self._asked.items():
            new = table.get(name)
            if new != by_module.get(module):
                by_module.pop(module, None)
                if new is not None:
                    by_module[module] = new
                self._cells[name].set(self._answer(name))

    def _answer(self, name: str) -> tuple[str, ...]:
        return tuple(sorted(mention for found in self._asked[name].values() for mention in found))

    def _table(self, module: str) -> Table:
        table = self._tables.get(module)
        if table is None:
            facts = self._modules.get(module)
            table = self._tables[module] = self._sort(module, facts) if facts is not None else {}
        return table


def same_mentions(old: Fact | None, new: Fact | None) -> bool:
    """Whether two versions of a fact certainly mention the same, apart from what they call. Of a function, only the decorators
    mention anything: they make it a property."""
    return isinstance(old, FunctionFact) and isinstance(new, FunctionFact) and old.decorators == new.decorators


def callers(module: str, facts: ModuleFacts) -> Table:
    """Functions that hand arguments on, by the last part of what they call."""
    original = _original_names(facts)
    found: dict[str, dict[str, None]] = {}
    for path, fact in facts.names.items():
        if isinstance(fact, FunctionFact):
            for name in fact.called.own():
                found.setdefault(original.get(name, name), {})[f"{module}.{path}"] = None
    return _table(found)


def subclasses(module: str, facts: ModuleFacts) -> Table:
    """Classes, by the last part of each of their bases."""
    original = _original_names(facts)
    found: dict[str, dict[str, None]] = {}
    for path, fact in facts.names.items():
        if isinstance(fact, ClassFact):
            for base in fact.bases:
                if name := _last_name(base):
                    found.setdefault(original.get(name, name), {})[f"{module}.{path}"] = None
    return _table(found)


def methods(module: str, facts: ModuleFacts) -> Table:
    """Classes, by the name of a method that they define."""
    found: dict[str, dict[str, None]] = {}
    for path, fact in facts.names.items():
        owner = path.rpartition(".")[0]
        if owner and isinstance(fact, FunctionFact) and isinstance(facts.names.get(owner), ClassFact):
            found.setdefault(fact.name, {})[f"{module}.{owner}"] = None
    return _table(found)


def properties(module: str, facts: ModuleFacts) -> Table:
    """Properties; all under one key, the empty name."""
    found = {
        fact.name: None
        for fact in facts.names.values()
        if isinstance(fact, FunctionFact) and any(map(_is_property, fact.decorators))
    }
    return {"": tuple(found)} if found else {}


def registrations(module: str, facts: ModuleFacts) -> Table:
    """Facts about calls that register a handler or a router, by its last name; under the empty name, the handlers'."""
    original = _original_names(facts)
    found: dict[str, dict[str, None]] = {}
    for path, fact in facts.names.items():
        if isinstance(fact, ValueFact) and " " in path and isinstance(fact.value, Call):
            call = fact.value
            method = path.partition(" ")[0]
            for one in (*call.args[:2], call.keyword("endpoint"), call.keyword("router"), call.keyword("app")):
                if name := _last_name(one):
                    found.setdefault(original.get(name, name), {})[f"{module}.{path}"] = None
                    if method in http_input.ADDS:
                        found.setdefault("", {})[original.get(name, name)] = None
    return _table(found)


def states(module: str, facts: ModuleFacts) -> Table:
    """Facts about what is kept in an application's state, by its name there."""
    found: dict[str, dict[str, None]] = {}
    for path in facts.names:
        if path.startswith("state "):
            found.setdefault(path.split(" ", 2)[1], {})[f"{module}.{path}"] = None
    return _table(found)


def jobs(module: str, facts: ModuleFacts) -> Table:
    """Lists of functions that a worker runs, by the last name of each function."""
    found: dict[str, dict[str, None]] = {}
    for path, fact in facts.names.items():
        owner, _, name = path.rpartition(".")
        if (
            name == "functions"
            and "Worker" in owner
            and isinstance(fact, ValueFact)
            and isinstance(fact.value, Several)
        ):
            for element in fact.value.items:
                given = element.args[0] if isinstance(element, Call) and element.args else element
                if last := _last_name(given):
                    found.setdefault(last, {})[f"{module}.{path}"] = None
    return _table(found)


def relations(module: str, facts: ModuleFacts) -> Table:
    """Django's fields that lead to another model, by the name under which that leads back."""
    found: dict[str, dict[str, None]] = {}
    for path, fact in facts.names.items():
        if isinstance(fact, ValueFact) and isinstance(fact.value, Call) and "." in path:
            name = fact.value.keyword("related_name")
            if isinstance(name, Constant) and isinstance(name.value, str):
                found.setdefault(name.value, {})[f"{module}.{path}"] = None
    return _table(found)


def _is_property(decorator: Symbol | None) -> bool:
    return _last_name(decorator.func if isinstance(decorator, Call) else decorator).endswith("property")


def _original_names(facts: ModuleFacts) -> dict[str, str]:
    return {fact.name: fact.target.rpartition(".")[2] for fact in facts.names.values() if isinstance(fact, ImportFact)}


def _table(found: dict[str, dict[str, None]]) -> Table:
    return {name: tuple(mentions) for name, mentions in found.items()}


def _last_name(symbol: Symbol | None) -> str:
    while isinstance(symbol, Subscript):  # `class Users(Repository[User])`
        symbol = symbol.of
    return symbol.name.rpartition(".")[2] if isinstance(symbol, (Ref, Attr)) else ""


KINDS: dict[str, Callable[[str, ModuleFacts], Table]] = {
    "calls": callers,
    "extends": subclasses,
    "defines": methods,
    "properties": properties,
    "registers": registrations,
    "keeps": states,
    "runs": jobs,
    "relates": relations,
}
