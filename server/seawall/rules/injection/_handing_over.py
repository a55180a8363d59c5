"""Handing the bound values over, in the way of the call that takes the SQL."""

from __future__ import annotations

import ast
import re

from seawall.edits import CannotFix, Edit
from seawall.edits.calls import add_keyword
from seawall.edits.imports import need
from seawall.knowledge.sql import MANY, SINKS, Style
from seawall.rules.injection._helper import Takes, given_to
from seawall.rules.injection._later import later_calls, stays_the_same
from seawall.rules.injection._values import Values
from seawall.semantics.summary import known
from seawall.semantics.types import Named, options
from seawall.semantics.view import keyword
from seawall.syntax import Range, range_of

_NAMED = re.compile(r"(?<![:\w\\]):(\w+)(?!:)")
_FORMAT_NAMED = re.compile(r"%\((\w+)\)s")
_MAPPINGS = ("builtins.dict", "typing.Mapping", "typing.MutableMapping")
_SEQUENCES = ("builtins.list", "builtins.tuple", "typing.Sequence")


class HandingOver(Values):
    """The edits that hand over the values of one call; making them gives each placeholder its text.

    All methods raise CannotFix where the call does not allow it.
    """

    def edits(self) -> list[Edit]:
        method = self.sql.name.rpartition(".")[2]
        if method == "executescript":
            raise CannotFix("`executescript` takes no values")
        if method in MANY:
            return self._rows()
        match self.sql.sink.style:
            case Style.TEXT:
                return self._text()
            case Style.PLAIN:
                return self._made_text(self._carried(self.sql.statement))
            case Style.DRIVER:
                return self._of_driver()
            case Style.NAMED:
                return self._named(self.call)
            case Style.NUMERIC:
                return self._prepared() if method == "prepare" else self._numbered(self.call.args[1:], self.call)
            case Style.FORMAT | Style.QMARK:
                return self._format_named() if self._uses_names() else self._in_order()
        raise CannotFix("it is not known how the call takes values")

    def through(self, how: Takes) -> list[Edit]:
        """The same where a function of the project is called, which executes the text."""
        self.present = given_to(self.call, how)
        if any(isinstance(one, ast.Starred) for one in self.call.args) or any(
            one.arg is None for one in self.call.keywords
        ):
            raise CannotFix("the call's arguments are not written out")
        is_next = how.position == len(self.call.args)
        if how.is_spread and not (is_next or self.present is not None):
            raise CannotFix("the text is given by name")
        self._add = lambda text: (
            self.file.insert_after(self.call.args[-1], f", {text}")
            if is_next
            else add_keyword(self.file, self.call, how.name, text)
        )
        style = self.sql.sink.style
        if style is Style.NUMERIC:
            return [*how.edits, *self._numbered(self.call.args[how.position :], self.call)]
        if style in (Style.TEXT, Style.NAMED):
            if any(one.is_list for one in self.bound):
                raise CannotFix("a list needs a text of its own")
            names = self._names(set(_NAMED.findall(self.template.text)), ":{}")
            return [*how.edits, *self._dict(names, self.present)]
        if how.is_spread:
            sign, before = self._signs()
            present = self.call.args[how.position :]
            if self.template.text.count(sign) != len(present):
                raise CannotFix("the call's values are not those that the text has places for")
            values = self._each()
            return self._between(present, values, before) if present else [self._add(", ".join(values))]
        return [*how.edits, *(self._format_named() if self._uses_names() else self._in_order())]

    def placed(self) -> list[Edit]:
        """No edits, since somebody else hands the values over: each placeholder gets its text."""
        if self.sql.sink.style is not Style.NUMERIC:
            self._signs()
        elif self._numbers()[0]:
            raise CannotFix("the text has places for other values")
        return []

    # -- by name ------------------------------------------------------------------------------------------------------

    def _text(self) -> list[Edit]:
        """`text("... :name")` and the dict of the execute around it, else `.bindparams(name=name)`."""
        if self.sql.name != "sqlalchemy.text":
            statement = self.sql.statement
            if not self._takes_dict(self.call):
                return self._made_text(self._carried(statement))
            return self._made_text(self._expanding(self._named(self.call), statement))
        match self.file.parent(self.call):
            case ast.Call(args=[first, *_]) as around if first is self.call and self._takes_dict(around):
                return self._expanding(self._named(around), self.call)
        return self._carried(self.call)

    def _takes_dict(self, call: ast.Call) -> bool:
        """Whether a call is known to take a dict of values beside the statement."""
        found = options(self.file.type_of(call.func))
        return bool(found) and all(
            isinstance(one, Named)
            and one.last != "exec"
            and (row := known(self.file.index, SINKS, one.name)) is not None
            and row.style is Style.TEXT
            for one in found
        )

    def _made_text(self, edits: list[Edit]) -> list[Edit]:
        """`text(...)` around the statement, with the edits that follow it."""
        needed = need(self.file, "sqlalchemy.text")
        statement = self.sql.statement
        return [
            *needed.edits,
            self.file.insert_before(statement, f"{needed.expression}("),
            self.file.insert_after(statement, ")"),  # stands before what is added at the same place
            *edits,
        ]

    def _carried(self, node: ast.expr) -> list[Edit]:
        """`.bindparams(bindparam("ids", ids, expanding=True), name=name)` behind a text."""
        names = self._names(set(_NAMED.findall(self.template.text)), ":{}")
        lists = {one.placeholder[1:] for one in self.bound if one.is_list}
        edits: list[Edit] = []
        made = []
        if lists:
            needed = need(self.file, "sqlalchemy.bindparam")
            edits += needed.edits
            made = [f'{needed.expression}("{name}", {names[name]}, expanding=True)' for name in names if name in lists]
        made += [f"{name}={value}" for name, value in names.items() if name not in lists]
        return [*edits, self.file.insert_after(node, f".bindparams({', '.join(made)})")]

    def _expanding(self, edits: list[Edit], node: ast.expr) -> list[Edit]:
        """Lists need a parameter that expands."""
        names = dict.fromkeys(one.placeholder[1:] for one in self.bound if one.is_list)
        if not names:
            return edits
        needed = need(self.file, "sqlalchemy.bindparam")
        made = ", ".join(f'{needed.expression}("{name}", expanding=True)' for name in names)
        return [*needed.edits, self.file.insert_after(node, f".bindparams({made})"), *edits]

    def _of_driver(self) -> list[Edit]:
        """`execute(text("... :name"), {"name": name})` in the place of `exec_driver_sql`."""
        if self.present is not None:
            raise CannotFix(
                "the values that are given already are written in the way of a driver that is not known here"
            )
        covered = {at for one in self.bound for at in range(one.first, one.last + 1)}
        rest = "".join(" " if at in covered else char.text for at, char in enumerate(self.template.chars))
        if "%" in rest or (found := _NAMED.search(rest)) is not None or "\\" in rest:
            raise CannotFix(f"`text()` would read `{found[0] if '%' not in rest and found else '%'}` in another way")
        func = self.call.func
        if not isinstance(func, ast.Attribute):
            raise CannotFix("the call is made by another name")
        end = range_of(func)
        name = Range(end.end_line, end.end_col - len(func.attr), end.end_line, end.end_col)
        named = self._named(self.call)
        return [self.file.replace(name, "execute"), *self._made_text(self._expanding(named, self.sql.statement))]

    def _named(self, call: ast.Call) -> list[Edit]:
        names = self._names(set(_NAMED.findall(self.template.text)), ":{}")
        present = call.args[1] if len(call.args) > 1 else None
        for name in ("params", "parameters", "values"):
            present = present or keyword(call, name)
        if present is None and (len(call.args) != 1 or isinstance(call.args[0], ast.Starred)):
            raise CannotFix("the call's arguments are not written out")
        self._add = lambda text: self.file.insert_after(call.args[0], f", {text}")
        return self._dict(names, present)

    def _format_named(self) -> list[Edit]:
        """`%(name)s` and a dict."""
        if self.sql.sink.style is not Style.FORMAT:
            raise CannotFix("the call's values have names")
        names = self._names(set(_FORMAT_NAMED.findall(self.template.text)), "%({})s")
        return self._dict(names, self.present)

    def _uses_names(self) -> bool:
        present = self.present
        return isinstance(present, ast.Dict) or bool(_FORMAT_NAMED.search(self.template.text) and present is not None)

    def _dict(self, names: dict[str, str], present: ast.expr | None) -> list[Edit]:
        entries = ", ".join(f'"{name}": {value}' for name, value in names.items())
        if present is None:
            return [self._add(f"{{{entries}}}")]
        if isinstance(present, ast.Dict):
            taken = {key.value for key in present.keys if isinstance(key, ast.Constant)}
            if taken & names.keys():
                raise CannotFix("the call is given another value of that name already")
            if not present.values:
                return [self.file.replace(present, f"{{{entries}}}")]
            return [self.file.insert_after(present.values[-1], f", {entries}")]
        if self._is(present, _MAPPINGS) and isinstance(present, (ast.Name, ast.Attribute)):
            return [self.file.replace(present, f"{{**{self.file.text(present)}, {entries}}}")]
        raise CannotFix(f"what `{self.file.text(present)}` holds is not known")

    # -- by number ----------------------------------------------------------------------------------------------------

    def _numbered(self, present: list[ast.expr], call: ast.Call) -> list[Edit]:
        """`$1`, and the values behind those that are there."""
        used, values = self._numbers()
        if any(isinstance(argument, ast.Starred) for argument in call.args) or (call is self.call and not call.args):
            raise CannotFix("the call's arguments are not written out")
        if used != len(present):
            raise CannotFix("the call's values are not those that the text has places for")
        return self._arguments(present, call, values)

    def _arguments(self, present: list[ast.expr], call: ast.Call, values: list[str]) -> list[Edit]:
        written = ", ".join(values)
        if present or call is self.call:
            return [self.file.insert_after(call.args[-1], f", {written}")]
        end = range_of(call.func)
        text = self.file.slice(Range(end.end_line, end.end_col, *range_of(call)[2:]))
        opening = end.end_line + text.partition("(")[0].count("\n"), end.end_col + text.index("(") + 1
        if "\n" in text.partition("(")[0]:
            raise CannotFix("the call's parentheses are not on its line")
        return [self.file.replace(Range(*opening, *opening), written + (", " if call.keywords else ""))]

    def _prepared(self) -> list[Edit]:
        """The values are given where the prepared statement runs."""
        stays_the_same(self.bound, self.file)
        used, values = self._numbers()
        edits: list[Edit] = []
        for call in later_calls(self.call, self.file):
            method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            if method in MANY:
                edits += self._in_rows(
                    call.args[0] if call.args else keyword(call, "args"), values, [used] * len(values)
                )
            else:
                edits += self._numbered(call.args, call)
        return edits

    # -- in order -----------------------------------------------------------------------------------------------------

    def _in_order(self) -> list[Edit]:
        """A tuple with the values in the order of their places."""
        sign, before = self._signs()
        count = self.template.text.count(sign)
        present = self.present
        if present is None:
            return self._new_values()
        if isinstance(present, (ast.Tuple, ast.List)):
            if not present.elts and not count:
                return [self.file.replace(present, self._written(isinstance(present, ast.List)))]
            if not present.elts or count != len(present.elts) or self.template.tails:
                raise CannotFix("the call's values are not those that the text has places for")
            return self._between(present.elts, self._each(), before)
        name = self.file.text(present)
        if (
            self.template.tails
            or not self._is(present, _SEQUENCES)
            or not isinstance(present, (ast.Name, ast.Attribute))
        ):
            raise CannotFix(f"what `{name}` holds is not known")
        return [self.file.replace(present, self._around(name, before, count, self._each()))]

    def _new_values(self) -> list[Edit]:
        is_django = self.sql.name.startswith("django.")
        if self.sql.sink.keyword == "where":
            name = "select_params" if isinstance(self.sql.statement, ast.Dict) else "params"
            return [add_keyword(self.file, self.call, name, self._written(is_list=True))]
        if not self.sql.hops and (len(self.call.args) != 1 or isinstance(self.call.args[0], ast.Starred)):
            raise CannotFix("the call's arguments are not written out")
        return [self._add(self._written(is_django))]

    # -- in rows ------------------------------------------------------------------------------------------------------

    def _rows(self) -> list[Edit]:
        """`executemany`: each row gets the values."""
        if any(isinstance(argument, ast.Starred) for argument in self.call.args):
            raise CannotFix("the call's arguments are not written out")
        present = self.present
        match self.sql.sink.style:
            case Style.NUMERIC:
                used, values = self._numbers()
                return self._in_rows(present, values, [used] * len(values))
            case Style.QMARK | Style.FORMAT if not _FORMAT_NAMED.search(self.template.text):
                if self.sql.sink.style is Style.QMARK and _NAMED.search(self.template.text):
                    raise CannotFix("the rows' values have names")
                sign, before = self._signs()
                return self._in_rows(present, self._each(), before, self.template.text.count(sign))
            case Style.NAMED | Style.FORMAT:
                is_format = self.sql.sink.style is Style.FORMAT
                taken = set((_FORMAT_NAMED if is_format else _NAMED).findall(self.template.text))
                names = self._names(taken, "%({})s" if is_format else ":{}")
                entries = ", ".join(f'"{name}": {value}' for name, value in names.items())
                return self._comprehension(present, lambda row: f"{{**{row}, {entries}}}")
        raise CannotFix("it is not known how the call takes rows")
