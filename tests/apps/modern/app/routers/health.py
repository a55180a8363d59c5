from fastapi import APIRouter
from sqlalchemy import text

from app.dependencies import SessionDep
from app.schemas import Health

router = APIRouter(tags=["health"])


@router.get("/health")
async def health(session: SessionDep) -> Health:
    await session.execute(text("SELECT 1"))
    return Health()
