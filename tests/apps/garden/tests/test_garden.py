import inspect

import pytest
from app import db
from app.main import app
from fastapi.testclient import TestClient


async def dispose() -> None:
    """Each client has an event loop of its own, and connections belong to one."""
    for engine in vars(db).values():
        done = engine.dispose() if "Engine" in type(engine).__name__ else None
        if inspect.isawaitable(done):
            await done


@pytest.fixture
def client():
    with TestClient(app) as client:
        yield client
        client.portal.call(dispose)


def plant(client: TestClient, name: str, bed: str = "herbs") -> dict:
    response = client.post("/plants/", json={"name": name, "bed_name": bed, "planted": "2024-04-01"})
    assert response.status_code == 200, response.text
    return response.json()


def test_planting(client: TestClient) -> None:
    assert plant(client, "thyme") == {"id": 1, "name": "thyme", "planted": "2024-04-01", "notes": []}
    assert client.post("/plants/", json={"name": "fern", "bed_name": "shade"}).status_code == 404


def test_notes_come_later(client: TestClient) -> None:
    plant(client, "thyme")
    assert client.get("/plants/").json()[0]["notes"] == [{"text": "planted in herbs"}]


def test_pages(client: TestClient) -> None:
    for name in ("thyme", "sage", "mint"):
        plant(client, name)
    assert [one["name"] for one in client.get("/plants/?skip=1&limit=1").json()] == ["sage"]


def test_renaming(client: TestClient) -> None:
    plant(client, "thyme")
    changed = client.patch("/plants/1", json={"name": "lemon thyme"}).json()
    assert changed["name"] == "lemon thyme" and changed["planted"] == "2024-04-01" and len(changed["notes"]) == 1
    assert client.patch("/plants/9", json={}).status_code == 404


def test_a_new_bed_is_empty(client: TestClient) -> None:
    assert client.post("/beds/?name=roses").json() == {"id": 2, "name": "roses", "plants": []}
    assert client.post("/beds/?name=roses").status_code == 409
    assert client.get("/beds/tulips").status_code == 404


def test_a_bed_with_its_plants(client: TestClient) -> None:
    plant(client, "thyme")
    bed = client.get("/beds/herbs").json()
    assert [one["name"] for one in bed["plants"]] == ["thyme"]
    assert bed["plants"][0]["notes"] == [{"text": "planted in herbs"}]


def test_summary(client: TestClient) -> None:
    plant(client, "thyme")
    plant(client, "mint")
    assert client.get("/beds/herbs/summary").json() == {"count": 2, "all": [["mint", "herbs"], ["thyme", "herbs"]]}


def test_digging_up(client: TestClient) -> None:
    plant(client, "thyme")
    assert client.delete("/plants/1").json() == {"ok": True}
    assert client.delete("/plants/1").status_code == 404
    assert client.get("/beds/herbs").json()["plants"] == []
