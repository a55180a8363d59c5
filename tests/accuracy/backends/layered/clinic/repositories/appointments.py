from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import joinedload

from clinic.models import Appointment
from clinic.repositories.base import Repository
from clinic.schemas import Sorting

DIRECTIONS = {"up": "ASC", "down": "DESC"}
COLUMNS = ("starts_at", "fee", "state")


class AppointmentRepository(Repository[Appointment]):
    model = Appointment

    async def between(self, start: datetime, end: datetime) -> Sequence[Appointment]:
        query = select(Appointment).where(Appointment.starts_at.between(start, end))
        return (await self.session.scalars(query)).all()

    async def with_patient(self, key: int) -> Appointment | None:
        query = select(Appointment).options(joinedload(Appointment.patient)).where(Appointment.id == key)
        return (await self.session.execute(query)).scalar_one_or_none()

    async def bare(self, key: int) -> Appointment | None:
        return (await self.session.execute(select(Appointment).where(Appointment.id == key))).scalar_one_or_none()

    async def sorted_by(self, column: Sorting, direction: str) -> list[int]:
        query = text(f"SELECT id FROM appointments ORDER BY {column.value} {DIRECTIONS[direction]}")
        return list((await self.session.scalars(query)).all())

    async def sorted_freely(self, column: str) -> list[int]:
        query = text("SELECT id FROM appointments ORDER BY " + column)  # expect: SW403
        return list((await self.session.scalars(query)).all())

    async def sorted_checked(self, column: str) -> list[int]:
        if column not in COLUMNS:
            raise ValueError(column)
        return list((await self.session.scalars(text(f"SELECT id FROM appointments ORDER BY {column}"))).all())

    async def cancel_before(self, moment: datetime) -> None:
        await self.session.execute(
            update(Appointment).where(Appointment.starts_at < moment).values(state="cancelled")
        )

    async def refresh_statistics(self) -> None:
        await self.session.execute("REFRESH MATERIALIZED VIEW appointment_statistics")  # expect: SW404

    async def refresh_statistics_now(self) -> None:
        connection = await self.session.connection()
        await connection.exec_driver_sql("REFRESH MATERIALIZED VIEW appointment_statistics")
