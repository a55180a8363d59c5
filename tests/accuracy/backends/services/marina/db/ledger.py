"""The office's books: older than the rest, and synchronous."""

from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.orm import Session

from marina.db.session import LedgerSession

DUES = "SELECT coalesce(sum(amount), 0) FROM dues WHERE skipper_id = :skipper"


class Ledger:
    def __init__(self, session: Session | None = None) -> None:
        self._session = session

    @property
    def session(self) -> Session:
        if self._session is None:
            self._session = LedgerSession()
        return self._session

    def balance(self, skipper: int) -> Decimal:
        return self.session.scalar(text(DUES), {"skipper": skipper})

    def book(self, skipper: int, amount: Decimal) -> None:
        self.session.execute(
            text("INSERT INTO dues (skipper_id, amount) VALUES (:skipper, :amount)"),
            {"skipper": skipper, "amount": amount},
        )
        self.session.commit()

    def close(self) -> None:
        self.session.close()

    def clerks(self, pattern: str) -> list[str]:
        clause = "login LIKE '{}%'".format(pattern)
        return list(self.session.scalars(text("SELECT login FROM clerk WHERE " + clause)))  # expect: SW402

    def add_clerk(self, login: str, password: str) -> None:
        self.session.execute(
            text("INSERT INTO clerk (login, password) VALUES (:login, :password)"),
            {"login": login, "password": password},  # expect: SW501
        )
        self.session.commit()

    def vacuum(self) -> None:
        self.session.connection().exec_driver_sql("VACUUM dues")

    def reindex(self) -> None:
        statement = "REINDEX TABLE dues"
        self.session.execute(statement)  # expect: SW404


def open_ledger() -> Ledger:
    return Ledger()
