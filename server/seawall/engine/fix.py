"""Applying edits to texts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from seawall.edits import AnyEdit, CreateFile, Edit
from seawall.edits.apply import apply_to
from seawall.engine.workspace import Workspace
from seawall.syntax import Text

__all__ = ["apply", "apply_to", "text_of"]


def apply(workspace: Workspace, edits: Iterable[AnyEdit]) -> dict[Path, str]:
    """The whole new text of every file that the edits touch. Nothing is written.

    Raises:
        ValueError: edits of one file overlap.
    """
    by_path: dict[Path, list[Edit]] = {}
    texts: dict[Path, str] = {}
    for edit in dict.fromkeys(edits):
        if isinstance(edit, CreateFile):
            texts[edit.path] = edit.text
        else:
            by_path.setdefault(edit.path, []).append(edit)
    for path, several in by_path.items():
        text = Text.of(texts[path]) if path in texts else text_of(workspace, path)
        texts[path] = str(apply_to(text, several))
    return texts


def text_of(workspace: Workspace, path: Path) -> Text:
    """The text of a file as the workspace has it, else as it stands on disk."""
    document = workspace.documents.get(path)
    if document is not None:
        return document.source.text
    try:
        return Text.decode(path.read_bytes())
    except OSError:
        return Text.of("")
