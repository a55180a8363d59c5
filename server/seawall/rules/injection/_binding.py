"""Binding the values in SQL text as parameters: the fix of what is put together from strings."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from seawall.edits import Edit, Fix, Safety
from seawall.knowledge.sql import Style
from seawall.rules.base import File
from seawall.rules.injection._bound import find_bound
from seawall.rules.injection._handing_over import HandingOver
from seawall.rules.injection._helper import given_to, takes
from seawall.rules.injection._returned import returned
from seawall.rules.injection._template import read_template
from seawall.rules.injection._text import Plan, value_of, written
from seawall.semantics.meanings.sql_call import SqlCall


def bind_fixes(sql: SqlCall, file: File) -> Iterator[Fix]:
    """The fix that binds every value, if each of them stands where a value may stand."""
    if file.item.broken:
        return
    plan = _plan(sql, file)
    if plan is None:
        if (made := returned(sql, file)) is not None:
            yield from made.fix()
        return
    doubt = next((one.doubt for one in plan.bound if one.doubt), "")
    names = ", ".join(f"`{one.value}`" for one in plan.bound[:3])
    yield Fix(
        f"Bind {names} as a parameter" if len(plan.bound) == 1 else f"Bind {names} as parameters",
        lambda: _edits(plan, file),
        Safety.UNSAFE if doubt else Safety.SAFE,
        doubt,
    )


def _plan(sql: SqlCall, file: File) -> Plan | None:
    if sql.executes is not None:
        sql = msgspec.structs.replace(sql, sink=sql.sink._replace(style=sql.executes.style))
    if sql.sink.style is Style.OTHER:
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
    return value_of(statement, file) if isinstance(statement, ast.Name) else statement


def _edits(plan: Plan, file: File) -> list[Edit]:
    if plan.sql.hops:
        how = takes(plan.sql, file)
        sql = msgspec.structs.replace(
            plan.sql, sink=plan.sql.sink._replace(formats=how.formats or given_to(plan.sql.call, how) is not None)
        )
        plan = Plan(sql, plan.template, find_bound(plan.template, sql, file) or plan.bound)
        edits = HandingOver(plan.sql, plan.template, plan.bound, file).through(how)
    else:
        edits = HandingOver(plan.sql, plan.template, plan.bound, file).edits()
    return [*edits, *written(plan, file)]
