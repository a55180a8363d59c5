from parcels import crud
from parcels.database import SessionLocal
from parcels.queue import Queue

queue = Queue()


@queue.task
def deliver(code: str) -> None:
    with SessionLocal() as db:
        parcel = crud.by_code(db, code)
        if parcel is not None:
            crud.mark(db, parcel, "delivered")
