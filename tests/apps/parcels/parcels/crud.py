from sqlalchemy import func, select
from sqlalchemy.orm import Session

from parcels.models import Event, Parcel


# also called by tasks
def by_code(db: Session, code: str) -> Parcel | None:
    return db.query(Parcel).filter(Parcel.code == code).first()


# also called by tasks
def mark(db: Session, parcel: Parcel, status: str) -> None:
    parcel.status = status
    parcel.events.append(Event(text=status))
    db.commit()


# also called by the command
def statistics(db: Session) -> dict[str, int]:
    rows = db.execute(select(Parcel.status, func.count()).group_by(Parcel.status))
    return {status: count for status, count in rows}


def accept(db: Session, code: str) -> Parcel:
    parcel = Parcel(code=code, status="accepted")
    db.add(parcel)
    db.commit()
    return parcel


def page(db: Session, limit: int) -> list[Parcel]:
    return db.query(Parcel).order_by(Parcel.code).limit(limit).all()
