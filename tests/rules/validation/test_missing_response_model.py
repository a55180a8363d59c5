"""SW308: handlers that send rows of the database without a response model."""

from __future__ import annotations

import textwrap

import pytest
from fastapi.testclient import TestClient

from seawall.edits import CannotFix
from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse
from support.serving import imported, mended, plain

HEAD = """
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, StreamingResponse
from fastapi.templating import Jinja2Templates
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from crud import Books, current_user, newest
from models import Book, User
from schemas import BookOut

app = FastAPI()
router = APIRouter()
templates = Jinja2Templates("templates")
"""
MORE = """
#- models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

class Base(DeclarativeBase):
    pass

class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    price: Mapped[float | None]
    owner: Mapped[User] = relationship()

    @property
    def label(self) -> str:
        return f"{self.id}: {self.title}"
#- schemas.py
from pydantic import BaseModel, ConfigDict

class BookOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
#- crud.py
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from models import Book, User

def current_user() -> User:
    raise PermissionError

async def newest(session: AsyncSession) -> list[Book]:
    return list((await session.scalars(select(Book))).all())

class Books:
    def __init__(self, session: Session):
        self.session = session

    def first(self):
        return self.session.get(Book, 1)

    def title(self) -> str:
        return "x"
"""

FOUND = [
    "@app.get('/')\ndef «read»(db: Session):\n    return db.get(Book, 1)\n",
    "@app.get('/')\nasync def «read»(db: AsyncSession):\n    book = await db.get(Book, 1)\n    return book\n",
    "@router.get('/')\ndef «read»(db: Session):\n    return db.scalars(select(Book)).all()\n",
    "@router.post('/', status_code=201)\ndef «add»(db: Session):\n    book = Book(title='x')\n    db.add(book)\n    return book\n",
    # of other files: an annotated function, a method without annotation, a dependency
    "@app.get('/')\nasync def «read»(db: AsyncSession):\n    return await newest(db)\n",
    "@app.get('/')\ndef «read»(db: Session):\n    return Books(db).first()\n",
    "@app.get('/me')\ndef «me»(user: Annotated[User, Depends(current_user)]):\n    return user\n",
    "@app.get('/me')\ndef «me»(user=Depends(current_user)):\n    return {'id': user.id, 'name': user.name}\n",
    # dictionaries
    "@app.get('/')\ndef «read»(db: Session):\n    book = db.get(Book, 1)\n    return {'book': book}\n",
    "@app.get('/')\ndef «read»(db: Session):\n    book = db.get(Book, 1)\n    double = book.price * 2\n    return {'double': double + 1}\n",
    "@app.get('/')\ndef «read»(db: Session):\n    book = db.get(Book, 1)\n    result = {'title': book.title.upper()}\n    return result\n",
    "@app.get('/')\ndef «read»(db: Session):\n    return [{'title': one.title} for one in db.scalars(select(Book)).all()]\n",
    "@app.get('/')\ndef «read»(db: Session):\n    return {'titles': [one.title for one in db.scalars(select(Book)).all()]}\n",
    # one of several ways
    "@app.get('/')\ndef «read»(db: Session):\n    book = db.get(Book, 1)\n    if book is None:\n"
    "        return JSONResponse({}, 404)\n    return book\n",
    # registered in other ways
    "def «read»(db: Session):\n    return db.get(Book, 1)\n\napp.add_api_route('/', read)\n",
    "@app.get('/a')\n@app.get('/b')\ndef «read»(db: Session):\n    return db.get(Book, 1)\n",
    "def create(db: Session):\n    made = FastAPI()\n\n    @made.get('/')\n    def «read»():\n        return db.get(Book, 1)\n\n    return made\n",
]  # fmt: skip

SILENT = [
    # declared, also on purpose as anything
    "@app.get('/')\ndef read(db: Session) -> BookOut:\n    return db.get(Book, 1)\n",
    "@app.get('/', response_model=BookOut)\ndef read(db: Session):\n    return db.get(Book, 1)\n",
    "@app.get('/', response_model=None)\ndef read(db: Session):\n    return db.get(Book, 1)\n",
    "options = {'response_model': BookOut}\n\n@app.get('/', **options)\ndef read(db: Session):\n    return db.get(Book, 1)\n",
    "@app.get('/', response_class=JSONResponse)\ndef read(db: Session):\n    return db.get(Book, 1)\n",
    "def read(db: Session):\n    return db.get(Book, 1)\n\napp.add_api_route('/', read, response_model=BookOut)\n",
    # no body, not documented
    "@app.delete('/', status_code=204)\ndef remove(db: Session):\n    return db.get(Book, 1)\n",
    "from fastapi import status\n\n@app.delete('/', status_code=status.HTTP_204_NO_CONTENT)\n"
    "def remove(db: Session):\n    return db.get(Book, 1)\n",
    "@app.get('/', include_in_schema=False)\ndef read(db: Session):\n    return db.get(Book, 1)\n",
    "hidden = APIRouter(include_in_schema=False)\n\n@hidden.get('/')\ndef read(db: Session):\n    return db.get(Book, 1)\n",
    # responses
    "@app.get('/')\ndef read(db: Session):\n    return JSONResponse({'title': db.get(Book, 1).title})\n",
    "@app.get('/')\ndef read(db: Session):\n    return RedirectResponse(f'/{db.get(Book, 1).id}')\n",
    "@app.get('/')\ndef read(request: Request, db: Session):\n"
    "    return templates.TemplateResponse(request, 'x.html', {'book': db.get(Book, 1)})\n",
    "@app.get('/')\ndef read(db: Session):\n    return StreamingResponse(one.title for one in db.scalars(select(Book)))\n",
    "@app.get('/')\ndef read(db: Session):\n    for one in db.scalars(select(Book)).all():\n        yield one\n    return one\n",
    # nothing of a row
    "@app.get('/')\ndef read():\n    return {'status': 'ok'}\n",
    "@app.get('/')\ndef read(db: Session):\n    return {'count': len(db.scalars(select(Book)).all())}\n",
    "@app.get('/')\ndef read(db: Session):\n    return {'there': db.get(Book, 1) is not None}\n",
    "@app.get('/')\ndef read(db: Session):\n    return {'message': f'{db.get(Book, 1).title} is gone'}\n",
    "@app.get('/')\ndef read(db: Session):\n    return {'title': Books(db).title()}\n",
    "@app.get('/')\ndef read(db: Session):\n    return BookOut.model_validate(db.get(Book, 1))\n",
    "@app.get('/')\ndef read(db):\n    return db.get(Book, 1)\n",
    "@app.get('/')\ndef read(book):\n    return {'title': book.title}\n",
    "@app.get('/')\ndef read(db: Session):\n    value = db.get(Book, 1).title\n    value = 'x'\n    return {'title': value}\n",
    # somebody else may say what is sent
    "from shop import shown\n\n@app.get('/')\n@shown\ndef read(db: Session):\n    return db.get(Book, 1)\n",
    "from shop import Shaping\n\nshaped = APIRouter(route_class=Shaping)\n\n@shaped.get('/')\ndef read(db: Session):\n    return db.get(Book, 1)\n",
    "class Own(APIRouter):\n    def get(self, path):\n        return super().get(path, response_model=BookOut)\n\nown = Own()\n\n"
    "@own.get('/')\ndef read(db: Session):\n    return db.get(Book, 1)\n",
    "class Own(APIRouter):\n    def add_api_route(self, path, endpoint, **given):\n        super().add_api_route(path, endpoint, **given)\n\n"
    "own = Own()\n\n@own.get('/')\ndef read(db: Session):\n    return db.get(Book, 1)\n",
    # not a handler of FastAPI
    "@app.websocket('/')\nasync def talk(db: Session):\n    return db.get(Book, 1)\n",
    "@app.route('/')\ndef read(request):\n    db = Session()\n    return db.get(Book, 1)\n",
    "@app.exception_handler(404)\ndef missing(db: Session):\n    return db.get(Book, 1)\n",
    "@app.get('/')\ndef read(db: Session):\n    def inner():\n        return db.get(Book, 1)\n    inner()\n    return {}\n",
]  # fmt: skip


@pytest.mark.parametrize("handler", FOUND)
def test_rows_are_sent_as_they_are(handler: str) -> None:
    assert_finds("SW308", HEAD + handler + MORE)


@pytest.mark.parametrize("handler", SILENT)
def test_what_is_sent_is_declared_or_is_no_row(handler: str) -> None:
    assert_silent("SW308", HEAD + handler + MORE)


def test_tests_serve_nobody() -> None:
    handler = "@app.get('/')\ndef read(db: Session):\n    return db.get(Book, 1)\n"
    assert_silent("SW308", f"#- tests/test_books.py{HEAD}{handler}{MORE}")


def test_a_view_of_a_class_and_a_table_of_sqlmodel() -> None:
    assert_finds(
        "SW308",
        """
        from fastapi import APIRouter
        from sqlmodel import Session, select
        from tables import Hero, HeroPublic

        router = APIRouter()

        class View:
            @router.get("/table")
            def «table»(self, session: Session):
                return session.exec(select(Hero)).all()

            @router.get("/schema")
            def schema(self):
                return HeroPublic(name="x")
        #- tables.py
        from sqlmodel import Field, SQLModel

        class HeroPublic(SQLModel):
            name: str

        class Hero(HeroPublic, table=True):
            id: int = Field(primary_key=True)
        """,
    )


def test_the_message_names_the_class() -> None:
    text = HEAD + FOUND[0] + FOUND[7].replace("'/me'", "'/m'") + MORE
    messages = [one.finding.message for one in assert_finds("SW308", text)]
    assert messages == [
        "`read` sends whatever is loaded of `Book`, declare a response model",
        "Nothing says what `me` sends of `User`, declare a response model",
    ]


# -- the fix -----------------------------------------------------------------------------------------------------------

IMPORTS = """
from fastapi import FastAPI, HTTPException
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Book
"""


@pytest.mark.parametrize(
    ("body", "model"),
    [
        ("    return db.scalars(select(Book)).all()\n", "list[BookOut]"),
        ("    return db.get_one(Book, 1)\n", "BookOut"),
        ("    return db.get(Book, 1)\n", "BookOut | None"),
        ("    book = db.get(Book, 1)\n    if book is None:\n        raise HTTPException(404)\n    return book\n", "BookOut"),
        ("    book = db.get(Book, 1)\n    if not book:\n        raise HTTPException(404)\n    return book\n", "BookOut"),
        ("    if db.is_active:\n        return db.get_one(Book, 1)\n", "BookOut | None"),
        # the test asks about an older value, or only in a branch
        ("    book = db.get(Book, 1)\n    if not book:\n        raise HTTPException(404)\n    book = db.get(Book, 2)\n    return book\n", "BookOut | None"),
        ("    book = db.get(Book, 1)\n    if db.is_active:\n        if not book:\n            raise HTTPException(404)\n    return book\n", "BookOut | None"),
        ("    book = Book(title='x')\n    db.add(book)\n    return book\n", "BookOut"),
        ("    book = db.get_one(Book, 1)\n    return {'id': book.id, 'title': book.title}\n", "BookOut"),
    ],
)  # fmt: skip
def test_the_schema_of_another_file(body: str, model: str) -> None:
    handler = f"\napp = FastAPI()\n\n\n@app.get('/'ADDED)\ndef read(db: Session):\n{body}"
    after = IMPORTS + "from schemas import BookOut\n" + handler.replace("ADDED", f", response_model={model}")
    assert_fixes("SW308", IMPORTS + handler.replace("ADDED", "") + MORE[1:], after)


def test_a_file_that_annotates() -> None:
    before = textwrap.dedent("""
        from fastapi import FastAPI
        from sqlalchemy import select
        from sqlalchemy.orm import Session

        import schemas
        from models import Book

        app = FastAPI()


        @app.get("/first")
        def first(db: Session) -> schemas.BookOut:
            return db.get_one(Book, 1)


        @app.get("/")
        async def read(
            db: Session,  # of (the request)
            limit: int = max(1, 10),
        ):
            return db.scalars(select(Book).limit(limit)).all()
        """)
    after = before.replace("10),\n)", "10),\n) -> list[schemas.BookOut]")
    assert_fixes("SW308", before + MORE[1:], after)


def test_a_test_in_another_handler_says_nothing() -> None:
    before = textwrap.dedent("""
        from fastapi import APIRouter, HTTPException
        from sqlalchemy.orm import Session

        from models import Book
        from schemas import BookOut

        router = APIRouter()


        class View:
            @router.get("/sure", response_model=BookOut)
            def sure(self, db: Session):
                book = db.get(Book, 1)
                if not book:
                    raise HTTPException(404)
                return book

            @router.get("/perhaps"ADDED)
            def perhaps(self, db: Session):
                book = db.get(Book, 1)
                return book
        """)
    assert_fixes(
        "SW308", before.replace("ADDED", "") + MORE[1:], before.replace("ADDED", ", response_model=BookOut | None")
    )


READ = "{imports}\napp = FastAPI()\n\n\n@app.get('/')\ndef read(db: Session):\n    {body}\n"


@pytest.mark.parametrize(
    ("schema", "body", "reason"),
    [
        ("class Other(BaseModel):\n    id: int\n    title: str\n", "return db.get(Book, 1)", "no schema"),
        ("class BookOut(BaseModel):\n    id: int\n    title: str\n", "return db.get(Book, 1)", "no schema"),  # reads no attributes
        ("class BookOut(Row):\n    id: int\n    missing: str\n", "return db.get(Book, 1)", "no schema"),
        ("class BookOut(Row):\n    id: int\n    price: float\n", "return db.get(Book, 1)", "no schema"),  # may be NULL
        ("class BookOut(Row):\n    id: int\n    title: int\n", "return db.get(Book, 1)", "no schema"),
        ("class BookOut(Row):\n    id: int\n    owner: Any\n", "return db.get(Book, 1)", "no schema"),  # loads more
        ("class BookCreate(Row):\n    id: int\n    title: str\n", "return db.get(Book, 1)", "no schema"),
        ("class BookShelfOut(Row):\n    id: int\n    title: str\n", "return db.get(Book, 1)", "no schema"),
        (
            "class BookOut(Row):\n    id: int\n    title: str\n\nclass BookRead(Row):\n    id: int\n    title: str\n",
            "return db.get(Book, 1)",
            "several schemas",
        ),
        ("class BookOut(Row):\n    id: int\n    title: str\n", "return {'title': db.get_one(Book, 1).title}", "no schema"),
        ("class BookOut(Row):\n    id: int\n    title: str\n", "return {'book': db.get_one(Book, 1)}", "put together"),
        (
            "class BookOut(Row):\n    id: int\n    title: str\n",
            "if db.is_active:\n        return []\n    return db.get(Book, 1)",
            "different things",
        ),
    ],
)  # fmt: skip
def test_no_schema_that_certainly_fits(schema: str, body: str, reason: str) -> None:
    row = "from typing import Any\nfrom pydantic import BaseModel, ConfigDict\n\nclass Row(BaseModel):\n"
    row += "    model_config = ConfigDict(from_attributes=True)\n\n"
    models, _, rest = MORE.partition("#- schemas.py")
    text = (
        READ.format(imports=IMPORTS, body=body)
        + models
        + "#- schemas.py\n"
        + row
        + schema
        + "#- crud.py"
        + rest.split("#- crud.py")[1]
    )
    (found,) = Folder(parse(text).files).findings("SW308")
    with pytest.raises(CannotFix, match=reason):
        list(found.finding.fixes[0].make())


SERVED = """
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import StaticPool, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

app = FastAPI()
engine = create_engine("sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool)


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    cost: Mapped[int]


class BookOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str


Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(Book(id=1, title="x", cost=3))
    session.commit()


@app.get("/all")
def read_all():
    with Session(engine) as session:
        return session.scalars(select(Book)).all()


@app.get("/one/{key}")
def read(key: int):
    with Session(engine) as session:
        book = session.get(Book, key)
        if book is None:
            raise HTTPException(404)
        return book


@app.get("/perhaps/{key}")
def perhaps(key: int):
    with Session(engine) as session:
        return session.get(Book, key)


@app.get("/dict")
def read_dict():
    with Session(engine) as session:
        book = session.get_one(Book, 1)
        return {"id": book.id, "title": book.title}
"""


def test_the_mended_handlers_send_what_the_schema_names() -> None:
    row = {"id": 1, "title": "x"}
    with imported(plain(SERVED)) as before, imported(mended("SW308", SERVED)) as after:
        old, new = TestClient(before.app), TestClient(after.app)
        assert old.get("/one/1").json() == {**row, "cost": 3}
        assert old.get("/all").json() == [{**row, "cost": 3}]
        assert new.get("/one/1").json() == new.get("/perhaps/1").json() == new.get("/dict").json() == row
        assert new.get("/all").json() == [row]
        assert new.get("/one/2").status_code == 404
        assert old.get("/perhaps/2").json() is new.get("/perhaps/2").json() is None
        paths = new.get("/openapi.json").json()["paths"].values()
        assert all(one["get"]["responses"]["200"]["content"]["application/json"]["schema"] != {} for one in paths)


ROWS = """
from fastapi import FastAPI
from psycopg_pool import AsyncConnectionPool

app = FastAPI()
pool = AsyncConnectionPool("postgresql://localhost/app", open=False)


@app.get("/")
async def {}():
    async with pool.connection() as conn:
        cursor = await conn.execute("SELECT pots, 1 AS one FROM box")
        {}
"""


def test_the_rows_of_a_cursor_of_psycopg() -> None:
    assert_finds("SW308", ROWS.format("«f»", 'return {"pots": [row["pots"] async for row in cursor]}'))
    assert_finds("SW308", ROWS.format("«f»", "return [dict(row) async for row in cursor]"))
    assert_silent("SW308", ROWS.format("f", 'return {"pots": cursor.rowcount}'))
