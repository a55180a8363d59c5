"""What a client sends becomes part of an SQL statement's text.

Whoever controls a piece of the text controls the statement: `' OR 1=1 --` in a name reads the whole table, and more than that can be
done. Bound parameters travel beside the text and cannot change it.

The value is followed through variables, containers, attributes, helpers and modules, from the handler's parameter, the request or
a queue's message to the call that executes the SQL; the way stands beside the finding. What comes from the command line is told as
information: whoever types there may do more than that already.

Not flagged: bound parameters; numbers, UUIDs, dates, enums and literals by their declared type; values looked up in a mapping or
checked against a closed set (`if name not in COLUMNS: raise`); psycopg's `sql` composition and t-strings. A table, column or
direction that a client chooses is SW403.

Example:
    from fastapi import Depends, FastAPI
    from sqlalchemy import text
    from sqlalchemy.orm import Session

    from database import get_db

    app = FastAPI()


    @app.get("/books")
    def find_books(title: str, db: Session = Depends(get_db)):
        return db.execute(text(«f"SELECT id FROM books WHERE title LIKE '%{title}%'"»)).all()

Fixed:
    from fastapi import Depends, FastAPI
    from sqlalchemy import text
    from sqlalchemy.orm import Session

    from database import get_db

    app = FastAPI()


    @app.get("/books")
    def find_books(title: str, db: Session = Depends(get_db)):
        return db.execute(text("SELECT id FROM books WHERE title LIKE :title"), {"title": f"%{title}%"}).all()
"""

from __future__ import annotations

from collections.abc import Iterator

from seawall.rules.base import File, Finding, Severity
from seawall.rules.injection._binding import bind_fixes
from seawall.rules.injection._places import Place
from seawall.rules.injection._tainted import tainted
from seawall.rules.injection._way import severity_of, way
from seawall.semantics.meanings.sql_call import SqlCall

code, severity = "SW401", Severity.ERROR


def check(sql: SqlCall, file: File) -> Iterator[Finding]:
    found = [one for one in tainted(sql, file) if one.arrival is not None and one.place is not Place.NAME]
    if not found:
        return
    first = found[0]
    assert first.arrival is not None
    advice = (
        "bind it as a parameter" if first.place is Place.VALUE else "let it choose from a closed set or bind its values"
    )
    yield file.finding(
        first.part.within,
        f"`{file.text(first.value)}` from {first.arrival.source} becomes part of the SQL text, {advice}",
        *bind_fixes(sql, file),
        related=way(first, sql, file),
        severity=severity_of(first.arrival, severity),
    )
