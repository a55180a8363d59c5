"""Files that are beside the point for most rules."""

from __future__ import annotations

import ast

from seawall.rules.base import File
from seawall.semantics.meanings.secret import is_aside


def counts(file: File) -> bool:
    """Whether a file is neither a test nor an example: what stands in one of these serves nobody, and protects nothing."""
    return not is_aside(file.path, file.project.root)


def is_of_tests(name: str) -> bool:
    """Whether a function or value of that absolute name stands in a test."""
    return any(part in ("test", "tests", "conftest") or part.startswith("test_") for part in name.split("."))


def runs_as_script(node: ast.AST, file: File) -> bool:
    """Whether code runs only where its module is started by hand: under `if __name__ == "__main__":`."""
    return any(
        isinstance(above, ast.If)
        and isinstance(above.test, ast.Compare)
        and any(getattr(side, "id", "") == "__name__" for side in (above.test.left, *above.test.comparators))
        for above in file.ancestors(node)
    )
