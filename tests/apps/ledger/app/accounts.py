from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app.databases import engine
from app.models import Account


def total() -> int:
    # no need for a session
    with engine.connect() as connection:
        return connection.execute(select(func.coalesce(func.sum(Account.balance), 0))).scalar_one()


def ping() -> bool:
    with engine.begin() as connection:
        connection.execute(text("SELECT 1"))
    return True


def balance_of(db: Session, owner: str) -> int | None:
    return db.execute(select(Account.balance).where(Account.owner == owner)).scalar()


def open_account(db: Session, owner: str, balance: int) -> Account:
    account = Account(owner=owner, balance=balance)
    db.add(account)
    db.commit()
    db.refresh(account)
    return account


def transfer(db: Session, source: str, target: str, amount: int) -> None:
    with db.begin():
        for owner, change in ((source, -amount), (target, amount)):
            db.execute(update(Account).where(Account.owner == owner).values(balance=Account.balance + change))
