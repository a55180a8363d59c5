import inspect

import pytest
from clinic import db
from clinic.main import app
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
        assert client.post("/doctors/Who").json() == {"id": 1, "visits": []}
        yield client
        client.portal.call(dispose)


def test_hiring_twice(client: TestClient) -> None:
    assert client.post("/doctors/Who").status_code == 409
    assert client.post("/doctors/No").status_code == 200


def test_visits(client: TestClient) -> None:
    booked = client.post("/doctors/Who/visits?patient=Ada").json()
    assert booked == {"id": 1, "doctor": "Who"}
    assert client.post("/doctors/Who/import", json=["Bob", "Cyd"]).json() == {"visits": 3}
    assert client.get("/doctors/Who").json() == {"name": "Who", "patients": ["Ada", "Bob", "Cyd"]}
    assert client.get("/doctors/House").status_code == 404


def test_the_busiest(client: TestClient) -> None:
    assert client.get("/busiest").json() is None
    client.post("/doctors/No")
    client.post("/doctors/Who/visits?patient=Ada")
    client.post("/doctors/No/import", json=["Bob", "Cyd"])
    assert client.get("/busiest").json() == {"name": "No", "visits": 2}


def test_cancelling(client: TestClient) -> None:
    client.post("/doctors/Who/visits?patient=Ada")
    assert client.delete("/visits/1").json() == {"doctor": "Who"}
    assert client.delete("/visits/1").status_code == 404
    assert client.get("/doctors/Who").json()["patients"] == []
