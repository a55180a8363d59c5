"""Django's ORM in async code: every way to evaluate a query is found, and what the fixes give works on a real Django."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from seawall.engine.fix import apply
from support.marked import Folder, assert_finds, assert_fixes, assert_silent

CODE = "SW108"
MODELS = """\
#- shop/__init__.py
#- shop/models.py
from django.db import models


class PieQuerySet(models.QuerySet):
    def warm(self):
        return self.filter(warm=True)


class PieManager(models.Manager):
    pass


class Topping(models.Model):
    name = models.CharField(max_length=20)


class Pie(models.Model):
    name = models.CharField(max_length=20)
    warm = models.BooleanField(default=False)
    toppings = models.ManyToManyField(Topping)

    objects = PieManager()
    hot = PieQuerySet.as_manager()
    both = models.Manager.from_queryset(PieQuerySet)()


class Note(models.Model):
    text = models.TextField()

    def save(self, *args, **kwargs):
        self.text = self.text.strip()
        super().save(*args, **kwargs)
"""
HEAD = """\
#- shop/views.py
from asgiref.sync import sync_to_async
from django.contrib.auth import authenticate, get_user_model, login
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.shortcuts import get_list_or_404, get_object_or_404

from shop import models
from shop.models import Note, Pie, Topping
"""


def view(body: str, head: str = "async def view(request, pie: Pie, note: Note, pk: int):") -> str:
    lines = "".join(f"    {line}\n" if line else "\n" for line in body.split("\n"))
    return f"{MODELS}{HEAD}\n\n{head}\n{lines}"


@pytest.mark.parametrize(
    "body",
    [
        "return «Pie.objects.get(pk=pk)»",
        "return «models.Pie.objects.create(name='a')»",
        "return «Topping.objects.filter(name='a').order_by('name').first()»",
        "return «Pie.hot.warm().count()»",
        "return «Pie.both.warm().exists()»",
        "pies = Pie.objects.filter(pk=pk)\nreturn «pies.update(warm=True)»",
        "for pie in «Pie.objects.all()»:\n    print(pie)",
        "for pie in «Pie.objects.iterator()»:\n    print(pie)",
        "return [pie for pie in «Pie.objects.filter(pk=pk)»]",
        "return list(«Pie.objects.filter(pk=pk)[:3]»)",
        "return len(«Pie.objects.all()»)",
        "return ', '.join(«Pie.objects.values_list('name', flat=True)»)",
        "csv.writer(file).writerows(«Pie.objects.values_list('name', 'pk')»)",
        "pies = Pie.objects.all()\nif not «pies»:\n    return 0",
        "return «Pie.objects.order_by('name')»[0]",
        "return {'names': sorted(«Pie.objects.values_list('name', flat=True)»)}",
        "«pie.save()»",
        "fresh = await Pie.objects.aget(pk=pk)\n«fresh.refresh_from_db()»",
        "async for each in Pie.objects.filter(pk=pk):\n    «each.delete()»",
        "«Pie(name='a').save()»",
        "«note.save()»",
        "«pie.toppings.add(1)»\n«pie.toppings.clear()»",
        "return «pie.toppings.filter(name='a').count()»",
        "return «get_object_or_404(Pie, pk=pk)»",
        "pie = await sync_to_async(get_object_or_404)(Pie, pk=pk)\n«login(request, «authenticate(request)»)»",
        "return «User.objects.get(pk=pk)»",
        "return «get_user_model().objects.filter(pk=pk).first()»",
        "with «transaction.atomic()»:\n    pass",
        "with «connection.cursor()» as cursor:\n    pass",
        "return await «Pie.objects.get(pk=pk)»",
        "return next(iter([])) or «Pie.objects.aggregate()»",
    ],
)  # fmt: skip
def test_a_query_is_evaluated(body: str) -> None:
    assert_finds(CODE, view(body))


@pytest.mark.parametrize(
    "body",
    [
        "return await Pie.objects.aget(pk=pk)",
        "pies = Pie.objects.filter(pk=pk).exclude(name='a').select_related().order_by('name')[:10]\nreturn [pie async for pie in pies]",
        "async for pie in Pie.objects.all():\n    print(pie)",
        "return await sync_to_async(Pie.objects.get)(pk=pk)",
        "return await sync_to_async(lambda: Pie.objects.get(pk=pk))()",
        "return await sync_to_async(list)(Pie.objects.all())",
        "@sync_to_async\ndef fetch():\n    with transaction.atomic():\n        return list(Pie.objects.all())\nreturn await fetch()",
        "await pie.asave()\nawait pie.toppings.aadd(1)",
        "for topping in pie.toppings.all():\n    print(topping)",
        "return pie.toppings.count()",
        "pies = Pie.objects.all()\nasync for pie in pies:\n    print(pie)\nreturn len(pies)",
        "pies = {}\nreturn pies.get(pk) or list(pies) or len(pies)",
        "pies = [1]\nif pies:\n    return pies[0]",
        "return Unknown.objects.get(pk=pk)",
        "return await Pie.objects.filter(pk=pk).aexists() and Pie.objects.none().query",
        "query = Pie.objects.raw('SELECT 1')\nreturn query",
        "pies = Pie.objects.all()\ntry:\n    return await pies.acount()\nexcept AttributeError:\n    return len(pies)",
        "if (pies := Pie.objects.filter(pk=pk)) is None:\n    return pies",
    ],
)  # fmt: skip
def test_nothing_is_evaluated(body: str) -> None:
    assert_silent(CODE, view(body))


def test_sync_views_may_query() -> None:
    assert_silent(CODE, view("return Pie.objects.get(pk=pk)", "def view(request, pk):"))


def test_tests_are_left_alone() -> None:
    text = view("return Pie.objects.get(pk=pk)", "async def test_view(pk):")
    assert_silent(CODE, text.replace("#- shop/views.py", "#- shop/tests/test_views.py"))


def test_helpers_are_followed_through_modules() -> None:
    services = """\
#- shop/services.py
from django.db import transaction
from shop.models import Pie

def cheapest():
    return Pie.objects.order_by("price").first()

def offer():
    return {"pie": cheapest()}

@transaction.atomic
def rename(pk, name):
    Pie.objects.filter(pk=pk).update(name=name)

class Shelf:
    def restock(self):
        Pie(name="a").save()
#- shop/views.py
from asgiref.sync import sync_to_async
from shop.services import Shelf, offer, rename

async def index(request):
    await sync_to_async(offer)()
    return «offer()»

async def store(request):
    «rename(1, "a")»
    «Shelf().restock()»
"""
    located = assert_finds(CODE, MODELS + services)
    messages = [related.message for related in located[0].finding.related]
    assert messages == ["`offer` calls `shop.services.cheapest`", "`cheapest` calls `django.db.models.QuerySet.first`"]


@pytest.mark.parametrize(
    "body",
    [
        "return list(Pie.objects.order_by('price')[:number])",
        "return [pie.pk for pie in Pie.objects.all()[:number]]",
        "return sorted(Pie.objects.all()[:number:2])",
    ],
)
def test_helpers_that_go_through_a_slice_of_a_query(body: str) -> None:
    services = f"#- shop/services.py\nfrom shop.models import Pie\n\ndef top(number):\n    {body}\n"
    views = "#- shop/views.py\nfrom shop.services import top\n\nasync def index(request):\n    return «top(3)»\n"
    assert_finds(CODE, MODELS + services + views)


def test_helpers_that_slice_a_query_or_a_list_are_fine() -> None:
    services = """\
#- shop/services.py
from shop.models import Pie

def top(number):
    return Pie.objects.order_by("price")[:number]

def names():
    return "apple cherry plum".split()

def some():
    return list(names()[:2])
#- shop/views.py
from shop.services import some, top

async def index(request):
    return top(3), some()
"""
    assert_silent(CODE, MODELS + services)


def test_helpers_that_are_async_or_wrapped_are_fine() -> None:
    services = """\
#- shop/services.py
from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from shop.models import Pie

def lazily():
    return Pie.objects.order_by("price")

@sync_to_async
def cheapest():
    return Pie.objects.first()

@database_sync_to_async
def dearest():
    return Pie.objects.last()

async def any_pie():
    return await Pie.objects.afirst()
#- shop/views.py
from shop.services import any_pie, cheapest, dearest, lazily

async def index(request):
    return await any_pie(), await cheapest(), await dearest(), lazily()
"""
    assert_silent(CODE, MODELS + services)


FIXES = [
    ("return Pie.objects.get(pk=pk)", "return await Pie.objects.aget(pk=pk)"),
    ("return Pie.objects.get(pk=pk).name", "return (await Pie.objects.aget(pk=pk)).name"),
    ("return await Pie.objects.get(pk=pk)", "return await Pie.objects.aget(pk=pk)"),
    (
        "return (\n    Pie.objects  # all of them\n    .filter(pk=pk)\n    .first()  # or none\n)",
        "return (\n    await Pie.objects  # all of them\n    .filter(pk=pk)\n    .afirst()  # or none\n)",
    ),
    ("for pie in Pie.objects.all():  # ä\n    print(pie)", "async for pie in Pie.objects.all():  # ä\n    print(pie)"),
    ("for pie in Pie.objects.iterator():\n    print(pie)", "async for pie in Pie.objects.aiterator():\n    print(pie)"),
    ("return [p for p in Pie.objects.all() if p.warm]", "return [p async for p in Pie.objects.all() if p.warm]"),
    ("return list(Pie.objects.all()[:2])", "return [row async for row in Pie.objects.all()[:2]]"),
    ("return set(Topping.objects.all())", "return {topping async for topping in Topping.objects.all()}"),
    (
        "return sorted(Topping.objects.all(), key=str)",
        "return sorted([topping async for topping in Topping.objects.all()], key=str)",
    ),
    ("return len(Pie.objects.all()) > 1", "return await Pie.objects.all().acount() > 1"),
    ("if Pie.objects.filter(pk=pk):\n    return 1", "if await Pie.objects.filter(pk=pk).aexists():\n    return 1"),
    ("if not Pie.objects.all():\n    return 1", "if not await Pie.objects.all().aexists():\n    return 1"),
    ("pie.save(update_fields=['name'])", "await pie.asave(update_fields=['name'])"),
    ("pie.toppings.set([1, 2])", "await pie.toppings.aset([1, 2])"),
    ("pies = {p.pk: p.name for p in Pie.objects.all()}", "pies = {p.pk: p.name async for p in Pie.objects.all()}"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), FIXES)
def test_fixes(before: str, after: str) -> None:
    assert_fixes(CODE, view(before), view(after))


def test_shortcuts_are_imported() -> None:
    before = view("return get_object_or_404(Pie, pk=pk)")
    after = view("return await aget_object_or_404(Pie, pk=pk)").replace(
        "import get_list_or_404", "import aget_object_or_404, get_list_or_404"
    )
    assert_fixes(CODE, before, after)


def test_a_helper_is_called_under_sync_to_async() -> None:
    services = "#- shop/services.py\nfrom shop.models import Pie\n\ndef cheapest(n):\n    return Pie.objects.all()[n]\n\ndef first():\n    return Pie.objects.first()\n"
    before = "#- shop/views.py\nfrom shop.services import first\n\nasync def index(request):\n    return first().name\n"
    after = (
        "#- shop/views.py\nfrom asgiref.sync import sync_to_async\n\nfrom shop.services import first\n\n"
        "async def index(request):\n    return (await sync_to_async(first)()).name\n"
    )
    assert_fixes(CODE, MODELS + services + before, MODELS + services + after)


def test_an_older_django_has_fewer_coroutines() -> None:
    requirements = "#- requirements.txt\nDjango==4.1.13\n"
    (found,) = _findings(view("pie.save()") + requirements)
    assert [fix.title for fix in found.finding.fixes] == ["Call it under sync_to_async"]


def _findings(text: str):  # type: ignore[no-untyped-def]
    from support.marked import parse

    folder = Folder(parse(text).files)
    return folder.findings(CODE)


RUN = """\
import asyncio, sys
import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "shop"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3"}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    SECRET_KEY="x",
)
django.setup()
from django.core.management import call_command

call_command("migrate", run_syncdb=True, verbosity=0)
from shop.models import Note, Pie, Topping
from shop.views import view

Pie.objects.all().delete()
pie = Pie.objects.create(pk=1, name="cherry", warm=True)
for pk in (1, 2):
    Topping.objects.update_or_create(pk=pk, name=str(pk))
try:
    asyncio.run(view(None, pie, Note(text="a"), 1))
except django.core.exceptions.SynchronousOnlyOperation:
    sys.exit(42)
"""


@pytest.mark.parametrize(
    "body",
    [
        "return Pie.objects.get(pk=pk).name",
        "for each in Pie.objects.all():\n    each.save()",
        "return [list(Pie.objects.all()), len(Pie.objects.all()), {p.pk for p in Pie.objects.iterator()}]",
        "pie.toppings.set([1, 2])\npie.toppings.add(1)\npie.refresh_from_db()",
        "return get_object_or_404(Pie, pk=pk), get_list_or_404(Pie.objects.filter(warm=True))",
        "if Pie.objects.filter(pk=pk):\n    note.save()\nreturn sorted(Topping.objects.all(), key=str)",
        "return User.objects.filter(pk=pk).count(), User.objects.create_user('a' + str(id(pie)))",
    ],
)
def test_the_mended_view_runs_on_django(body: str, tmp_path: Path) -> None:
    pytest.importorskip("django")
    from support.marked import parse

    folder = Folder({**parse(view(body)).files, "run.py": RUN}, tmp_path)
    assert _run(tmp_path) == 42
    for _ in range(12):
        found = folder.findings(CODE)
        if not found:
            break
        for path, content in apply(folder.workspace, found[0].finding.fixes[0].make()).items():
            path.write_bytes(content.encode())
            folder.workspace.changed(path)
    assert not folder.findings(CODE)
    assert _run(tmp_path) == 0


def _run(folder: Path) -> int:
    done = subprocess.run([sys.executable, "run.py"], cwd=folder, capture_output=True, text=True)
    assert done.returncode in (0, 42), done.stderr
    return done.returncode


REVERSE = """
#- shop/__init__.py
#- shop/models.py
from django.db import models


class Order(models.Model):
    state = models.CharField(max_length=10)


class Line(models.Model):
    order = models.ForeignKey(Order, related_name="lines", on_delete=models.CASCADE)
#- shop/views.py
from django.http import JsonResponse
from shop.models import Order


async def view(request, pk):
    order = await Order.objects.aget(pk=pk)
    {}
"""


@pytest.mark.parametrize(
    "body",
    [
        "return JsonResponse({'n': «order.lines.get(pk=1)».pk})",
        "return JsonResponse({'n': [line.pk for line in «order.lines.filter(pk__gt=1)»]})",
        "return JsonResponse({'n': len(«order.lines.exclude(pk=1)»)})",
    ],
)
def test_the_other_side_of_a_relation(body: str) -> None:
    assert_finds(CODE, REVERSE.format(body), main="shop/views.py")


@pytest.mark.parametrize(
    "body",
    [
        "return JsonResponse({'n': await order.lines.acount()})",
        "return JsonResponse({'n': [line.pk async for line in order.lines.filter(pk__gt=1)]})",
        "return JsonResponse({'n': str(order.lines.exclude(pk=1).query)})",
        "return JsonResponse({'n': order.others.count()})",
    ],
)
def test_the_other_side_of_a_relation_asked_rightly(body: str) -> None:
    assert_silent(CODE, REVERSE.format(body), main="shop/views.py")
