import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from clinic.database import engine, reports_engine
from clinic.middleware import Maintenance, Timing
from clinic.routers import appointments, labs, patients, staff
from clinic.services.appointments import cancel_old
from clinic.settings import settings

RELEASE = os.environ.get("RELEASE", "unknown")  # expect: SW606


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    await cancel_old()
    yield
    await engine.dispose()
    await reports_engine.dispose()


app = FastAPI(title=settings.app_name, lifespan=lifespan, debug=settings.debug)
app.add_middleware(Timing)
app.add_middleware(Maintenance)
app.add_middleware(TrustedHostMiddleware, allowed_hosts=settings.trusted_hosts)
app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins, allow_credentials=True)
app.include_router(patients.router)
app.include_router(appointments.router)
app.include_router(staff.router)
app.include_router(labs.router)

embed = FastAPI(title="Clinic, to embed", debug=bool(os.getenv("EMBED_DEBUG")))  # expect: SW606
embed.add_middleware(
    CORSMiddleware,
    allow_origins=settings.embed_origins,  # expect: SW602
    allow_credentials=True,
    allow_methods=["GET"],
)
embed.add_middleware(TrustedHostMiddleware, allowed_hosts=["*"])  # expect: SW604
app.mount("/embed", embed)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok", "release": RELEASE}


@embed.get("/hours")
async def hours() -> dict[str, str]:
    return {"open": "8:00", "close": "17:30"}


if __name__ == "__main__":
    import uvicorn

    uvicorn.run("clinic.main:app", reload=True)
