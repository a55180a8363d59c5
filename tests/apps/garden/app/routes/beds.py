from fastapi import APIRouter, HTTPException
from sqlalchemy.exc import IntegrityError

from app import crud
from app.db import SessionDep
from app.models import Bed
from app.schemas import BedPublic

router = APIRouter(prefix="/beds")


@router.post("/", response_model=BedPublic)
async def create_bed(name: str, session: SessionDep):
    bed = Bed(name=name)
    session.add(bed)
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        raise HTTPException(status_code=409, detail="There is such a bed") from None
    return bed


@router.get("/{name}", response_model=BedPublic)
async def read_bed(name: str, session: SessionDep):
    if bed := crud.bed_by_name(session=session, name=name):
        return bed
    raise HTTPException(status_code=404, detail="No such bed")


@router.get("/{name}/summary")
async def summarise(name: str, session: SessionDep):
    return {"count": crud.count_plants(session, name), "all": crud.plants_and_beds(session)}
