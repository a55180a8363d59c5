"""Django settings modules: values come from the environment, by the library that the module already uses."""

from __future__ import annotations

import ast
from pathlib import Path

from seawall.edits.fix import AnyEdit, CannotFix
from seawall.edits.settings import django_readers as readers
from seawall.edits.settings.files import env_edits
from seawall.edits.settings.module import Module
from seawall.edits.settings.naming import GENERIC
from seawall.project.dotenv import load_dotenv
from seawall.semantics.facts import ValueFact
from seawall.semantics.index import Index

_TELLING = ("INSTALLED_APPS", "ROOT_URLCONF", "MIDDLEWARE")
_SINGULAR = {"databases": "database", "caches": "cache"}


def is_settings(index: Index, module: str) -> bool:
    """Whether a module is one of Django's settings modules: it has, or takes from another, what they all have."""
    if not index.has_module(module):
        return False
    return any(isinstance(index.resolve(f"{module}.{name}").fact, ValueFact) for name in _TELLING)


def place(file: readers.Place, line: int, name: str, value: str, annotation: str) -> tuple[str, list[AnyEdit]]:
    """The expression that reads the value on a line of the module, and the edits that put it there.

    Raises:
        CannotFix: it is not certain where the module takes its variables from, or its library cannot read the value.
    """
    module = Module(file.path, file.module, str(file.current.source.text), file.index)
    reader = readers.of(file, module, line, loads=bool(value))
    if not reader.can_say(value):
        raise CannotFix("the library that reads the `.env` file would not take the value as it is")
    key = _key(_told(module, line, name), value, reader.prefix, reader.env_path, file)
    edits = [*reader.edits(annotation), *env_edits(reader.env_path, f"{reader.prefix}{key}", value, None, file.project)]
    return reader.expression(key, annotation), edits


def _told(module: Module, line: int, name: str) -> str:
    """A name that says which password it is: that of `DATABASES`."""
    if name not in GENERIC:
        return name
    for statement in module.tree.body:
        if statement.lineno <= line <= (statement.end_lineno or line) and isinstance(statement, ast.Assign):
            target = statement.targets[0]
            owner = target.id.lower() if isinstance(target, ast.Name) else name
            return name if owner == name else f"{_SINGULAR.get(owner, owner)}_{name}"
    return name


def _key(name: str, value: str, prefix: str, env_path: Path, file: readers.Place) -> str:
    """A variable that `.env` does not have yet, has without a value, or has with this very one."""
    dotenv = load_dotenv(env_path, file.project.read)
    wanted = name.upper().removeprefix(prefix.upper())
    key, number = wanted, 2
    while dotenv is not None and (entry := dotenv.get(f"{prefix}{key}")) and entry.value not in (value, "", None):
        key, number = f"{wanted}_{number}", number + 1
    return key
