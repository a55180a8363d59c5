from httpx import AsyncClient


async def test_health(client: AsyncClient) -> None:
    assert (await client.get("/health")).json() == {"status": "ok"}


async def test_harbours(client: AsyncClient, harbour: str) -> None:
    await client.post("/harbours", json={"name": "Aberdeen"})
    assert [harbour["name"] for harbour in (await client.get("/harbours")).json()] == ["Aberdeen", "Whitby"]


async def test_unknown_harbour(client: AsyncClient) -> None:
    assert (await client.get("/harbours/404")).status_code == 404
    assert (await client.get("/harbours/404/tides")).status_code == 404
    assert (await client.post("/harbours/404/notes", json={"body": "Fog"})).status_code == 404


async def test_note(client: AsyncClient, harbour: str) -> None:
    note = (await client.post(f"{harbour}/notes", json={"body": "Low water at six"})).json()
    assert note == {"id": note["id"], "body": "Low water at six", "starred": False}


async def test_notes_are_validated(client: AsyncClient, harbour: str) -> None:
    assert (await client.post(f"{harbour}/notes", json={"body": ""})).status_code == 422


async def test_unknown_note(client: AsyncClient) -> None:
    assert (await client.delete("/notes/404")).status_code == 404
