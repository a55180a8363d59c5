import inspect

import pytest
from app import database
from app.main import app
from fastapi.testclient import TestClient


async def dispose() -> None:
    """Each client has an event loop of its own, and connections belong to one."""
    for engine in vars(database).values():
        done = engine.dispose() if "Engine" in type(engine).__name__ else None
        if inspect.isawaitable(done):
            await done


@pytest.fixture
def client():
    with TestClient(app) as client:
        for code in ("A1", "B2"):
            assert client.post(f"/shelves/{code}").json()["items"] == 0
        yield client
        client.portal.call(dispose)


def put(client: TestClient, shelf: str, name: str, count: int = 1):
    return client.post(f"/shelves/{shelf}/items", json={"name": name, "count": count})


def test_putting(client: TestClient) -> None:
    response = put(client, "A1", "nails", 5)
    assert response.status_code == 201, response.text
    assert response.json() == {"id": 1, "name": "nails", "count": 5, "moves": [{"change": 5}]}
    assert put(client, "A1", "nails").status_code == 409
    assert put(client, "Z9", "bolts").status_code == 404


def test_restocking(client: TestClient) -> None:
    put(client, "A1", "nails", 5)
    put(client, "B2", "bolts", 1)
    assert client.post("/shelves/A1/restock?amount=7").json() == {"changed": 1}
    assert client.get("/items/nails").json() == {
        "id": 1, "name": "nails", "count": 12, "moves": [{"change": 5}, {"change": 7}],
    }  # fmt: skip


def test_reading(client: TestClient) -> None:
    for name in ("nails", "bolts", "glue"):
        put(client, "A1", name, len(name))
    assert [item["name"] for item in client.get("/items?skip=1&limit=1").json()] == ["bolts"]
    assert client.get("/items/tape").status_code == 404
    assert client.get("/names").json() == ["bolts", "glue", "nails"]
    assert client.get("/names?least=5").json() == ["bolts", "nails"]


def test_report(client: TestClient) -> None:
    for name in ("nails", "bolts", "glue"):
        put(client, "A1", name, 2)
    assert client.get("/report").json() == {
        "lines": ["1,nails", "2,bolts", "3,glue"], "items": 3, "largest": 2, "fullest": "A1", "totals": {"A1": 6, "B2": 0},
    }  # fmt: skip


def test_removing(client: TestClient) -> None:
    put(client, "A1", "nails")
    assert client.delete("/shelves/1").json() == {"removed": True, "left": ["B2"]}
    assert client.delete("/shelves/1").json()["removed"] is False
    assert client.get("/items").json() == []


def test_clearing(client: TestClient) -> None:
    put(client, "A1", "nails")
    put(client, "B2", "bolts")
    assert client.delete("/items").json() == {"removed": 2}
    assert client.get("/report").json()["items"] == 0
