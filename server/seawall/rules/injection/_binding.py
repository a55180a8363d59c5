"""Binding the values in SQL text as parameters: the fix of what is put together from strings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from seawall.edits import CannotFix, Edit, Fix, Safety
from seawall.knowledge.sql import BINDLESS, Style
from seawall.rules.base import File
from seawall.rules.injection._bound import Bound, casts, find_bound
from seawall.rules.injection._handing_over import HandingOver
from seawall.rules.injection._template import Template, read_template
from seawall.semantics.meanings.sql_call import HOLE, SqlCall


@dataclass(slots=True)
class Plan:
    """How a call's text is to be bound."""

    sql: SqlCall
    template: Template
    bound: list[Bound]

    def handing_over(self, file: File) -> HandingOver:
        return HandingOver(self.sql, self.template, self.bound, file)


def bind_fixes(sql: SqlCall, file: File) -> Iterator[Fix]:
    """The fix that binds every value, if each of them stands where a value may stand."""
    plan = _plan(sql, file)
    if plan is None or file.item.broken or plan.handing_over(file).edits() is None:
        return
    is_certain = all(one.is_certain for one in plan.bound)
    names = ", ".join(f"`{one.value}`" for one in plan.bound[:3])
    yield Fix(
        f"Bind {names} as a parameter" if len(plan.bound) == 1 else f"Bind {names} as parameters",
        lambda: _edits(plan, file),
        Safety.SAFE if is_certain else Safety.UNSAFE,
        "" if is_certain else "the value is bound as the type that it has here, which the column must take",
    )


def _plan(sql: SqlCall, file: File) -> Plan | None:
    if sql.sink.style is Style.OTHER or (isinstance(sql.call.func, ast.Attribute) and sql.call.func.attr in BINDLESS):
        return None
    node = _text_node(sql, file)
    template = read_template(file, node) if node is not None else None
    if template is None:
        return None
    bound = find_bound(template, sql, file)
    return Plan(sql, template, bound) if bound else None


def _text_node(sql: SqlCall, file: File) -> ast.expr | None:
    """The string expression: the argument itself, or what its variable is set to for this use alone."""
    statement = sql.statement
    if not isinstance(statement, ast.Name):
        return statement
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


def _edits(plan: Plan, file: File) -> list[Edit]:
    handing_over = plan.handing_over(file)
    edits = handing_over.edits()
    if edits is None:
        raise CannotFix("the call's parameters are not written out")
    template, style = plan.template, plan.sql.sink.style
    covered: set[int] = set()
    for one in plan.bound:
        chars = template.chars[one.first : one.last + 1]
        covered.update(range(one.first, one.last + 1))
        glue = next((char.glue for char in reversed(chars) if char.glue), "")
        written = casts(one, style, one.placeholder)
        written = f"{one.operator}{written})" if one.operator else written
        edits.append(file.replace(template.range(chars[0].start, chars[-1].end), f"{written}{glue}"))
    kept = _kept_fields(plan)
    for literal in template.literals:
        if literal.fields and not kept & set(literal.fields):
            prefix = literal.start + literal.opening.lower().index("f")
            edits.append(file.replace(template.range(prefix, prefix + 1), ""))
    edits.extend(_unescaped(plan, covered, kept, handing_over.given() is not None, file))
    edits.extend(file.replace(template.range(*tail), "") for tail in template.tails)
    return edits


def _unescaped(plan: Plan, covered: set[int], kept: set[int], has_parameters: bool, file: File) -> Iterator[Edit]:
    """Braces and percent signs as the text needs them from now on."""
    template, style = plan.template, plan.sql.sink.style
    for number, char in enumerate(template.chars):
        if number in covered or char.text not in ("{", "}", "%"):
            continue
        where = template.range(char.start, char.end)
        is_doubled = char.end - char.start == 2
        if char.text == "%":
            wanted = style is Style.FORMAT and (not has_parameters or bool(template.tails))
            if wanted and not is_doubled:
                yield file.replace(where, "%%")
            elif is_doubled and style is not Style.FORMAT:
                yield file.replace(where, "%")
        elif is_doubled and not any(
            literal.start <= char.start < literal.end and kept & set(literal.fields) for literal in template.literals
        ):
            yield file.replace(where, char.text)


def _kept_fields(plan: Plan) -> set[int]:
    """The numbers of the holes that stay."""
    bound: set[int] = set()
    number = 0
    spans = [range(one.first, one.last + 1) for one in plan.bound]
    for at, char in enumerate(plan.template.chars):
        if char.text == HOLE:
            if any(at in span for span in spans):
                bound.add(number)
            number += 1
    return set(range(number)) - bound
