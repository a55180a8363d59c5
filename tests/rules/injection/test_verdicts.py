"""SW401 to SW403 on small programs that try to lose what is sent, or to make something harmless look dangerous.

The verdict was written down before the rules were run.
"""

from __future__ import annotations

import pytest

from support.marked import Folder, parse

HEAD = """\
import re
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from functools import partial, reduce
from typing import Annotated, Literal, NamedTuple
from uuid import UUID
from fastapi import Depends, FastAPI, HTTPException, Query, Request
from pydantic import BaseModel, Field, field_validator, model_validator, AfterValidator
app = FastAPI()
db = sqlite3.connect("x")
COLUMNS = {"title": "t.title", "year": "t.year"}
SAFE = re.compile(r"^[a-z]+$")
"""
PROGRAMS = {
    "a text of the function around": (
        "SW401",
        """
def build(name):
    return f"SELECT id FROM book WHERE name = '{name}'"
@app.get("/")
def find(name: str):
    sql = build(name)
    def run(retries=3):
        return db.execute(sql).fetchall()
    return run()
""",
    ),
    "a harmless text of the function around": (
        None,
        """
def build(number):
    return f"SELECT id FROM book WHERE id = {int(number)}"
@app.get("/")
def find(name: str):
    sql = build(name)
    def run():
        print(name)
        return db.execute(sql).fetchall()
    return run()
""",
    ),
    "dataclass field default factory list": (
        "SW401",
        """
@dataclass
class Builder:
    table: str
    wheres: list[str] = field(default_factory=list)
    def add(self, part: str) -> "Builder":
        self.wheres.append(part)
        return self
    def sql(self) -> str:
        return f"SELECT id FROM {self.table} WHERE " + " AND ".join(self.wheres)
@app.get("/")
def find(name: str):
    builder = Builder("book")
    builder.add(f"name = '{name}'").add("year > 1")
    return db.execute(builder.sql()).fetchall()
""",
    ),
    "NamedTuple by index": (
        "SW401",
        """
class Wanted(NamedTuple):
    size: int
    name: str
def read(name: str) -> Wanted:
    return Wanted(1, name)
@app.get("/")
def find(name: str):
    wanted = read(name)
    return db.execute(f"SELECT id FROM book WHERE name = '{wanted[1]}'").fetchall()
""",
    ),
    "NamedTuple unpacked, the number only": (
        None,
        """
class Wanted(NamedTuple):
    size: int
    name: str
@app.get("/")
def find(name: str, size: int):
    wanted = Wanted(size, name)
    return db.execute(f"SELECT id FROM book WHERE size = {wanted.size}").fetchall()
""",
    ),
    "dict of lists, joined": (
        "SW401",
        """
@app.get("/")
def find(name: str):
    clauses = defaultdict(list)
    clauses["where"].append(f"name = '{name}'")
    clauses["order"].append("id")
    sql = "SELECT id FROM book WHERE " + " AND ".join(clauses["where"]) + " ORDER BY " + ", ".join(clauses["order"])
    return db.execute(sql).fetchall()
""",
    ),
    "dict of lists, the harmless one": (
        None,
        """
@app.get("/")
def find(name: str):
    given = {"names": [name], "orders": ["id", "year"]}
    return db.execute("SELECT id FROM book ORDER BY " + ", ".join(given["orders"]), given["names"]).fetchall()
""",
    ),
    "closure that returns a function": (
        "SW402",
        """
def finder(prefix: str):
    def run(value: str):
        return db.execute(f"SELECT id FROM book WHERE name = '{prefix}{value}'")
    return run
@app.get("/")
def find(name: str):
    return finder("x")(name).fetchall()
""",
    ),
    "closure over the handler's parameter": (
        "SW401",
        """
@app.get("/")
def find(name: str):
    clause = lambda column: f"{column} = '{name}'"
    return db.execute("SELECT id FROM book WHERE " + clause("name")).fetchall()
""",
    ),
    "generator of clauses": (
        "SW401",
        """
def clauses(name: str, year: int):
    yield f"year = {year}"
    if name:
        yield f"name = '{name}'"
@app.get("/")
def find(name: str, year: int):
    return db.execute("SELECT id FROM book WHERE " + " AND ".join(clauses(name, year))).fetchall()
""",
    ),
    "generator of numbers": (
        None,
        """
def clauses(first: int, year: int):
    yield f"year = {year}"
    yield f"first = {first}"
@app.get("/")
def find(first: int, year: int):
    return db.execute("SELECT id FROM book WHERE " + " AND ".join(clauses(first, year))).fetchall()
""",
    ),
    "walrus in a condition": (
        "SW401",
        """
@app.get("/")
def find(request: Request):
    if (name := request.query_params.get("name")) and len(name) > 2:
        return db.execute(f"SELECT id FROM book WHERE name = '{name}'").fetchall()
""",
    ),
    "walrus converted": (
        None,
        """
@app.get("/")
def find(request: Request):
    if (year := int(request.query_params.get("year", 0))) > 2:
        return db.execute(f"SELECT id FROM book WHERE year = {year}").fetchall()
""",
    ),
    "match with a guard": (
        None,
        """
@app.get("/")
def find(sort: str):
    match sort.split(":"):
        case [column, ("asc" | "desc") as direction] if column in COLUMNS:
            return db.execute(f"SELECT id FROM book ORDER BY {column} {direction}").fetchall()
        case _:
            raise HTTPException(422)
""",
    ),
    "match without one": (
        "SW403",
        """
@app.get("/")
def find(sort: str):
    match sort.split(":"):
        case [column, direction]:
            return db.execute(f"SELECT id FROM book ORDER BY {column}").fetchall()
""",
    ),
    "comprehension over items": (
        "SW401",
        """
@app.post("/")
def find(filters: dict[str, str]):
    parts = [f"{COLUMNS[key]} = '{value}'" for key, value in filters.items() if key in COLUMNS]
    return db.execute("SELECT id FROM t WHERE " + " AND ".join(parts)).fetchall()
""",
    ),
    "comprehension, keys by whitelist, values bound": (
        None,
        """
@app.post("/")
def find(filters: dict[str, str]):
    known = {key: value for key, value in filters.items() if key in COLUMNS}
    parts = [f"{COLUMNS[key]} = ?" for key in known]
    return db.execute("SELECT id FROM t WHERE " + " AND ".join(parts), tuple(known.values())).fetchall()
""",
    ),
    "comprehension, keys in the text": (
        "SW403",
        """
@app.post("/")
def find(filters: dict[str, str]):
    parts = " AND ".join(f"{key} = ?" for key in filters)
    return db.execute(f"SELECT id FROM t WHERE {parts}", tuple(filters.values())).fetchall()
""",
    ),
    "parts appended in a loop": (
        "SW401",
        """
@app.get("/")
def find(names: list[str] = Query()):
    parts = ["SELECT id FROM book WHERE 1 = 0"]
    for name in names:
        parts.append(" OR name = '" + name + "'")
    return db.execute("".join(parts)).fetchall()
""",
    ),
    "marks appended in a loop": (
        None,
        """
@app.get("/")
def find(names: list[str] = Query()):
    parts, values = ["SELECT id FROM book WHERE 1 = 0"], []
    for name in names:
        parts.append(" OR name = ?")
        values.append(name)
    return db.execute("".join(parts), values).fetchall()
""",
    ),
    "early return guard": (
        None,
        """
@app.get("/")
def find(sort: str):
    if sort not in COLUMNS:
        return []
    return db.execute(f"SELECT id FROM t ORDER BY {COLUMNS[sort]}, {sort}").fetchall()
""",
    ),
    "guard in a helper that raises": (
        None,
        """
def check_sort(sort: str) -> None:
    if sort not in COLUMNS:
        raise HTTPException(422)
@app.get("/")
def find(sort: str):
    check_sort(sort)
    return db.execute(f"SELECT id FROM t ORDER BY {sort}").fetchall()
""",
    ),
    "helper that gives it back checked": (
        None,
        """
def known(sort: str) -> str:
    if sort not in COLUMNS:
        raise HTTPException(422)
    return sort
@app.get("/")
def find(sort: str):
    return db.execute(f"SELECT id FROM t ORDER BY {known(sort)}").fetchall()
""",
    ),
    "guard that only logs": (
        "SW403",
        """
@app.get("/")
def find(sort: str):
    if sort not in COLUMNS:
        print("unknown")
    return db.execute(f"SELECT id FROM t ORDER BY {sort}").fetchall()
""",
    ),
    "enum by value": (
        None,
        """
class Sort(Enum):
    TITLE = "title"
@app.get("/")
def find(sort: str):
    column = Sort(sort).value
    return db.execute(f"SELECT id FROM t ORDER BY {column}").fetchall()
""",
    ),
    "enum by name": (
        None,
        """
class Sort(Enum):
    TITLE = "title"
@app.get("/")
def find(sort: str):
    column = Sort[sort.upper()]
    return db.execute(f"SELECT id FROM t ORDER BY {column.value}").fetchall()
""",
    ),
    "enum tried, the text used": (
        None,
        """
class Sort(Enum):
    TITLE = "title"
@app.get("/")
def find(sort: str):
    try:
        Sort(sort)
    except ValueError:
        raise HTTPException(422)
    return db.execute(f"SELECT id FROM t ORDER BY {sort}").fetchall()
""",
    ),
    "UUID": (
        None,
        """
@app.get("/")
def find(code: str):
    wanted = UUID(code)
    return db.execute(f"SELECT id FROM t WHERE code = '{wanted}' OR code = '{wanted.hex}'").fetchall()
""",
    ),
    "fullmatch with raise": (
        None,
        """
@app.get("/")
def find(name: str):
    if not re.fullmatch(r"[a-z]+", name):
        raise HTTPException(422)
    return db.execute(f"SELECT id FROM t WHERE name = '{name}'").fetchall()
""",
    ),
    "compiled pattern's fullmatch": (
        None,
        """
@app.get("/")
def find(name: str):
    if SAFE.fullmatch(name) is None:
        raise HTTPException(422)
    return db.execute(f"SELECT id FROM t WHERE name = '{name}'").fetchall()
""",
    ),
    "fullmatch in the wrong direction": (
        "SW401",
        """
@app.get("/")
def find(name: str):
    if re.fullmatch(r"[a-z]+", name):
        raise HTTPException(422)
    return db.execute(f"SELECT id FROM t WHERE name = '{name}'").fetchall()
""",
    ),
    "the group of a match": (
        None,
        """
@app.get("/")
def find(name: str):
    found = re.fullmatch(r"([a-z]+)-(\\d+)", name)
    return db.execute(f"SELECT id FROM t WHERE name = '{found.group(1)}' AND n = {found[2]}").fetchall()
""",
    ),
    "pydantic validator": (
        None,
        """
class Filter(BaseModel):
    sort: str
    kind: Literal["a", "b"]
    @field_validator("sort")
    @classmethod
    def known(cls, value: str) -> str:
        if value not in COLUMNS:
            raise ValueError
        return value
@app.post("/")
def find(given: Filter):
    return db.execute(f"SELECT id FROM t WHERE kind = '{given.kind}' ORDER BY {given.sort}").fetchall()
""",
    ),
    "pydantic validator on another field": (
        "SW403",
        """
class Filter(BaseModel):
    sort: str
    other: str
    @field_validator("other")
    @classmethod
    def known(cls, value: str) -> str:
        return value
@app.post("/")
def find(given: Filter):
    return db.execute(f"SELECT id FROM t ORDER BY {given.sort}").fetchall()
""",
    ),
    "two hops in other modules": (
        "SW401",
        """
from service import search
@app.get("/")
def find(name: str):
    return search({"name": name, "limit": 5})
#- service.py
from repository import Books
def search(wanted: dict):
    books = Books()
    return books.by(wanted["name"], limit=wanted["limit"])
#- repository.py
import sqlite3
class Books:
    def by(self, name, limit):
        return sqlite3.connect("x").execute(f"SELECT id FROM book WHERE name = '{name}' LIMIT {limit}")
""",
    ),
    "two hops, made a number on the way": (
        None,
        """
from service import search
@app.get("/")
def find(year: str):
    return search(year)
#- service.py
from repository import by_year
def search(year: str):
    return by_year(int(year))
#- repository.py
import sqlite3
def by_year(year: int):
    return sqlite3.connect("x").execute(f"SELECT id FROM book WHERE year = {year}")
""",
    ),
    "an override in a subclass": (
        "SW401",
        """
from search import ByName, Search
def run(search: Search, word: str):
    return search.run(word)
@app.get("/")
def find(word: str):
    return run(ByName(), word)
#- search.py
import sqlite3
class Search:
    def run(self, word: str):
        return sqlite3.connect("x").execute(self.statement(word))
    def statement(self, word: str) -> str:
        raise NotImplementedError
class ByName(Search):
    def statement(self, word: str) -> str:
        return f"SELECT id FROM book WHERE name = '{word}'"
""",
    ),
    "getattr of a model with a whitelist": (
        None,
        """
from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase, Session
class Base(DeclarativeBase): pass
class Book(Base):
    __tablename__ = "book"
@app.get("/")
def find(sort: str, session: Session):
    column = getattr(Book, sort) if sort in {"title", "year"} else Book.id
    return session.scalars(select(Book).order_by(column)).all()
""",
    ),
    "partial": (
        "SW402",
        """
def run(column: str, value: str):
    return db.execute(f"SELECT id FROM book WHERE {column} = '{value}'")
by_name = partial(run, "name")
@app.get("/")
def find(name: str):
    return by_name(name).fetchall()
""",
    ),
    "a for-else and a slice": (
        "SW401",
        """
@app.get("/")
def find(name: str):
    for size in (3, 2, 1):
        if len(name) > size:
            part = name[:size]
            break
    else:
        part = name
    return db.execute(f"SELECT id FROM book WHERE name LIKE '{part}%'").fetchall()
""",
    ),
    "what is replaced afterwards": (
        None,
        """
@app.get("/")
def find(name: str):
    wanted = name
    wanted = "fixed"
    return db.execute(f"SELECT id FROM book WHERE name = '{wanted}'").fetchall()
""",
    ),
    "a try that may not run": (
        "SW401",
        """
@app.get("/")
def find(name: str):
    try:
        wanted = COLUMNS[name]
    except KeyError:
        wanted = name
    return db.execute(f"SELECT id FROM book WHERE name = '{wanted}'").fetchall()
""",
    ),
    "self set in one method, used in another": (
        "SW401",
        """
class Search:
    def __init__(self, request: Request):
        self.request = request
        self.name = ""
    def read(self):
        self.name = self.request.query_params["name"]
    def run(self):
        return db.execute(f"SELECT id FROM book WHERE name = '{self.name}'")
@app.get("/")
def find(request: Request):
    search = Search(request)
    search.read()
    return search.run()
""",
    ),
    "length and truth": (
        None,
        """
@app.get("/")
def find(name: str):
    return db.execute(f"SELECT id FROM book WHERE size = {len(name)} AND given = {bool(name)} AND same = {name == 'x'}").fetchall()
""",
    ),
    "reduce": (
        "SW401",
        """
@app.get("/")
def find(names: list[str] = Query()):
    where = reduce(lambda sql, one: sql + f" OR name = '{one}'", names, "1 = 0")
    return db.execute(f"SELECT id FROM book WHERE {where}").fetchall()
""",
    ),
    "a pair of constant text and values": (
        None,
        """
def build(name):
    return "SELECT id FROM book WHERE name = ?", [name]
@app.get("/")
def find(name: str):
    sql, values = build(name)
    return db.execute(sql, values).fetchall()
""",
    ),
    "a pair, text tainted": (
        "SW401",
        """
def build(name):
    return f"SELECT id FROM book WHERE name = '{name}'", []
@app.get("/")
def find(name: str):
    sql, values = build(name)
    return db.execute(sql, values).fetchall()
""",
    ),
    "a pair in another module, clauses and values": (
        None,
        """
from where import where
@app.post("/")
def find(filters: dict[str, str]):
    clause, values = where(filters)
    return db.execute(f"SELECT id FROM book WHERE {clause}", values).fetchall()
#- where.py
COLUMNS = {"title": "t.title"}
def where(filters):
    parts, values = [], []
    for key, value in filters.items():
        if key in COLUMNS:
            parts.append(f"{COLUMNS[key]} = ?")
            values.append(value)
    return " AND ".join(parts), values
""",
    ),
    "a pair by index": (
        None,
        """
def build(name):
    return "SELECT id FROM book WHERE name = ?", (name,)
@app.get("/")
def find(name: str):
    made = build(name)
    return db.execute(made[0], made[1]).fetchall()
""",
    ),
    "a pair given on with a star": (
        None,
        """
def build(name):
    return "SELECT id FROM book WHERE name = ?", (name,)
@app.get("/")
def find(name: str):
    return db.execute(*build(name)).fetchall()
""",
    ),
    "a builder with values": (
        None,
        """
class Select:
    def __init__(self, table):
        self.table, self.parts, self.values = table, [], []
    def where(self, part, value):
        self.parts.append(part)
        self.values.append(value)
        return self
    def text(self):
        return f"SELECT id FROM {self.table} WHERE " + " AND ".join(self.parts)
@app.get("/")
def find(name: str):
    query = Select("book")
    query.where("name = ?", name)
    return db.execute(query.text(), query.values).fetchall()
""",
    ),
    "a dict with text and values": (
        None,
        """
def build(name):
    return {"sql": "SELECT id FROM book WHERE name = ?", "values": [name]}
@app.get("/")
def find(name: str):
    made = build(name)
    return db.execute(made["sql"], made["values"]).fetchall()
""",
    ),
    "a pair in a loop": (
        None,
        """
@app.get("/")
def find(name: str):
    for sql, value in [("SELECT 1 FROM a WHERE b = ?", name), ("SELECT 1 FROM c WHERE b = ?", name)]:
        db.execute(sql, (value,))
""",
    ),
    "a list by index": (
        None,
        """
@app.get("/")
def find(name: str):
    given = ["SELECT 1 FROM a WHERE b = ?", name]
    return db.execute(given[0], given[1:])
""",
    ),
    "a dataclass with text and values": (
        None,
        """
@dataclass
class Made:
    sql: str
    values: list
def build(name):
    return Made("SELECT 1 FROM a WHERE b = ?", [name])
@app.get("/")
def find(name: str):
    made = build(name)
    return db.execute(made.sql, made.values)
""",
    ),
    "values in the builder's init": (
        None,
        """
class Made:
    def __init__(self, name):
        self.sql = "SELECT 1 FROM a WHERE b = ?"
        self.values = [name]
@app.get("/")
def find(name: str):
    made = Made(name)
    return db.execute(made.sql, made.values)
""",
    ),
    "NamedTuple's number by index": (
        None,
        """
class Wanted(NamedTuple):
    size: int
    name: str
@app.get("/")
def find(name: str, size: int):
    wanted = Wanted(size, name)
    return db.execute(f"SELECT id FROM book WHERE size = {wanted[0]}").fetchall()
""",
    ),
    "lambda with the value": (
        "SW401",
        """
@app.get("/")
def find(name: str):
    quote = lambda value: "'" + value + "'"
    return db.execute("SELECT id FROM book WHERE name = " + quote(name)).fetchall()
""",
    ),
    "setattr-free namespace": (
        "SW401",
        """
from types import SimpleNamespace
@app.get("/")
def find(name: str):
    given = SimpleNamespace(name=name, n=1)
    return db.execute(f"SELECT id FROM book WHERE name = '{given.name}'").fetchall()
""",
    ),
}
CODES = ("SW401", "SW402", "SW403")


@pytest.mark.parametrize(("expected", "program"), PROGRAMS.values(), ids=PROGRAMS.keys())
def test_the_verdict(expected: str | None, program: str) -> None:
    folder = Folder(parse(HEAD + program).files)
    found = sorted({one.code for one in folder.findings() if one.code in CODES})
    assert found == ([expected] if expected else [])
