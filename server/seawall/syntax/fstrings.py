"""stub"""

from __future__ import annotations

import ast
from typing import NamedTuple


class Rewritten(NamedTuple):
    source: str

    def mend(self, tree: ast.Module) -> ast.Module:
        return tree


def rewrite(source: str) -> Rewritten:
    return Rewritten(source)


def is_template(node: ast.AST) -> bool:
    return False
