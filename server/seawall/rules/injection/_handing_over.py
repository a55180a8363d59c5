"""Handing the bound values over, in the way of the call that takes the SQL."""

from __future__ import annotations

import ast
import re

from seawall.edits import Edit
from seawall.edits.imports import need
from seawall.knowledge.sql import Style
from seawall.rules.base import File
from seawall.rules.injection._bound import Bound
from seawall.rules.injection._template import Template
from seawall.semantics.meanings.sql_call import SqlCall
from seawall.semantics.types import Instance, options
from seawall.semantics.view import keyword

_NAMED = re.compile(r"(?<![:\w]):(\w+)")
_NUMBER = re.compile(r"\$(\d+)")
_FORMAT_NAMED = re.compile(r"%\((\w+)\)s")
_EXECUTING = frozenset({"execute", "scalar", "scalars", "stream", "stream_scalars"})
_MAPPINGS = ("builtins.dict", "typing.Mapping", "typing.MutableMapping")
_SEQUENCES = ("builtins.list", "builtins.tuple", "typing.Sequence")


class HandingOver:
    """The edits that hand over the values of one call; making them gives each placeholder its text."""

    def __init__(self, sql: SqlCall, template: Template, bound: list[Bound], file: File) -> None:
        self.sql = sql
        self.call = sql.call
        self.template = template
        self.bound = bound
        self.file = file

    def edits(self) -> list[Edit] | None:
        """None if the call does not allow it."""
        match self.sql.sink.style:
            case Style.TEXT:
                return self._text()
            case Style.NAMED:
                return self._named(self.call)
            case Style.NUMERIC:
                return self._numbered()
            case Style.FORMAT | Style.QMARK:
                return self._format_named() if self._uses_names() else self._in_order()
        return None

    def given(self) -> ast.expr | None:
        """The parameters that the call is given already."""
        if len(self.call.args) > 1:
            return self.call.args[1]
        for name in ("params", "parameters", "values", "vars", "args", "query_params"):
            if (value := keyword(self.call, name)) is not None:
                return value
        return None

    # -- by name ------------------------------------------------------------------------------------------------------

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

    def _text(self) -> list[Edit] | None:
        """`text("... :name")` and the dict of the execute around it, else `.bindparams(name=name)`."""
        if self.sql.name == "sqlalchemy.text":
            match self.file.parent(self.call):
                case ast.Call(func=ast.Attribute(attr=attr), args=[first, *_]) as around:
                    if attr in _EXECUTING and first is self.call:
                        return self._expanding(self._named(around))
            names = self._names(set(_NAMED.findall(self.template.text)), ":{}")
            lists = {one.placeholder[1:] for one in self.bound if one.is_list}
            if lists:
                return self._bindparams(names, lists)
            values = ", ".join(f"{name}={value}" for name, value in names.items())
            return [self.file.insert_after(self.call, f".bindparams({values})")]
        added = self._named(self.call)
        if added is None:
            return None
        needed = need(self.file, "sqlalchemy.text")
        statement = self.sql.statement
        return [
            *needed.edits,
            self.file.insert_before(statement, f"{needed.expression}("),
            self.file.insert_after(statement, ")"),  # stands before what is added at the same place
            *added,
        ]

    def _bindparams(self, names: dict[str, str], lists: set[str]) -> list[Edit]:
        """`.bindparams(bindparam("ids", ids, expanding=True), name=name)`."""
        needed = need(self.file, "sqlalchemy.bindparam")
        made = [f'{needed.expression}("{name}", {names[name]}, expanding=True)' for name in names if name in lists]
        made += [f"{name}={value}" for name, value in names.items() if name not in lists]
        return [*needed.edits, self.file.insert_after(self.call, f".bindparams({', '.join(made)})")]

    def _expanding(self, edits: list[Edit] | None) -> list[Edit] | None:
        """Lists need a parameter that expands."""
        names = dict.fromkeys(one.placeholder[1:] for one in self.bound if one.is_list)
        if edits is None or not names:
            return edits
        needed = need(self.file, "sqlalchemy.bindparam")
        made = ", ".join(f'{needed.expression}("{name}", expanding=True)' for name in names)
        return [*needed.edits, self.file.insert_after(self.call, f".bindparams({made})"), *edits]

    def _named(self, call: ast.Call) -> list[Edit] | None:
        names = self._names(set(_NAMED.findall(self.template.text)), ":{}")
        given = call.args[1] if len(call.args) > 1 else None
        for name in ("params", "parameters", "values"):
            given = given or keyword(call, name)
        if given is None and (len(call.args) != 1 or isinstance(call.args[0], ast.Starred)):
            return None
        return self._dict(names, given, call)

    def _format_named(self) -> list[Edit] | None:
        """`%(name)s` and a dict."""
        if self.sql.sink.style is not Style.FORMAT:
            return None
        names = self._names(set(_FORMAT_NAMED.findall(self.template.text)), "%({})s")
        return self._dict(names, self.given(), self.call)

    def _uses_names(self) -> bool:
        given = self.given()
        return isinstance(given, ast.Dict) or bool(_FORMAT_NAMED.search(self.template.text) and given is not None)

    def _dict(self, names: dict[str, str], given: ast.expr | None, call: ast.Call) -> list[Edit] | None:
        entries = ", ".join(f'"{name}": {value}' for name, value in names.items())
        if given is None:
            return [self.file.insert_after(call.args[0], f", {{{entries}}}")]
        if isinstance(given, ast.Dict):
            present = {key.value for key in given.keys if isinstance(key, ast.Constant)}
            if present & names.keys():
                return None
            if not given.values:
                return [self.file.replace(given, f"{{{entries}}}")]
            return [self.file.insert_after(given.values[-1], f", {entries}")]
        if self._is(given, _MAPPINGS) and isinstance(given, (ast.Name, ast.Attribute)):
            return [self.file.replace(given, f"{{**{self.file.text(given)}, {entries}}}")]
        return None

    def _is(self, node: ast.expr, classes: tuple[str, ...]) -> bool:
        found = options(self.file.type_of(node))
        return bool(found) and all(isinstance(one, Instance) and one.cls in classes for one in found)

    # -- by number and in order ---------------------------------------------------------------------------------------

    def _numbered(self) -> list[Edit] | None:
        """`$1`, and the values behind those that are there."""
        arguments = self.call.args
        if any(isinstance(argument, ast.Starred) for argument in arguments) or not arguments:
            return None
        used = max((int(number) for number in _NUMBER.findall(self.template.text)), default=0)
        if used != len(arguments) - 1:
            return None
        numbers: dict[str, int] = {}
        for one in self.bound:
            number = numbers.setdefault(one.value, used + len(numbers) + 1)
            one.placeholder = f"${number}"
        return [self.file.insert_after(arguments[-1], f", {', '.join(numbers)}")]

    def _in_order(self) -> list[Edit] | None:
        """A tuple with the values in the order of their places."""
        sign = "%s" if self.sql.sink.style is Style.FORMAT else "?"
        for one in self.bound:
            one.placeholder = sign
        given = self.given()
        values = [one.value for one in self.bound]
        if given is None:
            return self._new_tuple(values)
        before = ["".join(char.text for char in self.template.chars[: one.first]).count(sign) for one in self.bound]
        count = self.template.text.count(sign)
        if isinstance(given, (ast.Tuple, ast.List)):
            if not given.elts and not count:
                return [self.file.replace(given, self._written(values, isinstance(given, ast.List)))]
            if not given.elts or count != len(given.elts) or self.template.tails:
                return None
            return self._between(given.elts, before)
        if self.template.tails or not self._is(given, _SEQUENCES) or not isinstance(given, (ast.Name, ast.Attribute)):
            return None
        kept = self.file.text(given)
        if all(at == count for at in before):
            return [self.file.replace(given, f"(*{kept}, {', '.join(values)})")]
        if not any(before):
            return [self.file.replace(given, f"({', '.join(values)}, *{kept})")]
        return None

    def _between(self, elements: list[ast.expr], before: list[int]) -> list[Edit]:
        return [
            self.file.insert_before(elements[at], f"{one.value}, ")
            if at < len(elements)
            else self.file.insert_after(elements[-1], f", {one.value}")
            for one, at in zip(self.bound, before, strict=True)
        ]

    def _new_tuple(self, values: list[str]) -> list[Edit] | None:
        if len(self.call.args) != 1 or isinstance(self.call.args[0], ast.Starred):
            return None
        written = self._written(values, self.sql.name.startswith("django."))
        return [self.file.insert_after(self.call.args[0], f", {written}")]

    def _written(self, values: list[str], is_list: bool) -> str:
        if is_list:
            return f"[{', '.join(values)}]"
        return f"({', '.join(values)}{',' if len(values) == 1 else ''})"


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
