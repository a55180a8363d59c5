"""Text that a function of the project returns and its caller executes: the values come back beside the text."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from seawall.edits import CannotFix, Edit, Fix, Safety
from seawall.edits.imports import need
from seawall.knowledge.sql import MANY, Style
from seawall.rules.base import File
from seawall.rules.injection._bound import Bound, given
from seawall.rules.injection._helper import find_function
from seawall.rules.injection._text import text_edits, value_of
from seawall.semantics.meanings.sql_call import SqlCall
from seawall.semantics.types import Instance, Named, options
from seawall.semantics.view import FunctionNode

_STYLES = frozenset({Style.TEXT, Style.NUMERIC, Style.FORMAT, Style.QMARK})
_WRITTEN = ("builtins.str", "builtins.int", "builtins.float", "builtins.bool")


class Returned(msgspec.Struct):
    """A function whose text is executed elsewhere, and how."""

    sql: SqlCall
    """The call that executes the text, ..."""
    file: File
    """... and where it stands."""
    name: str
    """The function, absolute."""

    def fix(self) -> Iterator[Fix]:
        last = self.name.rpartition(".")[2]
        yield Fix(
            f"Let `{last}` return its text with the values bound",
            self._edits,
            Safety.UNSAFE,
            f"`{last}` returns something else than a string from then on",
        )

    def _edits(self) -> list[Edit]:
        helper, node = find_function(self.name, self.file)
        self._see_that_nobody_else_calls(helper, node)
        statement = self._only_result(helper, node)
        is_text = self.sql.sink.style is Style.TEXT
        inner = msgspec.structs.replace(
            self.sql,
            statement=statement,
            sink=self.sql.sink._replace(style=Style.PLAIN) if is_text else self.sql.sink,
        )
        edits, bound = text_edits(inner, statement, helper)
        if not is_text:
            edits.append(helper.insert_after(statement, f", {self._values(bound)}"))
        return [*edits, *self._declared(helper, node, bound), *self._unpacked()]

    # -- the function -------------------------------------------------------------------------------------------------

    def _only_result(self, helper: File, node: FunctionNode) -> ast.expr:
        scope = helper.scan.opened[node]
        last = node.name
        if scope.yields or node.decorator_list:
            raise CannotFix(f"`{last}` does not simply return its text")
        match scope.returns:
            case [ast.Return(value=ast.expr() as value)]:
                return value
        raise CannotFix(f"`{last}` returns texts in several places")

    def _see_that_nobody_else_calls(self, helper: File, node: FunctionNode) -> None:
        uses = 0
        for document in self.file.modules():
            for item in document.source.items:
                view = File(document, item, self.file.index, self.file.project)
                for one in (*view.uses(node.name), *view.scan.nodes.get(ast.Attribute, ())):
                    is_named = isinstance(one, ast.Name) or getattr(one, "attr", "") == node.name
                    uses += is_named and isinstance(one.ctx, ast.Load) and self._may_be(view, one)
        if uses != 1:
            raise CannotFix(f"`{node.name}` is used elsewhere, too")

    def _may_be(self, view: File, node: ast.AST) -> bool:
        found = options(view.type_of(node))
        names = [view.index.resolve(one.name).name for one in found if isinstance(one, Named)]
        return not found or self.name in names

    def _values(self, bound: list[Bound]) -> str:
        values = [f"*{one.value}" if one.is_spread else one.value for one in bound]
        if self.sql.sink.style is Style.NUMERIC:
            return ", ".join(dict.fromkeys(one.value for one in bound))
        return f"({', '.join(values)}{',' if len(values) == 1 else ''})"

    def _declared(self, helper: File, node: FunctionNode, bound: list[Bound]) -> Iterator[Edit]:
        """What the function says that it returns."""
        if node.returns is None:
            return
        if self.sql.sink.style is Style.TEXT:
            needed = need(helper, "sqlalchemy.TextClause")
            yield from needed.edits
            yield helper.replace(node.returns, needed.expression)
            return
        kinds = [self._kind(helper, one) for one in bound]
        if self.sql.sink.style is Style.NUMERIC:
            distinct = {one.value: kind for one, kind in zip(bound, kinds, strict=True)}
            yield helper.replace(node.returns, f"tuple[{', '.join(('str', *distinct.values()))}]")
        else:
            inner = "object, ..." if any(one.is_spread for one in bound) else ", ".join(kinds)
            yield helper.replace(node.returns, f"tuple[str, tuple[{inner}]]")

    def _kind(self, helper: File, one: Bound) -> str:
        if one.value.startswith("f"):
            return "str"
        found = options(helper.type_of(one.node))
        match found:
            case (Instance(cls, ()),) if cls in _WRITTEN:
                return cls.removeprefix("builtins.")
        return "object"

    # -- the call -----------------------------------------------------------------------------------------------------

    def _unpacked(self) -> Iterator[Edit]:
        """`execute(*select(name))`; what is a `text()` already needs no other."""
        statement = self.sql.statement
        if self.sql.sink.style is Style.TEXT:
            if self.sql.name != "sqlalchemy.text":
                return
            yield self.file.replace(self.sql.call, self.file.text(statement))
            return
        if self.sql.call.args != [statement] or given(self.sql) is not None:
            raise CannotFix("the call is given values already")
        yield self.file.insert_before(statement, "*")


def returned(sql: SqlCall, file: File) -> Returned | None:
    """The function of the project that returns the text, if the text is nothing else."""
    if sql.hops or sql.sink.style not in _STYLES or sql.sink.keyword == "where":
        return None
    if sql.name.rpartition(".")[2] in (*MANY, "executescript", "prepare"):
        return None
    node = sql.statement
    if isinstance(node, ast.Name):
        node = value_of(node, file) or node
    node = node.value if isinstance(node, ast.Await) else node
    found = file.called_function(node) if isinstance(node, ast.Call) else None
    return Returned(sql, file, file.index.resolve(found[0]).name) if found is not None and found[1].gives else None
