"""Every legacy query and what it becomes give the same, on a real database."""

import ast
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import ForeignKey, create_engine, delete, func, select, update
from sqlalchemy.exc import MultipleResultsFound, NoResultFound
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, joinedload, mapped_column, relationship

from seawall.edits.queries import rewrite
from seawall.edits.query_chain import is_query
from seawall.semantics.document import Document
from seawall.semantics.index import Index
from seawall.semantics.view import View
from seawall.syntax import Text, range_of, read


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    age: Mapped[int]
    orders: Mapped[list["Order"]] = relationship(order_by="Order.id")

    def __repr__(self) -> str:
        return f"User({self.id}, {self.age})"


class Order(Base):
    __tablename__ = "order"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    total: Mapped[int]

    def __repr__(self) -> str:
        return f"Order({self.id})"


NAMES = {
    "User": User, "Order": Order, "func": func, "select": select, "update": update, "delete": delete,
    "joinedload": joinedload, "aliased": aliased,
}  # fmt: skip


def fill(session: Session) -> None:
    session.add_all([User(id=1, name="ada", age=3), User(id=2, name="bob", age=3), User(id=3, name="cyd", age=9)])
    session.add_all([Order(id=n, user_id=1 + n % 2, total=n) for n in range(1, 5)])
    session.commit()


@pytest.fixture
def sync_session(tmp_path: Path) -> Any:
    engine = create_engine(f"sqlite:///{tmp_path / 'sync.db'}")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        fill(session)
        yield session
    engine.dispose()


@pytest_asyncio.fixture
async def async_session(tmp_path: Path) -> AsyncIterator[AsyncSession]:
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'async.db'}")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        await session.run_sync(fill)
        yield session
    await engine.dispose()


def rewritten(body: str) -> str:
    """The body of an `async def` with its queries written anew."""
    code = f"from sqlalchemy import func\nfrom sqlalchemy.orm import aliased\nfrom models import Order, User\nasync def f(db):\n{indented(body)}"
    document = Document(Path("main.py"), "main", read(Text.of(code)))
    index = Index()
    index.set_module("main", document.facts)
    text = document.source.text
    found, loops = [], []
    for start, item in zip(document.source.starts, document.source.items, strict=True):
        view = View(document, item, index)
        roots = [node for node in view.scan.nodes[ast.Call] if isinstance(node, ast.Call) and is_query(node)]
        for root in roots:
            for one in rewrite(view, root, lambda name: name.rpartition(".")[2]):
                found.append((one.place.shift(start - 1), one.text))
                if one.loop is not None:
                    loops.append(range_of(one.loop).shift(start - 1).start_line)
    for place, new in sorted(set(found), reverse=True):
        text = text.replace(place, new)
    lines = str(text).split("\n")
    for line in loops:
        lines[line - 1] = lines[line - 1].replace("for ", "async for ", 1)
    return "\n".join(lines).partition("async def f(db):\n")[2]


def indented(body: str) -> str:
    return "".join(f"    {line}\n" for line in body.split("\n"))


def outcome(value: Any) -> Any:
    return (
        repr([tuple(row) if hasattr(row, "_mapping") else row for row in value])
        if isinstance(value, list)
        else repr(value)
    )


FAILURES = (MultipleResultsFound, NoResultFound)


@pytest.mark.parametrize(
    "body",
    [
        "return db.query(User).order_by(User.id).all()",
        "return db.query(User).filter(User.age == 3).order_by(User.id.desc()).first()",
        "return db.query(User).filter_by(name='nobody').first()",
        "return db.query(User).filter(User.id == 2).one()",
        "return db.query(User).filter(User.id == 20).one()",
        "return db.query(User).filter(User.age == 3).one()",
        "return db.query(User).filter_by(name='bob').one_or_none()",
        "return db.query(User).filter_by(age=3).one_or_none()",
        "return db.query(User).get(3)",
        "return db.query(User).get(30)",
        "return db.query(User).options(joinedload(User.orders)).get(1)",
        "return db.query(User.id, User.name).order_by(User.id).all()",
        "return [tuple(row) for row in db.query(User.name).order_by(User.name).all()]",
        "return tuple(db.query(User.id).order_by(User.id).first())",
        "return db.query(User.name).filter(User.id == 3).scalar()",
        "return db.query(User.name).filter(User.id == 30).scalar()",
        "return db.query(User.name).scalar()",
        "return db.query(func.max(User.age)).scalar()",
        "return db.query(func.coalesce(func.sum(Order.total), 0)).filter(Order.id > 9).scalar()",
        "return db.query(func.count(User.id)).group_by(User.age).scalar()",
        "return db.query(User).count()",
        "return db.query(User).filter(User.age == 3).count()",
        "return db.query(User).join(Order).count()",
        "return db.query(User).join(User.orders).filter(Order.total > 1).count()",
        "return db.query(User).order_by(User.id).limit(2).count()",
        "return db.query(User.age).distinct().count()",
        "return db.query(User.id, Order.id).join(Order).count()",
        "return db.query(User).join(User.orders).order_by(User.id).all()",
        "return db.query(User).join(User.orders).filter(User.id == 1).one()",
        "return db.query(User).outerjoin(Order).order_by(User.id).all()",
        "return db.query(User, Order).join(Order).order_by(Order.id).all()",
        "return [u.orders for u in db.query(User).options(joinedload(User.orders)).order_by(User.id)]",
        "return db.query(User).options(joinedload(User.orders)).order_by(User.id).first().orders",
        "return [u.name for u in db.query(User).order_by(User.id).offset(1).limit(1)]",
        "return list(db.query(User).order_by(User.id))",
        "return db.query(User).filter(User.age == 9).delete()",
        "return db.query(User).filter_by(age=3).update({'age': 4})",
        "n = db.query(User).filter(User.age == 3).update({User.age: User.age + 1}, synchronize_session=False)\nreturn n",
        "db.query(Order).filter(Order.total > 2).delete(synchronize_session='fetch')\nreturn db.query(Order).count()",
        "return db.query(db.query(User).filter(User.age == 9).exists()).scalar()",
        "return db.query(User).filter(User.id.in_(db.query(Order.user_id).filter(Order.total > 3).scalar_subquery())).all()",
        "sub = db.query(Order.user_id).distinct().subquery()\n"
        "return db.query(User).join(sub, sub.c.user_id == User.id).order_by(User.id).all()",
        "return db.query(User).with_entities(User.name).order_by(User.name).all()",
        "return db.query(User.age, func.count(User.id)).group_by(User.age).having(func.count(User.id) > 1).all()",
        "query = db.query(User).filter(User.age > 1)\nif db:\n    query = query.join(User.orders)\n"
        "total = query.count()\nreturn [total, *query.order_by(User.id).all()]",
        "return db.query(aliased(User)).filter_by(id=7).first()",
        "return db.query(User).order_by(User.id).slice(1, 3).all()",
        "names = []\nfor user in db.query(User).order_by(User.id).yield_per(2):\n    names.append(user.name)\nreturn names",
        "found = []\nfor row in db.query(User.id, User.name).filter(User.age == 3).yield_per(1):\n    found.append(row.name)\n"
        "return found",
        "query = db.query(User).with_entities(User.name)\nif db:\n    query = query.filter(User.age == 3)\n"
        "return [name for (name,) in query.order_by(User.name)]",
        "query = db.query(User.id).add_columns(User.name).order_by(User.id)\nreturn [tuple(row) for row in query]",
        "query = db.query(User)\nreturn query.with_entities(func.max(User.age)).scalar()",
        "query = db.query(User).join(User.orders)\nreturn {user.name for user in query if user.id > 1}",
        "q = db.query(User).filter(User.age == 9)\nfirst = q.first()\nn = q.delete(synchronize_session=False)\nreturn n",
        "q = db.query(User).filter(User.age > 3)\nif True:\n    q = q.filter(User.age < 9)\nreturn q.update({'age': 4})",
    ],
)
async def test_the_same_comes_out(body: str, sync_session: Session, async_session: AsyncSession) -> None:
    new = rewritten(body)
    assert ".query(" not in new
    code: dict[str, Any] = {}
    exec(f"def old(db):\n{indented(body)}async def new(db):\n{new}", {**NAMES}, code)
    try:
        expected = outcome(code["old"](sync_session))
    except FAILURES as failure:
        with pytest.raises(type(failure)):
            await code["new"](async_session)
    else:
        assert outcome(await code["new"](async_session)) == expected
