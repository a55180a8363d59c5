"""What the fixes of SW401 make of Django's own SQL is run by Django, on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps_harness import Postgres, environment, postgres
from seawall.engine.fix import apply
from support.marked import Folder, parse

HEAD = """\
from django.db import connection
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from models import Book


def rows(found):
    return sorted(book.id for book in found)


"""
CASES = {
    "a cursor": (
        """cursor.execute(f"SELECT id FROM book WHERE name = '{name}' AND year > {int(year)} ORDER BY id")""",
        """cursor.execute("SELECT id FROM book WHERE name = %s AND year > %s ORDER BY id", [name, int(year)])""",
    ),
    "a cursor, LIKE": (
        """cursor.execute("SELECT id FROM book WHERE name LIKE '%" + name + "%' AND name NOT LIKE 'P%' ORDER BY id")""",
        """cursor.execute("SELECT id FROM book WHERE name LIKE %s AND name NOT LIKE 'P%%' ORDER BY id", [f"%{name}%"])""",
    ),
    "a cursor, percent": (
        """cursor.execute("SELECT id FROM book WHERE name LIKE 'E%%' AND name = '%s'" % name)""",
        """cursor.execute("SELECT id FROM book WHERE name LIKE 'E%%' AND name = %s", [name])""",
    ),
    "a cursor with parameters": (
        """cursor.execute(f"SELECT id FROM book WHERE year > %s AND name LIKE '{name}%%' AND shelf <> %s", [1, "c"])""",
        """cursor.execute("SELECT id FROM book WHERE year > %s AND name LIKE %s AND shelf <> %s", [1, f"{name}%", "c"])""",
    ),
    "a list for a cursor": (
        """cursor.execute("SELECT id FROM book WHERE name IN ('%s') ORDER BY id" % "','".join(names))""",
        """cursor.execute(f"SELECT id FROM book WHERE name IN ({', '.join(['%s'] * len(names))}) ORDER BY id", list(names))""",
    ),
    "a list among others": (
        '''cursor.execute(f"""SELECT id FROM book WHERE year > %s AND name IN ('{"','".join(names)}') AND name = '{name}'""", [1])''',
        '''cursor.execute(f"""SELECT id FROM book WHERE year > %s AND name IN ({', '.join(['%s'] * len(names))}) AND name = %s""", '''
        """[1, *names, name])""",
    ),
    "many rows": (
        """cursor.executemany(f"UPDATE book SET shelf = %s WHERE name = '{name}' AND id = %s", [("x", 1), ("x", 2)])
        cursor.execute("SELECT id FROM book WHERE shelf = 'x'")""",
        """cursor.executemany("UPDATE book SET shelf = %s WHERE name = %s AND id = %s", [("x", name, 1), ("x", name, 2)])
        cursor.execute("SELECT id FROM book WHERE shelf = 'x'")""",
    ),
    "rows in a variable": (
        """given = [("x",), ("x",)]
        cursor.executemany(f"UPDATE book SET shelf = %s WHERE name = '{name}'", given)
        cursor.execute("SELECT id FROM book WHERE shelf = 'x'")""",
        """given = [("x",), ("x",)]
        cursor.executemany("UPDATE book SET shelf = %s WHERE name = %s", [(*row, name) for row in given])
        cursor.execute("SELECT id FROM book WHERE shelf = 'x'")""",
    ),
    "raw": (
        """return rows(Book.objects.raw(f"SELECT * FROM book WHERE name = '{name}'"))""",
        """return rows(Book.objects.raw("SELECT * FROM book WHERE name = %s", [name]))""",
    ),
    "raw, LIKE": (
        """return rows(Book.objects.raw(f"SELECT * FROM book WHERE name LIKE '%%{name}%%' AND name NOT LIKE 'P%%'"))""",
        """return rows(Book.objects.raw("SELECT * FROM book WHERE name LIKE %s AND name NOT LIKE 'P%%'", [f"%{name}%"]))""",
    ),
    "raw with parameters by name": (
        """return rows(Book.objects.raw(f"SELECT * FROM book WHERE year > %(y)s AND name = '{name}'", {"y": 1}))""",
        """return rows(Book.objects.raw("SELECT * FROM book WHERE year > %(y)s AND name = %(name)s", {"y": 1, "name": name}))""",
    ),
    "a condition": (
        """return rows(Book.objects.extra(where=[f"name = '{name}'"]))""",
        """return rows(Book.objects.extra(where=["name = %s"], params=[name]))""",
    ),
    "conditions, parameters among them": (
        """return rows(
        Book.objects.extra(
            where=["year > %s", f"name LIKE '%%{name}%%'", f"name = '{name}' AND shelf <> %s"],
            params=[1, "c"],
        )
    )""",
        """return rows(
        Book.objects.extra(
            where=["year > %s", "name LIKE %s", "name = %s AND shelf <> %s"],
            params=[1, f"%{name}%", name, "c"],
        )
    )""",
    ),
    "a list in a condition": (
        '''return rows(Book.objects.extra(where=[f"""name IN ('{"','".join(names)}')"""]))''',
        '''return rows(Book.objects.extra(where=[f"""name IN ({', '.join(['%s'] * len(names))})"""], params=list(names)))''',
    ),
    "a column": (
        """return rows(one for one in Book.objects.extra(select={"same": f"name = '{name}'"}) if one.same)""",
        """return rows(one for one in Book.objects.extra(select={"same": "name = %s"}, select_params=[name]) if one.same)""",
    ),
    "an expression": (
        """return rows(Book.objects.filter(id__in=RawSQL(f"SELECT id FROM book WHERE name LIKE '{name}%%'", ())))""",
        """return rows(Book.objects.filter(id__in=RawSQL("SELECT id FROM book WHERE name LIKE %s", (f"{name}%",))))""",
    ),
    "an expression with parameters": (
        """return rows(Book.objects.filter(id__in=RawSQL(f"SELECT id FROM book WHERE year > %s AND name = '{name}'", (1,))))""",
        """return rows(Book.objects.filter(id__in=RawSQL("SELECT id FROM book WHERE year > %s AND name = %s", (1, name))))""",
    ),
}
TAKEN = """\
    name = request.GET["name"]
    names = request.GET.getlist("names")
    year = request.GET["year"]
"""
MODELS = """
#- models.py
from django.db import models


class Book(models.Model):
    id = models.IntegerField(primary_key=True)
    name = models.TextField()
    year = models.IntegerField()
    shelf = models.TextField()

    class Meta:
        app_label = "shop"
        db_table = "book"
"""
RUN = '''\
"""Calls every view of a module with every request; prints what each returns."""

import json
import sys

from django.conf import settings

settings.configure(DATABASES={"default": json.loads(sys.argv[1])}, INSTALLED_APPS=[], DEFAULT_AUTO_FIELD="django.db.models.AutoField")
import django

django.setup()
from django.db import connection, transaction
from django.test import RequestFactory

from models import Book

with connection.schema_editor() as editor:
    editor.create_model(Book)
for id, name, year, shelf in [(1, "Emma", 1815, "a"), (2, "Persuasion", 1817, "b"), (3, "O'Brien", 1950, "b"), (4, "100%", 1, "a")]:
    Book.objects.create(id=id, name=name, year=year, shelf=shelf)


class Undone(Exception):
    pass


def answer(view, name):
    request = RequestFactory().get("/", {"name": name, "names": [name, "nobody"], "year": "1800"})
    try:
        with transaction.atomic():
            try:
                found = view(request)
            except Exception as error:
                found = type(error).__name__
            raise Undone
    except Undone:
        return found


answers = {}
for module in ("before", "after"):
    views = __import__(module)
    for number in range(int(sys.argv[2])):
        view = getattr(views, f"view_{number}")
        answers[f"{module} {number}"] = {name: answer(view, name) for name in json.loads(sys.argv[3])}
print(json.dumps(answers))
'''
HARMLESS = ["Emma", "Em", "nobody"]
INJECTIONS = ["' OR '1' = '1", "' UNION SELECT 1 --", "x' OR name <> 'x"]


def view(number: int, body: str) -> str:
    if body.startswith("return"):
        return f"def view_{number}(request: HttpRequest):\n{TAKEN}    {body}\n"
    lines = f"    with connection.cursor() as cursor:\n        {body}\n"
    return f"def view_{number}(request: HttpRequest):\n{TAKEN}{lines}        return [row[0] for row in cursor.fetchall()]\n"


def module(which: int) -> str:
    return HEAD + "\n\n".join(view(number, case[which]) for number, case in enumerate(CASES.values()))


def mended() -> str:
    folder = Folder(parse(module(0) + MODELS, "views.py").files)
    for _ in range(len(CASES) + 1):
        found = [one for one in folder.findings("SW401") if one.finding.fixes]
        if not found:
            break
        for path, text in apply(folder.workspace, found[0].finding.fixes[0].make()).items():
            path.write_text(text)
            folder.workspace.changed(path)
    assert folder.findings("SW401") == []
    return folder.read()["views.py"]


def test_the_text() -> None:
    assert mended().rstrip() == module(1).rstrip()


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with postgres() as found:
        yield found


@pytest.mark.parametrize("engine", ["sqlite3", "postgresql"])
def test_the_same_rows_come_back_and_none_for_an_injection(engine: str, server: Postgres, tmp_path: Path) -> None:
    files = {"before.py": module(0), "after.py": mended(), "run.py": RUN, **parse(MODELS).files}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    database = {"ENGINE": f"django.db.backends.{engine}", "NAME": ":memory:"}
    if engine == "postgresql":
        database |= parts_of(server.fresh_database())
    arguments = [json.dumps(database), str(len(CASES)), json.dumps(["O'Brien", "100%", *HARMLESS, *INJECTIONS])]
    done = subprocess.run(
        [sys.executable, "run.py", *arguments], cwd=tmp_path, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    for number, case in enumerate(CASES):
        before, after = answers[f"before {number}"], answers[f"after {number}"]
        assert {name: after[name] for name in HARMLESS} == {name: before[name] for name in HARMLESS}, case
        assert after["Emma"], case
        assert all(after[name] == [] for name in INJECTIONS), case
        assert after["O'Brien"] in ([3], []), case


def parts_of(url: str) -> dict[str, str]:
    """The folder of the socket and the rest, as Django takes them."""
    from sqlalchemy.engine import make_url

    found = make_url(url)
    return {
        "NAME": found.database or "",
        "USER": found.username or "",
        "PASSWORD": found.password or "",
        "HOST": str(found.query.get("host", found.host or "")),
        "PORT": str(found.port or found.query.get("port", "")),
    }
