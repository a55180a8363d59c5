"""A settings class as its text has it now: fields, configuration, and the edits that extend them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from seawall.edits.fix import CannotFix, Edit
from seawall.edits.imports import need_all
from seawall.edits.settings.files import env_file_in, nearest_env
from seawall.edits.settings.module import Module, path_of
from seawall.edits.settings.options import Options
from seawall.project.dotenv import DotenvFile
from seawall.project.project import Project
from seawall.semantics.index import Index

_FIELD_CALLS = frozenset({"Field", "field"})
_LOADERS = frozenset({"load_dotenv", "read_env"})


@dataclass
class Shape:
    """A settings class with what it inherits inside the project."""

    module: Module
    node: ast.ClassDef
    fields: dict[str, ast.AnnAssign] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    """What else the class has: methods, constants, private attributes."""
    options: Options = field(default_factory=Options)
    is_first_version: bool = False
    """Derives from pydantic 1's `BaseSettings`."""

    @property
    def prefix(self) -> str:
        return self.options.text("env_prefix")

    @property
    def is_case_sensitive(self) -> bool:
        return self.options.is_on("case_sensitive")

    @property
    def is_upper(self) -> bool:
        """Whether the fields are written in capitals."""
        upper = sum(name.isupper() for name in self.fields)
        return upper > len(self.fields) / 2

    @property
    def forbids_extra(self) -> bool:
        return self.options.text("extra") in ("", "forbid")

    @cached_property
    def loader(self) -> ast.Call | None:
        """The call in the module by which `.env` is read without the class's doing."""
        for node in ast.walk(self.module.tree):
            if isinstance(node, ast.Call) and (
                _called(node) in _LOADERS or any(item.arg == "_env_file" for item in node.keywords)
            ):
                return node
        return None

    def check(self) -> None:
        """Raises: CannotFix: it is not certain which variables set the fields, or where they come from."""
        if self.options.unclear:
            raise CannotFix(self.options.unclear)
        if "alias_generator" in self.options or self.options.text("env_prefix_target") not in ("", "variable"):
            raise CannotFix("the settings class computes the names of its variables")
        needed = "env_settings" if self.loader is not None else "dotenv_settings"
        if self.options.sources is not None and needed not in self.options.sources:
            raise CannotFix("the settings class does not read `.env`, it says itself where its values come from")

    def key(self, name: str) -> str:
        """The variable that sets a field; the first one, where there are several."""
        keys = self.keys(name)
        if not keys:
            raise CannotFix(f"it is not certain which variable sets `{name}`")
        return keys[0]

    def keys(self, name: str) -> list[str]:
        """The variables that set a field, or would set a new one of that name; none where that is computed."""
        statement = self.fields.get(name)
        alias = _alias(statement, self.is_first_version) if statement is not None else None
        names = [f"{self.prefix}{name}"] if alias is None else _texts(alias)
        return names if self.is_case_sensitive else [one.upper() for one in names]

    def field_of(self, key: str) -> str | None:
        """The field that a variable sets."""
        return next((name for name in self.fields if key.lower() in map(str.lower, self.keys(name))), None)

    def is_taken(self, name: str) -> str | None:
        """The field of that name, in whatever case."""
        return next((own for own in self.fields if own.lower() == name.lower()), None)

    def splits(self, key: str) -> bool:
        """Whether the variable would also be read as a part of another, nested field."""
        delimiter = self.options.text("env_nested_delimiter")
        if not delimiter:
            return False
        keys = (own for name in self.fields for own in self.keys(name))
        return any(key.lower().startswith(f"{own}{delimiter}".lower()) for own in keys)

    def env_path(self, folder: Path, project: Project) -> Path:
        """The `.env` file that the values are read from; where none is, the one in `folder`.

        Raises:
            CannotFix: it is not certain which file that is, or what its variables are called.
        """
        self.check()
        option = self.options.given["env_file"] if "env_file" in self.options else None
        value, module = (option.value, option.module) if option is not None else (None, self.module)
        if value is None and self.loader is not None:
            given = [
                item.value for item in self.loader.keywords if item.arg in ("_env_file", "dotenv_path", "env_file")
            ]
            value = next(iter([*given, *self.loader.args]), None)
            if value is None or (isinstance(value, ast.Call) and _called(value) == "find_dotenv" and not value.args):
                return nearest_env(self.module.path, project) or folder / ".env"
        if value is None:
            return folder / ".env"
        return env_file_in(value, module, folder, project)

    def configure(self, dotenv: DotenvFile | None, key: str) -> list[Edit]:
        """Make the class read its `.env`, and load although there are keys in it that are none of its fields."""
        wanted: dict[str, str] = {}
        reads = "env_file" in self.options
        if not reads and self.loader is None:
            wanted["env_file"] = '".env"'
        keys = {entry.key.lower() for entry in dotenv.entries} if dotenv else set()
        strangers = {one for one in keys - {key.lower()} if self.field_of(one) is None}
        if self.forbids_extra and (not reads or strangers) and (reads or wanted):
            wanted["extra"] = '"ignore"'
        return self.add_config(wanted)

    def add_config(self, wanted: dict[str, str]) -> list[Edit]:
        """Set options in the class's configuration."""
        edits, missing = self.options.change(wanted)
        if not missing:
            return edits
        if self.is_first_version:
            indent = self.module.indent(self.node.body[0])
            lines = "".join(f"{indent}{indent}{name} = {value}\n" for name, value in missing.items())
            return [
                *edits,
                self.module.insert_line((self.node.end_lineno or 0) + 1, f"\n{indent}class Config:\n{lines}"),
            ]
        needed = need_all(self.module, ["pydantic_settings.SettingsConfigDict"])[0]
        first = _first_statement(self.node)
        joined = ", ".join(f"{name}={value}" for name, value in missing.items())
        line = f"{self.module.indent(first)}model_config = {needed.expression}({joined})\n"
        edits += needed.edits
        if first is self.node.body[0] and isinstance(first, ast.Expr) and _text(first.value) is not None:
            return [*edits, self.module.insert_line((first.end_lineno or first.lineno) + 1, f"\n{line}")]
        return [*edits, self.module.insert_line(_first_line(first), f"{line}\n")]

    def add_field(self, declaration: str) -> Edit:
        """Declare one more field behind those that are there."""
        body = self.node.body
        if body[0].lineno == self.node.lineno:
            raise CannotFix("the settings class is written on one line")
        indent = self.module.indent(body[0])
        only = body[-1]
        if len(body) == 1 and (isinstance(only, ast.Pass) or (isinstance(only, ast.Expr) and _is_dots(only.value))):
            return self.module.replace(only, declaration)
        last = None
        for statement in body:
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                break
            last = statement
        if last is None:
            return self.module.insert_line(_first_line(body[0]), f"{indent}{declaration}\n\n")
        own = [one for one in body if isinstance(one, ast.AnnAssign) and one.lineno <= last.lineno]
        behind = own[-1] if own else last
        gap = "" if own else "\n"
        following = (behind.end_lineno or behind.lineno) + 1
        tail = "\n" if gap and self.module.text.line(following).strip() else ""
        return self.module.insert_line(following, f"{gap}{indent}{declaration}\n{tail}")


def shape_of(cls: str, index: Index, project: Project, opened: dict[str, Module]) -> Shape | None:
    """The shape of a settings class; `opened` are modules whose text is known already."""
    shape: Shape | None = None
    for base in index.mro(cls):
        name, rest = index.split(base)
        if not name or "." in rest:
            if shape is not None and base == "pydantic.BaseSettings":
                shape.is_first_version = True
            continue
        if name not in opened:
            path = path_of(name, project)
            module = Module.at(path, project, index) if path else None
            if module is None:
                return None
            opened[name] = module
        node = opened[name].class_node(rest)
        if node is None:
            return None
        if shape is None:
            shape = Shape(opened[name], node)
        read_class(shape, opened[name], node)
    return shape


def read_class(shape: Shape, module: Module, node: ast.ClassDef) -> None:
    """Add what a class says to a shape; what is there already wins."""
    shape.options.read(module, node)
    for statement in node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)) if _is_field(name, statement):
                shape.fields.setdefault(name, statement)
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
                shape.others.add(name.lower())
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                shape.others.add(name.lower())


def _is_field(name: str, statement: ast.AnnAssign) -> bool:
    written = ast.unparse(statement.annotation).removeprefix("typing.")
    return name != "model_config" and not name.startswith("_") and not written.startswith("ClassVar")


def _alias(statement: ast.AnnAssign, is_first_version: bool) -> ast.expr | None:
    """What a field says to be called outside: in its `Field(...)`, or in the one of its annotation."""
    wanted = ("env",) if is_first_version else ("validation_alias", "alias")
    found: dict[str, ast.expr] = {}
    for part in (statement.value, statement.annotation):
        for call in ast.walk(part) if part is not None else ():
            if isinstance(call, ast.Call) and _called(call) in _FIELD_CALLS:
                for item in call.keywords:
                    if item.arg:
                        found.setdefault(item.arg, item.value)
    return next((found[name] for name in wanted if name in found), None)


def _texts(alias: ast.expr) -> list[str]:
    """The names that an alias stands for; none where they are not simply written down."""
    match alias:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.Call(args=args) if _called(alias) == "AliasChoices":
            return [text for arg in args for text in _texts(arg)] if all(_texts(arg) for arg in args) else []
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [text for element in elements for text in _texts(element)]
    return []


def _called(call: ast.Call) -> str:
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _text(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_dots(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _first_statement(node: ast.ClassDef) -> ast.stmt:
    """The first statement behind the docstring."""
    first = node.body[0]
    is_docstring = isinstance(first, ast.Expr) and _text(first.value) is not None
    return node.body[1] if is_docstring and len(node.body) > 1 else first


def _first_line(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", [])
    return int(min([statement.lineno, *(item.lineno for item in decorators)]))
