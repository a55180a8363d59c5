"""`seawall check`: what it looks at, what it says, and how it ends."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from seawall.cli.check import CLEAN, FAILED, FOUND
from seawall.rules.registry import all_rules

from .conftest import Folder, Result

Seawall = Callable[..., Result]

BLOCKING = """
import time

async def f():
    time.sleep(1)
"""
ENGINE = """
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://db/app")
"""


def codes(result: Result) -> list[str]:
    return [finding["code"] for finding in json.loads(result.out)]


# ---------------------------------------------------------------- how it ends


def test_clean_code_ends_with_0(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py="x = 1\n")
    assert seawall("check") == (CLEAN, "All checks passed!\n", "")


def test_findings_end_with_1(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=BLOCKING)
    assert seawall("check").code == FOUND
    assert seawall("check", "--exit-zero").code == CLEAN


@pytest.mark.parametrize(
    "arguments",
    [
        ("missing.py",),
        ("main.py", "missing"),
        ("--config", "missing.toml"),
        ("-", "main.py"),
        ("--unknown",),
        ("--jobs", "0"),
        ("--output-format", "yaml"),
    ],
)
def test_what_cannot_run_ends_with_2(arguments: tuple[str, ...], folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=BLOCKING)
    result = seawall("check", *arguments)
    assert result.code == FAILED
    assert result.out == ""
    assert "rror" in result.err


def test_a_broken_settings_file_that_was_named_ends_with_2(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py="", other_toml="select = 5\n")
    assert seawall("check", "--config", "other.toml").code == FAILED


def test_an_empty_folder_is_clean(folder: Folder, seawall: Seawall) -> None:
    assert seawall("check").code == CLEAN


# ---------------------------------------------------------------- what it looks at


def test_only_what_is_named_is_reported(folder: Folder, seawall: Seawall) -> None:
    folder.write(a_py=BLOCKING, b_py=BLOCKING)
    result = seawall("check", "a.py", "--output-format", "json")
    assert [finding["filename"] for finding in json.loads(result.out)] == ["a.py"]


def test_the_rest_of_the_project_says_what_names_mean(folder: Folder, seawall: Seawall) -> None:
    folder.write(
        helpers_py="import time\ndef wait():\n    time.sleep(1)\n",
        main_py="import helpers\nasync def f():\n    helpers.wait()\n",
    )
    assert codes(seawall("check", "main.py", "--output-format", "json")) == ["SW103"]


def test_each_path_belongs_to_its_own_project(folder: Folder, seawall: Seawall) -> None:
    folder.file("one/pyproject.toml", '[tool.seawall]\nignore = ["SW101"]\n')
    folder.file("two/pyproject.toml", "")
    for name in ("one", "two"):
        folder.file(f"{name}/main.py", BLOCKING)
    result = seawall("check", "one", "two", "--output-format", "json")
    assert [finding["filename"] for finding in json.loads(result.out)] == [str(Path("two", "main.py"))]


def test_places_elsewhere_are_absolute(folder: Folder, seawall: Seawall, tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text(BLOCKING)
    assert json.loads(seawall("check", str(other), "--output-format", "json").out)[0]["filename"] == str(other)


def test_standard_input(folder: Folder, seawall: Seawall) -> None:
    folder.write(helpers_py="import time\ndef wait():\n    time.sleep(1)\n")
    result = seawall(
        "check", "-", "--stdin-filename", "main.py", "--output-format", "json",
        stdin="import helpers\nasync def f():\n    helpers.wait()\n",
    )  # fmt: skip
    (finding,) = json.loads(result.out)
    assert (finding["code"], finding["filename"]) == ("SW103", "main.py")
    assert finding["related"][0]["filename"] == "helpers.py"


def test_settings_choose_rules_and_the_command_line_outranks_them(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=BLOCKING, seawall_toml='ignore = ["SW101"]\n')
    assert seawall("check").code == CLEAN
    assert seawall("check", "--select", "SW101").code == FOUND
    assert seawall("check", "--isolated").code == FOUND
    assert seawall("check", "--isolated", "--ignore", "async-io").code == CLEAN
    folder.file("ours.toml", 'select = ["SW2"]\n')
    assert seawall("check", "--config", "ours.toml").code == CLEAN
    assert seawall("check", "--config", "ours.toml", "--extend-select", "SW101").code == FOUND


def test_settings_give_the_output_format(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=BLOCKING, seawall_toml='output-format = "json"\n')
    assert codes(seawall("check")) == ["SW101"]


def test_what_is_wrong_with_the_settings_is_said(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py="", seawall_toml='select = ["SW999"]\nunknown = 1\nfix = "yes"\n')
    result = seawall("check")
    assert result.code == CLEAN
    assert "seawall.toml:1: `select` names `SW999`, which is no rule" in result.err
    assert "seawall.toml:2: unknown setting `unknown`" in result.err
    assert "seawall.toml:3: `fix` must be true or false" in result.err
    assert seawall("check", "--quiet").err == ""


# ---------------------------------------------------------------- what it says


def test_json(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py="import time\n\n\nasync def f():\n    'ä😀'; time.sleep(1)\n")
    (finding,) = json.loads(seawall("check", "--output-format", "json").out)
    assert finding["location"] == {"row": 5, "column": 11}
    assert finding["end_location"] == {"row": 5, "column": 24}
    assert finding["name"] == "blocking-call-in-async"
    assert finding["category"] == "async-io"
    assert finding["severity"] == "error"
    assert {fix["safety"] for fix in finding["fixes"]} <= {"safe", "unsafe"}


def test_concise(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=BLOCKING)
    line, *_ = seawall("check", "--output-format", "concise").out.splitlines()
    assert line == "main.py:4:5: SW101 [*] `time.sleep` blocks the event loop, await `asyncio.sleep` instead"


def test_an_output_file(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=BLOCKING)
    result = seawall("check", "--output-format", "json", "--output-file", "found.json")
    assert (result.code, result.out) == (FOUND, "")
    assert json.loads(folder.read("found.json"))[0]["code"] == "SW101"
    seawall("check", "--output-file", "found.txt", "--color", "always")
    assert "\x1b" not in folder.read("found.txt")


def test_statistics(folder: Folder, seawall: Seawall) -> None:
    folder.write(a_py=BLOCKING, b_py=BLOCKING, c_py=ENGINE)
    lines = seawall("check", "--statistics", "--select", "SW101,SW701").out.splitlines()
    assert lines[:2] == ["2  SW101  [*] blocking-call-in-async", "1  SW701  [*] engine-without-pre-ping"]
    first = json.loads(seawall("check", "--statistics", "--output-format", "json").out)[0]
    assert first == {"code": "SW101", "name": "blocking-call-in-async", "count": 2, "fixable": True}


def test_quiet_prints_findings_and_nothing_else(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=BLOCKING)
    assert len(seawall("check", "--quiet", "--output-format", "concise").out.splitlines()) == 1


@pytest.mark.parametrize(
    ("variables", "arguments", "colored"),
    [
        ({}, (), False),
        ({"FORCE_COLOR": "1"}, (), True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
        ({"NO_COLOR": "1"}, ("--color", "always"), True),
        ({"FORCE_COLOR": "1"}, ("--color", "never"), False),
    ],
)
def test_colors(
    variables: dict[str, str],
    arguments: tuple[str, ...],
    colored: bool,
    folder: Folder,
    seawall: Seawall,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    folder.write(main_py=BLOCKING)
    assert ("\x1b[" in seawall("check", *arguments).out) is colored


# ---------------------------------------------------------------- bad input


def test_what_cannot_be_decoded_is_said(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=b"x = '\xff'\n")
    result = seawall("check", "--select", "SW1")
    assert "main.py: invalid or missing encoding declaration" in result.err


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 1000,
        b"x = 1\0\n",
        b"\xef\xbb\xbf# -*- coding: latin-1 -*-\nx = '\xe4'\n",
        b"# coding: no-such-codec\n",
        b"\xff\xfex\0",
        os.urandom(10_000),
        b"x = " + b"(" * 5000,
        b"x = " + b"(" * 5000 + b")" * 5000,
        b"x = " + b"-" * 5000 + b"1",
        b"x = " + b"[" * 5000 + b"\n" + b"def f(:\n",
        b"class A:\n" + b" " * 5000 + b"x = 1\n",
        b"def f(\n" * 500,
        b"x = '''" + b"a\n" * 5000,
        b"\r" * 100 + b"\x0c\n" * 100,
    ],
    ids=range(15),
)
def test_bytes_of_any_kind(data: bytes, folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=data)
    for arguments in ((), ("--diff", "--unsafe-fixes")):
        assert seawall("check", *arguments).code in (CLEAN, FOUND)


def test_a_line_of_ten_megabytes(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=b"x = '" + b"a" * 10_000_000 + b"'\n", other_py=BLOCKING)
    result = seawall("check")
    assert result.code == FOUND
    assert len(result.out) < 10_000


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_dead_links_and_circles(folder: Folder, seawall: Seawall) -> None:
    (folder.root / "dead.py").symlink_to("nowhere.py")
    (folder.root / "self.py").symlink_to("self.py")
    (folder.root / "loop").symlink_to(".")
    folder.write(main_py=BLOCKING)
    assert codes(seawall("check", "--output-format", "json")) == ["SW101"]
    assert seawall("check", "dead.py").code in (CLEAN, FAILED)


def test_a_folder_that_is_called_like_a_module(folder: Folder, seawall: Seawall) -> None:
    folder.file("odd.py/inside.py", BLOCKING)
    assert codes(seawall("check", "--output-format", "json")) == ["SW101"]


def test_a_rule_that_fails_silences_no_other(folder: Folder, seawall: Seawall, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no")

    rules = tuple(replace(rule, check=fail) if rule.code == "SW701" else rule for rule in all_rules())
    monkeypatch.setattr("seawall.engine.workspace.all_rules", lambda: rules)
    folder.write(main_py=BLOCKING + ENGINE)
    result = seawall("check", "--select", "SW101,SW701", "--output-format", "json")
    assert codes(result) == ["SW101"]
    assert "SW701 failed on" in result.err
    assert "Traceback" not in result.err
    assert "Traceback" in seawall("check", "--select", "SW701", "--verbose").err
