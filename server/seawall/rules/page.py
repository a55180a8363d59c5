"""A rule's page, for reading: its docstring without the marks that its tests need."""

from __future__ import annotations

import re
import textwrap

from seawall.rules.registry import Rule

_SECTION = re.compile(r"^(Example|Fixed|Instead):\n((?:[ ]{4}.*(?:\n|\Z)|[ \t]*\n)+)", re.MULTILINE)
_MARKS = str.maketrans("", "", "«»")


def markdown(rule: Rule) -> str:
    """The page as Markdown, without a heading of its own."""

    def section(match: re.Match[str]) -> str:
        return f"**{match[1]}**\n\n```python\n{_code(match[2])}\n```\n\n"

    return _SECTION.sub(section, rule.explanation + "\n").strip()


def plain(rule: Rule) -> str:
    """The page as plain text."""
    return rule.explanation.translate(_MARKS)


def _code(body: str) -> str:
    return re.sub(r"^#- ", "# ", textwrap.dedent(body).strip("\n").translate(_MARKS), flags=re.MULTILINE)
