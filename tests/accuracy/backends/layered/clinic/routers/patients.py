from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Body, Depends, HTTPException, Query, Request

from clinic.clients import sms
from clinic.dependencies import CurrentStaff, Db, Paging, current_staff
from clinic.models import Patient
from clinic.repositories import PatientRepository
from clinic.schemas import ImportedPatient, PatientIn, PatientOut, PatientPatch
from clinic.services.patients import PatientService

router = APIRouter(prefix="/patients", tags=["patients"])


def service(db: Db) -> PatientService:
    return PatientService(db)


Patients = Annotated[PatientService, Depends(service)]


@router.get("", response_model=list[PatientOut])
async def list_patients(db: Db, page: Paging, staff: CurrentStaff):
    return await PatientRepository(db).page(page.limit, page.offset)


@router.get("/recent")
async def recent(db: Db, staff: CurrentStaff, limit: int = 20) -> list[PatientOut]:  # expect: SW307
    rows = await PatientRepository(db).page(limit, 0)
    return [PatientOut.model_validate(row) for row in rows]


@router.get("/search", response_model=list[PatientOut])
async def search(db: Db, staff: CurrentStaff, term: Annotated[str, Query(min_length=2)]) -> Sequence[Patient]:
    return await PatientRepository(db).search(term)


@router.get("/notes")
async def search_notes(db: Db, staff: CurrentStaff, term: str) -> list[int]:
    repository = PatientRepository(db)
    return await repository.search_notes(term) or await repository.search_notes_bound(term)


@router.get("/ranked")
async def ranked(db: Db, staff: CurrentStaff, like: str) -> list[str]:
    return await PatientRepository(db).ranked(like)


@router.get("/older")
async def older(db: Db, staff: CurrentStaff, years: int) -> list[int]:
    return await PatientRepository(db).older_than(years)


@router.get("/{key}", response_model=PatientOut)
async def read(key: int, db: Db, staff: CurrentStaff):
    patient = await PatientRepository(db).get(key)
    if patient is None:
        raise HTTPException(404)
    return patient


@router.get("/{key}/doctor")
async def doctor(key, patients: Patients, staff: CurrentStaff) -> str | None:  # expect: SW306
    return await patients.doctor_of(key)


@router.post("", response_model=PatientOut, status_code=201)
async def register(data: PatientIn, patients: Patients, tasks: BackgroundTasks, staff: CurrentStaff):
    patient = await patients.register(data)
    tasks.add_task(sms.mail, patient.email, "Welcome", "You are registered")
    return patient


@router.post("/import", response_model=PatientOut)
async def take_over(data: ImportedPatient, patients: Patients, staff: CurrentStaff):
    return await patients.take_over(data)


@router.post("/import/named", response_model=PatientOut, dependencies=[Depends(current_staff)])
async def take_over_named(data: ImportedPatient, patients: Patients):
    return await patients.take_over_named(data)


@router.patch("/{key}", response_model=PatientOut)
async def change(key: int, patch: PatientPatch, patients: Patients, staff: CurrentStaff):
    patient = await patients.change(key, patch)
    if patient is None:
        raise HTTPException(404)
    return patient


@router.put("/{key}/notes", status_code=204)
async def write_notes(
    key: int,
    db: Db,
    staff: CurrentStaff,
    data: dict[str, Any] = Body(...),  # expect: SW301
) -> None:
    patient = await PatientRepository(db).get(key)
    if patient is not None:
        patient.notes = data["notes"]
        await db.commit()


@router.post("/{key}/measurements", status_code=204)
async def measure(key: int, request: Request, db: Db, staff: CurrentStaff) -> None:
    data = await request.json()  # expect: SW302
    patient = await PatientRepository(db).get(key)
    if patient is not None:
        patient.notes += f"\n{data['kind']}: {data['value']}"
        await db.commit()


@router.post("/{key}/checked", response_model=PatientOut)
async def checked(key: int, request: Request, patients: Patients, staff: CurrentStaff):
    patch = PatientPatch.model_validate_json(await request.body())
    return await patients.change(key, patch)


@router.delete("/{key}", status_code=204)
async def remove(key: int, db: Db) -> None:  # expect: SW508
    repository = PatientRepository(db)
    patient = await repository.get(key)
    if patient is not None:
        await repository.remove(patient)
        await repository.save()
