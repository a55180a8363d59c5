"""A rule's page, for reading: its docstring without the marks that its tests need."""

from __future__ import annotations

import re
import textwrap

from seawall.rules.registry import Rule

_SECTION = re.compile(r"^(Example|Fixed|Instead):\n((?:[ ]{4}.*(?:\n|\Z)|[ \t]*\n)+)", re.MULTILINE)
_FILE = re.compile(r"^#- (\S+)\s*$\n?", re.MULTILINE)
_MARKS = str.maketrans("", "", "«»")


def markdown(rule: Rule) -> str:
    """The page as Markdown, without a heading of its own."""

    def section(match: re.Match[str]) -> str:
        return f"**{match[1]}**\n\n```python\n{re.sub(r'^#- ', '# ', _code(match[2]), flags=re.MULTILINE)}\n```\n\n"

    return _SECTION.sub(section, rule.explanation + "\n").strip()


def plain(rule: Rule) -> str:
    """The page as plain text."""
    return rule.explanation.translate(_MARKS)


def prose(rule: Rule) -> str:
    """What the page says, without its code."""
    return _SECTION.sub("", rule.explanation + "\n").strip()


def sections(rule: Rule) -> dict[str, dict[str, str]]:
    """The code under each heading: files by path."""
    return {name: _files(_code(body)) for name, body in _SECTION.findall(rule.explanation + "\n")}


def _files(code: str) -> dict[str, str]:
    main, *others = _FILE.split(code)
    files = {"main.py": main} if main.strip() else {}
    return {
        name: text.strip("\n") + "\n"
        for name, text in (files | dict(zip(others[::2], others[1::2], strict=True))).items()
    }


def _code(body: str) -> str:
    return textwrap.dedent(body).strip("\n").translate(_MARKS)
