import os
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from httpx import ASGITransport, AsyncClient
from sqlalchemy.engine import make_url

ROOT = Path(__file__).parent.parent
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}

url = make_url(os.environ.get("DATABASE_URL", "sqlite:///./test.db"))
os.environ["DATABASE_URL"] = url.set(drivername=DRIVERS[url.get_backend_name()]).render_as_string(hide_password=False)
os.environ.setdefault("JWT_SECRET", secrets.token_urlsafe(32))

from app.database import engine  # noqa: E402
from app.main import app  # noqa: E402
from app.models import Base  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def migrations() -> Iterator[Config]:
    config = Config(ROOT / "alembic.ini")
    command.upgrade(config, "head")
    command.check(config)
    yield config
    command.downgrade(config, "base")


@pytest.fixture(autouse=True)
async def empty_tables(migrations: Config) -> None:
    async with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            await connection.execute(table.delete())


@pytest.fixture(scope="session", autouse=True)
async def dispose(migrations: Config) -> AsyncIterator[None]:
    yield
    await engine.dispose()


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://hall") as client:
        yield client


@pytest.fixture
def account() -> dict[str, str]:
    return {"email": "clara@harbourhall.example", "password": secrets.token_urlsafe(16)}


@pytest.fixture
async def signed_in(client: AsyncClient, account: dict[str, str]) -> AsyncClient:
    assert (await client.post("/accounts/register", json=account)).status_code == 201
    form = {"username": account["email"], "password": account["password"]}
    response = await client.post("/accounts/token", data=form)
    client.headers["Authorization"] = f"Bearer {response.json()['access_token']}"
    return client
