"""What the laboratory calls; it signs what it sends."""

import asyncio

from fastapi import APIRouter, Header, HTTPException, Request

from clinic.clients.labs import LabClient
from clinic.dependencies import CurrentStaff, Db
from clinic.schemas import PatientIn
from clinic.security import is_signed_by_lab
from clinic.services.patients import PatientService

router = APIRouter(prefix="/labs")


@router.post("/webhook", status_code=202)
async def webhook(request: Request, db: Db, signature: str = Header()) -> None:
    body = await request.body()
    if not is_signed_by_lab(body, signature):
        raise HTTPException(403)
    data = PatientIn.model_validate_json(body)
    await PatientService(db).register(data)


@router.get("/results/{key}")
async def results(key: int, db: Db, staff: CurrentStaff) -> list[dict[str, object]]:
    client = LabClient()
    try:
        return await PatientService(db).lab_results(key, client)
    finally:
        await client.close()


@router.get("/results/{key}/now")
async def results_now(key: int, staff: CurrentStaff) -> list[dict[str, object]]:
    return asyncio.run(LabClient().results(key))  # expect: SW110


@router.get("/slow/{key}")
def slow(key: int, staff: CurrentStaff) -> list[dict[str, object]]:
    """In a thread there is no loop yet."""
    return asyncio.run(LabClient().results(key))
