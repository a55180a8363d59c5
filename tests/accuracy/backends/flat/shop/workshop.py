"""What the screens in the workshop talk to."""

import asyncio
import hmac
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from fastapi import APIRouter, Depends, Header, HTTPException, WebSocket
from sqlalchemy import text
from sqlalchemy.orm import Session

from shop.db import SessionLocal, get_db
from shop.notify import print_label, tell_customer
from shop.tables import Ticket

router = APIRouter(prefix="/workshop")
threads = ThreadPoolExecutor(4)

SCREEN_KEY = os.environ.get("SCREEN_KEY", "Pedal-66-Crank-Hub")  # expect: SW204


def screen(x_screen_key: str = Header()) -> None:
    if not hmac.compare_digest(x_screen_key, SCREEN_KEY):
        raise HTTPException(403)


class Printer:
    """Prints labels; `printer(ticket)` waits for the machine."""

    def __init__(self, command: str = "lp") -> None:
        self.command = command

    def __call__(self, ticket_id: int) -> int:
        return print_label(ticket_id)

    def states(self) -> list[str]:
        output = subprocess.check_output([self.command, "-s"], text=True)
        return output.splitlines()


printer = Printer()


@router.post("/print/{ticket_id}", dependencies=[Depends(screen)])
async def print_ticket(ticket_id: int) -> dict[str, int]:
    return {"code": printer(ticket_id)}  # expect: SW103


@router.post("/print/{ticket_id}/later", dependencies=[Depends(screen)])
async def print_ticket_later(ticket_id: int) -> dict[str, int]:
    loop = asyncio.get_running_loop()
    return {"code": await loop.run_in_executor(threads, printer, ticket_id)}


@router.get("/printers", dependencies=[Depends(screen)])
async def printers() -> list[str]:
    return printer.states()  # expect: SW103


@router.get("/printers/thread", dependencies=[Depends(screen)])
async def printers_in_thread() -> list[str]:
    return await asyncio.to_thread(partial(Printer.states, printer))


@router.post("/call/{ticket_id}", status_code=204)
async def call(ticket_id: int) -> None:  # expect: SW508
    asyncio.get_running_loop().call_soon(print, ticket_id)
    await asyncio.to_thread(tell_customer, ticket_id)


@router.get("/version", dependencies=[Depends(screen)])
async def version() -> str:
    done = subprocess.run(["lp", "--version"], capture_output=True, check=True)  # expect: SW101
    process = await asyncio.create_subprocess_exec("true")
    await process.wait()
    return done.stdout.decode()


@router.websocket("/search")
async def search(socket: WebSocket, db: Session = Depends(get_db)) -> None:
    await socket.accept()
    while word := await socket.receive_text():
        rows = await asyncio.to_thread(_search, word)
        await socket.send_json(rows)


def _search(word: str) -> list[int]:
    with SessionLocal() as session:
        query = text("SELECT id FROM tickets WHERE text ILIKE '%{}%'".format(word))  # expect: SW401
        return list(session.scalars(query))


def overdue(db: Session = Depends(get_db)) -> list[int]:
    return [ticket.id for ticket in db.query(Ticket).filter(Ticket.state == "open")]


@router.get("/overdue", dependencies=[Depends(screen)])
async def show_overdue(found: list[int] = Depends(overdue)) -> list[int]:
    return found
