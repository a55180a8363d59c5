import time

import requests
from asgiref.sync import async_to_sync, sync_to_async

from catalog.models import Book, Review
from library.config import config


def average(book: Book) -> float:
    stars = [review.stars for review in book.reviews.all()]
    return sum(stars) / max(len(stars), 1)


def top(number: int) -> list[Book]:
    return list(Book.objects.order_by("-copies")[:number])


def first_author(book_id: int) -> str:
    book = _load(book_id)
    return book.author.name


def _load(book_id: int) -> Book:
    return Book.objects.select_related("author").get(pk=book_id)


def cover(isbn: str) -> bytes:
    response = requests.get(f"{config.covers_url}/{isbn}.jpg", timeout=5)
    return response.content


def polite_cover(isbn: str) -> bytes:
    time.sleep(0.2)
    return cover(isbn)


top_async = sync_to_async(top)


async def count_reviews(book: Book) -> int:
    return await book.reviews.acount()


def count_reviews_from_sync(book: Book) -> int:
    return async_to_sync(count_reviews)(book)


async def describe(book: Book) -> str:
    count = async_to_sync(count_reviews)(book)  # expect: SW110
    return f"{book.title}: {count}"


async def star(review: Review) -> None:
    review.stars = 5
    await review.asave(update_fields=["stars"])
