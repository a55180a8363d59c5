from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Body, Depends, Header, HTTPException, Query, Request
from fastapi.security import OAuth2PasswordBearer

from marina.core.security import TokenService
from marina.core.settings import Settings, get_settings
from marina.core.uow import UnitOfWork
from marina.db.models import Skipper
from marina.db.session import sessions

bearer = OAuth2PasswordBearer(tokenUrl="/skippers/login")


async def unit() -> AsyncIterator[UnitOfWork]:
    async with UnitOfWork(sessions) as work:
        yield work


def token_service(settings: Annotated[Settings, Depends(get_settings)]) -> TokenService:
    return TokenService(settings.tokens)


Unit = Annotated[UnitOfWork, Depends(unit)]
Tokens = Annotated[TokenService, Depends(token_service)]
RawBody = Annotated[dict, Body()]


async def current_skipper(work: Unit, tokens: Tokens, token: Annotated[str, Depends(bearer)]) -> Skipper:
    skipper = await work.skippers.get(int(tokens.read(token)["sub"]))
    if skipper is None:
        raise HTTPException(401)
    return skipper


async def office_only(skipper: Annotated[Skipper, Depends(current_skipper)]) -> Skipper:
    if not skipper.is_officer:
        raise HTTPException(403)
    return skipper


Me = Annotated[Skipper, Depends(current_skipper)]


class Page:
    """Which part of a list is wanted."""

    def __init__(self, offset: int = 0, limit: int = 50) -> None:  # expect: SW307
        self.offset = offset
        self.limit = limit


class BoundedPage:
    def __init__(self, offset: int = 0, limit: int = 50) -> None:
        self.offset = max(offset, 0)
        self.limit = min(limit, 200)


Limit = Annotated[int, Query(ge=1, le=200)]


async def incoming(req: Request) -> dict[str, Any]:
    """What the buoys send."""
    return await req.json()  # expect: SW302


def trace(x_trace: Annotated[str | None, Header()] = None) -> str:
    return x_trace or "-"
