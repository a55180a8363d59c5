"""Queries keep the lines that they had, and look as a formatter would leave them."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from edits.test_queries import rewritten


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            """
            return (
                db.query(User)
                .filter(User.age == 3)
                .order_by(User.id)
                .all()
            )
            """,
            """
            return (
                await db.scalars(
                    select(User)
                    .where(User.age == 3)
                    .order_by(User.id)
                )
            ).all()
            """,
            id="parentheses around all of it",
        ),
        pytest.param(
            """
            user = (
                db.query(User)
                .filter(User.age == 3)
                .first()
            )
            """,
            """
            user = await db.scalar(
                select(User)
                .where(User.age == 3)
                .limit(1)
            )
            """,
            id="parentheses that are not needed any more",
        ),
        pytest.param(
            """
            name = (
                db.query(User)
                .filter(User.age == 3)
                .first()
            ).name
            """,
            """
            name = (
                await db.scalar(
                    select(User)
                    .where(User.age == 3)
                    .limit(1)
                )
            ).name
            """,
            id="more is done with it",
        ),
        pytest.param(
            """
            users = db.query(User).filter(
                User.age == 3,
                User.name == "bob",
            ).all()
            """,
            """
            users = (
                await db.scalars(
                    select(User).where(
                        User.age == 3,
                        User.name == "bob",
                    )
                )
            ).all()
            """,
            id="one argument a line",
        ),
        pytest.param(
            """
            db.query(User).filter(
                User.age == 3
            ).delete()
            """,
            """
            await db.execute(
                delete(User).where(
                    User.age == 3
                )
            )
            """,
            id="a statement of its own",
        ),
        pytest.param(
            """
            return [
                user.name
                for user in db.query(User)
                .filter(User.age == 3)
                .order_by(User.id)
            ]
            """,
            """
            return [
                user.name
                for user in await db.scalars(
                    select(User)
                    .where(User.age == 3)
                    .order_by(User.id)
                )
            ]
            """,
            id="in a comprehension",
        ),
        pytest.param(
            """
            return list(
                db.query(User)
                .filter(User.age == 3)
            )
            """,
            """
            return list(
                await db.scalars(
                    select(User)
                    .where(User.age == 3)
                )
            )
            """,
            id="the only argument of a call",
        ),
        pytest.param(
            """
            users = db.query(User) \\
                .filter(User.age == 3) \\
                .all()
            """,
            """
            users = (
                await db.scalars(
                    select(User)
                        .where(User.age == 3)
                )
            ).all()
            """,
            id="lines continued by backslashes",
        ),
        pytest.param(
            """
            if x:
            \treturn (
            \t\tdb.query(User)
            \t\t.filter(User.age == 3)
            \t\t.count()
            \t)
            """,
            """
            if x:
            \treturn await db.scalar(
            \t\tselect(func.count()).select_from(User)
            \t\t.where(User.age == 3)
            \t)
            """,
            id="tabs",
        ),
        pytest.param(
            '''
            return (
                db.query(User)
                .filter(User.name == """a
            b""")
                .all()
            )
            ''',
            '''
            return (
                (await db.scalars(select(User)
                .where(User.name == """a
            b"""))).all()
            )
            ''',
            id="a string of several lines stays as it is",
        ),
    ],
)  # fmt: skip
def test_lines(before: str, after: str) -> None:
    found = textwrap.dedent(rewritten(textwrap.dedent(before).strip("\n")))
    assert found.strip("\n") == textwrap.dedent(after).strip("\n")


def test_a_formatter_has_nothing_to_do() -> None:
    body = """\
users = (
    db.query(User)
    .filter(User.age == 3, User.name.in_(["some", "names", "that", "are", "long", "enough"]))
    .order_by(User.id)
    .all()
)
first = (
    db.query(User)
    .filter(User.age == 3, User.name.in_(["some", "names", "that", "are", "long", "enough"]))
    .order_by(User.id)
    .first()
)"""
    code = f"async def f(db):\n{rewritten(body)}"
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length", "100", "-"]
    assert subprocess.run(command, input=code, capture_output=True, text=True, check=True).stdout == code
