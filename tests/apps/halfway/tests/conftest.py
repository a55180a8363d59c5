import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy.engine import make_url

ROOT = Path(__file__).parent.parent
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}

url = make_url(os.environ.get("DATABASE_URL", "sqlite:///./test.db"))
os.environ["DATABASE_URL"] = url.set(drivername=DRIVERS[url.get_backend_name()]).render_as_string(hide_password=False)

from app.database import engine  # noqa: E402
from app.main import app  # noqa: E402
from app.models import Base  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
async def tables() -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


@pytest.fixture(autouse=True)
async def empty_tables(tables: None) -> None:
    async with engine.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            await connection.execute(table.delete())


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://tides") as client:
        yield client


@pytest.fixture
async def harbour(client: AsyncClient) -> str:
    response = await client.post("/harbours", json={"name": "Whitby"})
    assert response.status_code == 201, response.text
    return f"/harbours/{response.json()['id']}"


@pytest.fixture
async def note(client: AsyncClient, harbour: str) -> str:
    response = await client.post(f"{harbour}/notes", json={"body": "High water at noon"})
    assert response.status_code == 201, response.text
    return f"/notes/{response.json()['id']}"
