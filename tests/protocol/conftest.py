"""Editors that talk to a real server over its stdin and stdout."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest_asyncio

from .editor import SERVER, Editor, Start, capabilities

PYPROJECT = '[project]\nname = "flamingo"\nversion = "1"\nrequires-python = ">=3.11"\n'


@pytest_asyncio.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Start an editor on a small project: `await start(files={...}, pull=True)`; keywords are abilities of the client."""
    started: list[Editor] = []

    async def begin(
        files: dict[str, str] | None = None,
        *,
        folders: list[Path] | None = None,
        options: Any = None,
        says: Any = None,
        root: str = "flamingo",
        command: Sequence[str] = SERVER,
        **abilities: Any,
    ) -> Editor:
        editor = Editor(tmp_path / root)
        for name, text in {"pyproject.toml": PYPROJECT, ".venv/pyvenv.cfg": "", **(files or {})}.items():
            editor.write(name, text)
        started.append(editor)
        await editor.start(says or capabilities(**abilities), folders=folders, options=options, command=command)
        return editor

    yield begin
    for editor in started:
        await editor.stop()
