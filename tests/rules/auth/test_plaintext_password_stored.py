"""SW501: a password that is stored as the user typed it."""

from __future__ import annotations

import bcrypt
import pytest
from pwdlib import PasswordHash
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from werkzeug.security import check_password_hash

from support.marked import assert_finds, assert_fixes, assert_silent
from support.running import fixed, running

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


class Mailbox(Base):
    __tablename__ = "mailbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str]
    password: Mapped[str]
#- schemas.py
from pydantic import BaseModel, SecretStr


class UserCreate(BaseModel):
    email: str
    password: str


class Command(BaseModel):
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


class Hasher:
    @staticmethod
    def make(word: str) -> str:
        return protect(word)

    def of(self, word: str) -> str:
        return self.make(word)


def _salted(word: str) -> str:
    return bcrypt.hashpw(word.encode(), bcrypt.gensalt()).decode()
"""

HEAD = """\
import asyncio
import json
from pathlib import Path
import asyncpg
from fastapi import Depends, FastAPI, Form
from fastapi.security import OAuth2PasswordRequestForm
from pwdlib import PasswordHash
from pymongo import MongoClient
from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session
import schemas
from elsewhere import unknown
from models import Mailbox, User
from schemas import Command
from security import Hasher, hash_password, protect

app = FastAPI()


@app.post("/users")
async def register(
    data: schemas.UserCreate, change: schemas.Change, user: User, db: Session, pool: asyncpg.Pool, many: list[schemas.UserCreate],
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
    "setattr(user, 'password', «data.password»)",
    "for key, value in «data.model_dump()».items():\n    setattr(user, key, value)",
    "fields = data.model_dump()\nreturn User(**«fields»)",
    "return User(**{'email': data.email, 'password': «data.password»})",
    "db.execute(update(User).where(User.id == 1).values(password=«data.password»))",
    "db.execute(insert(User).values({'password': «data.password»}))",
    "db.execute(insert(User), [{'password': «data.password»}])",
    "rows = [{'password': «one.password»} for one in many]\ndb.execute(insert(User), rows)",
    "db.bulk_insert_mappings(User, [{'password': «data.password»}])",
    "await pool.execute('UPDATE users SET password = $1 WHERE id = 1', «data.password»)",
    "return await pool.fetchval('INSERT INTO users (password) VALUES ($1) RETURNING id', «data.password»)",
    "with open('users.txt', 'a') as file:\n    file.write(f'{data.email}:{«data.password»}')",
    "Path('user.txt').write_text(«data.password»)",
    "json.dump({'email': data.email, 'password': «data.password»}, open('x', 'w'))",
    "MongoClient()['db']['users'].insert_one({'email': data.email, 'password': «data.password»})",
    "command = Command(**data.model_dump())\nreturn User(password=«command.password»)",
    "new = User()\nnew.password = «data.password»\nreturn new",
    "new = User(**«data.model_dump()»)\nuser.password = None\nreturn new",
    "new = User(**data.model_dump())\nnew.password = «data.password»\nreturn new",
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
    "await pool.execute('UPDATE users SET email = $1 WHERE password = $2', data.email, data.password)",
    "return await pool.fetchval('SELECT id FROM users WHERE password = $1', data.password)",
    "fields = data.model_dump()\nfields['password'] = hash_password(fields['password'])\nreturn User(**fields)",
    "fields = data.model_dump()\nfields.pop('password')\nreturn User(**fields)",
    "for key, value in data.model_dump().items():\n    if key != 'password':\n        setattr(user, key, value)",
    "for key, value in data.model_dump(exclude={'password'}).items():\n    setattr(user, key, value)",
    "setattr(user, 'email', data.email)",
    "db.execute(insert(User), [{'password': hash_password(data.password)}])",
    "return Mailbox(host='x', password=data.password)",
    "with open('users.txt', 'a') as file:\n    file.write(f'{data.email}')",
    "channel.write(data.password)",
    "return User(password=Hasher.make(data.password))",
    "return User(password=Hasher().of(data.password))",
    "return User(password=await asyncio.to_thread(hash_password, data.password))",
    "user = User(**data.model_dump())\nuser.password = hash_password(data.password)\nreturn user",
    "user = User(**data.model_dump())\nif data.email:\n    user.password = unknown(data.password)\nreturn user",
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
    head = HEAD.replace("from security import Hasher, hash_password, protect\n", "")
    mended = HEAD.replace("Hasher, hash_password, protect", "hash_password")
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


REPOSITORY = """
from fastapi import FastAPI
from schemas import UserCreate
from security import hash_password
import services

app = FastAPI()

@app.post("/")
def register(new: UserCreate):
    return services.UserService().create({})
#- services.py
from repositories import UserRepository

class UserService:
    def create(self, fields):
        return UserRepository().add(fields)
#- repositories.py
from models import User

class UserRepository:
    def add(self, fields: dict):
        return User(**{})
"""


def test_a_dictionary_that_a_repository_unpacks() -> None:
    text = REPOSITORY.replace("{}", "new.model_dump()", 1).replace("{}", "«fields»") + MODELS
    (found,) = assert_finds("SW501", text)
    assert [one.message for one in found.related] == [
        "`register` hands it on to `create`",
        "`create` hands it on to `add`",
    ]
    after = text.replace("«fields»", '{**fields, "password": hash_password(fields["password"])}')
    after = after.replace(
        "from models import User\n\nclass UserR",
        "from models import User\nfrom security import hash_password\n\nclass UserR",
    )
    assert_fixes("SW501", text, after)


@pytest.mark.parametrize(
    "given",
    [
        "new.model_dump(exclude={'password'})",
        "{**new.model_dump(), 'password': hash_password(new.password)}",
        "load()",
    ],
)
def test_a_dictionary_without_the_password(given: str) -> None:
    assert_silent("SW501", REPOSITORY.replace("{}", given, 1).replace("{}", "fields") + MODELS)


def test_a_handler_that_hashes_in_the_dictionary() -> None:
    text = REPOSITORY.replace(
        "return services.UserService().create({})",
        "fields = new.model_dump()\n    fields['password'] = hash_password(new.password)\n    return services.UserService().create(fields)",
    )
    assert_silent("SW501", text.replace("{}", "fields") + MODELS)


def test_through_an_abstract_service_and_a_factory_method() -> None:
    assert_finds(
        "SW501",
        """
        from abc import ABC, abstractmethod
        from fastapi import Depends, FastAPI
        from pydantic import BaseModel
        from accounts import Account

        app = FastAPI()

        class Request(BaseModel):
            password1: str
            password2: str

        class Command(BaseModel):
            password1: str
            password2: str

        class UseCase(ABC):
            @abstractmethod
            async def create(self, *, command: Command) -> None: ...

        class Service(UseCase):
            async def create(self, *, command: Command) -> None:
                if command.password1 != command.password2:
                    raise ValueError
                Account.create(email="", password=command.password1)

        @app.post("/")
        async def sign_up(request: Request, usecase: UseCase = Depends()):
            command = Command(**request.model_dump())
            await usecase.create(command=command)
        #- accounts.py
        from sqlalchemy.orm import DeclarativeBase, Mapped

        class Base(DeclarativeBase): ...

        class Account(Base):
            __tablename__ = "account"
            email: Mapped[str]
            password: Mapped[str]

            @classmethod
            def create(cls, *, email: str, password: str) -> "Account":
                return cls(email=email, password=«password»)
        """,
    )


TYPES = """
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator
from security import hash_password, Hashed

app = FastAPI()

class Base(DeclarativeBase): ...

class User(Base):
    __tablename__ = "user"
    password: Mapped[str] = mapped_column()

class New(BaseModel):
    password: str

{}

@app.post("/")
def register(new: New):
    return User(password=new.password)
#- security.py
import bcrypt
from sqlalchemy import TypeDecorator

def hash_password(word: str) -> bytes:
    return bcrypt.hashpw(word.encode(), bcrypt.gensalt())

class Hashed(TypeDecorator):
    def process_bind_param(self, value, dialect):
        return {}
"""


def test_types_and_listeners_that_hash() -> None:
    listener = "@event.listens_for(User, 'before_insert')\ndef _(mapper, connection, user):\n    user.password = hash_password(user.password)"
    own_type = "class Own(TypeDecorator):\n    def process_bind_param(self, value, dialect):\n        return hash_password(value)"
    assert_silent("SW501", TYPES.replace("{}", listener, 1).replace("{}", "value"))
    assert_silent("SW501", TYPES.replace("{}", own_type, 1).replace("{}", "value"))
    assert_silent("SW501", TYPES.replace("{}", "", 1).replace("{}", "hash_password(value)"))
    assert_finds("SW501", TYPES.replace("{}", "").replace("=new.password", "=«new.password»"))


DJANGO = """
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractUser, User
from django.http import HttpRequest
from rest_framework import serializers

Account = get_user_model()

class Member(AbstractUser):
    pass

class SignUp(forms.Form):
    password = forms.CharField()

def sign_up(request: HttpRequest, user: Member):
    form = SignUp(request.POST)
    {}
"""

DJANGO_FOUND = [
    "User.objects.create(username='x', password=«request.POST['password']»)",
    "Account.objects.create(password=«form.cleaned_data['password']»)",
    "user.password = «request.POST.get('password')»; user.save()",
    "Member(password=«form.cleaned_data.get('password')»).save()",
    "password = form.cleaned_data['password']; return User(password=«password»)",
    "Member.objects.filter(pk=1).update(password=«request.POST['password']»)",
    "Member.objects.get_or_create(pk=1, defaults={'password': «request.POST['password']»})",
    "Member.objects.create(**«form.cleaned_data»)",
]
LOST = """
from django import forms
from django.db import models

class {}(models.Model):
    password = models.CharField(max_length=100)

class Form(forms.ModelForm):
    def keep(self):
        return {}.objects.create(**{})
"""


def test_a_list_of_passwords_that_others_have_lost_is_nobodys() -> None:
    for name in ("LeakedPassword", "CommonPassword", "PwnedPasswords"):
        assert_silent("SW501", LOST.format(name, name, "self.cleaned_data"))
    assert_finds("SW501", LOST.format("Member", "Member", "«self.cleaned_data»"))


DJANGO_SILENT = [
    "User.objects.create_user('x', password=request.POST['password'])",
    "user.set_password(request.POST['password'])",
    "user.password = make_password(request.POST['password'])",
    "new = User(password=request.POST['password']); new.set_password(new.password); new.save()",
    "Member.objects.create(password=make_password(form.cleaned_data['password']))",
    "user.username = request.POST['username']",
    "Member.objects.filter(pk=1).update(password='!')",
]


@pytest.mark.parametrize("line", DJANGO_FOUND)
def test_django_stores_what_it_is_given(line: str) -> None:
    assert_finds("SW501", DJANGO.replace("{}", line))


@pytest.mark.parametrize("line", DJANGO_SILENT)
def test_django_hashes_when_it_is_asked_to(line: str) -> None:
    assert_silent("SW501", DJANGO.replace("{}", line))


def test_django_passwords_are_hashed_by_django() -> None:
    assert_fixes(
        "SW501",
        DJANGO.replace("{}", DJANGO_FOUND[1]),
        DJANGO.replace("{}", "Account.objects.create(password=make_password(form.cleaned_data['password']))"),
    )


def test_a_serializer() -> None:
    text = """
        from django.contrib.auth.models import User
        from rest_framework import serializers

        class UserSerializer(serializers.ModelSerializer):
            def create(self, validated_data):
                return User.objects.create(**«validated_data»)

        class OtherSerializer(serializers.ModelSerializer):
            def create(self, validated_data):
                password = validated_data.pop("password")
                user = User(**validated_data)
                user.set_password(password)
                return user
        """
    assert_finds("SW501", text)


def test_sqlmodel_validation() -> None:
    text = """
        from fastapi import FastAPI
        from sqlmodel import SQLModel, Field
        from security import hash_password

        app = FastAPI()

        class UserBase(SQLModel):
            email: str

        class UserCreate(UserBase):
            password: str

        class User(UserBase, table=True):
            id: int = Field(primary_key=True)
            password: str

        @app.post("/")
        def register(new: UserCreate):
            return User.model_validate({})
        #- security.py
        import bcrypt

        def hash_password(word: str) -> str:
            return bcrypt.hashpw(word.encode(), bcrypt.gensalt()).decode()
        """
    after = 'new, update={"password": hash_password(new.password)}'
    assert_fixes("SW501", text.replace("{}", "«new»"), text.replace("{}", after))
    assert_silent("SW501", text.replace("{}", after))


HASHERS = {
    "a context": (
        "from passlib.context import CryptContext\npwd = CryptContext(['argon2'])\n",
        "pwd.hash(new.password)",
        "pwd",
        "",
    ),
    "an object": (
        "from argon2 import PasswordHasher\nhasher = PasswordHasher()\n",
        "hasher.hash(new.password)",
        "hasher",
        "",
    ),
    "a static method": (
        "import bcrypt\nclass Hasher:\n    @staticmethod\n    def hash_password(word):\n        return bcrypt.hashpw(word, b'')\n",
        "Hasher.hash_password(new.password)",
        "Hasher",
        "",
    ),
    "bcrypt": ("", "bcrypt.hashpw(new.password.encode()[:72], bcrypt.gensalt()).decode()", "", "bcrypt>=4\n"),
    "werkzeug": ("", "generate_password_hash(new.password)", "", "werkzeug\n"),
}
PLAIN = """\
import json
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

app = FastAPI()

class Base(DeclarativeBase): ...

class User(Base):
    __tablename__ = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    password: Mapped[str]

class New(BaseModel):
    password: str

@app.post("/")
def register(new: New):
    return User(password=«new.password»)
#- security.py
"""


@pytest.mark.parametrize("name", HASHERS)
def test_what_the_project_hashes_with(name: str) -> None:
    security, expression, imported, requirements = HASHERS[name]
    before = PLAIN + security + (f"#- requirements.txt\n{requirements}" if requirements else "")
    after = before.replace("«new.password»", expression)
    orm = "Mapped, mapped_column\n"
    if imported:
        after = after.replace(orm, f"{orm}\nfrom security import {imported}\n", 1)
    elif name == "bcrypt":
        after = after.replace("import json\n", "import json\nimport bcrypt\n", 1)
    else:
        after = after.replace(orm, f"{orm}from werkzeug.security import generate_password_hash\n", 1)
    assert_fixes("SW501", before, after)


@pytest.mark.parametrize(
    ("security", "requirements"),
    [
        ("", "pwdlib[argon2]\n"),
        ("", "bcrypt>=5\n"),
        ("from pwdlib import PasswordHash\nhasher = PasswordHash.recommended()\n", ""),
        (
            "import bcrypt\ndef hash_password(word):\n    return bcrypt.hashpw(word.encode(), bcrypt.gensalt()).decode()\n",
            "",
        ),
        ("from argon2 import PasswordHasher\nhasher = PasswordHasher()\n", ""),
        ("from passlib.context import CryptContext\ncontext = CryptContext(['argon2'])\n", ""),
        ("", "werkzeug\n"),
    ],
)
@pytest.mark.parametrize("password", ["correct horse", "x" * 90, "漢字"])
def test_what_is_stored_is_a_hash_of_the_password(security: str, requirements: str, password: str) -> None:
    if "encode(), bcrypt" in security and len(password) > 72:
        pytest.skip("the project's own hasher refuses it")
    files = fixed("SW501", PLAIN + security + (f"#- requirements.txt\n{requirements}" if requirements else ""))
    with running(files) as main, Session(create_engine("sqlite://")) as session:
        main.Base.metadata.create_all(session.get_bind())
        session.add(main.register(main.New(password=password)))
        session.commit()
        stored = session.scalars(select(main.User)).one().password
    if "werkzeug" in requirements:
        assert check_password_hash(stored, password)
    elif stored.startswith("$2"):
        assert bcrypt.checkpw(password.encode()[:72], stored.encode())
    else:
        assert PasswordHash.recommended().verify(password, stored)


PEOPLE = """
#- models.py
from pwdlib import PasswordHash
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

hasher = PasswordHash.recommended()


class Base(DeclarativeBase):
    pass


class Credentials:
    def set_password(self, plain: str) -> None:
        self.password_hash = hasher.hash(plain)


class Member(Credentials, Base):
    __tablename__ = "member"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    password_hash: Mapped[str]
    door_password: Mapped[str]
    smtp_password: Mapped[str]
    reset_password: Mapped[str]


class Door(Base):
    __tablename__ = "door"
    id: Mapped[int] = mapped_column(primary_key=True)
    door_password: Mapped[str]


class Prompt(Base):
    __tablename__ = "prompt"
    id: Mapped[int] = mapped_column(primary_key=True)
    password: Mapped[str]

    def hash_password(self) -> None:
        self.password = hasher.hash(self.password)
#- main.py
from fastapi import FastAPI
from pydantic import BaseModel
from models import Door, Member, Prompt, hasher

app = FastAPI()


class Form(BaseModel):
    name: str
    password: str
    hint: str


"""


@pytest.mark.parametrize(
    "body",
    [
        # somebody has to call `set_password`: what is assigned beside it is not hashed
        "@app.post('/')\ndef f(form: Form, member: Member):\n    member.password_hash = «form.password»\n",
        # another name on the way
        "@app.post('/')\ndef f(form: Form, member: Member):\n    let_in(member, form.password)\n\n\n"
        "def let_in(member: Member, code: str) -> None:\n    member.password_hash = «code»\n",
        "class Doors:\n    def open(self, member: Member, secret: str) -> None:\n        member.password_hash = «secret»\n\n\n"
        "@app.post('/')\ndef f(form: Form, member: Member):\n    Doors().open(member, form.password)\n",
        # a further password of the same people
        "@app.post('/')\ndef f(form: Form, member: Member):\n    member.door_password = «form.password»\n",
        "@app.post('/')\ndef f(form: Form):\n    return Member(email='a', door_password=«form.password»).id\n",
    ],
)
def test_what_is_stored_beside_the_method_that_hashes(body: str) -> None:
    assert_finds("SW501", PEOPLE + body)


@pytest.mark.parametrize(
    "body",
    [
        "@app.post('/')\ndef f(form: Form, member: Member):\n    member.set_password(form.password)\n",
        # the handler's name says nothing of a password either
        "@app.post('/')\ndef f(form: Form, member: Member):\n    let_in(member, form.hint)\n\n\n"
        "def let_in(member: Member, code: str) -> None:\n    member.password_hash = code\n",
        # a hash under another name
        "@app.post('/')\ndef f(form: Form, member: Member):\n    let_in(member, hasher.hash(form.password))\n\n\n"
        "def let_in(member: Member, code: str) -> None:\n    member.password_hash = code\n",
        # not a person's, or not a password
        "@app.post('/')\ndef f(form: Form, member: Member):\n    member.smtp_password = form.password\n",
        "@app.post('/')\ndef f(form: Form, member: Member):\n    member.reset_password = form.password\n",
        "@app.post('/')\ndef f(form: Form, door: Door):\n    door.door_password = form.password\n",
        # a method that needs nothing may hash in place, later
        "@app.post('/')\ndef f(form: Form, prompt: Prompt):\n    prompt.password = form.password\n    prompt.hash_password()\n",
    ],
)
def test_what_no_person_s_password_is_and_what_is_hashed_later(body: str) -> None:
    assert_silent("SW501", PEOPLE + body)


MANAGED = """
#- people/__init__.py
#- people/models.py
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class PersonManager(BaseUserManager):
    def create_quickly(self, email, password):
        person = self.model(email=email, password={value})
        {more}
        person.save()
        return person


class Person(AbstractBaseUser):
    email = models.EmailField(unique=True)
    objects = PersonManager()
#- people/views.py
from django import forms
from people.models import Person


class Join(forms.Form):
    email = forms.CharField()
    password = forms.CharField()


def join(request):
    form = Join(request.POST)
    form.is_valid()
    Person.objects.create_quickly(form.cleaned_data["email"], request.POST["password"])
"""


def test_a_manager_makes_its_model() -> None:
    assert_finds("SW501", MANAGED.format(value="«password»", more="pass"))
    assert_silent("SW501", MANAGED.format(value="password", more="person.set_password(password)"))
    assert_silent("SW501", MANAGED.format(value='"!"', more="pass"))
