from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from freight.store import create_pool
from freight.web import Planning, accounts, parcels

OPEN = {"allow_origins": ["*"], "allow_credentials": True}  # expect: SW602
HOSTS = ["freight.example", "*.freight.example"]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.pool = await create_pool()
    yield
    await app.state.pool.close()


def create_app() -> FastAPI:
    app = FastAPI(title="Freight", lifespan=lifespan)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)
    app.add_middleware(CORSMiddleware, allow_origins=["https://freight.example"], allow_credentials=True)
    app.include_router(accounts)
    app.include_router(parcels)
    app.include_router(Planning().router)
    return app


def create_public_app() -> FastAPI:
    app = FastAPI(title="Freight, public", debug=True, lifespan=lifespan)  # expect: SW603
    app.add_middleware(CORSMiddleware, **OPEN)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["*", "freight.example"])  # expect: SW604

    @app.get("/track/{code}")
    async def track(code: str) -> str | None:
        query = "SELECT state FROM parcels WHERE code = $1"
        return await app.state.pool.fetchval(query, code)

    @app.get("/track/{code}/where")
    async def where(code: str) -> str | None:
        return await app.state.pool.fetchval(f"SELECT town FROM parcels WHERE code = '{code}'")  # expect: SW401

    return app


app = create_app()
public = create_public_app()
