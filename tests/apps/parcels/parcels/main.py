from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from parcels import crud, tasks
from parcels.database import get_db
from parcels.models import Parcel

app = FastAPI()


class EventOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    text: str


class ParcelOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    code: str
    status: str
    events: list[EventOut]


def parcel_of(code: str, db: Session = Depends(get_db)) -> Parcel:
    parcel = crud.by_code(db, code)
    if parcel is None:
        raise HTTPException(404, "No such parcel")
    return parcel


@app.post("/parcels/{code}", response_model=ParcelOut, status_code=201)
async def accept(code: str, db: Session = Depends(get_db)):
    parcel = crud.accept(db, code)
    tasks.deliver.delay(code)
    return parcel


@app.get("/parcels/{code}", response_model=ParcelOut)
async def read_parcel(parcel: Parcel = Depends(parcel_of)):
    return parcel


@app.post("/parcels/{code}/lost", response_model=ParcelOut)
async def lose(parcel: Parcel = Depends(parcel_of), db: Session = Depends(get_db)):
    crud.mark(db, parcel, "lost")
    return parcel


@app.get("/parcels", response_model=list[ParcelOut])
async def read_parcels(limit: int = 10, db: Session = Depends(get_db)):
    return crud.page(db, limit)


@app.get("/statistics")
async def statistics(db: Session = Depends(get_db)):
    return {"parcels": crud.statistics(db=db)}
