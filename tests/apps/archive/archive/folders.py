"""Queries and commands about folders."""

from collections.abc import Iterator, Sequence

from fastapi import HTTPException
from sqlalchemy.orm import selectinload
from sqlmodel import Session, col, delete, func, or_, select, update

from archive.models import Folder, Label, Sheet


def get_folder(session: Session, folder_id: int, *, lock: bool = False) -> Folder:
    folder = session.get(Folder, folder_id, with_for_update=lock or None)
    if not folder:
        raise HTTPException(status_code=404, detail="No such folder")
    return folder


def label_for(session: Session, name: str) -> Label:
    return session.exec(select(Label).where(Label.name == name)).first() or Label(name=name)


def open_folder(session: Session, title: str, labels: Sequence[str]) -> Folder:
    folder = Folder(title=title, labels=[label_for(session, name) for name in labels])
    session.add(folder)
    session.commit()
    session.refresh(folder)
    return folder


def search(session: Session, words: str | None, skip: int = 0, limit: int = 20) -> tuple[Sequence[Folder], int]:
    statement = select(Folder)
    if words:
        pattern = f"%{words}%"
        statement = statement.where(
            or_(
                col(Folder.title).ilike(pattern),
                col(Folder.labels).any(col(Label.name).ilike(pattern)),
            )
        )
    total = session.exec(select(func.count()).select_from(statement.subquery())).one()
    found = session.exec(statement.order_by(Folder.title).offset(skip).limit(limit)).all()
    return found, total


def append(session: Session, folder: Folder, texts: Sequence[str]) -> int:
    last = session.exec(select(func.max(Sheet.number)).where(Sheet.folder_id == folder.id)).one() or 0
    for number, text in enumerate(texts, start=last + 1):
        session.add(Sheet(number=number, text=text, folder=folder))
    session.commit()
    return len(texts)


def renumber(session: Session, folder: Folder) -> None:
    with session.no_autoflush:
        for number, sheet in enumerate(sorted(folder.sheets, key=lambda sheet: sheet.number), start=1):
            sheet.number = number
    session.add(folder)
    session.commit()


def move(session: Session, source: Folder, target: Folder) -> int:
    result = session.exec(
        update(Sheet).where(col(Sheet.folder_id) == source.id).values(folder_id=target.id)
    )
    session.commit()
    session.expire_all()
    return result.rowcount


def tear_out(session: Session, folder: Folder, number: int) -> bool:
    with session.begin_nested():
        gone = session.exec(
            delete(Sheet).where(col(Sheet.folder_id) == folder.id, col(Sheet.number) == number)
        ).rowcount
    session.commit()
    return bool(gone)


def export(session: Session) -> Iterator[str]:
    for folder in session.exec(select(Folder).options(selectinload(Folder.sheets)).order_by(Folder.title)):
        yield f"{folder.title}: {len(folder.sheets)}"


def relabel(session: Session, label: Label) -> Label:
    merged = session.merge(label)
    session.flush()
    return merged
