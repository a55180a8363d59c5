"""Findings as plain values: what leaves a process, is kept in the cache, and is printed.

Neither this module nor `request` and `cache` import rules: a run that finds nothing changed needs none.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from seawall.project.selection import is_fixable
from seawall.project.settings import Settings
from seawall.syntax import Range

if TYPE_CHECKING:
    from seawall.engine.located import Located


class FixNote(msgspec.Struct, frozen=True):
    """A fix that a finding offers, without the means to apply it."""

    title: str
    safety: str
    why: str = ""


class RelatedPlace(msgspec.Struct, frozen=True):
    message: str
    path: str
    range: Range


class Report(msgspec.Struct, frozen=True):
    """A finding, at an absolute place."""

    code: str
    name: str
    category: str
    severity: str
    message: str
    path: str
    range: Range
    fixes: tuple[FixNote, ...] = ()
    related: tuple[RelatedPlace, ...] = ()

    @property
    def order(self) -> tuple[str, Range, str, str]:
        """By place, then by code."""
        return self.path, self.range, self.code, self.message


def report(located: Located, settings: Settings) -> Report:
    """What is to be told of a finding."""
    from seawall.rules.registry import by_code

    rule = by_code()[located.code]
    offers = located.finding.fixes if is_fixable(settings, rule.code, rule.name, rule.category) else ()
    return Report(
        rule.code,
        rule.name,
        rule.category,
        str(located.severity),
        located.finding.message,
        os.fspath(located.path),
        located.range,
        tuple(FixNote(fix.title, str(fix.safety), fix.why) for fix in offers if fix.kind.startswith("quickfix")),
        tuple(RelatedPlace(one.message, os.fspath(one.path), one.range) for one in located.related),
    )


class Problem(msgspec.Struct, frozen=True):
    """Something that kept a file from being looked at, or from being understood as it was meant."""

    path: str
    message: str


class Outcome(msgspec.Struct):
    """What came of checking the files of one root."""

    root: Path
    reports: list[Report] = []
    problems: list[Problem] = []
    files: int = 0
