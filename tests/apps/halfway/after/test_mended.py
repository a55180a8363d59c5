"""What works only once the mistakes have been mended."""

import httpx
import pytest
from httpx import AsyncClient

from app import almanac
from app.database import async_session
from app.models import Harbour


async def test_harbour_with_notes(client: AsyncClient, harbour: str, note: str) -> None:
    response = await client.get(harbour)
    assert response.status_code == 200
    assert [note["body"] for note in response.json()["notes"]] == ["High water at noon"]


async def test_notes_of_a_harbour(client: AsyncClient, harbour: str, note: str) -> None:
    response = await client.get(f"{harbour}/notes")
    assert [note["body"] for note in response.json()] == ["High water at noon"]


async def test_star(client: AsyncClient, harbour: str, note: str) -> None:
    assert (await client.put(f"{note}/star")).status_code == 204
    assert [note["starred"] for note in (await client.get(f"{harbour}/notes")).json()] == [True]
    assert (await client.put("/notes/404/star")).status_code == 404


async def test_delete(client: AsyncClient, harbour: str, note: str) -> None:
    assert (await client.delete(note)).status_code == 204
    assert (await client.get(f"{harbour}/notes")).json() == []


async def test_statistics(client: AsyncClient, note: str) -> None:
    assert (await client.get("/statistics")).json() == {"notes": 1, "starred": 0}
    await client.put(f"{note}/star")
    assert (await client.get("/statistics")).json() == {"notes": 1, "starred": 1}


async def test_tides(client: AsyncClient, harbour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.params["harbour"] == "Whitby"
        return httpx.Response(200, json={"heights": [5.4, 1.2]})

    class Client(httpx.AsyncClient):
        def __init__(self, **options: object) -> None:
            super().__init__(**options, transport=httpx.MockTransport(answer))

    monkeypatch.setattr(almanac.httpx, "AsyncClient", Client)
    assert (await client.get(f"{harbour}/tides")).json() == [5.4, 1.2]


async def test_attributes_outlive_the_commit(harbour: str) -> None:
    async with async_session() as session:
        staithes = Harbour(name="Staithes")
        session.add(staithes)
        await session.commit()
        assert staithes.name == "Staithes"
