from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, WebSocket

from clinic.dependencies import CurrentStaff, Db, ReportDb
from clinic.repositories import PatientRepository, ReportRepository
from clinic.schemas import AppointmentIn, AppointmentOut, AppointmentPatch, Sorting
from clinic.services.appointments import AppointmentService

router = APIRouter(prefix="/appointments")


async def service(db: Db) -> AppointmentService:
    return AppointmentService(db)


Service = Annotated[AppointmentService, Depends(service)]


@router.post("", status_code=201)
async def plan(data: AppointmentIn, appointments: Service, staff: CurrentStaff) -> AppointmentOut:
    return AppointmentOut.model_validate(await appointments.plan(data))


@router.patch("/{key}", response_model=AppointmentOut | None)
async def change(key: int, patch: AppointmentPatch, appointments: Service, staff: CurrentStaff):
    return await appointments.change(key, patch)


@router.get("/today")
async def today(appointments: Service, staff: CurrentStaff):  # expect: SW308
    return await appointments.today()


@router.get("/ordered")
async def ordered(
    appointments: Service, staff: CurrentStaff, column: Sorting = Sorting.starts_at, direction: Literal["up", "down"] = "up"
) -> list[int]:
    return await appointments.ordered(column, direction)


@router.get("/ordered/freely")
async def ordered_freely(appointments: Service, staff: CurrentStaff, column: str = "starts_at") -> list[int]:
    return await appointments.ordered_freely(column)


@router.get("/{key}/patient")
async def patient_of(key: int, appointments: Service, staff: CurrentStaff) -> dict[str, str | None]:
    return {"name": await appointments.patient_name(key), "email": await appointments.patient_mail(key)}


@router.get("/monthly/{state}")
async def monthly(state: str, db: ReportDb, staff: CurrentStaff) -> list[list[object]]:
    reports = ReportRepository(db)
    rows = await reports.monthly(state) or await reports.monthly_of(state)
    return [list(row) for row in rows]


@router.get("/sizes/{name}")
async def sizes(name: Literal["patients", "visits"], db: ReportDb, page: Annotated[int, Query(le=50)] = 1) -> int:
    return await ReportRepository(db).size(name) // page


@router.websocket("/live")
async def live(socket: WebSocket, db: Db) -> None:
    await socket.accept()
    repository = PatientRepository(db)
    while True:
        message = await socket.receive_text()
        if message == "stop":
            break
        await socket.send_json(await repository.search_notes_bound(message))
