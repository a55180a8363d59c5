"""A Python file of the project and what is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from seawall.semantics.analysis import ItemAnalysis, analyse
from seawall.semantics.facts import Fact, FunctionFact, ImportFact, ModuleFacts
from seawall.syntax import Item, Source


class Document:
    """One version of a file: its text as items, and the facts that they give together. Immutable."""

    __slots__ = (
        "_starts",
        "changed",
        "come",
        "facts",
        "gone",
        "is_package",
        "module",
        "path",
        "read",
        "source",
    )

    def __init__(self, path: Path, module: str, source: Source, previous: Document | None = None) -> None:
        self.path = path
        self.module = module
        self.is_package = path.name == "__init__.py"
        self.source = source
        self._starts: dict[str, int] | None = None
        self.changed: frozenset[str] | None = None
        """The names whose facts differ from those of the version before; None: any may."""
        self.read: frozenset[str] = frozenset()
        """If that is known, the names that were read again."""
        before = previous if previous is not None and previous.module == module else None
        self.come: Sequence[Item] = source.items
        """The items that the version before did not have, in their order."""
        self.gone: Sequence[Item] = ()
        """The items that only the version before had."""
        if before is not None and source.follows == before.source.version:
            self.come, self.gone = source.come, source.gone
        elif before is not None:
            now, then = frozenset(source.items), frozenset(before.source.items)
            self.come = [item for item in source.items if item not in then]
            self.gone = [item for item in before.source.items if item not in now]
        known = self._following(before) if before is not None else None
        self.facts = self._joined() if known is None else known

    def analysis(self, item: Item) -> ItemAnalysis:
        """The item's tables; made once an item."""
        found = item.analysis
        if not isinstance(found, ItemAnalysis) or found.names.module != self.module:
            found = item.analysis = analyse(item, self.module, self.is_package)
        return found

    def settle(self) -> None:
        """Read what others may still ask, before the trees go."""
        for fact in self.facts.names.values():
            if isinstance(fact, FunctionFact):
                for later in (fact.sites, fact.flow, fact.called):
                    later.own()

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
        gone, stars_gone = self._facts_of(self.gone)
        come, stars_come = self._facts_of(self.come)
        before = previous.facts.names
        if gone is None or come is None or gone.keys() != come.keys() or stars_gone != stars_come:
            return None
        if any(before.get(name) is not fact for name, fact in gone.items()):
            return None
        self.changed = frozenset(name for name, fact in come.items() if fact != gone[name])
        self.read = frozenset(come)
        return ModuleFacts({**before, **come}, previous.facts.stars, self.is_package) if come else previous.facts

    def _facts_of(self, items: Iterable[Item]) -> tuple[dict[str, Fact] | None, list[str]]:
        """The facts and stars of some items; no facts if two of them speak of one name."""
        names: dict[str, Fact] | None = {}
        stars: list[str] = []
        for item in items:
            analysis = self.analysis(item)
            if names is not None:
                names = None if names.keys() & analysis.facts.keys() else {**names, **analysis.facts}
            stars.extend(analysis.stars)
        return names, stars
