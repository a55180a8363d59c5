"""The chain of a legacy query as a `select()`, which does not run."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from seawall.edits.fix import CannotFix
from seawall.edits.query_chain import (
    FETCHES,
    INNER,
    STEPS,
    STREAM,
    Chain,
    gap,
    method_of,
    name_range,
    root_of,
)
from seawall.semantics.view import View
from seawall.syntax import Range, range_of

Name: TypeAlias = Callable[[str], str]


class Selecting:
    """`name` says under which expression a qualified name can be used in the file."""

    def __init__(self, view: View, name: Name) -> None:
        self.view = view
        self.name = name

    def chain(
        self, root: ast.expr, session: ast.expr, entities: tuple[ast.expr, ...], before: tuple[str, ...] = ()
    ) -> Chain:
        """The calls that hang on a root."""
        calls: list[ast.Call] = []
        node = root
        while isinstance(attribute := self.view.parent(node), ast.Attribute):
            call = self.view.parent(attribute)
            if not isinstance(call, ast.Call) or call.func is not attribute:
                break
            if attribute.attr not in STEPS and attribute.attr not in INNER and attribute.attr not in FETCHES:
                raise CannotFix(f"`{attribute.attr}()` of a query has no counterpart that is known to be exact")
            calls.append(call)
            node = call
            if attribute.attr not in STEPS:
                break
        return Chain(root, tuple(calls), session, entities, before)

    def select(self, chain: Chain) -> str:
        """The chain as a `select()`, which does not run."""
        return self.select_of(chain, chain.calls)

    def select_of(
        self, chain: Chain, calls: Sequence[ast.Call], swaps: Iterable[tuple[Range, str]] = (), head: str = ""
    ) -> str:
        """The chain's text up to the last of `calls`; `head` takes the place of `session.query(...)`."""
        for call in calls:
            self._check_step(call)
        end = range_of(calls[-1] if calls else chain.root)
        start = range_of(chain.outer)
        changes = [*swaps, *self._nested(chain, calls, head)]
        if isinstance(chain.root, ast.Call):
            if "#" in self.view.text(chain.root.func):
                raise CannotFix("a comment stands inside of the call")
            if head:
                changes.append((range_of(chain.root), head))
            else:
                changes.append((range_of(chain.root.func), self.name("sqlalchemy.select")))
        for call in calls:
            method = method_of(call)
            new = STEPS.get(method) or INNER.get(method)
            if new:
                changes.append((name_range(call), new))
            if method == STREAM and call.args:
                start = range_of(call.args[0])
                changes.append((Range(*start[:2], *start[:2]), "yield_per="))
        return self._text(Range(start.start_line, start.start_col, end.end_line, end.end_col), changes)

    def _check_step(self, call: ast.Call) -> None:
        if method_of(call) in ("join", "outerjoin") and call.args and isinstance(call.args[0], ast.Constant):
            raise CannotFix("a join by name has no counterpart in `select()`")

    def _nested(self, chain: Chain, calls: Sequence[ast.Call], head: str) -> list[tuple[Range, str]]:
        """Queries among the arguments become selects of their own."""
        changes: list[tuple[Range, str]] = []
        parts: list[ast.AST] = [part for call in calls for part in (*call.args, *call.keywords)]
        if isinstance(chain.root, ast.Call) and not head:
            parts.extend(chain.root.args)
        while parts:
            node = parts.pop()
            inner = root_of(node)
            if inner is not None and isinstance(node, ast.Call):
                assert isinstance(inner.func, ast.Attribute)
                nested = self.chain(inner, inner.func.value, tuple(inner.args))
                if nested.outer is not node or nested.end in FETCHES:
                    raise CannotFix("a query runs inside of another query's arguments")
                changes.append((range_of(node), self.select(nested)))
            else:
                parts.extend(ast.iter_child_nodes(node))
        return changes

    def _text(self, range_: Range, changes: Iterable[tuple[Range, str]]) -> str:
        text, line, col = "", range_.start_line, range_.start_col
        for place, new in sorted(changes):
            text += self.view.slice(Range(line, col, place.start_line, place.start_col)) + new
            line, col = place.end_line, place.end_col
        return text + self.view.slice(Range(line, col, range_.end_line, range_.end_col))

    def comment(self, chain: Chain, steps: Sequence[ast.Call]) -> str:
        """A comment before the end of the chain, which is about to go."""
        if not chain.end:
            return ""
        between = self.view.slice(gap(steps[-1] if steps else chain.root, chain.calls[-1]))
        return between.rstrip(". \n") if "#" in between else ""

    def refuse_comments(self, chain: Chain) -> None:
        if "#" in self.view.text(chain.outer):
            raise CannotFix("a comment stands inside of the call")
