"""After any edits, in any file, the findings are those of a workspace that sees the texts for the first time."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.files import backend, typing_place
from seawall.engine.workspace import Workspace
from seawall.syntax import Range, Text
from support.typing import is_settled, random_edit, state

ROOT = Path("/nowhere/shop")

SHOP = {
    "app/__init__.py": "",
    "app/database.py": '''"""Engine and sessions."""

from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

engine = create_engine("postgresql://db/shop")
SessionLocal = sessionmaker(bind=engine)


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()
''',
    "app/crud.py": """import time
from sqlalchemy.orm import Session
from app.models import Order


def pause(seconds: float) -> None:
    time.sleep(seconds)  # as slow as they come


class Orders:
    def __init__(self, db: Session) -> None:
        self.db = db

    def all(self) -> list[Order]:
        return self.db.query(Order).all()

    def wait(self) -> None:
        pause(1)


def orders(db: Session, owner: str):
    sql = f"SELECT * FROM orders WHERE owner = '{owner}'"
    return db.execute(sql)
""",
    "app/models.py": """from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)


class Order(Base):
    __tablename__ = "order"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
""",
    "app/main.py": '''import time

from fastapi import Depends, FastAPI

from app import crud
from app.crud import Orders
from app.database import get_db

app = FastAPI()
SECRET_KEY = "d3b07384d113edec49eaa6238ad5ff00"


@app.get("/orders/{owner}")
async def read_orders(owner: str, db=Depends(get_db)):
    """Žluťoučký 🐎"""
    time.sleep(0.1)
    repo = Orders(db)
    repo.wait()
    return crud.orders(db, owner)


@app.post("/orders")
async def create_order(payload: dict, db=Depends(get_db)):
    try:
        db.add(payload["name"])
        db.commit()
    except Exception:
        pass
    return {"ok": True}
''',
}

APP = Path(__file__).parent.parent / "apps/legacy"
BOOKSHOP = {
    path.relative_to(APP).as_posix(): path.read_text(encoding="utf-8") for path in sorted(APP.glob("app/**/*.py"))
}


def opened(files: dict[Path, Text]) -> Workspace:
    workspace = Workspace(ROOT, isolated=True)
    for path, text in files.items():
        workspace.open(path, text)
    return workspace


def run(corpus: dict[str, str], seed: int, steps: int) -> None:
    rng = random.Random(seed)
    texts = {ROOT / name: Text.of(source) for name, source in corpus.items()}
    workspace = opened(texts)
    undo: list[tuple[Path, Text]] = []
    for _ in range(steps):
        path = rng.choice(list(texts))
        if undo and rng.random() < 0.3:  # mend what was broken
            path, before = undo.pop()
            whole = Range(1, 0, len(texts[path].lines) + 1, 0)
            end = len(texts[path].lines)
            new, span = texts[path].change(0, 0, end + 1, 0, str(before), "utf-16")
            assert str(new) == str(before), whole
        else:
            new, span = random_edit(texts[path], rng)
            undo.append((path, texts[path]))
        texts[path] = new
        workspace.edit(path, new, span)  # type: ignore[arg-type]
        if rng.random() < 0.6:  # sometimes several edits go by before anybody asks
            workspace.findings(path)
    if is_settled(workspace):
        assert state(workspace) == state(opened(texts))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_incremental_equals_from_scratch(seed: int, steps: int) -> None:
    run(SHOP, seed, steps)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_incremental_equals_from_scratch_on_a_whole_backend(seed: int, steps: int) -> None:
    run(BOOKSHOP, seed, steps)


def test_an_edit_elsewhere_is_seen_here() -> None:
    texts = {ROOT / name: Text.of(source) for name, source in SHOP.items()}
    workspace = opened(texts)
    main, crud = ROOT / "app/main.py", ROOT / "app/crud.py"
    before = [one for one in workspace.findings(main) if one.code == "SW103"]
    assert before
    harmless = Text.of(str(texts[crud]).replace("time.sleep(seconds)", "print(seconds)"))
    workspace.open(crud, harmless)
    after = [one.finding.message for one in workspace.findings(main) if one.code == "SW103"]
    assert not any("time.sleep" in message for message in after)


def test_an_edit_that_changes_no_fact_checks_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {ROOT / name: Text.of(source) for name, source in SHOP.items()}
    workspace = opened(texts)
    state(workspace)
    checked = []
    original = workspace.checker.check
    monkeypatch.setattr(workspace.checker, "check", lambda file: checked.append(file.item) or original(file))
    crud = ROOT / "app/crud.py"
    new, span = texts[crud].change(6, 40, 6, 52, "for sure", "utf-16")
    assert "# as slow as for sure" in str(new) or "for sure" in str(new)
    workspace.edit(crud, new, span)
    state(workspace)
    assert len(checked) == 1


def test_moving_code_checks_only_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {ROOT / name: Text.of(source) for name, source in SHOP.items()}
    workspace = opened(texts)
    before = workspace.findings(ROOT / "app/main.py")
    main = ROOT / "app/main.py"
    new, span = texts[main].change(0, 0, 0, 0, "# one\n# two\n", "utf-16")
    workspace.edit(main, new, span)
    assert [one.range.shift(2) for one in before] == [one.range for one in workspace.findings(main)]


def test_typing_in_a_handler_checks_no_other_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a state that does not parse, or one that makes its function call something else."""
    text, path = backend(800), ROOT / "orders.py"
    workspace = opened({path: Text.of(text)})
    workspace.findings(path)
    checked: list[object] = []
    original = workspace.checker.check
    monkeypatch.setattr(workspace.checker, "check", lambda file: checked.append(file.item) or original(file))
    line = typing_place(text)
    column = len(text.split("\n")[line])
    for letter in "; note = row.get('note')":
        new, span = workspace.documents[path].source.text.change(line, column, line, column, letter, "utf-16")
        workspace.edit(path, new, span)
        workspace.findings(path)
        column += 1
    assert len(checked) == len("; note = row.get('note')")
