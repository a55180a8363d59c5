"""A Python file of the project and what is known of it."""

from __future__ import annotations

from pathlib import Path

from seawall.semantics.analysis import ItemAnalysis, analyse
from seawall.semantics.facts import Fact, FunctionFact, ImportFact, ModuleFacts
from seawall.syntax import Item, Source


class Document:
    """One version of a file: its text as items, and the facts that they give together. Immutable."""

    __slots__ = ("_starts", "changed", "facts", "is_package", "module", "path", "source")

    def __init__(self, path: Path, module: str, source: Source, previous: Document | None = None) -> None:
        self.path = path
        self.module = module
        self.is_package = path.name == "__init__.py"
        self.source = source
        self._starts: dict[str, int] | None = None
        self.changed: frozenset[str] | None = None
        """The names whose facts differ from those of the version before; None: any may."""
        known = self._following(previous) if previous is not None and previous.module == module else None
        self.facts = self._joined() if known is None else known

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

    def _joined(self) -> ModuleFacts:
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

    def _following(self, previous: Document) -> ModuleFacts | None:
        """The facts by way of what was typed, if that gives facts of the very names that it gave before."""
        old, new = set(previous.source.items), set(self.source.items)
        gone, stars_gone = self._facts_of([item for item in previous.source.items if item not in new])
        come, stars_come = self._facts_of([item for item in self.source.items if item not in old])
        before = previous.facts.names
        if gone is None or come is None or gone.keys() != come.keys() or stars_gone != stars_come:
            return None
        if any(before.get(name) is not fact for name, fact in gone.items()):
            return None
        self.changed = frozenset(name for name, fact in come.items() if fact != gone[name])
        return ModuleFacts({**before, **come}, previous.facts.stars, self.is_package) if come else previous.facts

    def _facts_of(self, items: list[Item]) -> tuple[dict[str, Fact] | None, list[str]]:
        """The facts and stars of some items; no facts if two of them speak of one name."""
        names: dict[str, Fact] | None = {}
        stars: list[str] = []
        for item in items:
            analysis = self.analysis(item)
            if names is not None:
                names = None if names.keys() & analysis.facts.keys() else {**names, **analysis.facts}
            stars.extend(analysis.stars)
        return names, stars
