"""What must not be shown of a line of code: the values of secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from seawall.cli.sources import Sources
from seawall.engine.report import Report
from seawall.syntax import Range, Text

Spans: TypeAlias = dict[int, list[tuple[int, int]]]
"""By line, from and up to which character."""

_LITERAL = re.compile(r"""(?s)("{3}|'{3}|"|')(?P<inside>(?:\\.|(?!\1).)*)(?:\1|\Z)""")
_PASSWORD = re.compile(r"://[^\s:@/'\"]*:(?P<inside>[^\s@/'\"]+)@")
_NAMED = re.compile(
    r"""(?i)(?:passw(?:or)?d|passphrase|secret|token|api_?key|private_?key|_key|credentials?)\w*["']?\]?\s*(?:[:=]|==)\s*\(?[rbfu]{0,2}["'](?P<inside>[^"']+)"""
)
_QUOTED = re.compile(r"""(["'])(?P<inside>(?:\\.|(?!\1).)*)""")
_WORD = re.compile(r"[^\s'\"{}(),;<>=?&]{16,}")
_AROUND = 2
_VALUE = re.compile(r"[=:]\s*(?P<inside>.+)|(?P<whole>.+)")


def secrets(reports: Iterable[Report], sources: Sources) -> dict[str, Spans]:
    """By path, what findings say is secret."""
    found: dict[str, Spans] = {}
    for one in reports:
        if one.category == "secrets":
            for path, place in ((one.path, one.range), *((near.path, near.range) for near in one.related)):
                _hide(sources.text(path), place, found.setdefault(path, {}))
    return found


def likely(line: str) -> list[tuple[int, int]]:
    """What looks secret in a line, whether or not somebody found it: passwords in URLs, and in quotes what a secret's name
    stands before and what is too random for a word."""
    found = [match.span("inside") for match in _PASSWORD.finditer(line)] if "://" in line else []
    if '"' in line or "'" in line:
        from seawall.semantics.secret_text import is_random

        found += [match.span("inside") for match in _NAMED.finditer(line)]
        found += [
            (text.start("inside") + word.start(), text.start("inside") + word.end())
            for text in _QUOTED.finditer(line)
            for word in _WORD.finditer(text["inside"])
            if is_random(word[0])
        ]
    return found


def _hide(text: Text, place: Range, spans: Spans) -> None:
    """Hide the literals in a range; where there are none, what its lines give a value to."""
    start = text.to_units(place.start_line, place.start_col, "utf-32")
    literals = list(_LITERAL.finditer(text.slice(place)))
    for match in literals:
        before = text.slice(place)[: match.start("inside")]
        _cover(spans, match["inside"], place.start_line + before.count("\n"), start, before)
    if not literals:  # a `.env` file and the like: the lines around hold values, too
        for number in range(max(1, place.start_line - _AROUND), min(len(text.lines), place.end_line + _AROUND) + 1):
            if value := _VALUE.search(text.line(number)):
                spans.setdefault(number, []).append(value.span("inside" if value["inside"] else "whole"))


def _cover(spans: Spans, inside: str, number: int, start: int, before: str) -> None:
    column = len(before) - before.rfind("\n") - 1 + (start if "\n" not in before else 0)
    for offset, line in enumerate(re.split(r"\r\n|\n|\r", inside)):
        if line:
            first = column if offset == 0 else 0
            spans.setdefault(number + offset, []).append((first, first + len(line)))
