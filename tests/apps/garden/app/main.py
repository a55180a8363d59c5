from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlmodel import Session

from app.db import create_tables, engine, seed
from app.routes import beds, plants


@asynccontextmanager
async def lifespan(app: FastAPI):
    create_tables()
    with Session(engine) as session:
        seed(session)
    yield


app = FastAPI(lifespan=lifespan)
app.include_router(plants.router)
app.include_router(beds.router)
