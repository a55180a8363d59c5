"""A `.env` file that git does not ignore is one `git add .` away from being published.

What is committed once stays in the history, and has to be replaced. A line in `.gitignore` costs nothing.

Flagged are files such as `.env` and `.env.local` that lie in a git repository and are not ignored, and code that loads such a
file where none is yet; less loudly where no value in it is a secret. Of files that git tracks already, `env-file-tracked`
tells.

Not flagged: example files (`.env.example`, `.env.sample`, `.env.template`), those of tests and of frontends.

Example:
    #- .git/HEAD
    ref: refs/heads/main
    #- .env
    «SMTP_PASSWORD=wick-and-wax-2291»

Fixed:
    #- .git/HEAD
    ref: refs/heads/main
    #- .env
    SMTP_PASSWORD=wick-and-wax-2291
    #- .gitignore
    .env
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from seawall.edits import Fix
from seawall.edits.settings.files import env_folder, ignore_edits
from seawall.project.dotenv import is_env_name, is_example
from seawall.project.gitignore import is_tracked, repository
from seawall.project.project import Project
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Severity
from seawall.rules.secrets._env_files import has_secrets, is_real
from seawall.semantics.view import argument, keyword
from seawall.syntax import Range

code, severity = "SW205", Severity.ERROR
applies = counts

calls = frozenset({"load_dotenv", "dotenv_values", "SettingsConfigDict"})

_LOADERS = {"dotenv.load_dotenv": "dotenv_path", "dotenv.dotenv_values": "dotenv_path"}


def check_project(project: Project) -> Iterator[Finding]:
    """The files that are there."""
    if repository(project.root) is None:
        return
    for file in project.dotenv_files:
        if not is_real(file, project) or is_tracked(file.path):
            continue
        if not project.gitignore.is_ignored(file.path, is_folder=False):
            first = re.split(r"\r\n|\n|\r", file.text, maxsplit=1)[0]
            fix = _fix(file.path, project)
            place = Range(1, 0, 1, len(first.encode()))
            loud = severity if has_secrets(file) else Severity.WARNING
            yield Finding(code, _message(file.path.name), place, loud, (fix,), path=file.path)


def check(call: ast.Call, file: File) -> Iterator[Finding]:
    """The files that code loads, which are not there yet."""
    loaded = _loaded(call, file)
    if loaded is None or repository(file.project.root) is None:
        return
    where, name = loaded
    path = env_folder(file.path, file.project) / name  # an absolute one stays what it is
    if not path.is_relative_to(file.project.root):
        return
    if not is_env_name(path.name) or is_example(path.name) or ".." in path.parts or file.project.read(path) is not None:
        return
    if any(one.path.name == path.name for one in file.project.dotenv_files):
        return
    if not file.project.gitignore.is_ignored(path, is_folder=False):
        yield file.finding(where, _message(path.name), _fix(path, file.project))


def _loaded(call: ast.Call, file: File) -> tuple[ast.expr, str] | None:
    """The `.env` file that a call loads, and the node that says so."""
    name = file.callee(call)
    if name == "pydantic_settings.SettingsConfigDict":
        value = keyword(call, "env_file")
        return (value, value.value) if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
    if name not in _LOADERS:
        return None
    given = argument(call, 0, _LOADERS[name])
    if given is None:
        return (call, ".env") if not call.args and not call.keywords else None
    return (given, given.value) if isinstance(given, ast.Constant) and isinstance(given.value, str) else None


def _message(name: str) -> str:
    return f"git does not ignore `{name}`, add it to `.gitignore`"


def _fix(path: Path, project: Project) -> Fix:
    return Fix(f"Add {path.name} to .gitignore", lambda: ignore_edits(path, project))
