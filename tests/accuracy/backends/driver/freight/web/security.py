from typing import Annotated

import asyncpg
import jwt
import structlog
from fastapi import Depends, Header, HTTPException

from freight.passwords import claims
from freight.store import connection

log = structlog.get_logger()

Connection = Annotated[asyncpg.Connection, Depends(connection)]


async def account(connection: Connection, authorization: Annotated[str, Header()]) -> asyncpg.Record:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise HTTPException(401, "A bearer token is needed")
    try:
        key = int(claims(value)["sub"])
    except jwt.InvalidTokenError:
        log.warning("bad token", authorization=authorization)  # expect: SW207
        raise HTTPException(401) from None
    row = await connection.fetchrow("SELECT id, email, role FROM accounts WHERE id = $1", key)
    if row is None:
        log.warning("no such account", account=key)
        raise HTTPException(401)
    return row


def role(name: str):
    async def check(row: Annotated[asyncpg.Record, Depends(account)]) -> asyncpg.Record:
        if row["role"] != name:
            raise HTTPException(403)
        return row

    return check


Account = Annotated[asyncpg.Record, Depends(account)]
Dispatcher = Annotated[asyncpg.Record, Depends(role("dispatcher"))]
