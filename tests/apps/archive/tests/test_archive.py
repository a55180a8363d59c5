import os
import subprocess
import sys
from pathlib import Path

import pytest
from archive import db
from archive.cli import cli
from archive.web import app
from click.testing import CliRunner
from fastapi.testclient import TestClient
from sqlmodel import SQLModel, create_engine

ROOT = Path(__file__).parent.parent


async def dispose() -> None:
    for engine in vars(db).values():
        if "Engine" in type(engine).__name__:
            done = engine.dispose()
            if done is not None:
                await done


@pytest.fixture
def client():
    with TestClient(app) as client:
        yield client
        client.portal.call(dispose)
    SQLModel.metadata.drop_all(create_engine(os.environ["DATABASE_URL"]))


def test_folders(client: TestClient) -> None:
    made = client.post("/folders?title=Letters", json=["old", "ours"])
    assert made.status_code == 201, made.text
    assert made.json()["labels"] == [{"name": "old"}, {"name": "ours"}]
    client.post("/folders?title=Bills", json=["old"])
    assert client.get("/folders").json() == {"total": 3, "titles": ["Bills", "Journal", "Letters"]}
    assert client.get("/folders?words=our&limit=1").json() == {"total": 2, "titles": ["Journal"]}
    assert client.get("/folders?words=ours").json() == {"total": 1, "titles": ["Letters"]}
    assert client.get("/folders/99").status_code == 404
    journal = client.get("/folders/2").json()
    assert [sheet["text"] for sheet in journal["sheets"]] == ["Letters", "Bills"]
    assert client.put("/labels/1?name=ancient").json()["folders"] == ["Letters", "Bills"]


def test_sheets(client: TestClient) -> None:
    client.post("/folders?title=Letters", json=[])
    client.post("/folders?title=Copies", json=[])
    texts = [{"text": text} for text in "abc"]
    assert client.post("/folders/1/sheets", json=texts).json() == {"added": 3, "sheets": 3}
    assert client.get("/folders/1/sheets/2").json() == {"number": 2, "text": "b"}
    assert client.delete("/folders/1/sheets/2").json() == {"torn": True, "numbers": [1, 2]}
    assert client.delete("/folders/1/sheets/9").json()["torn"] is False
    assert [one["text"] for one in client.get("/folders/1").json()["sheets"]] == ["a", "c"]
    assert client.post("/folders/1/move/3").json() == {"moved": 2}
    assert client.get("/export").text == "Copies: 2\nJournal: 2\nLetters: 0"


def test_the_command_line(client: TestClient) -> None:
    client.post("/folders?title=Letters", json=["old"])
    assert CliRunner().invoke(cli, ["add", "Maps"]).exit_code == 0
    listed = CliRunner().invoke(cli, ["list"])
    assert listed.output == "Journal ()\nLetters (old)\nMaps ()\n", listed.exception
    command = [sys.executable, ROOT / "scripts" / "seed.py"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "4", done.stderr
