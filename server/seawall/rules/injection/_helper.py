"""Text that one function puts together and another of the project executes: how the values come to be handed over there."""

from __future__ import annotations

import ast
from typing import NamedTuple

from seawall.edits import CannotFix, Edit
from seawall.knowledge.sql import COLONS, MANY, SINKS, Style
from seawall.rules.base import File
from seawall.semantics.facts import ClassFact
from seawall.semantics.meanings.sql_call import SqlCall
from seawall.semantics.summary import known
from seawall.semantics.types import Named, options
from seawall.semantics.view import FunctionNode, keyword

_UNCHANGED = frozenset({"staticmethod", "classmethod"})
_NAMES = ("parameters", "values", "sql_parameters", "sql_values")


class Takes(NamedTuple):
    """How a helper takes the values for the text that it executes."""

    position: int
    """At which a call of the helper gives them, ..."""
    name: str
    """... or under which name."""
    is_spread: bool
    """Whether each value is an argument of its own."""
    formats: bool
    """Whether percent signs in the text are read though no values are given."""
    edits: tuple[Edit, ...] = ()
    """What makes the helper take them, if it does not yet."""


def takes(sql: SqlCall, file: File) -> Takes:
    """How the function that is called takes values.

    Raises:
        CannotFix: it cannot be made to take any.
    """
    if len(sql.hops) != 1:
        raise CannotFix("the text goes through several functions before it is executed")
    if sql.name.rpartition(".")[2] in (*MANY, "executescript", "prepare"):
        raise CannotFix("the text is executed in a way that takes its values elsewhere")
    helper, node = find_function(sql.hops[0].caller, file)
    return _Reading(sql, helper, node).takes()


def find_function(name: str, file: File) -> tuple[File, FunctionNode]:
    """The code of a function of the project."""
    module, path = file.index.split(name)
    for document in file.modules():
        for item in document.source.items if document.module == module else ():
            helper = File(document, item, file.index, file.project)
            for node, scope in helper.scan.opened.items():
                if scope.path == path and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    return helper, node
    raise CannotFix(f"`{path}` cannot be found")


class _Reading:
    """A helper's code, seen from the call that executes the text."""

    def __init__(self, sql: SqlCall, helper: File, node: FunctionNode) -> None:
        self.sql = sql
        self.style = sql.sink.style
        self.helper = helper
        self.node = node
        self.scope = helper.scan.opened[node]
        self.call = self._executing(helper.names.call_sites(self.scope.path)[sql.hops[0].call][0])
        self.positional = [*node.args.posonlyargs, *node.args.args]

    def _executing(self, call: ast.Call) -> ast.Call:
        """The call that takes the values: for `text(sql)`, the one around it."""
        if self.sql.name != "sqlalchemy.text":
            return call
        match self.helper.parent(call):
            case ast.Call(args=[first, *_]) as around if first is call and self._takes_dict(around):
                return around
        raise CannotFix("it is not known what executes the text")

    def _takes_dict(self, call: ast.Call) -> bool:
        found = options(self.helper.type_of(call.func))
        rows = [
            known(self.helper.index, SINKS, one.name) for one in found if isinstance(one, Named) and one.last != "exec"
        ]
        return bool(rows) and all(row is not None and row.style is Style.TEXT for row in rows)

    def takes(self) -> Takes:
        arguments = self.node.args
        given = self.call.args[1:]
        spread = arguments.vararg.arg if arguments.vararg is not None else ""
        match given:
            case [ast.Starred(value=ast.Name(id=name))] if name == spread and self.style is Style.NUMERIC:
                return Takes(self._place(len(self.positional)), "", True, False)
            case [ast.Name(id=name)] if name == spread and self.style in (Style.QMARK, Style.FORMAT):
                return Takes(self._place(len(self.positional)), "", True, True)
            case [ast.Name(id=name)] if self.style is not Style.NUMERIC and self._is_parameter(name):
                return self._through(name)
            case [] if not any(
                one.arg in ("params", "parameters", "values", "args", "vars") for one in self.call.keywords
            ):
                return self._added(spread)
        for one in self.call.keywords:
            if isinstance(one.value, ast.Name) and one.arg == one.value.id and self._is_parameter(one.value.id):
                return self._through(one.value.id)
        raise CannotFix(f"`{self.node.name}` gives values of its own")

    def _place(self, position: int) -> int:
        """Where a call gives the parameter at a position: what an instance or a class fills in does not count."""
        names = [one.arg for one in self.positional]
        return position - (names.index(self.sql.sink.keyword) - self.sql.sink.position)

    def _is_parameter(self, name: str) -> bool:
        bindings = self.scope.bindings.get(name, [])
        return len(bindings) == 1 and isinstance(bindings[0], ast.arg)

    def _through(self, name: str) -> Takes:
        """By a parameter that there is."""
        arg = self.scope.bindings[name][0]
        assert isinstance(arg, ast.arg)
        default = self.helper.names.default(arg, self.node.args)
        formats = not (isinstance(default, ast.Constant) and default.value is None)
        position = self._place(self.positional.index(arg)) if arg in self.positional else 1 << 10
        return Takes(position, name, False, formats)

    def _added(self, spread: str) -> Takes:
        """By a parameter that it gets."""
        owner = self.helper.absolute_name(self.node).rpartition(".")[0]
        if isinstance(self.helper.index.resolve(owner).fact, ClassFact) and self._is_shared(owner):
            raise CannotFix(f"other classes have a `{self.node.name}` of their own")
        if any(getattr(one, "id", "") not in _UNCHANGED for one in self.node.decorator_list) or spread:
            raise CannotFix(f"`{self.node.name}` takes whatever it is given")
        is_numeric = self.style is Style.NUMERIC
        if not self.positional or (is_numeric and self.node.args.kwonlyargs):
            raise CannotFix(f"`{self.node.name}` takes its parameters by name only")
        name = next((one for one in _NAMES if one not in self.scope.bindings), "")
        if not name:
            raise CannotFix(f"`{self.node.name}` uses the names of its values already")
        last: ast.AST = self.helper.names.default(self.positional[-1], self.node.args) or self.positional[-1]
        edits = (
            self.helper.insert_after(last, f", {self._written(name)}"),
            self.helper.insert_after(self.call.args[0], f", {'*' if is_numeric else ''}{name}"),
        )
        return Takes(self._place(len(self.positional)), "" if is_numeric else name, is_numeric, False, edits)

    def _is_shared(self, owner: str) -> bool:
        index, name = self.helper.index, self.node.name
        return any(
            index.split(cls)[0] and name in index.methods(cls)
            for cls in (*index.mro(owner)[1:], *index.subclasses(owner))
        )

    def _written(self, name: str) -> str:
        """The new parameter, annotated where the others are."""
        is_annotated = any(one.annotation is not None for one in self.positional)
        if self.style is Style.NUMERIC:
            return f"*{name}: object" if is_annotated else f"*{name}"
        if self.style in COLONS:
            return f"{name}: dict[str, object] | None = None" if is_annotated else f"{name}=None"
        if self.style is Style.FORMAT:
            return f"{name}: tuple[object, ...] | None = None" if is_annotated else f"{name}=None"
        return f"{name}: tuple[object, ...] = ()" if is_annotated else f"{name}=()"


def given_to(call: ast.Call, how: Takes) -> ast.expr | None:
    """The values that a call of the helper gives already."""
    if how.position < len(call.args):
        return call.args[how.position]
    return keyword(call, how.name) if how.name else None
