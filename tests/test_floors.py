"""Imports point downward and only the server speaks LSP (see pyproject.toml); one rule knows nothing of another."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_floors_hold() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_one_rule_knows_nothing_of_another() -> None:
    """What two rules of a category share stands in a module that begins with an underscore."""
    for path in (ROOT / "server/seawall/rules").glob("*/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("seawall.rules."):
                rule = (node.module or "").split(".")[3:]
                assert not rule or rule[0].startswith("_"), f"{path.name} imports {node.module}"


def test_the_typing_path_imports_no_libcst() -> None:
    """Checking a file loads neither libcst, which only fixes need, nor the editor's protocol, nor terminal colours."""
    program = """
import sys, tempfile, pathlib
from seawall.engine.workspace import Workspace
root = pathlib.Path(tempfile.mkdtemp())
(root / "main.py").write_text("import time\\nasync def f():\\n    time.sleep(1)\\n")
Workspace(root).check_all([root / "main.py"])
print(*sorted({"libcst", "lsprotocol", "pygls", "rich", "tomlkit", "sqlglot", "asyncio"} & set(sys.modules)))
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []
