"""What a client sends becomes part of an SQL statement's text.

Whoever controls a piece of the text controls the statement: `' OR 1=1 --` in a name reads the whole table, and more than that can be
done. Bound parameters travel beside the text and cannot change it.

The value is followed through variables, helpers and modules, from the handler's parameter or the request to the call that takes the
SQL; the way stands beside the finding.

Not flagged: bound parameters; numbers, UUIDs, dates, enums and literals by their declared type; values looked up in a mapping or
checked against a closed set (`if name not in COLUMNS: raise`); psycopg's `sql` composition and t-strings.

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

from seawall.rules.base import File, Finding, Related, Severity
from seawall.rules.injection._binding import bind_fixes
from seawall.rules.injection._tainted import Tainted, tainted
from seawall.semantics.meanings.sql_call import SqlCall
from seawall.syntax import range_of

code, severity = "SW401", Severity.ERROR


def check(sql: SqlCall, file: File) -> Iterator[Finding]:
    found = [one for one in tainted(sql, file) if one.arrival is not None]
    if not found:
        return
    first = found[0]
    assert first.arrival is not None
    advice = "bind it as a parameter" if first.is_value else "let it choose from a closed set"
    yield file.finding(
        first.part.within,
        f"`{file.text(first.value)}` from {first.arrival.source} becomes part of the SQL text, {advice}",
        *bind_fixes(sql, file),
        related=_way(first, sql, file),
    )


def _way(first: Tainted, sql: SqlCall, file: File) -> Iterator[Related]:
    arrival = first.arrival
    assert arrival is not None
    for caller, call, callee in arrival.hops:
        yield Related(f"`{_last(caller)}` hands it on to `{_last(callee)}`", owner=caller, call=call)
    if file.statement(sql.call) is not file.statement(first.part.within):
        yield Related(f"`{file.text(sql.call.func)}` takes the text", range_of(sql.call))


def _last(name: str) -> str:
    return name.rpartition(".")[2]
