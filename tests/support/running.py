"""Running the code that a fix gives: examples as real modules."""

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


def fixed(code: str, text: str, *, title: str = "") -> dict[str, str]:
    """The files of an example once every finding of a rule is mended, with the fix whose title contains the text."""
    folder = Folder(parse(text).files)
    for _ in range(20):
        fixes = [fix for one in folder.findings(code) for fix in one.finding.fixes if title in fix.title]
        if not fixes:
            break
        for path, content in apply(folder.workspace, fixes[0].make()).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode())
            folder.workspace.changed(path)
    else:
        raise AssertionError("the fix does not come to rest")
    assert folder.findings(code) == []
    return folder.read()


@contextmanager
def running(files: dict[str, str], name: str = "main") -> Iterator[ModuleType]:
    """A module of an example, imported for real; forgotten afterwards, with all that it has imported of the example."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve()
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        tops = {path.partition("/")[0].removesuffix(".py") for path in files if path.endswith(".py")}
        aside = {known: sys.modules.pop(known) for known in list(sys.modules) if known.partition(".")[0] in tops}
        sys.path.insert(0, str(folder))
        importlib.invalidate_caches()
        try:
            yield importlib.import_module(name)
        finally:
            sys.path.remove(str(folder))
            for known, module in list(sys.modules.items()):
                if str(getattr(module, "__file__", None) or "").startswith(str(folder)):
                    del sys.modules[known]
            sys.modules.update(aside)
