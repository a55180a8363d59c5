import logging
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from stockroom.boxes import router
from stockroom.db import pool
from stockroom.settings import settings

logger = logging.getLogger("stockroom")


@asynccontextmanager
async def lifespan(app: FastAPI):
    await pool.open()
    logger.info("started with a key of %d characters", len(settings.key.get_secret_value()))
    logger.debug("settings: secret=%s ttl=%d", settings.api_secret, settings.token_ttl)  # expect: SW207
    yield
    await pool.close()


options = {"title": "Stockroom", "lifespan": lifespan}
app = FastAPI(**options)
app.add_middleware(CORSMiddleware, allow_origins=settings.origins.split(","), allow_methods=["GET"])  # expect: SW602
app.include_router(router)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


if __name__ == "__main__":
    uvicorn.run("stockroom.main:app", reload=True)
