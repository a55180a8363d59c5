from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text

from workshop import models  # noqa: F401
from workshop.api import customers, jobs
from workshop.api.deps import SessionDep
from workshop.db import Base, engine
from workshop.errors import Conflict, NotFound


@asynccontextmanager
async def lifespan(app: FastAPI):
    Base.metadata.create_all(bind=engine)
    yield
    Base.metadata.drop_all(bind=engine)
    engine.dispose()


app = FastAPI(title="Workshop", lifespan=lifespan)
app.include_router(customers.router)
app.include_router(jobs.router)


@app.exception_handler(NotFound)
async def not_found(request: Request, error: NotFound) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, status_code=404)


@app.exception_handler(Conflict)
async def conflict(request: Request, error: Conflict) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, status_code=409)


@app.get("/health")
async def health(db: SessionDep):
    return {"database": db.execute(text("SELECT 1")).scalar_one() == 1}
