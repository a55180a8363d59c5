from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic.models import Staff
from clinic.repositories.base import Repository


class StaffRepository(Repository[Staff]):
    model = Staff

    async def by_email(self, email: str) -> Staff | None:
        return await self.session.scalar(select(Staff).where(Staff.email == email))

    async def set_hash(self, staff: Staff, password_hash: str) -> None:
        staff.password_hash = password_hash
        await self.session.flush()


class LegacyStaffRepository:
    """For the exports, which run in threads."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def by_id(self, key: int) -> Staff | None:
        return self._session.get(Staff, key)

    def by_email(self, email: str) -> Staff | None:
        return self._session.scalars(select(Staff).where(Staff.email == email)).first()

    def all(self) -> list[Staff]:
        return list(self._session.scalars(select(Staff)))
