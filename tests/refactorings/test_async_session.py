"""Switching a project to an async session: what changes, and what stops it."""

from __future__ import annotations

from refactorings.switching import (
    DATABASE,
    HANDLER,
    MODELS,
    assert_switches,
    offered,
)
from support.marked import Folder


def test_the_offer_names_the_driver() -> None:
    folder = Folder({"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER})
    assert offered(folder)[0].title == "Switch the project to an async session (asyncpg)"
    assert offered(folder)[0].why


def test_a_session_of_unknown_origin_gets_no_offer() -> None:
    text = """
from sqlalchemy.orm import Session

async def read(db: Session):
    db.commit()
"""
    folder = Folder({"main.py": text})
    assert folder.findings("SW102")
    assert not offered(folder)


def test_the_offer_comes_before_the_rule_s_own_fixes() -> None:
    folder = Folder({"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER})
    fixes = folder.findings("SW102")[0].finding.fixes
    assert fixes[0].title.startswith("Switch the project")
    assert len(fixes) > 1


def test_engine_provider_and_handler() -> None:
    assert_switches("", "")
