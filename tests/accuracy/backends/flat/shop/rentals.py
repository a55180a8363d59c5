"""Bicycles for rent: written by someone else, in another style."""

import asyncio
import hashlib
import http.client
import queue
import socket
import threading
import urllib.request as web
from contextlib import ExitStack
from functools import wraps
from typing import Any, Optional

import jwt
from fastapi import Body, Depends, FastAPI, Query, Request
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from shop.auth import current_admin, hash_password
from shop.db import engine, get_db
from shop.tables import Bike, Customer

rentals = FastAPI(title="Rentals")
waiting: queue.Queue[int] = queue.Queue()
counted = threading.Event()
Maker = sessionmaker(engine)

MAPS_ACCESS_TOKEN = "pk.9fKq2Lm7Tz4Xw8Rb1Vn6"  # expect: SW201
NEXT_PAGE_TOKEN = "next"
LOCK_STATES = ("free", "rented")


class Rental(BaseModel):
    bike: int
    days: int = 1


class Store:
    """Keeps one session; handlers get it through `Depends(Store)`."""

    def __init__(self, db: Session = Depends(get_db)) -> None:
        self.db = db

    def frame(self, key: int) -> Optional[str]:
        bike = self.db.get(Bike, key)
        return bike.frame if bike else None

    def named(self, frame: str) -> list[int]:
        sql = "SELECT id FROM bikes WHERE frame = '{0}' AND id > {1}"
        return [row.id for row in self.db.execute(text(sql.format(frame, 0)))]  # expect: SW401

    def numbered(self, number: int) -> list[int]:
        return [row.id for row in self.db.execute(text("SELECT id FROM bikes WHERE id > {0}".format(number)))]


def timed(function):
    @wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        return await function(*args, **kwargs)

    return wrapper


def lookup(host: str) -> str:
    return socket.gethostbyname(host)


@rentals.get("/frame/{key}")
async def frame(key: int, store: Store = Depends(Store)) -> Optional[str]:
    return store.frame(key)  # expect: SW102


@rentals.get("/frame/{key}/thread")
def frame_in_thread(key: int, store: Store = Depends()) -> Optional[str]:
    return store.frame(key)


@rentals.get("/named/{frame}")
def named(frame: str, number: int = 0, store: Store = Depends()) -> list[int]:
    return store.named(frame) + store.numbered(number)


@rentals.get("/map")
@timed
async def street_map(place: str) -> int:
    with web.urlopen("https://maps.example/static?token=" + MAPS_ACCESS_TOKEN) as answer:  # expect: SW101
        return len(await asyncio.to_thread(answer.read))


@rentals.get("/lock/{key}")
async def lock(key: int) -> int:
    connection = http.client.HTTPSConnection("locks.example", timeout=2)
    connection.request("GET", f"/{key}")  # expect: SW101
    return key


@rentals.get("/next")
async def next_waiting() -> int:
    return waiting.get()  # expect: SW101


@rentals.get("/next/now")
async def next_waiting_now() -> int:
    return await asyncio.to_thread(waiting.get)


@rentals.get("/where")
async def where(host: str) -> str:
    return lookup(host)  # expect: SW103


@rentals.get("/where/async")
async def where_async(host: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(None, lookup, host)


@rentals.get("/owners")
async def owners() -> int:
    with ExitStack() as stack:
        session = stack.enter_context(Maker())
        return session.query(Customer).count()  # expect: SW102


@rentals.post("/rent", dependencies=[Depends(current_admin)])
def rent(rental: Rental) -> int:
    return rental.days


@rentals.post("/rent/free", dependencies=[Depends(current_admin)])
def rent_freely(rental: Optional[dict] = Body(None)) -> int:  # expect: SW301
    return rental["days"] if rental else 1


@rentals.post("/rent/form", dependencies=[Depends(current_admin)])
async def rent_by_form(request: Request) -> int:
    return int((await request.form())["days"])  # expect: SW302


@rentals.get("/rented", dependencies=[Depends(current_admin)])
def rented(per_page: int = Query(default=25, ge=1), page: int = Query(default=1, ge=1)) -> list[int]:  # expect: SW307
    return list(range(per_page * (page - 1), per_page * page))


@rentals.get("/rented/bounded", dependencies=[Depends(current_admin)])
def rented_bounded(per_page: int = Query(default=25, ge=1, lt=101)) -> list[int]:
    return list(range(per_page))


def claims(token: str, key: str) -> dict[str, Any]:
    return jwt.decode(token, key, algorithms=["HS256"], options={"verify_signature": False, "verify_exp": True})  # expect: SW505


def card_digest(card: str) -> str:
    return hashlib.sha256(card.encode()).hexdigest()


def set_password(customer: Customer, password: str, db: Session) -> None:
    setattr(customer, "password", hash_password(password))
    db.commit()


@rentals.put("/password/{key}", dependencies=[Depends(current_admin)])
def put_password(key: int, password: str = Body(embed=True), db: Session = Depends(get_db)) -> None:
    customer = db.get(Customer, key)
    if customer is not None:
        customer.password = password.strip()  # expect: SW501
        db.commit()


rentals.add_middleware(
    CORSMiddleware,
    allow_origins=["https://rent.shop.example", "*"],  # expect: SW602
    allow_methods=["GET"],
)
