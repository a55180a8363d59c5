"""SW501: a password that is stored as the user typed it."""

from __future__ import annotations

import pytest

from support.marked import assert_finds, assert_fixes, assert_silent

MODELS = """
#- models.py
from sqlalchemy import Column, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    password: Mapped[str]
    hashed_password = Column(String)
#- schemas.py
from pydantic import BaseModel, SecretStr


class UserCreate(BaseModel):
    email: str
    password: str


class Change(BaseModel):
    old_password: str
    new_password: SecretStr
#- security.py
import bcrypt
from pwdlib import PasswordHash

hasher = PasswordHash.recommended()


def hash_password(password: str) -> str:
    return hasher.hash(password)


def protect(word: str) -> str:
    return _salted(word)


def _salted(word: str) -> str:
    return bcrypt.hashpw(word.encode(), bcrypt.gensalt()).decode()
"""

HEAD = """\
import asyncpg
from fastapi import Depends, FastAPI, Form
from fastapi.security import OAuth2PasswordRequestForm
from pwdlib import PasswordHash
from sqlalchemy import insert, text
from sqlalchemy.orm import Session
import schemas
from elsewhere import unknown
from models import User
from security import hash_password, protect

app = FastAPI()


@app.post("/users")
async def register(
    data: schemas.UserCreate, change: schemas.Change, user: User, db: Session, pool: asyncpg.Pool,
    pwd: str = Form(), form: OAuth2PasswordRequestForm = Depends()
):
"""


def handler(body: str, head: str = HEAD) -> str:
    return head + "".join(f"    {line}\n" for line in body.strip("\n").split("\n")) + MODELS


FOUND = [
    "return User(password=«data.password»)",
    "return User(hashed_password=«data.password»)",
    "user.password = «data.password»",
    "user.hashed_password = «change.new_password.get_secret_value()»",
    "user.password = «pwd»",
    "user.password = «form.password»",
    "return User(**«data.model_dump()»)",
    "secret = data.password\nreturn User(password=«secret»)",
    "db.execute(insert(User).values(password=«data.password»))",
    "db.execute(text('INSERT INTO user (password) VALUES (:p)'), {'p': «data.password»})",
    "await pool.execute('INSERT INTO users (email, password) VALUES ($1, $2)', data.email, «data.password»)",
    "return User(password=«data.password.strip()»)",
]


@pytest.mark.parametrize("body", FOUND)
def test_a_password_goes_into_the_database(body: str) -> None:
    assert_finds("SW501", handler(body))


SILENT = [
    "return User(password=hash_password(data.password))",
    "return User(password=protect(data.password))",
    "return User(password=PasswordHash.recommended().hash(data.password))",
    "hashed = hash_password(data.password)\nreturn User(hashed_password=hashed)",
    "return User(password=unknown(data.password))",
    "data.password = hash_password(data.password)\nreturn User(password=data.password)",
    "data.password = hash_password(data.password)\nreturn User(**data.model_dump())",
    "return User(**data.model_dump(), password='')",
    "return User(**data.model_dump(exclude={'password'}))",
    "return User(email=data.email)",
    "return unknown(password=data.password)",
    "return schemas.UserCreate(password=data.password)",
    "other = User()\nuser.password = other.password",
    "user.password = None",
    "await pool.fetch('SELECT 1 FROM users WHERE password = $1', data.email)",
]


@pytest.mark.parametrize("body", SILENT)
def test_hashed_or_not_stored(body: str) -> None:
    assert_silent("SW501", handler(body))


def test_a_crud_helper_of_another_module() -> None:
    located = assert_finds(
        "SW501",
        f"""\
from fastapi import FastAPI
from schemas import UserCreate
import crud

app = FastAPI()


@app.post("/")
def register(new: UserCreate):
    return crud.create(new)
#- crud.py
import models


def create(new):
    return models.User(password=«new.password»)
{MODELS}""",
    )
    assert [related.message for related in located[0].related] == ["`register` hands it on to `create`"]


def test_a_helper_that_gets_hashes() -> None:
    assert_silent(
        "SW501",
        f"""\
from fastapi import FastAPI
from schemas import UserCreate
from security import hash_password
import crud

app = FastAPI()


@app.post("/")
def register(new: UserCreate):
    return crud.create(new.email, hash_password(new.password))
#- crud.py
import models


def create(email, password):
    return models.User(password=password)
{MODELS}""",
    )


def test_models_and_schemas_that_hash_by_themselves() -> None:
    text = """
        from fastapi import FastAPI
        from pydantic import BaseModel, field_validator
        from sqlalchemy.orm import DeclarativeBase, Mapped, validates
        from security import hash_password

        app = FastAPI()

        class Base(DeclarativeBase): ...

        class User(Base):
            __tablename__ = "user"
            password: Mapped[str]
            {}

        class New(BaseModel):
            password: str
            {}

        @app.post("/")
        def register(new: New):
            return User(password=new.password)
        #- security.py
        import bcrypt

        def hash_password(word: str) -> bytes:
            return bcrypt.hashpw(word.encode(), bcrypt.gensalt())
        """
    validates = '@validates("password")\n            def _hash(self, key, value):\n                return hash_password(value)\n'
    validator = validates.replace("@validates", "@field_validator")
    assert_silent("SW501", text.replace("{}", validates, 1).replace("{}", ""))
    assert_silent("SW501", text.replace("{}", "", 1).replace("{}", validator))
    assert_finds("SW501", text.replace("{}", "").replace("new.password)", "«new.password»)"))


def test_sqlmodel_and_django() -> None:
    assert_finds(
        "SW501",
        """
        from django.db import models
        from django.http import HttpRequest
        from fastapi import FastAPI
        from sqlmodel import SQLModel

        app = FastAPI()

        class UserBase(SQLModel):
            password: str

        class User(UserBase, table=True):
            pass

        class Account(models.Model):
            password = models.CharField(max_length=99)

        @app.post("/")
        def register(new: UserBase):
            return User(password=«new.password»)

        def sign_up(request: HttpRequest):
            password = request.POST["password"]
            return Account.objects.create(password=«password»)
        """,
    )


def test_tests_store_what_they_like() -> None:
    text = HEAD + "    return User(password=data.password)\n" + MODELS
    assert_silent("SW501", text, main="tests/test_users.py")


def test_the_projects_own_hasher_is_used() -> None:
    head = HEAD.replace("from security import hash_password, protect\n", "")
    mended = HEAD.replace("hash_password, protect", "hash_password")
    assert_fixes(
        "SW501",
        handler("user.hashed_password = «data.password»  # später", head),
        handler("user.hashed_password = hash_password(data.password)  # später", mended),
    )


def test_a_schema_that_is_unpacked() -> None:
    assert_fixes(
        "SW501",
        handler("return User(**«data.model_dump()»)"),
        handler('return User(**data.model_dump(exclude={"password"}), password=hash_password(data.password))'),
    )


def test_without_a_hasher_pwdlib_joins_the_requirements() -> None:
    text = """
        from fastapi import FastAPI
        from pydantic import BaseModel
        from sqlalchemy.orm import DeclarativeBase, Mapped

        app = FastAPI()

        class Base(DeclarativeBase): ...

        class User(Base):
            __tablename__ = "user"
            password: Mapped[str]

        class New(BaseModel):
            password: str

        @app.post("/")
        def register(new: New):
            return User(password=«new.password»)
        #- requirements.txt
        fastapi
        """
    after = (
        text.replace("import FastAPI\n", "import FastAPI\n        from pwdlib import PasswordHash\n")
        .replace("«new.password»", "PasswordHash.recommended().hash(new.password)")
        .replace("        fastapi\n", "        fastapi\n        pwdlib[argon2]>=0.2\n")
    )
    assert_fixes("SW501", text, after)
