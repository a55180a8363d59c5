"""SW303: values of Django's requests that are stored, opened or converted as they came."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from seawall.rules.registry import by_code
from support.marked import Folder, assert_finds, assert_silent

HEAD = """\
import json
import os
import uuid
from decimal import Decimal
from contextlib import suppress
from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views import View
from django.views.generic import UpdateView
from django.views.decorators.http import require_POST
from pydantic import BaseModel
from rest_framework import serializers, viewsets
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.views import APIView
from elsewhere import ALLOWED, answering_errors
from shop.models import Book, Careful, Kept
from shop.queries import COLUMNS, drop, drop_bound, find, search_all, search_all_bound, search, search_bound, search_closed
from shop.services import add_book, add_checked, look_up, store


class BookForm(forms.Form):
    title = forms.CharField()


class BookSerializer(serializers.Serializer):
    title = serializers.CharField()


class BookData(BaseModel):
    title: str


"""
SHOP = """
#- shop/base.py
from django.db import models


class KeptManager(models.Manager):
    pass


class Base(models.Model):
    objects = KeptManager()

    class Meta:
        abstract = True

#- shop/models.py
from django.db import models
from shop.base import Base


class Book(models.Model):
    title = models.CharField(max_length=5)
    stars = models.IntegerField()
    notes = models.TextField()
    extra = models.JSONField()
    shelf = models.ForeignKey("Shelf", on_delete=models.CASCADE)


class Kept(Base):
    name = models.CharField(max_length=5)


class Careful(models.Model):
    title = models.CharField(max_length=5)

    def save(self, *args, **kwargs):
        self.full_clean()
        super().save(*args, **kwargs)

#- shop/queries.py
from contextlib import closing

from celery import shared_task
from django.db import connection

COLUMNS = {"title": "title", "stars": "stars DESC"}


def search(title):
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM book WHERE title LIKE '%{}%'".format(title))
        return cursor.fetchall()


def find(what):
    return search(what.strip())


def search_bound(title):
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM book WHERE title LIKE %s", [f"%{title}%"])
        return cursor.fetchall()


@shared_task
def drop(title):
    with closing(connection.cursor()) as cursor:
        cursor.execute("DELETE FROM book WHERE title = '" + title + "'")


@shared_task
def drop_bound(title):
    with closing(connection.cursor()) as cursor:
        cursor.execute("DELETE FROM book WHERE title = %s", [title])


def search_all(words: list[str]):
    names = ", ".join(f"'{word}'" for word in words)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM book WHERE title IN (" + names + ")")
        return cursor.fetchall()


def search_all_bound(words: list[str]):
    marks = ", ".join(["%s"] * len(words))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM book WHERE title IN ({marks})", words)
        return cursor.fetchall()


def search_closed(order):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM book ORDER BY {COLUMNS[order]}")
        return cursor.fetchall()


#- shop/services.py
from shop.models import Book


def add_book(title):
    return Book.objects.create(title=title)


def store(owner, title):
    return add_book(title)


def add_checked(title):
    book = Book(title=title)
    book.full_clean()
    book.save()


def look_up(title):
    return Book.objects.filter(title=title).first()
"""

FOUND = [
    "def f(request):\n    Book.objects.create(title=«request.POST['title']»)",
    "async def f(request: HttpRequest):\n    title = «request.POST.get('title', '')»\n    await Book.objects.acreate(title=title.strip())",
    "@api_view(['PUT'])\ndef f(request: Request):\n    Book.objects.filter(pk=1).update(stars=«request.data['stars']»)",
    "def f(request: HttpRequest):\n    book = Book.objects.get(pk=1)\n    book.title = «request.POST['title']»\n    book.save()",
    "def f(request: HttpRequest):\n    book = Book(stars=«request.GET.get('stars')»)\n    book.save()",
    "class Books(View):\n    def post(self, request):\n        Book.objects.create(title=«self.request.POST['title']»)",
    "class Books(APIView):\n    def post(self, request):\n        Book.objects.update_or_create(pk=1, defaults={'title': «request.data.get('title')»})",
    "class Books(APIView):\n    def get(self, request: Request):\n        book = Book(shelf_id=«request.query_params['shelf']»)\n        book.save()",
    "def f(request: HttpRequest):\n    data = «json.loads(request.body)»\n    Book.objects.create(title=data['title'])",
    "def f(request: HttpRequest):\n    data = «json.loads(request.body.decode())»\n    Book.objects.create(**data)",
    "@api_view(['POST'])\ndef f(request):\n    data = «request.data»\n    Book.objects.create(title=data['title'], stars=data.get('stars'))",
    "def f(request: HttpRequest):\n    book = Book.objects.get(pk=1)\n    for name, value in «request.POST.items()»:\n        setattr(book, name, value)\n    book.save()",
    "def f(request: HttpRequest):\n    for title in «request.POST.getlist('title')»:\n        Book.objects.create(title=title)",
    "def f(request: HttpRequest):\n    return HttpResponse(open(f\"/data/{«request.GET['name']»}\").read())",
    "def f(request: HttpRequest):\n    os.remove(os.path.join('/data', «request.POST['name']»))",
    "@require_POST\ndef f(request: HttpRequest):\n    return JsonResponse({'days': int(«request.POST['days']») * 2})",
    "class Books(View):\n    def get(self, request):\n        return JsonResponse({'price': str(Decimal(«request.GET['price']»))})",
    "def f(request: HttpRequest):\n    number = «request.GET['number']»\n    return get_object_or_404(Book, pk=uuid.UUID(number))",
    "def f(request: HttpRequest):\n    try:\n        title = «request.POST['title']»\n    except KeyError:\n        return HttpResponse(status=422)\n    Book.objects.create(title=title)",
    "def f(request: HttpRequest):\n    title = «request.POST.get('title')»\n    if not title or title == '':\n        return HttpResponse(status=422)\n    Book.objects.create(title=title)",
    "@api_view(['PATCH'])\ndef f(request):\n    Book.objects.filter(pk=1).update(**«request.data»)",
    "def f(request: HttpRequest):\n    Book.objects.create(shelf_id=1, **«request.POST.dict()»)",
    "def f(request: HttpRequest):\n    Book.objects.create(**«json.loads(request.body)»)",
    "def f(request: HttpRequest):\n    title = «request.GET['title']»\n    with connection.cursor() as cursor:\n        cursor.execute(f\"SELECT 1 FROM book WHERE title = '{title}'\")",
    "def f(request: HttpRequest):\n    return Book.objects.raw(\"SELECT * FROM book WHERE title = '%s'\" % «request.GET['title']»)",
    "def f(request: HttpRequest):\n    order = «request.GET.get('order', 'title')»\n    try:\n        with connection.cursor() as cursor:\n            cursor.execute('SELECT 1 FROM book ORDER BY ' + order)\n    except DatabaseError:\n        pass",
    # the row that a view of a class is about
    "class Books(viewsets.ModelViewSet):\n    queryset = Book.objects.all()\n\n    def rename(self, request, pk):\n        book = self.get_object()\n        book.title = «request.data['title']»\n        book.save()",
    "class Books(UpdateView):\n    model = Book\n\n    def post(self, request, pk):\n        book = self.get_object()\n        book.title = «request.POST['title']»\n        book.save()",
    # over several files
    "def f(request: HttpRequest):\n    drop.delay(«request.POST['title']»)",
    "@api_view(['POST'])\ndef f(request):\n    words = «request.data.getlist('word')»\n    return search_all(words)",
    "def f(request: HttpRequest):\n    add_book(«request.POST['title']»)",
    "def f(request: HttpRequest):\n    return search(«request.GET['title']»)",
    "def f(request: HttpRequest):\n    title = «request.GET.get('title', '')»\n    return find(what=title)",
    "def f(request: HttpRequest):\n    store(request.user, title=«request.POST['title']»)",
    "def f(request: HttpRequest):\n    Kept.objects.create(name=«request.POST['name']»)",
    "@api_view(['POST'])\ndef f(request):\n    data = «request.data»\n    store(request.user, data['title'])",
]


@pytest.mark.parametrize("view", FOUND)
def test_values_go_on_as_they_came(view: str) -> None:
    assert_finds("SW303", f"#- shop/views.py\n{HEAD}{view}\n{SHOP}")


SILENT = [
    "def f(request):\n    form = BookForm(request.POST)\n    if form.is_valid():\n        Book.objects.create(title=form.cleaned_data['title'])",
    "class Books(APIView):\n    def post(self, request):\n        made = BookSerializer(data=request.data)\n        made.is_valid(raise_exception=True)\n        Book.objects.create(title=made.validated_data['title'])",
    "def f(request: HttpRequest):\n    data = BookData.model_validate_json(request.body)\n    Book.objects.create(title=data.title)",
    "def f(request: HttpRequest):\n    data = BookData(**json.loads(request.body))\n    Book.objects.create(title=data.title)",
    "def f(request: HttpRequest):\n    data = json.loads(request.body)\n    checked = BookData.model_validate(data)\n    Book.objects.create(title=checked.title, stars=data['stars'])",
    "def f(request: HttpRequest):\n    lendable = request.GET.get('lendable') == '1'\n    Book.objects.update(stars=lendable)",
    "def f(request: HttpRequest):\n    try:\n        page = int(request.GET.get('page', 1))\n    except ValueError:\n        page = 1\n    return JsonResponse({'page': page})",
    "def f(request: HttpRequest):\n    page = 1\n    with suppress(ValueError):\n        page = int(request.GET['page'])\n    return JsonResponse({'page': page})",
    "def f(request: HttpRequest):\n    if not request.GET['page'].isdigit():\n        return HttpResponse(status=422)\n    return JsonResponse({'page': int(request.GET['page'])})",
    "def _page(request: HttpRequest):\n    return int(request.GET['page'])\n\ndef f(request: HttpRequest):\n    try:\n        return JsonResponse({'page': _page(request)})\n    except ValueError:\n        return HttpResponse(status=422)",
    "@answering_errors\ndef f(request: HttpRequest):\n    return JsonResponse({'page': int(request.GET['page'])})",
    "class Books(View):\n    def dispatch(self, *args, **kwargs):\n        try:\n            return super().dispatch(*args, **kwargs)\n        except ValueError:\n            return HttpResponse(status=422)\n\n    def get(self, request):\n        return JsonResponse({'page': int(request.GET['page'])})",
    "class Books(APIView):\n    def handle_exception(self, error):\n        return HttpResponse(status=422)\n\n    def get(self, request):\n        return HttpResponse(float(request.query_params['price']))",
    "def f(request: HttpRequest):\n    return get_object_or_404(Book, title=request.GET['title'])",
    "def f(request: HttpRequest):\n    return JsonResponse({'n': Book.objects.filter(title=request.GET['title']).count()})",
    "def f(request: HttpRequest):\n    return Paginator(Book.objects.all(), 20).get_page(request.GET.get('page'))",
    "def f(request: HttpRequest):\n    book = Book(title=request.POST['title'])\n    book.full_clean()\n    book.save()",
    "def f(request: HttpRequest):\n    book = Careful.objects.get(pk=1)\n    book.title = request.POST['title']\n    book.save()",
    "def f(request: HttpRequest):\n    title = request.POST['title']\n    if title not in ALLOWED:\n        return HttpResponse(status=422)\n    Book.objects.create(title=title)",
    "def f(request: HttpRequest):\n    if request.GET.get('title') in ALLOWED:\n        Book.objects.create(title=request.GET['title'])",
    "def f(request: HttpRequest):\n    title = request.POST['title']\n    if len(title) > 5:\n        return HttpResponse(status=422)\n    Book.objects.create(title=title)",
    "def f(request: HttpRequest):\n    Book.objects.create(title=request.POST['title'][:5])",
    "def f(request: HttpRequest):\n    Book.objects.create(notes=request.POST['notes'])",
    "@api_view(['POST'])\ndef f(request):\n    Book.objects.filter(pk=1).update(extra=request.data['extra'])",
    "@api_view(['POST'])\ndef f(request):\n    Book.objects.filter(pk=1).update(notes=request.data['notes'])",
    "def f(request: HttpRequest):\n    try:\n        Book.objects.create(title=request.POST['title'])\n    except (ValidationError, ValueError):\n        return HttpResponse(status=422)",
    "def f(request: HttpRequest):\n    Book.objects.create(title=ALLOWED[request.POST['title']])",
    "def f(request: HttpRequest):\n    return HttpResponse(open(os.path.join('/data', os.path.basename(request.GET['name']))).read())",
    "def f(request: HttpRequest):\n    book = Book.objects.get(pk=1)\n    book.title = request.POST['title']\n    return HttpResponse(book.title)",
    "def f(request: HttpRequest):\n    book = Book.objects.get(pk=1)\n    book.remark = request.POST['remark']\n    book.save()",
    "@api_view(['PATCH'])\ndef f(request):\n    Book.objects.filter(pk=1).update(**BookData(**request.data).model_dump())",
    "@api_view(['PATCH'])\ndef f(request):\n    BookData(**request.data)\n    Book.objects.filter(pk=1).update(**request.data)",
    "def f(request: HttpRequest):\n    with connection.cursor() as cursor:\n        cursor.execute('SELECT 1 FROM book WHERE title = %s', [request.GET['title']])",
    "def f(request: HttpRequest):\n    with connection.cursor() as cursor:\n        cursor.execute(f\"SELECT 1 FROM book ORDER BY {COLUMNS[request.GET['order']]}\")",
    "def f(request: HttpRequest):\n    order = request.GET['order']\n    if order not in ('title', 'stars'):\n        return HttpResponse(status=422)\n    with connection.cursor() as cursor:\n        cursor.execute(f'SELECT 1 FROM book ORDER BY {order}')",
    "def f(request: HttpRequest):\n    return HttpResponse(f\"select {request.GET['title']} from the shelf\")",
    "def f(request: HttpRequest):\n    Book.objects.create(stars='five' in request.POST)",
    "def load(row):\n    Book.objects.create(title=row.POST['title'])",
    "class Books(viewsets.ModelViewSet):\n    queryset = Careful.objects.all()\n\n    def rename(self, request, pk):\n        book = self.get_object()\n        book.title = request.data['title']\n        book.save()",
    # over several files
    "def f(request: HttpRequest):\n    drop_bound.delay(request.POST['title'])",
    "@api_view(['POST'])\ndef f(request):\n    words = request.data.getlist('word')\n    return search_all_bound(words)",
    "def f(request: HttpRequest):\n    add_checked(request.POST['title'])",
    "def f(request: HttpRequest):\n    return look_up(request.GET['title'])",
    "def f(request: HttpRequest):\n    return search_bound(request.GET['title'])",
    "def f(request: HttpRequest):\n    return search_closed(request.GET['order'])",
    "def f(request: HttpRequest):\n    if request.POST['title'] in ALLOWED:\n        store(request.user, request.POST['title'])",
]


@pytest.mark.parametrize("view", SILENT)
def test_values_that_are_looked_at_or_go_nowhere(view: str) -> None:
    assert_silent("SW303", f"#- shop/views.py\n{HEAD}{view}\n{SHOP}")


def test_other_frameworks_have_requests_too() -> None:
    view = "from starlette.requests import Request\nfrom shop.models import Book\nimport django\n\nasync def f(request: Request):\n    Book.objects.create(title=request.query_params['title'])"
    assert_silent("SW303", f"#- shop/views.py\n{view}\n{SHOP}")


def test_tests_are_left_alone() -> None:
    assert_silent("SW303", f"#- tests/test_views.py\n{HEAD}{FOUND[0].replace('«', '').replace('»', '')}\n{SHOP}")


def test_an_unpacked_mapping_is_unvalidated_and_chooses_the_columns_too() -> None:
    folder = Folder(
        {
            "views.py": "from rest_framework.decorators import api_view\nfrom models import Book\n\n@api_view(['POST'])\ndef f(request):\n    Book.objects.create(**request.data)\n",
            "models.py": "from django.db import models\n\nclass Book(models.Model):\n    title = models.CharField(max_length=5)\n",
        }
    )
    assert [one.code for one in folder.findings() if one.code.startswith("SW3")] == ["SW304", "SW303"]


SERVED = """
import sys, types
import django
from django.conf import settings
settings.configure(ROOT_URLCONF="urls", SECRET_KEY="x", ALLOWED_HOSTS=["*"])
django.setup()
from django.test import Client
from django.urls import path
import views
sys.modules["urls"] = types.SimpleNamespace(urlpatterns=[path("fine", views.fine)])
client = Client(raise_request_exception=False)
print(*(client.post("/fine", {"days": days}).status_code for days in ("2", "many")))
"""


@pytest.mark.parametrize(("part", "statuses"), [("Example:", "200 500"), ("Fixed:", "200 422")])
def test_what_the_page_says_is_what_django_does(part: str, statuses: str, tmp_path: Path) -> None:
    page = by_code()["SW303"].explanation.partition(part)[2].partition("Fixed:")[0]
    code = "\n".join(line.removeprefix("    ") for line in page.replace("«", "").replace("»", "").splitlines())
    (tmp_path / "views.py").write_text(code, encoding="utf-8")
    (tmp_path / "serve.py").write_text(SERVED, encoding="utf-8")
    served = subprocess.run([sys.executable, "serve.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert served.stdout.strip() == statuses, served.stderr


SHOP = """
#- shop/__init__.py
#- shop/models.py
from django.db import models


class Order(models.Model):
    name = models.CharField(max_length=10)
    note = models.TextField()
#- shop/tasks.py
from celery import shared_task
from django.db import connection


@shared_task
def cancel(voucher):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM t WHERE voucher = '" + voucher + "'")


@shared_task
def look(voucher):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM t WHERE voucher = %s", [voucher])
#- shop/views.py
from django.http import HttpRequest
from rest_framework import serializers, viewsets
from shop.models import Order
from shop.tasks import cancel, look


class Orders(viewsets.ModelViewSet):
    queryset = Order.objects.all()

    def rename(self, request, pk=None):
        order = self.get_object()
        {}
        order.save()


def voucher(request: HttpRequest):
    {}
"""


@pytest.mark.parametrize(
    ("method", "view"),
    [
        ("order.name = «request.data['name']»", "..."),
        ("for key, value in «request.data.items()»:\n            setattr(order, key, value)", "..."),
        ("...", "cancel.delay(«request.POST['voucher']»)"),
        ("...", "voucher = «request.POST.get('voucher', '')»\n    cancel.delay(voucher)"),
    ],
)
def test_objects_of_views_and_arguments_of_tasks(method: str, view: str) -> None:
    assert_finds("SW303", SHOP.format(method, view), main="shop/views.py")


@pytest.mark.parametrize(
    ("method", "view"),
    [
        ("order.note = request.data['note']", "..."),
        ("order.name = 'new'", "look.delay(request.POST['voucher'])"),
        ("order.full_clean()", "cancel.delay('all')"),
    ],
)
def test_objects_and_tasks_that_take_anything(method: str, view: str) -> None:
    assert_silent("SW303", SHOP.format(method, view), main="shop/views.py")


LISTS = """
from django.db import connection
from rest_framework.views import APIView


def among(words: list[str]):
    names = ", ".join(f"'{{word}}'" for word in words)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM t WHERE name IN (" + names + ")")


def bound(words: list[str]):
    marks = ", ".join(["%s"] * len(words))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM t WHERE name IN ({{marks}})", words)


class View(APIView):
    def post(self, request):
        {}
"""


def test_a_list_whose_elements_become_sql() -> None:
    assert_finds("SW303", LISTS.format('among(«request.data.getlist("word")»)'))
    assert_silent("SW303", LISTS.format('bound(request.data.getlist("word"))'))
