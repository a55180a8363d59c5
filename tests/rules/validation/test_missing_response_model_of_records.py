"""SW308: handlers that send rows which asyncpg or psycopg fetched."""

from __future__ import annotations

import pytest

from seawall.edits import CannotFix
from support.marked import Folder, assert_finds, assert_silent, parse

HEAD = """
import asyncpg
import psycopg
from typing import Annotated
from fastapi import Depends, FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from db import Books, connection, newest

app = FastAPI()
Connection = Annotated[asyncpg.Connection, Depends(connection)]

class Book(BaseModel):
    title: str
"""
MORE = """
#- db.py
import asyncpg

async def connection():
    connection = await asyncpg.connect("postgresql:///books")
    yield connection

async def newest(pool: asyncpg.Pool) -> list[asyncpg.Record]:
    async with pool.acquire() as connection:
        return await connection.fetch("SELECT title FROM books")

class Books:
    def __init__(self, pool: asyncpg.Pool):
        self.pool = pool

    async def first(self):
        return await self.pool.fetchrow("SELECT title FROM books")

    async def count(self) -> int:
        return await self.pool.fetchval("SELECT count(*) FROM books")
"""

FOUND = [
    "@app.get('/')\nasync def «read»(c: Connection):\n    return await c.fetch('SELECT title FROM books')\n",
    "@app.get('/')\nasync def «read»(c: Connection):\n    rows = await c.fetch('SELECT title FROM books')\n    return [dict(row) for row in rows]\n",
    "@app.get('/')\nasync def «read»(c: Connection):\n    rows = await c.fetch('SELECT title FROM books')\n    return [{'title': row['title']} for row in rows]\n",
    "@app.get('/')\nasync def «read»(c: Connection):\n    row = await c.fetchrow('SELECT title FROM books')\n    return {'title': row.get('title')}\n",
    "@app.get('/')\nasync def «read»(c: Connection):\n    row = await c.fetchrow('SELECT title, sold FROM books')\n    return {'sold': bool(row['sold'])}\n",
    "@app.get('/')\nasync def «read»(c: Connection):\n    rows = await c.fetch('SELECT title FROM books')\n    return {'first': rows[0]['title']}\n",
    "@app.get('/')\nasync def «read»(c: Connection):\n    found = await c.prepare('SELECT title FROM books')\n    return await found.fetchrow()\n",
    "@app.get('/')\nasync def «read»(c: Connection):\n    return [dict(row) async for row in c.cursor('SELECT title FROM books')]\n",
    "@app.get('/')\nasync def «read»(c: psycopg.AsyncConnection):\n    rows = await c.execute('SELECT title FROM books')\n    return {'titles': [row[0] async for row in rows]}\n",
    "@app.get('/')\ndef «read»(c: psycopg.Connection):\n    return {'title': c.execute('SELECT title FROM books').fetchone()[0]}\n",
    # fetched in another file
    "@app.get('/')\nasync def «read»(pool: asyncpg.Pool):\n    return await newest(pool)\n",
    "@app.get('/')\nasync def «read»(pool: asyncpg.Pool):\n    book = await Books(pool).first()\n    return {'title': book['title']}\n",
]

SILENT = [
    "@app.get('/')\nasync def read(c: Connection) -> list[Book]:\n    return await c.fetch('SELECT title FROM books')\n",
    "@app.get('/')\nasync def read(c: Connection):\n    return [Book(**row) for row in await c.fetch('SELECT title FROM books')]\n",
    "@app.get('/')\nasync def read(c: Connection):\n    return JSONResponse([dict(row) for row in await c.fetch('SELECT 1')])\n",
    "@app.get('/')\nasync def read(c: Connection):\n    return {'count': await c.fetchval('SELECT count(*) FROM books')}\n",
    "@app.get('/')\nasync def read(c: Connection):\n    return {'count': len(await c.fetch('SELECT title FROM books'))}\n",
    "@app.get('/')\nasync def read(c: Connection):\n    row = await c.fetchrow('SELECT 1 FROM books')\n    return {'there': bool(row)}\n",
    "@app.get('/')\nasync def read(c: Connection):\n    return await c.execute('DELETE FROM books')\n",
    "@app.get('/')\nasync def read(c):\n    return await c.fetch('SELECT title FROM books')\n",
    # counted in another file
    "@app.get('/')\nasync def read(pool: asyncpg.Pool):\n    return {'count': await Books(pool).count()}\n",
]


@pytest.mark.parametrize("handler", FOUND)
def test_records_are_sent_as_they_are(handler: str) -> None:
    assert_finds("SW308", HEAD + handler + MORE)


@pytest.mark.parametrize("handler", SILENT)
def test_what_is_sent_is_declared_or_is_no_record(handler: str) -> None:
    assert_silent("SW308", HEAD + handler + MORE)


def test_the_columns_are_in_the_sql_alone() -> None:
    (found,) = Folder(parse((HEAD + FOUND[0] + MORE).replace("«", "").replace("»", "")).files).findings("SW308")
    assert found.finding.message == "Nothing says what `read` sends of the database's rows, declare a response model"
    with pytest.raises(CannotFix, match="SQL alone"):
        list(found.finding.fixes[0].make())
