"""A draft is rewritten without touching the originals, nor what is known of them."""

from __future__ import annotations

from pathlib import Path

from seawall.edits import Edit
from seawall.engine.workspace import Workspace
from seawall.refactorings.draft import Draft
from seawall.syntax import Range

ROOT = Path("/nowhere/project")
LOW, HIGH = ROOT / "low.py", ROOT / "high.py"


def opened() -> Workspace:
    workspace = Workspace(ROOT, isolated=True)
    workspace.open(LOW, "import time\n\ndef low():\n    time.sleep(1)\n")
    workspace.open(HIGH, "from low import low\n\nasync def high():\n    low()\n")
    return workspace


def codes(workspace: Workspace) -> list[str]:
    return [one.code for one in workspace.findings(HIGH)]


def test_what_a_draft_does_is_unknown_to_the_workspace() -> None:
    workspace = opened()
    assert codes(workspace) == ["SW103"]
    draft = Draft(workspace.modules(), workspace.project)
    draft.apply([Edit(LOW, Range(4, 4, 4, 17), "pass")])
    assert draft.index.function("low.low").calls == ()  # type: ignore[union-attr]
    assert len(workspace.index.function("low.low").calls) > 0  # type: ignore[union-attr]
    workspace.open(HIGH, "from low import low\n\nasync def high():\n    low()  # again\n")
    assert codes(workspace) == ["SW103"]


def test_what_the_workspace_does_is_unknown_to_a_draft() -> None:
    workspace = opened()
    draft = Draft(workspace.modules(), workspace.project)
    before = draft.index.function("low.low").calls  # type: ignore[union-attr]
    workspace.open(LOW, "import time\n\ndef low():\n    pass\n")
    assert codes(workspace) == []
    assert draft.index.function("low.low").calls == before  # type: ignore[union-attr]
