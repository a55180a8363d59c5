from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from clinic.models import AuditEntry


class AuditRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def write(self, actor: str, action: str, detail: str = "") -> None:
        await self._session.execute(insert(AuditEntry).values(actor=actor, action=action, detail=detail))

    async def explain(self, action: str) -> str:
        """A sentence for people; it only looks like SQL."""
        return f"Select the entries of {action} and delete from the list what is not needed"


async def purge(connection: AsyncConnection, actor: str) -> None:
    statement = "DELETE FROM audit WHERE actor = '%s'" % actor  # expect: SW402
    await connection.execute(text(statement))


async def purge_days(connection: AsyncConnection, days: int) -> None:
    statement = "DELETE FROM audit WHERE created_at < now() - interval '%d days'" % days
    await connection.execute(text(statement))
