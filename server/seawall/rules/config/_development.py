"""Code that is for development only."""

from __future__ import annotations

import ast

from seawall.rules.base import File
from seawall.semantics.secret_text import words

DEVELOPMENT = frozenset(
    {"dev", "develop", "development", "local", "localhost", "debug", "test", "testing", "tests", "ci", "e2e"}
)
PRODUCTION = frozenset({"prod", "production", "live", "deployed"})


def is_for_development(node: ast.AST, file: File) -> bool:
    """Whether the file, the class or a condition around says that the code is for development or tests."""
    if DEVELOPMENT.intersection(word for name in file.module.split(".") for word in words(name)):
        return True
    below = node
    for above in file.ancestors(node):
        if isinstance(above, ast.ClassDef) and DEVELOPMENT.intersection(words(above.name)):
            return True
        if isinstance(above, ast.If) and below is not above.test:
            told = _told_by(above.test)
            if (told is True and below in above.body) or (told is False and below in above.orelse):
                return True
        elif isinstance(above, ast.IfExp) and below is not above.test:
            told = _told_by(above.test)
            if (told is True and below is above.body) or (told is False and below is above.orelse):
                return True
        below = above
    return False


def _told_by(test: ast.expr) -> bool | None:
    """True: the condition holds in development; False: in production; None: it says nothing of that."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        told = _told_by(test.operand)
        return None if told is None else not told
    found = {word for node in ast.walk(test) for word in _words_of(node)}
    development, production = bool(DEVELOPMENT & found), bool(PRODUCTION & found)
    if development is production:
        return None
    negative = isinstance(test, ast.Compare) and isinstance(test.ops[0], (ast.NotEq, ast.NotIn, ast.IsNot))
    return development is not negative


def _words_of(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.Name(id=text) | ast.Attribute(attr=text) | ast.Constant(value=str(text)):
            return words(text)
    return ()
