from typing import Annotated

import structlog
from fastapi import Depends, HTTPException, Query, Request, status
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from clinic.database import get_legacy_session, get_report_session, get_session
from clinic.models import Staff
from clinic.repositories.staff import LegacyStaffRepository, StaffRepository
from clinic.security import read_token
from clinic.settings import settings

log = structlog.get_logger()
bearer = OAuth2PasswordBearer(tokenUrl=settings.token_url)

Db = Annotated[AsyncSession, Depends(get_session)]
ReportDb = Annotated[AsyncSession, Depends(get_report_session)]
LegacyDb = Annotated[Session, Depends(get_legacy_session)]


class Page:
    def __init__(self, limit: Annotated[int, Query(ge=1, le=100)] = 50, offset: Annotated[int, Query(ge=0)] = 0) -> None:
        self.limit = limit
        self.offset = offset


Paging = Annotated[Page, Depends()]


async def current_staff(token: Annotated[str, Depends(bearer)], db: Db) -> Staff:
    claims = read_token(token)
    staff = await StaffRepository(db).get(int(claims["sub"]))
    if staff is None:
        log.warning("unknown staff", staff=claims["sub"], token_length=len(token))
        raise HTTPException(status.HTTP_401_UNAUTHORIZED)
    return staff


async def current_auditor(token: Annotated[str, Depends(bearer)], db: LegacyDb) -> Staff:
    claims = read_token(token)
    log.info("auditor", token=token)  # expect: SW207
    staff = LegacyStaffRepository(db).by_id(int(claims["sub"]))  # expect: SW102
    if staff is None or staff.role != "auditor":
        raise HTTPException(status.HTTP_403_FORBIDDEN)
    return staff


def exporter(db: LegacyDb, request: Request) -> LegacyStaffRepository:
    """A plain function: FastAPI calls it in a thread."""
    repository = LegacyStaffRepository(db)
    repository.by_email(request.headers.get("x-exporter", ""))
    return repository


CurrentStaff = Annotated[Staff, Depends(current_staff)]
Auditor = Annotated[Staff, Depends(current_auditor)]
