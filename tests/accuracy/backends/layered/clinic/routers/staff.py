from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from fastapi.security import OAuth2PasswordRequestForm
from starlette.concurrency import run_in_threadpool

from clinic.dependencies import Auditor, CurrentStaff, Db, LegacyDb, exporter
from clinic.repositories import LegacyStaffRepository
from clinic.schemas import PasswordChange, StaffExport, StaffIn, StaffOut, Token
from clinic.services import reports
from clinic.services.staff import StaffService, WrongPassword

router = APIRouter(prefix="/staff")


@router.post("/token")
async def sign_in(form: Annotated[OAuth2PasswordRequestForm, Depends()], db: Db) -> Token:
    token = await StaffService(db).sign_in(form.username, form.password)
    if token is None:
        raise HTTPException(401)
    return Token(access_token=token)


@router.post("", response_model=StaffOut)
async def hire(data: StaffIn, db: Db, staff: CurrentStaff):
    return await StaffService(db).hire(data)


@router.post("/helpers", response_model=StaffOut)
async def hire_helper(data: StaffIn, db: Db, staff: CurrentStaff):
    return await StaffService(db).hire_helper(data)


@router.put("/password", status_code=204)
async def change_password(change: PasswordChange, db: Db, staff: CurrentStaff) -> None:
    try:
        await StaffService(db).change_password(staff, change)
    except WrongPassword as error:
        raise HTTPException(400) from error


@router.get("/export", response_model=list[StaffExport])  # expect: SW504
def export(repository: Annotated[LegacyStaffRepository, Depends(exporter)], auditor: Auditor):
    return repository.all()


@router.get("/roles")
async def roles(db: LegacyDb, auditor: Auditor) -> list[str]:
    staff = await run_in_threadpool(LegacyStaffRepository(db).all)
    return sorted({one.role for one in staff})


@router.get("/emails")
async def emails(db: LegacyDb, auditor: Auditor) -> list[str]:
    return [one.email for one in LegacyStaffRepository(db).all()]  # expect: SW102


@router.put("/preferences")
async def preferences(data: dict, staff: CurrentStaff) -> dict[str, Any]:  # expect: SW301
    return {"theme": data["theme"], "language": data.get("language", "en")}


@router.get("/billing")
async def billing(auditor: Auditor) -> dict[str, float]:
    return {"total": await reports.billing_total(), "average": await reports.billing_average()}
