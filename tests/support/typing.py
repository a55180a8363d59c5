"""Somebody types, at random; and what they see."""

from __future__ import annotations

import random

from seawall.engine.workspace import Workspace
from seawall.syntax import Span, Text

SNIPPETS = [
    "\n",
    "    ",
    "x = 1\n",
    "async ",
    "def f():\n    pass\n",
    "import time\n",
    "from app.crud import *\n",
    "time.sleep(1)\n",
    '"""',
    "'",
    "(",
    ")",
    "[",
    "# noqa\n",
    "# seawall: ignore-file\n",
    ":",
    "class A:\n",
    "\r\n",
    "\r",
    "\x0c",
    "é🐎",
    "await ",
    "\\\n",
    ";",
    "if x:\n    y\n",
    "else:\n",
    "@app.get('/')\n",
]


def state(workspace: Workspace) -> dict[str, list[tuple[object, ...]]]:
    """All that a user would see, by file; files with an item whose last good tree is in use are left out."""
    seen = {}
    for path, document in workspace.documents.items():
        seen[path.name] = [
            (
                one.code,
                one.range,
                one.finding.message,
                one.severity,
                [(r.message, r.path, r.range) for r in one.related],
            )
            for one in workspace.findings(path)
        ]
        seen[f"facts of {path.name}"] = [document.facts]  # type: ignore[list-item]
    return seen


def is_settled(workspace: Workspace) -> bool:
    """Whether no item lives on an older tree, which a fresh workspace cannot know."""
    return not any(item.stale for document in workspace.documents.values() for item in document.source.items)


def random_edit(text: Text, rng: random.Random) -> tuple[Text, Span]:
    """Type, delete or replace something at a random place."""
    lines = len(text.lines)
    first = rng.randrange(lines + 1)
    last = first + rng.choice([0, 0, 0, 0, 1, 1, 2, 8])
    start, end = rng.randrange(60), rng.randrange(60)
    new = rng.choice([*SNIPPETS, "", "", ""])
    return text.change(first, start, last, end, new, "utf-16")
