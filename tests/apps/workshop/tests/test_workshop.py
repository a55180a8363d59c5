import pytest
from fastapi.testclient import TestClient
from workshop.main import app


@pytest.fixture
def client():
    with TestClient(app) as client:
        yield client


@pytest.fixture
def bike(client: TestClient) -> int:
    assert client.post("/customers", json={"email": "ada@example.com"}).status_code == 201
    assert client.post("/parts", json=[
        {"name": "chain", "price": 20, "stock": 2}, {"name": "tube", "price": 5, "stock": 1}, {"name": "rag", "price": 0},
    ]).json() == {"stocked": 3}
    return client.post("/customers/1/bikes", params={"frame": "F1"}).json()["id"]


def test_health(client: TestClient) -> None:
    assert client.get("/health").json() == {"database": True}


def test_customers(client: TestClient) -> None:
    for name in "abcd":
        made = client.post("/customers", json={"email": f"{name}@example.com"})
        assert made.status_code == 201, made.text
        assert made.json()["bikes"] == []
    assert client.post("/customers", json={"email": "a@example.com"}).status_code == 409
    page = client.get("/customers").json()
    assert (page["total"], page["pages"], [one["email"][0] for one in page["items"]]) == (4, 2, ["a", "b", "c"])
    assert [one["email"] for one in client.get("/customers?page=2").json()["items"]] == ["d@example.com"]
    assert client.get("/customers?ending=b@example.com").json()["total"] == 1


def test_me(client: TestClient, bike: int) -> None:
    me = client.get("/customers/me", headers={"x-customer": "1"}).json()
    assert me["bikes"] == [{"id": bike, "frame": "F1"}]
    assert client.get("/customers/me", headers={"x-customer": "9"}).json() == {"detail": "No such customer"}
    client.post("/customers", json={"email": "blocked@example.com"})
    assert client.get("/customers/me", headers={"x-customer": "2"}).status_code == 403


def test_bikes(client: TestClient, bike: int) -> None:
    second = client.post("/customers/1/bikes", params={"frame": "F2"})
    assert second.status_code == 201 and second.json()["frame"] == "F2"
    assert client.post("/customers/9/bikes", params={"frame": "F3"}).status_code == 404


def test_jobs(client: TestClient, bike: int) -> None:
    job = client.post(f"/bikes/{bike}/jobs", json={"title": "Repair", "parts": ["tube", "chain"]})
    assert job.status_code == 201, job.text
    assert job.json()["total"] == 25
    assert [part["name"] for part in job.json()["parts"]] == ["chain", "tube"]
    assert job.json()["bike"] == {"id": bike, "frame": "F1"}
    assert job.json()["updated_at"]
    client.post(f"/bikes/{bike}/jobs", json={"title": "Clean"})
    assert [one["title"] for one in client.get("/jobs").json()] == ["Repair", "Clean"]
    mine = client.get("/mine", headers={"x-customer": "1"}).json()
    assert (mine["total"], mine["pages"], mine["items"][0]["total"]) == (2, 1, 25)
    assert client.get("/jobs/1/receipt").text == "ada@example.com: Repair\nchain: 20\ntube: 5\n= 25"
    assert client.post("/bikes/F1/done").json() == {"closed": 2}
    assert client.get("/jobs").json() == []
    assert client.post("/bikes/F9/done").status_code == 404
