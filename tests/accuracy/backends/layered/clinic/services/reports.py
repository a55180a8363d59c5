import asyncio
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic.database import LegacySession, ReportSession
from clinic.models import Appointment, Patient
from clinic.repositories import ReportRepository

FOLDER = Path("/var/lib/clinic/reports")


def billing_rows(session: Session) -> list[tuple[int, int]]:
    rows = session.execute(select(Appointment.patient_id, Appointment.fee)).all()
    return [(row.patient_id, row.fee) for row in rows]


def billing() -> list[tuple[int, int]]:
    with LegacySession() as session:
        return billing_rows(session)


async def billing_total() -> int:
    rows = await asyncio.to_thread(billing)
    return sum(fee for _, fee in rows)


async def billing_average() -> float:
    with LegacySession() as session:
        fees = session.scalars(select(Appointment.fee)).all()  # expect: SW102
    return sum(fees) / max(len(fees), 1)


async def export_names() -> str:
    async with ReportSession() as session:
        names = await session.run_sync(lambda sync: sync.scalars(select(Patient.name)).all())
    path = FOLDER / "names.txt"
    path.write_text("\n".join(names))  # expect: SW101
    return str(path)


async def export_in_thread() -> str:
    path = FOLDER / "fees.txt"
    async with ReportSession() as session:
        fees = await ReportRepository(session).fees()
    await asyncio.to_thread(path.write_text, str(fees))
    return str(path)


async def both() -> tuple[int, int]:
    async def fees() -> int:
        async with ReportSession() as session:
            return await ReportRepository(session).fees()

    async def births() -> int:
        async with ReportSession() as session:
            return await ReportRepository(session).births()

    return tuple(await asyncio.gather(fees(), births()))
