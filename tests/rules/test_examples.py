"""Every rule keeps the promises of its own page: the example fires, the fixed code is what the fix gives and is clean."""

from __future__ import annotations

import re
import textwrap

import pytest

from seawall.rules.registry import Rule, all_rules
from support.marked import assert_finds, assert_fixes, assert_silent

_SECTION = re.compile(r"^(Example|Fixed|Instead):\n((?:[ ]{4}.*\n|\s*\n)+)", re.MULTILINE)


def sections(rule: Rule) -> dict[str, str]:
    return {name: textwrap.dedent(body).strip("\n") + "\n" for name, body in _SECTION.findall(rule.explanation + "\n")}


ALL = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)


@ALL
def test_the_example_fires_where_it_says(rule: Rule) -> None:
    page = sections(rule)
    assert "Example" in page or rule.about_project, "only what no text can show, such as git's index, has no example"
    if "Example" in page:
        assert_finds(rule.code, page["Example"])


@ALL
def test_the_good_code_is_clean(rule: Rule) -> None:
    page = sections(rule)
    assert "Fixed" in page or "Instead" in page, "a page shows good code: `Fixed:` if a fix gives it, else `Instead:`"
    for name in page.keys() & {"Fixed", "Instead"}:
        assert_silent(rule.code, page[name])


@ALL
def test_the_fix_gives_the_fixed_code(rule: Rule) -> None:
    page = sections(rule)
    if "Fixed" in page:
        assert_fixes(rule.code, page["Example"], page["Fixed"])


def test_codes_and_names_are_unique() -> None:
    rules = all_rules()
    assert len({rule.code for rule in rules}) == len({rule.name for rule in rules}) == len(rules)


@ALL
def test_the_page_begins_with_one_sentence(rule: Rule) -> None:
    assert rule.summary.endswith(".")
    assert len(rule.summary) <= 120
