"""Which fixes the settings allow, and what applying one makes of the texts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from seawall.edits import AnyEdit, CreateFile, Edit, Fix
from seawall.edits.apply import apply_to
from seawall.engine.located import Located
from seawall.engine.workspace import Workspace
from seawall.project.selection import is_fixable
from seawall.rules.registry import by_code
from seawall.syntax import Text


def offered(workspace: Workspace, located: Located) -> tuple[Fix, ...]:
    """The fixes of a finding, if the settings allow to fix findings of its rule."""
    rule = by_code()[located.code]
    allowed = is_fixable(workspace.project.settings, rule.code, rule.name, rule.category)
    return located.finding.fixes if allowed else ()


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
