"""SW401: outside data that comes by other ways than FastAPI's: workers, queues, sockets, Django Ninja, and pools kept in a state."""

from __future__ import annotations

import pytest

from support.marked import Folder, assert_finds, assert_silent, parse

HEAD = """\
import aio_pika
import asyncio
import json
import nats
import pika
import queue as threads
import redis
import redis.asyncio as aioredis
import sqlite3
import uuid
import websockets
from aiokafka import AIOKafkaConsumer
from channels.generic.websocket import AsyncJsonWebsocketConsumer, WebsocketConsumer
from confluent_kafka import Consumer
from fastapi import FastAPI, WebSocket
from kafka import KafkaConsumer
from ninja import File, Form, NinjaAPI, Query, Router, Schema
from ninja.files import UploadedFile
from ninja_extra import api_controller, http_get
from starlette.endpoints import WebSocketEndpoint

db = sqlite3.connect("x")
app = FastAPI()
api = NinjaAPI()
router = Router()


class Search(Schema):
    name: str
    year: int
    code: uuid.UUID


"""
RUN = """db.execute(«f"SELECT 1 FROM t WHERE a = '{value}'"»)"""


def module(body: str) -> str:
    return HEAD + body.strip("\n").replace("RUN", RUN) + "\n"


FOUND = {
    "Ninja's query": "@api.get('/')\ndef find(request, value: str):\n    RUN",
    "Ninja's path": "@router.get('/{value}')\nasync def find(request, value):\n    RUN",
    "Ninja's body": "@router.post('/')\ndef find(request, payload: Search):\n    value = payload.name\n    RUN",
    "Ninja's dump": "@router.post('/')\ndef find(request, given: Search = Query(...)):\n    value = given.dict()['name']\n    RUN",
    "Ninja's form": "@router.post('/')\ndef find(request, given: Form[Search]):\n    value = given.name.strip()\n    RUN",
    "Ninja's file": "@api.post('/')\ndef find(request, file: UploadedFile = File(...)):\n    value = file.name\n    RUN",
    "Ninja's request": "@api.get('/')\ndef find(request):\n    value = request.GET['q']\n    RUN",
    "Ninja's controller": "@api_controller\nclass Books:\n    @http_get('/')\n    def find(self, value: str):\n        RUN",
    "several methods": "@api.api_operation(['GET'], '/')\ndef find(request, value: str):\n    RUN",
    "a websocket's message": (
        "@app.websocket('/')\nasync def run(socket: WebSocket):\n    value = (await socket.receive())['text']\n    RUN"
    ),
    "an endpoint's message": (
        "class Echo(WebSocketEndpoint):\n    async def on_receive(self, websocket, data):\n        value = data\n        RUN"
    ),
    "a consumer's text": (
        "class Chat(WebsocketConsumer):\n    def receive(self, text_data=None, bytes_data=None):\n"
        "        value = json.loads(text_data)['name']\n        RUN"
    ),
    "a consumer's JSON": (
        "class Chat(AsyncJsonWebsocketConsumer):\n    async def receive_json(self, content):\n"
        "        value = content['name']\n        RUN"
    ),
    "a server's messages": """
async def answer(socket):
    async for value in socket:
        RUN

async def main():
    async with websockets.serve(answer, "localhost", 1):
        await asyncio.Future()""",
    "a server's message": (
        "async def answer(socket: websockets.ServerConnection):\n    value = json.loads(await socket.recv())['name']\n    RUN"
    ),
    "a client's message": """
async def main():
    async with websockets.connect("ws://elsewhere") as socket:
        await answer(socket)

async def answer(socket: websockets.ClientConnection):
    async for message in socket:
        value = json.loads(message)["name"]
        RUN""",
    "a consumer that is a parameter": (
        "def run(consumer: KafkaConsumer):\n    for message in consumer:\n        value = message.value.decode()\n        RUN"
    ),
    "several messages": """
def run(consumer: KafkaConsumer):
    for _, messages in consumer.poll().items():
        for message in messages:
            value = message.value
            RUN""",
    "a message that is polled": "def run():\n    message = Consumer({}).poll(1)\n    value = message.value().decode()\n    RUN",
    "a Redis message that is asked for": (
        "async def run(client: aioredis.Redis):\n    pubsub = client.pubsub()\n"
        "    value = (await pubsub.get_message())['data']\n    RUN"
    ),
    "RabbitMQ's queue": """
async def run():
    connection = await aio_pika.connect_robust("x")
    channel = await connection.channel()
    found = await channel.declare_queue("x")
    value = (await found.get()).body.decode()
    RUN""",
    "RabbitMQ's iterator": """
async def run(connection: aio_pika.abc.AbstractConnection):
    found = await (await connection.channel()).declare_queue("x")
    async with found.iterator() as messages:
        async for message in messages:
            async with message.process():
                value = json.loads(message.body)["name"]
                RUN""",
    "RabbitMQ's callback": """
async def on_message(message):
    value = message.body.decode()
    RUN

async def run(found: aio_pika.abc.AbstractQueue):
    await found.consume(on_message)""",
    "a method that is called back": """
class Worker:
    async def on_message(self, message):
        value = message.body.decode()
        RUN

    async def run(self, found: aio_pika.abc.AbstractQueue):
        await found.consume(callback=self.on_message)""",
    "pika's callback": """
def on_message(channel, method, properties, body):
    value = body.decode()
    RUN

def run():
    channel = pika.BlockingConnection().channel()
    channel.basic_consume("x", on_message_callback=on_message)""",
    "NATS": """
async def on_message(message):
    value = message.data.decode()
    RUN

async def run():
    client = await nats.connect()
    await client.subscribe("x", cb=on_message)""",
}


@pytest.mark.parametrize("body", FOUND.values(), ids=FOUND.keys())
def test_what_somebody_sends(body: str) -> None:
    (found,) = assert_finds("SW401", module(body))
    assert found.finding.severity == "error"


OWN = {
    "a list in Redis": "async def run(client: aioredis.Redis):\n    _, value = await client.blpop('jobs')\n    RUN",
    "a stream": """
def run(client: redis.Redis):
    for _, messages in client.xread({"x": "$"}):
        for _, fields in messages:
            value = fields["name"]
            RUN""",
    "a worker's function": """
async def job(ctx, value: str):
    RUN

class WorkerSettings:
    functions = [job]""",
    "a worker's function with settings of its own": """
from arq.worker import func

async def job(ctx, value):
    RUN

class WorkerSettings:
    functions = [func(job, name="x", timeout=5)]""",
    "a worker's function elsewhere": """
#- worker.py
import jobs

class WorkerSettings:
    functions = [jobs.job, jobs.count]
#- jobs.py
import sqlite3

db = sqlite3.connect("x")

async def job(ctx, value: str):
    RUN

async def count(ctx, value: int):
    db.execute(f"SELECT 1 FROM t LIMIT {value}")""",
}


@pytest.mark.parametrize("body", OWN.values(), ids=OWN.keys())
def test_what_the_program_sends_to_itself_is_a_warning(body: str) -> None:
    (found,) = assert_finds("SW401", module(body))
    assert found.finding.severity == "warning"


def test_the_client_who_fills_a_queue() -> None:
    (found,) = assert_finds(
        "SW401",
        """
        #- web.py
        from fastapi import FastAPI
        from waiting import names as waiting_names

        app = FastAPI()

        @app.post("/")
        async def add(name: str):
            waiting_names.put_nowait({"name": name})
        #- waiting.py
        import asyncio

        names = asyncio.Queue()
        numbers = asyncio.Queue()
        #- work.py
        import sqlite3
        from waiting import names, numbers

        async def work():
            wanted = await names.get()
            number = await numbers.get()
            db = sqlite3.connect("x")
            db.execute(f"SELECT 1 FROM book WHERE id = {number}")
            return db.execute(«f"SELECT 1 FROM book WHERE name = '{wanted['name']}'"»)
        """,
    )
    assert found.finding.severity == "error"
    assert [one.message for one in found.related] == ["`add` hands it on to `work`"]


QUEUED = {
    "text": "async def run(waiting: asyncio.Queue[str]):\n    value = await waiting.get()\n    RUN",
    "bytes with JSON": "async def run(waiting: asyncio.Queue[bytes]):\n    value = json.loads(await waiting.get())['name']\n    RUN",
    "anything": "def run(waiting: threads.Queue):\n    value = waiting.get_nowait() or waiting.get()\n    RUN",
    "an attribute": """
class Worker:
    def __init__(self):
        self.waiting = asyncio.Queue()

    async def run(self):
        value = await self.waiting.get()
        RUN""",
}


@pytest.mark.parametrize("body", QUEUED.values(), ids=QUEUED.keys())
def test_what_a_queue_holds_may_be_anything(body: str) -> None:
    assert_finds("SW402", module(body))
    assert_silent("SW401", module(body).replace("«", "").replace("»", ""))


SILENT = {
    "Ninja's numbers": """
@api.get("/")
def find(request, year: int, code: uuid.UUID, given: Search, form: Form[Search]):
    db.execute(f"SELECT 1 FROM t WHERE a = {year} AND b = '{code}' AND c = {given.year} AND d = {form.year}")""",
    "Ninja's user": "@api.get('/')\ndef find(request):\n    db.execute(f\"SELECT 1 FROM t WHERE a = '{request.user}'\")",
    "a client of Ninja's name": "def get(path):\n    return print\n\n@get('/')\ndef find(request, value: int):\n    db.execute(f'SELECT 1 FROM t LIMIT {value}')",
    "where a message stands": """
def run(consumer: KafkaConsumer):
    for message in consumer:
        db.execute(f"SELECT 1 FROM t WHERE a = {message.offset} AND b = '{message.topic}'")""",
    "a worker's own things": """
async def job(ctx, count: int):
    db.execute(f"SELECT 1 FROM t WHERE a = '{ctx['shelf']}' LIMIT {count}")

class WorkerSettings:
    functions = [job]""",
    "a worker's functions that are none": """
def job(ctx, count: int):
    db.execute(f"SELECT 1 FROM t LIMIT {count}")

class WorkerSettings:
    functions = ["job"]""",
    "another who consumes": """
from elsewhere import consume

async def on_message(message):
    db.execute(f"SELECT 1 FROM t WHERE a = '{message.body}'")

async def run():
    await consume(on_message)""",
    "another parameter of the callback": """
def on_message(channel, method, properties, body):
    db.execute(f"SELECT 1 FROM t WHERE a = '{method.routing_key}'")

def run():
    pika.BlockingConnection().channel().basic_consume("x", on_message_callback=on_message)""",
    "a websocket's own": """
class Echo(WebSocketEndpoint):
    async def on_connect(self, websocket):
        db.execute(f"SELECT 1 FROM t WHERE a = '{websocket.client.host}'")""",
    "a queue of numbers": 'async def run(waiting: asyncio.Queue[int]):\n    value = await waiting.get()\n    db.execute(f"SELECT 1 FROM t LIMIT {value}")',
    "a queue of objects": """
async def run(waiting: asyncio.Queue[Search]):
    search = await waiting.get()
    db.execute(f"SELECT 1 FROM t WHERE a = '{search.name}'")""",
    "what a cache holds": "def run(client: redis.Redis):\n    db.execute(f\"SELECT 1 FROM t WHERE a = '{client.get('x')}'\")",
    "a dict's get": "def run(waiting: dict):\n    db.execute(f\"SELECT 1 FROM t WHERE a = '{waiting.get('x').name}'\")",
}


@pytest.mark.parametrize("body", SILENT.values(), ids=SILENT.keys())
def test_what_nobody_sends(body: str) -> None:
    assert_silent("SW401", module(body))
    assert_silent("SW402", module(body))


STATE = """\
#- main.py
from contextlib import asynccontextmanager
from fastapi import FastAPI
from routes import router
from store import create_pool

@asynccontextmanager
async def lifespan(app: FastAPI):
    app.state.pool = await create_pool()
    app.state.other = unknown()
    yield

app = FastAPI(lifespan=lifespan)
app.include_router(router)

@app.get("/a/{code}")
async def here(code: str):
    return await app.state.pool.fetchval(MARK)
#- store.py
import asyncpg

async def create_pool() -> asyncpg.Pool:
    return await asyncpg.create_pool("x")
#- routes.py
from fastapi import APIRouter, Request

router = APIRouter()

@router.get("/b/{code}")
async def there(code: str, request: Request):
    async with request.app.state.pool.acquire() as connection:
        return await connection.fetchval(MARK)

@router.get("/c/{code}")
async def elsewhere(code: str, request: Request):
    request.state.pool = request.app.state.other
    await request.app.state.other.fetchval(SQL)
    await request.state.pool.fetchval(SQL)
"""


def kept(text: str) -> str:
    sql = """f"SELECT town FROM parcel WHERE code = '{code}'\""""
    return text.replace("MARK", f"«{sql}»").replace("SQL", sql)


def test_a_pool_in_the_applications_state() -> None:
    assert_finds("SW401", kept(STATE))


def test_a_state_that_is_set_to_different_things_is_not_known() -> None:
    again = """
async def connect(app: FastAPI):
    app.state.pool = unknown()
"""
    text = kept(STATE).replace("\napp = FastAPI", f"{again}\napp = FastAPI", 1)
    assert_silent("SW401", text.replace("«", "").replace("»", ""))


def test_an_edit_of_the_lifespan_is_seen_in_the_handlers() -> None:
    folder = Folder(parse(kept(STATE)).files)
    routes, main = folder.root / "routes.py", folder.root / "main.py"
    assert [one.code for one in folder.findings("SW401")] == ["SW401", "SW401"]
    folder.workspace.open(main, main.read_text().replace("await create_pool()", "None"))
    assert [one.code for one in folder.workspace.findings(routes) if one.code == "SW401"] == []
    folder.workspace.open(main, main.read_text())
    assert [one.code for one in folder.workspace.findings(routes) if one.code == "SW401"] == ["SW401"]


def test_an_edit_of_the_workers_list_is_seen_in_the_function() -> None:
    folder = Folder(parse(module(OWN["a worker's function elsewhere"])).files)
    jobs, worker = folder.root / "jobs.py", folder.root / "worker.py"
    assert [one.code for one in folder.findings() if one.code in ("SW401", "SW402")] == ["SW401"]
    folder.workspace.open(worker, worker.read_text().replace("jobs.job, ", ""))
    assert [one.code for one in folder.workspace.findings(jobs) if one.code in ("SW401", "SW402")] == ["SW402"]
