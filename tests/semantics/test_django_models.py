"""What only Django knows of its models: the other side of a relation, and the object of a class-based view."""

from __future__ import annotations

import pytest

from support.meaning import meaning

MODELS = """\
#- shop/__init__.py
#- shop/models.py
from django.conf import settings
from django.db import models


class Order(models.Model):
    parent = models.ForeignKey("self", related_name="children", on_delete=models.CASCADE)


class Line(models.Model):
    order = models.ForeignKey(Order, related_name="lines", on_delete=models.CASCADE)
    other = models.ForeignKey(to="shop.Order", related_name="further", on_delete=models.CASCADE)


class Note(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    line = models.OneToOneField(Line, on_delete=models.CASCADE)


class Tag(models.Model):
    orders = models.ManyToManyField(Order, related_name="tags")


class Hidden(models.Model):
    order = models.ForeignKey(Order, related_name="+", on_delete=models.CASCADE)


class First(models.Model):
    order = models.ForeignKey(Order, related_name="both", on_delete=models.CASCADE)


class Second(models.Model):
    order = models.ForeignKey(Order, related_name="both", on_delete=models.CASCADE)


class Row:
    order = models.ForeignKey(Order, related_name="rows", on_delete=models.CASCADE)
#- main.py
from django.views.generic import DetailView
from rest_framework import mixins, viewsets
from rest_framework.generics import RetrieveAPIView
from shop.models import Line, Note, Order


def f(order: Order, line: Line, note: Note):
"""
MANAGER = "an django.db.models.RelatedManager[shop.models.{}]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("order.lines", MANAGER.format("Line")),
        ("order.further", MANAGER.format("Line")),
        ("order.tags", MANAGER.format("Tag")),
        ("order.children", MANAGER.format("Order")),
        ("note.order", "an django.db.models.ForeignKey"),
    ],
)
def test_the_other_side_of_a_relation(text: str, expected: str) -> None:
    assert meaning(f"{MODELS}    «{text}»\n") == expected


@pytest.mark.parametrize(
    "text", ["order.note", "order.line_set", "order.hidden_set", "order.both", "order.rows", "line.lines"]
)
def test_what_no_relation_leads_back_to(text: str) -> None:
    assert not meaning(f"{MODELS}    «{text}»\n").startswith("an ")


@pytest.mark.parametrize(
    "view",
    [
        "class V(RetrieveAPIView):\n    queryset = Order.objects.all()\n",
        "class V(viewsets.ModelViewSet):\n    queryset = Order.objects.filter(parent=None)\n",
        "class V(mixins.RetrieveModelMixin, viewsets.GenericViewSet):\n    queryset = Order.objects.all()\n",
        "class V(DetailView):\n    model = Order\n",
        "class B(DetailView):\n    model = Order\nclass V(B):\n    pass\n",
    ],
)
def test_the_object_of_a_view(view: str) -> None:
    text = MODELS + "    ...\n" + view + "    def look(self):\n        found = self.get_object()\n        «found»\n"
    assert meaning(text) == "an shop.models.Order"


@pytest.mark.parametrize(
    "view",
    [
        "class V(RetrieveAPIView):\n    x = 1\n",
        "class V(DetailView):\n    model = str\n",
        "class V(DetailView):\n    model = Order\n    def get_object(self):\n        return undefined()\n",
        "class V:\n    model = Order\n",
    ],
)
def test_a_view_that_does_not_say_whose(view: str) -> None:
    text = MODELS + "    ...\n" + view + "    def look(self):\n        found = self.get_object()\n        «found»\n"
    assert meaning(text) == "unknown"
