import pytest

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse

CODE = "SW105"
HEAD = """\
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from models import Order, User

"""
MODELS = """\
#- models.py
from sqlalchemy.orm import DeclarativeBase

class User(DeclarativeBase):
    id = name = age = orders = None

class Order(DeclarativeBase):
    id = user_id = total = None

#- main.py
"""


def fixes(before: str, after: str) -> None:
    def code(body: str) -> str:
        lines = "".join(f"    {line}\n" for line in body.split("\n"))
        return f"{HEAD}async def f(db: AsyncSession, x):\n{lines}"

    assert_fixes(CODE, MODELS + code(before), code(after))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return db.query(User).all()", "return (await db.scalars(select(User))).all()"),
        ("return db.query(User).get(x)", "return await db.get(User, x)"),
        ("return db.query(User).get(x).name", "return (await db.get(User, x)).name"),
        ("return db.query(User).filter_by(id=x).first()", "return await db.scalar(select(User).filter_by(id=x).limit(1))"),
        ("return db.query(User).filter(User.id == x).one()", "return (await db.scalars(select(User).where(User.id == x))).one()"),
        ("return db.query(User.id, User.name).one_or_none()", "return (await db.execute(select(User.id, User.name))).one_or_none()"),
        ("return db.query(User.id).first()", "return (await db.execute(select(User.id).limit(1))).first()"),
        ("return db.query(User.id).scalar()", "return (await db.scalars(select(User.id))).one_or_none()"),
        ("return db.query(func.max(User.age)).scalar()", "return await db.scalar(select(func.max(User.age)))"),
        (
            "return db.query(func.max(User.age)).group_by(User.name).scalar()",
            "return (await db.scalars(select(func.max(User.age)).group_by(User.name))).one_or_none()",
        ),
        (
            "return db.query(User).filter(User.age > 3).count() > 0",
            "return await db.scalar(select(func.count()).select_from(User).where(User.age > 3)) > 0",
        ),
        (
            "return db.query(User).distinct().count()",
            "return await db.scalar(select(func.count()).select_from(select(User).distinct().subquery()))",
        ),
        (
            "return db.query(User).join(Order).order_by(User.id).all()",
            "return (await db.scalars(select(User).join(Order).order_by(User.id))).unique().all()",
        ),
        (
            "return db.query(User).options(joinedload(User.orders)).first()",
            "return (await db.scalars(select(User).options(joinedload(User.orders)).limit(1))).unique().first()",
        ),
        ("db.query(User).filter(User.id == x).delete()", "await db.execute(delete(User).where(User.id == x))"),
        (
            "n = db.query(User).filter_by(id=x).update({'age': 1}, synchronize_session=False)",
            "n = (await db.execute(update(User).filter_by(id=x).values({'age': 1})"
            ".execution_options(synchronize_session=False))).rowcount",
        ),
        (
            "for user in db.query(User).limit(3):\n    print(user)",
            "for user in await db.scalars(select(User).limit(3)):\n    print(user)",
        ),
        ("return [u.id for u in db.query(User)]", "return [u.id for u in await db.scalars(select(User))]"),
        (
            "return db.query(db.query(User).filter(User.id == x).exists()).scalar()",
            "return await db.scalar(select(select(User).where(User.id == x).exists()))",
        ),
        (
            "return db.query(User).filter(User.id.in_(db.query(Order.user_id).subquery())).all()",
            "return (await db.scalars(select(User).where(User.id.in_(select(Order.user_id).subquery())))).all()",
        ),
        ("return await db.query(User).first()", "return await db.scalar(select(User).limit(1))"),
    ],
)  # fmt: skip
def test_what_each_end_becomes(before: str, after: str) -> None:
    fixes(before, after)


def test_lines_and_comments_stay() -> None:
    fixes(
        "return (\n    db.query(User)\n    .filter(User.id == x)  # mine\n    # the newest\n    .order_by(User.id)\n    .all()\n)",
        "return (\n    await db.scalars(\n        select(User)\n        .where(User.id == x)  # mine\n        # the newest\n"
        "        .order_by(User.id)\n    )\n).all()",
    )


def test_a_query_that_grows() -> None:
    fixes(
        "query = db.query(User).filter(User.id > x)\nif x:\n    query = query.join(Order).filter(Order.total > x)\n"
        "total = query.count()\nreturn total, query.order_by(User.id).all()",
        "query = select(User).where(User.id > x)\nif x:\n    query = query.join(Order).where(Order.total > x)\n"
        "total = await db.scalar(select(func.count()).select_from(query.subquery()))\n"
        "return total, (await db.scalars(query.order_by(User.id))).unique().all()",
    )


@pytest.mark.parametrize(
    "body",
    [
        "return db.query(User).union(x).all()",
        "return db.query(*x).all()",
        "return db.query(x).all()",
        "return x(db.query(User))",
        "query = db.query(User)\n    query = x\n    return query.all()",
        "query = db.query(User)\n    return lambda: query.all()",
        "return any(y for u in x for y in db.query(User).all())",
        "return db.query(User)[3:5]",
        "return db.query(User).join('orders').all()",
    ],
)
def test_no_fix_without_an_exact_counterpart(body: str) -> None:
    text = f"{MODELS}{HEAD}async def f(db: AsyncSession, x):\n    {body}\n"
    (located,) = Folder(parse(text).files).findings(CODE)
    assert located.finding.fixes == ()


@pytest.mark.parametrize(
    "lines",
    [
        "from db import Session\nasync def f():\n    async with Session() as s:\n        «s.query(1)»\n"
        "#- db.py\nfrom sqlalchemy.ext.asyncio import async_sessionmaker\nSession = async_sessionmaker()\n",
        "from fastapi import Depends\nfrom db import get\nasync def f(s=Depends(get)):\n    «s.query(1)»\n"
        "#- db.py\nfrom sqlalchemy.ext.asyncio import AsyncSession\nasync def get() -> AsyncSession: ...\n",
        "from sqlmodel.ext.asyncio.session import AsyncSession\nasync def f(s: AsyncSession):\n    «s.query(1)»\n",
        "from sqlalchemy.ext.asyncio import AsyncSession\nclass R:\n    def __init__(self, s: AsyncSession):\n"
        "        self.s = s\n    async def f(self):\n        «self.s.query(1)»\n",
        "from sqlalchemy.ext.asyncio import AsyncSession\ndef f(s: AsyncSession | None):\n    «s.query(1)»\n",
        "from sqlalchemy.ext.asyncio import AsyncSession\nclass Mine(AsyncSession): ...\nasync def f(s: Mine):\n    «s.query(1)»\n",
    ],
)
def test_however_the_session_came(lines: str) -> None:
    assert_finds(CODE, lines)


@pytest.mark.parametrize(
    "lines",
    [
        "from sqlalchemy.orm import Session\nasync def f(s: Session):\n    s.query(1)\n",
        "async def f(session):\n    session.query(1)\n",
        "from sqlalchemy.ext.asyncio import AsyncSession\nasync def f(s: AsyncSession):\n    await s.run_sync(lambda s: s.query(1))\n",
        "from sqlalchemy.ext.asyncio import AsyncSession\nasync def f(s: AsyncSession):\n    return s.sync_session.query(1)\n",
        "from sqlalchemy.ext.asyncio import AsyncSession\nclass Mine(AsyncSession):\n    def query(self, x): ...\n"
        "async def f(s: Mine):\n    s.query(1)\n",
        "from sqlalchemy.ext.asyncio import AsyncSession\nasync def f(s: AsyncSession):\n    return s.get(1, 2)\n",
        "from x import AsyncSession\nasync def f(s: AsyncSession):\n    s.query(1)\n",
        "from sqlalchemy.ext.asyncio import AsyncEngine\nasync def f(s: AsyncEngine):\n    s.query(1)\n",
        "from sqlalchemy.ext.asyncio import AsyncSession\nfrom sqlalchemy.orm import Session\n"
        "def f(s: AsyncSession | Session):\n    s.query(1)\n",
        "from sqlalchemy.ext.asyncio import AsyncSession\nasync def f(s: AsyncSession):\n    s.quer\n    s.query\n",
    ],
)
def test_silent(lines: str) -> None:
    assert_silent(CODE, lines)
