"""What machines talk to: buoys, banks, screens."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Request, WebSocket
from pydantic import TypeAdapter
from sqlalchemy import text

from marina.api.schemas import Reading
from marina.core.deps import incoming, trace
from marina.core.security import signed_by_bank, signed_by_insurer
from marina.core.settings import get_settings
from marina.db.session import engine, reports, sessions
from marina.domain.reports import archived, tonnage, tonnage_bound
from marina.domain.weather import Bulletin, beaufort

router = APIRouter(prefix="/harbour")
READINGS = TypeAdapter(list[Reading])


@router.post("/buoys")
async def buoys(data: Annotated[dict[str, Any], Depends(incoming)]) -> int:
    return data["height"]


@router.post("/buoys/checked")
async def buoys_checked(request: Request) -> float:
    readings = READINGS.validate_json(await request.body())
    return max(reading.height for reading in readings)


@router.post("/buoys/quick")
async def buoys_quick(request: Request) -> list[float]:
    raw = await request.body()  # expect: SW302
    readings = [Reading.model_construct(**one) for one in json.loads(raw)]  # expect: SW305
    return [reading.height for reading in readings]


@router.post("/bank/webhook")
async def bank(request: Request, x_signature: Annotated[str, Header()]) -> dict[str, bool]:
    body = await request.body()
    if not signed_by_bank(body, x_signature):
        raise HTTPException(403)
    return {"seen": Reading.model_validate_json(body).buoy > 0}


@router.post("/insurer/webhook")
async def insurer(request: Request, x_signature: Annotated[str, Header()], x_key: Annotated[str, Header()]) -> int:
    body = await request.body()
    if not signed_by_insurer(body, x_signature) or x_key != get_settings().webhook_secret:  # expect: SW506
        raise HTTPException(403)
    return Reading.model_validate_json(body).buoy


@router.get("/wind/{place}")
async def wind(place, tracing: Annotated[str, Depends(trace)]) -> dict[str, Any]:  # expect: SW306
    return {"force": beaufort(place), "trace": tracing}  # expect: SW103


@router.get("/wind/{place}/thread")
def wind_in_thread(place: str) -> dict[str, int]:
    return {"force": beaufort(place)}


@router.get("/bulletin")
async def bulletin(place: str = "north", bulletins: Bulletin = Depends(lambda: Bulletin())) -> str:
    return await bulletins.text_in_thread(place)


@router.get("/visits/{boat}")
async def tons(boat: str) -> int:
    async with reports.connect() as connection:
        return await tonnage(connection, boat) + await tonnage_bound(connection, boat)


@router.get("/archive")
async def archive(table: str = "visit_2020") -> int:
    return await archived(table)


@router.websocket("/screens")
async def screens(socket: WebSocket) -> None:
    await socket.accept()
    async with sessions() as session:
        async for pier in socket.iter_text():
            found = await session.scalars(text("SELECT number FROM berth WHERE pier = '" + pier + "'"))  # expect: SW401
            await socket.send_json(list(found))


@router.websocket("/screens/bound")
async def screens_bound(socket: WebSocket) -> None:
    await socket.accept()
    async with engine.connect() as connection:
        async for pier in socket.iter_text():
            found = await connection.scalars(text("SELECT number FROM berth WHERE pier = :pier"), {"pier": pier})
            await socket.send_json(list(found))
