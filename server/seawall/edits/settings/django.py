"""Django settings modules: values come from the environment, by the library that the module already uses."""

from __future__ import annotations

from pathlib import Path

from seawall.edits.fix import AnyEdit
from seawall.edits.imports import Importing, need
from seawall.edits.settings.files import env_edits, env_folder
from seawall.project.dotenv import load_dotenv
from seawall.project.project import Project
from seawall.semantics.facts import ValueFact
from seawall.semantics.index import Index
from seawall.semantics.symbols import Call

_TELLING = ("INSTALLED_APPS", "ROOT_URLCONF", "MIDDLEWARE")


def is_settings(index: Index, module: str) -> bool:
    """Whether a module is one of Django's settings modules: it has, or takes from another, what they all have."""
    if not index.has_module(module):
        return False
    return any(isinstance(index.resolve(f"{module}.{name}").fact, ValueFact) for name in _TELLING)


def place(file: Importing, project: Project, name: str, value: str, annotation: str) -> tuple[str, list[AnyEdit]]:
    """The expression that reads the value, and the edits that put it there."""
    env_path = _env_path(file.path, project)
    dotenv = load_dotenv(env_path, project.read)
    key, number = name.upper(), 2
    while dotenv is not None and (entry := dotenv.get(key)) and entry.value not in (value, "", None):
        key, number = f"{name.upper()}_{number}", number + 1
    expression, edits = _expression(file, key, annotation)
    return expression, [*edits, *env_edits(env_path, key, value, None, project)]


def _expression(file: Importing, key: str, annotation: str) -> tuple[str, list[AnyEdit]]:
    """How the module's own library, or the standard library, reads a variable."""
    index, module = file.index, file.current.module
    for name in file.current.facts.names:
        fact = index.resolve(f"{module}.{name}").fact
        if isinstance(fact, ValueFact) and isinstance(fact.value, Call) and index.named(fact.value.func) in _ENVIRONS:
            return {
                "list[str]": f'{name}.list("{key}", default=[])',
                "bool": f'{name}.bool("{key}", default=False)',
            }.get(annotation, f'{name}("{key}")'), []
    decouple = need(file, "decouple.config")
    if not decouple.edits:
        if annotation == "list[str]":
            csv = need(file, "decouple.Csv")
            return f'{decouple.expression}("{key}", default="", cast={csv.expression}())', list(csv.edits)
        cast = ", default=False, cast=bool" if annotation == "bool" else ""
        return f'{decouple.expression}("{key}"{cast})', []
    environ = need(file, "os.environ")
    return {
        "list[str]": f'{environ.expression}.get("{key}", "").split()',
        "bool": f'{environ.expression}.get("{key}", "").lower() == "true"',
    }.get(annotation, f'{environ.expression}["{key}"]'), list(environ.edits)


_ENVIRONS = ("environ.Env", "environ.FileAwareEnv", "environs.Env")


def _env_path(path: Path, project: Project) -> Path:
    """The `.env` that is there, nearest to the settings; else one beside `manage.py`."""
    for folder in path.parents:
        if not folder.is_relative_to(project.root):
            break
        if project.read(folder / ".env") is not None:
            return folder / ".env"
    return env_folder(path, project) / ".env"
