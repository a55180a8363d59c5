from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.orm import Session

from app.database import Base, engine, get_session
from app.models import Item
from app.repositories import BaseRepository, ItemRepository, ShelfRepository
from app.schemas import ItemIn, ItemOut
from app.services import Report, StockService, get_shelves

app = FastAPI(title="Depot")


@app.on_event("startup")
def prepare() -> None:
    # a fresh depot every time
    Base.metadata.drop_all(bind=engine)
    Base.metadata.create_all(bind=engine)


@app.post("/shelves/{code}", status_code=201)
async def add_shelf(code: str, shelves: ShelfRepository = Depends(get_shelves)):
    shelf = shelves.create(code=code)
    return {"id": shelf.id, "items": len(shelf.items)}


@app.delete("/shelves/{id}")
async def drop_shelf(id: int, shelves: ShelfRepository = Depends(get_shelves)):
    return {"removed": shelves.remove(id), "left": [shelf.code for shelf in shelves.get_multi()]}


@app.post("/shelves/{code}/items", response_model=ItemOut, status_code=201)
async def add_item(code: str, item: ItemIn, service: StockService = Depends()):
    return service.put(code, item)


@app.post("/shelves/{code}/restock")
async def restock(code: str, amount: int, service: StockService = Depends(StockService)):
    return {"changed": service.restock(code, amount)}


@app.get("/items", response_model=list[ItemOut])
async def read_items(skip: int = 0, limit: int = 10, session: Session = Depends(get_session)):
    repository: BaseRepository[Item] = ItemRepository(session)
    return repository.get_multi(skip=skip, limit=limit)


@app.get("/items/{name}", response_model=ItemOut)
async def read_item(name: str, session: Session = Depends(get_session)):
    if (item := ItemRepository(session).named(name)) is None:
        raise HTTPException(404, "No such item")
    return item


@app.get("/names")
async def read_names(least: int | None = None, session: Session = Depends(get_session)):
    return ItemRepository(session).names(least)


@app.get("/report")
async def report(session: Session = Depends(get_session)):
    report = Report(session)
    return {"lines": report.lines(), **report.summary()}


@app.delete("/items")
async def clear(session: Session = Depends(get_session)):
    return {"removed": ItemRepository(session).clear()}
