"""Real-looking backend code of any length."""

from __future__ import annotations

_HEAD = '''"""Orders of the shop."""

import logging
import time
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import BaseModel
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

logger = logging.getLogger(__name__)
engine = create_async_engine("postgresql+asyncpg://db/shop", pool_pre_ping=True)
sessions = async_sessionmaker(engine, expire_on_commit=False)
router = APIRouter(prefix="/orders")


async def get_session():
    async with sessions() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
'''

_BLOCK = '''

class Order{n}(BaseModel):
    """What a customer orders, number {n}."""

    customer: str
    article: str
    amount: int = 1
    note: str | None = None

    def total(self, price: float) -> float:
        return round(self.amount * price, 2)


@router.get("/{n}/{{order_id}}")
async def read_order_{n}(order_id: int, session: SessionDep):
    result = await session.execute(text("SELECT * FROM orders WHERE id = :id"), {{"id": order_id}})
    row = result.mappings().first()
    if row is None:
        raise HTTPException(status_code=404, detail="Order not found")
    return dict(row)


@router.post("/{n}")
async def create_order_{n}(payload: Order{n}, session: SessionDep):
    prices = {{"book": 9.9, "pen": 1.5}}
    if payload.article not in prices:
        raise HTTPException(status_code=422, detail=f"No such article: {{payload.article}}")
    total = payload.total(prices[payload.article])
    try:
        await session.execute(
            text("INSERT INTO orders (customer, total) VALUES (:customer, :total)"),
            {{"customer": payload.customer, "total": total}},
        )
        await session.commit()
    except ValueError as error:
        logger.warning("order {n} failed: %s", error)
        raise
    return {{"total": total, "customer": payload.customer}}


def summarise_{n}(orders: list[Order{n}]) -> dict[str, float]:
    summary: dict[str, float] = {{}}
    for order in orders:
        key = f"{{order.customer}}/{{order.article}}"
        summary[key] = summary.get(key, 0.0) + order.amount
    return {{key: value for key, value in summary.items() if value > 0}}
'''

_MISTAKE = """

async def pause_{n}(seconds: float) -> None:
    time.sleep(seconds)
"""


def backend(lines: int) -> str:
    """A module of about that many lines, with a mistake every 200 lines or so."""
    text, number, count = _HEAD, 0, _HEAD.count("\n")
    while count < lines:
        block = _BLOCK.format(n=number) + (_MISTAKE.format(n=number) if number % 4 == 0 else "")
        text += block
        count += block.count("\n")
        number += 1
    return text


def typing_place(text: str) -> int:
    """A line (from 0) in the middle of the file, inside a handler, at whose end one may type."""
    lines = text.split("\n")
    middle = len(lines) // 2
    return next(n for n in range(middle, len(lines)) if lines[n].startswith("    row = result"))
