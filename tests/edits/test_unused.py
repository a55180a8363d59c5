"""Imports that go because nothing uses them any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from seawall.edits.apply import apply_to
from seawall.edits.unused import drop, imported_names, used_names
from seawall.semantics.document import Document
from seawall.syntax import Text, read


def document(text: str) -> Document:
    return Document(Path("/project/main.py"), "main", read(Text.of(text)))


@pytest.mark.parametrize(
    ("before", "names", "after"),
    [
        ("import os\nimport sys\n", {"os"}, "import sys\n"),
        ("import os, sys\n", {"os"}, "import sys\n"),
        ("from a import b, c, d\n", {"c"}, "from a import b, d\n"),
        ("from a import b, c, d\n", {"c", "d"}, "from a import b\n"),
        ("from a import b, c, d\n", {"b", "d"}, "from a import c\n"),
        ("from a import b as c  # why\nx = 1\n", {"c"}, "# why\nx = 1\n"),
        ("from a import b  # noqa: F401\nx = 1\n", {"b"}, "x = 1\n"),
        ("from a import (\n    b,\n    c,\n    d,\n)\n", {"c"}, "from a import (\n    b,\n    d,\n)\n"),
        ("from a import (\n    b,\n    c,\n)\n", {"c"}, "from a import (\n    b,\n)\n"),
        ("from a import (\n    b,\n    c,\n)\nx = 1\n", {"b", "c"}, "x = 1\n"),
        ("import a.b\nx = 1\n", {"a"}, "x = 1\n"),
        ("x = 1; import os\n", {"os"}, "x = 1; pass\n"),
    ],
)
def test_names_are_taken_out(before: str, names: set[str], after: str) -> None:
    old = document(before)
    assert str(apply_to(old.source.text, drop(old, frozenset(names)))) == after


def test_names_in_string_annotations_and_exports_are_used() -> None:
    used = used_names(document("__all__ = ['a']\ndef f(x: \"b | None\") -> c: ...\n"))
    assert {"a", "b", "c"} <= used


def test_names_that_imports_bind() -> None:
    assert imported_names(document("import a.b\nfrom c import d as e, f\n")) == {"a", "e", "f"}
