"""The code does not parse.

The finding stands where the parser gave up; everything else in the file is still checked. Syntax that is newer than the Python
that runs Seawall is no error.

Example:
    def total(prices):
        return sum«»(prices

Instead:
    def total(prices):
        return sum(prices)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.rules.base import File, Finding, Severity

code, severity = "SW000", Severity.ERROR


def check(_tree: ast.Module, file: File) -> Iterator[Finding]:
    for problem in file.item.problems:
        if problem.newer_syntax is None:
            yield file.finding(problem.range, f"Syntax error: {problem.message}")
