"""Models that lead back to those whose fields lead to them, under the field's `related_name`."""

import pytest

from support.marked import assert_finds, assert_fixes, assert_silent

SHOP = """\
#- shop/__init__.py
#- shop/base.py
from django.db import models
class Base(models.Model):
    owner = models.ForeignKey("auth.User", related_name="%(class)ss", on_delete=models.CASCADE)
    parent = models.ForeignKey("self", related_name="children", null=True, on_delete=models.CASCADE)
#- shop/models.py
from django.db import models
from shop.base import Base
class Order(Base):
    state = models.CharField(max_length=3)
class Pot(models.Model):
    name = models.CharField(max_length=20)
class Line(models.Model):
    order = models.ForeignKey(Order, related_name="lines", on_delete=models.CASCADE)
    pot = models.ForeignKey("shop.Pot", related_name="sold", on_delete=models.PROTECT)
    tags = models.ManyToManyField("Tag", related_name="tagged")
class Tag(models.Model):
    line = models.ForeignKey(Line, on_delete=models.CASCADE)
#- shop/views.py
from asgiref.sync import sync_to_async
from django.http import JsonResponse
from shop.models import Line, Order, Pot, Tag
"""


@pytest.mark.parametrize(
    "lines",
    [
        "async def f(order: Order):\n    for line in «order.lines.select_related('pot')»:\n        print(line)",
        "async def f(order: Order):\n    return len(«order.lines.filter(pot=1)»)",
        "class View:\n    async def get(self, request, pot: Pot):\n        return «pot.sold.exclude(order=1).exists()»",
        "async def f(pot: Pot):\n    return «pot.sold.create(pot=pot)»",
        "async def f(tag: Tag):\n    «tag.tagged.add(1)»",
        "async def f(order: Order):\n    return [one for one in «order.children.filter(state='new')»]",
        "async def f(request, pk):\n    pot = await Pot.objects.aget(pk=pk)\n    return «pot.sold.aggregate(1)»",
        "async def f(order: Order):\n    return «total(order)»\ndef total(order):\n    return order.lines.exclude(pot=1).count()",
    ],
)
def test_the_other_side_of_a_relation(lines: str) -> None:
    assert_finds("SW108", f"{SHOP}{lines}\n")


@pytest.mark.parametrize(
    "lines",
    [
        "async def f(order: Order):\n    async for line in order.lines.select_related('pot'):\n        print(line)",
        "async def f(order: Order):\n    return order.lines.filter(pot=1)",
        "async def f(order: Order):\n    return [line for line in order.lines.all()]",
        "async def f(pot: Pot):\n    return await pot.sold.acount()",
        "async def f(pot: Pot):\n    return await sync_to_async(pot.sold.create)(pot=pot)",
        "def f(pot: Pot):\n    return pot.sold.create(pot=pot)",
        "async def f(pot: Pot):\n    return pot.lines.create(pot=pot)",
        "async def f(line: Line):\n    return line.children.create()",
        "class Order:\n    lines: list\nasync def f(order: Order):\n    return order.lines.index(1)",
    ],
)
def test_what_asks_for_nothing_or_is_no_relation(lines: str) -> None:
    assert_silent("SW108", f"{SHOP}{lines}\n")


def test_a_coroutine_of_a_relation_that_nobody_awaits() -> None:
    assert_finds("SW104", f"{SHOP}async def f(pot: Pot):\n    «pot.sold.acount()»\n")
    assert_silent("SW104", f"{SHOP}async def f(pot: Pot):\n    await pot.sold.acount()\n")


KEYS = """\
#- shop/__init__.py
#- shop/models.py
from django.db import models
class Kiln(models.Model):
    name = models.CharField(max_length=20)
class Loaded(models.Manager):
    def get_queryset(self):
        return super().get_queryset().select_related("kiln")
class Pot(models.Model):
    name = models.CharField(max_length=20)
    kiln = models.ForeignKey(Kiln, on_delete=models.CASCADE)
    twin = models.OneToOneField("self", null=True, on_delete=models.CASCADE)
    loaded = Loaded()
class Jar(models.Model):
    kiln = models.ForeignKey(Kiln, on_delete=models.CASCADE)
    objects = Loaded()
#- shop/views.py
from asgiref.sync import sync_to_async
from django.http import JsonResponse
from django.shortcuts import aget_object_or_404
from shop.models import Jar, Kiln, Pot
"""


@pytest.mark.parametrize(
    "lines",
    [
        "pot = await Pot.objects.aget(pk=1)\nreturn «pot.kiln».name",
        "pot = await Pot.objects.filter(name='x').order_by('name').afirst()\nif pot is None:\n    return None\nreturn «pot.kiln».name",
        "pot = await aget_object_or_404(Pot, pk=1)\nreturn JsonResponse({'kiln': «pot.kiln».name, 'id': pot.kiln.pk})",
        "async for pot in Pot.objects.all():\n    print(«pot.kiln».name)",
        "pot = await Pot.objects.alast()\nif pot and «pot.twin»:\n    return «pot.kiln»",
        "pot = await Pot.objects.prefetch_related('tags').aget(pk=1)\nreturn f'{«pot.kiln»}'",
    ],
)
def test_a_foreign_key_that_nothing_loaded(lines: str) -> None:
    body = "".join(f"    {line}\n" for line in lines.split("\n"))
    assert_finds("SW108", f"{KEYS}async def f(request):\n{body}")


@pytest.mark.parametrize(
    "lines",
    [
        "pot = await Pot.objects.select_related('kiln').aget(pk=1)\nreturn pot.kiln.name",
        "pot = await Pot.objects.aget(pk=1)\nreturn pot.kiln_id, pot.name",
        "pot = await Pot.loaded.aget(pk=1)\nreturn pot.kiln.name",
        "jar = await Jar.objects.aget(pk=1)\nreturn jar.kiln.name",
        "pot = await Pot.objects.aget(pk=1)\npot.kiln = await Kiln.objects.aget(pk=2)\nreturn pot.kiln.name",
        "pot = await Pot.objects.aget(pk=1)\nawait sync_to_async(load)(pot)\nreturn pot.kiln.name",
        "pot = await Pot.objects.aget(pk=1)\nawait pot.arefresh_from_db(from_queryset=1)\nreturn pot.kiln.name",
        "pot = await Pot.objects.aget(pk=1)\nreturn await sync_to_async(lambda: pot.kiln.name)()",
        "pot = await Pot.objects.acreate(kiln=request)\nreturn pot.kiln.name",
        "async for pot in Pot.objects.select_related('kiln'):\n    print(pot.kiln.name)",
        "pot = await aget_object_or_404(Pot.objects.select_related('kiln'), pk=1)\nreturn pot.kiln.name",
        "pot = await Pot.objects.aget(pk=1)\nif request:\n    pot = request\nreturn pot.kiln.name",
        "pot = await anything(Pot)\nreturn pot.kiln.name",
    ],
)
def test_a_foreign_key_that_is_there(lines: str) -> None:
    body = "".join(f"    {line}\n" for line in lines.split("\n"))
    assert_silent("SW108", f"{KEYS}async def f(request):\n{body}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("pot = await Pot.objects.aget(pk=1)", 'pot = await Pot.objects.select_related("kiln").aget(pk=1)'),
        (
            "pot = await aget_object_or_404(Pot, pk=1)",
            'pot = await aget_object_or_404(Pot.objects.select_related("kiln"), pk=1)',
        ),
        (
            "pot = await Pot.objects.filter(name='x').afirst()",
            "pot = await Pot.objects.filter(name='x').select_related(\"kiln\").afirst()",
        ),
    ],
)
def test_it_is_loaded_with_the_query(before: str, after: str) -> None:
    views = KEYS.partition("#- shop/views.py\n")[2]
    rest = "    return pot.kiln.name\n"
    assert_fixes(
        "SW108",
        f"{KEYS}async def f(request):\n    {before}\n{rest}",
        f"#- shop/views.py\n{views}async def f(request):\n    {after}\n{rest}",
    )
