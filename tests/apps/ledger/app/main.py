from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app import accounts, audit
from app.databases import get_audit, get_db, is_alive, prepare


@asynccontextmanager
async def lifespan(app: FastAPI):
    prepare(fresh=True)
    yield


app = FastAPI(lifespan=lifespan)


@app.post("/accounts/{owner}", status_code=201)
async def open_account(owner: str, tasks: BackgroundTasks, balance: int = 0, db: Session = Depends(get_db)):
    account = accounts.open_account(db, owner, balance)
    tasks.add_task(audit.record, f"opened {account.owner}")
    return {"id": account.id}


@app.get("/accounts/{owner}")
async def read_account(owner: str, db: Session = Depends(get_db)):
    balance = accounts.balance_of(db, owner)
    if balance is None:
        raise HTTPException(404, "No such account")
    return {"balance": balance}


@app.post("/transfers")
async def transfer(source: str, target: str, amount: int, tasks: BackgroundTasks, db: Session = Depends(get_db)):
    try:
        accounts.transfer(db, source, target, amount)
    except IntegrityError:
        raise HTTPException(409, "Too little money") from None
    tasks.add_task(audit.record, f"{source} -> {target}")
    return {"total": accounts.total()}


@app.get("/health")
async def health(db: Session = Depends(get_db)):
    return {"session": is_alive(db), "database": accounts.ping()}


@app.get("/events")
def events(count: int = 10, session: Session = Depends(get_audit)):
    return {"count": audit.count_events(session), "latest": audit.latest(session, count)}
