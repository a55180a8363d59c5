"""A Python file of the project and what is known of it."""

from __future__ import annotations

from pathlib import Path

from seawall.semantics.analysis import ItemAnalysis, analyse
from seawall.semantics.facts import Fact, FunctionFact, ImportFact, ModuleFacts
from seawall.syntax import Item, Source


class Document:
    """One version of a file: its text as items, and the facts that they give together. Immutable."""

    __slots__ = ("_starts", "facts", "is_package", "module", "path", "source")

    def __init__(self, path: Path, module: str, source: Source, previous: Document | None = None) -> None:
        self.path = path
        self.module = module
        self.is_package = path.name == "__init__.py"
        self.source = source
        self._starts: dict[str, int] | None = None
        self.facts = self._join(previous)

    def analysis(self, item: Item) -> ItemAnalysis:
        """The item's tables; made once an item."""
        found = item.analysis
        if not isinstance(found, ItemAnalysis) or found.names.module != self.module:
            found = item.analysis = analyse(item, self.module, self.is_package)
        return found

    @property
    def starts(self) -> dict[str, int]:
        """For each name that has a fact, the line on which its item begins."""
        if self._starts is None:
            self._starts = {
                name: start
                for start, item in zip(self.source.starts, self.source.items, strict=True)
                for name in self.analysis(item).facts
            }
        return self._starts

    def _join(self, previous: Document | None) -> ModuleFacts:
        if previous is not None and previous.module == self.module:
            old, new = set(previous.source.items), set(self.source.items)
            gone = [item for item in previous.source.items if item not in new]
            come = [item for item in self.source.items if item not in old]
            if self._facts_of(gone) == self._facts_of(come):
                return self._with_new_places(previous.facts, come)
        names: dict[str, Fact] = {}
        stars: list[str] = []
        for item in self.source.items:
            analysis = self.analysis(item)
            for name, fact in analysis.facts.items():
                old_fact = names.get(name)
                # `try: import x / except ImportError: x = None`: the import tells more
                if not (isinstance(old_fact, ImportFact) and not isinstance(fact, (ImportFact, FunctionFact))):
                    names[name] = fact
            stars.extend(analysis.stars)
        return ModuleFacts(names, tuple(stars), self.is_package)

    def _facts_of(self, items: list[Item]) -> list[object]:
        analyses = [self.analysis(item) for item in items]
        return [(one.facts, one.stars) for one in analyses if one.facts or one.stars]

    def _with_new_places(self, facts: ModuleFacts, items: list[Item]) -> ModuleFacts:
        """The same facts, at the places where the edited items have them now."""
        if not any(self.analysis(item).facts for item in items):
            return facts
        names = dict(facts.names)
        for item in items:
            for name, fact in self.analysis(item).facts.items():
                if names.get(name) == fact:
                    names[name] = fact
        return ModuleFacts(names, facts.stars, facts.is_package)
