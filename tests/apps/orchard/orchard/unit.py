"""A unit of work: what is done inside of it is done as a whole."""

from orchard.database import SessionLocal
from orchard.trees import Trees


class UnitOfWork:
    def __init__(self, factory=SessionLocal):
        self.factory = factory

    def __enter__(self):
        self.session = self.factory()
        self.trees = Trees(self.session)
        return self

    def __exit__(self, kind, error, traceback):
        if error is not None:
            self.session.rollback()
        self.session.close()

    def commit(self):
        self.session.commit()
