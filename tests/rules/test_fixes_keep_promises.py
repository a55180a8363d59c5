"""Every fix of every rule keeps its promises, on the rules' own examples in many shapes and on whole backends.

The edits do not overlap, the result parses, the finding is gone and nothing new appears, comments stay, and so do encoding,
line endings and the lines that were not touched; and mending what is left in the same way comes to rest.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from apps_harness import copy_app
from seawall.engine.workspace import Workspace
from seawall.project.discovery import python_files
from seawall.rules.page import sections
from seawall.rules.registry import Rule, all_rules
from support.marked import Folder
from support.promises import broken, findings, made
from support.variations import LAYOUTS, SURROUNDINGS

FIXABLE = pytest.mark.parametrize("rule", [rule for rule in all_rules() if rule.fixable], ids=lambda rule: rule.code)


def varied(rule: Rule, name: str) -> Folder | None:
    """The rule's example, its Python files varied; None if that cannot be."""
    variation = (LAYOUTS | SURROUNDINGS)[name]
    folder = Folder(sections(rule)["Example"])
    for path in folder.python:
        text = variation(path.read_text(encoding="utf-8"))
        if text is None:
            return None
        path.write_bytes(text)
    return folder


def assert_kept(workspace: Workspace, code: str, *, to_the_end: bool = True) -> int:
    """Each fix of each finding of a rule keeps its promises; gives the number of findings."""
    before = findings(workspace)
    own = [one for one in before if one.code == code]
    different = {made(fix): (one, fix) for one in own for fix in one.finding.fixes}  # a project is switched only once
    wrong = {
        f"{one.path.name}:{one.range.start_line} {fix.title}": promises
        for one, fix in different.values()
        if (promises := broken(workspace, one, fix, before, to_the_end=to_the_end))
    }
    assert not wrong, "".join(f"\n  {place}: {promises}" for place, promises in wrong.items())
    return len(own)


@FIXABLE
@pytest.mark.parametrize("name", LAYOUTS)
def test_in_any_layout(rule: Rule, name: str) -> None:
    """The same is found, too, as in the plain text."""
    folder = varied(rule, name)
    if folder is None:
        pytest.skip("the example cannot be written so")
    read(folder.workspace, folder.python, "cut")
    assert assert_kept(folder.workspace, rule.code) == rule.explanation.partition("\nFixed:")[0].count("«")


@FIXABLE
@pytest.mark.parametrize("name", SURROUNDINGS)
def test_in_other_surroundings(rule: Rule, name: str) -> None:
    folder = varied(rule, name)
    if folder is None:
        pytest.skip("the example cannot be written so")
    read(folder.workspace, folder.python, "whole")
    assert_kept(folder.workspace, rule.code)


BACKENDS = [("sample", "plain"), ("halfway", "plain"), *(("legacy", name) for name in LAYOUTS)]


@pytest.fixture(scope="module", params=BACKENDS, ids="-".join)
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    name, layout = request.param
    root = copy_app(name, tmp_path_factory.mktemp("app"))
    workspace = Workspace(root)
    settings = workspace.project.settings
    paths = list(python_files((root,), settings, root, folder=root))
    for path in paths:
        path.write_bytes(LAYOUTS[layout](path.read_text(encoding="utf-8")) or path.read_bytes())
    read(workspace, paths, "cut")
    return workspace


@FIXABLE
def test_in_a_whole_backend(rule: Rule, backend: Workspace) -> None:
    assert_kept(backend, rule.code, to_the_end=False)


def read(workspace: Workspace, paths: list[Path], reader: str) -> None:
    """Take files as an editor has them, cut into items, or as the terminal does."""
    for path in paths:
        if reader == "cut":
            workspace.open(path, path.read_bytes())
        else:
            workspace.load(path)
