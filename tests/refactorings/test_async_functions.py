"""Switching to async sessions: functions that take one, and their callers."""

from __future__ import annotations

import pytest

from refactorings.switching import (
    DATABASE,
    HANDLER,
    MODELS,
    assert_changes,
    assert_leaves,
    assert_refuses,
    assert_switches,
    offered,
)
from seawall.edits import CannotFix
from support.marked import Folder


def test_helpers_without_annotations_and_their_callers() -> None:
    assert_switches(
        """
        #- crud.py
        from models import Book


        def find(db, title):
            return db.query(Book).filter(Book.title == title).first()


        def exists(db, title):
            return find(db, title) is not None  # any edition


        def all_exist(db, titles):
            return all(exists(db, title) for title in titles)

        #- api.py
        from fastapi import APIRouter, Depends
        from sqlalchemy.orm import Session

        import crud
        from database import get_db

        router = APIRouter()


        @router.get("/exists")
        async def check(titles: str, db: Session = Depends(get_db)):
            found = [crud.find(db, title).title for title in titles.split() if crud.exists(db, title)]
            return {"found": found, "all": crud.all_exist(db=db, titles=titles.split())}
        """,
        """
        #- crud.py
        from sqlalchemy import select

        from models import Book


        async def find(db, title):
            return await db.scalar(select(Book).where(Book.title == title).limit(1))


        async def exists(db, title):
            return await find(db, title) is not None  # any edition


        async def all_exist(db, titles):
            return all([await exists(db, title) for title in titles])

        #- api.py
        from fastapi import APIRouter, Depends
        from sqlalchemy.ext.asyncio import AsyncSession

        import crud
        from database import get_db

        router = APIRouter()


        @router.get("/exists")
        async def check(titles: str, db: AsyncSession = Depends(get_db)):
            found = [(await crud.find(db, title)).title for title in titles.split() if await crud.exists(db, title)]
            return {"found": found, "all": await crud.all_exist(db=db, titles=titles.split())}
        """,
    )


def test_repositories_and_services() -> None:
    assert_changes(
        "service.py",
        """
        from fastapi import Depends
        from sqlalchemy.orm import Session

        from database import get_db
        from models import Book


        class Repository:
            def __init__(self, session: "Session") -> None:
                self.session = session

            def save(self, book: Book) -> Book:
                self.session.add(book)
                self.session.commit()
                return book


        class Books(Repository):
            def save(self, book: Book) -> Book:
                book.title = book.title.strip()
                return super().save(book)


        class Service:
            def __init__(self, db: Session = Depends(get_db)) -> None:
                self.books = Books(db)

            def add(self, title: str) -> Book:
                return self.books.save(Book(title=title))


        async def add_book(title: str, service: Service = Depends()) -> int:
            return service.add(title).id
        """,
        """
        from fastapi import Depends
        from sqlalchemy.ext.asyncio import AsyncSession

        from database import get_db
        from models import Book


        class Repository:
            def __init__(self, session: "AsyncSession") -> None:
                self.session = session

            async def save(self, book: Book) -> Book:
                self.session.add(book)
                await self.session.commit()
                return book


        class Books(Repository):
            async def save(self, book: Book) -> Book:
                book.title = book.title.strip()
                return await super().save(book)


        class Service:
            def __init__(self, db: AsyncSession = Depends(get_db)) -> None:
                self.books = Books(db)

            async def add(self, title: str) -> Book:
                return await self.books.save(Book(title=title))


        async def add_book(title: str, service: Service = Depends()) -> int:
            return (await service.add(title)).id
        """,
    )


def test_calls_that_went_to_a_thread_are_awaited_themselves() -> None:
    assert_changes(
        "api.py",
        """
        from fastapi import APIRouter, BackgroundTasks, Depends
        from fastapi.concurrency import run_in_threadpool
        from sqlalchemy.orm import Session

        from database import get_db
        from models import Book

        router = APIRouter()


        def rename(db: Session, old: str, new: str) -> None:
            db.query(Book).filter(Book.title == old).update({"title": new})
            db.commit()


        @router.post("/rename")
        async def rename_book(old: str, new: str, tasks: BackgroundTasks, db: Session = Depends(get_db)):
            await run_in_threadpool(rename, db, old, new=new)
            tasks.add_task(rename, db, new, old)
        """,
        """
        from fastapi import APIRouter, BackgroundTasks, Depends
        from sqlalchemy import update
        from sqlalchemy.ext.asyncio import AsyncSession

        from database import get_db
        from models import Book

        router = APIRouter()


        async def rename(db: AsyncSession, old: str, new: str) -> None:
            await db.execute(update(Book).where(Book.title == old).values({"title": new}))
            await db.commit()


        @router.post("/rename")
        async def rename_book(old: str, new: str, tasks: BackgroundTasks, db: AsyncSession = Depends(get_db)):
            await rename(db, old, new=new)
            tasks.add_task(rename, db, new, old)
        """,
    )


def test_generators_become_async_generators() -> None:
    assert_changes(
        "reports.py",
        """
        from collections.abc import Iterator

        from sqlalchemy.orm import Session

        from models import Book


        def titles(db: Session) -> Iterator[str]:
            for book in db.query(Book):
                yield book.title


        def report(db: Session) -> str:
            lines = []
            for title in titles(db):
                lines.append(title)
            return ", ".join(lines)
        """,
        """
        from collections.abc import AsyncIterator

        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession

        from models import Book


        async def titles(db: AsyncSession) -> AsyncIterator[str]:
            for book in await db.scalars(select(Book)):
                yield book.title


        async def report(db: AsyncSession) -> str:
            lines = []
            async for title in titles(db):
                lines.append(title)
            return ", ".join(lines)
        """,
    )


def test_units_of_work() -> None:
    """Also when they are made of others, take their factory as a default, and are entered by a dependency."""
    assert_switches(
        """
        #- unit.py
        from collections.abc import Callable

        from sqlalchemy.orm import Session

        from database import SessionLocal
        from models import Book


        class Unit:
            def __init__(self, factory: Callable[[], Session] = SessionLocal) -> None:
                self.factory = factory

            def __enter__(self) -> "Unit":
                self.session = self.factory()
                return self

            def __exit__(self, *error: object) -> None:
                self.session.close()

            def commit(self) -> None:
                self.session.commit()


        class Checked(Unit):
            def __exit__(self, *error: object) -> None:
                if not any(error):
                    self.commit()
                super().__exit__(*error)


        def get_unit():
            with Unit() as unit:
                yield unit

        #- api.py
        from fastapi import APIRouter, Depends

        from database import SessionLocal
        from models import Book
        from unit import Checked, Unit, get_unit

        router = APIRouter()


        @router.get("/first")
        async def first(unit: Unit = Depends(get_unit)):
            return unit.session.get(Book, 1)


        @router.post("/second")
        async def second():
            with Checked(factory=SessionLocal) as unit:
                unit.session.add(Book(title="x"))
        """,
        """
        #- unit.py
        from collections.abc import Callable

        from sqlalchemy.ext.asyncio import AsyncSession

        from database import SessionLocal
        from models import Book


        class Unit:
            def __init__(self, factory: Callable[[], AsyncSession] = SessionLocal) -> None:
                self.factory = factory

            async def __aenter__(self) -> "Unit":
                self.session = self.factory()
                return self

            async def __aexit__(self, *error: object) -> None:
                await self.session.close()

            async def commit(self) -> None:
                await self.session.commit()


        class Checked(Unit):
            async def __aexit__(self, *error: object) -> None:
                if not any(error):
                    await self.commit()
                await super().__aexit__(*error)


        async def get_unit():
            async with Unit() as unit:
                yield unit

        #- api.py
        from fastapi import APIRouter, Depends

        from database import SessionLocal
        from models import Book
        from unit import Checked, Unit, get_unit

        router = APIRouter()


        @router.get("/first")
        async def first(unit: Unit = Depends(get_unit)):
            return await unit.session.get(Book, 1)


        @router.post("/second")
        async def second():
            async with Checked(factory=SessionLocal) as unit:
                unit.session.add(Book(title="x"))
        """,
    )


def test_sessions_in_the_state_of_a_request() -> None:
    assert_switches(
        """
        #- main.py
        from fastapi import Depends, FastAPI, Request
        from sqlalchemy.orm import Session

        from database import SessionLocal
        from models import Book

        app = FastAPI()


        @app.middleware("http")
        async def open_session(request: Request, call_next):
            request.state.db = SessionLocal()
            try:
                return await call_next(request)
            finally:
                request.state.db.close()


        def session_of(request: Request) -> Session:
            return request.state.db


        @app.get("/books/{id}")
        async def read(id: int, db: Session = Depends(session_of)):
            return db.get(Book, id)


        @app.delete("/books/{id}")
        async def delete(id: int, request: Request):
            session = request.state.db
            session.delete(session.get(Book, id))
            session.commit()
        """,
        """
        #- main.py
        from fastapi import Depends, FastAPI, Request
        from sqlalchemy.ext.asyncio import AsyncSession

        from database import SessionLocal
        from models import Book

        app = FastAPI()


        @app.middleware("http")
        async def open_session(request: Request, call_next):
            request.state.db = SessionLocal()
            try:
                return await call_next(request)
            finally:
                await request.state.db.close()


        def session_of(request: Request) -> AsyncSession:
            return request.state.db


        @app.get("/books/{id}")
        async def read(id: int, db: AsyncSession = Depends(session_of)):
            return await db.get(Book, id)


        @app.delete("/books/{id}")
        async def delete(id: int, request: Request):
            session = request.state.db
            await session.delete(await session.get(Book, id))
            await session.commit()
        """,
    )


def test_a_session_taken_from_a_provider_by_hand() -> None:
    assert_changes(
        "jobs.py",
        """
        from database import get_db
        from models import Book


        def count_books() -> int:
            db = next(get_db())
            return db.query(Book).count()
        """,
        """
        from sqlalchemy import func, select

        from database import get_db
        from models import Book


        async def count_books() -> int:
            db = await anext(get_db())
            return await db.scalar(select(func.count()).select_from(Book))
        """,
    )


def test_two_files_of_one_name_stop_it() -> None:
    twin = "from database import SessionLocal\n\n\ndef save():\n    SessionLocal().commit()\n"
    files = {f"{folder}/pyproject.toml": "" for folder in ("one", "two")}
    files |= {f"{folder}/jobs.py": twin for folder in ("one", "two")}
    folder = Folder({"database.py": DATABASE, "models.py": MODELS, "handler.py": HANDLER, **files})
    with pytest.raises(CannotFix, match="`jobs` is the name of two files"):
        offered(folder)[0].make()


def test_a_file_that_does_not_parse_stops_it() -> None:
    text = "from database import SessionLocal\n\n\ndef save():\n    SessionLocal().commit()\n\n\nx = (\n"
    assert_refuses(f"#- broken.py\n{text}", "`broken.py` has a syntax error")


def test_a_script_runs_its_main_function() -> None:
    assert_changes(
        "seed_books.py",
        """
        from database import SessionLocal
        from models import Book


        def main() -> None:
            with SessionLocal() as db, db.begin():
                db.bulk_save_objects([Book(title="Emma")])


        if __name__ == "__main__":
            main()
        """,
        """
        import asyncio

        from database import SessionLocal
        from models import Book


        async def main() -> None:
            async with SessionLocal() as db, db.begin():
                await db.run_sync(lambda session: session.bulk_save_objects([Book(title="Emma")]))


        if __name__ == "__main__":
            asyncio.run(main())
        """,
    )


def test_a_script_has_one_event_loop() -> None:
    """Connections stay in the engine's pool, and belong to the loop that they were opened on."""
    assert_changes(
        "seed_books.py",
        """
        from database import Base, SessionLocal, engine
        from models import Book


        def seed(title: str) -> int:
            with SessionLocal() as db:
                db.add(Book(title=title))
                db.commit()
                return db.query(Book).count()


        if __name__ == "__main__":
            Base.metadata.create_all(engine)

            # two of them
            print(seed("Emma"))
            with SessionLocal() as db:
                print(db.get(Book, 1))
        """,
        """
        import asyncio

        from sqlalchemy import func, select

        from database import Base, SessionLocal, engine
        from models import Book


        async def seed(title: str) -> int:
            async with SessionLocal() as db:
                db.add(Book(title=title))
                await db.commit()
                return await db.scalar(select(func.count()).select_from(Book))


        if __name__ == "__main__":
            async def main() -> None:
                async with engine.begin() as connection:
                    await connection.run_sync(Base.metadata.create_all)

                # two of them
                print(await seed("Emma"))
                async with SessionLocal() as db:
                    print(await db.get(Book, 1))

            asyncio.run(main())
        """,
    )


def test_queries_without_a_counterpart_run_on_the_sync_session_inside() -> None:
    assert_changes(
        "crud.py",
        """
        from sqlalchemy.orm import Session

        from models import Book


        def newest(db: Session, count: int):
            return db.query(Book).from_self().order_by(Book.id.desc()).limit(count).all()
        """,
        """
        from sqlalchemy.ext.asyncio import AsyncSession

        from models import Book


        async def newest(db: AsyncSession, count: int):
            return await db.run_sync(
                lambda session: session.query(Book).from_self().order_by(Book.id.desc()).limit(count).all()
            )
        """,
    )


def test_queries_that_others_go_through_give_their_rows() -> None:
    assert_changes(
        "crud.py",
        """
        from sqlalchemy.orm import Session

        from models import Book


        def by_title(db: Session):
            return db.query(Book).order_by(Book.title)


        def titles(db: Session) -> list[str]:
            books = by_title(db)
            return [book.title for book in books]
        """,
        """
        from sqlalchemy import select
        from sqlalchemy.ext.asyncio import AsyncSession

        from models import Book


        async def by_title(db: AsyncSession):
            return (await db.scalars(select(Book).order_by(Book.title))).all()


        async def titles(db: AsyncSession) -> list[str]:
            books = await by_title(db)
            return [book.title for book in books]
        """,
    )


def test_queries_that_others_refine_stay_with_them() -> None:
    text = "from models import Book\n\n\ndef all_books(db):\n    return db.query(Book)\n\n\n"
    text += "def count(db):\n    return all_books(db).count()\n"
    assert_leaves(
        f"#- crud.py\nfrom database import SessionLocal\n{text}\n\ndef run():\n    with SessionLocal() as db:\n"
        "        return [count(db) for _ in all_books(db)]\n",
        "handed on",
        "what `all_books` gives needs the sync session later on",
    )


def test_listeners_keep_the_sync_session() -> None:
    assert_changes(
        "events.py",
        """
        from sqlalchemy import event
        from sqlalchemy.orm import Session

        from database import engine


        @event.listens_for(Session, "before_flush")
        def stamp(session: Session, *args) -> None:
            session.execute(None)


        @event.listens_for(engine, "connect")
        def connect(connection, record) -> None:
            connection.isolation_level = None
        """,
        """
        from sqlalchemy import event
        from sqlalchemy.orm import Session

        from database import engine


        @event.listens_for(Session, "before_flush")
        def stamp(session: Session, *args) -> None:
            session.execute(None)


        @event.listens_for(engine.sync_engine, "connect")
        def connect(connection, record) -> None:
            connection.isolation_level = None
        """,
    )
