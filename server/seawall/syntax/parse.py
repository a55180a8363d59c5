"""Parsing that never fails: newer syntax is read as what it means, and half-typed code is repaired."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from seawall.patterns import pattern

from . import fstrings, newer
from .repair import MAX_TRIES, Damage, cut_short, repairs
from .text import Range

MAX_SIZE = 2_000_000
"""Longer items are not parsed; nobody wrote them by hand, and their trees would fill the memory."""
MAX_REPAIRED_SIZE = 200_000
"""Longer items are not repaired: every try reads the whole item."""

_UNPARSABLE = pattern("[\0\ud800-\udfff]")


class Problem(NamedTuple):
    """Why a text is not the Python that runs here."""

    range: Range
    message: str
    newer_syntax: str | None = None
    """The construct's name, where the text is right but for a newer Python than the one that reads it."""


class Parsed(NamedTuple):
    """What came of a text."""

    tree: ast.Module
    problems: tuple[Problem, ...]
    broken: bool
    """The tree lacks something that the text may have meant."""
    lost: bool
    """Nothing could be repaired: the tree holds at most what stands before the damage."""


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the compiler's warnings about the user's code to ourselves."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def parse(source: str) -> Parsed:
    """Parse a text whose lines may end at ``\\n``, ``\\r\\n`` or ``\\r``. Positions are those of the text itself."""
    with quiet():
        return parse_quietly(source.replace("\r\n", "\n").replace("\r", "\n") if "\r" in source else source)


def parse_quietly(source: str) -> Parsed:
    """`parse` for a text with ``\\n`` endings, inside of `quiet()`."""
    problems: list[Problem] = []
    if len(source) > MAX_SIZE:
        problems.append(Problem(Range(1, 0, 1, 0), "The code is too long to be read"))
        return Parsed(ast.Module([], []), tuple(problems), True, True)
    if not source.isascii() or "\0" in source:
        source = _replace_unparsable(source, problems)
    strings = fstrings.rewrite(source)
    problems += [Problem(place, f"{what} needs a newer Python", what) for place, what in strings.notes]
    text = strings.source
    tree, damage = _try(text)
    if tree is None and len(source) <= MAX_REPAIRED_SIZE:
        modern = newer.rewrite(text)
        if modern.notes:
            problems += [Problem(place, f"{what} needs a newer Python", what) for place, what in modern.notes]
            text = modern.source
            tree, damage = _try(text)
        if tree is None:
            assert damage is not None
            problems.append(Problem(damage.range, damage.message))
            tree, lost = _repair(text, damage)
            modern.mend(tree)
            return Parsed(strings.mend(tree), tuple(problems), True, lost)
        modern.mend(tree)
    if tree is None:
        assert damage is not None
        problems.append(Problem(damage.range, damage.message))
        return Parsed(ast.Module([], []), tuple(problems), True, True)
    broken = any(problem.newer_syntax is None for problem in problems)
    return Parsed(strings.mend(tree), tuple(problems), broken, False)


def parse_roughly(source: str) -> ast.Module | None:
    """The interpreter's own tree, for a text with ``\\n`` endings; None if there is more to say than that.

    Before Python 3.12 the parts of f-strings stand on the right line but perhaps in the wrong column: good enough for
    whatever does not point into one.
    """
    if len(source) > MAX_SIZE or "\0" in source or not fstrings.has_right_lines(source):
        return None
    return _try(source)[0]


def _try(text: str) -> tuple[ast.Module | None, Damage | None]:
    try:
        return ast.parse(text), None
    except SyntaxError as error:
        return None, Damage.of(error, text)
    except (RecursionError, MemoryError):
        return None, Damage(Range(1, 0, 1, 0), "The code is nested too deeply to be read", 0)
    except ValueError as error:
        return None, Damage(Range(1, 0, 1, 0), str(error), 0)


def _repair(text: str, damage: Damage) -> tuple[ast.Module, bool]:
    """Repair one damage after the other, as long as each repair brings the parser further."""
    tries = 0
    while damage.line and tries < MAX_TRIES:
        best: tuple[str, Damage] | None = None
        for attempt in repairs(text, damage):
            if attempt == text:
                continue
            tries += 1
            tree, next_damage = _try(attempt)
            if tree is not None:
                return tree, False
            assert next_damage is not None
            if best is None or next_damage.line > best[1].line:
                best = attempt, next_damage
            if next_damage.line > damage.line or tries >= MAX_TRIES:
                break
        if best is None:
            break
        text, damage = best
    tree, _ = _try(cut_short(text, damage)) if damage.line else (None, None)
    return tree or ast.Module([], []), True


def _replace_unparsable(source: str, problems: list[Problem]) -> str:
    def replace(match: re.Match[str]) -> str:
        if not problems:
            line = source.count("\n", 0, match.start()) + 1
            begin = source.rfind("\n", 0, match.start()) + 1
            col = len(source[begin : match.start()].encode("utf-8", "surrogatepass"))
            what = "a NUL byte" if match[0] == "\0" else "a character that is not Unicode text"
            width = 1 if match[0] == "\0" else 3
            problems.append(Problem(Range(line, col, line, col + width), f"The code contains {what}"))
        return " " if match[0] == "\0" else "\ufffd"

    return _UNPARSABLE.sub(replace, source)
