import asyncio
from typing import Any

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.orm import selectinload
from sqlmodel import func, select

from nursery.api.deps import CurrentUser, WindowDep, get_current_grower
from nursery.core import AsyncSessionDep, SessionDep, session_factory
from nursery.core.db import ExpiringDep
from nursery.crud import PlantCrud
from nursery.models import Batch, Message, Photo, Plant, PlantCreate, PlantPublic, PlantUpdate

router = APIRouter(prefix="/plants", tags=["plants"])


@router.get("/", response_model=list[PlantPublic])
def read_plants(session: SessionDep, window: WindowDep) -> Any:
    return PlantCrud(session).list(window.offset, window.limit)


@router.get("/some", response_model=list[PlantPublic])
def some_plants(session: SessionDep, limit: int) -> Any:  # expect: SW307
    return PlantCrud(session).list(0, limit)


@router.get("/all", response_model=list[PlantPublic])
async def all_plants(session: SessionDep) -> Any:
    return session.exec(select(Plant)).all()  # expect: SW102


@router.get("/async", response_model=list[PlantPublic])
async def async_plants(session: AsyncSessionDep) -> Any:
    return (await session.exec(select(Plant).limit(100))).all()


@router.get("/latin/{latin}")
def latin(latin: str, session: SessionDep) -> list[int]:
    return PlantCrud(session).of_latin(latin)


@router.get("/sorted", response_model=list[PlantPublic])
def sorted_plants(session: SessionDep, by: str = "name") -> Any:
    return PlantCrud(session).sorted_freely(by)


@router.get("/sorted/safely", response_model=list[PlantPublic])
def sorted_safely(session: SessionDep, by: str = "name") -> Any:
    return PlantCrud(session).sorted(by)


@router.get("/cheaper/{price}")
def cheaper(price: int, session: SessionDep) -> list[int]:
    return PlantCrud(session).cheaper(price)


@router.get("/totals")
async def totals(session: AsyncSessionDep) -> dict[str, int]:
    async with asyncio.TaskGroup() as group:
        plants = group.create_task(session.exec(select(func.count(Plant.id))))
        batches = group.create_task(session.exec(select(func.count(Batch.id))))  # expect: SW106
    return {"plants": plants.result().one(), "batches": batches.result().one()}


async def _count(model: type) -> int:
    async with session_factory() as session:
        return (await session.exec(select(func.count()).select_from(model))).one()


@router.get("/totals/safely")
async def totals_safely() -> dict[str, int]:
    async with asyncio.TaskGroup() as group:
        plants = group.create_task(_count(Plant))
        batches = group.create_task(_count(Batch))
    return {"plants": plants.result(), "batches": batches.result()}


@router.get("/{plant_id}", response_model=PlantPublic)
def read_plant(plant_id: int, session: SessionDep) -> Any:
    plant = PlantCrud(session).get(plant_id)
    if plant is None:
        raise HTTPException(404)
    return plant


@router.get("/{plant_id}/photos")
async def photos(plant_id: int, session: AsyncSessionDep) -> list[str]:
    plant = (await session.exec(select(Plant).where(Plant.id == plant_id))).one()
    return [photo.url for photo in plant.photos]  # expect: SW107


@router.get("/{plant_id}/photos/loaded")
async def photos_loaded(plant_id: int, session: AsyncSessionDep) -> list[str]:
    query = select(Plant).where(Plant.id == plant_id).options(selectinload(Plant.photos))
    plant = (await session.exec(query)).one()
    return [photo.url for photo in plant.photos]


@router.get("/{plant_id}/batches")
async def batches(plant_id: int, session: AsyncSessionDep) -> list[int]:
    plant = (await session.exec(select(Plant).where(Plant.id == plant_id))).one()
    return [batch.count for batch in plant.batches]


@router.post("/{plant_id}/photos", dependencies=[Depends(get_current_grower)])
async def add_photo(plant_id: int, url: str, session: ExpiringDep) -> dict[str, Any]:
    photo = Photo(plant_id=plant_id, url=url)
    session.add(photo)
    await session.commit()
    return {"id": photo.id, "url": url}  # expect: SW107


@router.post("/{plant_id}/photos/kept", dependencies=[Depends(get_current_grower)])
async def add_photo_kept(plant_id: int, url: str, session: AsyncSessionDep) -> dict[str, Any]:
    photo = Photo(plant_id=plant_id, url=url)
    session.add(photo)
    await session.commit()
    return {"id": photo.id, "url": photo.url}


@router.post("/", response_model=PlantPublic)
def create_plant(plant_in: PlantCreate, session: SessionDep, user: CurrentUser) -> Any:
    plant = Plant.model_validate(plant_in, update={"grower_id": user.id})
    return PlantCrud(session).create(plant)


@router.post("/free", response_model=PlantPublic)
def create_freely(plant_in: dict[str, Any], session: SessionDep, user: CurrentUser) -> Any:  # expect: SW301
    return PlantCrud(session).create(Plant(**plant_in))  # expect: SW304


@router.post("/async", response_model=PlantPublic)
async def create_async(plant_in: PlantCreate, session: AsyncSessionDep, user: CurrentUser) -> Any:
    plant = Plant.model_validate(plant_in)
    session.add(plant)
    await session.commit()
    session.refresh(plant)  # expect: SW104
    return plant


@router.put("/{plant_id}", response_model=PlantPublic)
def update_plant(plant_id: int, plant_in: PlantUpdate, session: SessionDep, user: CurrentUser) -> Any:
    crud = PlantCrud(session)
    plant = crud.get(plant_id)
    if plant is None:
        raise HTTPException(404)
    return crud.update(plant, plant_in.model_dump(exclude_unset=True))


@router.put("/{plant_id}/old", response_model=PlantPublic)
def update_old(plant_id: int, plant_in: PlantUpdate, session: SessionDep, user: CurrentUser) -> Any:
    crud = PlantCrud(session)
    plant = crud.get(plant_id)
    return crud.update(plant, plant_in.dict(exclude_unset=True))  # expect: SW309


@router.delete("/{plant_id}")
def delete_plant(plant_id: int, session: SessionDep) -> Message:  # expect: SW508
    crud = PlantCrud(session)
    plant = crud.get(plant_id)
    if plant is not None:
        crud.delete(plant)
    return Message(message="deleted")


@router.get("/{plant_id}/old", response_model=PlantPublic)
async def read_old(plant_id: int, session: AsyncSessionDep) -> Any:
    return session.query(Plant).get(plant_id)  # expect: SW105
