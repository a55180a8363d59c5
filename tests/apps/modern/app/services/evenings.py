from collections.abc import Sequence

import structlog
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.errors import ConflictError, NotFoundError
from app.models import Account, Booking, Evening
from app.schemas import EveningCreate

logger = structlog.get_logger(__name__)


async def list_evenings(session: AsyncSession, offset: int, limit: int) -> Sequence[Evening]:
    query = select(Evening).order_by(Evening.starts_at, Evening.id).offset(offset).limit(limit)
    return (await session.scalars(query)).all()


async def find_evenings(session: AsyncSession, words: str) -> Sequence[Evening]:
    ids = await session.scalars(
        text("SELECT id FROM evening WHERE lower(title) LIKE :pattern"), {"pattern": f"%{words.lower()}%"}
    )
    query = select(Evening).where(Evening.id.in_(ids.all())).order_by(Evening.starts_at, Evening.id)
    return (await session.scalars(query)).all()


async def create_evening(session: AsyncSession, organiser: Account, data: EveningCreate) -> Evening:
    evening = Evening(
        title=data.title,
        starts_at=data.starts_at,
        seats=data.seats,
        organiser_id=organiser.id,
    )
    session.add(evening)
    await session.commit()
    return evening


async def book_seat(session: AsyncSession, account: Account, evening_id: int) -> Booking:
    evening = await session.get(Evening, evening_id)
    if evening is None:
        raise NotFoundError("There is no such evening")
    taken = await session.execute(
        update(Evening).where(Evening.id == evening_id, Evening.seats > 0).values(seats=Evening.seats - 1)
    )
    if taken.rowcount == 0:
        raise ConflictError("The evening is sold out")
    booking = Booking(evening=evening, account=account)
    session.add(booking)
    try:
        await session.commit()
    except IntegrityError as error:
        logger.warning("seat_already_booked", evening_id=evening_id, exc_info=True)
        raise ConflictError("You have a seat already") from error
    logger.info("seat_booked", evening_id=evening_id, booking_id=booking.id)
    return booking


async def list_bookings(session: AsyncSession, account: Account) -> Sequence[Booking]:
    query = (
        select(Booking)
        .where(Booking.account_id == account.id)
        .options(selectinload(Booking.evening))
        .order_by(Booking.id)
    )
    return (await session.scalars(query)).all()
