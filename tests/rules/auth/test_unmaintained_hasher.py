"""SW507: passlib with bcrypt 5, and bcrypt 5 with long passwords."""

from __future__ import annotations

import bcrypt
import pytest

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse
from support.running import fixed, running

CONTEXT = "from passlib.context import CryptContext\n\npwd = «CryptContext(schemes=['bcrypt'], deprecated='auto')»\n"
BCRYPT = """
import base64
import bcrypt
import hashlib
from typing import Annotated
from fastapi import Form
from pydantic import BaseModel, Field

LIMIT = 72

class New(BaseModel):
    password: str
    short: str = Field(max_length=40)
    brief: Annotated[str, Field(max_length=72)]

def make(password: str, hashed: bytes, new: New):
    {}
"""


def versions(text: str, requirements: str) -> str:
    return f"{text}#- requirements.txt\n{requirements}\n"


@pytest.mark.parametrize(
    "requirements", ["bcrypt==5.0.0\npasslib", "bcrypt>=5\npasslib", "passlib[bcrypt]", "passlib==1.7.4"]
)
def test_passlib_with_a_bcrypt_that_may_be_the_fifth(requirements: str) -> None:
    assert_finds("SW507", versions(CONTEXT, requirements))


@pytest.mark.parametrize(
    "requirements", ["bcrypt==4.0.1\npasslib", "bcrypt<5\npasslib", "bcrypt~=4.2\npasslib", "bcrypt==3.2.2"]
)
def test_an_older_bcrypt_is_pinned(requirements: str) -> None:
    text = CONTEXT + BCRYPT.replace("{}", "return bcrypt.hashpw(password.encode(), bcrypt.gensalt())")
    assert_silent("SW507", versions(text.replace("«", "").replace("»", ""), requirements))


def test_a_lock_file_says_which_version_is_used() -> None:
    lock = '#- uv.lock\n[[package]]\nname = "bcrypt"\nversion = "{}"\n'
    assert_finds("SW507", versions(CONTEXT, "passlib[bcrypt]") + lock.replace("{}", "5.0.1"))
    assert_silent(
        "SW507", versions(CONTEXT, "passlib[bcrypt]").replace("«", "").replace("»", "") + lock.replace("{}", "4.3.0")
    )


@pytest.mark.parametrize(
    "line",
    [
        "pwd = «CryptContext(['argon2', 'bcrypt'])»",
        "pwd = «CryptContext(schemes=('bcrypt_sha256',))»",
        "from passlib.hash import bcrypt as hasher\ndef f(x):\n    return «hasher.hash»(x)",
        "import passlib.hash\ndef f(x):\n    return «passlib.hash.bcrypt.verify»(x, '')",
    ],
)
def test_other_ways_to_ask_passlib_for_bcrypt(line: str) -> None:
    assert_finds("SW507", versions(f"from passlib.context import CryptContext\n{line}\n", "bcrypt==5.0.0"))


@pytest.mark.parametrize(
    "line",
    [
        "pwd = CryptContext(['argon2'])",
        "pwd = CryptContext(SCHEMES)",
        "from passlib.hash import argon2\ndef f(x):\n    return argon2.hash(x)",
        "from pwdlib import PasswordHash\npwd = PasswordHash.recommended()",
    ],
)
def test_passlib_without_bcrypt(line: str) -> None:
    assert_silent("SW507", versions(f"from passlib.context import CryptContext\n{line}\n", "bcrypt==5.0.0"))


def test_passlib_where_only_python_without_crypt_is_supported() -> None:
    text = "from passlib.context import CryptContext\npwd = «CryptContext(['argon2'])»\n#- pyproject.toml\n[project]\nname = 'x'\nrequires-python = '>=3.{}'\n"
    (found,) = assert_finds("SW507", text.replace("{}", "13"))
    assert found.severity == "info"
    assert_silent("SW507", text.replace("{}", "12").replace("«", "").replace("»", ""))


FOUND = [
    "return bcrypt.hashpw(«password.encode()», bcrypt.gensalt())",
    "return bcrypt.checkpw(«password.encode('utf-8')», hashed)",
    "return bcrypt.hashpw(«new.password.encode()», bcrypt.gensalt())",
    "raw = password.encode()\n    return bcrypt.hashpw(«raw», bcrypt.gensalt())",
    "return bcrypt.hashpw(«bytes(password, 'utf-8')», bcrypt.gensalt())",
]
SILENT = [
    "return bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt())",
    "raw = password.encode()[:LIMIT]\n    return bcrypt.hashpw(raw, bcrypt.gensalt())",
    "if len(password.encode()) > 72:\n        raise ValueError\n    return bcrypt.hashpw(password.encode(), bcrypt.gensalt())",
    "return bcrypt.hashpw(hashlib.sha256(password.encode()).hexdigest().encode(), bcrypt.gensalt())",
    "return bcrypt.hashpw(base64.b64encode(hashlib.sha384(password.encode()).digest()), bcrypt.gensalt())",
    "return bcrypt.hashpw(new.short.encode(), bcrypt.gensalt())",
    "return bcrypt.hashpw(new.brief.encode(), bcrypt.gensalt())",
    "return bcrypt.hashpw(b'constant', bcrypt.gensalt())",
    "return other.hashpw(password.encode(), b'')",
    "return bcrypt.gensalt()",
]


@pytest.mark.parametrize("body", FOUND)
def test_long_passwords_raise_an_error(body: str) -> None:
    assert_finds("SW507", versions(BCRYPT.replace("{}", body), "bcrypt==5.0.0"))


@pytest.mark.parametrize("body", SILENT)
def test_passwords_that_are_short_enough(body: str) -> None:
    assert_silent("SW507", versions(BCRYPT.replace("{}", body), "bcrypt==5.0.0"))


def test_a_form_limits_the_password() -> None:
    text = BCRYPT.replace("new: New", "given: str = Form(max_length=64)").replace(
        "{}", FOUND[0].replace("password", "given")
    )
    assert_silent("SW507", versions(text.replace("«", "").replace("»", ""), "bcrypt==5.0.0"))


def test_a_schema_in_another_module_limits_the_password() -> None:
    text = """
        from fastapi import FastAPI
        from pydantic import BaseModel, Field
        from security import hash_password

        app = FastAPI()

        class New(BaseModel):
            password: str = Field({})

        @app.post("/")
        def register(new: New):
            return hash_password(new.password)
        #- security.py
        import bcrypt

        def hash_password(password: str) -> bytes:
            return bcrypt.hashpw(«password.encode()», bcrypt.gensalt())
        """
    assert_finds("SW507", text.replace("{}", "min_length=8"))
    assert_silent("SW507", text.replace("{}", "max_length=64").replace("«", "").replace("»", ""))


def test_tests_may() -> None:
    assert_silent("SW507", CONTEXT.replace("«", "").replace("»", ""), main="tests/test_x.py")


def test_the_password_is_cut() -> None:
    text = versions(BCRYPT.replace("{}", FOUND[0]), "bcrypt==5.0.0")
    assert_fixes("SW507", text, text.replace("«password.encode()»", "password.encode()[:72]"))


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("\ndef f(x):\n    return pwd.identify(x)\n", "more than hashing"),
        ("#- other.py\nimport main\ndef f(x):\n    return main.pwd.needs_update(x)\n", "more than hashing"),
        ("#- other.py\nfrom main import pwd\nprint(pwd)\n", "more than hashing"),
    ],
)
def test_no_fix_where_pwdlib_has_no_counterpart(more: str, why: str) -> None:
    (found,) = Folder(parse(CONTEXT + more).files).findings("SW507")
    with pytest.raises(Exception, match=why):
        list(found.finding.fixes[0].make())


def test_no_fix_for_schemes_that_pwdlib_does_not_know() -> None:
    (found,) = Folder(parse(CONTEXT.replace("['bcrypt']", "['bcrypt', 'pbkdf2_sha256']")).files).findings("SW507")
    with pytest.raises(Exception, match="pbkdf2_sha256"):
        list(found.finding.fixes[0].make())


SECURITY = """
from passlib.context import CryptContext

pwd = CryptContext(schemes=["bcrypt"], deprecated="auto", bcrypt__rounds=12)


def make(password: str) -> str:
    return pwd.hash(password)


def check(password: str, stored: str) -> bool:
    return pwd.verify(password, stored)
"""


@pytest.mark.parametrize("schemes", ['["bcrypt"]', '["argon2", "bcrypt"]'])
def test_passwords_work_again_and_old_hashes_stay_valid(schemes: str) -> None:
    text = SECURITY.replace('["bcrypt"]', schemes)
    stored = bcrypt.hashpw(b"right", bcrypt.gensalt(4)).decode()
    with running({"main.py": text}) as old, pytest.raises(ValueError, match="72 bytes"):
        old.check("right", stored)
    with running(fixed("SW507", text)) as new:
        assert (new.check("right", stored), new.check("wrong", stored)) == (True, False)
        assert (new.check("x" * 90, new.make("x" * 90)), new.check("x", new.make("y"))) == (True, False)


def test_cut_passwords_are_those_that_bcrypt_made_before() -> None:
    text = """
import bcrypt


def make(password: str) -> bytes:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4))


def check(password: str, stored: bytes) -> bool:
    return bcrypt.checkpw(password.encode(), stored)
"""
    long = "漢" * 30
    with running(fixed("SW507", text)) as new:
        assert new.check(long, bcrypt.hashpw(long.encode()[:72], bcrypt.gensalt(4)))
        assert new.check(long, new.make(long))
        assert not new.check("other", new.make(long))


HASH = """
#- security.py
import bcrypt

def hash_password(password: str) -> bytes:
    return bcrypt.hashpw(«password.encode()», bcrypt.gensalt())
"""
CALLED = """
from fastapi import FastAPI, Form
from pydantic import BaseModel, Field
from schemas import {0}
from security import hash_password

app = FastAPI()

@app.post("/")
def register({1}):
    return hash_password({2})
#- schemas.py
from typing import Annotated
from pydantic import BaseModel, Field, SecretStr, StringConstraints, field_validator

{3}
"""


def called(schema: str, taken: str = "new: New", given: str = "new.password") -> str:
    """A handler whose schema another module has, and the helper of a third one that hashes."""
    return versions(
        CALLED.format("New" if "class New" in schema else "Word", taken, given, schema) + HASH, "bcrypt==5.0.0"
    )


LONG = {
    "no limit": called("class New(BaseModel):\n    password: str"),
    "a limit from below": called("class New(BaseModel):\n    password: str = Field(min_length=12)"),
    "too high a limit": called("class New(BaseModel):\n    password: str = Field(max_length=200)"),
    "a limit of another field": called(
        "class New(BaseModel):\n    name: str = Field(max_length=20)\n    password: str"
    ),
    "a form without one": called("Word = str", "password: str = Form()", "password"),
    "a base class's field": called("class Base(BaseModel):\n    password: str\n\nclass New(Base):\n    name: str"),
}
LONG["a secret text"] = called(
    "class New(BaseModel):\n    password: SecretStr", given="new.password.get_secret_value()"
)
SHORT = {
    "a secret text with a limit": called(
        "class New(BaseModel):\n    password: SecretStr = Field(max_length=64)", given="new.password.get_secret_value()"
    ),
    "a limit": called("class New(BaseModel):\n    password: str = Field(max_length=64)"),
    "a limit in the annotation": called("class New(BaseModel):\n    password: Annotated[str, Field(max_length=72)]"),
    "a type with a limit": called(
        "Word = Annotated[str, StringConstraints(max_length=64)]\n\nclass New(BaseModel):\n    password: Word"
    ),
    "a base class's limit": called(
        "class Base(BaseModel):\n    password: str = Field(max_length=40)\n\nclass New(Base):\n    name: str"
    ),
    "a form with a limit": called("Word = str", "password: str = Form(max_length=64)", "password"),
    "a form with a limit in the annotation": called(
        "Word = str", "password: Annotated[str, Form(max_length=64)]", "password"
    ).replace("from fastapi", "from typing import Annotated\n\nfrom fastapi", 1),
}


@pytest.mark.parametrize("way", LONG)
def test_a_helper_that_long_passwords_reach(way: str) -> None:
    assert_finds("SW507", LONG[way])


@pytest.mark.parametrize("way", SHORT)
def test_a_helper_that_only_short_passwords_reach(way: str) -> None:
    assert_silent("SW507", SHORT[way].replace("«", "").replace("»", ""))


def test_a_context_that_other_modules_use() -> None:
    use = "#- users.py\nfrom security import pwd\n\ndef make(password: str) -> str:\n    return pwd.hash(password)\n"
    assert_finds("SW507", versions(f"#- security.py\n{CONTEXT}{use}", "bcrypt==5.0.0"))
    plain = CONTEXT.replace("«", "").replace("»", "").replace("bcrypt", "argon2")
    assert_silent("SW507", versions(f"#- security.py\n{plain}{use}", "bcrypt==5.0.0"))
