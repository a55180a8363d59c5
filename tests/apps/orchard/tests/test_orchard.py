import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from fastapi.testclient import TestClient
from orchard import database, jobs
from orchard.main import app

ROOT = Path(__file__).parent.parent


async def dispose() -> None:
    for engine in vars(database).values():
        if "Engine" in type(engine).__name__:
            done = engine.dispose()
            if done is not None:
                await done


@pytest.fixture
def client():
    config = Config(ROOT / "alembic.ini")
    command.upgrade(config, "head")
    with TestClient(app) as client:
        yield client
        client.portal.call(dispose)
    command.downgrade(config, "base")


def test_planting(client: TestClient) -> None:
    assert client.post("/trees?kind=apple&row=1").json() == {"id": 1, "parent": None, "grafts": 0}
    assert client.post("/trees?kind=pear&row=1&parent_id=1").json() == {"id": 2, "parent": "apple", "grafts": 0}
    assert client.post("/trees?kind=pear&parent_id=7").status_code == 404
    assert [one["kind"] for one in client.get("/trees").json()] == ["apple", "pear"]
    assert client.get("/trees?kind=pear").json() == [{"id": 2, "kind": "pear"}]
    assert client.get("/trees/7").status_code == 404


def test_harvests(client: TestClient) -> None:
    client.post("/trees?kind=apple&row=1")
    client.post("/trees?kind=plum&row=2&parent_id=1")
    assert client.post("/trees/1/harvests?kilos=9&season=2024", json=["ada", "bob"]).json() == {"kilos": 9, "picks": 2}
    assert client.post("/trees/1/harvests?kilos=2&season=2024", json=["nobody"]).json() == {"kilos": 2, "picks": 0}
    assert client.get("/harvests/2024").json() == {"apple": 11}
    assert client.get("/trees/1").json() == {"kind": "apple", "harvests": [9, 2]}
    assert client.get("/summary?kind=plum").json() == {
        "known": True,
        "pairs": [["apple", "plum"]],
        "rows": [1, 2],
        "harvests": {"apple": 2, "plum": 0},
        "works": True,
        "kilos": {"apple": 11},
        "first": "apple",
    }
    assert client.get("/summary?kind=fig").json()["known"] is False


def test_felling(client: TestClient) -> None:
    client.post("/trees?kind=apple&row=1")
    client.post("/trees?kind=plum&row=1")
    client.post("/trees/1/harvests?kilos=9&season=2024", json=["ada"])
    assert client.delete("/rows/1").json() == {"felled": 2, "removed": 1, "left": 1}
    jobs.tidy.work()
    assert jobs.counted == {"apple": 1}
    assert client.get("/summary?kind=apple").json()["rows"] == [-1]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    script = [sys.executable, ROOT / "scripts" / "census.py"]
    assert subprocess.run(script, env=environment, capture_output=True, text=True, check=True).stdout == "1 trees\n"
