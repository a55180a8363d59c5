"""Move a value into the project's settings: the field, the use and its import, `.env`, `.env.example`, `.gitignore`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from seawall.edits.fix import AnyEdit, CannotFix, CreateFile, Edit
from seawall.edits.imports import Needed, need, need_all
from seawall.edits.layout import one_level
from seawall.edits.settings import django
from seawall.edits.settings.files import env_edits, env_folder, requirement_edits
from seawall.edits.settings.imports import like_neighbours
from seawall.edits.settings.module import Module
from seawall.edits.settings.naming import GENERIC, Setting, choose_name, may_be
from seawall.edits.settings.shape import Shape, read_class, shape_of
from seawall.project.dotenv import load_dotenv
from seawall.project.project import Project
from seawall.semantics.document import Document
from seawall.semantics.facts import ClassFact, ImportFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.settings_class import (
    BASES,
    SettingsClass,
    imports_module,
    settings_class_names,
    settings_classes,
)
from seawall.semantics.scopes import Scan
from seawall.semantics.symbols import Call, Ref, Symbol, dotted
from seawall.syntax import Range, range_of


class Place(Protocol):
    """The code of one item of a file, which wants a setting."""

    @property
    def path(self) -> Path: ...
    @property
    def module(self) -> str: ...
    @property
    def current(self) -> Document: ...
    @property
    def index(self) -> Index: ...
    @property
    def scan(self) -> Scan: ...
    @property
    def project(self) -> Project: ...
    def function(self, node: ast.AST) -> ast.AST | None: ...
    def place(self, where: ast.AST | Range) -> Range: ...


class Placed(NamedTuple):
    """How to write the setting at the place of use, and all edits but that of the use itself."""

    expression: str
    edits: list[AnyEdit]


def place(file: Place, use: ast.AST, setting: Setting) -> Placed:
    """Put a value into the project's settings for a use in a file.

    Raises:
        CannotFix: the project's settings are of a shape that cannot be extended with certainty.
    """
    if django.is_settings(file.index, file.module) and not _imports_settings(file):
        line = file.place(use).start_line
        return Placed(*django.place(file, line, setting.name, setting.value, setting.annotation))
    home = home_of(file, use)
    if home is None:
        return _create(file, setting, use)
    return _extend(file, home.settings, home.shape, setting, home.opened, use)


def _imports_settings(file: Place) -> bool:
    """Whether the module takes what it has from a settings class."""
    homes = {file.index.split(home.access)[0] for home in settings_classes(file.index)}
    return any(imports_module(file.index, file.module, home) for home in homes)


class Home(NamedTuple):
    """The settings that a place can use."""

    settings: SettingsClass
    shape: Shape
    opened: dict[str, Module]


def home_of(file: Place, use: ast.AST) -> Home | None:
    """The project's settings, as far as they can be used at a place; None where it has none.

    Raises:
        CannotFix: the settings are the module's own, and not there yet.
    """
    homes = settings_classes(file.index)
    for home in homes:
        if _is_usable(file, use, home):
            opened = {file.module: Module(file.path, file.module, str(file.current.source.text), file.index)}
            shape = shape_of(home.name, file.index, file.project, opened)
            if shape is not None:
                return Home(home, shape, opened)
    if any(file.index.split(home.access)[0] == file.module for home in homes):
        raise CannotFix("the module's own settings are not there yet where the value is used")
    return None


def access_to(file: Place, use: ast.AST, home: SettingsClass) -> Needed:
    """How to write the settings' instance at a place, and the import that it takes."""
    access = need_all(file, [home.access], before=_runs_at(file, use))[0]
    edits = like_neighbours(file, access.edits, home.access.rpartition(".")[0])
    return Needed(f"{access.expression}()" if home.is_getter else access.expression, edits)


def _runs_at(file: Place, use: ast.AST) -> int | None:
    """The line of a use that runs when its module is imported."""
    return file.place(use).start_line if file.function(use) is None else None


def _is_usable(file: Place, use: ast.AST, home: SettingsClass) -> bool:
    """Whether the settings can be used at a place: no import runs in a circle, and the instance is there by then."""
    module = file.index.split(home.access)[0]
    if module != file.module:
        return not any(
            imports_module(file.index, name, file.module) for name in {module, file.index.split(home.name)[0]}
        )
    if file.function(use) is not None:
        return True
    name = home.access.removeprefix(f"{module}.")
    fact, start = file.index.fact(module, name), file.current.starts.get(name, 0)
    if fact is None or isinstance(fact, ImportFact) or not start:
        return False
    return fact.place.range.end_line + start - 1 < file.place(use).start_line


def _extend(
    file: Place,
    home: SettingsClass,
    shape: Shape,
    setting: Setting,
    opened: dict[str, Module],
    use: ast.AST,
) -> Placed:
    project = file.project
    env_path = shape.env_path(env_folder(file.path, project), project)
    dotenv = load_dotenv(env_path, project.read)
    access = access_to(file, use, home)
    name, is_there = choose_name(shape, dotenv, setting, file.module)
    key = shape.key(name)
    edits: list[AnyEdit] = list(access.edits)
    if not is_there:
        edits += _declared(shape, name, setting)
        edits += shape.configure(dotenv, key)
        edits += let_others_load(shape, env_path, key, file, opened)
    if setting.is_secret or not is_there:
        edits += env_edits(env_path, key, setting.value, setting.example, project)
    return Placed(_read(access.expression, name, shape, setting, is_there), _merged(edits))


def _declared(shape: Shape, name: str, setting: Setting) -> list[Edit]:
    """The new field, and the import that its type takes."""
    default = f" = {setting.default}" if setting.default else ""
    if not setting.is_secret:
        return [shape.add_field(f"{name}: {setting.annotation}{default}")]
    needed = need(shape.module, "pydantic.SecretStr")
    return [*needed.edits, shape.add_field(f"{name}: {needed.expression}{default}")]


def _merged(edits: list[AnyEdit]) -> list[AnyEdit]:
    """Each edit once: two parts of the recipe may ask for the same import."""
    return list(dict.fromkeys(edits))


def _read(base: str, name: str, shape: Shape, setting: Setting, is_there: bool) -> str:
    annotation = ast.unparse(shape.fields[name].annotation) if is_there else setting.annotation
    return f"{base}.{name}.get_secret_value()" if annotation.endswith("SecretStr") else f"{base}.{name}"


def let_others_load(shape: Shape, env_path: Path, key: str, file: Place, opened: dict[str, Module]) -> list[Edit]:
    """Other settings classes that read the same `.env` must bear the new key."""
    edits: list[Edit] = []
    for name in settings_class_names(file.index):
        found = shape_of(name, file.index, file.project, opened)
        if found is None or found.node is shape.node or "env_file" not in found.options or not found.forbids_extra:
            continue
        if (found.options.at is not None and found.options.at == shape.options.at) or found.field_of(key) is not None:
            continue
        try:
            same = found.env_path(env_folder(file.path, file.project), file.project) == env_path
        except CannotFix:
            continue
        if same:
            edits += found.add_config({"extra": '"ignore"'})
    return edits


# ---------------------------------------------------------------- a new settings module


def _create(file: Place, setting: Setting, use: ast.AST) -> Placed:
    project = file.project
    folder, package = _home(file)
    for stem in ("settings", "config", "app_settings", "env_settings"):
        path = folder / f"{stem}.py"
        name = f"{package}.{stem}" if package else stem
        text = project.read(path)
        if text is not None:
            found = _written_before(Module(path, name, text, file.index), file)
            if found is not None:
                home, shape = found
                return _extend(file, home, shape, setting, {name: shape.module}, use)
        elif not (folder / stem).is_dir():
            return _new_module(file, path, name, setting, use)
    raise CannotFix("no free name for a settings module")


def _home(file: Place) -> tuple[Path, str]:
    """The folder and the package that a new settings module belongs to: the top of the file's own package."""
    parts = file.module.split(".")
    depth = len(parts) if file.path.name == "__init__.py" else len(parts) - 1
    if depth == 0:
        return file.path.parent, ""
    above = [file.path.parent, *file.path.parent.parents]
    folder, package = above[depth - 1], parts[0]
    if (folder / "core" / "__init__.py").is_file() and parts[:2] != [package, "core", ""]:
        return folder / "core", f"{package}.core"
    return folder, package


def _written_before(module: Module, file: Place) -> tuple[SettingsClass, Shape] | None:
    """The settings class of a module that the index has not seen yet."""
    facts = module.current.facts.names
    for name, fact in facts.items():
        if not isinstance(fact, ClassFact) or not any(_is_base(module, base) for base in fact.bases):
            continue
        cls = f"{module.current.module}.{name}"
        made = next(
            (one for one, value in facts.items() if isinstance(value, ValueFact) and value.value == Call(Ref(cls))),
            None,
        )
        node = module.class_node(name)
        if made is not None and node is not None:
            shape = Shape(module, node)
            read_class(shape, module, node)
            return SettingsClass(cls, f"{module.current.module}.{made}", False), shape
    return None


def _is_base(module: Module, symbol: Symbol | None) -> bool:
    last = dotted(symbol) or ""
    imported = module.current.facts.names.get(last.removeprefix(f"{module.current.module}."))
    return isinstance(imported, ImportFact) and imported.target == "pydantic_settings.BaseSettings"


def _new_module(file: Place, path: Path, name: str, setting: Setting, use: ast.AST) -> Placed:
    project = file.project
    field = f"{file.module.rpartition('.')[2]}_{setting.name}" if setting.name in GENERIC else setting.name
    env_path = env_folder(file.path, project) / ".env"
    dotenv = load_dotenv(env_path, project.read)
    if not may_be(dotenv.get(field) if dotenv else None, setting):
        field = f"app_{field}"
    imports = "from pydantic import SecretStr\n" if setting.is_secret else ""
    default = f" = {setting.default}" if setting.default else ""
    text = (
        f"{imports}from pydantic_settings import BaseSettings, SettingsConfigDict\n\n\n"
        "class Settings(BaseSettings):\n"
        '    model_config = SettingsConfigDict(env_file=".env", extra="ignore")\n\n'
        f"    {field}: {setting.annotation}{default}\n\n\n"
        "settings = Settings()\n"
    )
    text = text.replace("    ", one_level(str(file.current.source.text)))
    access = need_all(file, [f"{name}.settings"], local=True, before=_runs_at(file, use))[0]
    edits: list[AnyEdit] = [*like_neighbours(file, access.edits, name), CreateFile(path, text)]
    edits += requirement_edits("pydantic-settings", "pydantic-settings>=2", project)
    edits += env_edits(env_path, field.upper(), setting.value, setting.example, project)
    read = f"{access.expression}.{field}"
    return Placed(f"{read}.get_secret_value()" if setting.is_secret else read, edits)


def require(file: Place, cls: str, name: str, value: str, variable: str = "") -> list[AnyEdit]:
    """Take a field's default away and let `.env` say it.

    Raises:
        CannotFix: the class has changed, or another variable than `variable` would set the field from then on.
    """
    if not file.index.is_subclass(cls, *BASES):
        raise CannotFix("the variable's name depends on the settings around the model")
    opened = {file.module: Module(file.path, file.module, str(file.current.source.text), file.index)}
    shape = shape_of(cls, file.index, file.project, opened)
    statement = shape.fields.get(name) if shape else None
    if shape is None or statement is None or statement.value is None:
        raise CannotFix("the settings class has changed")
    if variable and variable not in shape.keys(name):
        raise CannotFix(f"the settings would read `{name}` from another variable")
    if any(name in other.attributes for other in _relatives(cls, file.index)):
        raise CannotFix("a base class or a subclass has another value for the same variable")
    env_path = shape.env_path(env_folder(file.path, file.project), file.project)
    dotenv = load_dotenv(env_path, file.project.read)
    after = range_of(statement.annotation)
    end = range_of(statement)
    default = Range(after.end_line, after.end_col, end.end_line, end.end_col)
    edits: list[AnyEdit] = [_without_default(shape.module, statement, default)]
    key = shape.key(name)
    said = next(
        (own for own in shape.keys(name) if dotenv is not None and (entry := dotenv.get(own)) and entry.value), None
    )
    edits += shape.configure(dotenv, key)
    edits += let_others_load(shape, env_path, key, file, opened)
    return _merged(edits + env_edits(env_path, said or key, value, None, file.project))


def _relatives(cls: str, index: Index) -> Iterator[ClassFact]:
    """The settings classes above and below one."""
    for other in settings_class_names(index):
        fact = index.resolve(other).fact
        if (
            other != cls
            and isinstance(fact, ClassFact)
            and (index.is_subclass(other, cls) or index.is_subclass(cls, other))
        ):
            yield fact


def _without_default(module: Module, statement: ast.AnnAssign, default: Range) -> Edit:
    """`= "..."` goes, and so does a read of the environment; of `= Field("...", alias="x")` only the default does."""
    call = statement.value
    if not isinstance(call, ast.Call) or not ast.unparse(call.func).endswith("Field"):
        return module.replace(default, "")
    kept = [module.slice(range_of(item)) for item in call.keywords if item.arg not in ("default", "default_factory")]
    if not kept:
        return module.replace(default, "")
    return module.replace(call, f"{module.slice(range_of(call.func))}({', '.join(kept)})")
