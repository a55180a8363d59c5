"""What a query gives is known from the model that it selects."""

from __future__ import annotations

import pytest

from support.meaning import meaning

MODELS = """\
#- app/__init__.py
#- app/models.py
from sqlalchemy.orm import DeclarativeBase, Mapped, relationship

class Base(DeclarativeBase): ...

class Boat(Base):
    name: Mapped[str]
    crew: Mapped[list["Sailor"]] = relationship()

class Sailor(Base):
    boat: Mapped[Boat] = relationship()
#- main.py
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from app import models
from app.models import Boat, Sailor

async def f(db: AsyncSession, query):
"""
BOAT = "an app.models.Boat"


@pytest.mark.parametrize(
    "body",
    [
        "x = await db.get(Boat, 1)\n    «x»",
        "x = await db.get(models.Boat, 1)\n    «x»",
        "x = await db.scalar(select(Boat).where(Boat.name == 'a').order_by(Boat.name))\n    «x»",
        "x = (await db.execute(select(Boat))).scalar_one()\n    «x»",
        "r = await db.execute(select(Boat))\n    x = r.scalars().unique().first()\n    «x»",
        "q = select(Boat)\n    q = q.limit(1)\n    x = (await db.scalars(q)).one_or_none()\n    «x»",
        "for x in await db.scalars(select(Boat)):\n        «x»",
        "for x in (await db.scalars(select(Boat))).all():\n        «x»",
        "async for x in await db.stream_scalars(select(Boat)):\n        «x»",
        "x = list(await db.scalars(select(Boat)))[0]\n    «x»",
        "x = [«boat» for boat in await db.scalars(select(Boat))]",
        "x = (await db.get(Sailor, 1)).boat\n    «x»",
        "for sailor in (await db.get(Boat, 1)).crew:\n        x = sailor.boat\n        «x»",
    ],
)
def test_ways_to_an_object_of_a_model(body: str) -> None:
    assert meaning(f"{MODELS}    {body}") == BOAT


@pytest.mark.parametrize(
    "body",
    [
        "x = await db.scalar(query)\n    «x»",
        "x = await db.scalar(select(func.count()).select_from(Boat))\n    «x»",
        "x = (await db.scalars(select(Boat.name))).first()\n    «x»",
        "x = (await db.execute(select(Boat, Sailor))).scalars(1).first()\n    «x»",
        "for x in await db.execute(select(Boat)):\n        «x»",
        "x = await db.scalar(select(Boat).with_only_columns(Boat.name))\n    «x»",
        "x = await db.get(query, 1)\n    «x»",
        "x = (await db.execute(select(Boat))).mappings().first()\n    «x»",
    ],
)
def test_what_is_not_an_object_of_a_model(body: str) -> None:
    assert meaning(f"{MODELS}    {body}") == "unknown"


DJANGO = """\
#- shop/__init__.py
#- shop/models.py
from django.contrib.auth import get_user_model
from django.db import models

class PieQuerySet(models.QuerySet):
    def warm(self):
        return self.filter(warm=True)

class PieManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset()

class Oven(models.Model):
    pies = models.ManyToManyField("Pie")

class Pie(models.Model):
    objects = PieManager()
    warm = PieQuerySet.as_manager()
    both = models.Manager.from_queryset(PieQuerySet)()

class Hot(Pie):
    pass
#- main.py
from django.shortcuts import aget_object_or_404, get_object_or_404
from shop.models import Hot, Oven, Pie, get_user_model

async def f(oven: Oven):
"""
PIE, OVEN = "an shop.models.Pie", "an shop.models.Oven"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("«Oven.objects»", "an django.db.models.Manager[shop.models.Oven]"),
        ("«Pie.objects»", "an shop.models.PieManager[shop.models.Pie]"),
        ("«Pie.warm»", "an shop.models.PieQuerySet[shop.models.Pie]"),
        ("«Pie.both»", "an shop.models.PieQuerySet[shop.models.Pie]"),
        ("«Oven.objects.filter(a=1).order_by('b')[:3]»", "an django.db.models.QuerySet[shop.models.Oven]"),
        ("«Oven.objects.get»", "django.db.models.Manager.get"),
        ("«Pie.objects.filter(a=1).get»", "django.db.models.QuerySet.get"),
        ("«Pie.warm.warm().filter»", "django.db.models.QuerySet.filter"),
        ("«Hot.objects.all()»", "an django.db.models.QuerySet[shop.models.Pie]"),
        ("x = await Oven.objects.aget(pk=1)\n    «x»", OVEN),
        ("x = await Oven.objects.filter(a=1).afirst()\n    «x»", OVEN),
        ("async for x in Pie.objects.filter(a=1):\n        «x»", PIE),
        ("x = await aget_object_or_404(Oven, pk=1)\n    «x»", OVEN),
        ("x = get_object_or_404(Oven.objects.filter(a=1), pk=1)\n    «x»", OVEN),
        ("«oven.pies.filter(a=1)»", "an django.db.models.QuerySet"),
        ("«oven.pies.all()»", "an django.db.models.PrefetchedQuerySet"),
        ("«oven.save»", "django.db.models.Model.save"),
        ("«get_user_model().objects.get»", "django.db.models.Manager.get"),
        ("User = get_user_model()\n    «User.objects.filter»", "django.db.models.Manager.filter"),
        ("«Oven.elsewhere»", "unknown"),
        ("«Oven.objects.filter(a=1).values()»", "an django.db.models.QuerySet"),
    ],
)  # fmt: skip
def test_django(body: str, expected: str) -> None:
    assert meaning(f"{DJANGO}    {body}") == expected
