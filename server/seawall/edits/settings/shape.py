"""A settings class as its text has it now: fields, configuration, and the edits that extend them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

from seawall.edits.calls import add_keyword
from seawall.edits.fix import CannotFix, Edit
from seawall.edits.imports import need_all
from seawall.edits.settings.module import Module, path_of
from seawall.project.dotenv import DotenvFile, is_env_name
from seawall.project.project import Project
from seawall.semantics.index import Index
from seawall.syntax import Range, range_of

_NO_FIELDS = frozenset({"model_config", "Config"})


@dataclass
class Shape:
    """A settings class with what it inherits inside the project."""

    module: Module
    node: ast.ClassDef
    fields: dict[str, ast.AnnAssign] = field(default_factory=dict)
    config: dict[str, ast.expr] = field(default_factory=dict)
    config_at: tuple[Module, ast.stmt] | None = None
    """The nearest `model_config = ...` or `class Config`."""
    is_first_version: bool = False
    """Derives from pydantic 1's `BaseSettings`."""

    @property
    def prefix(self) -> str:
        return _text(self.config.get("env_prefix")) or ""

    @property
    def is_case_sensitive(self) -> bool:
        value = self.config.get("case_sensitive")
        return isinstance(value, ast.Constant) and value.value is True

    @property
    def is_upper(self) -> bool:
        """Whether the fields are written in capitals."""
        upper = sum(name.isupper() for name in self.fields)
        return upper > len(self.fields) / 2

    @property
    def forbids_extra(self) -> bool:
        return "extra" not in self.config

    @property
    def reads_environment_only(self) -> bool:
        """Whether `.env` gets into the environment by other means."""
        text = str(self.module.text)
        return any(name in text for name in ("load_dotenv(", "read_env(", "_env_file"))

    def key(self, name: str) -> str:
        """The variable that sets a field."""
        return f"{self.prefix}{name}" if self.is_case_sensitive else f"{self.prefix}{name}".upper()

    def field_of(self, key: str) -> str | None:
        """The field that a variable sets."""
        return next((name for name in self.fields if self.key(name).lower() == key.lower()), None)

    def is_taken(self, name: str) -> str | None:
        """The field of that name, in whatever case."""
        return next((own for own in self.fields if own.lower() == name.lower()), None)

    def splits(self, key: str) -> bool:
        """Whether the variable would also be read as a part of another, nested field."""
        delimiter = _text(self.config.get("env_nested_delimiter"))
        if not delimiter:
            return False
        return any(key.lower().startswith(f"{self.key(name)}{delimiter}".lower()) for name in self.fields)

    def env_path(self, folder: Path, project: Project) -> Path:
        """The `.env` file that the class reads; where it reads none, the one in `folder`."""
        value = self.config.get("env_file")
        if value is None or (isinstance(value, ast.Constant) and value.value is None):
            return folder / ".env"
        names = [text for node in ast.walk(value) if (text := _text(node)) and is_env_name(Path(text).name)]
        if not names:
            raise CannotFix("`env_file` is computed, so it is not certain which file to write to")
        name = next((text for text in names if Path(text).name == ".env"), names[0])
        inside = [place for place in self.module.path.parents if place.is_relative_to(project.root)]
        places = list(dict.fromkeys((folder, project.root, *inside)))
        found = next((place / name for place in places if project.read(place / name) is not None), None)
        if found is None and not isinstance(value, (ast.Constant, ast.Tuple, ast.List)):
            raise CannotFix("`env_file` is computed, so it is not certain which file to write to")
        return Path(found or folder / name)

    def configure(self, dotenv: DotenvFile | None, key: str) -> list[Edit]:
        """Make the class read its `.env`, and load although there are keys in it that are none of its fields."""
        wanted: dict[str, str] = {}
        reads = "env_file" in self.config
        if not reads and not self.reads_environment_only:
            wanted["env_file"] = '".env"'
        keys = {entry.key.lower() for entry in dotenv.entries} if dotenv else set()
        strangers = {one for one in keys - {key.lower()} if self.field_of(one) is None}
        if self.forbids_extra and (not reads or strangers) and (reads or wanted):
            wanted["extra"] = '"ignore"'
        return self.add_config(wanted)

    def add_config(self, wanted: dict[str, str]) -> list[Edit]:
        """Add options to the class's configuration."""
        if not wanted:
            return []
        joined = ", ".join(f"{name}={value}" for name, value in wanted.items())
        if self.config_at is not None:
            module, statement = self.config_at
            match statement:
                case ast.Assign(value=ast.Call() as call) | ast.AnnAssign(value=ast.Call() as call):
                    option, _, rest = joined.partition("=")
                    return [add_keyword(module, call, option, rest)]
                case ast.ClassDef(body=body):
                    indent = module.indent(body[-1])
                    lines = "".join(f"{indent}{name} = {value}\n" for name, value in wanted.items())
                    return [module.insert_line((body[-1].end_lineno or body[-1].lineno) + 1, lines)]
                case ast.Assign(value=ast.Dict(values=[*_, last])):
                    written = "".join(f', "{name}": {value}' for name, value in wanted.items())
                    end = range_of(last)
                    return [module.replace(Range(end.end_line, end.end_col, end.end_line, end.end_col), written)]
            raise CannotFix("the settings class is configured in a way that cannot be extended")
        if self.is_first_version:
            indent = self.module.indent(self.node.body[0])
            lines = "".join(f"{indent}{indent}{name} = {value}\n" for name, value in wanted.items())
            return [self.module.insert_line((self.node.end_lineno or 0) + 1, f"\n{indent}class Config:\n{lines}")]
        needed = need_all(self.module, ["pydantic_settings.SettingsConfigDict"])[0]
        first = _first_statement(self.node)
        line = f"{self.module.indent(first)}model_config = {needed.expression}({joined})\n"
        if first is self.node.body[0] and isinstance(first, ast.Expr) and _text(first.value) is not None:
            return [*needed.edits, self.module.insert_line((first.end_lineno or first.lineno) + 1, f"\n{line}")]
        line += "\n"
        return [*needed.edits, self.module.insert_line(_first_line(first), line)]

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
    for statement in node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)) if name not in _NO_FIELDS:
                shape.fields.setdefault(name, statement)
            case (
                ast.Assign(targets=[ast.Name(id="model_config")], value=value)
                | ast.AnnAssign(target=ast.Name(id="model_config"), value=ast.expr() as value)
            ):
                options: dict[str, ast.expr] = {}
                if isinstance(value, ast.Call):
                    options = {item.arg: item.value for item in value.keywords if item.arg}
                elif isinstance(value, ast.Dict):
                    pairs = zip(value.keys, value.values, strict=True)
                    options = {text: item for key, item in pairs if (text := _text(key))}
                _configure(shape, module, statement, options)
            case ast.ClassDef(name="Config", body=body):
                options = {
                    item.targets[0].id: item.value
                    for item in body
                    if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name)
                }
                _configure(shape, module, statement, options)


def _configure(shape: Shape, module: Module, statement: ast.stmt, options: dict[str, ast.expr]) -> None:
    shape.config = {**options, **shape.config}
    shape.config_at = shape.config_at or (module, statement)


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
