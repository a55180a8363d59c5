"""Moving values into the settings, and running what comes out."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from seawall.edits import CannotFix
from seawall.engine.fix import apply
from support.marked import Folder, parse


def said(root: Path, program: str, **variables: str) -> str:
    """What a program prints in a folder, without this process's own variables."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(
        command,
        cwd=root,
        env={**kept, "PYTHONDONTWRITEBYTECODE": "1", **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def mended(text: str, root: Path, *codes: str) -> dict[str, str]:
    """Every file, once all findings of some rules are fixed one after the other."""
    folder = Folder(parse(text).files, root)
    for _ in range(20):
        found = [one for one in folder.findings() if one.code in codes and one.finding.fixes]
        if not found:
            return folder.read()
        for path, content in apply(folder.workspace, found[0].finding.fixes[0].make()).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode())
            folder.workspace.changed(path)
            if path.suffix == ".py" and path not in folder.python:
                folder.python.append(path)
    raise AssertionError("the fix does not come to rest")


def refusal(text: str, root: Path, code: str) -> str:
    """Why the first finding of a rule cannot be mended."""
    found = Folder(parse(text).files, root).findings(code)[0]
    with pytest.raises(CannotFix) as refused:
        list(found.finding.fixes[0].make())
    return str(refused.value)
