"""A file that is read as one item, as the terminal does, has the findings of one that is cut into many, as in an editor."""

from __future__ import annotations

from pathlib import Path

import pytest

from seawall.engine.workspace import Workspace

APPS = Path(__file__).parent.parent / "apps"


def findings(root: Path, *, whole: bool) -> list[tuple[object, ...]]:
    workspace = Workspace(root, isolated=True)
    paths = sorted(path for path in root.rglob("*.py") if ".venv" not in path.parts)
    for path in paths:
        if whole:
            workspace.load(path)
        else:
            workspace.open(path, path.read_bytes())
    return [
        (one.path.name, one.range, one.code, one.finding.message, one.related, [fix.title for fix in one.finding.fixes])
        for path in paths
        for one in workspace.findings(path)
    ]


@pytest.mark.parametrize("app", ["legacy", "halfway", "modern", "sample"])
def test_the_same_findings_either_way(app: str) -> None:
    assert findings(APPS / app, whole=True) == findings(APPS / app, whole=False)


def test_there_is_something_to_compare() -> None:
    assert len(findings(APPS / "legacy", whole=False)) > 20
