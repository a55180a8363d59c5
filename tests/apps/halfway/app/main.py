import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.almanac import fetch_tides
from app.database import engine, get_session
from app.models import Harbour, Note
from app.schemas import HarbourCreate, HarbourRead, HarbourWithNotes, NoteCreate, NoteRead


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    await engine.dispose()


app = FastAPI(title="Tide Notes", lifespan=lifespan)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/harbours", response_model=list[HarbourRead])
async def list_harbours(session: AsyncSession = Depends(get_session)):
    return (await session.scalars(select(Harbour).order_by(Harbour.name))).all()


@app.post("/harbours", response_model=HarbourRead, status_code=201)
async def create_harbour(data: HarbourCreate, session: AsyncSession = Depends(get_session)):
    harbour = Harbour(name=data.name)
    session.add(harbour)
    await session.commit()
    await session.refresh(harbour)
    return harbour


@app.get("/harbours/{harbour_id}")
async def read_harbour(harbour_id: int, session: AsyncSession = Depends(get_session)) -> HarbourWithNotes:
    harbour = await session.get(Harbour, harbour_id)
    if harbour is None:
        raise HTTPException(404, "Harbour not found")
    notes = [NoteRead.model_validate(note) for note in harbour.notes]
    return HarbourWithNotes(id=harbour.id, name=harbour.name, notes=notes)


@app.get("/harbours/{harbour_id}/tides")
async def read_tides(harbour_id: int, session: AsyncSession = Depends(get_session)) -> list[float]:
    harbour = await session.get(Harbour, harbour_id)
    if harbour is None:
        raise HTTPException(404, "Harbour not found")
    return await fetch_tides(harbour.name)


@app.post("/harbours/{harbour_id}/notes", response_model=NoteRead, status_code=201)
async def create_note(harbour_id: int, data: NoteCreate, session: AsyncSession = Depends(get_session)):
    if await session.get(Harbour, harbour_id) is None:
        raise HTTPException(404, "Harbour not found")
    note = Note(harbour_id=harbour_id, body=data.body)
    session.add(note)
    await session.commit()
    await session.refresh(note)
    return note


@app.get("/harbours/{harbour_id}/notes", response_model=list[NoteRead])
async def list_notes(harbour_id: int, session: AsyncSession = Depends(get_session)):
    notes = await session.execute(select(Note).where(Note.harbour_id == harbour_id).order_by(Note.id)).scalars()
    return notes.all()


@app.put("/notes/{note_id}/star", status_code=204)
async def star_note(note_id: int, session: AsyncSession = Depends(get_session)) -> None:
    note = session.query(Note).filter(Note.id == note_id).first()
    if note is None:
        raise HTTPException(404, "Note not found")
    note.starred = True
    await session.commit()


@app.delete("/notes/{note_id}", status_code=204)
async def delete_note(note_id: int, session: AsyncSession = Depends(get_session)) -> None:
    note = await session.get(Note, note_id)
    if note is None:
        raise HTTPException(404, "Note not found")
    await session.delete(note)
    session.commit()


@app.get("/statistics")
async def statistics(session: AsyncSession = Depends(get_session)) -> dict[str, int]:
    time.sleep(0.05)
    notes = await session.scalar(select(func.count(Note.id)))
    starred = session.query(Note).filter_by(starred=True).count()
    return {"notes": notes or 0, "starred": starred}
