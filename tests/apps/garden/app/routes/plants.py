from fastapi import APIRouter, BackgroundTasks, HTTPException
from sqlmodel import Session, select

from app import crud
from app.db import SessionDep, engine
from app.models import Plant
from app.schemas import PlantCreate, PlantPublic, PlantUpdate

router = APIRouter(prefix="/plants")


def remember(plant_id: int, text: str) -> None:
    with Session(engine) as session:
        crud.add_note(session, plant_id, text)


@router.post("/", response_model=PlantPublic)
async def create_plant(*, session: SessionDep, plant_in: PlantCreate, tasks: BackgroundTasks):
    bed = crud.bed_by_name(session=session, name=plant_in.bed_name)
    if not bed:
        raise HTTPException(status_code=404, detail="No such bed")
    plant = Plant.model_validate(plant_in, update={"bed_id": bed.id})
    plant = crud.create_plant(session=session, plant=plant)
    tasks.add_task(remember, plant.id, f"planted in {plant.bed.name}")
    return plant


@router.get("/", response_model=list[PlantPublic])
async def read_plants(session: SessionDep, skip: int = 0, limit: int = 100):
    return session.exec(select(Plant).order_by(Plant.id).offset(skip).limit(limit)).all()


@router.patch("/{plant_id}", response_model=PlantPublic)
async def update_plant(plant_id: int, changes: PlantUpdate, session: SessionDep):
    plant = session.get(Plant, plant_id)
    if plant is None:
        raise HTTPException(status_code=404, detail="No such plant")
    plant.sqlmodel_update(changes.model_dump(exclude_unset=True))  # only what was sent
    session.add(plant)
    session.commit()
    session.refresh(plant)
    return plant


@router.delete("/{plant_id}")
async def delete_plant(plant_id: int, session: SessionDep) -> dict[str, bool]:
    plant = session.get(Plant, plant_id)
    if plant is None:
        raise HTTPException(status_code=404, detail="No such plant")
    session.delete(plant)
    session.commit()
    return {"ok": True}
