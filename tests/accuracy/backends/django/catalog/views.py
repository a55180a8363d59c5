import asyncio
import time

import httpx
from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import aget_object_or_404, get_object_or_404, render
from django.views import View
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from catalog import queries, services
from catalog.forms import ReviewForm, SearchForm
from catalog.models import Author, Book, Review


async def book_list(request: HttpRequest) -> JsonResponse:
    books = Book.objects.lendable().order_by("title")[:50]
    return JsonResponse({"books": [book.title async for book in books]})


async def book_list_old(request: HttpRequest) -> JsonResponse:
    books = Book.objects.lendable().order_by("title")[:50]
    return JsonResponse({"books": [book.title for book in books]})  # expect: SW108


def book_list_sync(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"books": [book.title for book in Book.objects.all()[:50]]})


async def book(request: HttpRequest, pk: int) -> JsonResponse:
    found = await aget_object_or_404(Book.objects.select_related("author"), pk=pk)
    return JsonResponse({"title": found.title, "author": found.author.name})


async def book_old(request: HttpRequest, pk: int) -> JsonResponse:
    found = get_object_or_404(Book, pk=pk)  # expect: SW108
    return JsonResponse({"title": found.title})


async def newest(request: HttpRequest) -> JsonResponse:
    found = Book.objects.newest()  # expect: SW108
    return JsonResponse({"title": found.title if found else None})


async def newest_in_thread(request: HttpRequest) -> JsonResponse:
    found = await sync_to_async(Book.objects.newest)()
    return JsonResponse({"title": found.title if found else None})


async def counts(request: HttpRequest) -> JsonResponse:
    books = await Book.objects.acount()
    authors = Author.objects.count()  # expect: SW108
    return JsonResponse({"books": books, "authors": authors})


async def top(request: HttpRequest) -> JsonResponse:
    books = await services.top_async(3)
    return JsonResponse({"titles": [one.title for one in books]})


async def top_old(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"titles": [one.title for one in services.top(3)]})  # expect: SW108


async def author_of(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(services.first_author(pk))  # expect: SW108


async def author_of_in_thread(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(await asyncio.to_thread(services.first_author, pk))


async def exists(request: HttpRequest, isbn: str) -> JsonResponse:
    known = await Book.objects.filter(isbn=isbn).aexists()
    return JsonResponse({"known": known})


@require_POST
async def lend(request: HttpRequest, pk: int) -> JsonResponse:
    found = await Book.objects.aget(pk=pk)
    found.lend()  # expect: SW108
    return JsonResponse({"left": found.copies})


@require_POST
async def lend_in_transaction(request: HttpRequest, pk: int) -> JsonResponse:
    @sync_to_async
    def lend() -> int:
        with transaction.atomic():
            found = Book.objects.select_for_update().get(pk=pk)
            found.lend()
        return found.copies

    return JsonResponse({"left": await lend()})


@require_POST
async def give_back(request: HttpRequest, pk: int) -> JsonResponse:
    found = await Book.objects.aget(pk=pk)
    found.copies += 1
    await found.asave()
    return JsonResponse({"left": found.copies})


@require_GET
async def search(request: HttpRequest) -> JsonResponse:
    form = SearchForm(request.GET)
    if not form.is_valid():
        return JsonResponse(form.errors, status=422)
    rows = await sync_to_async(queries.by_words)(form.cleaned_data["words"])
    return JsonResponse({"rows": rows})


@require_GET
def search_quickly(request: HttpRequest) -> JsonResponse:
    words = request.GET["words"]  # expect: SW303
    return JsonResponse({"rows": queries.by_words_quickly(words)})


@require_GET
def flags(request: HttpRequest) -> JsonResponse:
    books = Book.objects.all()
    if request.GET.get("lendable") == "1":
        books = books.filter(copies__gt=0)
    try:
        page = int(request.GET.get("page", 1))
    except ValueError:
        page = 1
    start = (page - 1) * 20
    return JsonResponse({"books": list(books.values_list("title", flat=True)[start : start + 20])})


def isbn(request: HttpRequest, isbn: str) -> JsonResponse:
    rows = list(queries.by_isbn(isbn)) or list(queries.by_isbn_quickly(isbn))
    return JsonResponse({"titles": [row.title for row in rows]})


def ordered(request: HttpRequest, order: str) -> JsonResponse:
    return JsonResponse({"ids": queries.ordered(order) + queries.ordered_freely(order)})


@csrf_protect
def review(request: HttpRequest, pk: int) -> HttpResponse:
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = form.save(commit=False)
        found.book_id, found.member_id = pk, request.user.pk
        found.save()
    return render(request, "review.html", {"form": form})


@csrf_exempt  # expect: SW605
@require_POST
def review_quickly(request: HttpRequest, pk: int) -> HttpResponse:
    stars = request.POST["stars"]  # expect: SW303
    Review.objects.create(book_id=pk, member=request.user, stars=stars)
    return HttpResponse(status=201)


@csrf_exempt
@require_GET
def cover_of(request: HttpRequest, isbn: str) -> HttpResponse:
    return HttpResponse(services.cover(isbn), content_type="image/jpeg")


class Cover(View):
    async def get(self, request: HttpRequest, isbn: str) -> HttpResponse:
        async with httpx.AsyncClient() as client:
            response = await client.get(f"https://covers.example/{isbn}.jpg")
        return HttpResponse(response.content)

    async def post(self, request: HttpRequest, isbn: str) -> HttpResponse:
        data = services.polite_cover(isbn)  # expect: SW103
        return HttpResponse(data)

    async def put(self, request: HttpRequest, isbn: str) -> HttpResponse:
        data = await sync_to_async(services.polite_cover, thread_sensitive=False)(isbn)
        return HttpResponse(data)

    async def delete(self, request: HttpRequest, isbn: str) -> HttpResponse:
        time.sleep(0.1)  # expect: SW101
        await Book.objects.filter(isbn=isbn).adelete()
        return HttpResponse(status=204)
