"""SW000: the finding stands where the parser gave up, and the rest of the file is checked as ever."""

from __future__ import annotations

import sys

import pytest

from support.marked import Folder, assert_finds, assert_silent

BROKEN = {
    "a call that is not closed": "value = max«»(1, 2\n",
    "a header without a colon": "def total(prices)«»\n    return 1\n",
    "an assignment without a value": "total =«»\n",
    "a keyword as a name": "class «=» 1\n",
    "a body that is missing": "if ready:«»\ntotal = 1\n",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_where_the_parser_gave_up(text: str) -> None:
    assert_finds("SW000", text)


def test_the_rest_of_the_file_is_checked() -> None:
    files = {
        "main.py": "import time\n\n\nasync def wait():\n    time.sleep(1)\n\n\ndef broken(:\n    pass\n\n\nasync def again():\n    time.sleep(2)\n"
    }
    found = Folder(files).findings()
    assert [one.code for one in found] == ["SW101", "SW000", "SW101"]


def test_each_broken_statement_is_said_once() -> None:
    folder = Folder({"main.py": "first = (\n\ndef fine():\n    return 1\n\nsecond = ]\n"})
    found = folder.findings("SW000")
    assert 1 <= len(found) <= 2
    assert len({one.range for one in found}) == len(found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "# nothing but a comment\n",
        '"""A docstring."""\n',
        "match = 1\ncase = match\n",
        "\ufeffvalue = 1\n",
        "x = 1\x0c\n",
    ],
)
def test_what_python_reads(text: str) -> None:
    assert_silent("SW000", text)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this Python reads template strings")
def test_syntax_that_is_newer_than_this_python() -> None:
    assert_silent("SW000", 'def greet(name):\n    return t"Hello {name}"\n')


def test_a_file_that_is_no_python() -> None:
    folder = Folder({"main.py": "\x00\x01 ((((( nothing"})
    assert folder.findings("SW000")
