import logging

from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from sqlalchemy.orm import Session

from . import crud, models
from .config import settings
from .database import engine, get_db
from .routers import authors, books, customers, orders, payments

logging.basicConfig(level=logging.INFO)

models.Base.metadata.create_all(bind=engine)

app = FastAPI(title=settings.app_name)

app.add_middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)

app.include_router(authors.router)
app.include_router(books.router)
app.include_router(customers.router)
app.include_router(orders.router)
app.include_router(payments.router)


@app.get("/health")
def health(db: Session = Depends(get_db)):
    return {"status": "ok" if crud.ping(db) else "degraded"}
