"""What is generated is up to date, and what is linked to is there."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from seawall.engine.workspace import Workspace
from seawall.links import DOCUMENTATION, rule_page
from seawall.project.settings import options
from seawall.rules.registry import Rule, all_rules

ROOT = Path(__file__).parents[1]
GENERATE = ROOT / "server/docs/generate.py"
LINK = re.compile(r"(?:\]\(|(?:src|href)=\")(?!https?:|mailto:)([^)\"#]*)(?:#([^)\"]*))?[)\"]")


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_docs", GENERATE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_pages_are_up_to_date(generate: ModuleType) -> None:
    stale = [str(path.relative_to(ROOT)) for path, text in generate.pages().items() if text != generate.read(path)]
    assert not stale, "run `python server/docs/generate.py`"


def test_the_picture_of_the_terminal_shows_what_is_found() -> None:
    drawn = (ROOT / "server/docs/images/check.svg").read_text(encoding="utf-8")
    shown = re.findall(r"SW\d{3}", re.sub(r"<[^>]*>", "", drawn))
    found = Workspace(ROOT / "tests/apps/sample").check_all(sorted((ROOT / "tests/apps/sample").glob("*.py")))
    assert shown == [one.code for findings in found.values() for one in findings], (
        "run `python server/docs/screenshot.py`"
    )


def test_no_page_is_left_of_a_rule_that_is_gone(generate: ModuleType) -> None:
    assert not set((ROOT / "server/docs/rules").glob("*.md")) - set(generate.pages())


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
def test_the_editors_link_to_the_rules_page(rule: Rule) -> None:
    """A documentation site serves `rules/name.md` under `rules/name/`."""
    page = rule_page(rule.name).removeprefix(DOCUMENTATION).rstrip("/") + ".md"
    assert (ROOT / "server/docs" / page).exists()


def test_the_readme_has_every_rule() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [rule.code for rule in all_rules() if f"| {rule.code} |" not in readme] == []


def test_the_settings_page_has_every_setting() -> None:
    page = (ROOT / "server/docs/settings.md").read_text(encoding="utf-8")
    assert [option.key for option in options() if f"### `{option.key}`" not in page] == []


def pages() -> list[Path]:
    folders = (ROOT, ROOT / "server", ROOT / "editors")
    found = [path for folder in folders for path in (*folder.glob("*.md"), *folder.glob("*/*.md"))]
    return sorted({*found, *(ROOT / "server/docs/rules").glob("*.md")})


@pytest.mark.parametrize("page", pages(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for target, anchor in LINK.findall(text):
        there = page.parent / target if target else page
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
            broken.append(f"{target}#{anchor}")
    assert not broken


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
