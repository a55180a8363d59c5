"""Glob patterns as ruff reads them in `exclude`, `include` and `per-file-ignores`."""

import re
from collections.abc import Iterable
from functools import lru_cache


def translate(pattern: str) -> str:
    """A glob as a regular expression for a whole path with `/` between its parts.

    `*` and `**` match across folders, `**/` also matches no folder at all, `?` one character, `[ab]` and `[!ab]` a set,
    `{a,b}` either.
    """
    out: list[str] = []
    index, braces = 0, 0
    while index < len(pattern):
        char = pattern[index]
        if pattern.startswith("**/", index) and (index == 0 or pattern[index - 1] == "/"):
            out.append("(?:.*/)?")
            index += 3
            continue
        if char == "*":
            while pattern.startswith("*", index + 1):
                index += 1
            out.append(".*")
        elif char == "?":
            out.append("[^/]")
        elif char == "[" and (end := pattern.find("]", index + 2)) > 0:
            inner = pattern[index + 1 : end]
            negated = inner[0] in "!^"
            body = (inner[1:] if negated else inner).replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^")
            out.append(f"[{'^' if negated else ''}{body}]")
            index = end
        elif char == "{" and "}" in pattern[index:]:
            out.append("(?:")
            braces += 1
        elif char == "," and braces:
            out.append("|")
        elif char == "}" and braces:
            out.append(")")
            braces -= 1
        elif char == "\\" and index + 1 < len(pattern):
            index += 1
            out.append(re.escape(pattern[index]))
        else:
            out.append(re.escape(char))
        index += 1
    return "".join(out)


class Globs:
    """Several patterns as one question.

    A pattern without `/` is compared with the last part of a path alone; any other with the whole path relative to the
    folder that the pattern was written in, or with the absolute path if the pattern is absolute.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        """Patterns that are no valid glob match nothing."""
        names: list[str] = []
        paths: list[str] = []
        for pattern in patterns:
            plain = _normalised(pattern)
            if not plain:
                continue
            source = translate(plain)
            try:
                re.compile(source)
            except (re.error, OverflowError, RecursionError):
                continue
            (paths if "/" in plain else names).append(source)
        self._name = re.compile("|".join(names), re.DOTALL) if names else None
        self._path = re.compile("|".join(paths), re.DOTALL) if paths else None

    def match(self, relative: str, absolute: str = "") -> bool:
        """Whether any pattern matches a path, relative to the patterns' folder or, for absolute ones, in full."""
        if self._name is not None and self._name.fullmatch(relative.rpartition("/")[2]):
            return True
        if self._path is None:
            return False
        return bool(self._path.fullmatch(relative) or (absolute and self._path.fullmatch(absolute)))

    def match_with_parents(self, relative: str, absolute: str = "") -> bool:
        """Whether a pattern matches the path or any folder above it."""
        while relative:
            if self.match(relative, absolute):
                return True
            relative = relative.rpartition("/")[0]
            absolute = absolute.rpartition("/")[0]
        return False


@lru_cache(maxsize=256)
def compiled(patterns: tuple[str, ...]) -> Globs:
    """`Globs` of these patterns, compiled once."""
    return Globs(patterns)


def _normalised(pattern: str) -> str:
    plain = pattern.replace("\\", "/") if "\\" in pattern and "/" not in pattern else pattern
    while plain.startswith("./"):
        plain = plain[2:]
    return plain.rstrip("/")
