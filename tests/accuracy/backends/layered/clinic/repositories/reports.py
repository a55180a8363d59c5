from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from clinic.models import Appointment, Patient

MONTHLY = "SELECT date_trunc('month', starts_at) AS month, sum(fee) AS fees FROM appointments"
TABLES = {"patients": "patients", "visits": "appointments"}


class ReportRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def fees(self) -> int:
        return sum((await self.session.scalars(select(Appointment.fee))).all())

    async def births(self) -> int:
        return len((await self.session.scalars(select(Patient.birthday))).all())

    async def size(self, name: str) -> int:
        return await self.session.scalar(text(f"SELECT count(*) FROM {TABLES[name]}")) or 0

    async def monthly(self, state: str | None) -> list[tuple[object, ...]]:
        sql = MONTHLY
        parameters = {}
        if state is not None:
            sql += " WHERE state = :state"
            parameters["state"] = state
        return [tuple(row) for row in await self.session.execute(text(sql + " GROUP BY 1"), parameters)]

    async def monthly_of(self, clause: str) -> list[tuple[object, ...]]:
        sql = MONTHLY
        sql += " WHERE state = '" + clause + "'"
        return [tuple(row) for row in await self.session.execute(text(sql + " GROUP BY 1"))]  # expect: SW401
