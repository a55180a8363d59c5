"""What is a secret in the code, and what only looks like one."""

from __future__ import annotations

import pytest

from support.marked import assert_finds, assert_silent

CODE = "SW201"


@pytest.mark.parametrize(
    "text",
    [
        'SECRET_KEY = «"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"»',
        'SECRET_KEY = «"super-secret-key"»',
        'SECRET_KEY = «"mysecretkey"»',
        'JWT_SECRET: str = «"harness-4e1f-whisker-77c0b2d9a6"»',
        'jwtSecretKey = «"harness-4e1f-whisker-77c0b2d9a6"»',
        'apiKey = «"plb_notify_7Qm2xV9tRk4LsW8dZc31"»',
        'DB_PASSWORD = «"hunter2!"»',
        'DB_PASSWORD = «"hunter22"»',
        'db_password = «"Tr0ub4dor&3"»',
        'smtp_pass = «"wick-and-wax-2291"»',
        'GITHUB_TOKEN = «"ghp_7Qm2xV9tRk4LsW8dZc31aB5nD8fG1hJ2kL3z"»',
        'AWS_SECRET_ACCESS_KEY = «"wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzMPLEKEY9"»',
        'user, password = "root", «"rootroot1"»',
        'SIGNING_KEY = «b"harness-4e1f-whisker-77c0b2d9a6"»',
        'config["SECRET_KEY"] = «"harness-4e1f-whisker-77c0"»',
        'import os\nos.environ["API_KEY"] = «"plb_notify_7Qm2xV9tRk4"»',
        'OPTIONS = {"client_secret": «"harness-4e1f-whisker-77c0"»}',
        'HEADERS = {"X-Api-Key": «"plb_notify_7Qm2xV9tRk4LsW8dZc31"»}',
        'HEADERS = {"Authorization": «"Bearer plb_notify_7Qm2xV9tRk4LsW8dZc31"»}',
        'client = connect("db.internal", password=«"hunter22"»)',
        'client = connect("db.internal", auth=("shop", «"hunter22"»))',
        'def connect(host, password=«"hunter22"»): ...',
        'def connect(host, *, api_key: str = «"plb_notify_7Qm2xV9tRk4"»): ...',
        'class Client:\n    api_key = «"plb_notify_7Qm2xV9tRk4"»',
        'class Client:\n    def __init__(self):\n        self.api_key = «"plb_notify_7Qm2xV9tRk4"»',
        'def is_admin(token):\n    return token == «"plb_notify_7Qm2xV9tRk4LsW8dZc31"»',
        'def get_api_key():\n    return «"plb_notify_7Qm2xV9tRk4LsW8dZc31"»',
        'SECRET_KEY = «"harness-4e1f-whisker-77c0"» if DEBUG else load()',
        'SECRET_KEY = «"harness-4e1f-whisker-77c0"».encode()',
        'from pydantic import SecretStr\nAPI_KEY = SecretStr(«"plb_notify_7Qm2xV9tRk4"»)',
        'app.config.update(SECRET_KEY=«"super-secret-key"»)',
        'if (secret_key := «"harness-4e1f-whisker-77c0"»):\n    pass',
        'SECRET_KEY_FALLBACKS = [«"ex-libris-4f07-Parchment-1"», "changeme"]',
        'PARTNER_KEYS = {"north": «"nk_51bd9a7f03ce48"», "east": ""}',
        'API_KEYS = {«"plb_notify_7Qm2xV9tRk4LsW8dZc31"»}',
        'CARD_KEY = «"vellum:6b0c-Bind-1f"»',
        'def is_greenhouse(password):\n    return password == «"Hothouse-4-Pane!"»',
    ],
)
def test_a_literal_reaches_what_holds_a_secret(text: str) -> None:
    assert_finds(CODE, text + "\n")


@pytest.mark.parametrize(
    "text",
    [
        'import jwt\njwt.encode({}, «"secret"», algorithm="HS256")',
        'import jwt\njwt.decode(token, key=«"secret"», algorithms=["HS256"])',
        'from jose import jwt as jose_jwt\njose_jwt.encode({}, «"secret"»)',
        'import hmac\nhmac.new(«b"harbour"», b"message", "sha256")',
        'from cryptography.fernet import Fernet\nFernet(«b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="»)',
        'import psycopg2\npsycopg2.connect(host="db", password=«"postgres"»)',
        "from fastapi import FastAPI\nfrom starlette.middleware.sessions import SessionMiddleware\n"
        'app = FastAPI()\napp.add_middleware(SessionMiddleware, secret_key=«"harbour"»)',
        'from itsdangerous import URLSafeTimedSerializer as Serializer\nSerializer(«"harbour"»)',
        'import smtplib\nsmtplib.SMTP("mail").login("shop", «"harbour"»)',
    ],
)
def test_a_library_takes_the_literal_as_its_key(text: str) -> None:
    assert_finds(CODE, text + "\n")


def test_the_parameters_name_says_it_in_another_module() -> None:
    assert_finds(
        CODE,
        """
        #- app/db.py
        class Pool:
            def __init__(self, host: str, password: str) -> None: ...
            def login(self, user: str, password: str) -> None: ...

        def connect(host: str, password: str) -> Pool: ...
        #- app/__init__.py
        from app.db import connect as open_database
        #- app/main.py
        from app import open_database
        from app.db import Pool

        open_database("db.internal", «"hunter22"»)
        Pool("db.internal", «"hunter23"»).login("shop", «"hunter24"»)
        """,
    )


@pytest.mark.parametrize(
    "text",
    [
        'SECRET_KEY = ""',
        "SECRET_KEY = None",
        'SECRET_KEY = "changeme"',
        'SECRET_KEY = "change-me-in-production"',
        'SECRET_KEY = "<your-secret-key>"',
        'SECRET_KEY = "your-secret-key-here"',
        'API_KEY = "YOUR_API_KEY"',
        'API_KEY = "xxxxxxxxxxxxxxxx"',
        'API_KEY = "sk-xxxxxxxxxxxxxxxx"',
        'PASSWORD = "********"',
        'SECRET_KEY = "${SECRET_KEY}"',
        'SECRET_KEY = "{{ vault_secret_key }}"',
        'SECRET_KEY = "%(SECRET_KEY)s"',
        'SECRET_KEY = "{secret}-{number}"',
        'SECRET_KEY = "replace-this-1234"',
        'token_type = "bearer"',
        'response = {"access_token": token, "token_type": "bearer"}',
        'next_page_token = "CAUQAA1234567890abcd"',
        'NEXT_TOKEN = "eyJwYWdlIjoyLCJ4IjoxfQ12"',
        'pad_token = "<pad>"',
        'eos_token = "</s>_1234567890abcdef99"',
        'SECRET_KEY_ENV = "APP_SECRET_KEY"',
        'SECRET_KEY = "APP_SECRET_KEY_2"',
        'API_KEY = "X-Api-Key"',
        'API_KEY_HEADER = "X-Harbour-Key-2024"',
        'PASSWORD_FILE = "/run/secrets/db_password"',
        'DB_PASSWORD = "/run/secrets/db_password_1"',
        'private_key = "keys/private_2024.pem"',
        'PASSWORD_REGEX = r"^(?=.*[0-9])[A-Za-z0-9]{8,}$"',
        'password = r"[A-Z]\\d+x1"',
        'password = "Password must have 8 characters"',
        'messages = {"password": "Mot de passe 2 fois"}',
        'labels = {"password": "Passwort1"}',
        'FIELDS = {"password": "password", "token": "auth_token"}',
        'PASSWORD = "password"',
        'TOKEN = "token"',
        'CLIENT_SECRET = "client_secret"',
        'ACCESS_TOKEN = "access-token"',
        'RESET_PASSWORD = "reset-password-2"',
        'password = "password2"',
        'password_hash = "pbkdf2_sha256"',
        'hashed_password = "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW"',
        'password = "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW"',
        'secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-7Qm2xV"',
        'secret = "projects/123456/secrets/db-password/versions/7"',
        'token_url = "https://auth.harbour.example/oauth2/token"',
        'token = "https://auth.harbour.example/oauth2/token"',
        'token_algorithm = "HS256"',
        'secret = "sha256"',
        'credentials = "include"',
        'SECRET_KEY = "permission-denied"',
        'METRICS_WRITE_KEY = "1kQ7TxJ0SmaZNRp8U1uORp"',  # which browsers send along
        '#- app/demos/client.py\nSECRET_KEY = "plb_notify_7Qm2xV9tRk4LsW8dZc31"',
        '#- tools/example_client.py\nSECRET_KEY = "plb_notify_7Qm2xV9tRk4LsW8dZc31"',
        'user, password = "guest", "guest"',  # which brokers take from their own machine alone
        'if __name__ == "__main__":\n    run(password="pass", api_key="hunter22")',
        'credentials = "same-origin"',
        'authorization = "Bearer"',
        'token = "app.security.tokens.create"',
        'password = "user@harbour.example"',
        'error = {"invalid_token": "E4010001"}',
        'INVALID_PASSWORD = "E4010001"',
        'public_key = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA"',
        'primary_key = "harbour1234567890abcd"',
        'cache_key = "user:1234567890:profile"',
        'foreign_key = "author1.id2"',
        'type = "password"',
        'fake_token = "plb_notify_7Qm2xV9tRk4LsW8dZc31"',
        'TOKEN = "IDENT"',
        'if token == "(":\n    pass',
        'if password == "":\n    pass',
        'if name == "secret_key":\n    pass',
        'import os\nSECRET_KEY = os.getenv("SECRET_KEY")',
        'import os\nSECRET_KEY = os.environ["SECRET_KEY"]',
        "SECRET_KEY = settings.secret_key.get_secret_value()",
        'password = input("Password (8 to 20): ")',
        'from getpass import getpass\npassword = getpass("Password 1: ")',
        'form.add("password", "password1")',
        'def login(username: str, password: str = "") -> None: ...',
        'from fastapi.security import OAuth2PasswordBearer\nscheme = OAuth2PasswordBearer(tokenUrl="api/v1/token")',
        'from fastapi.security import APIKeyHeader\nscheme = APIKeyHeader(name="X-Token-2024")',
        'print(f"password={password}")',
        'password = f"{first}-{second}"',
        '"""password = "hunter22" is no password."""',
    ],
)
def test_what_is_no_secret(text: str) -> None:
    assert_silent(CODE, text + "\n")


@pytest.mark.parametrize(
    "text",
    [
        'from enum import Enum\n\nclass Kind(str, Enum):\n    API_KEY = "harbour_7Qm2xV9tRk4Ls"',
        'from enum import StrEnum\n\nclass Kind(StrEnum):\n    PASSWORD = "kind-2-of-9x"',
        'from django.db import models\n\nclass Kind(models.TextChoices):\n    PASSWORD = "kind-2-of-9x", "Password"',
        "from pydantic import BaseModel, Field\n\nclass Login(BaseModel):\n"
        '    password: str = Field(examples=["hunter22"], description="hunter22")',
        "from pydantic import BaseModel\n\nclass Login(BaseModel):\n"
        '    model_config = {"json_schema_extra": {"example": {"password": "hunter22"}}}',
        "from pydantic import BaseModel\n\nclass Login(BaseModel):\n    class Config:\n"
        '        schema_extra = {"example": {"password": "hunter22"}}',
        "from fastapi import Body\n\ndef login(body=Body(openapi_examples={'one': {'value': {'password': 'hunter22'}}})): ...",
        'from pydantic import BaseModel, Field\n\nclass Login(BaseModel):\n    secret: str = Field(alias="clientSecret2")',
        "from typing import Literal\n\nsecret: Literal['plain1234', 'hash5678']",
    ],
)
def test_members_examples_and_aliases(text: str) -> None:
    assert_silent(CODE, text + "\n")


@pytest.mark.parametrize(
    "text",
    [
        # a key in the place of the user: the password may be anything
        'def call(api_key):\n    get("https://api.harbour.example", auth=(api_key, "NotThePassword1!"))',
        'class Api:\n    def call(self):\n        get("/x", auth=(self.token, "x-unused-99"))',
        # a text that only has to be there
        'import os\n\nos.environ["OIDC_CLIENT_SECRET"] = "openapi-client-secret"',
        'import os\n\nos.environ["SECRET_KEY"] = "build-time-secret"',
        # letters in their order
        'SECRET_KEY = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"',
        'SECRET_KEY = "0123456789abcdef0123456789abcdef"',
        # a prefix and a separator
        'TOKEN_PREFIX = "harbour_pat_v2_"',
        'def is_key(text):\n    return text.startswith("hk_live_2b")',
        # a name for what goes here
        'from dataclasses import dataclass, field\n\n@dataclass\nclass Mail:\n    client_secret: str = field(default="harbour_client_secret")',
        'from dataclasses import dataclass, field\n\n@dataclass\nclass Mail:\n    password: str = field(default="", repr=False)',
        # a key for development, which nobody gets past a guard with
        'if settings.SECRET_KEY == "changeme" and settings.env == "prod":\n    raise RuntimeError("set SECRET_KEY")',
        'if settings.SECRET_KEY == "development-secret" and settings.env == "prod":\n    raise RuntimeError',
        'DIGESTS = {"requests": "sha256:65079b006e85a7e798abecb99e47c15465079b006e85a7e798abecb99e47c154"}',
        'SORT_KEYS = ["created_at_20", "Name-Of-Boat-22"]',
        'REDIS_KEY = "Boats:V2:By-Port-17"',
        'ROW_KEYS = {"north": "north_2024_q1_totals"}',
        'FOREIGN_KEYS = ["boat1_port2_id3"]',
        'HEADER_KEY = "X-Harbour-Key-2024"',
        'JWT_KEYS = ["sub1", "audience-2"]',
        'def is_field(password):\n    return password == "password_confirmation_2"',
        'key = "Pedal-66-Crank-Hub"',
        'KEYS = ["Pedal-66-Crank-Hub"]',
        'data-testid = "x"\nids = {"password": "login-password-input"}',
        '_ = {"password.reset": "Setze dein Passwort zurück", "token": "Zeichen12"}',
    ],
)
def test_what_stands_where_a_secret_could(text: str) -> None:
    assert_silent(CODE, text + "\n")


def test_a_default_password_is_less_loud() -> None:
    [found] = assert_finds(CODE, 'class Users:\n    _DEFAULT_PASSWORD = «"MyPassword"»\n')
    assert found.finding.severity == "warning"


def test_files_for_tests_by_their_name() -> None:
    assert_silent(CODE, '#- shop/configuration_testing.py\nSECRET_KEY = "harness-4e1f-whisker-77c0"\n')


def test_an_enum_by_way_of_another_module() -> None:
    assert_silent(
        CODE,
        """
        #- base.py
        import enum

        class Named(enum.Enum):
            pass
        #- main.py
        from base import Named

        class Kind(Named):
            API_KEY = "harbour_7Qm2xV9tRk4Ls"
        """,
    )


@pytest.mark.parametrize(
    "path",
    [
        "tests/test_login.py",
        "app/tests/helpers.py",
        "conftest.py",
        "test_app.py",
        "docs/example.py",
        "app/fixtures/users.py",
    ],
)
def test_tests_and_documentation_protect_nothing(path: str) -> None:
    assert_silent(CODE, f'#- {path}\nPASSWORD = "hunter22"\nAPI_KEY = "plb_notify_7Qm2xV9tRk4"\n')


def test_defaults_are_another_rules() -> None:
    assert_silent(
        CODE,
        """
        import os
        from pydantic_settings import BaseSettings

        class Settings(BaseSettings):
            secret_key: str = "harness-4e1f-whisker-77c0"

        API_KEY = os.getenv("API_KEY", "plb_notify_7Qm2xV9tRk4")
        """,
    )


def test_half_typed_code_is_no_trouble() -> None:
    for text in (
        'SECRET_KEY = "',
        "SECRET_KEY = ",
        'jwt.encode(x, "',
        'f(password="hunter',
        "def f(password=",
        'x = {"password": ',
    ):
        from support.marked import Folder

        Folder({"main.py": text}).findings(CODE)


def test_a_trial_run_gives_away_what_is_real() -> None:
    assert_finds(CODE, 'if __name__ == "__main__":\n    run(api_key=«"plb_notify_7Qm2xV9tRk4LsW8dZc31"»)\n')
    assert_finds(CODE, 'if debug:\n    run(password=«"hunter22"»)\n')


KEY = "harness-4e1f-whisker-77c0"
SEVERAL = {
    "a parameter of another module's function": (
        f"#- mail.py\ndef connect(host, password): ...\n#- main.py\nfrom mail import connect\n\nconnect('mx', «'{KEY}'»)\n"
    ),
    "a parameter of another module's class": (
        f"#- api.py\nclass Client:\n    def __init__(self, url, api_key): ...\n#- main.py\nfrom api import Client\n\n"
        f"client = Client('https://x.example', «'{KEY}'»)\n"
    ),
    "a method that a base class has": (
        "#- base.py\nclass Base:\n    @classmethod\n    def login(cls, secret_key): ...\n#- main.py\nfrom base import Base\n\n"
        f"class Own(Base): ...\n\nOwn.login(«'{KEY}'»)\n"
    ),
    "a settings class that is none any more": (
        f"#- base.py\nclass BaseSettings: ...\n#- config.py\nfrom base import BaseSettings\n\nclass Settings(BaseSettings):\n    secret_key: str = «'{KEY}'»\n"
    ),
    "a key that another module signs with": (
        f"#- keys.py\nSIGNING_KEY = «'{KEY}'»\n#- tokens.py\nimport jwt\n\nfrom keys import SIGNING_KEY\n\n"
        "def issue(user):\n    return jwt.encode({'sub': user}, SIGNING_KEY)\n"
    ),
}
ELSEWHERE = {
    "a parameter of another module's function that is no secret": (
        f"#- mail.py\ndef connect(host, password_field): ...\n#- main.py\nfrom mail import connect\n\nconnect('mx', '{KEY}')\n"
    ),
    "a function that only checks": (
        "#- forms.py\ndef check_password(request, password): ...\n#- main.py\nfrom forms import check_password\n\ncheck_password(None, 'LongPassword')\n"
    ),
    "a value that comes from the settings": (
        "#- config.py\nfrom pydantic_settings import BaseSettings\n\nclass Settings(BaseSettings):\n    secret_key: str\n\nsettings = Settings()\n"
        "#- tokens.py\nfrom config import settings\n\nSECRET_KEY = settings.secret_key\n"
    ),
    "a default of the settings, which another rule tells of": (
        f"#- base.py\nfrom pydantic_settings import BaseSettings\n\nclass Base(BaseSettings): ...\n#- config.py\nfrom base import Base\n\n"
        f"class Settings(Base):\n    secret_key: str = '{KEY}'\n"
    ),
    "members of an enumeration of another module": (
        "#- kinds.py\nfrom enum import StrEnum\n\nclass Kind(StrEnum): ...\n#- events.py\nfrom kinds import Kind\n\n"
        "class Event(Kind):\n    RESET_PASSWORD = 'reset-password-2'\n    SECRET_KEY = 'secret-key-rotated-2'\n"
    ),
    "tests beside the code": f"#- app/keys.py\nX = 1\n#- tests/test_keys.py\nSECRET_KEY = '{KEY}'\n",
    "a parameter that nobody knows": f"#- mail.py\nfrom elsewhere import connect\n#- main.py\nfrom mail import connect\n\nconnect('mx', '{KEY}')\n",
}


@pytest.mark.parametrize("way", SEVERAL)
def test_over_several_files(way: str) -> None:
    assert_finds(CODE, SEVERAL[way])


@pytest.mark.parametrize("way", ELSEWHERE)
def test_what_other_files_say_is_no_secret(way: str) -> None:
    assert_silent(CODE, ELSEWHERE[way])
