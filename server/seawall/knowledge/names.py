"""Names of library classes: under which other names they are found, what they derive from, what makes them."""

from __future__ import annotations

from functools import lru_cache

# Module prefixes under which the same thing is also importable -> the public one. The longest prefix wins.
PREFIXES = {
    "sqlalchemy.orm.session": "sqlalchemy.orm",
    "sqlalchemy.orm.scoping": "sqlalchemy.orm",
    "sqlalchemy.orm.query": "sqlalchemy.orm",
    "sqlalchemy.orm.decl_api": "sqlalchemy.orm",
    "sqlalchemy.ext.declarative": "sqlalchemy.orm",
    "sqlalchemy.ext.asyncio.session": "sqlalchemy.ext.asyncio",
    "sqlalchemy.ext.asyncio.engine": "sqlalchemy.ext.asyncio",
    "sqlalchemy.ext.asyncio.scoping": "sqlalchemy.ext.asyncio",
    "sqlalchemy.engine": "sqlalchemy",
    "sqlalchemy.engine.base": "sqlalchemy",
    "sqlalchemy.engine.create": "sqlalchemy",
    "sqlalchemy.engine.result": "sqlalchemy",
    "sqlalchemy.future": "sqlalchemy",
    "sqlalchemy.sql": "sqlalchemy",
    "sqlalchemy.sql.expression": "sqlalchemy",
    "sqlalchemy.sql.schema": "sqlalchemy",
    "sqlalchemy.sql.elements": "sqlalchemy",
    "sqlalchemy.schema": "sqlalchemy",
    "sqlalchemy.types": "sqlalchemy",
    "sqlmodel.main": "sqlmodel",
    "sqlmodel.orm.session": "sqlmodel",
    "sqlmodel.sql.expression": "sqlmodel",
    "fastapi.applications": "fastapi",
    "fastapi.routing": "fastapi",
    "fastapi.param_functions": "fastapi",
    "fastapi.params": "fastapi",
    "fastapi.requests": "starlette.requests",
    "fastapi.responses": "starlette.responses",
    "fastapi.websockets": "starlette.websockets",
    "fastapi.concurrency": "starlette.concurrency",
    "fastapi.background": "starlette.background",
    "fastapi.security.oauth2": "fastapi.security",
    "fastapi.security.http": "fastapi.security",
    "fastapi.security.api_key": "fastapi.security",
    "fastapi.security.open_id_connect_url": "fastapi.security",
    "fastapi.middleware.cors": "starlette.middleware.cors",
    "fastapi.middleware.trustedhost": "starlette.middleware.trustedhost",
    "fastapi.testclient": "starlette.testclient",
    "pydantic.main": "pydantic",
    "pydantic.types": "pydantic",
    "pydantic.fields": "pydantic",
    "pydantic_settings.main": "pydantic_settings",
    "requests.api": "requests",
    "requests.sessions": "requests",
    "httpx._client": "httpx",
    "httpx._api": "httpx",
    "psycopg.connection": "psycopg",
    "psycopg.connection_async": "psycopg",
    "asyncpg.connection": "asyncpg",
    "asyncpg.pool": "asyncpg",
    "redis.client": "redis",
    "redis.asyncio.client": "redis.asyncio",
    "pymongo.mongo_client": "pymongo",
    "collections.abc": "typing",
    "django.db.models.base": "django.db.models",
    "django.db.models.manager": "django.db.models",
    "django.db.models.query": "django.db.models",
    "django.contrib.gis.db.models": "django.db.models",
    "asyncio.tasks": "asyncio",
    "asyncio.events": "asyncio",
}

# Single names that are the same thing as another.
ALIASES = {
    "fastapi.Request": "starlette.requests.Request",
    "fastapi.WebSocket": "starlette.websockets.WebSocket",
    "fastapi.Response": "starlette.responses.Response",
    "fastapi.BackgroundTasks": "starlette.background.BackgroundTasks",
    "sqlmodel.text": "sqlalchemy.text",
    "sqlmodel.create_engine": "sqlalchemy.create_engine",
    "sqlmodel.func": "sqlalchemy.func",
    "sqlmodel.ext.asyncio.session.AsyncSession": "sqlmodel.ext.asyncio.session.AsyncSession",
    "subprocess.run": "subprocess.run",
    "psycopg.AsyncConnection.connect": "psycopg.AsyncConnection.connect",
    "typing.List": "builtins.list",
    "typing.Dict": "builtins.dict",
    "typing.Set": "builtins.set",
    "typing.Tuple": "builtins.tuple",
    "typing.Type": "builtins.type",
    "contextlib.AbstractContextManager": "contextlib.AbstractContextManager",
    "redis.StrictRedis": "redis.Redis",
    "redis.asyncio.StrictRedis": "redis.asyncio.Redis",
    "io.open": "builtins.open",
    "posix.system": "os.system",
    "databases.core.Database": "databases.Database",
}

# Library class -> its library bases, as far as checks care.
BASES: dict[str, tuple[str, ...]] = {
    "sqlmodel.Session": ("sqlalchemy.orm.Session",),
    "sqlmodel.ext.asyncio.session.AsyncSession": ("sqlalchemy.ext.asyncio.AsyncSession",),
    "sqlmodel.SQLModel": ("pydantic.BaseModel",),
    "flask_sqlalchemy.session.Session": ("sqlalchemy.orm.Session",),
    "pydantic_settings.BaseSettings": ("pydantic.BaseModel",),
    "pydantic.RootModel": ("pydantic.BaseModel",),
    "fastapi.security.OAuth2PasswordRequestForm": ("builtins.object",),
    "psycopg2.extensions.connection": (),
    "django.db.models.Model": (),
    "django.contrib.auth.base_user.AbstractBaseUser": ("django.db.models.Model",),
    "django.contrib.auth.models.AbstractBaseUser": ("django.db.models.Model",),
    "django.contrib.auth.models.AbstractUser": ("django.db.models.Model",),
    "django.contrib.auth.models.User": ("django.contrib.auth.models.AbstractUser",),
    "django.contrib.auth.models.Group": ("django.db.models.Model",),
    "django.contrib.auth.models.Permission": ("django.db.models.Model",),
    "django.contrib.auth.models.BaseUserManager": ("django.db.models.Manager",),
    "django.contrib.auth.base_user.BaseUserManager": ("django.db.models.Manager",),
    "django.contrib.auth.models.UserManager": ("django.db.models.Manager",),
    "django.contrib.contenttypes.models.ContentType": ("django.db.models.Model",),
    "django.contrib.sessions.models.Session": ("django.db.models.Model",),
    "django.contrib.sites.models.Site": ("django.db.models.Model",),
    # On an instance the field is the manager of the other side.
    "django.db.models.ManyToManyField": ("django.db.models.RelatedManager",),
    "django.db.models.RelatedManager": ("django.db.models.Manager",),
    "django.db.models.PrefetchedQuerySet": ("django.db.models.QuerySet",),
    "requests.Session": (),
    "fastapi.UploadFile": ("starlette.datastructures.UploadFile",),
    "smtplib.SMTP_SSL": ("smtplib.SMTP",),
    "fastapi.FastAPI": ("starlette.applications.Starlette",),
    "fastapi.APIRouter": ("starlette.routing.Router",),
}

# Calling these makes an instance of a base class: `Base = declarative_base()`.
CLASS_FACTORIES = {
    "sqlalchemy.orm.declarative_base()": "sqlalchemy.orm.DeclarativeBase",
}

# Factories of sessions -> the class they make unless told otherwise.
SESSION_FACTORIES = {
    "sqlalchemy.orm.sessionmaker": "sqlalchemy.orm.Session",
    "sqlalchemy.orm.scoped_session": "sqlalchemy.orm.Session",
    "sqlalchemy.ext.asyncio.async_sessionmaker": "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.ext.asyncio.async_scoped_session": "sqlalchemy.ext.asyncio.AsyncSession",
}

# ... and those among them whose first argument is another factory.
FACTORY_TAKES_FACTORY = {
    "sqlalchemy.orm.scoped_session": True,
    "sqlalchemy.ext.asyncio.async_scoped_session": True,
}

CONTAINERS = frozenset({
    "builtins.list", "builtins.set", "builtins.tuple", "builtins.frozenset", "typing.Sequence", "typing.Collection",
    "sqlalchemy.ScalarResult", "sqlalchemy.ext.asyncio.AsyncScalarResult", "sqlalchemy.orm.Query",
    "django.db.models.QuerySet", "django.db.models.PrefetchedQuerySet",
})  # fmt: skip

DJANGO_MODEL = "django.db.models.Model"
MANAGERS = ("django.db.models.Manager", "django.db.models.QuerySet")
QUERIES = ("sqlalchemy.Select", *MANAGERS)
"""What selects one kind of object: its first type argument."""


@lru_cache(maxsize=20_000)
def canonical(name: str) -> str:
    """The one public name of a library's thing."""
    if name in ALIASES:
        return ALIASES[name]
    head, _, last = name.rpartition(".")
    tail = last
    while head:
        public = PREFIXES.get(head)
        if public is not None:
            return canonical(f"{public}.{tail}")
        head, _, last = head.rpartition(".")
        tail = f"{last}.{tail}"
    return name


def bases(cls: str) -> tuple[str, ...]:
    """The known library bases of a library class."""
    return BASES.get(cls, ())


def generic(name: str) -> str:
    """The class that a subscripted alias builds: `typing.List` -> `builtins.list`."""
    return ALIASES.get(name, name)


def is_known(name: str) -> bool:
    """Whether the tables know the name at all: what a star import of a library may be trusted to bring."""
    from seawall.knowledge import results

    return name in BASES or name in SESSION_FACTORIES or name in ALIASES.values() or results.result(name) is not None
