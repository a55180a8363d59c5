import json
import logging
from functools import lru_cache

import redis
import redis.asyncio as aioredis
from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from shop.auth import current_admin, session_customer
from shop.config import config
from shop.db import DbDep, SessionLocal
from shop.schemas import PartIn, PartOut
from shop.tables import Part

log = logging.getLogger(__name__)
router = APIRouter(prefix="/parts")

cache = redis.Redis.from_url(config.redis_url)
async_cache = aioredis.from_url(config.redis_url)

SUPPLIER = "sk_live_9rTq4ZhW2mXv7LbK1nPd8sGc"  # expect: SW202
PARTS = TypeAdapter(list[PartIn])


@lru_cache
def stock_factory() -> async_sessionmaker[AsyncSession]:
    engine = create_async_engine("sqlite:///parts.db")  # expect: SW109
    return async_sessionmaker(engine, expire_on_commit=False)


async def stock_session():
    async with stock_factory()() as session:
        yield session


@router.get("", response_model=list[PartOut])
def list_parts(db: DbDep, offset: int = 0, limit: int = 50):  # expect: SW307
    return db.scalars(select(Part).offset(offset).limit(limit)).all()


@router.get("/page", response_model=list[PartOut])
def page_of_parts(db: DbDep, number: int = Query(0, ge=0), size: int = 20):
    return db.scalars(select(Part).offset(number * 20).limit(min(size, 100))).all()


@router.post("", response_model=PartOut, dependencies=[Depends(current_admin)])
def add_part(data: PartIn, db: DbDep):
    part = Part(**data.dict())  # expect: SW304, SW309
    db.add(part)
    db.commit()
    return part


@router.post("/closed", response_model=PartOut, dependencies=[Depends(current_admin)])
def add_part_closed(data: PartIn, db: DbDep):
    part = Part(**data.model_dump(include={"name", "stock", "price"}))
    db.add(part)
    db.commit()
    return part


@router.put("/{part_id}/stock", dependencies=[Depends(current_admin)])
def set_stock(part_id: int, stock: int, db: DbDep) -> dict[str, int]:
    db.execute(update(Part).where(Part.id == part_id).values(stock=stock))
    db.commit()
    return {"stock": stock}


@router.put("/{part_id}/price")
def set_price(part_id: int, price: int, db: DbDep) -> dict[str, int]:  # expect: SW508
    db.execute(update(Part).where(Part.id == part_id).values(price=price))
    db.commit()
    return {"price": price}


@router.post("/bulk", dependencies=[Depends(current_admin)])
async def bulk(request: Request) -> dict[str, int]:
    try:
        parts = PARTS.validate_json(await request.body())
    except ValidationError as error:
        raise HTTPException(422) from error
    async with stock_factory()() as session:
        await session.execute(insert(Part), [part.model_dump(include={"name", "stock", "price"}) for part in parts])
        await session.commit()
    return {"added": len(parts)}


@router.post("/bulk/quick", dependencies=[Depends(current_admin)])
async def bulk_quick(request: Request) -> dict[str, int]:
    rows = json.loads(await request.body())  # expect: SW302
    parts = [PartIn.model_construct(**row) for row in rows]  # expect: SW305
    async with stock_factory()() as session:
        session.add_all([Part(name=part.name, stock=part.stock, price=part.price) for part in parts])
        session.commit()  # expect: SW104
    return {"added": len(parts)}


@router.get("/stock/{part_id}")
async def stock(part_id: int, session: AsyncSession = Depends(stock_session)) -> int:
    part = await session.get(Part, part_id)
    return part.stock if part else 0


@router.get("/stock/{part_id}/old")
async def old_stock(part_id: int, session: AsyncSession = Depends(stock_session)) -> int:
    part = session.query(Part).filter(Part.id == part_id).one()  # expect: SW105
    return part.stock


@router.get("/popular")
async def popular() -> list[str]:
    names = cache.lrange("popular", 0, 9)  # expect: SW101
    return [name.decode() for name in names]


@router.get("/popular/async")
async def popular_async() -> list[str]:
    return [name.decode() for name in await async_cache.lrange("popular", 0, 9)]


def cheapest(limit: int) -> list[str]:
    with SessionLocal() as session:
        return list(session.scalars(select(Part.name).order_by(Part.price).limit(limit)))


def _ranking(limit: int) -> list[str]:
    return cheapest(limit * 2)[:limit]


@router.get("/cheap")
async def cheap() -> list[str]:
    return _ranking(10)  # expect: SW102


@router.get("/cheap/thread")
def cheap_in_thread() -> list[str]:
    return _ranking(10)


@router.get("/named", dependencies=[Depends(session_customer)])
def named(db: DbDep, name: str) -> list[int]:
    statement = f"SELECT id FROM parts WHERE name = '{name}'"  # expect: SW401
    return [row[0] for row in db.execute(text(statement))]


def parts_above(db: Session, minimum: str) -> list[int]:
    """For the nightly export."""
    query = "SELECT id FROM parts WHERE price > '" + minimum + "'"  # expect: SW402
    return list(db.scalars(text(query)))


def vacuum() -> None:
    with SessionLocal() as session:
        session.execute("VACUUM parts")  # expect: SW404
