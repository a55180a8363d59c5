"""SW504: responses that show passwords or their hashes."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse
from support.running import fixed, running

HEAD = """
from typing import Annotated, Any, Optional
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session
from models import Hero, Mailbox, User
from schemas import Hidden, InDB, Login, Page, Plain, Secret, Serialized, Server, Team, UserCreate, UserPublic

app = FastAPI()
"""
MORE = """
#- schemas.py
from typing import Annotated, Generic, TypeVar
from pydantic import BaseModel, Field, SecretStr, field_serializer

T = TypeVar("T")

class UserBase(BaseModel):
    name: str
    email: str

class UserPublic(UserBase):
    id: int

class UserCreate(UserBase):
    password: str

class InDB(UserBase):
    hashed_password: str | None = None

class Team(BaseModel):
    leader: InDB
    members: list[InDB]

class Plain(BaseModel):
    name: str
    password: str

class Login(UserCreate):
    pass

class Hidden(UserBase):
    hashed_password: str = Field("", exclude=True)
    password_hash: Annotated[str, Field(exclude=True)] = ""

class Secret(BaseModel):
    password_hash: SecretStr

class Serialized(InDB):
    @field_serializer("hashed_password")
    def _mask(self, value: str) -> str:
        return "***"

class Server(BaseModel):
    host: str
    password_hash: str

class Page(BaseModel, Generic[T]):
    items: list[T]
#- models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlmodel import Field, SQLModel

class Base(DeclarativeBase): ...

class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    password: Mapped[str]

class Mailbox(Base):
    __tablename__ = "mailbox"
    host: Mapped[str] = mapped_column(primary_key=True)
    password: Mapped[str]

class HeroBase(SQLModel):
    name: str

class Hero(HeroBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    password: str
"""


def code(text: str) -> str:
    return f"{HEAD}\n\n{text}\n{MORE}"


FOUND = {
    "a return annotation": "@app.get('/')\ndef read() -> «InDB»: ...",
    "a response model": "@app.get('/', response_model=«InDB»)\ndef read(): ...",
    "a list": "@app.get('/', response_model=«list[InDB]»)\ndef read(): ...",
    "optional": "@app.get('/')\ndef read() -> «Optional[InDB]»: ...",
    "a union": "@app.get('/')\ndef read() -> «UserPublic | InDB»: ...",
    "nested": "@app.get('/')\ndef read() -> «Team»: ...",
    "a generic page": "@app.get('/')\ndef read() -> «Page[InDB]»: ...",
    "a field of a base class": "class More(InDB):\n    age: int\n\n@app.get('/')\ndef read() -> «More»: ...",
    "what the client has sent": "@app.post('/')\ndef add(new: UserCreate) -> «UserCreate»:\n    return new",
    "the same inherited field": "@app.post('/', response_model=«Login»)\ndef add(new: UserCreate): ...",
    "a table's own class": "@app.get('/')\ndef read() -> «Hero»: ...",
    "an object that has the column": "@app.get('/', response_model=«Plain»)\ndef read(db: Session):\n    return db.get(User, 1)",
    "objects without a model": "@app.get('/')\ndef read(db: Session):\n    user = db.get(User, 1)\n    return «user»",
    "many of them": "@app.get('/')\ndef read(db: Session):\n    return «db.scalars(select(User)).all()»",
    "excluded on another level": (
        "@app.get('/', response_model=«list[InDB]», response_model_exclude={'hashed_password'})\ndef read(): ..."
    ),
    "a router": "router = APIRouter()\n\n@router.post('/')\nasync def add(new: UserCreate) -> «InDB»: ...",
}


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND.keys())
def test_passwords_and_hashes(text: str) -> None:
    assert_finds("SW504", code(text))


SILENT = {
    "a public schema": "@app.get('/')\ndef read() -> UserPublic: ...",
    "an object behind a public schema": "@app.get('/', response_model=UserPublic)\ndef read(db: Session):\n    return db.get(User, 1)",
    "the body alone": "@app.post('/')\ndef add(new: UserCreate) -> UserPublic: ...",
    "excluded fields": "@app.get('/')\ndef read() -> Hidden: ...",
    "a SecretStr": "@app.get('/')\ndef read() -> Secret: ...",
    "a serializer of its own": "@app.get('/')\ndef read() -> Serialized: ...",
    "another system's": "@app.get('/')\ndef read() -> Server: ...",
    "another system's object": "@app.get('/')\ndef read(db: Session):\n    return db.get(Mailbox, 1)",
    "excluded by the route": "@app.get('/', response_model_exclude={'hashed_password'})\ndef read() -> InDB: ...",
    "excluded in each": (
        "@app.get('/', response_model=list[InDB], response_model_exclude={'__all__': {'hashed_password'}})\ndef read(): ..."
    ),
    "excluded by a variable": "FIELDS = {'x'}\n\n@app.get('/', response_model_exclude=FIELDS)\ndef read() -> InDB: ...",
    "included": "@app.get('/', response_model_include={'name'})\ndef read() -> InDB: ...",
    "a password that was just made": "@app.post('/')\ndef reset() -> Plain:\n    return Plain(name='x', password=make())",
    "no handler": "def read() -> InDB: ...",
    "a response": "@app.get('/', response_class=JSONResponse)\ndef read(db: Session):\n    return db.get(User, 1)",
    "one column": "@app.get('/')\ndef read(db: Session):\n    return db.get(User, 1).name",
    "unknown": "@app.get('/')\ndef read() -> Any:\n    return load()",
    "a flag": "class Flags(BaseModel):\n    password: bool\n    hashed_password: int\n\n@app.get('/')\ndef read() -> Flags: ...",
    "options that cannot be seen": "@app.get('/', **OPTIONS)\ndef read() -> InDB: ...",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT.keys())
def test_responses_without_them(text: str) -> None:
    assert_silent("SW504", code(text))


def test_tests_may() -> None:
    assert_silent("SW504", code("@app.get('/')\ndef read() -> InDB: ..."), main="tests/test_app.py")


FIXED = {
    "a return annotation": "@app.get('/', response_model_exclude={\"hashed_password\"})\ndef read() -> InDB: ...",
    "a list": (
        '@app.get(\'/\', response_model=list[InDB], response_model_exclude={"__all__": {"hashed_password"}})\ndef read(): ...'
    ),
    "nested": (
        '@app.get(\'/\', response_model_exclude={"leader": {"hashed_password"}, "members": {"__all__": {"hashed_password"}}})\n'
        "def read() -> Team: ..."
    ),
    "what the client has sent": (
        "@app.post('/', response_model_exclude={\"password\"})\ndef add(new: UserCreate) -> UserCreate:\n    return new"
    ),
    "objects without a model": (
        "@app.get('/', response_model=UserPublic)\ndef read(db: Session):\n    user = db.get(User, 1)\n    return user"
    ),
    "many of them": (
        "@app.get('/', response_model=list[UserPublic])\ndef read(db: Session):\n    return db.scalars(select(User)).all()"
    ),
}


@pytest.mark.parametrize("name", FIXED)
def test_the_field_is_left_out(name: str) -> None:
    assert_fixes("SW504", code(FOUND[name]), code(FIXED[name]))


@pytest.mark.parametrize("name", ["a generic page", "excluded on another level"])
def test_no_fix_where_the_way_to_the_field_is_not_certain(name: str) -> None:
    (found,) = Folder(parse(code(FOUND[name])).files).findings("SW504")
    with pytest.raises(Exception, match=r"generic|already"):
        list(found.finding.fixes[0].make())


DJANGO = """
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Group
from django.db import models
from rest_framework import serializers

class Member(AbstractUser): ...

class Open(serializers.ModelSerializer):
    class Meta:
        model = Member
        fields = ["id", «"password"»]  # all

class All(serializers.ModelSerializer):
    class Meta:
        model = get_user_model()
        fields = «"__all__"»

class WriteOnly(serializers.ModelSerializer):
    class Meta:
        model = Member
        fields = ("id", "password")
        extra_kwargs = {"password": {"write_only": True}}

class Own(serializers.ModelSerializer):
    password = serializers.CharField(write_only=True)

    class Meta:
        model = Member
        fields = ("id", "password")

class Other(serializers.ModelSerializer):
    class Meta:
        model = Group
        fields = "__all__"

class Few(serializers.ModelSerializer):
    class Meta:
        model = Member
        fields = ["id"]

class Guest(models.Model):
    password = models.CharField(max_length=128)

class Relay(models.Model):
    host = models.CharField(max_length=128)
    password = models.CharField(max_length=128)

class OfGuest(serializers.ModelSerializer):
    class Meta:
        model = Guest
        fields = [«"password"»]

class OfRelay(serializers.ModelSerializer):
    class Meta:
        model = Relay
        fields = ["host", "password"]

class Form:
    class Meta:
        model = Member
        fields = ["password"]
"""


def test_django_rest_framework() -> None:
    write_only = 'extra_kwargs = {"password": {"write_only": True}}\n        '
    after = DJANGO
    for fields in ('fields = ["id", «', 'fields = «"__', "fields = [«"):
        after = after.replace(fields, write_only + fields)
    assert_finds("SW504", DJANGO)
    assert_fixes("SW504", DJANGO, after.replace("«", "").replace("»", ""))


RUN = """
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool

app = FastAPI()
engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})


class Base(DeclarativeBase): ...


class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    password: Mapped[str]


class UserPublic(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
    name: str


class UserRow(UserPublic):
    password: str


class Team(BaseModel):
    leader: UserRow
    users: list[UserRow]


Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(User(id=1, name="ada", password="secret"))
    session.commit()


@app.get("/plain")
def plain():
    with Session(engine) as session:
        user = session.get(User, 1)
        return user


@app.get("/many")
def many():
    with Session(engine) as session:
        return session.scalars(select(User)).all()


@app.get("/schema", response_model=UserRow)
def schema():
    with Session(engine) as session:
        return session.get(User, 1)


@app.get("/list")
def rows() -> list[UserRow]:
    with Session(engine) as session:
        return session.scalars(select(User)).all()
"""


def test_what_is_sent_shows_everything_but_the_password() -> None:
    with running({"main.py": RUN}) as before, running(fixed("SW504", RUN)) as after:
        for path in ("/plain", "/many", "/schema", "/list"):
            old, new = (TestClient(one.app).get(path).json() for one in (before, after))
            assert "secret" in str(old)
            rows = new if isinstance(new, list) else [new]
            assert rows == [{"id": 1, "name": "ada"}]


SHOWN = """
#- models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "member"
    email: Mapped[str] = mapped_column(primary_key=True)
    password_hash: Mapped[str]
    door_password: Mapped[str]
    wifi_password: Mapped[str]
#- main.py
from typing import Any
from fastapi import FastAPI
from pydantic import BaseModel
from models import Member

app = FastAPI()


class Digest(BaseModel):
    name: str
    password_digest: str


class Card(BaseModel):
    email: str


"""


@pytest.mark.parametrize(
    "body",
    [
        "@app.get('/')\ndef f(member: Member) -> dict[str, Any]:\n    return {'email': member.email, 'hash': «member.password_hash»}\n",
        "@app.get('/')\ndef f(member: Member):\n    return {'door': «member.door_password»}\n",
        "@app.get('/')\ndef f() -> «Digest»:\n    return Digest(name='a', password_digest='b')\n",
        "@app.get('/', response_model=«list[Digest]»)\ndef f():\n    return []\n",
    ],
)
def test_digests_and_dictionaries_show_it_too(body: str) -> None:
    assert_finds("SW504", SHOWN + body)


@pytest.mark.parametrize(
    "body",
    [
        "@app.get('/')\ndef f(member: Member) -> dict[str, Any]:\n    return {'email': member.email, 'has': bool(member.password_hash)}\n",
        "@app.get('/')\ndef f(member: Member):\n    return {'wifi': member.wifi_password}\n",
        "@app.get('/')\ndef f(member: Member) -> Card:\n    return {'email': member.email, 'hash': member.password_hash}\n",
        "@app.get('/', response_model=Card)\ndef f(member: Member):\n    return {'email': 'a', 'hash': member.password_hash}\n",
        "def f(member: Member) -> dict[str, Any]:\n    return {'hash': member.password_hash}\n",
    ],
)
def test_what_is_left_out_on_the_way(body: str) -> None:
    assert_silent("SW504", SHOWN + body)


INHERITED = """
from django.contrib.auth.models import User
from rest_framework import serializers


class Brief(serializers.ModelSerializer):
    class Meta:
        model = User
        fields = ["id", "username"]


class Full(Brief):
    class Meta(Brief.Meta):
        {}
"""


def test_a_serializer_whose_fields_grow() -> None:
    assert_finds("SW504", INHERITED.format('fields = Brief.Meta.fields + ["email", «"password"»]'))
    assert_silent("SW504", INHERITED.format('fields = Brief.Meta.fields + ["email"]'))
    assert_silent(
        "SW504",
        INHERITED.format(
            'fields = Brief.Meta.fields + ["password"]\n        extra_kwargs = {"password": {"write_only": True}}'
        ),
    )
