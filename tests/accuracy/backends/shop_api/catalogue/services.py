"""What the catalogue asks the database in SQL, and what it works out from pots."""

from contextlib import closing

from django.db import connection, connections
from django.db.models import Count, QuerySet, Sum
from django.db.models.expressions import RawSQL

from catalogue.models import Glaze, Pot

COLUMNS = {"name": "name", "price": "price", "stock": "stock"}
LATEST = "SELECT id, name FROM catalogue_pot ORDER BY id DESC LIMIT %s"


def _rows(statement: str, parameters: list | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def latest(count: int) -> list[tuple]:
    return _rows(LATEST, [count])


def priced_between(low: str, high: str) -> list[tuple]:
    return _rows("SELECT id FROM catalogue_pot WHERE price BETWEEN %s AND %s", [low, high])


def glazed(glaze: str) -> list[tuple]:
    return _rows(f"SELECT id, name FROM catalogue_pot WHERE glaze = '{glaze}'")  # expect: SW401


def sorted_pots(column: str) -> list[tuple]:
    return _rows(f"SELECT id, name FROM catalogue_pot ORDER BY {COLUMNS.get(column, 'name')}")


def sorted_freely(column: str) -> list[tuple]:
    statement = "SELECT id, name FROM catalogue_pot ORDER BY {} ASC".format(column)  # expect: SW403
    return _rows(statement)


def in_archive(words: list[str]) -> int:
    marks = ", ".join(["%s"] * len(words))
    with closing(connections["archive"].cursor()) as cursor:
        cursor.execute(f"SELECT count(*) FROM pot WHERE name IN ({marks})", words)
        return cursor.fetchone()[0]


def in_archive_quoted(words: list[str]) -> int:
    names = ", ".join(f"'{word}'" for word in words)
    with closing(connections["archive"].cursor()) as cursor:
        cursor.execute("SELECT count(*) FROM pot WHERE name IN (" + names + ")")  # expect: SW401
        return cursor.fetchone()[0]


def annotated(potter: str) -> QuerySet[Pot]:
    return Pot.objects.annotate(sold=RawSQL(f"SELECT count(*) FROM sold WHERE potter = '{potter}'", []))  # expect: SW401


def annotated_bound(potter: str) -> QuerySet[Pot]:
    return Pot.objects.annotate(sold=RawSQL("SELECT count(*) FROM sold WHERE potter = %s", [potter]))


def stock() -> QuerySet[Pot]:
    return Pot.objects.filter(stock__gt=0).order_by("name")


def stock_value() -> int:
    return stock().aggregate(total=Sum("price"))["total"] or 0


def _recipes() -> dict[str, str]:
    return {glaze.name: glaze.recipe for glaze in Glaze.objects.all()}


def recipe(name: str) -> str:
    return _recipes().get(name, "")


def by_glaze() -> QuerySet[Pot]:
    return Pot.objects.values("glaze").annotate(count=Count("id"))
