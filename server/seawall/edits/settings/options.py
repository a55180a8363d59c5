"""How a settings class is configured: by `model_config`, by a `class Config` or by keywords of its own; read, and extended."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from seawall.edits.calls import add_keyword
from seawall.edits.fix import CannotFix, Edit
from seawall.edits.settings.module import Module
from seawall.syntax import Range, range_of

_SOURCES = frozenset({"settings_customise_sources", "customise_sources"})


class Option(NamedTuple):
    """One option's value, and the statement that gives it."""

    value: ast.expr
    module: Module
    statement: ast.stmt


class Options:
    """The options of a class and of those that it derives from; the nearest class wins."""

    def __init__(self) -> None:
        self.given: dict[str, Option] = {}
        self.at: tuple[Module, ast.stmt] | None = None
        """The nearest `model_config = ...` or `class Config`."""
        self.unclear = ""
        """Why not all of it can be read."""
        self.sources: frozenset[str] | None = None
        """The names that a method which chooses where values come from makes use of."""

    def __contains__(self, name: str) -> bool:
        found = self.given.get(name)
        return found is not None and not (isinstance(found.value, ast.Constant) and found.value.value is None)

    def value(self, name: str) -> ast.expr | None:
        """What the option is set to, a name that stands for a constant of the module replaced by that."""
        found = self.given.get(name)
        if found is None:
            return None
        constant = found.module.constant(found.value.id) if isinstance(found.value, ast.Name) else None
        return constant or found.value

    def text(self, name: str) -> str:
        """The option's text, empty where it has none.

        Raises:
            CannotFix: the text is computed.
        """
        value = self.value(name)
        if value is None or (isinstance(value, ast.Constant) and value.value is None):
            return ""
        is_member = isinstance(value, ast.Attribute) and ast.unparse(value.value).endswith("Extra")
        text = getattr(value, "attr" if is_member else "value", None)
        if not isinstance(text, str):
            raise CannotFix(f"`{name}` is computed, so it is not certain what the variable is called")
        return text

    def is_on(self, name: str) -> bool:
        value = self.value(name)
        return isinstance(value, ast.Constant) and value.value is True

    # ------------------------------------------------------------ reading

    def read(self, module: Module, node: ast.ClassDef) -> None:
        """Add what one class says."""
        self._add(module, node, ((item.arg, item.value) for item in node.keywords))
        for statement in node.body:
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id="model_config")], value=value)
                    | ast.AnnAssign(target=ast.Name(id="model_config"), value=ast.expr() as value)
                ):
                    self.at = self.at or (module, statement)
                    self._add(module, statement, self._options(value))
                case ast.ClassDef(name="Config", body=body):
                    self.at = self.at or (module, statement)
                    self._add(module, statement, _assigned(body))
                    self._choose(body)
        self._choose(node.body)

    def _choose(self, body: list[ast.stmt]) -> None:
        for statement in body:
            if isinstance(statement, ast.FunctionDef) and statement.name in _SOURCES and self.sources is None:
                inside = (node for part in statement.body for node in ast.walk(part))
                self.sources = frozenset(node.id for node in inside if isinstance(node, ast.Name))

    def _add(self, module: Module, statement: ast.stmt, options: Iterable[tuple[object, ast.expr]]) -> None:
        for name, value in options:
            if isinstance(name, str):
                self.given.setdefault(name, Option(value, module, statement))

    def _options(self, value: ast.expr) -> list[tuple[object, ast.expr]]:
        match value:
            case ast.Call(args=[], keywords=keywords) if all(item.arg for item in keywords):
                return [(item.arg, item.value) for item in keywords]
            case ast.Dict(keys=keys, values=values) if all(isinstance(key, ast.Constant) for key in keys):
                return [(getattr(key, "value", None), item) for key, item in zip(keys, values, strict=True)]
            case ast.BinOp(op=ast.BitOr(), left=ast.Attribute(attr="model_config"), right=right):
                return self._options(right)
        self.unclear = "the settings class is configured in a way that cannot be read with certainty"
        return []

    # ------------------------------------------------------------ setting

    def change(self, wanted: dict[str, str]) -> tuple[list[Edit], dict[str, str]]:
        """Set options where the class has a configuration; and those for which it has no place yet."""
        edits: list[Edit] = []
        missing: dict[str, str] = {}
        for name, code in wanted.items():
            found = self.given.get(name)
            if found is not None and (
                self.at is None or isinstance(found.statement, ast.ClassDef) or self._is_at(found)
            ):
                edits.append(found.module.replace(found.value, code))
            else:
                missing[name] = code
        if not missing or self.at is None:
            return edits, missing
        return [*edits, *self._added(*self.at, missing)], {}

    def _is_at(self, option: Option) -> bool:
        return self.at is not None and option.statement is self.at[1]

    @staticmethod
    def _added(module: Module, statement: ast.stmt, wanted: dict[str, str]) -> Iterator[Edit]:
        joined = ", ".join(f"{name}={value}" for name, value in wanted.items())
        match statement:
            case ast.Assign(value=ast.Call() as call) | ast.AnnAssign(value=ast.Call() as call):
                option, _, rest = joined.partition("=")
                yield add_keyword(module, call, option, rest)
            case ast.ClassDef(body=body):
                indent = module.indent(body[-1])
                lines = "".join(f"{indent}{name} = {value}\n" for name, value in wanted.items())
                yield module.insert_line((body[-1].end_lineno or body[-1].lineno) + 1, lines)
            case (
                ast.Assign(value=ast.Dict(values=[*_, last]))
                | ast.Assign(value=ast.BinOp(right=ast.Dict(values=[*_, last])))
            ):
                written = "".join(f', "{name}": {value}' for name, value in wanted.items())
                end = range_of(last)
                yield module.replace(Range(end.end_line, end.end_col, end.end_line, end.end_col), written)
            case _:
                raise CannotFix("the settings class is configured in a way that cannot be extended")


def _assigned(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for item in body:
        match item:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                yield name, value
