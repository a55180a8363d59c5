"""What the engine offers at a place, whoever asks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seawall.edits import CannotFix, Safety
from seawall.edits.apply import apply_to
from seawall.engine.actions import actions_for, ignoring
from seawall.engine.fixing import fix_all
from seawall.engine.suppress import comment_line
from seawall.engine.workspace import Workspace
from seawall.syntax import Range

SLEEPY = "import time\n\n\nasync def f() -> None:\n    time.sleep(1)\n\n\nasync def g() -> None:\n    time.sleep(2)\n"
EVERYWHERE = Range(0, 0, 10**9, 0)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_fixes_come_before_comments_and_the_first_safe_one_is_preferred(workspace: Workspace) -> None:
    path = workspace.root / "main.py"
    workspace.open(path, SLEEPY)
    found = workspace.findings(path)
    actions = actions_for(workspace, found, found[0].range)
    assert [action.found for action in actions] == [found[0]] * len(actions)
    assert [action.is_preferred for action in actions] == [True] + [False] * (len(actions) - 1)
    assert actions[0].fix is not None and actions[0].fix.safety is Safety.SAFE
    assert actions[-1].title == "Ignore SW101 on this line"


def test_fixing_everything_leaves_the_workspace_as_it_was(workspace: Workspace) -> None:
    path = workspace.root / "main.py"
    before = workspace.open(path, SLEEPY)
    found = workspace.findings(path)
    edits = fix_all(workspace, path)
    assert workspace.documents[path].source is before.source
    assert workspace.findings(path) == found
    after = apply_to(before.source.text, edits)
    assert str(after).count("await asyncio.sleep") == 2
    workspace.replace(path, after)
    assert fix_all(workspace, path) == []


def test_fixing_everything_of_a_file_that_is_not_open(workspace: Workspace) -> None:
    assert fix_all(workspace, workspace.root / "other.py") == []


def test_a_line_that_goes_on_for_ever_has_no_place_for_a_comment(workspace: Workspace) -> None:
    path = workspace.root / "main.py"
    workspace.open(path, "import time\n\n\nasync def f() -> None:\n    time.sleep(1) \\")
    for one in workspace.findings(path):
        with pytest.raises(CannotFix):
            ignoring(workspace, one)


@pytest.mark.parametrize(
    "text",
    [
        "x = «1»  # here\n",
        "x = '''«\n» # no\n'''  # here\n",
        "x = f'''«{a}\n» # no\n'''; y = '''\n'''  # here\n",
        "x = «1» + \\\n    2 + \\\n    3  # here\n",
        "x = («\n    1,  # here\n»)\n",
        "x = '#'; «y»  # here\n",
    ],
)
def test_comments_stand_where_they_may(text: str) -> None:
    line = text[: text.index("«")].count("\n") + 1
    plain = re.sub("[«»]", "", text)
    if plain.splitlines()[line - 1].endswith("("):
        line += 1
    assert "# here" in plain.splitlines()[comment_line(plain, line) - 1]
