"""Mended examples, run for real."""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from seawall.engine.fix import apply
from support.marked import Folder, parse

ROUNDS = 60


def plain(text: str) -> dict[str, str]:
    """An example's files without their marks."""
    return parse(text).files


def mended(code: str, text: str) -> dict[str, str]:
    """An example's files after the first fix of every finding of a rule."""
    folder = Folder(plain(text))
    for _ in range(ROUNDS):
        fixable = [one for one in folder.findings(code) if one.finding.fixes]
        if not fixable:
            return folder.read()
        for path, content in apply(folder.workspace, fixable[0].finding.fixes[0].make()).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode())
            folder.workspace.changed(path)
            if path.suffix == ".py" and path not in folder.python:
                folder.python.append(path)
    raise AssertionError("the fix does not come to rest")


@contextmanager
def imported(files: dict[str, str], name: str = "main") -> Iterator[ModuleType]:
    """A module of the example, imported with the files that it needs; all of them are forgotten afterwards."""
    for path in files:
        sys.modules.pop(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."), None)
    known = set(sys.modules)
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            target = Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        try:
            yield importlib.import_module(name)
        finally:
            sys.path.remove(folder)
            for module in set(sys.modules) - known:
                if str(getattr(sys.modules[module], "__file__", "")).startswith(folder):
                    del sys.modules[module]
