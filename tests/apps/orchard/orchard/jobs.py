"""Jobs that a worker runs, without an event loop."""

from sqlalchemy.orm import joinedload

from orchard.database import SessionLocal
from orchard.models import Harvest, Pick, Tree

counted = {}


class Actor:
    def __init__(self, function):
        self.function = function
        self.sent = []

    def send(self, *arguments):
        self.sent.append(arguments)

    def work(self):
        while self.sent:
            self.function(*self.sent.pop(0))


def actor(function):
    return Actor(function)


@actor
def tidy(row):
    with SessionLocal() as session, session.begin():
        for tree in session.query(Tree).filter(Tree.row == row).yield_per(10):
            tree.row = -1
        for harvest in session.query(Harvest).options(joinedload(Harvest.tree)):
            counted[harvest.tree.kind] = harvest.picks.filter(Pick.by != "").count()
