import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

ROOT = Path(__file__).parent.parent
ASYNC_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
SYNC_DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}

DATABASE_URL = make_url(os.environ.get("DATABASE_URL", "sqlite:///./test.db"))
BACKEND = DATABASE_URL.get_backend_name()


class Outside(BaseHTTPRequestHandler):
    """Stands in for the services that the shop calls."""

    messages: list[dict] = []

    def answer(self, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.answer({"base": "EUR", "rates": {"EUR": 1, "USD": 1.5, "CHF": 0.9}})

    def do_POST(self) -> None:
        self.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.answer({"accepted": True})

    def log_message(self, format: str, *args: object) -> None:
        return


outside = ThreadingHTTPServer(("127.0.0.1", 0), Outside)
threading.Thread(target=outside.serve_forever, daemon=True).start()
os.environ["RATES_URL"] = f"http://127.0.0.1:{outside.server_port}/rates"
os.environ["NOTIFY_URL"] = f"http://127.0.0.1:{outside.server_port}/notify"

# The shop may run on a blocking or on an asynchronous engine: both are tested against the same database.
DRIVERS = ASYNC_DRIVERS if "create_async_engine" in (ROOT / "app" / "database.py").read_text() else SYNC_DRIVERS
os.environ["DATABASE_URL"] = DATABASE_URL.set(drivername=DRIVERS[BACKEND]).render_as_string(hide_password=False)

from app.database import Base  # noqa: E402
from app.main import app  # noqa: E402


@pytest.fixture(scope="session")
def tables():
    engine = create_engine(DATABASE_URL.set(drivername=SYNC_DRIVERS[BACKEND]))
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(autouse=True)
def empty_tables(tables):
    Outside.messages.clear()
    with tables.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture
async def client():
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://shop") as client:
        yield client


@pytest.fixture
def messages():
    return Outside.messages


@pytest.fixture
async def author(client):
    response = await client.post("/authors/", json={"name": "Mary Shelley", "biography": "Novelist"})
    assert response.status_code == 201, response.text
    return response.json()


@pytest.fixture
async def book(client, author):
    book = {"title": "Frankenstein", "isbn": "978-0141439471", "price": "9.50", "stock": 5, "author_id": author["id"]}
    response = await client.post("/books/", json=book)
    assert response.status_code == 201, response.text
    return response.json()


@pytest.fixture
async def customer(client):
    customer = {"email": "ada@paperlantern.example", "full_name": "Ada Byron", "password": "difference engine"}
    response = await client.post("/customers/", json=customer)
    assert response.status_code == 201, response.text
    return customer


@pytest.fixture
async def signed_in(client, customer):
    response = await client.post(
        "/customers/login", data={"username": customer["email"], "password": customer["password"]}
    )
    assert response.status_code == 200, response.text
    return {"Authorization": f"Bearer {response.json()['access_token']}"}


@pytest.fixture
async def order(client, book, signed_in):
    items = {"items": [{"book_id": book["id"], "quantity": 2}]}
    response = await client.post("/orders/", json=items, headers=signed_in)
    assert response.status_code == 201, response.text
    return response.json()
