import asyncio
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from clinic.clients import sms
from clinic.clients.labs import LabClient, fetch_catalogue
from clinic.models import Patient
from clinic.repositories import AuditRepository, PatientRepository
from clinic.schemas import ImportedPatient, PatientIn, PatientPatch

log = structlog.get_logger()


class PatientService:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.patients = PatientRepository(session)
        self.audit = AuditRepository(session)

    async def register(self, data: PatientIn) -> Patient:
        patient = await self.patients.add(Patient(**data.model_dump(include={"name", "email", "birthday"})))
        await self.audit.write("system", "register", str(patient.id))
        await self.patients.save()
        return patient

    async def take_over(self, data: ImportedPatient) -> Patient:
        patient = await self.patients.add(Patient(**data.model_dump()))  # expect: SW304
        await self.patients.save()
        return patient

    async def take_over_named(self, data: ImportedPatient) -> Patient:
        patient = await self.patients.add(Patient(name=data.name, email=data.email, birthday=data.birthday))
        await self.patients.save()
        return patient

    async def change(self, key: int, patch: PatientPatch) -> Patient | None:
        patient = await self.patients.get(key)
        if patient is None:
            return None
        values = patch.model_dump(exclude_unset=True)
        await self.patients.patch(patient, values, frozenset({"name", "email", "notes"}))
        await self.patients.save()
        return patient

    async def visits(self, key: int) -> int:
        patient = await self.patients.by_key(key)
        return len(patient.appointments)  # expect: SW107

    async def visits_loaded(self, key: int) -> int:
        patient = await self.patients.with_appointments(key)
        return len(patient.appointments) if patient else 0

    async def doctor_of(self, key: int) -> str | None:
        patient = await self.patients.by_key(key)
        return patient.doctor.email if patient.doctor else None

    async def catalogue(self) -> list[dict[str, Any]]:
        return fetch_catalogue()  # expect: SW103

    async def catalogue_in_thread(self) -> list[dict[str, Any]]:
        return await asyncio.to_thread(fetch_catalogue)

    async def remind(self, number: str) -> bool:
        return await sms.send_later(number, "See you tomorrow")

    async def remind_now(self, number: str) -> bool:
        return sms.send(number, "See you soon")  # expect: SW103

    async def lab_results(self, key: int, client: LabClient) -> list[dict[str, Any]]:
        return await client.results(key)

    async def overview(self, key: int) -> tuple[Patient | None, int]:
        patient, count = await asyncio.gather(self.patients.get(key), self.patients.count())  # expect: SW106
        return patient, count

    async def overview_in_turn(self, key: int) -> tuple[Patient | None, int]:
        return await self.patients.get(key), await self.patients.count()
