"""The project's Alembic history, read without running it, and new revisions for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from seawall.project.reading import Read, children, is_folder, read_text


class Revision(NamedTuple):
    """One file of the history."""

    path: Path
    id: str
    parents: tuple[str, ...]
    is_typed: bool
    """Whether it annotates its variables, as newer templates do."""


class History(NamedTuple):
    """All revisions of one `versions` folder."""

    folder: Path
    revisions: tuple[Revision, ...]

    @property
    def head(self) -> Revision | None:
        """The newest revision; None if there is none, or more than one."""
        parents = {parent for revision in self.revisions for parent in revision.parents}
        heads = [revision for revision in self.revisions if revision.id not in parents]
        return heads[0] if len(heads) == 1 else None


def history(root: Path, read: Read = read_text) -> History | None:
    """The history that `alembic.ini` (or `[tool.alembic]`) of a folder points to; None if there is none."""
    for folder in _script_folders(root, read):
        versions = folder / "versions"
        if is_folder(versions):
            names = sorted(name for name in children(versions) if name.endswith(".py"))
            found = (_revision(versions / name, read(versions / name)) for name in names)
            return History(versions, tuple(revision for revision in found if revision is not None))
    return None


def index_revision(history: History, table: str, column: str) -> tuple[Path, str]:
    """A new revision that makes `ix_<table>_<column>` without locking the table: its path and text.

    Raises:
        ValueError: the history has no single head to go on from.
    """
    import hashlib

    head = history.head
    if head is None:
        raise ValueError("the history has no single head")
    index = f"ix_{table}_{column}"
    identity = hashlib.sha256(f"{head.id} {index}".encode()).hexdigest()[:12]
    slug = re.sub(r"\W+", "_", f"index {column} of {table}".lower()).strip("_")[:40]
    types = (": str", ": str | None", ": str | None", ": str | None") if head.is_typed else ("", "", "", "")
    text = f'''"""Index {column} of {table}

Revision ID: {identity}
Revises: {head.id}

"""

from alembic import op

revision{types[0]} = "{identity}"
down_revision{types[1]} = "{head.id}"
branch_labels{types[2]} = None
depends_on{types[3]} = None


def upgrade() -> None:
    # An index that is made concurrently locks nobody out, and cannot be made inside a transaction.
    with op.get_context().autocommit_block():
        op.create_index("{index}", "{table}", ["{column}"], postgresql_concurrently=True, if_not_exists=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("{index}", table_name="{table}", postgresql_concurrently=True, if_exists=True)
'''
    return history.folder / f"{identity}_{slug}.py", text


def _script_folders(root: Path, read: Read) -> Iterator[Path]:
    text = read(root / "alembic.ini")
    if text is not None:
        import configparser

        parser = configparser.RawConfigParser()
        try:
            parser.read_string(text)
            location = parser.get("alembic", "script_location", fallback="")
        except configparser.Error:
            location = ""
        if location and ":" not in location:
            yield root / location.replace("%(here)s", str(root))
    for name in ("alembic", "migrations"):
        if read(root / name / "env.py") is not None:
            yield root / name


def _revision(path: Path, text: str | None) -> Revision | None:
    try:
        tree = ast.parse(text or "")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    values: dict[str, ast.expr] = {}
    is_typed = False
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                values[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                values[name] = value
                is_typed = True
    match values.get("revision"):
        case ast.Constant(value=str(identity)):
            return Revision(path, identity, tuple(_strings(values.get("down_revision"))), is_typed)
    return None


def _strings(node: ast.expr | None) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            for element in elements:
                yield from _strings(element)
