import os
import shutil
import time
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, BackgroundTasks, Body, Depends, File, HTTPException, Query, Request, Response, UploadFile
from sqlalchemy import text

from shop.auth import current_admin, current_customer
from shop.db import DbDep, unit_of_work
from shop.notify import tell_customer, tell_workshop
from shop.schemas import TicketIn, TicketOut, TicketPatch
from shop.tables import Customer, Ticket

router = APIRouter(prefix="/tickets", dependencies=[Depends(current_customer)])
public = APIRouter(prefix="/public/tickets")

STATES = {"open", "waiting", "done"}
SORTABLE = {"age": "created_at", "state": "state"}
PHOTOS = "/srv/shop/photos"


@router.post("", response_model=TicketOut, status_code=201)
def open_ticket(data: TicketIn, db: DbDep, tasks: BackgroundTasks):
    ticket = Ticket(bike_id=data.bike_id, text=data.text, created_at=datetime.now(UTC))
    db.add(ticket)
    db.commit()
    tasks.add_task(tell_workshop, ticket.id)
    return ticket


@router.post("/walk-in")
def open_walk_in(db: DbDep, data: dict[str, Any]) -> dict[str, int]:  # expect: SW301
    ticket = Ticket(**data)  # expect: SW304
    db.add(ticket)
    db.commit()
    return {"id": ticket.id}


@router.patch("/{ticket_id}", response_model=TicketOut)
def change(ticket_id: int, patch: TicketPatch, db: DbDep):
    ticket = db.get(Ticket, ticket_id)
    if ticket is None:
        raise HTTPException(404)
    for name, value in patch.model_dump(exclude_unset=True).items():
        setattr(ticket, name, value)
    db.commit()
    return ticket


@router.patch("/{ticket_id}/anything", response_model=TicketOut)
def change_anything(ticket_id: int, db: DbDep, values: dict = Body()):  # expect: SW301
    ticket = db.get(Ticket, ticket_id)
    for name, value in values.items():
        setattr(ticket, name, value)  # expect: SW304
    db.commit()
    return ticket


@router.post("/{ticket_id}/state")
async def set_state(ticket_id: int, request: Request) -> dict[str, str]:
    form = await request.form()  # expect: SW302
    with unit_of_work() as session:  # expect: SW102
        ticket = session.get(Ticket, ticket_id)  # expect: SW102
        ticket.state = form["state"]
    tell_customer(ticket_id)  # expect: SW103
    return {"state": form["state"]}


@router.post("/{ticket_id}/wait", status_code=204)
async def wait(ticket_id: int) -> None:
    time.sleep(1)  # expect: SW101


@router.post("/{ticket_id}/photo")
async def add_photo(ticket_id: int, photo: UploadFile = File()) -> dict[str, str]:
    path = os.path.join(PHOTOS, f"{ticket_id}.jpg")
    with open(path, "wb") as target:  # expect: SW101
        shutil.copyfileobj(photo.file, target)  # expect: SW101
    return {"path": path}


@router.post("/{ticket_id}/photo/later")
def add_photo_in_thread(ticket_id: int, photo: UploadFile) -> dict[str, str]:
    path = os.path.join(PHOTOS, f"{ticket_id}.jpg")
    with open(path, "wb") as target:
        shutil.copyfileobj(photo.file, target)
    return {"path": path}


@router.get("")
def list_tickets(db: DbDep, state: str = "open", sort: str = "age", limit: int = Query(50, le=200)) -> list[TicketOut]:
    if state not in STATES or sort not in SORTABLE:
        raise HTTPException(422)
    query = text(f"SELECT * FROM tickets WHERE state = '{state}' ORDER BY {SORTABLE[sort]} LIMIT :limit")
    return [TicketOut.model_validate(row) for row in db.execute(query, {"limit": limit})]


@router.get("/by-word")
def by_word(db: DbDep, word: str) -> list[int]:
    return [row[0] for row in db.execute(text("SELECT id FROM tickets WHERE text LIKE '%" + word + "%'"))]  # expect: SW401


@router.get("/by-age")
def by_age(db: DbDep, days: int) -> list[int]:
    query = "SELECT id FROM tickets WHERE created_at < now() - interval '%d days'" % days
    return list(db.scalars(text(query)))


@router.get("/sorted")
def sorted_by(db: DbDep, column: str) -> list[int]:
    return list(db.scalars(text(f"SELECT id FROM tickets ORDER BY {column} DESC")))  # expect: SW403


def _statement(table: str, value: str) -> str:
    return "SELECT count(*) FROM {} WHERE state = '{}'".format(table, value)


@router.get("/counted")
def counted(db: DbDep, request: Request) -> int:
    return db.scalar(text(_statement("tickets", request.query_params["state"])))  # expect: SW401


@router.delete("/done")
def remove_done(db: DbDep, admin: Customer = Depends(current_admin)) -> dict[str, int]:
    result = db.execute("DELETE FROM tickets WHERE state = 'done'")  # expect: SW404
    db.commit()
    return {"removed": result.rowcount}


@router.get("/raw")
def raw_count(db: DbDep) -> int:
    return db.connection().exec_driver_sql("SELECT count(*) FROM tickets").scalar_one()


@public.get("/{ticket_id}")
def status(ticket_id, db: DbDep):  # expect: SW306, SW308
    ticket = db.get(Ticket, ticket_id)
    return {"state": ticket.state}


@public.get("/{ticket_id}/age")
def age(ticket_id: int, db: DbDep, unit="days"):  # expect: SW306, SW308
    ticket = db.get_one(Ticket, ticket_id)
    seconds = (datetime.now(UTC) - ticket.created_at).total_seconds()
    return {"age": seconds / (86400 if unit == "days" else 3600)}


@public.get("/{ticket_id}/page", response_model=None)
async def page(ticket_id: int, request: Request, db: DbDep):
    return Response(f"ticket {ticket_id} for {request.client}")
