from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from clinic.database import SessionFactory
from clinic.models import Appointment
from clinic.repositories import AppointmentRepository
from clinic.schemas import AppointmentIn, AppointmentPatch, Sorting


class AppointmentService:
    def __init__(self, session: AsyncSession) -> None:
        self.repository = AppointmentRepository(session)

    async def plan(self, data: AppointmentIn) -> Appointment:
        row = Appointment(patient_id=data.patient_id, starts_at=data.starts_at, fee=data.fee)
        await self.repository.add(row)
        await self.repository.save()
        return row

    async def change(self, key: int, patch: AppointmentPatch) -> Appointment | None:
        row = await self.repository.get(key)
        if row is None:
            return None
        for name, value in patch.model_dump(exclude_unset=True).items():
            setattr(row, name, value)
        await self.repository.save()
        return row

    async def patient_name(self, key: int) -> str | None:
        row = await self.repository.with_patient(key)
        return row.patient.name if row else None

    async def patient_mail(self, key: int) -> str | None:
        row = await self.repository.bare(key)
        if row is None:
            return None
        return row.patient.email  # expect: SW107

    async def today(self) -> list[Appointment]:
        start = datetime.now(UTC).replace(hour=0, minute=0)
        return list(await self.repository.between(start, start + timedelta(days=1)))

    async def ordered(self, column: Sorting, direction: str) -> list[int]:
        return await self.repository.sorted_by(column, direction)

    async def ordered_freely(self, column: str) -> list[int]:
        return await self.repository.sorted_freely(column)


async def cancel_old() -> None:
    """A job of its own opens its own session."""
    async with SessionFactory() as session:
        repository = AppointmentRepository(session)
        await repository.cancel_before(datetime.now(UTC))
        await repository.save()
