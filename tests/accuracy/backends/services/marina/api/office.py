import os
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.concurrency import run_in_threadpool

from marina.api.schemas import OfficeLogin
from marina.core.deps import office_only
from marina.core.security import office_hash, stretch
from marina.db.ledger import Ledger, open_ledger

router = APIRouter(prefix="/office", dependencies=[Depends(office_only)])


def ledger():
    book = open_ledger()
    try:
        yield book
    finally:
        book.close()


Book = Annotated[Ledger, Depends(ledger)]


@router.post("/clerks", status_code=204)
def add_clerk(clerk: OfficeLogin, book: Book) -> None:
    book.add_clerk(clerk.login, clerk.password.get_secret_value())


@router.post("/clerks/old")
def add_old_clerk(clerk: OfficeLogin) -> dict[str, int]:
    digest = office_hash(clerk.password.get_secret_value(), clerk.login)
    salted = stretch(clerk.password.get_secret_value(), os.urandom(16))
    return {"digest": len(digest), "salted": len(salted)}


@router.post("/vacuum")
async def vacuum(book: Book) -> str:
    await run_in_threadpool(book.reindex)
    book.vacuum()  # expect: SW102
    return os.getenv("LEDGER_NAME", "ledger")  # expect: SW606


@router.post("/vacuum/thread")
def vacuum_in_thread(book: Book) -> None:
    book.vacuum()
