import os
from typing import Final

from fastapi import FastAPI
from fastapi.middleware import Middleware
from fastapi.middleware.cors import CORSMiddleware

from nursery.api import api_router
from nursery.core.config import settings

ALL: Final = "*"
SESSION_COOKIE_NAME = "nursery_session"

app = FastAPI(
    title="Nursery",
    debug=settings.environment == "local",  # expect: SW603
    middleware=[
        Middleware(
            CORSMiddleware,
            allow_origins=[str(origin) for origin in settings.cors_origins],
            allow_credentials=True,
        )
    ],
)
app.include_router(api_router)

widgets = FastAPI(
    title="Widgets",
    debug=True,  # expect: SW603
    middleware=[Middleware(CORSMiddleware, allow_origins=[ALL], allow_credentials=True)],  # expect: SW602
)
app.mount("/widgets", widgets)

VERSION = os.getenv("NURSERY_VERSION")  # expect: SW606


@app.get("/health")
async def health() -> dict[str, str | None]:
    return {"version": VERSION}
