"""SW705: what refers to other tables is indexed."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse

HEAD = """\
from typing import Optional
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): ...

"""


def model(body: str, name: str = "Book", base: str = "Base") -> str:
    return f'{HEAD}class {name}({base}):\n    __tablename__ = "book"\n{textwrap.indent(body, "    ")}\n'


@pytest.mark.parametrize(
    "body",
    [
        'author_id: Mapped[int] = mapped_column(«ForeignKey("author.id")»)',
        'author_id: Mapped[int] = mapped_column(Integer, «ForeignKey("author.id", ondelete="CASCADE")», nullable=False)',
        'author_id = Column(Integer, «ForeignKey("author.id")»)',
        'author_id = sa.Column(sa.Integer, «sa.ForeignKey("author.id")»)',
        'author_id: Mapped[Optional[int]] = mapped_column("author", «ForeignKey("author.id")»)',
        'author_id = Column(«ForeignKey("author.id")»)\n__table_args__ = (Index("ix", "title", "author_id"),)',
        'author_id = Column(«ForeignKey("author.id")»)\n__table_args__ = {"schema": "shop"}',
        'author_id = Column(«ForeignKey("author.id")»)\n__table_args__ = (UniqueConstraint("isbn", "author_id"),)',
        "a = Column(ForeignKey('a.id'), primary_key=True)\nb = Column(«ForeignKey('b.id')», primary_key=True)",
    ],
)
def test_a_key_on_no_index(body: str) -> None:
    assert_finds("SW705", model(body))


def test_a_base_of_another_module_and_sqlmodel() -> None:
    assert_finds(
        "SW705",
        """
        #- app/__init__.py
        #- app/db.py
        from sqlalchemy.orm import declarative_base
        Base = declarative_base()
        #- app/models.py
        from sqlalchemy import Column, ForeignKey
        from .db import Base
        class Book(Base):
            __tablename__ = "book"
            author_id = Column(«ForeignKey("author.id")»)
        #- app/sql.py
        from sqlmodel import Field, SQLModel
        class Book(SQLModel, table=True):
            author_id: int = Field(foreign_key=«"author.id"»)
        """,
    )


@pytest.mark.parametrize(
    "body",
    [
        'author_id = Column(ForeignKey("author.id"), index=True)',
        'author_id = Column(ForeignKey("author.id"), unique=True)',
        'author_id = Column(ForeignKey("author.id"), index=INDEXED)',
        'author_id = Column(ForeignKey("author.id"), index=False)',
        'author_id = Column(ForeignKey("author.id"), primary_key=True)',
        'author_id = Column(ForeignKey("author.id"), **options)',
        'author_id = Column(ForeignKey("author.id"))\n__table_args__ = (Index("ix", "author_id", "title"),)',
        'author_id = Column(ForeignKey("author.id"))\n__table_args__ = (Index("ix", author_id.desc()), {"schema": "x"})',
        'author_id = Column("writer", ForeignKey("author.id"))\n__table_args__ = (UniqueConstraint("writer", "isbn"),)',
        'author_id = Column(ForeignKey("author.id"))\n__table_args__ = (PrimaryKeyConstraint("author_id", "isbn"),)',
        'author_id = Column(ForeignKey("author.id"))\n__table_args__ = common_arguments()',
        'author_id = Column(ForeignKey("author.id"))\n__table_args__ = (*COMMON,)',
        "author_id = Column(Integer)",
        'author_id = other(ForeignKey("author.id"))',
    ],
)
def test_a_key_that_is_or_may_be_indexed(body: str) -> None:
    assert_silent("SW705", model(body))


def test_an_index_beside_the_class() -> None:
    assert_silent(
        "SW705", model('author_id = Column(ForeignKey("author.id"))') + '\nIndex("ix", Book.author_id.desc())\n'
    )


def test_an_index_of_a_mixin_and_a_mixin_itself() -> None:
    assert_silent(
        "SW705",
        """
        #- app/__init__.py
        #- app/mixins.py
        from sqlalchemy import Column, ForeignKey, Index
        class Owned:
            owner_id = Column(ForeignKey("user.id"))
            __table_args__ = (Index("ix", "owner_id"),)
        #- app/models.py
        from sqlalchemy import Column, ForeignKey
        from sqlalchemy.orm import DeclarativeBase
        from .mixins import Owned
        class Base(DeclarativeBase): ...
        class Book(Owned, Base):
            __tablename__ = "book"
            other_id = Column(ForeignKey("other.id"))
        """,
    )


def test_mysql_makes_these_indexes_itself() -> None:
    source = model('author_id = Column(ForeignKey("author.id"))')
    assert_silent("SW705", f"{source}\n#- requirements.txt\nsqlalchemy\npymysql\n")


def test_the_fix_keeps_layout_and_comments() -> None:
    assert_fixes(
        "SW705",
        model('author_id = Column(\n    Integer,\n    «ForeignKey("author.id")»,  # é\n)'),
        model('author_id = Column(\n    Integer,\n    ForeignKey("author.id"),  # é\n    index=True,\n)'),
    )


HISTORY = {
    "alembic.ini": "[alembic]\nscript_location = migrations\n",
    "migrations/env.py": "",
    "migrations/versions/1_first.py": 'revision: str = "aaaa"\ndown_revision = None\n',
    "migrations/versions/2_second.py": 'revision: str = "bbbb"\ndown_revision: str | None = "aaaa"\n',
}


def test_the_migration_comes_with_it(tmp_path: Path) -> None:
    example = parse(model('author_id = Column(«ForeignKey("author.id")»)'))
    folder = Folder(example.files | HISTORY, tmp_path)
    (found,) = folder.findings("SW705")
    both, only = found.finding.fixes
    assert (both.title, only.title) == ("Add index=True and its Alembic revision", "Add index=True")
    _, created = both.make()
    assert created.path.parent == tmp_path / "migrations/versions"
    revision: dict[str, object] = {}
    exec(compile(created.text.replace("from alembic import op", ""), "revision", "exec"), revision)
    assert revision["down_revision"] == "bbbb"
    assert 'op.create_index("ix_book_author_id", "book", ["author_id"], postgresql_concurrently=True' in created.text
    assert [edit.text for edit in both.make()][1:] == [created.text], "asked twice, it is the same revision"


def test_a_history_with_two_heads_gets_no_revision(tmp_path: Path) -> None:
    example = parse(model('author_id = Column(«ForeignKey("author.id")»)'))
    third = {"migrations/versions/3_third.py": 'revision = "cccc"\ndown_revision = "aaaa"\n'}
    (found,) = Folder(example.files | HISTORY | third, tmp_path).findings("SW705")
    assert [fix.title for fix in found.finding.fixes] == ["Add index=True"]


def test_models_of_tests_and_of_revisions() -> None:
    plain = parse(model('author_id = Column(ForeignKey("author.id"))')).files
    [text] = plain.values()
    revision = f'revision = "aaaa"\ndown_revision = None\n\n{text}\n\ndef upgrade():\n    ...\n'
    assert Folder({"migrations/versions/1_fill.py": revision}).findings("SW705") == []
    assert Folder({"tests/models.py": text}).findings("SW705") == []
    assert len(Folder({"migrations/models.py": text}).findings("SW705")) == 1
