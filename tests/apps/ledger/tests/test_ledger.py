import inspect

import pytest
from app import databases
from app.main import app
from fastapi.testclient import TestClient


async def dispose() -> None:
    """Each client has an event loop of its own, and connections belong to one."""
    for engine in vars(databases).values():
        done = engine.dispose() if "Engine" in type(engine).__name__ else None
        if inspect.isawaitable(done):
            await done


@pytest.fixture
def client():
    with TestClient(app) as client:
        client.post("/accounts/ada?balance=10")
        client.post("/accounts/bob")
        yield client
        client.portal.call(dispose)


def test_accounts(client: TestClient) -> None:
    assert client.get("/accounts/ada").json() == {"balance": 10}
    assert client.get("/accounts/cyd").status_code == 404


def test_transfers(client: TestClient) -> None:
    assert client.post("/transfers?source=ada&target=bob&amount=4").json() == {"total": 10}
    assert client.post("/transfers?source=ada&target=bob&amount=7").status_code == 409
    assert client.get("/accounts/ada").json() == {"balance": 6}
    assert client.get("/accounts/bob").json() == {"balance": 4}


def test_the_audit_trail(client: TestClient) -> None:
    client.post("/transfers?source=ada&target=bob&amount=4")
    assert client.get("/events?count=2").json() == {"count": 3, "latest": ["ada -> bob", "opened bob"]}


def test_health(client: TestClient) -> None:
    assert client.get("/health").json() == {"session": True, "database": True}
