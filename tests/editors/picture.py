"""Takes the README's picture of VS Code on the sample backend: `pytest tests/editors/picture.py`."""

from __future__ import annotations

from pathlib import Path

from apps_harness import copy_app
from seawall.syntax import Text

from . import install
from .drivers.base import wait_for, where
from .drivers.vscode import VSCode

PICTURE = Path(__file__).parents[2] / "server/docs/images/vscode.png"


def test_the_picture_is_taken(
    code_server: list[str], seawall: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    root = copy_app("sample", tmp_path / "pets", with_venv=True)
    python = root / ".venv/bin/python"
    python.unlink()
    python.write_text(f'#!/bin/sh\nif [ "$2" = -c ]; then exit 0; else shift 3; exec {seawall} "$@"; fi\n')
    python.chmod(0o755)
    node, chromium = install.node(), install.chromium()
    assert node and chromium
    editor = VSCode(code_server, node, chromium, root, environment, tmp_path)
    try:
        editor.open(root / "main.py")
        editor.finding("SW102")
        line, column = where(str(Text.decode((root / "main.py").read_bytes())), "db.commit()")
        editor._go_to(line, column)
        editor._do("press", "Control+.")
        wait_for("the actions", lambda: "async session" in editor._text(".action-widget"))
        editor.screenshot(PICTURE)
    finally:
        editor.close()
