from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.exc import IntegrityError

from clinic import visits
from clinic.db import close_session, create_tables, db, transactional


@asynccontextmanager
async def lifespan(_: FastAPI):
    create_tables()
    yield


app = FastAPI(lifespan=lifespan, dependencies=[Depends(close_session)])


async def doctor_of(name: str):
    if doctor := visits.find_doctor(name):
        return doctor
    raise HTTPException(404, "No such doctor")


@app.post("/doctors/{name}")
async def hire(name: str):
    try:
        doctor = visits.hire(name)
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409, "Hired already")
    return {"id": doctor.id, "visits": [visit.id for visit in doctor.visits]}


@app.post("/doctors/{name}/visits", dependencies=[Depends(transactional)])
async def book(patient: str, doctor=Depends(doctor_of)):
    visit = visits.book(doctor, patient)
    return {"id": visit.id, "doctor": visit.doctor.name}


@app.post("/doctors/{name}/import", dependencies=[Depends(transactional)])
async def import_patients(patients: list[str], doctor=Depends(doctor_of)):
    return {"visits": visits.import_patients(doctor, patients)}


@app.get("/doctors/{name}")
async def read_doctor(doctor=Depends(doctor_of)):
    return {"name": doctor.name, "patients": visits.patients_of(doctor)}


@app.get("/busiest")
async def busiest():
    return visits.busiest()


@app.delete("/visits/{id}")
async def cancel(id: int):
    doctor = visits.cancel(id)
    if doctor is None:
        raise HTTPException(404, "No such visit")
    db.commit()  # only what was there
    return {"doctor": doctor}
