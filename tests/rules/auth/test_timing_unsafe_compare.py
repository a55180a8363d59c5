"""SW506: secrets that are compared with `==`."""

from __future__ import annotations

import textwrap

import pytest
from fastapi.testclient import TestClient

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse
from support.running import fixed, running

HEAD = """
import base64
import hashlib
import hmac
import os
from typing import Annotated, Optional

from django.conf import settings as django_settings
from django.http import HttpRequest
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.security import APIKeyHeader
from pydantic import BaseModel
from sqlalchemy import select

from config import API_KEY, MODE, settings
from models import Invite
from signing import sign, verify

app = FastAPI()
api_key_header = APIKeyHeader(name="x-api-key")


class Data(BaseModel):
    token: str
    code: str


@app.post("/")
async def handler(
    request: Request, data: Data, invite: Invite, db: Session, signature: str = Header(), maybe: str | None = Header(None),
    key: str = Depends(api_key_header)
):
    body = await request.body()
"""

MORE = """
#- config.py
import os
from pydantic import SecretStr
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    api_key: str
    webhook_secret: SecretStr
    admin_api_key: str | None = None
    mode: str = "x"
    download_parameter_key: str = "download"

settings = Settings()
API_KEY = os.environ["API_KEY"]
MODE = os.environ["MODE"]
#- models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): ...

class Invite(Base):
    __tablename__ = "invite"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str]
    access_token: Mapped[str | None]
    reset_token: Mapped[str | None]
    password: Mapped[str]
    name: Mapped[str]
#- signing.py
import hashlib
import hmac

def sign(body: bytes) -> str:
    return _digest(b"k", body)

def _digest(key, body):
    return hmac.new(key, body, hashlib.sha256).hexdigest()

def verify(body: bytes) -> bool:
    return bool(_digest(b"k", body))
"""


def code(body: str, more: str = MORE) -> str:
    return HEAD + "".join(f"    {line}\n" for line in body.strip("\n").split("\n")) + more


FOUND = {
    "hexdigest": "return «hmac.new(b'k', body, hashlib.sha256).hexdigest() == signature»",
    "in a variable": "own = hmac.new(b'k', body, 'sha256')\nexpected = own.hexdigest()\nreturn «signature != expected»",
    "with a prefix": "expected = 'sha256=' + hmac.new(b'k', body, 'sha256').hexdigest()\nreturn «expected == signature»",
    "in an f-string": "return «signature == f\"v0={hmac.new(b'k', body, 'sha256').hexdigest()}\"»",
    "bytes": "return «base64.b64decode(signature) == hmac.digest(b'k', body, 'sha256')»",
    "base64": "return «signature == base64.b64encode(hmac.digest(b'k', body, 'sha256')).decode()»",
    "a helper in another module": "return «sign(body) == signature»",
    "a part of the header": "return «signature.removeprefix('sha256=') == sign(body)»",
    "a header of the request": "return «request.headers.get('x-signature') == sign(body)»",
    "a setting": "return «data.token == settings.api_key»",
    "a secret setting": "return «key != settings.webhook_secret.get_secret_value()»",
    "with its scheme": "return «request.headers['authorization'] == f'Bearer {settings.api_key}'»",
    "the environment": "return «key == os.environ['API_KEY']»",
    "getenv": "return «key == os.getenv('WEBHOOK_SECRET')»",
    "a constant from the environment": "return «key == API_KEY»",
    "Django's settings": "return «request.query_params['key'] == django_settings.API_KEY»",
    "a column": "return «invite.token == data.token»",
    "a token that a reset is asked for with": "return «invite.reset_token == data.token»",
    "among conditions": "return bool(body) and «key == settings.api_key» or maybe",
}


@pytest.mark.parametrize("body", FOUND.values(), ids=FOUND.keys())
def test_secrets_against_what_clients_send(body: str) -> None:
    assert_finds("SW506", code(body))


SILENT = {
    "in constant time": "return hmac.compare_digest(signature.encode(), sign(body).encode())",
    "a constant": "return settings.api_key == 'x' or settings.api_key == ''",
    "None": "return settings.admin_api_key == None",
    "the name of a parameter": "return settings.download_parameter_key == data.token",
    "a length": "return len(signature) == len(sign(body))",
    "no secret": "return data.code == settings.mode",
    "no secret in the environment": "return signature == MODE or signature == os.environ['MODE']",
    "a query": "return db.scalar(select(Invite).where(Invite.token == data.token))",
    "a look-up": "return {'a': 1}[data.token] == {'b': 2}.get(settings.api_key)",
    "two secrets": "return settings.api_key == API_KEY",
    "two digests": "return sign(body) == hmac.new(b'k', body, 'sha256').hexdigest()",
    "two values of the client": "return data.token == maybe",
    "a digest without a key": "return hashlib.sha256(body).hexdigest() == signature",
    "a setting that does not come from outside": "other = load()\nreturn settings.api_key == other.api_key",
    "the token of another object": "other = Invite()\nreturn invite.token == other.token",
    "a function that says yes or no": "return verify(body) == signature",
    "several at once": "return settings.api_key == key == API_KEY",
    "another column": "return invite.name == data.token",
    "a password, of which another rule tells": "return invite.password == data.token",
    "greater": "return settings.api_key > key",
}


@pytest.mark.parametrize("body", SILENT.values(), ids=SILENT.keys())
def test_other_comparisons(body: str) -> None:
    assert_silent("SW506", code(body))


def test_tests_may() -> None:
    assert_silent("SW506", code(FOUND["hexdigest"].replace("«", "").replace("»", "")), main="tests/test_hooks.py")


HELPER = """
from fastapi import FastAPI, Request
from hooks import check, is_admin

app = FastAPI()

@app.post("/")
async def hook(request: Request):
    is_admin(request.headers["x-key"])
    return check(await request.body(), request.headers["x-signature"])
#- hooks.py
import hmac
from django.http import HttpRequest
from config import settings

def check(body: bytes, signature: str):
    return «hmac.new(b"k", body, "sha256").hexdigest() == signature»

def is_admin(key: str) -> bool:
    return «key == settings.api_key»

def django(request: HttpRequest):
    return «request.META.get("HTTP_X_KEY") == settings.api_key»

def command_in_a_terminal(key: str):
    return key == settings.api_key

class Cache:
    def is_fresh(self, stored, body):
        return hmac.new(b"k", body, "sha256").hexdigest() == stored.digest
"""


def test_helpers_of_other_modules_and_django() -> None:
    located = assert_finds("SW506", HELPER + MORE)
    assert [one.message for one in located[0].related] == ["`hook` hands it on to `check`"]


def test_who_types_a_key_in_a_terminal_needs_no_stopwatch() -> None:
    text = """\
import typer
from config import settings

app = typer.Typer()

@app.command()
def login(key: str = typer.Option()):
    return settings.api_key == key

def ask():
    key = input("Key: ")
    return settings.api_key == key
"""
    assert_silent("SW506", text + MORE)


def test_a_helper_that_compares_what_the_project_stores() -> None:
    text = """
        import hmac

        def fresh(row, body):
            return check(body, row.digest)

        def check(body: bytes, digest: str):
            return hmac.new(b"k", body, "sha256").hexdigest() == digest
        """
    assert_silent("SW506", text)


FIXED = {
    "hexdigest": "return hmac.compare_digest(hmac.new(b'k', body, hashlib.sha256).hexdigest().encode(), signature.encode())",
    "in a variable": (
        "own = hmac.new(b'k', body, 'sha256')\nexpected = own.hexdigest()\n"
        "return not hmac.compare_digest(signature.encode(), expected.encode())"
    ),
    "in an f-string": (
        "return hmac.compare_digest(signature.encode(), f\"v0={hmac.new(b'k', body, 'sha256').hexdigest()}\".encode())"
    ),
    "bytes": "return hmac.compare_digest(base64.b64decode(signature), hmac.digest(b'k', body, 'sha256'))",
    "base64": "return hmac.compare_digest(signature.encode(), base64.b64encode(hmac.digest(b'k', body, 'sha256')))",
    "a header of the request": (
        "return request.headers.get('x-signature') is not None and "
        "hmac.compare_digest(request.headers.get('x-signature').encode(), sign(body).encode())"
    ),
    "a secret setting": (
        "return not hmac.compare_digest(key.encode(), settings.webhook_secret.get_secret_value().encode())"
    ),
    "getenv": (
        "return os.getenv('WEBHOOK_SECRET') is not None and "
        "hmac.compare_digest(key.encode(), os.getenv('WEBHOOK_SECRET').encode())"
    ),
    "a column": "return hmac.compare_digest(invite.token.encode(), data.token.encode())",
    "among conditions": "return bool(body) and hmac.compare_digest(key.encode(), settings.api_key.encode()) or maybe",
}


@pytest.mark.parametrize("name", FIXED)
def test_compared_in_constant_time(name: str) -> None:
    assert_fixes("SW506", code(FOUND[name]), code(FIXED[name]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if maybe == API_KEY: pass", "if maybe is not None and C(maybe.encode(), API_KEY.encode()): pass"),
        ("if maybe != API_KEY: pass", "if maybe is None or not C(maybe.encode(), API_KEY.encode()): pass"),
        (
            "return body and maybe != API_KEY",
            "return body and (maybe is None or not C(maybe.encode(), API_KEY.encode()))",
        ),
        ("return not maybe == API_KEY", "return not (maybe is not None and C(maybe.encode(), API_KEY.encode()))"),
        ("return maybe and maybe == API_KEY", "return maybe and C(maybe.encode(), API_KEY.encode())"),
        ("return maybe is None or maybe != API_KEY", "return maybe is None or not C(maybe.encode(), API_KEY.encode())"),
        (
            "if not maybe:\n    raise HTTPException(401)\nreturn maybe == API_KEY",
            "if not maybe:\n    raise HTTPException(401)\nreturn C(maybe.encode(), API_KEY.encode())",
        ),
        (
            "if settings.admin_api_key is not None:\n    return key == settings.admin_api_key",
            "if settings.admin_api_key is not None:\n    return C(key.encode(), settings.admin_api_key.encode())",
        ),
        (
            "return key == settings.admin_api_key",
            "return settings.admin_api_key is not None and C(key.encode(), settings.admin_api_key.encode())",
        ),
        (
            "return invite.access_token != data.token",
            "return invite.access_token is None or not C(invite.access_token.encode(), data.token.encode())",
        ),
    ],
)
def test_values_that_may_be_missing(before: str, after: str) -> None:
    assert_fixes("SW506", code(before), code(after.replace("C(", "hmac.compare_digest(")))


def test_the_module_that_the_file_has_is_used() -> None:
    text = """\
        import secrets
        from fastapi import Header
        from config import settings

        def user(key: str = Header()):
            return key == settings.api_key
        """
    text = textwrap.dedent(text)
    assert_fixes(
        "SW506",
        text + MORE,
        text.replace("key == settings.api_key", "secrets.compare_digest(key.encode(), settings.api_key.encode())")
        + MORE,
    )


def test_no_fix_where_text_meets_bytes() -> None:
    (found,) = Folder(parse(code("return signature == hmac.digest(b'k', body, 'sha256')")).files).findings("SW506")
    with pytest.raises(Exception, match="never are equal"):
        list(found.finding.fixes[0].make())


APP = """
import hashlib
import hmac
from fastapi import FastAPI, Header, Request

KEY = b"key"
app = FastAPI()


def sign(body: bytes) -> str:
    return hmac.new(KEY, body, hashlib.sha256).hexdigest()


@app.post("/")
async def hook(request: Request, x_signature: str | None = Header(None)):
    return {}
"""


@pytest.mark.parametrize(
    "body",
    [
        "x_signature == sign(await request.body())",
        "not x_signature != sign(await request.body())",
        "request.headers.get('x-signature') == sign(await request.body())",
        "bool(x_signature and x_signature == sign(await request.body()))",
        "(x_signature or '').encode() == sign(await request.body()).encode()",
    ],
)
def test_the_fixed_code_lets_in_who_should_be(body: str) -> None:
    before, after = APP.replace("{}", body), fixed("SW506", APP.replace("{}", body))
    assert "compare_digest" in after["main.py"]
    with running({"main.py": before}) as old, running(after) as new:
        right = old.sign(b"x")
        for given in (right, right[:-1], "wrong", "", "ä".encode(), None):
            headers = {} if given is None else {"x-signature": given}
            answers = [TestClient(one.app).post("/", content=b"x", headers=headers).json() for one in (old, new)]
            assert answers == [given == right] * 2


SETTINGS_KEY = """
#- config.py
from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    machine: SecretStr
    mode: str


settings = Settings()
#- main.py
from fastapi import FastAPI, Header
from config import settings

app = FastAPI()


@app.get("/")
def f(x_machine: str = Header()):
    return """


def test_a_setting_that_is_kept_secret_is_one_whatever_its_name() -> None:
    assert_finds("SW506", SETTINGS_KEY + "«x_machine == settings.machine.get_secret_value()»\n")
    assert_silent("SW506", SETTINGS_KEY + "x_machine == settings.mode\n")
    assert_silent("SW506", SETTINGS_KEY + "settings.machine.get_secret_value() == 'none'\n")
