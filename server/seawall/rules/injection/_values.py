"""The values of one call: under which names, numbers or marks they are bound, and how they are written down."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from seawall.edits import CannotFix, Edit
from seawall.knowledge.sql import Style
from seawall.rules.base import File
from seawall.rules.injection._bound import Bound, given
from seawall.rules.injection._later import stays_the_same
from seawall.rules.injection._template import Template
from seawall.semantics.meanings.sql_call import SqlCall
from seawall.semantics.types import Instance, options
from seawall.syntax import Range, range_of

_NUMBER = re.compile(r"\$(\d+)")


class Values:
    """What is bound; giving it a place gives each placeholder its text."""

    def __init__(self, sql: SqlCall, template: Template, bound: list[Bound], file: File) -> None:
        self.sql = sql
        self.call = sql.call
        self.template = template
        self.bound = bound
        self.file = file
        self.present = given(sql)
        """The values that the call is given already."""
        self._add: Callable[[str], Edit] = lambda text: file.insert_after(self.call.args[0], f", {text}")

    def _names(self, taken: set[str], form: str) -> dict[str, str]:
        """A name for each bound expression."""
        names: dict[str, str] = {}
        for one in self.bound:
            if one.value not in names:
                stem = stem_of(one.node)
                name, count = stem, 1
                while name in taken:
                    count += 1
                    name = f"{stem}_{count}"
                taken.add(name)
                names[one.value] = name
            one.placeholder = form.format(names[one.value])
        return {name: value for value, name in names.items()}

    def _numbers(self) -> tuple[int, list[str]]:
        """How many numbers the text has, and the values in the order of those behind."""
        used = max((int(number) for number in _NUMBER.findall(self.template.text)), default=0)
        numbers: dict[str, int] = {}
        for one in self.bound:
            number = numbers.setdefault(one.value, used + len(numbers) + 1)
            one.placeholder = f"${number}"
        return used, list(numbers)

    def _signs(self) -> tuple[str, list[int]]:
        """The sign of a value, and how many stand before each of those that are bound."""
        sign = "%s" if self.sql.sink.style is Style.FORMAT else "?"
        for one in self.bound:
            one.placeholder = sign
        return sign, ["".join(char.text for char in self.template.chars[: one.first]).count(sign) for one in self.bound]

    def _around(self, row: str, before: list[int], count: int, values: list[str]) -> str:
        """`(*row, name)`."""
        if all(at == count for at in before):
            return f"(*{row}, {', '.join(values)})"
        if not any(before):
            return f"({', '.join(values)}, *{row})"
        raise CannotFix("the values stand between others that are not written out")

    def _each(self) -> list[str]:
        return [f"*{one.value}" if one.is_spread else one.value for one in self.bound]

    def _between(self, elements: list[ast.expr], values: list[str], before: list[int]) -> list[Edit]:
        edits: dict[int, list[str]] = {}
        for value, at in zip(values, before, strict=True):
            edits.setdefault(at, []).append(value)
        return [
            self.file.insert_before(elements[at], f"{', '.join(several)}, ")
            if at < len(elements)
            else self._behind(elements, f", {', '.join(several)}")
            for at, several in edits.items()
        ]

    def _behind(self, elements: list[ast.expr], text: str) -> Edit:
        """A value behind all others; the comma of a tuple with one element goes."""
        last, around = range_of(elements[-1]), self.file.parent(elements[-1])
        if len(elements) == 1 and around is not None:
            end = range_of(around)
            tail = self.file.slice(Range(last.end_line, last.end_col, end.end_line, end.end_col))
            if tail.lstrip(" ").startswith(","):
                comma = last.end_col + tail.index(",") + 1
                return self.file.replace(Range(last.end_line, last.end_col, last.end_line, comma), text)
        return self.file.insert_after(elements[-1], text)

    def _written(self, is_list: bool) -> str:
        values = self._each()
        if len(self.bound) == 1 and self.bound[0].is_spread:
            return f"{'list' if is_list else 'tuple'}({self.bound[0].value})"
        if is_list:
            return f"[{', '.join(values)}]"
        return f"({', '.join(values)}{',' if len(values) == 1 else ''})"

    def _in_rows(
        self, present: ast.expr | None, values: list[str], before: list[int], count: int | None = None
    ) -> list[Edit]:
        if isinstance(present, (ast.List, ast.Tuple)) and present.elts:
            rows = [row.elts for row in present.elts if isinstance(row, (ast.Tuple, ast.List)) and row.elts]
            if len(rows) == len(present.elts):
                return [edit for row in rows for edit in self._between(row, values, before)]
        count = before[0] if count is None and before else count or 0
        return self._comprehension(present, lambda row: self._around(row, before, count or 0, values))

    def _comprehension(self, present: ast.expr | None, made: Callable[[str], str]) -> list[Edit]:
        """`[(*row, name) for row in rows]`."""
        if present is None or isinstance(present, ast.Starred):
            raise CannotFix("the rows are not written out")
        stays_the_same(self.bound, self.file)
        taken = {node.id for node in ast.walk(self.file.statement(self.call)) if isinstance(node, ast.Name)}
        row = next(name for name in ("row", "one", "given", "row_values") if name not in taken)
        rows = self.file.text(present)
        if isinstance(present, (ast.IfExp, ast.Lambda, ast.NamedExpr)):
            rows = f"({rows})"
        return [self.file.replace(present, f"[{made(row)} for {row} in {rows}]")]

    def _is(self, node: ast.expr, classes: tuple[str, ...]) -> bool:
        found = options(self.file.type_of(node))
        return bool(found) and all(isinstance(one, Instance) and one.cls in classes for one in found)


def stem_of(node: ast.expr) -> str:
    """What a parameter for an expression is called."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=attr):
            return attr
        case ast.Attribute(value=value, attr=attr):
            return f"{stem_of(value)}_{attr}" if isinstance(value, (ast.Name, ast.Attribute)) else attr
        case ast.Subscript(slice=ast.Constant(value=str(key))) if key.isidentifier():
            return key
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str(key)), *_]) if key.isidentifier():
            return key
        case ast.Call(func=ast.Attribute(value=ast.Name() | ast.Attribute() as value)):
            return stem_of(value)
        case ast.Call(args=[inner]):
            return stem_of(inner)
    return "value"
