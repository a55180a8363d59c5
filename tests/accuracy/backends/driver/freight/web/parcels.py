import asyncio
import time
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Body, Depends, HTTPException, Path, Query, Request
from pydantic import TypeAdapter

from freight.store import Parcels, connection
from freight.store.parcels import Field as ParcelField
from freight.web.schemas import Manifest, Parcel, ParcelIn
from freight.web.security import Account, Connection, Dispatcher

routes = APIRouter(prefix="/parcels")
MANY = TypeAdapter(list[ParcelIn])


async def parcels(connection: Connection) -> Parcels:
    return Parcels(connection)


Store = Annotated[Parcels, Depends(parcels)]


def limit(value: Annotated[int, Query(alias="limit", ge=1, le=500)] = 100) -> int:
    return value


Limit = Annotated[int, Depends(limit)]


@routes.get("/by-name")
async def by_name(name: str, store: Store, account: Account) -> list[Parcel]:
    return [Parcel(**row) for row in await store.by_name(name)]


@routes.get("/by-town/{town}", response_model=list[Parcel])
async def by_town(town: Annotated[str, Path(max_length=80)], store: Store, account: Account):
    return [dict(row) for row in await store.by_town(town)]


@routes.get("/by-state", response_model=list[Parcel])
async def by_state(store: Store, account: Account, state: Annotated[list[str], Query()]):
    return [dict(row) for row in await store.in_states(state)]


@routes.get("/in-state", response_model=list[Parcel])
async def in_state(store: Store, account: Account, state: str = "sent"):
    return [dict(row) for row in await store.in_state(state)]


@routes.get("/ranked", response_model=list[Parcel])
async def ranked(store: Store, account: Account, by: str):
    return [dict(row) for row in await store.ranked(by)]


@routes.get("/sorted", response_model=list[Parcel])
async def sorted_parcels(store: Store, account: Account, direction: Literal["asc", "desc"] = "asc"):
    return [dict(row) for row in await store.sorted(direction)]


@routes.get("/field/{field}", response_model=list[Parcel])
async def by_field(field: ParcelField, value: str, store: Store, account: Account):
    return [dict(row) for row in await store.by_field(field, value)]


@routes.get("/latest")
async def latest(connection: Connection, account: Account, limit: Limit) -> list[Parcel]:
    rows = await connection.fetch("SELECT * FROM parcels ORDER BY created_at DESC LIMIT $1", limit)
    return [Parcel(**row) for row in rows]


@routes.get("/oldest")
async def oldest(connection: Connection, account: Account, limit: int = 100) -> list[Parcel]:  # expect: SW307
    rows = await connection.fetch("SELECT * FROM parcels ORDER BY created_at LIMIT $1", limit)
    return [Parcel(**row) for row in rows]


@routes.get("/counts")
async def counts(connection: Connection, account: Account) -> dict[str, int]:
    sent, lost = await asyncio.gather(  # expect: SW106
        connection.fetchval("SELECT count(*) FROM parcels WHERE state = 'sent'"),
        connection.fetchval("SELECT count(*) FROM parcels WHERE state = 'lost'"),
    )
    return {"sent": sent, "lost": lost}


@routes.get("/counts/pool")
async def counts_of_pool(request: Request, account: Account) -> dict[str, int]:
    pool: asyncpg.Pool = request.app.state.pool
    sent, lost = await asyncio.gather(
        pool.fetchval("SELECT count(*) FROM parcels WHERE state = 'sent'"),
        pool.fetchval("SELECT count(*) FROM parcels WHERE state = 'lost'"),
    )
    return {"sent": sent, "lost": lost}


@routes.get("/{key}")
async def read(key: UUID, store: Store, account: Account) -> Parcel:
    row = await store.get(key)
    if row is None:
        raise HTTPException(404)
    return Parcel(**row)


@routes.get("/{key}/history")
async def history(key, connection: Connection, account: Account):  # expect: SW306, SW308
    rows = await connection.fetch("SELECT state, at FROM history WHERE parcel_id = $1", key)
    return [{"state": row["state"], "at": row["at"]} for row in rows]


@routes.get("/{key}/weight")
async def weight(key: UUID, connection: Connection, account: Account) -> float:
    row = connection.fetchrow("SELECT weight FROM parcels WHERE id = $1", key)  # expect: SW104
    return row["weight"] / 1000


@routes.post("", status_code=201)
async def add(data: ParcelIn, store: Store, account: Account) -> UUID:
    return await store.insert(data.code, data.weight)


@routes.post("/many")
async def add_many(request: Request, store: Store, account: Account) -> int:
    parcels = MANY.validate_python(await request.json())
    for parcel in parcels:
        await store.insert(parcel.code, parcel.weight)
    return len(parcels)


@routes.post("/many/unchecked")
async def add_unchecked(request: Request, store: Store, account: Account) -> int:
    rows = await request.json()  # expect: SW302
    for row in rows:
        await store.insert(row["code"], row["weight"])
    return len(rows)


@routes.post("/many/trusted")
async def add_trusted(store: Store, account: Account, rows: list[dict[str, Any]]) -> int:  # expect: SW301
    for row in rows:
        parcel = ParcelIn.model_construct(**row)  # expect: SW305
        await store.insert(parcel.code, parcel.weight)
    return len(rows)


@routes.post("/manifest")
async def manifest(account: Account, data: Annotated[Any, Body()]) -> str:  # expect: SW301
    return data["carrier"]


@routes.post("/manifest/open")
async def open_manifest(account: Account, data: Manifest) -> str:
    return data.carrier


@routes.post("/{key}/send", status_code=204)
async def send(key: UUID, store: Store, dispatcher: Dispatcher) -> None:
    await store.send([key])


@routes.post("/{key}/lost", status_code=204)
async def lost(key: UUID, store: Store) -> None:  # expect: SW508
    await store.mark(key, "lost")


@routes.post("/{key}/weigh", status_code=204)
async def weigh(key: UUID, account: Account) -> None:
    time.sleep(0.2)  # expect: SW101


@routes.delete("/{key}", status_code=204)
async def remove(key: UUID, dispatcher: Dispatcher, connection: Annotated[asyncpg.Connection, Depends(connection)]) -> None:
    await connection.execute("DELETE FROM parcels WHERE id = $1", key)
