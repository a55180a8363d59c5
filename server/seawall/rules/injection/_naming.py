"""Names in SQL text: quoting them as identifiers, and checking them before use."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import CannotFix, Edit, Fix, Safety
from seawall.edits.imports import need
from seawall.edits.layout import indent_of, one_level
from seawall.rules.base import File
from seawall.rules.injection._template import Char, read_template
from seawall.semantics.meanings.sql_call import HOLE, SqlCall
from seawall.semantics.taint import Arrival


def identifier_fixes(sql: SqlCall, names: list[ast.expr], file: File) -> Iterator[Fix]:
    """`sql.SQL("... {} ...").format(sql.Identifier(name))`, where psycopg takes an f-string whose values are all names."""
    node = sql.statement
    library = sql.name.partition(".")[0]
    if library not in ("psycopg", "psycopg2") or not isinstance(node, ast.JoinedStr) or file.item.broken:
        return
    template = read_template(file, node)
    if template is None or any(value.written or value.node not in names for value in template.values):
        return
    holes = [at for at, char in enumerate(template.chars) if char.text == HOLE]
    if not all(_is_identifier(template.chars, at) for at in holes):
        return

    def make() -> Iterator[Edit]:
        needed = need(file, f"{library}.sql")
        if needed.expression == "psycopg2.sql":
            raise CannotFix("`import psycopg2` does not bring its `sql` module")
        yield from needed.edits
        yield file.insert_before(node, f"{needed.expression}.SQL(")
        for literal in template.literals:
            if literal.fields:
                prefix = literal.start + literal.opening.lower().index("f")
                yield file.replace(template.range(prefix, prefix + 1), "")
            else:
                for char in template.chars:
                    if char.text in "{}" and literal.start <= char.start < literal.end:
                        yield file.replace(template.range(char.start, char.end), char.text * 2)
        for at in holes:
            quoted = at and template.chars[at - 1].text == '"'
            first, last = (at - 1, at + 1) if quoted else (at, at)
            yield file.replace(template.range(template.chars[first].start, template.chars[last].end), "{}")
        given = ", ".join(f"{needed.expression}.Identifier({file.text(value.node)})" for value in template.values)
        yield file.insert_after(node, f").format({given})")

    yield Fix(
        "Quote the name as an identifier",
        make,
        Safety.UNSAFE,
        "a quoted name keeps its case and stands for one table or column, and a client may still choose any of them",
    )


def _is_identifier(chars: list[Char], at: int) -> bool:
    """Whether what stands there is one name: not a direction, nor a list."""
    before = "".join(char.text for char in chars[:at]).rstrip()
    after = "".join(char.text for char in chars[at + 1 :])
    if before.endswith('"') is not after.startswith('"') or before.endswith(("'", "`", "[")):
        return False
    word = before.rstrip('"').rstrip().rpartition(" ")[2].lower()
    return word in ("from", "join", "into", "update", "table", "by", "truncate", "view", "only") or (
        word.endswith(".") or after.lstrip('"').startswith(".")
    )


def check_first_fixes(node: ast.Call, arrival: Arrival, file: File) -> Iterator[Fix]:
    """`if sort not in Book.__mapper__.column_attrs: raise ...` before the statement."""
    model, name = node.args[0], node.args[1]
    statement = file.statement(node)
    block = file.parent(statement)
    function = file.function(node)
    if (
        not isinstance(name, ast.Name)
        or file.item.broken
        or not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        or isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.While))
        or not any(statement in getattr(block, field, ()) for field in ("body", "orelse", "finalbody"))
        or file.item.text.split("\n")[statement.lineno - 1][: statement.col_offset].strip()
        or not _is_bound_before(name, statement, file)
    ):
        return

    def make() -> Iterator[Edit]:
        indent, level = indent_of(file, statement), one_level(file.item.text)
        if arrival.handler == file.absolute_name(function):
            needed = need(file, "fastapi.HTTPException")
            yield from needed.edits
            raised = f'{needed.expression}(422, f"unknown column: {{{name.id}}}")'
        else:
            raised = f'ValueError(f"unknown column: {{{name.id}}}")'
        columns = f"{file.text(model)}.__mapper__.column_attrs"
        yield file.insert_before(statement, f"if {name.id} not in {columns}:\n{indent}{level}raise {raised}\n{indent}")

    yield Fix(
        "Check the name against the model's columns",
        make,
        Safety.UNSAFE,
        "other names are refused from now on, and a client may still choose any column",
    )


def _is_bound_before(name: ast.Name, statement: ast.stmt, file: File) -> bool:
    """Whether the name has its value where the statement begins."""
    return all(
        isinstance(binding, ast.arg) or (getattr(binding, "lineno", 0) < statement.lineno)
        for binding in file.names.bindings(name)
    )
