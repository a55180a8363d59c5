"""What Django's lists of URLs say of a view: that it is one, and what its parameters can be."""

import pytest

from support.marked import assert_finds, assert_silent

URLS = """\
#- shop/__init__.py
#- shop/models.py
from django.db import models
class Book(models.Model):
    name = models.CharField(max_length=20)
#- shop/urls.py
from django.contrib.auth.decorators import login_required
from django.urls import include, path, re_path
from django.views.decorators.cache import cache_page
from shop.books import Detail, listed
from . import books as shelf
urlpatterns = [
    path("listed/<str:name>/", listed),
    path("word/<slug:word>/", shelf.by_word),
    path("count/<int:amount>/", shelf.by_amount),
    path("any/<name>/", cache_page(60)(login_required(shelf.hidden))),
    re_path(r"^year/(?P<since>[0-9]{4})/$", shelf.since),
    re_path(r"^text/(?P<text>.+)/$", shelf.by_text),
    path("detail/<path:place>/<int:amount>/", Detail.as_view()),
    path("more/", include("shop.more")),
]
#- shop/more.py
from django import urls
from shop.books import many
urlpatterns = [urls.path("<slug:name>/", many), urls.path("all/<str:name>/", many)]
#- shop/books.py
from django.db import connection
from django.views import View
from shop.models import Book
"""


def found(function: str) -> str:
    return f"{URLS}{function}\n"


@pytest.mark.parametrize(
    "function",
    [
        "def listed(request, name):\n    return Book.objects.raw(«f\"SELECT * FROM b WHERE n = '{name}'\"»)",
        "def listed(req, name):\n    return Book.objects.raw(«f\"SELECT * FROM b WHERE n = '{name}'\"»)",
        'def listed(req, name):\n    return Book.objects.raw(«"SELECT * FROM b WHERE n = " + req.META["HTTP_NAME"]»)',
        "def hidden(request, name):\n    with connection.cursor() as c:\n        c.execute(«\"SELECT * FROM b WHERE n = '%s'\" % name»)",
        "async def hidden(who, name: str):\n    return Book.objects.raw(«f\"SELECT * FROM b WHERE n = '{name}'\"»)",
        "def by_text(request, text):\n    return Book.objects.raw(«f\"SELECT * FROM b WHERE n = '{text}'\"»)",
        "def many(request, name):\n    return Book.objects.raw(«f\"SELECT * FROM b WHERE n = '{name}'\"»)",
        "class Detail(View):\n    def get(self, request, place, amount):\n"
        "        return Book.objects.raw(«f\"SELECT * FROM b WHERE p = '{place}'\"»)",
        "class Detail(View):\n    def post(self, request, **kwargs):\n"
        '        place = self.kwargs["place"]\n        return Book.objects.raw(«f"SELECT * FROM b WHERE p = \'{place}\'"»)',
        "def listed(who, name):\n    return search(name)\n"
        "def search(name):\n    return Book.objects.raw(«f\"SELECT * FROM b WHERE n = '{name}'\"»)",
    ],
)
def test_what_a_url_hands_to_its_view(function: str) -> None:
    assert_finds("SW401", found(function))


@pytest.mark.parametrize(
    "function",
    [
        "def by_word(request, word):\n    return Book.objects.raw(f\"SELECT * FROM b WHERE n = '{word}'\")",
        'def by_amount(request, amount):\n    return Book.objects.raw(f"SELECT * FROM b LIMIT {amount}")',
        'def since(request, since):\n    return Book.objects.raw(f"SELECT * FROM b WHERE y > {since}")',
        "class Detail(View):\n    def get(self, request, place, amount):\n"
        '        return Book.objects.raw(f"SELECT * FROM b LIMIT {amount}")',
        "class Detail(View):\n    def get(self, request, **kwargs):\n"
        '        amount = self.kwargs["amount"]\n        return Book.objects.raw(f"SELECT * FROM b LIMIT {amount}")',
        'def listed(request, name):\n    return Book.objects.raw("SELECT * FROM b WHERE n = %s", [name])',
        'def listed(request, name, order="name"):\n    return Book.objects.raw(f"SELECT * FROM b ORDER BY {order}")',
    ],
)
def test_what_a_converter_lets_through(function: str) -> None:
    assert_silent("SW401", found(function))


@pytest.mark.parametrize(
    "function",
    [
        "def elsewhere(req, name):\n    return Book.objects.raw(f\"SELECT * FROM b WHERE n = '{name}'\")",
        "class Elsewhere:\n    def get(self, request, place):\n        return Book.objects.raw(f\"SELECT * FROM b WHERE n = '{place}'\")",
        "class Detail(View):\n    def helper(self, request, place):\n"
        "        return Book.objects.raw(f\"SELECT * FROM b WHERE n = '{place}'\")",
    ],
)
def test_what_no_url_names(function: str) -> None:
    assert_silent("SW401", found(function))


def test_a_list_of_something_else() -> None:
    text = URLS.replace(
        "from django.urls import include, path, re_path", "from shop.tools import include, path, re_path"
    )
    text = f"{text}def listed(req, name):\n    return Book.objects.raw(f\"SELECT * FROM b WHERE n = '{{name}}'\")\n"
    assert_silent("SW401", text)


@pytest.mark.parametrize(
    "function",
    [
        'def listed(req, name):\n    Book.objects.create(name=«req.POST["name"]»)',
        'def hidden(anybody, name):\n    book = Book(name=«anybody.GET["name"]»)\n    book.save()',
    ],
)
def test_requests_under_other_names(function: str) -> None:
    assert_finds("SW303", found(function))


def test_no_request_where_no_url_says_so() -> None:
    assert_silent("SW303", found('def other(req, name):\n    Book.objects.create(name=req.POST["name"])'))
