"""What VS Code's settings page offers is what the server understands."""

from __future__ import annotations

import json
import re

import pytest

from seawall.project.settings import SEVERITIES, Option, options

from .install import EXTENSION

OFFERED = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))["contributes"]["configuration"][
    "properties"
]

LAUNCH = {"seawall.interpreter", "seawall.path", "seawall.trace.server"}
COMMAND_LINE = {"fix", "force-exclude", "output-format"}

TYPES = {
    **dict.fromkeys(("selectors", "strings"), "array"),
    **dict.fromkeys(("string", "python-version"), "string"),
    **dict.fromkeys(("versions", "severities", "lists"), "object"),
    "bool": "boolean",
}

SETTINGS = [option for option in options() if option.key not in COMMAND_LINE]


def in_vscode(option: Option) -> str:
    return "seawall." + re.sub("-(.)", lambda letter: letter[1].upper(), option.key)


def test_every_setting_is_offered_and_no_other() -> None:
    assert set(OFFERED) == LAUNCH | {in_vscode(option) for option in SETTINGS}


@pytest.mark.parametrize("option", SETTINGS, ids=lambda option: option.key)
def test_a_setting_has_the_servers_type_and_words_and_is_unset_until_the_user_sets_it(option: Option) -> None:
    offered = OFFERED[in_vscode(option)]
    assert offered["type"] == [TYPES[option.kind], "null"]
    assert offered["markdownDescription"] == option.doc
    assert offered["default"] is None


def test_every_severity_can_be_chosen() -> None:
    assert OFFERED["seawall.severity"]["additionalProperties"]["enum"] == list(SEVERITIES)
