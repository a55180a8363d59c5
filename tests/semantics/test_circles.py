"""Attributes that are defined by way of themselves are unknown, and nothing runs in circles."""

from __future__ import annotations

import pytest

from support.meaning import meaning


@pytest.mark.parametrize(
    "text",
    [
        "class Node:\n    def __init__(self, next):\n        self.next = self.next.next\n    def f(self):\n        «self.next.get»()",
        "class Node:\n    def f(self):\n        self.a = self.b.a\n        self.b = self.a.b\n        «self.a.b»()",
        "class A:\n    other: 'B'\n    x = other.x\nclass B:\n    other: A\n    x = other.x\ndef f(a: A):\n    «a.x»()",
    ],
)
def test_a_circle_means_nothing(text: str) -> None:
    assert meaning(text) == "unknown"


@pytest.mark.parametrize("use", ["«db.get»()", "«db.db.db»()"])
def test_a_name_from_a_submodule_of_that_name_that_is_not_there(use: str) -> None:
    text = f"#- shop/__init__.py\nfrom .db import db\n\ndb.start()\n#- main.py\nfrom shop import db\n{use}"
    assert meaning(text).startswith("shop.db.db")
