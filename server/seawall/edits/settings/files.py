"""The files around the code: `.env`, `.env.example`, `.gitignore`, the manifest."""

from __future__ import annotations

import ast
import os
from pathlib import Path

from seawall.edits.fix import AnyEdit, CannotFix
from seawall.edits.settings.module import Module, rewritten
from seawall.edits.settings.paths import path_in
from seawall.project.adding import add_requirement
from seawall.project.dotenv import append, dotenv_files, load_dotenv
from seawall.project.gitignore import GitIgnore, ignore_edit
from seawall.project.modules import SUBPROJECT
from seawall.project.project import Project


def env_folder(path: Path, project: Project) -> Path:
    """The folder that the program with this file is started in, as far as manifests tell."""
    for folder in path.parents:
        if folder == project.root or not folder.is_relative_to(project.root):
            break
        if any((folder / name).is_file() for name in SUBPROJECT):
            return folder
    return project.root


def nearest_env(path: Path, project: Project) -> Path | None:
    """The `.env` that is there, nearest to a module and above it."""
    inside = (folder for folder in path.parents if folder.is_relative_to(project.root))
    return next((folder / ".env" for folder in inside if project.read(folder / ".env") is not None), None)


def env_file_in(value: ast.expr, module: Module, folder: Path, project: Project) -> Path:
    """The `.env` file that code names; a relative one is looked for where programs are started.

    Raises:
        CannotFix: the name is computed.
    """
    several = value.elts if isinstance(value, (ast.Tuple, ast.List)) else [value]
    paths = [path for one in several if (path := path_in(one, module)) is not None and path.name]
    name = next((path for path in paths if path.name == ".env"), next(iter(paths), None))
    if name is None or (name.is_absolute() and not name.is_relative_to(project.root)):
        raise CannotFix("the `.env` file's name is computed, so it is not certain which file to write to")
    inside = [place for place in module.path.parents if place.is_relative_to(project.root)]
    places = list(dict.fromkeys((folder, project.root, *inside)))
    candidates = [Path(os.path.normpath(place / name)) for place in places]
    return next((path for path in candidates if project.read(path) is not None), candidates[0])


def env_edits(path: Path, key: str, value: str, example: str | None, project: Project) -> list[AnyEdit]:
    """The key with its value in `.env`, without it in the example file, and `.env` out of git's sight."""
    entry = (dotenv.get(key) if (dotenv := load_dotenv(path, project.read)) else None) or None
    edits: list[AnyEdit] = []
    old = project.read(path)
    if entry is None:
        edits += rewritten(path, old, append(old or "", key, value))
    elif not entry.value and old is not None:
        lines = old.split("\n")
        end = "\r" if lines[entry.line - 1].endswith("\r") else ""
        assigned = append("", key, value).rstrip("\r\n")
        lines[entry.line - 1] = f"{'export ' if entry.exported else ''}{assigned}{end}"
        edits += rewritten(path, old, "\n".join(lines))
    edits += example_edits(path, key, project, example)
    return edits + ignore_edits(path, project)


def example_edits(env: Path, key: str, project: Project, value: str | None = None) -> list[AnyEdit]:
    """The key in the example file beside a `.env`, for people to see."""
    shown = _example_path(env, project)
    text = project.read(shown)
    return rewritten(shown, text, append(text or "", key, value))


def _example_path(env: Path, project: Project) -> Path:
    found = (file.path for file in dotenv_files(env.parent, project.read) if file.is_example)
    return next((path for path in found if path.parent == env.parent), env.with_name(".env.example"))


def ignore_edits(env: Path, project: Project) -> list[AnyEdit]:
    """What makes git ignore a `.env` file."""
    if GitIgnore(project.root, project.read).is_ignored(env, is_folder=False):
        return []
    inside = env.parent if env.parent.is_relative_to(project.root) else project.root
    change = ignore_edit(inside, env.name, project.read)
    return rewritten(change.path, change.text, change.new_text)


def requirement_edits(name: str, requirement: str, project: Project) -> list[AnyEdit]:
    """A requirement in the project's manifest, if it has one that does not name it yet."""
    if project.dependencies.declares(name):
        return []
    path = project.dependencies.where_to_add(name)
    text = project.read(path) if path else None
    if path is None or text is None:
        return []
    return rewritten(path, text, add_requirement(text, path, requirement))
