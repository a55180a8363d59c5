"""Findings where they stand in their files, and what is remembered of checking a file's items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from seawall.rules.base import Finding, Severity
from seawall.semantics.graph import Memo
from seawall.syntax import Item, Range

NO_FINDINGS: tuple[Finding, ...] = ()


class LocatedRelated(msgspec.Struct, frozen=True):
    message: str
    path: Path
    range: Range


class Located(msgspec.Struct, frozen=True):
    """A finding where it stands in its file now."""

    finding: Finding
    path: Path
    range: Range
    severity: Severity
    related: tuple[LocatedRelated, ...] = ()

    @property
    def code(self) -> str:
        return self.finding.code


class ItemCheck(msgspec.Struct):
    """What checking an item gave, if anything."""

    findings: tuple[Finding, ...] = NO_FINDINGS
    whole_file: frozenset[str] = frozenset()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ItemCheck) and (self.findings, self.whole_file) == (other.findings, other.whole_file)


class Placed(NamedTuple):
    """An item's findings in their places, and what these rest on."""

    start: int
    result: ItemCheck
    whole: frozenset[str]
    severity: Mapping[str, Severity | None]
    located: list[Located]

    def holds(
        self, start: int, result: ItemCheck, whole: frozenset[str], severity: Mapping[str, Severity | None]
    ) -> bool:
        return self.result is result and self.start == start and self.severity is severity and self.whole == whole


class Checks:
    """The remembered checks of a document's items."""

    __slots__ = ("memos", "pending", "placed", "results")

    def __init__(self) -> None:
        self.memos: dict[Item, Memo] = {}
        self.placed: dict[Item, Placed] = {}
        """Where findings stood when somebody last looked, for those that stand where their item does."""
        self.results: dict[Item, ItemCheck] = {}
        """What was found, without the items in which nothing was."""
        self.pending: set[Item] = set()
        """Items that are new, or whose check may have another result by now."""

    def follow(self, come: Iterable[Item], gone: Iterable[Item]) -> None:
        """The document has other items now."""
        for item in gone:
            self.pending.discard(item)
            self.results.pop(item, None)
            self.placed.pop(item, None)
            if (memo := self.memos.pop(item, None)) is not None:
                memo.forget()
        self.pending.update(come)


def said_of_all(results: Iterable[ItemCheck]) -> frozenset[str]:
    """What comments suppress in the whole file."""
    return frozenset().union(*[result.whole_file for result in results if result.whole_file])


def by_place(found: Located) -> tuple[Range, str]:
    return found.range, found.code
