from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.databases import AuditSession
from app.models import Event


def record(what: str) -> None:
    """Runs after the response, in a thread."""
    with AuditSession.begin() as session:
        session.add(Event(what=what))


def latest(session: Session, count: int) -> list[str]:
    events = session.query(Event).order_by(Event.id.desc()).limit(count).all()
    return [event.what for event in events]


def count_events(session: Session) -> int:
    return session.scalar(select(func.count(Event.id)))
