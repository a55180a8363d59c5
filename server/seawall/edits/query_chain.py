"""The shape of legacy queries: `session.query(...).filter(...).first()` as a root and the calls that hang on it."""

from __future__ import annotations

import ast

import msgspec

from seawall.syntax import Range, range_of

# Methods of `Query` that `Select` has too.
SAME = (
    "add_columns", "correlate", "distinct", "execution_options", "filter_by", "group_by", "having", "join", "limit",
    "offset", "options", "order_by", "outerjoin", "params", "prefix_with", "select_from", "slice", "suffix_with", "where",
    "with_for_update", "with_hint",
)  # fmt: skip
STEPS = dict.fromkeys(SAME) | {
    "filter": "where", "with_entities": "with_only_columns", "add_entity": "add_columns", "yield_per": "execution_options",
}  # fmt: skip
INNER = dict.fromkeys(("subquery", "cte", "exists", "scalar_subquery", "label")) | {"as_scalar": "scalar_subquery"}
FETCHES = frozenset({"all", "first", "one", "one_or_none", "scalar", "count", "get", "delete", "update"})
SIMPLE = frozenset({"filter", "where", "filter_by"})
JOINS = frozenset({"join", "outerjoin", "select_from"})
EAGER = frozenset({"joinedload", "contains_eager"})
SELECTING = frozenset({"with_entities", "add_columns", "add_entity"})
STREAM = "yield_per"
ONE_ROW = frozenset({"count", "sum", "avg", "min", "max", "exists"})
TAKING = frozenset({"in_", "not_in", "notin_"})
"""Operators of columns that take a query's rows, of whichever kind it is."""
ITERATING = frozenset({"list", "tuple", "set", "sorted", "enumerate"})


class Chain(msgspec.Struct, frozen=True):
    """`root.method(...).method(...)`: the calls in order, `outer` being the last of them or the root itself."""

    root: ast.expr
    calls: tuple[ast.Call, ...]
    session: ast.expr
    entities: tuple[ast.expr, ...]
    before: tuple[str, ...] = ()
    """Methods that made the query that the root variable holds."""
    surely: tuple[str, ...] = ()
    """Those among them that ran for certain."""
    streams: bool = False
    """Whether its rows come as they are asked for."""

    @property
    def outer(self) -> ast.expr:
        return self.calls[-1] if self.calls else self.root

    @property
    def methods(self) -> tuple[str, ...]:
        return (*self.before, *(method_of(call) for call in self.calls))

    @property
    def end(self) -> str:
        """The method that runs the query or makes something else of it, or nothing."""
        last = method_of(self.calls[-1]) if self.calls else ""
        return "" if last in STEPS else last


def is_query(node: ast.AST) -> bool:
    """Whether a node has the shape `session.query(...)`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "query"


def entities_of(chain: Chain) -> tuple[ast.expr, ...]:
    found = chain.entities
    for call in chain.calls:
        if method_of(call) == "with_entities":
            found = tuple(call.args)
        elif method_of(call) in ("add_columns", "add_entity"):
            found += tuple(call.args)
    return found


def root_of(node: ast.AST) -> ast.Call | None:
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if is_query(node):
            return node
        node = node.func.value
    return None


def method_of(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Attribute)
    return call.func.attr


def name_range(call: ast.Call) -> Range:
    """The method's name."""
    place = range_of(call.func)
    return Range(place.end_line, place.end_col - len(method_of(call).encode()), place.end_line, place.end_col)


def call_range(call: ast.Call) -> Range:
    """The method's name and arguments."""
    name, whole = name_range(call), range_of(call)
    return Range(name.start_line, name.start_col, whole.end_line, whole.end_col)


def gap(left: ast.expr, call: ast.Call) -> Range:
    """What stands between an expression and the name of the method called on it."""
    end, name = range_of(left), name_range(call)
    return Range(end.end_line, end.end_col, name.start_line, name.start_col)


def last_name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def is_class_name(name: str) -> bool:
    return name[:1].isupper() and not name.isupper()
