"""What can be said of an item from its own text alone; made once and kept on the item."""

from __future__ import annotations

import ast

import msgspec

from seawall.semantics.extract import extract
from seawall.semantics.facts import Fact
from seawall.semantics.names import Names
from seawall.semantics.scopes import Scan
from seawall.syntax import Item


class ItemAnalysis(msgspec.Struct, eq=False):
    scan: Scan
    names: Names
    facts: dict[str, Fact]
    stars: tuple[str, ...]


def analyse(item: Item, module: str, is_package: bool) -> ItemAnalysis:
    """Walk the item. Code nested too deep for a walk counts as empty."""
    try:
        scan = Scan(item.tree, item.owner)
        names = Names(scan, module, is_package)
        facts, stars = extract(names)
    except RecursionError:
        scan = Scan(ast.Module([], []))
        names = Names(scan, module, is_package)
        facts, stars = {}, ()
    return ItemAnalysis(scan, names, facts, stars)
