"""Comments that switch findings off: `# noqa`, `# noqa: SW101`, `# seawall: ignore[SW101]`, and for a whole file
`# seawall: ignore-file` or `# seawall: ignore-file[SW101]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from seawall.rules.base import Finding

EVERYTHING = frozenset({"*"})

_QUICK = re.compile(r"noqa|seawall\s*:", re.IGNORECASE)
_NOQA = re.compile(r"#\s*noqa(?P<codes>\s*:\s*(?:[A-Za-z]+[0-9]+)(?:[\s,]+[A-Za-z]+[0-9]+)*)?", re.IGNORECASE)
_IGNORE = re.compile(r"#\s*seawall\s*:\s*ignore(?P<file>-file)?\s*(?:\[(?P<codes>[^\]]*)\])?", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z]+[0-9]+|[a-z][a-z0-9-]+")


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


def is_suppressed(finding: Finding, by_line: Mapping[int, frozenset[str]], name: str) -> bool:
    """Whether a comment on the finding's first or last line switches it off."""
    if not by_line:
        return False
    places = {finding.range.start_line, finding.range.end_line}
    return any(matches(by_line[line], finding.code, name) for line in places if line in by_line)


def matches(codes: frozenset[str], code: str, name: str) -> bool:
    return codes == EVERYTHING or code in codes or name in codes or "*" in codes


def _codes(text: str | None) -> frozenset[str]:
    if text is None:
        return EVERYTHING
    return frozenset(code.upper() if code[-1].isdigit() and "-" not in code else code for code in _CODE.findall(text))
