"""Switching to async sessions: what runs when an application starts."""

from __future__ import annotations

from refactorings.switching import (
    DATABASE,
    MODELS,
    assert_switches,
    switch,
)

APP = """\
from fastapi import Depends, FastAPI
from sqlalchemy.orm import Session

from database import Base, engine, get_db
from models import Book

# the tables are ours alone
Base.metadata.create_all(bind=engine, checkfirst=True)

app = FastAPI(
    title="Shop",
)


@app.get("/books")
async def list_books(db: Session = Depends(get_db)):
    return db.query(Book).all()
"""


def test_tables_are_created_when_the_application_starts() -> None:
    assert_switches(
        f"#- main.py\n{APP}",
        """
        #- main.py
        from collections.abc import AsyncIterator
        from contextlib import asynccontextmanager

        from fastapi import Depends, FastAPI
        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession

        from database import Base, engine, get_db
        from models import Book


        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[None]:
            # the tables are ours alone
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all, checkfirst=True)
            yield
            await engine.dispose()


        app = FastAPI(
            title="Shop",
            lifespan=lifespan,
        )


        @app.get("/books")
        async def list_books(db: AsyncSession = Depends(get_db)):
            return (await db.scalars(select(Book))).all()
        """,
    )


def test_what_is_called_at_import_is_called_at_start_up() -> None:
    text = APP.replace(
        "# the tables are ours alone\nBase.metadata.create_all(bind=engine, checkfirst=True)\n",
        "\ndef create_tables():\n    Base.metadata.create_all(engine)\n\n\ncreate_tables()\n",
    )
    after = switch({"database.py": DATABASE, "models.py": MODELS, "main.py": text})["main.py"]
    assert (
        """

async def create_tables():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    await create_tables()
    yield
    await engine.dispose()


app = FastAPI(
"""
        in after
    )
    assert "\ncreate_tables()" not in after


def test_an_application_that_a_function_makes() -> None:
    start = APP.index("# the tables")
    end = APP.index("@app.get")
    factory = """

def create_app() -> FastAPI:
    app = FastAPI(title="Shop")
    # the tables are ours alone
    Base.metadata.create_all(bind=engine)
    return app


app = create_app()


"""
    text = APP[:start] + factory.lstrip() + APP[end:]
    after = switch({"database.py": DATABASE, "models.py": MODELS, "main.py": text})["main.py"]
    assert (
        """

@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    # the tables are ours alone
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


def create_app() -> FastAPI:
    app = FastAPI(title="Shop", lifespan=lifespan)
    return app


app = create_app()
"""
        in after
    )


def test_a_lifespan_that_is_there_is_used() -> None:
    text = (
        APP.replace('    title="Shop",\n', "    lifespan=lifespan,\n")
        .replace(
            "# the tables",
            "\n@asynccontextmanager\nasync def lifespan(app):\n    yield\n\n\n# the tables",
        )
        .replace("from fastapi", "from contextlib import asynccontextmanager\n\nfrom fastapi", 1)
    )
    after = switch({"database.py": DATABASE, "models.py": MODELS, "main.py": text})["main.py"]
    assert (
        """async def lifespan(app):
    # the tables are ours alone
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all, checkfirst=True)
    yield
"""
        in after
    )


def test_a_start_up_handler_that_is_there_is_used() -> None:
    text = APP + '\n\n@app.on_event("startup")\ndef greet():\n    """Say hello."""\n    print("hello")\n'
    after = switch({"database.py": DATABASE, "models.py": MODELS, "main.py": text})["main.py"]
    assert after.endswith('''
@app.on_event("startup")
async def greet():
    """Say hello."""
    # the tables are ours alone
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all, checkfirst=True)
    print("hello")
''')
