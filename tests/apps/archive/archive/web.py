from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, Query
from fastapi.responses import PlainTextResponse
from sqlmodel import Session, select

from archive import folders
from archive.db import engine, init_db, session_scope
from archive.models import Folder, FolderPublic, FolderWithSheets, Label, Sheet, SheetIn, SheetPublic


@asynccontextmanager
async def lifespan(_: FastAPI):
    init_db()
    yield


def get_session():
    with Session(engine) as session:
        yield session


Db = Annotated[Session, Depends(get_session)]

app = FastAPI(lifespan=lifespan)


def folder_of(folder_id: int, session: Db) -> Folder:
    return folders.get_folder(session, folder_id)


FolderOf = Annotated[Folder, Depends(folder_of)]


class Pages:
    """How much to read."""

    def __init__(self, session: Db, skip: int = 0, limit: Annotated[int, Query(le=50)] = 20) -> None:
        self.session = session
        self.skip = skip
        self.limit = limit

    def read(self, words: str | None) -> dict[str, object]:
        found, total = folders.search(self.session, words, skip=self.skip, limit=self.limit)
        return {"total": total, "titles": [folder.title for folder in found]}


def note(title: str) -> None:
    with session_scope() as session:
        journal = session.exec(select(Folder).where(Folder.title == "Journal")).one_or_none()
        if journal is None:
            journal = Folder(title="Journal")
            session.add(journal)
            session.flush()
        session.add(Sheet(number=len(journal.sheets) + 1, text=title, folder_id=journal.id))


@app.post("/folders", response_model=FolderPublic, status_code=201)
async def create(title: str, labels: list[str], session: Db, tasks: BackgroundTasks):
    folder = folders.open_folder(session, title, labels)
    tasks.add_task(note, title=title)
    return folder


@app.get("/folders")
async def read_all(pages: Annotated[Pages, Depends()], words: str | None = None):
    return pages.read(words)


@app.get("/folders/{folder_id}", response_model=FolderWithSheets)
async def read(folder: FolderOf):
    return folder


@app.post("/folders/{folder_id}/sheets")
async def add_sheets(folder: FolderOf, sheets: list[SheetIn], session: Db):
    added = folders.append(session, folder, [sheet.text for sheet in sheets])
    return {"added": added, "sheets": len(folder.sheets)}


@app.get("/folders/{folder_id}/sheets/{number}", response_model=SheetPublic)
async def read_sheet(folder: FolderOf, number: int, session: Db):
    statement = select(Sheet).where(Sheet.folder_id == folder.id, Sheet.number == number)
    return session.exec(statement).one()


@app.delete("/folders/{folder_id}/sheets/{number}")
async def tear_out(folder_id: int, number: int, session: Db):
    folder = folders.get_folder(session, folder_id, lock=True)
    torn = folders.tear_out(session, folder, number)
    session.refresh(folder)
    folders.renumber(session, folder)
    return {"torn": torn, "numbers": [sheet.number for sheet in folder.sheets]}


@app.post("/folders/{folder_id}/move/{other_id}")
async def move(folder: FolderOf, other_id: int, session: Db):
    return {"moved": folders.move(session, folder, folders.get_folder(session, other_id))}


@app.put("/labels/{label_id}")
async def rename_label(label_id: int, name: str, session: Db):
    label = folders.relabel(session, Label(id=label_id, name=name))
    session.commit()
    return {"id": label.id, "name": label.name, "folders": [folder.title for folder in label.folders]}


@app.get("/export", response_class=PlainTextResponse)
async def export(session: Db):
    return "\n".join(folders.export(session))
