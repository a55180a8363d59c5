"""House rules that are easy to miss."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest

from seawall.rules import __path__ as rules_path
from seawall.rules.registry import Rule, all_rules

ROOT = Path(__file__).parents[1]
LONGEST = 500
"""Lines of a module; a longer one holds more than one idea."""

MACHINE_PATHS = (f"{ROOT}/", "/root/")


def committed(*patterns: str) -> list[Path]:
    """The files that git tracks, or would."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("this is no git repository")
    return sorted(path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file())


def test_no_file_speaks_of_the_machine_it_was_written_on() -> None:
    others = (path for path in committed() if path != Path(__file__))
    texts = {path.relative_to(ROOT).as_posix(): path.read_bytes().decode("utf-8", "replace") for path in others}
    assert [name for name, text in texts.items() if any(path in text for path in MACHINE_PATHS)] == []


def test_no_module_is_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in committed("server/*.py")}
    assert [str(path.relative_to(ROOT)) for path, length in lengths.items() if length > LONGEST] == []


def test_every_module_says_what_it_is() -> None:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in committed("server/*.py")}
    assert [path for path, tree in trees.items() if tree.body and not ast.get_docstring(tree)] == []


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_every_rule_has_tests_of_its_own(rule: Rule) -> None:
    (module,) = (path for folder in rules_path for path in Path(folder).glob(f"*/{rule.name.replace('-', '_')}.py"))
    tests = (ROOT / "tests/rules" / module.parent.name).glob("test_*.py")
    assert any(
        test.stem == f"test_{module.stem}" or f'"{rule.code}"' in test.read_text(encoding="utf-8") for test in tests
    )


def test_nothing_large_is_committed() -> None:
    assert [str(path.relative_to(ROOT)) for path in committed() if path.stat().st_size > 300_000] == []
