import asyncio
from typing import Annotated, Any, Literal

import psycopg
from fastapi import APIRouter, Body, Depends, Header, HTTPException, Query, Request
from passlib.hash import bcrypt
from psycopg import sql
from pydantic import BaseModel, Field

from stockroom.db import Conn, backup_is_alive, backup_size, pool
from stockroom.settings import settings


async def keeper(x_key: Annotated[str, Header()]) -> str:
    if x_key != settings.key.get_secret_value():  # expect: SW506
        raise HTTPException(403)
    return x_key


router = APIRouter(prefix="/boxes")
guarded = [Depends(keeper)]


class Box(BaseModel):
    shelf: str
    pots: int = Field(ge=0)


class KeeperIn(BaseModel):
    name: str
    password: str


class KeeperOut(BaseModel):
    name: str
    password_digest: str


async def count(conn: psycopg.AsyncConnection, shelf: str) -> int:
    cursor = await conn.execute("SELECT count(*) AS n FROM box WHERE shelf = %s", (shelf,))
    return (await cursor.fetchone())["n"]


async def count_apart(shelf: str) -> int:
    async with pool.connection() as conn:
        return await count(conn, shelf)


@router.get("/count", dependencies=guarded)
async def counts(conn: Conn) -> list[int]:
    return await asyncio.gather(count(conn, "A"), count(conn, "B"))  # expect: SW106


@router.get("/count/apart", dependencies=guarded)
async def counts_apart() -> list[int]:
    return await asyncio.gather(count_apart("A"), count_apart("B"))


@router.get("")
async def boxes(conn: Conn, size: Annotated[int, Query(ge=1)] = 50) -> list[dict[str, Any]]:  # expect: SW307
    cursor = await conn.execute("SELECT shelf, pots FROM box LIMIT %s", (size,))
    rows = cursor.fetchall()  # expect: SW104
    return list(rows)


@router.get("/page")
async def page(conn: Conn, size: Annotated[int, Query(ge=1, le=200)] = 50) -> list[dict[str, Any]]:
    cursor = await conn.execute("SELECT shelf, pots FROM box LIMIT %s", (size,))
    return await cursor.fetchall()


@router.post("", status_code=201, dependencies=guarded)
async def add(box: Box, conn: Conn) -> Box:
    await conn.execute("INSERT INTO box (shelf, pots) VALUES (%s, %s)", (box.shelf, box.pots))
    return box


@router.post("/many", dependencies=guarded)
async def add_many(conn: Conn, rows: Annotated[list[dict[str, Any]], Body()]) -> int:  # expect: SW301
    async with conn.cursor() as cursor:
        cursor.executemany("INSERT INTO box (shelf, pots) VALUES (%(shelf)s, %(pots)s)", rows)  # expect: SW104
    return len(rows)


@router.put("/{shelf}")
async def refill(shelf: str, box: Box, conn: Conn) -> Box:  # expect: SW508
    await conn.execute("UPDATE box SET pots = %s WHERE shelf = %s", (box.pots, shelf))
    return box


@router.post("/scan", dependencies=guarded)
async def scan(request: Request) -> int:
    form = await request.form()  # expect: SW302
    return int(form["pots"])


@router.get("/found")
async def found(conn: Conn, shelf: str) -> list[Any]:
    query = sql.SQL(f"SELECT pots FROM box WHERE shelf = '{shelf}'")  # expect: SW401
    return await (await conn.execute(query)).fetchall()


@router.get("/found/composed")
async def found_composed(conn: Conn, column: Literal["pots", "shelf"], value: str) -> list[Any]:
    query = sql.SQL("SELECT * FROM box WHERE {} = {}").format(sql.Identifier(column), sql.Literal(value))
    return await (await conn.execute(query)).fetchall()


@router.get("/sorted")
async def in_order(conn: Conn, by: str = "shelf", way: Literal["ASC", "DESC"] = "ASC") -> list[Any]:
    cursor = await conn.execute(f"SELECT shelf FROM box ORDER BY {by} {way}")  # expect: SW403
    return await cursor.fetchall()


@router.get("/sorted/{way}")
async def in_order_of_pots(conn: Conn, way: Literal["ASC", "DESC"]) -> list[Any]:
    cursor = await conn.execute(f"SELECT shelf FROM box ORDER BY pots {way}")
    return await cursor.fetchall()


@router.get("/backup")
async def backup() -> dict[str, Any]:
    alive = await backup_is_alive()
    return {"alive": alive, "size": backup_size()}  # expect: SW103


@router.get("/backup/thread")
async def backup_in_thread() -> int:
    return await asyncio.to_thread(backup_size)


@router.post("/keepers", response_model=KeeperOut, dependencies=guarded)  # expect: SW504
async def add_keeper(keeper: KeeperIn, conn: Conn):
    digest = bcrypt.hash(keeper.password)  # expect: SW507
    await conn.execute("INSERT INTO keeper (name, digest) VALUES (%s, %s)", (keeper.name, digest))
    return KeeperOut(name=keeper.name, password_digest=digest)


@router.post("/keepers/quick", dependencies=guarded)
async def add_keeper_quickly(keeper: KeeperIn, conn: Conn) -> str:
    await conn.execute("INSERT INTO keeper (name, password) VALUES (%s, %s)", (keeper.name, keeper.password))  # expect: SW501
    return keeper.name


@router.post("/keepers/copy", dependencies=guarded)
async def copy_keeper(keeper: KeeperIn, conn: Conn):
    box = Box(shelf=keeper.name, pots=0)
    await conn.execute("INSERT INTO box (shelf, pots) VALUES (%s, %s)", (box.shelf, box.pots))
    return {"box": box.dict()}  # expect: SW309


@router.get("/near")
async def near(conn: Conn, shelf="A"):  # expect: SW306, SW308
    cursor = await conn.execute("SELECT pots FROM box WHERE shelf = %s", [shelf])
    return {"pots": [row["pots"] async for row in cursor]}
