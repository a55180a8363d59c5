"""SW303: the forms, serializers and models that its fix writes, and what Django does with them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from seawall.edits import CannotFix
from support.marked import Folder, assert_fixes, parse
from support.serving import mended, plain

MODELS = """
#- shop/models.py
from django.db import models


class Base(models.Model):
    stars = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True


class Shelf(models.Model):
    name = models.CharField(max_length=5)


class Book(Base):
    title = models.CharField(max_length=5)
    notes = models.TextField(default="", blank=True)
    price = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    lent = models.BooleanField(default=False)
    mood = models.CharField(max_length=5, choices=[("a", "A")])
    shelf = models.ForeignKey(Shelf, null=True, on_delete=models.CASCADE)
"""


def fixed(before: str, after: str, others: str = "", others_after: str | None = None) -> None:
    assert_fixes(
        "SW303",
        f"#- shop/views.py\n{before}{MODELS}{others}",
        f"#- shop/views.py\n{after}{MODELS}{others if others_after is None else others_after}",
    )


def test_a_form_takes_what_the_columns_take() -> None:
    fixed(
        """
from django.http import HttpResponse
from shop.models import Book


# adds by hand
def add(request):
    title = «request.POST["title"]»  # the title
    stars = request.POST.get("stars")
    Book.objects.create(
        title=title, stars=stars, price=request.POST.get("price", 3), notes=request.POST.get("notes", ""), shelf_id=int(request.POST["shelf"])
    )
    return HttpResponse(status=201)
""",
        """
from django import forms
from django.http import HttpResponse, JsonResponse
from shop.models import Book


class AddForm(forms.Form):
    title = forms.CharField(max_length=5)
    stars = forms.IntegerField(min_value=0, required=False)
    price = forms.DecimalField(max_digits=5, decimal_places=2, required=False)
    notes = forms.CharField(required=False)
    shelf = forms.IntegerField()


# adds by hand
def add(request):
    form = AddForm(request.POST)
    if not form.is_valid():
        return JsonResponse(form.errors, status=422)
    title = form.cleaned_data["title"]  # the title
    stars = form.cleaned_data["stars"]
    Book.objects.create(
        title=title, stars=stars, price=(3 if form.cleaned_data["price"] is None else form.cleaned_data["price"]), notes=form.cleaned_data["notes"], shelf_id=form.cleaned_data["shelf"]
    )
    return HttpResponse(status=201)
""",
    )


def test_a_number_that_is_made_further_down() -> None:
    fixed(
        """
from django.http import HttpResponse, JsonResponse


def page(request):
    number = «request.GET["number"]»
    return HttpResponse("x" * int(number))
""",
        """
from django import forms
from django.http import HttpResponse, JsonResponse


class PageForm(forms.Form):
    number = forms.IntegerField()


def page(request):
    form = PageForm(request.GET)
    if not form.is_valid():
        return JsonResponse(form.errors, status=422)
    number = form.cleaned_data["number"]
    return HttpResponse("x" * int(number))
""",
    )


def test_the_forms_module_and_a_view_of_a_class() -> None:
    fixed(
        """
from django.http import HttpResponse
from django.views import View

from .models import Book


class Books(View):
    def post(self, request, pk):
        form = 1
        if pk:
            book = Book.objects.get(pk=pk)
            book.title = «request.POST.get("title", "new")»
            book.lent = «request.POST.get("lent")»
            book.save()
        return HttpResponse(form)
""",
        """
from django.http import HttpResponse, JsonResponse
from django.views import View

from .forms import BooksForm
from .models import Book


class Books(View):
    def post(self, request, pk):
        form = 1
        if pk:
            book = Book.objects.get(pk=pk)
            given_form = BooksForm(request.POST)
            if not given_form.is_valid():
                return JsonResponse(given_form.errors, status=422)
            book.title = (given_form.cleaned_data["title"] or "new")
            book.lent = given_form.cleaned_data["lent"]
            book.save()
        return HttpResponse(form)
""",
        "#- shop/forms.py\nfrom django import forms\n\n\nclass ShelfForm(forms.Form):\n    name = forms.CharField()\n",
        "#- shop/forms.py\nfrom django import forms\n\n\nclass ShelfForm(forms.Form):\n    name = forms.CharField()\n\n\n"
        "class BooksForm(forms.Form):\n    title = forms.CharField(max_length=5, required=False)\n    lent = forms.BooleanField(required=False)\n",
    )


def test_a_serializer_where_rest_framework_reads() -> None:
    fixed(
        """
from rest_framework.decorators import api_view
from rest_framework.response import Response

from shop.models import Book


@api_view(["PUT"])
def change(request, pk):
    Book.objects.filter(pk=pk).update(title=«request.data["title"]», stars=«request.data.get("stars", 0)», notes=request.data.get("notes", ""))
    return Response()
""",
        """
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.response import Response

from shop.models import Book


class ChangeSerializer(serializers.Serializer):
    title = serializers.CharField(max_length=5)
    stars = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    notes = serializers.CharField(required=False, allow_blank=True)


@api_view(["PUT"])
def change(request, pk):
    serializer = ChangeSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    Book.objects.filter(pk=pk).update(title=serializer.validated_data["title"], stars=serializer.validated_data.get("stars", 0), notes=serializer.validated_data.get("notes", ""))
    return Response()
""",
    )


JSON = """
import json

from django.http import HttpRequest, HttpResponse
from shop.models import Book


def add(request: HttpRequest):
    data = «json.loads(request.body)»
    Book.objects.create(title=data["title"].strip())
    return HttpResponse(status=201)
"""


def test_a_model_for_json_where_the_project_has_pydantic() -> None:
    fixed(
        JSON,
        """
import json

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel, ValidationError
from shop.models import Book


class AddRequest(BaseModel):
    title: str


def add(request: HttpRequest):
    try:
        data = AddRequest.model_validate_json(request.body)
    except ValidationError as error:
        return HttpResponse(error.json(), status=422, content_type="application/json")
    Book.objects.create(title=data.title.strip())
    return HttpResponse(status=201)
""",
        "#- requirements.txt\npydantic\n",
    )


VIEW = "import json\nfrom django.http import HttpRequest, HttpResponse\nfrom rest_framework.decorators import api_view\nfrom rest_framework.response import Response\nfrom shop.models import Book\n\n\n"
STUCK = [
    (
        "def f(request):\n    Book.objects.create(title=request.POST['title'])\n    return HttpResponse(len(request.POST))\n",
        "as a whole",
    ),
    ("def f(request):\n    Book.objects.create(title=request.POST.getlist('title'))\n    return HttpResponse()\n", "as a whole"),
    ("def f(request):\n    return Book.objects.create(title=request.POST['title'])\n", "no view"),
    ("def f(request):\n    Book.objects.create(mood=request.POST['mood'])\n    return HttpResponse()\n", "not written"),
    (
        "def f(request):\n    Book.objects.create(title=request.POST['a'], stars=request.POST['a'])\n    return HttpResponse()\n",
        "different things|several",
    ),
    (
        "def f(request):\n    if request:\n        pass\n    elif request.POST['title']:\n        Book.objects.create(title=request.POST['title'])\n    return HttpResponse()\n",
        "no place",
    ),
    (
        "def f(request: HttpRequest):\n    data = json.loads(request.body)\n    Book.objects.create(title=data['title'])\n    return HttpResponse()\n",
        "no Pydantic",
    ),
    (
        "@api_view(['POST'])\ndef f(request):\n    Book.objects.create(title=request.data['title'])\n    return Response(request.data['more'])\n",
        "`more` holds",
    ),
    ("@api_view(['POST'])\ndef f(request):\n    Book.objects.create(**request.data)\n    return Response()\n", "as a whole"),
]  # fmt: skip


@pytest.mark.parametrize(("view", "reason"), STUCK)
def test_what_no_form_can_take_the_place_of(view: str, reason: str) -> None:
    folder = Folder(parse(f"#- shop/views.py\n{VIEW}{view}{MODELS}").files)
    found = folder.findings("SW303")
    with pytest.raises(CannotFix, match=reason):
        list(found[0].finding.fixes[0].make())


# -- what Django does --------------------------------------------------------------------------------------------------

SERVED = """#- shop/views.py
import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import View

from shop.models import Book


def add(request):
    if request.method == "POST":
        title = «request.POST["title"]»
        book = Book.objects.create(title=title, stars=request.POST.get("stars") or None, notes=request.POST.get("notes", "-"))
        return JsonResponse({"title": book.title, "stars": int(book.stars or 0), "notes": book.notes})
    return HttpResponse("add")


class Books(View):
    def post(self, request):
        return JsonResponse({"days": int(«request.POST["days"]») * 2})


def store(request: HttpRequest):
    data = «json.loads(request.body)»
    Book.objects.create(title=data["title"].strip())
    return JsonResponse({"title": data["title"].strip()})
"""
REST = """#- shop/views.py
from decimal import Decimal

from rest_framework.decorators import api_view
from rest_framework.response import Response

from shop.models import Book


@api_view(["POST"])
def change(request):
    price = Decimal(«request.data["price"]»)
    book = Book(title=«request.data["title"]», stars=«request.data.get("stars", 1)», price=price)
    book.save()
    return Response({"title": book.title, "stars": book.stars, "price": float(book.price)})
"""
SERVER = f"""#- shop/__init__.py
#- requirements.txt
pydantic
{MODELS}
#- serve.py
import json, sys, types
import django
from django.conf import settings
settings.configure(
    ROOT_URLCONF="urls", SECRET_KEY="x", ALLOWED_HOSTS=["*"], INSTALLED_APPS=["shop"], REST_FRAMEWORK={{
        "DEFAULT_AUTHENTICATION_CLASSES": [], "DEFAULT_PERMISSION_CLASSES": [], "UNAUTHENTICATED_USER": None,
    }}, DATABASES={{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}},
)
django.setup()
from django.db import connection
from django.test import Client
from django.urls import path
from shop import models, views
with connection.schema_editor() as editor:
    editor.create_model(models.Shelf)
    editor.create_model(models.Book)
found = {{name: getattr(getattr(views, name), "as_view", lambda view=getattr(views, name): view)() for name in sys.argv[1].split()}}
sys.modules["urls"] = types.SimpleNamespace(urlpatterns=[path(name, view) for name, view in found.items()])
client = Client(raise_request_exception=False)
for name, data in json.loads(sys.argv[2]):
    kind = {{"content_type": "application/json"}} if name in ("change", "store") else {{}}
    answer = client.post("/" + name, data, **kind)
    print(answer.content.decode() if answer.status_code == 200 else answer.status_code)
"""
FITTING = [
    ("add", {"title": "abc"}),
    ("add", {"title": "abc", "stars": "3", "notes": "x"}),
    ("Books", {"days": "2"}),
    ("store", {"title": " a "}),
]
OTHERS = [
    ("add", {}),
    ("add", {"title": "too long a title"}),
    ("add", {"title": "a", "stars": "many"}),
    ("Books", {"days": "x"}),
    ("store", {"title": 3}),
    ("store", "{"),
]


def serve(files: dict[str, str], folder: Path, views: str, requests: list[tuple[str, object]]) -> list[str]:
    """What the views answer: the content of good responses, the status of others."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    command = [sys.executable, "serve.py", views, json.dumps(requests)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_mended_views_answer_as_before_and_refuse_the_rest(tmp_path: Path) -> None:
    text, views = SERVED + SERVER, "add Books store"
    before = serve(plain(text), tmp_path / "before", views, [*FITTING, *OTHERS])
    after = serve(mended("SW303", text), tmp_path / "after", views, [*FITTING, *OTHERS])
    assert after[: len(FITTING)] == before[: len(FITTING)]
    assert "500" in before[len(FITTING) :]
    assert after[len(FITTING) :] == ["422"] * len(OTHERS)


def test_the_mended_view_of_rest_framework(tmp_path: Path) -> None:
    pytest.importorskip("rest_framework")
    price = {"price": "2.50"}
    fitting = [("change", {"title": "abc", **price}), ("change", {"title": "abc", "stars": 3, **price})]
    others = [
        ("change", {"title": "too long", **price}),
        ("change", {"title": "a"}),
        ("change", {"title": "a", "stars": -1, **price}),
    ]
    before = serve(plain(REST + SERVER), tmp_path / "before", "change", fitting)
    after = serve(mended("SW303", REST + SERVER), tmp_path / "after", "change", [*fitting, *others])
    assert after == [*before, "400", "400", "400"]
