"""Exports of the catalogue, for other libraries."""

import asyncio
import csv
import io

import requests
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.decorators import permission_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.views import View

from catalog.models import Author, Book

PARTNER_API_KEY = "lib_8c1f0a7be2d94f63"  # expect: SW201
PARTNER_API_KEY_HEADER = "X-Partner-Key"


async def as_csv(request: HttpRequest) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    async for book in Book.objects.select_related("author").order_by("title"):
        writer.writerow([book.isbn, book.title, book.author.name])
    return HttpResponse(text.getvalue(), content_type="text/csv")


async def as_csv_old(request: HttpRequest) -> HttpResponse:
    text = io.StringIO()
    csv.writer(text).writerows(Book.objects.values_list("isbn", "title"))  # expect: SW108
    return HttpResponse(text.getvalue(), content_type="text/csv")


async def rename(request: HttpRequest, pk: int, name: str) -> JsonResponse:
    author = await Author.objects.aget(pk=pk)
    author.name = name
    author.save()  # expect: SW108
    return JsonResponse({"name": author.name})


async def merge(request: HttpRequest, pk: int, other: int) -> JsonResponse:
    moved = await sync_to_async(_merge)(pk, other)
    return JsonResponse({"moved": moved})


def _merge(pk: int, other: int) -> int:
    with transaction.atomic():
        moved = Book.objects.filter(author_id=other).update(author_id=pk)
        Author.objects.filter(pk=other).delete()
    return moved


async def first(request: HttpRequest) -> JsonResponse:
    if not Author.objects.exists():  # expect: SW108
        return JsonResponse({})
    author = await Author.objects.afirst()
    return JsonResponse({"name": author.name if author else None})


class Report(View):
    async def get(self, request: HttpRequest, year: int) -> JsonResponse:
        return JsonResponse({"count": await Book.objects.filter(year=year).acount()})

    async def post(self, request: HttpRequest, year: int) -> JsonResponse:
        response = requests.post("https://partners.example", json={"year": year}, headers={PARTNER_API_KEY_HEADER: PARTNER_API_KEY}, timeout=3)  # expect: SW101
        return JsonResponse({"status": response.status_code})


async def titles(request: HttpRequest, prefix: str) -> JsonResponse:
    return JsonResponse({"titles": await sync_to_async(_titles)(prefix)})


def _titles(prefix: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT title FROM catalog_book WHERE title LIKE '" + prefix + "%%'")  # expect: SW401
        return [row[0] for row in cursor.fetchall()]


async def loop(request: HttpRequest) -> JsonResponse:
    count = asyncio.get_event_loop().run_until_complete(Book.objects.acount())  # expect: SW110
    return JsonResponse({"count": count})


def sync_count(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"count": async_to_sync(Book.objects.acount)()})


@permission_required("catalog.view_book")
def stream(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(f"{book.title}\n" for book in Book.objects.iterator())
