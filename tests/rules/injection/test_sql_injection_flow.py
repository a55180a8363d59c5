"""SW401: every source of outside data, and every way on which it comes to SQL text; what stops it on the way."""

from __future__ import annotations

from textwrap import dedent

import pytest

from support.marked import Folder, assert_finds, assert_silent, parse

HEAD = """\
import argparse
import json
import re
import sys
import aio_pika
import click
import redis
import sqlite3
import typer
from aiokafka import AIOKafkaConsumer
from celery import Celery, shared_task
from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from fastapi import Cookie, Depends, FastAPI, Form, Header, Query, Request, UploadFile, WebSocket
from fastapi.security import OAuth2PasswordRequestForm
from pydantic import AfterValidator, BaseModel, Field, StringConstraints, field_validator
from typing import Annotated, Literal
from uuid import UUID
from helpers import ALLOWED, Filter, Query as Built, clean, condition, quote_name, select, select_twice

app = FastAPI()
db = sqlite3.connect("x")
celery = Celery()
cli = typer.Typer()


class Status(str, Enum):
    OPEN = "open"


class Search(BaseModel):
    name: str
    year: int
    status: Status
    ids: list[int]
    code: str = Field(pattern="^[a-z]+$")
    other: str

    @field_validator("other")
    def known(cls, value):
        return value


Name = Annotated[str, AfterValidator(clean)]


"""
HELPERS = """
#- helpers.py
from dataclasses import dataclass

ALLOWED = {"a", "b"}


def condition(column, value):
    return f"{column} = '{value}'"


def select(name):
    where = condition("name", name)
    return f"SELECT 1 FROM t WHERE {where}"


async def select_twice(name):
    return select(name.strip())


def clean(value: str) -> str:
    return value


def quote_name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


@dataclass
class Filter:
    name: str
    size: int = 1


class Query:
    def __init__(self, table):
        self.table = table
        self.parts = []

    def where(self, part):
        self.parts.append(part)
        return self

    @property
    def limit(self):
        return " LIMIT 5"

    def build(self):
        return f"SELECT 1 FROM {self.table} WHERE " + " AND ".join(self.parts) + self.limit


class Repository:
    def __init__(self, connection, name: str, count: int):
        self.connection = connection
        self.name = name
        self.count = count
"""
SQL = "SELECT 1 FROM t WHERE a = '{}'"


def module(body: str) -> str:
    """Definitions behind the head, and the helpers."""
    return f"{HEAD}{body.strip()}\n{HELPERS}"


def handler(body: str, parameters: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.strip("\n").split("\n"))
    return module(f'@app.post("/books/{{name}}")\nasync def find({parameters}):\n{lines}')


SOURCES = {
    "a path": ("name: str", "name"),
    "a header": ("name: Annotated[str, Header()]", "name"),
    "a cookie": ("name: str = Cookie()", "name"),
    "a form's field": ("name: str = Form()", "name"),
    "a file's name": ("file: UploadFile", "file.filename"),
    "a file's content": ("file: UploadFile", "(await file.read()).decode()"),
    "a login": ("form: OAuth2PasswordRequestForm = Depends()", "form.username"),
    "a body that is a dict": ("payload: dict", 'payload["name"]'),
    "a body's nested dict": ("payload: dict", 'payload["filter"].get("name")'),
    "a field": ("search: Search", "search.name"),
    "a field of the dump": ("search: Search", 'search.model_dump()["name"]'),
    "the request's URL": ("request: Request", "request.url.path"),
    "the request's form": ("request: Request", '(await request.form())["name"]'),
    "a list of them": ("names: list[str] = Query()", "names[0]"),
}


@pytest.mark.parametrize(("parameters", "value"), SOURCES.values(), ids=SOURCES.keys())
def test_what_a_handler_is_given(parameters: str, value: str) -> None:
    assert_finds("SW401", handler(f'value = {value}\ndb.execute(«f"{SQL.format("{value}")}"»)', parameters))


DEPENDENCIES = {
    "a function's result": "def given(q: str):\n    return q",
    "a dict": "def given(q: str, n: int = 1):\n    return {'n': n, 'q': q}",
    "a function that asks the request": "def given(request: Request):\n    return {'q': request.query_params['q']}",
    "one that has one": """
def inner(q: str = Query()):
    return q
def given(q: str = Depends(inner)):
    return {"q": q}""",
    "a class": """
class given:
    def __init__(self, q: str, n: int = 1):
        self.q = q
        self.n = n""",
    "a callable object": """
class Asking:
    def __call__(self, q: str):
        return {"q": q}
given = Asking()""",
}


@pytest.mark.parametrize("provider", DEPENDENCIES.values(), ids=DEPENDENCIES.keys())
def test_what_a_dependency_gives(provider: str) -> None:
    taken = (
        "given.q"
        if "class given" in provider
        else "given"
        if "return q\n" in f"{provider}\n" and "inner" not in provider
        else "given['q']"
    )
    body = f"""
{provider}

@app.get("/")
def find(given=Depends(given)):
    db.execute(«f"{SQL.format("{" + taken + "}")}"»)
"""
    assert_finds("SW401", module(body))


def test_of_what_a_dependency_gives_only_the_text_is_dangerous() -> None:
    assert_silent(
        "SW401",
        module(
            """
def given(q: str, n: int = 1):
    return {"q": q, "n": n, "kind": "book"}


@app.get("/")
def find(given=Depends(given)):
    db.execute(f"SELECT 1 FROM t LIMIT {given['n']}")
    db.execute(f"SELECT 1 FROM t WHERE kind = '{given['kind']}'")
"""
        ),
    )


OTHERS = {
    "a websocket's texts": (
        "@app.websocket('/')\nasync def run(socket: WebSocket):\n    async for value in socket.iter_text():\n        {}",
        "error",
    ),
    "a Kafka message": (
        "async def run():\n    consumer = AIOKafkaConsumer('x')\n    async for message in consumer:\n"
        "        value = json.loads(message.value)['name']\n        {}",
        "error",
    ),
    "a RabbitMQ message": (
        "async def run(message: aio_pika.IncomingMessage):\n    value = message.body.decode()\n    {}",
        "error",
    ),
    "a Redis message": (
        "def run(client: redis.Redis):\n    for message in client.pubsub().listen():\n        value = message['data']\n        {}",
        "error",
    ),
    "a task's argument": ("@shared_task\ndef run(value):\n    {}", "warning"),
    "a bound task's argument": ("@celery.task(bind=True)\ndef run(self, value: str):\n    {}", "warning"),
    "a command's argument": ("@cli.command()\ndef run(value: str):\n    {}", "info"),
    "a click command's": ("@click.command()\ndef run(value):\n    {}", "info"),
    "sys.argv": ("def run():\n    value = sys.argv[1]\n    {}", "info"),
    "input": ("def run():\n    value = input('Name: ')\n    {}", "info"),
    "argparse": ("def run():\n    value = argparse.ArgumentParser().parse_args().name\n    {}", "info"),
}


@pytest.mark.parametrize(("function", "severity"), OTHERS.values(), ids=OTHERS.keys())
def test_other_sources(function: str, severity: str) -> None:
    body = function.replace("{}", f'db.execute(«f"{SQL.format("{value}")}"»)')
    (found,) = assert_finds("SW401", module(body))
    assert found.finding.severity == severity


def test_a_task_that_a_handler_starts() -> None:
    (found,) = assert_finds(
        "SW401",
        module(
            f"""
@shared_task
def run(value):
    db.execute(«f"{SQL.format("{value}")}"»)


@app.get("/")
def start(q: str):
    run.delay(q)
"""
        ),
    )
    assert found.finding.severity == "error"
    assert [one.message for one in found.related] == ["`start` hands it on to `run`"]


DJANGO = """
from django import forms
from django.db import connection, connections, models
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.views import View
from flask import request as flask_request
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.views import APIView


class Book(models.Model):
    pass


class Form(forms.Form):
    name = forms.CharField()
    year = forms.IntegerField()


class Serializer(serializers.Serializer):
    name = serializers.CharField()
    year = serializers.IntegerField()


"""
VIEWS = {
    "a function": "def books(request, slug):\n    {}".replace("{}", "run(«f\"... {request.GET['q']}\"»)"),
    "a part of the path": 'def books(request, slug):\n    run(«f"... {slug}"»)',
    "a class": "class Books(View):\n    def get(self, request):\n        run(«f\"... {self.request.GET.get('q')}\"»)",
    "a part of the path in a class": "class Books(View):\n    def get(self, request):\n        run(«f\"... {self.kwargs['slug']}\"»)",
    "REST framework": "class Books(APIView):\n    def post(self, request):\n        run(«f\"... {request.data['q']}\"»)",
    "a decorated function": "@api_view(['POST'])\ndef books(request):\n    run(«f\"... {request.data['q']}\"»)",
    "a form": (
        "def books(request: HttpRequest):\n    form = Form(request.POST)\n    if form.is_valid():\n"
        "        run(«f\"... {form.cleaned_data['name']}\"»)"
    ),
    "a serializer": (
        "class Books(APIView):\n    def post(self, request):\n        found = Serializer(data=request.data)\n"
        "        found.is_valid(raise_exception=True)\n        run(«f\"... {found.validated_data['name']}\"»)"
    ),
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS.keys())
@pytest.mark.parametrize(
    "call",
    ["connection.cursor().execute", "connections['x'].cursor().execute", "Book.objects.raw"],
)
def test_django(view: str, call: str) -> None:
    assert_finds("SW401", view_of(view, call), main="views.py")


def view_of(view: str, call: str) -> str:
    return DJANGO + view.replace("run", call).replace("... {", "SELECT 1 FROM t WHERE a = '{").replace('}"', "}'\"")


def test_pieces_of_sql_in_django() -> None:
    assert_finds(
        "SW401",
        f"""{DJANGO}
def books(request: HttpRequest):
    name = request.GET["name"]
    Book.objects.extra(where=[«f"name = '{{name}}'"»])
    Book.objects.annotate(found=RawSQL(«f"name = '{{name}}'"», ()))
""",
    )


@pytest.mark.parametrize(
    "view",
    [
        'def books(request, pk):\n    run(f"... {pk}")',
        "class Books(View):\n    def get(self, request):\n        run(f\"... {self.kwargs.get('slug')}\")",
        "def books(request: HttpRequest):\n    form = Form(request.POST)\n    run(f\"... {form.cleaned_data['year']}\")",
        "class Books(APIView):\n    def post(self, request):\n        found = Serializer(data=request.data)\n"
        "        run(f\"... {found.validated_data['year']}\")",
        'def books(request: HttpRequest):\n    run(f"... {request.user}")',
        "def books(request: HttpRequest):\n    run(\"SELECT 1 FROM t WHERE a = %s\", [request.GET['q']])",
    ],
)
def test_django_without_danger(view: str) -> None:
    assert_silent("SW401", view_of(view, "Book.objects.raw"), main="views.py")


FLOWS = {
    "a tuple": 'first, second = name, 1\ndb.execute(«f"... {first}"»)',
    "a list that grows": """
parts = ["1 = 1"]
parts.append(f"a = '{name}'")
db.execute(«"SELECT 1 FROM t WHERE " + " AND ".join(parts)»)""",
    "a list in a comprehension": """db.execute(«"SELECT 1 FROM t WHERE " + " OR ".join(f"a = '{one}'" for one in names)»)""",
    "a dict's values": """
values = {"a": name}
db.execute(«"SELECT 1 FROM t WHERE " + " AND ".join(f"{key} = '{value}'" for key, value in values.items())»)""",
    "a dict that is filled": """
values = {}
values["a"] = name
db.execute(«f"... {values['a']}"»)""",
    "a dict of lists": """
values = defaultdict(list)
values["a"].append(1)
values["b"] = name
db.execute(«f"... {values['b']}"»)""",
    "added text": """
sql = "SELECT 1 FROM t"
sql += «f" WHERE a = '{name}'"»
db.execute(sql)""",
    "added text in branches": """
sql = "SELECT 1 FROM t WHERE 1 = 1"
if name:
    sql += «f" AND a = '{name}'"»
sql += " ORDER BY a"
db.execute(sql)""",
    "a loop over pairs": """
for column, value in [("a", name), ("b", 1)]:
    db.execute(«f"... {value}"»)""",
    "enumerate": """
for number, one in enumerate(names):
    db.execute(«f"... {one}"»)""",
    "zip": """
for one, other in zip(ALLOWED, names):
    db.execute(«f"... {other}"»)""",
    "a walrus": """
if (value := name.strip()):
    db.execute(«f"... {value}"»)""",
    "a match": """
match payload:
    case {"name": str() as value}:
        db.execute(«f"... {value}"»)""",
    "a conditional": "value = name if name else 'x'\ndb.execute(«f\"... {value}\"»)",
    "or": "value = name or 'x'\ndb.execute(«f\"... {value}\"»)",
    "many operands": 'db.execute(«"SELECT 1 FROM t WHERE a = \'" + name + "\'" + " " + " " + " " + " " + " " + " " + " " + " " + " "»)',
    "format_map": "db.execute(«\"SELECT 1 FROM t WHERE a = '{name}'\".format_map(payload)»)",
    "unpacked into format": "db.execute(«\"SELECT 1 FROM t WHERE a = '{name}'\".format(**payload)»)",
    "bytes": 'db.execute(«f"... {name.encode().decode()}"»)',
    "JSON": "db.execute(«f\"... {json.loads(name)['a']}\"»)",
    "a closure": """
def inner():
    db.execute(«f"... {name}"»)
inner()""",
    "a helper's result": "db.execute(«select(name)»)",
    "a helper's result, awaited": "db.execute(«await select_twice(name)»)",
    "a helper's clause": "db.execute(«f\"SELECT 1 FROM t WHERE {condition('a', name)}\"»)",
    "an object's attribute": 'wanted = Filter(name=name)\ndb.execute(«f"... {wanted.name}"»)',
    "an object's attribute by position": 'wanted = Filter(name, 2)\ndb.execute(«f"... {wanted.name}"»)',
    "a builder": """
query = Built("t")
query.where(f"a = '{name}'")
db.execute(«query.build()»)""",
    "a field read by name": "db.execute(«f\"... {getattr(search, 'name')}\"»)",
}
PARAMETERS = "name: str, names: list[str], payload: dict, search: Search"


def spelled(body: str) -> str:
    return body.replace('f"... {', "f\"SELECT 1 FROM t WHERE a = '{").replace('}"»)', "}'\"»)").replace('}")', "}'\")")


@pytest.mark.parametrize("body", FLOWS.values(), ids=FLOWS.keys())
def test_the_characters_are_followed(body: str) -> None:
    assert_finds("SW401", handler(spelled(body), PARAMETERS))


STOPS = {
    "a number": 'value = int(name)\ndb.execute(f"... {value}")',
    "a UUID that is only tried": """
try:
    UUID(name)
except ValueError:
    raise
db.execute(f"... {name}")""",
    "a number that is only tried": 'int(name)\ndb.execute(f"... {name}")',
    "a field that is a number": 'db.execute(f"... {search.year}")',
    "numbers": "db.execute(f\"SELECT 1 FROM t WHERE id IN ({', '.join(str(one) for one in search.ids)})\")",
    "numbers by map": "db.execute(f\"SELECT 1 FROM t WHERE id IN ({', '.join(map(str, search.ids))})\")",
    "an enum's value": 'db.execute(f"... {search.status.value}")',
    "an enum made of it": 'db.execute(f"... {Status(name).value}")',
    "a pattern": 'db.execute(f"... {search.code}")',
    "a validator": 'db.execute(f"... {search.other}")',
    "a number of the dump": "db.execute(f\"... {search.model_dump()['year']}\")",
    "re.fullmatch": """
if not re.fullmatch(r"[a-z]+", name):
    raise ValueError(name)
db.execute(f"... {name}")""",
    "re.fullmatch is None": """
if re.fullmatch(r"[a-z]+", name) is None:
    raise ValueError(name)
db.execute(f"... {name}")""",
    "a function that raises": 'clean.validate(name)\ndb.execute(f"... {name}")',
    "an else": """
if name not in ALLOWED:
    pass
else:
    db.execute(f"... {name}")""",
    "a conditional the other way": "value = 'x' if name not in ALLOWED else name\ndb.execute(f\"... {value}\")",
    "a helper that quotes": 'db.execute(f"SELECT 1 FROM t WHERE {quote_name(name)} = 1")',
    "doubled quotes": 'safe = name.replace("\'", "\'\'")\ndb.execute(f"... {safe}")',
    "another key of the dict": "values = {'a': name, 'b': 'x'}\ndb.execute(f\"... {values['b']}\")",
    "another element of the tuple": 'first, second = name, 1\ndb.execute(f"... {second}")',
    "another attribute": 'wanted = Filter(name=name, size=2)\ndb.execute(f"... {wanted.size}")',
    "placeholders for as many": """
marks = ", ".join("?" for _ in names)
db.execute(f"SELECT 1 FROM t WHERE a IN ({marks})", names)""",
    "a clause without it": """
parts = []
values = []
if name:
    parts.append("a = ?")
    values.append(name)
db.execute("SELECT 1 FROM t WHERE " + " AND ".join(parts), values)""",
    "a length": 'db.execute(f"... {len(name)}")',
    "a hash": 'db.execute(f"... {hash(name)}")',
    "a look-up": "db.execute(f\"... {dict(a='x')[name]}\")",
    "a log": 'print(f"... {name}")',
    "a prompt": 'prompt = f"Select a book named {name} from the list and update the set"\nprint(prompt)',
    "another's execute": 'class Robot:\n    def execute(self, order): ...\nRobot().execute(f"... {name}")',
}


@pytest.mark.parametrize("body", STOPS.values(), ids=STOPS.keys())
def test_what_stops_it(body: str) -> None:
    assert_silent("SW401", handler(spelled(body), PARAMETERS))


@pytest.mark.parametrize(
    "declared", ["Name", "Annotated[str, StringConstraints(pattern='^a$')]", "list[Name]", "UUID | None"]
)
def test_types_that_check(declared: str) -> None:
    assert_silent("SW401", handler(spelled('db.execute(f"... {value}")'), f"value: {declared}"))


def test_a_pattern_of_the_query() -> None:
    assert_silent("SW401", handler(spelled('db.execute(f"... {value}")'), "value: str = Query(pattern='^[a-z]+$')"))


def test_text_that_a_helper_executes_is_found_where_it_is_put_together() -> None:
    (found,) = assert_finds(
        "SW401",
        """
        from fastapi import FastAPI
        from database import Database

        app = FastAPI()
        database = Database()

        @app.get("/books")
        async def books(name: str, year: int):
            await database.fetch_all("SELECT id FROM book WHERE name = :name", {"name": name})
            await database.fetch_all(f"SELECT id FROM book WHERE year = {year}")
            return await database.fetch_all(«f"SELECT id FROM book WHERE name = '{name}'"»)
        #- database.py
        from sqlalchemy import text
        from sqlalchemy.ext.asyncio import AsyncSession

        class Database:
            session: AsyncSession

            async def fetch_all(self, query: str, values: dict | None = None):
                return await self.run(self.rewrite(query), values)

            def rewrite(self, query: str) -> str:
                return query.strip()

            async def run(self, statement, values):
                return (await self.session.execute(text(statement), values or {})).all()
        """,
    )
    assert [one.message for one in found.related] == [
        "`fetch_all` hands the text on to `run`",
        "`run` hands the text on to `text`",
    ]


def test_what_is_handed_over_as_it_came_is_found_where_it_is_executed() -> None:
    assert_finds(
        "SW401",
        """
        from fastapi import FastAPI
        import console

        app = FastAPI()

        @app.post("/console")
        def run(query: str):
            return console.run(query)
        #- console.py
        import sqlite3

        def run(query: str):
            return sqlite3.connect("x").execute(«query»).fetchall()
        """,
    )


def test_an_attribute_that_the_constructor_keeps() -> None:
    files = """
        from fastapi import FastAPI
        from repository import Repository

        app = FastAPI()

        @app.get("/")
        def books(name: str):
            return Repository(name, 5).all()
        #- base.py
        class Base:
            def __init__(self, name: str, count: int):
                self.name = name
                self.count = count
        #- repository.py
        import sqlite3
        from base import Base

        class Repository(Base):
            def all(self):
                db = sqlite3.connect("x")
                db.execute(f"SELECT id FROM book LIMIT {self.count}")
                return db.execute(«f"SELECT id FROM book WHERE name = '{self.name}'"»).fetchall()
        """
    assert_finds("SW401", files)
    assert_silent("SW401", files.replace("Repository(name, 5)", "Repository('x', 5)").replace("«", "").replace("»", ""))


def test_a_helper_is_judged_by_what_this_call_gives_it() -> None:
    assert_silent(
        "SW401",
        """
        from fastapi import FastAPI
        import sqlite3
        from helpers import select

        app = FastAPI()

        @app.get("/")
        def books(name: str):
            print(select(name))
            return sqlite3.connect("x").execute(select("Emma")).fetchall()
        #- helpers.py
        def select(name):
            return f"SELECT id FROM book WHERE name = '{name}'"
        """,
    )


def test_a_function_that_calls_itself_ends() -> None:
    assert_silent(
        "SW401",
        """
        import sqlite3

        def first(text, depth):
            return second(text + "(", depth - 1)

        def second(text, depth):
            return first(text + ")", depth) if depth else text

        def run(depth: int):
            return sqlite3.connect("x").execute(first("SELECT ", depth))
        """,
    )


def test_an_edit_of_the_helper_is_seen_where_its_result_is_executed() -> None:
    example = parse(
        """
        from fastapi import FastAPI
        import sqlite3
        from helpers import select

        app = FastAPI()

        @app.get("/")
        def books(name: str):
            return sqlite3.connect("x").execute(select(name)).fetchall()
        #- helpers.py
        def select(name):
            return "SELECT id FROM book"
        """
    )
    folder = Folder(example.files)
    main, helpers = folder.root / "main.py", folder.root / "helpers.py"
    assert [one.code for one in folder.findings("SW401")] == []
    folder.workspace.open(helpers, "def select(name):\n    return f\"SELECT id FROM book WHERE name = '{name}'\"\n")
    assert "SW401" in [one.code for one in folder.workspace.findings(main)]
    folder.workspace.open(helpers, 'def select(name):\n    return f"SELECT id FROM book WHERE id = {int(name)}"\n')
    assert "SW401" not in [one.code for one in folder.workspace.findings(main)]


@pytest.mark.parametrize(
    "handler",
    [
        """
        import asyncio
        from fastapi import FastAPI
        from store import search_sync

        app = FastAPI()


        @app.get("/books")
        async def books(word: str):
            return await asyncio.to_thread(search_sync, word)
        """,
        """
        import asyncio
        from fastapi import FastAPI, WebSocket
        from store import search_sync

        app = FastAPI()


        @app.websocket("/books")
        async def books(socket: WebSocket):
            word = await socket.receive_text()
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, search_sync, word)
        """,
        """
        from fastapi import BackgroundTasks, FastAPI
        from store import search_sync

        app = FastAPI()


        @app.post("/books")
        async def books(word: str, tasks: BackgroundTasks):
            tasks.add_task(search_sync, word=word)
        """,
        """
        from fastapi import APIRouter
        from store import search_sync


        class Books:
            def __init__(self):
                self.router = APIRouter()
                self.router.add_api_route("/books", self.find)

            async def find(self, word: str):
                return search_sync(word)
        """,
        """
        #- exports.py
        from asgiref.sync import sync_to_async
        from django.http import HttpRequest, HttpResponse
        from store import search_sync


        async def books(request: HttpRequest, word: str) -> HttpResponse:
            return HttpResponse(await sync_to_async(search_sync)(word))
        """,
        """
        #- views.py
        from django.http import HttpRequest, HttpResponse
        import store


        def search_sync(request: HttpRequest, word: str) -> HttpResponse:
            return HttpResponse(store.search_sync(word))
        """,
    ],
    ids=["thread", "executor", "background task", "added route", "wrapped", "a view and a helper of one name"],
)
def test_calls_that_somebody_else_makes(handler: str) -> None:
    store = """
#- store.py
import psycopg


def search_sync(word: str):
    with psycopg.connect() as connection:
        return connection.execute(«f"SELECT 1 FROM book WHERE word = '{word}'"»).fetchall()
"""
    assert_finds("SW401", dedent(handler).lstrip() + store)


@pytest.mark.parametrize(
    "call",
    ["await asyncio.to_thread(search, 1, word)", "await asyncio.to_thread(other, word)", "show(search, word)"],
)
def test_calls_that_hand_it_to_something_else(call: str) -> None:
    assert_silent(
        "SW401",
        f"""\
import asyncio
import psycopg
from elsewhere import other, show
from fastapi import FastAPI

app = FastAPI()


def search(word: str, note: str = ""):
    with psycopg.connect() as connection:
        connection.execute(f"SELECT 1 FROM book WHERE word = '{{word}}'")


@app.get("/books")
async def books(word: str):
    {call}
""",
    )
