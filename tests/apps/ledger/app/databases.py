import os

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

# the accounts
engine = create_engine(os.environ.get("DATABASE_URL", "sqlite:///ledger.db"), pool_pre_ping=True)
SessionLocal = sessionmaker(engine)

# who did what; written by everybody, read by nobody
audit_engine = create_engine(os.environ.get("AUDIT_URL", "sqlite:///audit.db"))
AuditSession = sessionmaker(audit_engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class AuditBase(DeclarativeBase):
    pass


def get_db():
    with SessionLocal() as db:
        yield db


def get_audit():
    with AuditSession() as session:
        yield session


def prepare(*, fresh: bool = True) -> None:
    if fresh:
        Base.metadata.drop_all(engine)
        AuditBase.metadata.drop_all(audit_engine)
    Base.metadata.create_all(engine)
    AuditBase.metadata.create_all(audit_engine)


def is_alive(session: Session) -> bool:
    return session.is_active
