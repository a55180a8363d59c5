from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, BackgroundTasks, Depends, HTTPException, Query, Request

from marina.api.factory import reading_router
from marina.api.schemas import BerthOut, BoatIn, BoatOut, BoatPatch, Loose
from marina.core.deps import Limit, Me, RawBody, Unit, current_skipper
from marina.core.settings import JsonObject
from marina.core.uow import UnitOfWork
from marina.db.models import Boat
from marina.domain.berths import BerthService, rename
from marina.domain.reports import Reports, Span

router = APIRouter(prefix="/berths")
boats = reading_router("/boats", BoatOut, lambda work: work.boats)
moves = APIRouter(prefix="/moves", dependencies=[Depends(current_skipper)])


def berth_service(work: Unit) -> BerthService:
    return BerthService(work)


Berths = Annotated[BerthService, Depends(berth_service)]


def figures(work: Unit) -> Reports:
    return Reports(work.session)


@router.get("/free", response_model=list[BerthOut], dependencies=[Depends(current_skipper)])
async def free(work: Unit):
    return await work.berths.free()


@router.post("/{key}/boat", response_model=BerthOut)
async def assign(key: int, boat: BoatIn, me: Me, berths: Berths, tasks: BackgroundTasks):
    return await berths.assign(key, boat, me.id, tasks)


@router.delete("/{key}/boat", status_code=204)
async def vacate(key: int, work: Unit) -> None:  # expect: SW508
    berth = await work.berths.get(key)
    if berth is None:
        raise HTTPException(404)
    berth.boat_id = None
    await work.commit()


@router.put("/{key}/label")
async def relabel(key: int, me: Me, berths: Berths) -> str:
    return await berths.label(key)


@moves.post("/swap")
async def swap(data: RawBody, work: Unit) -> dict[str, int]:  # expect: SW301
    first, second = await work.berths.get(data["first"]), await work.berths.get(data["second"])
    first.boat_id, second.boat_id = second.boat_id, first.boat_id
    await work.commit()
    return {"swapped": 2}


@moves.post("/boats", response_model=BoatOut)
async def add_boat(payload: JsonObject, me: Me, work: Unit):  # expect: SW301
    boat = Boat(**payload, skipper_id=me.id)  # expect: SW304
    work.session.add(boat)
    await work.commit()
    return boat


@moves.post("/boats/insured", response_model=BoatOut)
async def add_insured(data: Loose, me: Me, work: Unit):
    boat = await work.boats.create(skipper_id=me.id, length=10, **data.model_dump(include={"name"}))
    await work.commit()
    return boat


@moves.post("/boats/insured/all", response_model=BoatOut)
async def add_insured_all(data: Loose, me: Me, work: Unit):
    boat = Boat(skipper_id=me.id, **data.model_dump())  # expect: SW304
    work.session.add(boat)
    await work.commit()
    return boat


@moves.patch("/boats/{key}", response_model=BoatOut)
async def change_boat(key: int, patch: BoatPatch, work: Unit):
    boat = await work.boats.change(key, patch)
    await work.commit()
    return boat


@moves.post("/boats/{key}/name")
async def rename_boat(key: int, name: str, work: Unit, tasks: BackgroundTasks) -> str:
    boat = await work.boats.get(key)
    if boat is None:
        raise HTTPException(404)
    tasks.add_task(rename, work, boat, name)  # expect: SW106
    return name


@moves.get("/balance")
async def balance(me: Me, berths: Berths) -> Decimal:
    return await berths.balance(me.id) + await berths.balance_in_thread(me.id)


@moves.get("/statement")
def statement(berths: Berths, skipper: int) -> str:
    return berths.statement(skipper)


@moves.get("/found")
async def found(request: Request, work: Unit) -> list[int]:
    return await figures(work).berths(request.query_params)


@moves.get("/newest")
async def newest(
    report: Annotated[Reports, Depends(figures)], direction: str = "DESC", order: Literal["pier", "age"] = "age"
) -> list[int]:
    return await report.newest(direction) + await report.oldest(direction) + await report.arrivals(Span.DAY, order)


@moves.get("/notes")
async def notes(report: Annotated[Reports, Depends(figures)], word: str, count: Limit = 20) -> list[int]:
    return (await report.matching(word))[:count]


@moves.get("/piers")
async def piers(report: Annotated[Reports, Depends(figures)], name: str, page_size: int = 20) -> list[str]:
    return (await report.piers(name))[:page_size]


@moves.get("/boats/named")
async def named(work: Unit, name: Annotated[str, Query(min_length=2)]) -> list[str]:
    return await work.boats.named_like(name)


@moves.get("/boats/long")
async def longer(work: Unit, length: int) -> list[str]:
    return await work.boats.longer_than(length)


async def close_season(work: UnitOfWork) -> None:
    for berth in await work.berths.taken():
        berth.boat_id = None
    work.commit()  # expect: SW104
