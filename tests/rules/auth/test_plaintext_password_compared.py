"""SW502: passwords that are compared with stored ones by `==`."""

from __future__ import annotations

import bcrypt
import pytest
from pwdlib import PasswordHash
from werkzeug.security import generate_password_hash

from support.marked import assert_finds, assert_fixes, assert_silent
from support.running import fixed, running

HEAD = """
import hmac
import sqlite3
import asyncpg
from django.http import HttpRequest
from fastapi import Depends, FastAPI, Form
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import BaseModel
from pymongo import MongoClient
from sqlalchemy import and_, select, text
from sqlalchemy.orm import Session
from models import Account, Mailbox, Hashing, User
from security import hash_password, verify_password

app = FastAPI()


class Login(BaseModel):
    name: str
    password: str
    password2: str
    new_password: str


@app.post("/login")
async def login(
    data: Login, user: User, account: Account, mailbox: Mailbox, hashing: Hashing, db: Session, pool: asyncpg.Pool,
    password: str = Form(), form: OAuth2PasswordRequestForm = Depends()
):
"""
MORE = """
#- models.py
from django.contrib.auth.models import AbstractUser
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, validates
from security import hash_password

class Base(DeclarativeBase): ...

class User(Base):
    __tablename__ = "user"
    name: Mapped[str] = mapped_column(primary_key=True)
    password: Mapped[str]
    hashed_password: Mapped[str]

class Mailbox(Base):
    __tablename__ = "mailbox"
    host: Mapped[str] = mapped_column(primary_key=True)
    password: Mapped[str]

class Hashing(Base):
    __tablename__ = "hashing"
    password: Mapped[str] = mapped_column(primary_key=True)

    @validates("password")
    def _hash(self, key, value):
        return hash_password(value)

class Account(AbstractUser): ...
#- security.py
import bcrypt

def hash_password(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt()).decode()

def verify_password(password: str, hashed_password: str) -> bool:
    return bcrypt.checkpw(password.encode(), hashed_password.encode())
"""


def code(body: str, more: str = MORE) -> str:
    return HEAD + "".join(f"    {line}\n" for line in body.strip("\n").split("\n")) + more


FOUND = {
    "an object": "return «user.password == data.password»",
    "the other way round": "return «form.password != user.password»",
    "a column for hashes": "return «user.hashed_password == password»",
    "an object that is fetched": "found = db.get(User, 1)\nreturn «found.password == password»",
    "by a variable": "given = data.password\nreturn «user.password == given»",
    "a row of asyncpg": "row = await pool.fetchrow('SELECT * FROM users')\nreturn «row['password'] == data.password»",
    "a row of a helper": """
async def load(name: str) -> asyncpg.Record | None:
    return await pool.fetchrow("SELECT * FROM users WHERE name = $1", name)
row = await load(data.name)
return «row["password"] == data.password»""",
    "a row of a cursor": (
        "cursor = sqlite3.connect('x').cursor()\ncursor.execute('SELECT password FROM users')\nrow = cursor.fetchone()\n"
        "return «row['password'] == password»"
    ),
    "a row of a statement": (
        "row = db.execute(text('SELECT password FROM users')).mappings().first()\nreturn «row['password'] == password»"
    ),
    "a document": "found = MongoClient()['a']['b'].find_one({})\nreturn «found['password'] == password»",
    "where": "return db.scalar(select(User).where(User.name == data.name, «User.password == data.password»))",
    "and_": "return db.scalar(select(User).where(and_(User.name == data.name, «password == User.password»)))",
    "filter_by": "return db.query(User).filter_by(name='x', password=«data.password»).first()",
    "SQL": "return await pool.fetchrow('SELECT 1 FROM users WHERE name = $1 AND password = $2', data.name, «password»)",
    "text": "return db.execute(text('SELECT 1 FROM u WHERE password = :p'), {'p': «data.password»})",
    "Django": "return «account.password == data.password»",
    "Django's queries": "return Account.objects.get(username='x', password=«password»)",
}


@pytest.mark.parametrize("body", FOUND.values(), ids=FOUND.keys())
def test_a_given_password_and_a_stored_one(body: str) -> None:
    assert_finds("SW502", code(body))


SILENT = {
    "the confirmation": "return data.password == data.password2",
    "old and new": "return data.password != data.new_password",
    "two given ones": "return password == data.password",
    "verified": "return verify_password(data.password, user.password)",
    "two hashes": "return hash_password(data.password) == user.password",
    "a hash in a variable": "password = hash_password(password)\nreturn user.password == password",
    "hashed in place": "data.password = hash_password(data.password)\nreturn user.password == data.password",
    "in constant time": "return hmac.compare_digest(user.password, data.password)",
    "a constant": "return user.password == 'LDAP' or user.password == ''",
    "None": "return user.password == None or user.password is None",
    "another column": "return user.name == data.name",
    "two objects": "other = User()\nreturn user.password == other.password",
    "a remote's password": "return mailbox.password == data.password",
    "a column that hashes by itself": "return hashing.password == data.password",
    "a query by name": "return db.scalar(select(User).where(User.name == data.name))",
    "a query by hash": "return db.query(User).filter_by(password=hash_password(password)).first()",
    "what is set": "return await pool.execute('UPDATE u SET x = $1 WHERE name = $2', password, data.name)",
    "an unknown object": "thing = load()\nreturn thing.password == data.password",
    "a dictionary of one's own": "known = {'password': 'x'}\nreturn known['password'] == data.password",
    "no equality": "return user.password > data.password, user.password in data.password",
}


@pytest.mark.parametrize("body", SILENT.values(), ids=SILENT.keys())
def test_other_comparisons(body: str) -> None:
    assert_silent("SW502", code(body))


def test_tests_may() -> None:
    assert_silent("SW502", code("return user.password == data.password"), main="tests/test_login.py")


HELPER = """
from fastapi import FastAPI, Form
from services import authenticate

app = FastAPI()

@app.post("/login")
def login(name: str = Form(), secret: str = Form(alias="password")):
    {}
#- services.py
from models import User
from repositories import find

def authenticate(name: str, password: str):
    user = find(name)
    return user if «user.password == password» else None
#- repositories.py
from sqlalchemy.orm import Session
from models import User

def find(name: str) -> User:
    return Session().get_one(User, name)
"""


def test_a_service_of_another_module() -> None:
    (found,) = assert_finds("SW502", HELPER.replace("{}", "return authenticate(name, secret)") + MORE)
    assert (found.severity, [one.message for one in found.related]) == (
        "error",
        ["`login` hands it on to `authenticate`"],
    )


def test_a_service_that_nobody_is_known_to_call_is_a_warning() -> None:
    (found,) = assert_finds("SW502", HELPER.replace("{}", "return None") + MORE)
    assert found.severity == "warning"


def test_a_service_that_is_given_hashes() -> None:
    text = HELPER.replace("{}", "return authenticate(name, digest(secret))").replace("«", "").replace("»", "")
    text = text.replace(
        "app = FastAPI()",
        "app = FastAPI()\n\ndef digest(value):\n    import hashlib\n    return hashlib.sha256(value).hexdigest()",
    )
    assert_silent("SW502", text + MORE)


FIXED = [
    ("return «user.password == data.password»", "return verify_password(data.password, user.password)"),
    ("return «user.password != data.password»", "return not verify_password(data.password, user.password)"),
    ("return not «user.password == password» or 1", "return not verify_password(password, user.password) or 1"),
    ("if «password != user.password»: pass", "if not verify_password(password, user.password): pass"),
]


@pytest.mark.parametrize(("before", "after"), FIXED)
def test_the_projects_own_function_verifies(before: str, after: str) -> None:
    assert_fixes("SW502", code(before), code(after))


def test_the_order_of_its_parameters_is_kept() -> None:
    more = MORE.replace("password: str, hashed_password: str) -> bool", "hashed: str, plain: str) -> bool").replace(
        "checkpw(password.encode(), hashed_password.encode())", "checkpw(plain.encode(), hashed.encode())"
    )
    more = more.replace("plain", "plain_password")
    after = "return verify_password(user.password, data.password)"
    assert_fixes("SW502", code(FIXED[0][0], more), code(after, more))


def test_django_verifies_by_itself() -> None:
    after = code("return check_password(data.password, account.password)").replace(
        "from django.http", "from django.contrib.auth.hashers import check_password\nfrom django.http"
    )
    assert_fixes("SW502", code(FOUND["Django"]), after)


PLAIN = """
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

app = FastAPI()

class Base(DeclarativeBase): ...

class User(Base):
    __tablename__ = "user"
    name: Mapped[str] = mapped_column(primary_key=True)
    password: Mapped[str]

class Login(BaseModel):
    password: str

def matches(user: User, data: Login) -> bool:
    return not user.password != data.password

@app.post("/")
def login(data: Login):
    return matches(User(name="a", password=""), data)
"""


@pytest.mark.parametrize(
    "more",
    [
        "#- requirements.txt\npwdlib[argon2]\n",
        "#- requirements.txt\nbcrypt>=5\n",
        "#- security.py\nfrom pwdlib import PasswordHash\nhasher = PasswordHash.recommended()\n",
        MORE[MORE.index("#- security.py") :],
        "#- security.py\nfrom passlib.context import CryptContext\ncontext = CryptContext(['argon2'])\n",
        "#- security.py\nfrom argon2 import PasswordHasher\nhasher = PasswordHasher()\n",
        "#- requirements.txt\nwerkzeug\n",
    ],
    ids=["pwdlib", "bcrypt", "an object", "a function", "passlib", "argon2", "werkzeug"],
)
def test_the_fixed_code_knows_the_password_by_its_hash(more: str) -> None:
    with running(fixed("SW502", PLAIN + more)) as main:
        if "bcrypt" in more:
            stored = bcrypt.hashpw(b"right", bcrypt.gensalt()).decode()
        elif "werkzeug" in more:
            stored = generate_password_hash("right")
        else:
            stored = PasswordHash.recommended().hash("right")
        user = main.User(name="ada", password=stored)
        assert main.matches(user, main.Login(password="right"))
        assert not main.matches(user, main.Login(password="wrong"))
        assert not main.matches(user, main.Login(password=stored))


MEMBERS = """
#- models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Member(Base):
    __tablename__ = "member"
    email: Mapped[str] = mapped_column(primary_key=True)
    password_hash: Mapped[str]
    door_password: Mapped[str]
    ftp_password: Mapped[str]


class Door(Base):
    __tablename__ = "door"
    number: Mapped[int] = mapped_column(primary_key=True)
    door_password: Mapped[str]
#- main.py
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import select
from models import Door, Member

app = FastAPI()


class Form(BaseModel):
    password: str


@app.post("/")
def f(form: Form, member: Member, door: Door):
    return """


@pytest.mark.parametrize(
    "body",
    [
        "«member.door_password == form.password»\n",
        "select(Member).where(«Member.door_password == form.password»)\n",
        "not «form.password != member.door_password»\n",
    ],
)
def test_a_further_password_of_people_is_compared(body: str) -> None:
    assert_finds("SW502", MEMBERS + body)


@pytest.mark.parametrize(
    "body",
    ["member.ftp_password == form.password\n", "door.door_password == form.password\n", "member.door_password == ''\n"],
)
def test_a_password_of_a_thing_is_compared(body: str) -> None:
    assert_silent("SW502", MEMBERS + body)
