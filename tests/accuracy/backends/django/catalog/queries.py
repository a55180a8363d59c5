"""SQL that the ORM cannot say."""

from typing import Any

from django.db import connection, connections
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from catalog.models import Book

ORDERS = {"title": "title", "year": "year DESC"}


def by_words(words: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, title FROM catalog_book WHERE title ILIKE %s", [f"%{words}%"])
        return cursor.fetchall()


def by_words_quickly(words: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, title FROM catalog_book WHERE title ILIKE '%{words}%'")  # expect: SW401
        return cursor.fetchall()


def by_isbn(isbn: str) -> Any:
    return Book.objects.raw("SELECT * FROM catalog_book WHERE isbn = %s", [isbn])


def by_isbn_quickly(isbn: str) -> Any:
    return Book.objects.raw("SELECT * FROM catalog_book WHERE isbn = '%s'" % isbn)  # expect: SW401


def ordered(order: str) -> list[tuple[Any, ...]]:
    with connections["archive"].cursor() as cursor:
        cursor.execute(f"SELECT id FROM catalog_book ORDER BY {ORDERS.get(order, 'title')}")
        return cursor.fetchall()


def ordered_freely(order: str) -> list[tuple[Any, ...]]:
    with connections["archive"].cursor() as cursor:
        cursor.execute("SELECT id FROM catalog_book ORDER BY " + order)  # expect: SW403
        return cursor.fetchall()


def of_year(year: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM catalog_book WHERE year = {year}")
        return cursor.fetchall()


def with_rank(term: str) -> QuerySet[Book]:
    return Book.objects.annotate(rank=RawSQL(f"similarity(title, '{term}')", []))  # expect: SW402


def with_rank_bound(term: str) -> QuerySet[Book]:
    return Book.objects.annotate(rank=RawSQL("similarity(title, %s)", [term]))


def shelved(shelf: str) -> QuerySet[Book]:
    return Book.objects.extra(where=["shelf = '" + shelf + "'"])  # expect: SW402


def shelved_bound(shelf: str) -> QuerySet[Book]:
    return Book.objects.extra(where=["shelf = %s"], params=[shelf])


def quoted(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
        return cursor.fetchone()[0]


def notice(title: str) -> str:
    return f"Please select {title} from the shelf where it was, and update the list"
