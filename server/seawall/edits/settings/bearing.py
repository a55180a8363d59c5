"""Settings classes that read a `.env` file must bear keys in it that are none of their fields: by default they do not load."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from seawall.edits.fix import CannotFix, Edit
from seawall.edits.settings.files import env_folder
from seawall.edits.settings.module import Module
from seawall.edits.settings.shape import Shape, read_class
from seawall.project.discovery import python_files
from seawall.project.project import Project
from seawall.semantics.index import Index


def bear(env_path: Path, key: str, project: Project) -> list[Edit]:
    """What lets every class that names the file load with one more key in it, read from the classes' own text."""
    edits: list[Edit] = []
    for shape in _shapes(project):
        try:
            reads = "env_file" in shape.options and shape.forbids_extra and shape.field_of(key) is None
            if reads and shape.env_path(env_folder(shape.module.path, project), project) == env_path:
                edits += shape.add_config({"extra": '"ignore"'})
        except CannotFix:
            continue
    return edits


def _shapes(project: Project) -> Iterator[Shape]:
    for path in python_files([project.root], project.settings, project.root, read=project.read):
        if "env_file" not in (project.read(path) or ""):
            continue
        try:
            module = Module.at(path, project, Index())
        except CannotFix:
            continue
        for node in module.tree.body if module is not None else ():
            if module is not None and isinstance(node, ast.ClassDef):
                shape = Shape(module, node)
                read_class(shape, module, node)
                yield shape
