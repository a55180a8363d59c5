"""Puts a first folder into the archive."""

from archive.db import engine, init_db
from archive.models import Folder
from sqlmodel import Session


def seed(title: str) -> int:
    with Session(engine) as session:
        folder = Folder(title=title)
        session.add(folder)
        session.commit()
        return folder.id


if __name__ == "__main__":
    init_db()
    print(seed("First"))
