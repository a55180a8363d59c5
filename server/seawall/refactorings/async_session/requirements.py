"""The async drivers among the project's requirements."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from seawall.edits import Edit
from seawall.edits.apply import difference
from seawall.knowledge.async_stack import REQUIREMENTS
from seawall.project.dependencies import add_requirement
from seawall.project.project import Project
from seawall.project.requirements import parse
from seawall.syntax import Text


def require(project: Project, backends: tuple[str, ...]) -> Iterator[Edit]:
    """The edits of manifests that add what the async engines need."""
    texts: dict[Path, str] = {}
    for requirement in ("sqlalchemy[asyncio]", *dict.fromkeys(REQUIREMENTS[backend] for backend in backends)):
        wanted = parse(requirement)
        path = project.dependencies.where_to_add(wanted.name) if wanted is not None else None
        if path is not None:
            text = texts.get(path, project.read(path) or "")
            texts[path] = add_requirement(text, path, requirement)
    for path, text in texts.items():
        yield from difference(path, Text.of(project.read(path) or ""), Text.of(text))
