"""SQL text is put together from a value that may be anything.

The function takes a string and puts it into a statement. Whether today's callers pass only harmless values cannot be seen from here,
and tomorrow's callers will not look. Bound parameters make the question go away.

Not flagged: constants, numbers, UUIDs, dates, enums and literals by their declared type, values checked against a closed set, what
hangs on objects (`self.table`), names of tables and whole clauses, text without SQL, tests. What is proved to come from a client is SW401.

Example:
    from sqlalchemy import text
    from sqlalchemy.orm import Session


    def find_author(db: Session, name: str):
        return db.execute(text(«f"SELECT id FROM author WHERE name = '{name}'"»)).first()

Fixed:
    from sqlalchemy import text
    from sqlalchemy.orm import Session


    def find_author(db: Session, name: str):
        return db.execute(text("SELECT id FROM author WHERE name = :name"), {"name": name}).first()
"""

from __future__ import annotations

from collections.abc import Iterator

from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Severity
from seawall.rules.injection._binding import bind_fixes
from seawall.rules.injection._places import Place
from seawall.rules.injection._tainted import tainted
from seawall.semantics.meanings.sql_call import SqlCall

code, severity = "SW402", Severity.WARNING
applies = counts


def check(sql: SqlCall, file: File) -> Iterator[Finding]:
    found = tainted(sql, file)
    if any(one.arrival is not None for one in found):
        return
    found = [one for one in found if one.place is Place.VALUE]
    if not found:
        return
    yield file.finding(
        found[0].part.within,
        f"`{file.text(found[0].value)}` becomes part of the SQL text and may be anything, bind it as a parameter",
        *bind_fixes(sql, file),
    )
