from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse

from app.database import engine
from app.errors import HallError
from app.logs import configure_logging
from app.routers import accounts, evenings, health
from app.schemas import Problem
from app.settings import get_settings

logger = structlog.get_logger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    configure_logging()
    yield
    await engine.dispose()


app = FastAPI(title="Harbour Hall", lifespan=lifespan)

app.add_middleware(
    CORSMiddleware,
    allow_origins=get_settings().cors_origins,
    allow_credentials=True,
    allow_methods=["GET", "POST"],
    allow_headers=["Authorization", "Content-Type"],
)

app.include_router(accounts.router)
app.include_router(evenings.router)
app.include_router(health.router)


@app.exception_handler(HallError)
async def refuse(request: Request, error: HallError) -> JSONResponse:
    problem = Problem(detail=str(error))
    return JSONResponse(problem.model_dump(), status_code=error.status_code)


@app.exception_handler(Exception)
async def fail(request: Request, error: Exception) -> JSONResponse:
    logger.error("request_failed", path=request.url.path, exc_info=error)
    problem = Problem(detail="Something went wrong")
    return JSONResponse(problem.model_dump(), status_code=500)
