"""The placeholders in SQL text: where they come, and what becomes of its literals, braces and percent signs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from seawall.edits import CannotFix, Edit
from seawall.knowledge.sql import Style
from seawall.rules.base import File
from seawall.rules.injection._bound import Bound, casts, find_bound, is_formatted
from seawall.rules.injection._handing_over import HandingOver
from seawall.rules.injection._lists import marks
from seawall.rules.injection._template import Char, Literal, Template, read_template
from seawall.semantics.meanings.sql_call import HOLE, SqlCall


class Plan(msgspec.Struct):
    """How a call's text is to be bound."""

    sql: SqlCall
    template: Template
    bound: list[Bound]


def value_of(statement: ast.expr, file: File) -> ast.expr | None:
    """What a variable is set to for this use alone."""
    if not isinstance(statement, ast.Name):
        return None
    bindings = file.names.bindings(statement)
    uses = [
        node
        for node in file.scan.nodes[ast.Name]
        if isinstance(node, ast.Name) and node.id == statement.id and file.function(node) is file.function(statement)
    ]
    if len(bindings) != 1 or len(uses) != 2:
        return None
    match file.parent(bindings[0]):
        case ast.Assign(targets=[ast.Name()], value=value) | ast.AnnAssign(value=ast.expr() as value):
            return value
    return None


def text_edits(sql: SqlCall, node: ast.expr, file: File) -> tuple[list[Edit], list[Bound]]:
    """The edits that bind the values in a text that stands elsewhere than in the call that takes it, and the values.

    Raises:
        CannotFix: one of them stands where no parameter can.
    """
    node = value_of(node, file) or node
    template = read_template(file, node)
    bound = find_bound(template, sql, file, set()) if template is not None else None
    if template is None or not bound:
        raise CannotFix("the text is put together in a way that cannot be changed with certainty")
    over = HandingOver(sql, template, bound, file)
    edits = over.edits() if sql.sink.style is Style.PLAIN else over.placed()
    return [*edits, *written(Plan(sql, template, bound), file)], bound


def written(plan: Plan, file: File) -> list[Edit]:
    """The placeholders in the text."""
    edits: list[Edit] = []
    template, style = plan.template, plan.sql.sink.style
    literals = _Literals(plan)
    covered: set[int] = set()
    for one in plan.bound:
        chars = template.chars[one.first : one.last + 1]
        covered.update(range(one.first, one.last + 1))
        if one.is_spread:
            written = marks(style, one.value, literals.at(chars[0]))
            if written is None:
                raise CannotFix(f"`{one.value}` has to be put into a variable first")
            _repeatable(one)
        else:
            written = casts(one, style, one.placeholder)
            written = f"{one.operator}{written})" if one.operator else written
        edits.append(file.replace(template.range(chars[0].start, chars[-1].end), f"{written}{_glue(chars)}"))
    edits.extend(file.replace(template.range(start, end), text) for start, end, text in literals.prefixes())
    edits.extend(_unescaped(plan, covered, literals, file))
    edits.extend(file.replace(template.range(*tail), "") for tail in template.tails)
    return edits


def _repeatable(one: Bound) -> None:
    """See that a list may be asked for its length and then for its items."""
    for node in ast.walk(one.node):
        if isinstance(node, (ast.Await, ast.NamedExpr)) or (
            isinstance(node, ast.Call) and not (isinstance(node.func, ast.Attribute) and node.func.attr == "split")
        ):
            raise CannotFix(f"`{one.value}` has to be put into a variable first")


def _glue(chars: list[Char]) -> str:
    return next((char.glue for char in reversed(chars) if char.glue), "")


class _Literals:
    """The literals as they are after the edits: which of them become one, and which are f-strings."""

    def __init__(self, plan: Plan) -> None:
        self._all = plan.template.literals
        self._heads = {id(one): one for one in self._all}
        """Of each literal, the first of those that it becomes one with."""
        bound = {at for one in plan.bound for at in range(one.first, one.last + 1)}
        fields: set[int] = set()
        number = 0
        for at, char in enumerate(plan.template.chars):
            if char.text == HOLE:
                fields |= {number} - ({number} if at in bound else set())
                number += 1
        for one in plan.bound:
            chars = plan.template.chars[one.first : one.last + 1]
            last = next((at for at, other in enumerate(self._all) if other.body == chars[-1].end), None)
            hole = next((char for char in reversed(chars) if char.text == HOLE), None)
            if hole is not None:
                last = next((at for at, other in enumerate(self._all) if other.body == hole.end), None)
            if last and not _glue(chars):
                self._heads[id(self._all[last])] = self.head(self._all[last - 1])
        kept = [one for one in self._all if fields & set(one.fields)]
        spread = [self.at(plan.template.chars[one.first]) for one in plan.bound if one.is_spread]
        self._formatted = {id(self.head(one)) for one in (*kept, *spread)}

    def at(self, char: Char) -> Literal:
        """The literal that a character stands in."""
        return next(one for one in self._all if one.start <= char.start < one.end)

    def head(self, literal: Literal) -> Literal:
        return self._heads[id(literal)]

    def is_formatted(self, literal: Literal) -> bool:
        return id(self.head(literal)) in self._formatted

    def prefixes(self) -> Iterator[tuple[int, int, str]]:
        """What makes f-strings of some, and plain ones of others."""
        for literal in self._all:
            is_f = "f" in literal.prefix
            if self.head(literal) is not literal or is_f is self.is_formatted(literal):
                continue
            if not is_f and literal.prefix not in ("", "r"):
                raise CannotFix("the text is of a kind that cannot hold a list")
            at = literal.start + literal.opening.lower().index("f") if is_f else literal.start
            yield (at, at + 1, "") if is_f else (at, at, "f")


def _unescaped(plan: Plan, covered: set[int], literals: _Literals, file: File) -> Iterator[Edit]:
    """Braces and percent signs as the text needs them from now on."""
    template = plan.template
    is_percent = plan.sql.sink.style is Style.FORMAT and not is_formatted(plan.sql)
    for number, char in enumerate(template.chars):
        if number in covered or char.text not in ("{", "}", "%") or char.start == char.end:
            continue
        wanted = is_percent if char.text == "%" else literals.is_formatted(literals.at(char))
        is_doubled = char.end - char.start == 2
        if wanted is not is_doubled:
            yield file.replace(template.range(char.start, char.end), char.text * 2 if wanted else char.text)
