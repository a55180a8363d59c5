"""A foreign key without an index makes every join and cascade scan the whole table.

PostgreSQL indexes the side that is referred to, never the side that refers. Without an index of its own, joining over the key,
listing the children of a parent, and deleting a parent all read every row.

Not flagged: columns that lead an index, a unique constraint or the primary key, also through `__table_args__`, a mixin or an
`Index` beside the class; projects on MySQL, which makes these indexes itself; models of tests and inside Alembic revisions.

Example:
    from sqlalchemy import ForeignKey
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase): ...

    class Book(Base):
        __tablename__ = "book"
        id: Mapped[int] = mapped_column(primary_key=True)
        author_id: Mapped[int] = mapped_column(«ForeignKey("author.id")»)

Fixed:
    from sqlalchemy import ForeignKey
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    class Base(DeclarativeBase): ...

    class Book(Base):
        __tablename__ = "book"
        id: Mapped[int] = mapped_column(primary_key=True)
        author_id: Mapped[int] = mapped_column(ForeignKey("author.id"), index=True)
"""

from __future__ import annotations

from collections.abc import Iterator

from seawall.edits import AnyEdit, CreateFile, Fix
from seawall.edits.calls import add_keyword
from seawall.project.alembic import index_revision
from seawall.project.project import Project
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.meanings.column import Column

code, severity = "SW705", Severity.WARNING
applies = counts
from_absence = True

_MYSQL = ("pymysql", "mysqlclient", "aiomysql", "asyncmy", "mysql-connector-python")
_OTHERS = ("psycopg", "psycopg2", "psycopg2-binary", "asyncpg", "pg8000")


def check(column: Column, file: File) -> Iterator[Finding]:
    if not column.foreign_keys or column.may_be_indexed() or _indexes_by_itself(file.project):
        return
    if _is_revision(file):
        return
    fix = Fix("Add index=True", lambda: [add_keyword(file, column.call, "index", "True")])
    yield file.finding(
        column.foreign_keys[0],
        f"`{column.name}` is a foreign key without an index, add `index=True`",
        *_with_revision(column, file),
        fix,
    )


def _is_revision(file: File) -> bool:
    """Whether a module is an Alembic revision: its models are those of then."""
    return all(file.index.fact(file.module, name) is not None for name in ("revision", "upgrade"))


def _indexes_by_itself(project: Project) -> bool:
    has = project.dependencies.has
    return any(has(name) for name in _MYSQL) and not any(has(name) for name in _OTHERS)


def _with_revision(column: Column, file: File) -> Iterator[Fix]:
    """The same together with the migration that it needs, where the project has a history to add to."""
    table = column.table
    if table is None:
        return
    history = file.project.alembic
    if history is None or history.head is None:
        return

    def make() -> list[AnyEdit]:
        path, text = index_revision(history, table, column.database_name)
        return [add_keyword(file, column.call, "index", "True"), CreateFile(path, text)]

    yield Fix("Add index=True and its Alembic revision", make)
