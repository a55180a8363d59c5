"""Comments that switch findings off: `# noqa`, `# noqa: SW101`, `# seawall: ignore[SW101]`, and for a whole file
`# seawall: ignore-file` or `# seawall: ignore-file[SW101]`. A template that only makes Python is no Python with errors."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import lru_cache

from seawall.patterns import pattern
from seawall.rules.base import Finding
from seawall.syntax import Item
from seawall.syntax.lexer import tokens

EVERYTHING = frozenset({"*"})

_QUICK = pattern(r"noqa|seawall\s*:", re.IGNORECASE)
_NOQA = pattern(r"#\s*noqa(?P<codes>\s*:\s*(?:[A-Za-z]+[0-9]+)(?:[\s,]+[A-Za-z]+[0-9]+)*)?", re.IGNORECASE)
_IGNORE = pattern(r"#\s*seawall\s*:\s*ignore(?P<file>-file)?\s*(?:\[(?P<codes>[^\]]*)\])?", re.IGNORECASE)
_TEMPLATE = pattern(r"\{%|\{\{[^{}]*\}\}")
_CODE = pattern(r"[A-Za-z]+[0-9]+|[a-z][a-z0-9-]+")


def is_template(item: Item) -> bool:
    """Whether an item is part of a template: what does not parse in it is a tag of Jinja, Django or cookiecutter."""
    if not item.problems:
        return False
    lines = item.text.split("\n")
    broken = (
        line for problem in item.problems for line in lines[problem.range.start_line - 1 : problem.range.start_line]
    )
    return any(map(_TEMPLATE.search, broken))


def suppressions(lines: Iterable[str]) -> tuple[dict[int, frozenset[str]], frozenset[str]]:
    """What comments switch off: codes by line (from 1), and codes for the whole file."""
    by_line: dict[int, frozenset[str]] = {}
    whole: frozenset[str] = frozenset()
    for number, line in enumerate(lines, 1):
        if "#" not in line or not _QUICK.search(line):
            continue
        for match in _IGNORE.finditer(line):
            codes = _codes(match["codes"])
            if match["file"]:
                whole |= codes
            else:
                by_line[number] = by_line.get(number, frozenset()) | codes
        for match in _NOQA.finditer(line):
            by_line[number] = by_line.get(number, frozenset()) | _codes(match["codes"])
    return by_line, whole


def is_suppressed(finding: Finding, by_line: Mapping[int, frozenset[str]], name: str, text: str) -> bool:
    """Whether a comment switches a finding off: on its first or last line, or where the string that it lies in ends."""
    first, last = finding.range.start_line, finding.range.end_line
    meant = {line for line, codes in by_line.items() if line >= first and matches(codes, finding.code, name)}
    if not meant:  # cheap to ask first
        return False
    return not meant.isdisjoint((first, last)) or not meant.isdisjoint(
        (comment_line(text, first), comment_line(text, last))
    )


def comment_line(text: str, line: int) -> int:
    """The first line, from the given one on, at whose end a comment may stand: not in a string, nor before a backslash's
    continuation."""
    lines, ends, strings = _layout(text)
    while line < len(lines):
        end = ends[line - 1] - 1
        around = next((stop for start, stop in strings if start < end < stop), None)
        if around is not None:
            line = bisect_left(ends, around) + 1
        elif lines[line - 1].endswith("\\"):
            line += 1
        else:
            break
    return line


@lru_cache(maxsize=2)
def _layout(text: str) -> tuple[list[str], list[int], list[tuple[int, int]]]:
    """The lines of a text, where they end, and the strings in it; asked for each finding of an item."""
    lines = text.split("\n")
    ends = list(itertools.accumulate(len(one) + 1 for one in lines))
    return lines, ends, [(token.start, token.end) for token in tokens(text) if token.kind == "string"]


def matches(codes: frozenset[str], code: str, name: str) -> bool:
    return codes == EVERYTHING or code in codes or name in codes or "*" in codes


def _codes(text: str | None) -> frozenset[str]:
    if text is None:
        return EVERYTHING
    return frozenset(code.upper() if code[-1].isdigit() and "-" not in code else code for code in _CODE.findall(text))
