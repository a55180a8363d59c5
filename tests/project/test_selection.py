from pathlib import Path

import pytest

from seawall.project.settings import (
    Settings,
    ignored_in_file,
    is_fixable,
    per_file_ignores,
    selects,
    severity_of,
    unknown_selectors,
)

RULE = ("SW101", "blocking-call-in-async", "async-io")
RULES = [RULE, ("SW102", "sync-session-in-async", "async-io"), ("SW201", "hardcoded-secret", "secrets")]


@pytest.mark.parametrize("selector", ["ALL", "all", "SW", "SW1", "SW10", "SW101", "sw101", RULE[1], "async-io"])
def test_ways_to_name_a_rule(selector):
    assert selects(Settings(select=(selector,)), *RULE)


@pytest.mark.parametrize("selector", ["SW2", "SW1011", "S", "", "secrets", "blocking-call", "async"])
def test_what_does_not_name_it(selector):
    assert not selects(Settings(select=(selector,)), *RULE)


@pytest.mark.parametrize(
    ("select", "ignore", "selected"),
    [
        (("ALL",), ("SW101",), False),
        (("ALL",), ("SW1",), False),
        (("SW101",), ("SW1",), True),
        (("SW1",), ("ALL",), True),
        (("SW101",), ("SW101",), False),
        (("SW101",), ("blocking-call-in-async",), False),
        (("async-io",), ("SW1",), False),
        (("SW10",), ("async-io",), True),
        (("blocking-call-in-async",), ("async-io",), True),
    ],
)
def test_the_more_specific_decides_and_of_equals_the_ignore(select, ignore, selected):
    assert selects(Settings(select=select, ignore=ignore), *RULE) is selected
    assert selects(Settings(select=(), extend_select=select, extend_ignore=ignore), *RULE) is selected


def test_everything_is_selected_by_default():
    assert selects(Settings(), *RULE)
    assert is_fixable(Settings(), *RULE)


def test_severity_by_the_most_specific():
    given = Settings(severity={"SW1": "info", "SW101": "hint", "secrets": "off"})
    assert severity_of(given, *RULE) == "hint"
    assert severity_of(given, *RULES[1]) == "info"
    assert severity_of(given, "SW301", "untyped-request-body", "validation") is None


def test_severity_off_is_not_selected():
    assert not selects(Settings(severity={"secrets": "off"}), *RULES[2])
    assert selects(Settings(severity={"secrets": "off", "SW201": "error"}), *RULES[2])


def test_fixable():
    assert not is_fixable(Settings(unfixable=("SW1",)), *RULE)
    assert not is_fixable(Settings(fixable=("SW2",)), *RULE)
    assert is_fixable(Settings(fixable=("SW2",), extend_fixable=("SW101",)), *RULE)


FOLDER = Path("/srv/project")


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("__init__.py", "app/db/__init__.py", True),
        ("tests/**", "tests/unit/test_a.py", True),
        ("tests/*", "tests/unit/test_a.py", True),
        ("tests/*.py", "app/tests/test_a.py", False),
        ("**/tests/*.py", "app/tests/test_a.py", True),
        ("**/tests/*.py", "tests/test_a.py", True),
        ("tests", "tests/test_a.py", True),
        ("tests/", "app/tests/test_a.py", True),
        ("./app/*.py", "app/x.py", True),
        ("{scripts,tools}/*.py", "tools/x.py", True),
        ("test_?.py", "test_a.py", True),
        ("test_[ab].py", "test_c.py", False),
        ("test_[!ab].py", "test_c.py", True),
        ("/srv/project/app/*.py", "app/x.py", True),
        ("!app/**", "scripts/x.py", True),
        ("!app/**", "app/x.py", False),
        ("[", "x.py", False),
        ("**", "x.py", True),
        ("", "x.py", False),
    ],
)
def test_per_file_ignores_patterns(pattern, path, matches):
    settings = Settings(per_file_ignores={pattern: ("SW1",)})
    assert ignored_in_file(settings, FOLDER / path, FOLDER, *RULE) is matches


def test_per_file_ignores_are_joined():
    settings = Settings(
        per_file_ignores={"tests/**": ("SW2",), "*.py": ("secrets",)},
        extend_per_file_ignores={"test_*": ("SW9", "SW2")},
    )
    assert per_file_ignores(settings, FOLDER / "tests/test_a.py", FOLDER) == ("SW2", "secrets", "SW9")
    assert per_file_ignores(Settings(), FOLDER / "tests/test_a.py", FOLDER) == ()


def test_a_file_outside_of_the_folder():
    settings = Settings(per_file_ignores={"*.py": ("SW1",), "app/*": ("SW2",)})
    assert per_file_ignores(settings, Path("/elsewhere/x.py"), FOLDER) == ("SW1",)


def test_unknown_selectors_are_said_where_they_stand():
    text = 'select = ["SW1",\n  "SW999"]\n[severity]\nasyncio = "info"\n'
    text += '[per-file-ignores]\n"x.py" = ["hardcoded-secert"]\n'
    settings = Settings(
        select=("SW1", "SW999"), severity={"asyncio": "info"}, per_file_ignores={"x.py": ("hardcoded-secert",)}
    )
    problems = unknown_selectors(settings, RULES, Path("seawall.toml"), text)
    assert [(problem.message, problem.line) for problem in problems] == [
        ("`select` names `SW999`, which is no rule", 2),
        ("`severity` names `asyncio`, which is no rule, did you mean `async-io`", 4),
        ("`per-file-ignores` names `hardcoded-secert`, which is no rule, did you mean `hardcoded-secret`", 6),
    ]
    assert unknown_selectors(Settings(select=("ALL", "SW", "secrets")), RULES) == ()
