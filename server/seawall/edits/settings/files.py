"""The files around the code: `.env`, `.env.example`, `.gitignore`, the manifest."""

from __future__ import annotations

from pathlib import Path

from seawall.edits.fix import AnyEdit
from seawall.edits.settings.module import rewritten
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
