from nursery.core.config import settings
from nursery.core.db import AsyncSessionDep, SessionDep, async_engine, engine, session_factory

__all__ = ["AsyncSessionDep", "SessionDep", "async_engine", "engine", "session_factory", "settings"]
