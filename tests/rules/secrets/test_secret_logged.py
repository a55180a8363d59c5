"""Secrets on their way into logs, outputs and exceptions."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
from pathlib import Path

import pytest

from seawall.engine.fix import apply
from support.marked import Folder, assert_finds, assert_fixes, assert_silent

CODE = "SW207"
LOG = "import logging\n\nlogger = logging.getLogger(__name__)\n\n"


@pytest.mark.parametrize(
    "text",
    [
        LOG + "def f(password):\n    logger.info(f'signing in with {«password»}')",
        LOG + "def f(password: str):\n    logger.warning('wrong password %s', «password»)",
        LOG + "def f(password):\n    logger.debug('with %s' % «password»)",
        LOG + "def f(user, password):\n    logger.debug('%s with %s' % (user, «password»))",
        LOG + "def f(password):\n    logger.error('with {}'.format(«password»))",
        LOG + "def f(password):\n    logger.error('with ' + «password»)",
        LOG + "def f(password):\n    logger.info('sign-in', extra={'password': «password»})",
        LOG + "def f(data):\n    logger.exception('failed: %s', «data['password']»)",
        LOG + "def f(data):\n    logger.info(data.get('name'), «data.get('client_secret')»)",
        LOG + "def f(user, db_password):\n    logger.log(logging.INFO, repr(«db_password»))",
        LOG + "def f(user):\n    user.log(); logger.info('%s', «user.api_key».strip())",
        LOG + "def f(settings):\n    logger.info('key %s', «settings.secret_key.get_secret_value()»)",
        LOG + "import os\ndef f():\n    logger.info('key %s', «os.getenv('API_KEY')»)",
        LOG + "import jwt\n\ndef f(user):\n    token = jwt.encode({}, KEY)\n    logger.info('made %s', «token»)",
        LOG + "def f(user):\n    token = create_access_token(user)\n    logger.info('made %s', «token»)",
        LOG + "def f(user):\n    logger.info('mailed %s', «user.reset_token»)",
        LOG + "from fastapi import Depends\nfrom fastapi.security import OAuth2PasswordBearer\n\n"
        "scheme = OAuth2PasswordBearer('login')\n\nasync def user(token: str = Depends(scheme)):\n    logger.info('by %s', «token»)",
        LOG + "def f(request):\n    logger.info('by %s', «request.headers['Authorization']»)",
        "import logging\n\ndef f(access_token):\n    logging.info('token %s', «access_token»)",
        "import logging\n\nclass A:\n    def __init__(self):\n        self.log = logging.getLogger('x')\n\n"
        "    def f(self, password):\n        self.log.info(«password» or 'none')",
        "import structlog\n\nlog = structlog.get_logger()\n\ndef f(password):\n    log.info('sign-in', password=«password»)",
        "import structlog\n\nlog = structlog.get_logger()\n\ndef f(access_token):\n    log.bind(token=«access_token»).info('x')",
        "from structlog.contextvars import bind_contextvars\n\ndef f(api_key):\n    bind_contextvars(key=«api_key»)",
        "from loguru import logger\n\ndef f(password):\n    logger.success('with {}', «password»)",
        "def f(password):\n    print('password:', «password»)",
        "def announce(token: str):\n    print(f'sending reset token {«token»}')",
        LOG + "def announce(token):\n    logger.info('new api token: %s', «token»)",
        "def f(password):\n    raise ValueError(f'wrong password {«password»!r}')",
        "from fastapi import HTTPException\n\ndef f(access_token):\n"
        "    raise HTTPException(401, detail='bad token %s' % «access_token»)",
    ],
)
def test_a_secret_is_shown(text: str) -> None:
    assert_finds(CODE, f"#- app/auth.py\n{text}\n")


@pytest.mark.parametrize(
    "text",
    [
        """
        #- schemas.py
        from pydantic import BaseModel

        class Login(BaseModel):
            name: str
            password: str
        #- main.py
        import logging

        from fastapi import FastAPI

        from schemas import Login

        app = FastAPI()

        @app.post("/login")
        def login(body: Login):
            logging.info("login %s", «body»)
            logging.info(f"login {«body.model_dump()»}")
            logging.info("login", extra=«body.dict()»)
            logging.info("as %s", «body.password»)
        """,
        """
        #- config.py
        from pydantic_settings import BaseSettings

        class Settings(BaseSettings):
            secret_key: str = ""

        settings = Settings()
        #- main.py
        from loguru import logger

        from config import settings

        logger.info("starting with {}", «settings»)
        """,
        """
        #- loggers.py
        import logging

        def get_logger(name: str) -> logging.Logger:
            return logging.getLogger(name)
        #- main.py
        from loggers import get_logger

        log = get_logger("x")

        def f(password: str | None):
            log.info("with %s", «password»)
        """,
        """
        #- main.py
        import logging

        from fastapi import FastAPI, Request

        app = FastAPI()

        @app.middleware("http")
        async def seen(request: Request, call_next):
            logging.info("headers %s", dict(«request.headers»))
            return await call_next(request)
        """,
        """
        #- accounts.py
        from dataclasses import dataclass

        @dataclass
        class Account:
            name: str
            password: str
        #- main.py
        import logging

        from accounts import Account

        def f(account: Account):
            logging.info("account %s", «account»)
        """,
        """
        #- main.py
        from typing import Annotated

        import structlog
        from fastapi import Depends
        from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

        log = structlog.get_logger()

        def me(given: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]):
            log.info("me", given=«given.credentials»)
        """,
    ],
)
def test_types_tell(text: str) -> None:
    assert_finds(CODE, text)


@pytest.mark.parametrize(
    "text",
    [
        LOG + "def f(password):\n    logger.info('with %s', len(password))",
        LOG + "def f(password):\n    logger.info('set: %s', bool(password))",
        LOG + "def f(password):\n    logger.info('missing: %s', password is None)",
        LOG + "def f(password):\n    logger.info('same: %s', password == other)",
        LOG + "def f(api_key):\n    logger.info('key %s...', api_key[:4])",
        LOG + "def f(api_key):\n    logger.info('key %s', mask(api_key))",
        LOG + "def f(api_key):\n    api_key = redact(api_key)\n    logger.info('key %s', api_key)",
        LOG + "def f(api_key):\n    api_key = f'{api_key[:3]}***'\n    logger.info('key %s', api_key)",
        LOG + "import hashlib\n\ndef f(password):\n    logger.info(hashlib.sha256(password.encode()).hexdigest())",
        LOG + "def f(password_hash, hashed_password):\n    logger.info('%s %s', password_hash, hashed_password)",
        LOG + "from pydantic import SecretStr\n\ndef f(password: SecretStr):\n    logger.info('with %s', password)",
        LOG + "def f(password: bool):\n    logger.info('with %s', password)",
        LOG + "def f(page_token, next_token):\n    logger.info('%s %s', page_token, next_token)",
        LOG + "def f(token):\n    logger.info('lexed %s', token)",
        LOG + "def f(token):\n    logger.info('reset at token %s', token)",
        LOG + "def f(token):\n    logger.info('sending a reset token of %s characters', len(token))",
        LOG + "def f(reset_token_url, has_reset_token):\n    logger.info('%s %s', reset_token_url, has_reset_token)",
        LOG
        + "from fastapi import Depends\n\ndef next_page(): ...\n\nasync def user(token: str = Depends(next_page)):\n"
        "    logger.info('by %s', token)",
        LOG + "def f(secret):\n    logger.info('found %s', secret.name)",
        LOG + "def f(secret):\n    logger.info('found %s', secret)",
        LOG + "def f(password):\n    logger.info('the password is wrong')\n    check(password)",
        LOG + "def f(api_key):\n    logger.info('used by %s', api_key.owner)",
        LOG + "def f(api_key_id, secret_name):\n    logger.info('%s %s', api_key_id, secret_name)",
        LOG + "def f(pwd):\n    logger.info('in %s', pwd)",
        LOG + "def f(password):\n    logger.info('x', exc_info=password)",
        LOG + "PASSWORD = 'password'\n\ndef f():\n    logger.info('field %s', PASSWORD)",
        LOG + "def f(max_tokens, tokens):\n    logger.info('%s %s', max_tokens, tokens)",
        "def f(password, logger):\n    store.info('x', password)",
        "def f(password):\n    raise WrongPassword(password)",
        "def f(password):\n    raise ValueError('wrong password')",
        "def f(password):\n    raise ValueError(f'{len(password)} characters are too few')",
        "if __name__ == '__main__':\n    print(password)",
        "#- scripts/new_key.py\napi_key = make()\nprint(api_key)",
        "#- app/management/commands/key.py\ndef f(api_key):\n    print(api_key)",
        "import typer\n\ncli = typer.Typer()\n\n@cli.command()\ndef f(password):\n    print(password)",
        "#- tests/test_x.py\ndef test(password):\n    print(password)",
    ],
)
def test_what_shows_nothing(text: str) -> None:
    assert_silent(CODE, text + "\n" if text.startswith("#-") else f"#- app/auth.py\n{text}\n")


@pytest.mark.parametrize(
    "text",
    [
        """
        #- schemas.py
        from pydantic import BaseModel, Field, SecretStr

        class Login(BaseModel):
            name: str
            password: SecretStr
            api_key: str = Field(repr=False)
        #- main.py
        import logging

        from schemas import Login

        def login(body: Login):
            logging.info("login %s by %s with %s", body, body.name, body.password)
        """,
        """
        #- schemas.py
        from pydantic import BaseModel

        class Login(BaseModel):
            password: str

            def __repr__(self) -> str:
                return "Login"
        #- main.py
        import logging

        from schemas import Login

        def login(body: Login):
            logging.info("login %r", body)
        """,
        """
        #- schemas.py
        from pydantic import BaseModel

        class Login(BaseModel):
            name: str
            password: str
        #- main.py
        import logging

        from schemas import Login

        def login(body: Login):
            logging.info("login %s", body.model_dump(exclude={"password"}))
            logging.info("login %s", body.model_dump(include={"name"}))
        """,
        """
        #- models.py
        from sqlalchemy.orm import DeclarativeBase, Mapped

        class Base(DeclarativeBase): ...

        class User(Base):
            password: Mapped[str]
        #- main.py
        import logging

        from models import User

        def login(user: User):
            logging.info("login %s", user)
        """,
        """
        #- own.py
        class Log:
            def info(self, *values): ...

        log = Log()
        #- main.py
        from own import log

        def login(password):
            log.info("with", password)
        """,
    ],
)
def test_types_and_loggers_that_show_nothing(text: str) -> None:
    assert_silent(CODE, text)


def test_each_is_masked_in_its_own_way() -> None:
    assert_fixes(
        CODE,
        """
        #- schemas.py
        from pydantic import BaseModel, SecretStr

        class Login(BaseModel):
            name: str
            password: str
            pin: SecretStr
        #- main.py
        import logging

        import structlog

        from schemas import Login

        log = structlog.get_logger()

        def login(body: Login, api_key: str):
            logging.info("login %s", «body»)  # who
            logging.info(f"login {«body.model_dump()»} {body.name}")
            logging.info(f"login {«body.password»!r:>20} {body.name}")
            logging.info(f"login {'with ' + «api_key»}")
            logging.info("login %s, %s", body.name, «body.pin.get_secret_value()»)
            log.info("login", name=body.name, key=«api_key»)
        """,
        """
        #- main.py
        import logging

        import structlog

        from schemas import Login

        log = structlog.get_logger()

        def login(body: Login, api_key: str):
            logging.info("login %s", body.model_dump(exclude={"password"}))  # who
            logging.info(f"login {body.model_dump(exclude={'password'})} {body.name}")
            logging.info(f"login *** {body.name}")
            logging.info(f"login {'with ' + '***'}")
            logging.info("login %s, %s", body.name, body.pin)
            log.info("login", name=body.name, key="***")
        """,
    )


def test_the_mended_code_shows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "harness-4e1f-whisker-77c0"
    source = f'''
import logging
import sys

from pydantic import BaseModel, SecretStr

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s", force=True)


class Login(BaseModel):
    password: str
    key: SecretStr


def login(body: Login, password: str) -> None:
    logging.info("1 %s", body)
    logging.info(f"2 {{password}} {{body.model_dump()}}")
    logging.info("3 {{}}".format(body.key.get_secret_value()))
    print("4", password.encode(), body.password)
    try:
        raise ValueError(f"5 {{password}}")
    except ValueError:
        logging.exception("failed")


def run():
    login(Login(password="{secret}", key="{secret}"), "{secret}")
'''
    folder = Folder({"shows_secrets.py": source}, tmp_path)

    def output() -> str:
        monkeypatch.syspath_prepend(str(tmp_path))
        sys.modules.pop("shows_secrets", None)
        captured = io.StringIO()
        with contextlib.redirect_stdout(captured):
            __import__("shows_secrets").run()
        logging.getLogger().handlers.clear()
        return captured.getvalue()

    assert output().count(secret) > 5
    path = tmp_path / "shows_secrets.py"
    while found := folder.findings(CODE):
        path.write_text(apply(folder.workspace, found[0].finding.fixes[0].make())[path])
        folder.workspace.changed(path)
    shown = output().replace(f'"{secret}"', "")
    assert secret not in shown
    assert all(f"{number} " in shown for number in range(1, 6))


HEADER = (
    LOG
    + "from fastapi import Request\n\nasync def f(request: Request):\n    token = {}\n    logger.info('by %s', {})\n"
)


@pytest.mark.parametrize(
    "value",
    [
        "request.headers.get('authorization', '').removeprefix('Bearer ')",
        "request.headers['Authorization'].strip()",
        "request.headers.get('X-Auth-Token')",
    ],
)
def test_what_a_client_shows_in_a_header(value: str) -> None:
    assert_finds(CODE, HEADER.format(value, "«token»"))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("request.headers.get('authorization', '')", "len(token)"),
        ("request.headers.get('x-continuation', '')", "token"),
        ("request.cookies.get('authorization-hint', '')", "token"),
        ("request.headers.get('authorization', '').partition(' ')[0]", "token"),
    ],
)
def test_what_a_header_holds_besides(value: str, said: str) -> None:
    assert_silent(CODE, HEADER.format(value, said))
