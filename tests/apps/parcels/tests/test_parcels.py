import inspect
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from click.testing import CliRunner
from fastapi.testclient import TestClient
from parcels import commands, database, queue
from parcels.database import connections
from parcels.main import app

ROOT = Path(__file__).parent.parent


async def dispose() -> None:
    """Each client has an event loop of its own, and connections belong to one."""
    for engine in vars(database).values():
        done = engine.dispose() if "Engine" in type(engine).__name__ else None
        if inspect.isawaitable(done):
            await done


@pytest.fixture
def client():
    config = Config(ROOT / "alembic.ini")
    command.upgrade(config, "head")
    with TestClient(app) as client:
        yield client
        client.portal.call(dispose)
    queue.sent.clear()
    command.downgrade(config, "base")


def test_accepting(client: TestClient) -> None:
    accepted = client.post("/parcels/A1")
    assert accepted.status_code == 201, accepted.text
    assert accepted.json() == {"code": "A1", "status": "accepted", "events": []}
    assert client.get("/parcels/A1").json() == accepted.json()
    assert client.get("/parcels/B2").status_code == 404


def test_losing(client: TestClient) -> None:
    client.post("/parcels/A1")
    lost = {"code": "A1", "status": "lost", "events": [{"text": "lost"}]}
    assert client.post("/parcels/A1/lost").json() == lost
    assert client.get("/parcels").json() == [lost]


def test_tasks_share_helpers_with_handlers(client: TestClient) -> None:
    client.post("/parcels/A1")
    client.post("/parcels/B2")
    queue.sent.pop()
    queue.work()
    assert client.get("/statistics").json() == {"parcels": {"accepted": 1, "delivered": 1}}
    assert client.get("/parcels/A1").json()["events"] == [{"text": "delivered"}]


def test_the_command(client: TestClient) -> None:
    client.post("/parcels/A1")
    assert CliRunner().invoke(commands.statistics).output == "accepted: 1\n"


def test_the_script(client: TestClient) -> None:
    client.post("/parcels/A1")
    queue.work()
    done = subprocess.run([sys.executable, "scripts/clean_up.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
    assert client.get("/parcels").json() == []


def test_listening(client: TestClient) -> None:
    connections.clear()
    client.get("/statistics")
    client.get("/statistics")
    assert connections in (["opened"], [])
