from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, status

from app.dependencies import CurrentAccount, SessionDep
from app.models import Booking, Evening
from app.schemas import BookingRead, EveningCreate, EveningRead
from app.services import evenings

router = APIRouter(tags=["evenings"])


@router.get("/evenings", response_model=list[EveningRead])
async def list_evenings(
    session: SessionDep,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Sequence[Evening]:
    return await evenings.list_evenings(session, offset, limit)


@router.get("/evenings/search", response_model=list[EveningRead])
async def find_evenings(
    session: SessionDep, words: Annotated[str, Query(min_length=2, max_length=80)]
) -> Sequence[Evening]:
    return await evenings.find_evenings(session, words)


@router.post("/evenings", response_model=EveningRead, status_code=status.HTTP_201_CREATED)
async def create_evening(data: EveningCreate, account: CurrentAccount, session: SessionDep) -> Evening:
    return await evenings.create_evening(session, account, data)


@router.post("/evenings/{evening_id}/bookings", response_model=BookingRead, status_code=status.HTTP_201_CREATED)
async def book_seat(evening_id: int, account: CurrentAccount, session: SessionDep) -> Booking:
    return await evenings.book_seat(session, account, evening_id)


@router.get("/bookings", response_model=list[BookingRead])
async def list_bookings(account: CurrentAccount, session: SessionDep) -> Sequence[Booking]:
    return await evenings.list_bookings(session, account)
