"""What reads the environment in Django's settings: django-environ, environs, python-decouple, or `os.environ` and python-dotenv."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from seawall.edits.fix import AnyEdit, CannotFix
from seawall.edits.imports import Importing, need, need_all
from seawall.edits.settings.files import env_file_in, env_folder, nearest_env, requirement_edits
from seawall.edits.settings.module import Module, path_of
from seawall.edits.settings.paths import path_in
from seawall.project.dotenv import quoted
from seawall.project.project import Project
from seawall.semantics.facts import ValueFact
from seawall.semantics.meanings.settings_class import imported_modules
from seawall.semantics.symbols import Call

_ENVIRON = frozenset({"environ.Env", "environ.FileAwareEnv"})
_ENVIRONS = frozenset({"environs.Env"})
_DECOUPLE = frozenset({"decouple.AutoConfig", "decouple.Config"})
_LOADERS = frozenset({"load_dotenv", "read_dotenv", "read_env"})
_STARTERS = frozenset({"manage", "wsgi", "asgi"})


class Place(Importing, Protocol):
    """The code of one item of a settings module."""

    @property
    def module(self) -> str: ...
    @property
    def project(self) -> Project: ...


class Reader:
    """How a module reads a variable, and from which file."""

    prefix = ""

    def __init__(self, env_path: Path, edits: list[AnyEdit]) -> None:
        self.env_path = env_path
        self._edits = edits

    def can_say(self, value: str) -> bool:
        """Whether the value comes out of the file as it went in."""
        return True

    def expression(self, key: str, annotation: str) -> str:
        raise NotImplementedError

    def edits(self, annotation: str) -> list[AnyEdit]:
        """What the expression needs."""
        return self._edits


class _Environ(Reader):
    """An `Env()` of django-environ or environs."""

    def __init__(self, name: str, prefix: str, is_environs: bool, env_path: Path, edits: list[AnyEdit]) -> None:
        super().__init__(env_path, edits)
        self._name, self.prefix, self._is_environs = name, prefix, is_environs

    def can_say(self, value: str) -> bool:
        return self._is_environs or not (value.startswith("$") or any(char in value for char in "\n\r\t"))

    def expression(self, key: str, annotation: str) -> str:
        return {
            "list[str]": f'{self._name}.list("{key}", default=[])',
            "bool": f'{self._name}.bool("{key}", default=False)',
        }.get(annotation, f'{self._name}("{key}")')


class _Decouple(Reader):
    """python-decouple's `config`."""

    def __init__(self, file: Place, name: str, env_path: Path) -> None:
        super().__init__(env_path, [])
        self._name, self._csv = name, need(file, "decouple.Csv")

    def can_say(self, value: str) -> bool:
        return "\\" not in quoted(value)  # it takes the quotes away, and undoes no escapes

    def expression(self, key: str, annotation: str) -> str:
        if annotation == "list[str]":
            return f'{self._name}("{key}", default="", cast={self._csv.expression}())'
        return f'{self._name}("{key}"{", default=False, cast=bool" if annotation == "bool" else ""})'

    def edits(self, annotation: str) -> list[AnyEdit]:
        return [*self._csv.edits] if annotation == "list[str]" else []


class _Plain(Reader):
    """`os.environ`."""

    def __init__(self, environ: str, env_path: Path, edits: list[AnyEdit]) -> None:
        super().__init__(env_path, edits)
        self._environ = environ

    def expression(self, key: str, annotation: str) -> str:
        return {
            "list[str]": f'{self._environ}.get("{key}", "").split()',
            "bool": f'{self._environ}.get("{key}", "").lower() == "true"',
        }.get(annotation, f'{self._environ}["{key}"]')


class _Made(NamedTuple):
    """A variable of the module that reads the environment, the class of what it holds, and where it is made."""

    name: str
    cls: str
    module: Module
    statement: ast.Assign


def of(file: Place, module: Module, line: int, loads: bool) -> Reader:
    """The reader that the module uses, `os.environ` where it uses none; with `loads`, made to load a `.env` file.

    Raises:
        CannotFix: it is not certain where that takes its variables from.
    """
    made = _made(file, module)
    if made is not None and made.cls not in _DECOUPLE:
        return _environ(file, module, made, loads)
    config = need(file, "decouple.config")
    if made is not None or not config.edits:
        return _Decouple(file, made.name if made else config.expression, _decouple_path(file, made))
    return _plain(file, module, line, loads)


def _made(file: Place, module: Module) -> _Made | None:
    facts = file.current.facts
    starred = (name for star in facts.stars if star in file.index.modules for name in file.index.modules[star].names)
    for name in (*facts.names, *starred):
        resolved = file.index.resolve(f"{file.module}.{name}")
        fact = resolved.fact
        if not isinstance(fact, ValueFact) or not isinstance(fact.value, Call):
            continue
        cls = file.index.named(fact.value.func)
        if cls is None or cls not in _ENVIRON | _ENVIRONS | _DECOUPLE:
            continue
        owner, last = file.index.split(resolved.name)
        home = module if owner == file.module else _opened(owner, file)
        for statement in home.tree.body if home is not None else ():
            match statement:
                case ast.Assign(targets=[ast.Name(id=target)]) if home is not None and target == last:
                    return _Made(name, cls, home, statement)
    return None


def _environ(file: Place, module: Module, made: _Made, loads: bool) -> Reader:
    prefix = ""
    for node in made.module.tree.body:
        match node:
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(), attr="prefix")], value=ast.Constant(value=str(text))
            ):
                prefix = text
    is_environs = made.cls in _ENVIRONS
    edits: list[AnyEdit] = []
    found = _call(file, module, frozenset({"read_env"}))
    if found is not None:
        env_path = _read_from(*found, file, upward=is_environs)
    elif not loads:
        env_path = _usual_path(file)
    else:
        base, base_line = _base(made, file)
        beside = env_folder(file.path, file.project) if base or is_environs else made.module.path.parent
        env_path = (nearest_env(file.path, file.project) if is_environs else None) or beside / ".env"
        after = max(made.statement.end_lineno or 0, base_line) + 1
        edits.append(made.module.insert_line(after, f"{ast.unparse(made.statement.targets[0])}.read_env({base})\n"))
    return _Environ(made.name, prefix, is_environs, env_path, edits)


def _base(made: _Made, file: Place) -> tuple[str, int]:
    """`BASE_DIR / ".env"`, if the module has such a folder and the program starts in it; and the line that makes it."""
    for statement in made.module.tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="BASE_DIR")], value=value) if "Path(" in ast.unparse(value):
                if path_in(value, made.module) == env_folder(file.path, file.project):
                    return 'BASE_DIR / ".env"', statement.end_lineno or statement.lineno
    return "", 0


def _decouple_path(file: Place, made: _Made | None) -> Path:
    """Where python-decouple looks: in the folder of the settings and upwards."""
    start = file.path.parent
    if made is not None and isinstance(made.statement.value, ast.Call):
        call = made.statement.value
        given = next(iter([*call.args, *(item.value for item in call.keywords)]), None)
        if made.cls == "decouple.Config":
            if not isinstance(given, ast.Call) or not given.args or "Env" not in ast.unparse(given.func):
                raise CannotFix("it is not certain where python-decouple reads from")
            return env_file_in(given.args[0], made.module, env_folder(file.path, file.project), file.project)
        start = made.module.path.parent
        if given is not None:
            folder = path_in(given, made.module)
            if folder is None:
                raise CannotFix("it is not certain where python-decouple reads from")
            start = env_folder(file.path, file.project) / folder
    for folder in (start, *start.parents):
        if file.project.read(folder / "settings.ini") is not None:
            raise CannotFix("python-decouple reads `settings.ini` and no `.env` file")
        if file.project.read(folder / ".env") is not None:
            return folder / ".env"
        if folder == file.project.root:
            break
    return env_folder(file.path, file.project) / ".env"


def _plain(file: Place, module: Module, line: int, loads: bool) -> Reader:
    found = _call(file, module, _LOADERS)
    if found is not None or not loads:
        environ = need_all(file, ["os.environ"], before=line)[0]
        env_path = _read_from(*found, file, upward=True) if found is not None else _usual_path(file)
        return _Plain(environ.expression, env_path, [*environ.edits])
    environ, loader = need_all(file, ["os.environ", "dotenv.load_dotenv"], before=line)
    edits: list[AnyEdit] = [*environ.edits, *loader.edits, _loading(module, f"{loader.expression}()\n")]
    edits += requirement_edits("python-dotenv", "python-dotenv>=1", file.project)
    return _Plain(environ.expression, _usual_path(file), edits)


def _usual_path(file: Place) -> Path:
    return nearest_env(file.path, file.project) or env_folder(file.path, file.project) / ".env"


def _loading(module: Module, statement: str) -> AnyEdit:
    """The statement behind the imports that the module begins with."""
    last, first = 0, 0
    for position, one in enumerate(module.tree.body):
        is_docstring = position == 0 and isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
        if not isinstance(one, (ast.Import, ast.ImportFrom)) and not is_docstring:
            first = one.lineno
            break
        last = one.end_lineno or one.lineno
    if not last:
        return module.insert_line(first, f"{statement}\n")
    gap = "\n" if module.text.line(last + 1).strip() else ""
    return module.insert_line(last + 1, f"\n{statement}{gap}")


def _read_from(module: Module, call: ast.Call, file: Place, *, upward: bool) -> Path:
    """The file that a call reads: what it is given, else the one beside its module, or above."""
    wanted = ("dotenv_path", "env_file", "dotenv", "path")
    given = [*call.args, *(item.value for item in call.keywords if item.arg in wanted)]
    folder = env_folder(file.path, file.project)
    if given and not (isinstance(given[0], ast.Call) and ast.unparse(given[0].func).endswith("find_dotenv")):
        return env_file_in(given[0], module, folder, file.project)
    if not upward:
        return module.path.parent / ".env"
    return nearest_env(module.path, file.project) or folder / ".env"


def _call(file: Place, module: Module, names: frozenset[str]) -> tuple[Module, ast.Call] | None:
    """A call of one of these functions in the module, in what it imports, or in what starts the program."""
    for name in _related(file):
        opened = module if name == file.module else _opened(name, file)
        for node in ast.walk(opened.tree) if opened is not None else ():
            if opened is None or not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, (ast.Name, ast.Attribute)) and ast.unparse(node.func).rpartition(".")[2] in names:
                return opened, node
    return None


def _related(file: Place) -> Iterator[str]:
    yield file.module
    yield from imported_modules(file.index, file.module)
    yield from (name for name in file.index.modules if name.rpartition(".")[2] in _STARTERS)


def _opened(name: str, file: Place) -> Module | None:
    path = path_of(name, file.project)
    try:
        return Module.at(path, file.project, file.index) if path else None
    except CannotFix:
        return None
