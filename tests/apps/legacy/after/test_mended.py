"""What works only once the shop has been mended."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import crud, models
from app.database import SessionLocal

ROOT = Path(__file__).parent.parent


async def test_new_password_signs_in(client, customer, signed_in):
    change = {"old_password": customer["password"], "new_password": "jacquard loom"}
    assert (await client.put("/customers/me/password", json=change, headers=signed_in)).status_code == 204
    form = {"username": customer["email"], "password": "jacquard loom"}
    assert (await client.post("/customers/login", data=form)).status_code == 200


async def test_new_password_is_not_readable(client, tables, customer, signed_in):
    change = {"old_password": customer["password"], "new_password": "jacquard loom"}
    await client.put("/customers/me/password", json=change, headers=signed_in)
    with tables.connect() as connection:
        stored = connection.execute(models.Customer.__table__.select()).one().hashed_password
    assert "jacquard" not in stored


async def test_equal_passwords_get_different_hashes(client, tables, customer):
    await client.post("/customers/", json={**customer, "email": "charles@paperlantern.example"})
    with tables.connect() as connection:
        hashes = {row.hashed_password for row in connection.execute(models.Customer.__table__.select())}
    assert len(hashes) == 2


async def test_order_is_confirmed(order, customer, messages):
    assert messages == [{"to": customer["email"], "template": "order-confirmation", "order_id": order["id"]}]


@pytest.mark.parametrize("q", ["x' OR '1'='1", "O'Brien", "' UNION SELECT id, hashed_password FROM customers --"])
async def test_titles_take_no_sql(client, book, customer, q):
    response = await client.get("/books/titles", params={"q": q})
    assert response.status_code == 200
    assert response.json() == []


@pytest.mark.parametrize("payload", [{}, {"body": "no rating"}, {"rating": "many"}, {"rating": None}])
async def test_review_is_validated(client, book, payload):
    assert (await client.post(f"/books/{book['id']}/reviews", json=payload)).status_code == 422


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b'{"order_id": "one"}'])
async def test_payment_is_validated(client, content):
    response = await client.post(
        "/payments/callback", content=content, headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422


async def test_books_are_reindexed():
    async with SessionLocal() as db:
        if db.get_bind().dialect.name == "sqlite":
            pytest.skip("REINDEX TABLE is PostgreSQL's")
        await crud.reindex_books(db)


async def test_more_requests_at_once_than_connections(client, order, signed_in):
    responses = await asyncio.gather(
        *(client.get(f"/orders/{order['id']}", headers=signed_in) for _ in range(16)),
    )
    assert {response.status_code for response in responses} == {200}


async def test_no_origin_is_trusted_unasked(client):
    response = await client.get("/authors/", headers={"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in response.headers


async def test_foreign_keys_are_indexed():
    for table in models.Base.metadata.tables.values():
        leading = {next(iter(index.columns)).name for index in table.indexes}
        assert {key.parent.name for key in table.foreign_keys} <= leading, table.name


def test_the_former_database_url_still_works(tmp_path):
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}"}
    subprocess.run([sys.executable, "-c", "import app.main"], cwd=ROOT, env=environment, check=True)


def test_no_secret_is_left_in_the_code():
    code = "".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))
    for secret in ("ink4-Lantern-8841", "0f7c-lantern", "plb_notify_7Q"):
        assert secret not in code
