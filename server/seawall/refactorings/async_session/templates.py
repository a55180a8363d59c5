"""What templates read from the objects that they are given."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from seawall.project.reading import read_text
from seawall.project.settings import DEFAULT_EXCLUDE
from seawall.semantics.facts import ImportFact
from seawall.semantics.index import Index

_SUFFIXES = (".html", ".htm", ".jinja", ".jinja2", ".j2")
_ATTRIBUTE = re.compile(r"\.([A-Za-z_]\w*)")


def attributes(index: Index, root: Path) -> frozenset[str]:
    """The names of all attributes that a project's Jinja templates may read; nothing if it has none."""
    targets = (
        fact.target for facts in index.modules.values() for fact in facts.names.values() if isinstance(fact, ImportFact)
    )
    if not any("jinja2" in target.lower() for target in targets):
        return frozenset()
    texts = (read_text(path) or "" for path in _templates(root))
    return frozenset(name for text in texts for name in _ATTRIBUTE.findall(text))


def _templates(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in DEFAULT_EXCLUDE]
        yield from (Path(folder, name) for name in names if name.endswith(_SUFFIXES))
