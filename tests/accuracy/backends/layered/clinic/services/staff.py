import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from clinic.models import Staff
from clinic.repositories import StaffRepository
from clinic.schemas import PasswordChange, StaffIn
from clinic.security import hash_password, issue_token, verify_password

log = structlog.get_logger()


class WrongPassword(Exception):
    pass


class StaffService:
    def __init__(self, session: AsyncSession) -> None:
        self.repository = StaffRepository(session)

    async def hire(self, data: StaffIn) -> Staff:
        hashed = hash_password(data.password.get_secret_value())
        staff = await self.repository.add(Staff(email=data.email, password_hash=hashed, role=data.role))
        await self.repository.save()
        log.info("hired", email=data.email, password=data.password)
        return staff

    async def hire_helper(self, data: StaffIn) -> Staff:
        plain = data.password.get_secret_value()
        staff = Staff(email=data.email, role="helper")
        staff.password_hash = plain  # expect: SW501
        await self.repository.add(staff)
        await self.repository.save()
        return staff

    async def change_password(self, staff: Staff, change: PasswordChange) -> None:
        if not change.agrees() or not verify_password(change.current, staff.password_hash):
            log.warning("password not changed", staff=staff.id)
            raise WrongPassword("The passwords do not agree")
        await self.repository.set_hash(staff, hash_password(change.password))
        await self.repository.save()

    async def reset(self, staff: Staff, temporary: str) -> None:
        await self.repository.set_hash(staff, hash_password(temporary))
        await self.repository.save()

    async def sign_in(self, email: str, password: str) -> str | None:
        staff = await self.repository.by_email(email)
        if staff is None or not verify_password(password, staff.password_hash):
            log.warning(f"{email} could not sign in with {password}")  # expect: SW207
            return None
        return issue_token(staff.id)
