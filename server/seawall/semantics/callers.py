"""Who hands arguments on to a function of which name: the way back along calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from seawall.semantics.facts import FunctionFact, ImportFact, ModuleFacts
from seawall.semantics.graph import Cell
from seawall.semantics.symbols import Attr, Ref, Symbol

_Table = dict[str, tuple[str, ...]]


class Callers:
    """By the last part of what is called. A module's calls are sorted when somebody asks, and again when its facts change."""

    def __init__(self, modules: Mapping[str, ModuleFacts]) -> None:
        self._modules = modules
        self._tables: dict[str, _Table] = {}
        self._asked: dict[str, dict[str, tuple[str, ...]]] = {}
        self._cells: dict[str, Cell] = {}

    def of(self, name: str) -> tuple[str, ...]:
        """Absolute names of functions that call something of that name, or of one under which it is imported there."""
        cell = self._cells.get(name)
        if cell is None:
            self._asked[name] = {
                module: known for module in self._modules if (known := self._table(module).get(name)) is not None
            }
            cell = self._cells[name] = Cell(self._answer(name))
        found: tuple[str, ...] = cell.get()
        return found

    def asked(self) -> Iterable[tuple[str, Cell]]:
        """The names that somebody asked about, and the answers."""
        return self._cells.items()

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
        return tuple(sorted(caller for found in self._asked[name].values() for caller in found))

    def _table(self, module: str) -> _Table:
        table = self._tables.get(module)
        if table is None:
            facts = self._modules.get(module)
            table = self._tables[module] = _sort(module, facts) if facts is not None else {}
        return table


def _sort(module: str, facts: ModuleFacts) -> _Table:
    original = {
        fact.name: fact.target.rpartition(".")[2] for fact in facts.names.values() if isinstance(fact, ImportFact)
    }
    found: dict[str, dict[str, None]] = {}
    for path, fact in facts.names.items():
        if isinstance(fact, FunctionFact):
            for call in fact.calls:
                if call.passed and (name := _last_name(call.callee)):
                    found.setdefault(original.get(name, name), {})[f"{module}.{path}"] = None
    return {name: tuple(callers) for name, callers in found.items()}


def _last_name(symbol: Symbol | None) -> str:
    return symbol.name.rpartition(".")[2] if isinstance(symbol, (Ref, Attr)) else ""
