from collections.abc import Sequence

from sqlalchemy import func, literal_column, select, text
from sqlalchemy.orm import selectinload

from clinic.models import Appointment, Patient
from clinic.repositories.base import Repository


class PatientRepository(Repository[Patient]):
    model = Patient

    async def page(self, limit: int, offset: int) -> Sequence[Patient]:
        query = select(Patient).order_by(Patient.name).limit(limit).offset(offset)
        return (await self.session.scalars(query)).all()

    async def with_appointments(self, key: int) -> Patient | None:
        query = select(Patient).where(Patient.id == key).options(selectinload(Patient.appointments))
        return await self.session.scalar(query)

    async def by_key(self, key: int) -> Patient:
        return await self.session.get_one(Patient, key)

    async def search(self, term: str) -> Sequence[Patient]:
        pattern = f"%{term}%"
        query = select(Patient).where(Patient.name.ilike(pattern))
        return (await self.session.scalars(query)).all()

    async def search_notes(self, term: str) -> list[int]:
        rows = await self.session.execute(
            text(f"SELECT id FROM patients WHERE notes ILIKE '%{term}%'")  # expect: SW401
        )
        return [row.id for row in rows]

    async def search_notes_bound(self, term: str) -> list[int]:
        query = text("SELECT id FROM patients WHERE notes ILIKE :pattern")
        rows = await self.session.execute(query, {"pattern": f"%{term}%"})
        return [row.id for row in rows]

    async def older_than(self, years: int) -> list[int]:
        query = text(f"SELECT id FROM patients WHERE birthday < now() - interval '{years} years'")
        return [row.id for row in await self.session.execute(query)]

    async def busiest(self) -> Sequence[Patient]:
        visits = select(func.count()).where(Appointment.patient_id == Patient.id).scalar_subquery()
        return (await self.session.scalars(select(Patient).order_by(visits.desc()).limit(10))).all()

    async def ranked(self, expression: str) -> list[str]:
        """Called by the statistics page with what the user has picked."""
        query = select(Patient.name).order_by(literal_column(f"similarity(name, '{expression}')"))  # expect: SW401
        return list((await self.session.scalars(query)).all())

    async def touch(self, key: int) -> None:
        patient = await self.session.get(Patient, key)
        if patient is not None:
            patient.notes = patient.notes + "\nseen"
            self.session.commit()  # expect: SW104

    async def legacy_lookup(self, email: str) -> Patient | None:
        return self.session.query(Patient).filter(Patient.email == email).first()  # expect: SW105
