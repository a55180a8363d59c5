"""The formats for other programs are what those programs read, and none of them shows a secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from seawall.cli.commands import FORMATS
from seawall.rules.registry import all_rules

from .conftest import Folder, Result

Seawall = Callable[..., Result]

HELPERS = "import time\n\n\ndef wait():\n    time.sleep(1)\n"
MAIN = "import helpers\n\n\nasync def f():\n    helpers.wait()\n"
KEY = "sk_live_4eC39HqLyjWDarjtT1zdp7dcXq8"
SECRET = f'SECRET_KEY = "{KEY}"; DATABASE_URL = "postgresql://app:hunter2hunter@db/app"\n'


def test_github(folder: Folder, seawall: Seawall) -> None:
    folder.file("a,b.py", "import time\n\n\nasync def f():\n    time.sleep(1)\n")
    line = seawall("check", "--output-format", "github", "--select", "SW101").out.rstrip("\n")
    start = "::error title=Seawall (SW101),file=a%2Cb.py,line=5,endLine=5,col=5,endColumn=18::a,b.py:5:5: SW101 "
    assert line.startswith(start)


def test_gitlab_fingerprints_stay_when_code_moves(folder: Folder, seawall: Seawall) -> None:
    def prints() -> list[str]:
        return [entry["fingerprint"] for entry in json.loads(seawall("check", "--output-format", "gitlab").out)]

    code = "import time\n\n\nasync def f():\n    time.sleep(1)\n    time.sleep(2)\n"
    folder.write(main_py=code)
    before = prints()
    assert len(set(before)) == 2
    folder.write(main_py="# moved\n\n" + code)
    assert prints() == before


def test_sarif(folder: Folder, seawall: Seawall) -> None:
    folder.write(helpers_py=HELPERS, main_py=MAIN)
    log = json.loads(seawall("check", "--output-format", "sarif", "--select", "SW103").out)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    (result,) = run["results"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert (result["ruleId"], run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"]) == ("SW103", "SW103")
    assert result["level"] == "error"
    place = result["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "main.py"},
        "region": {"startLine": 5, "startColumn": 5, "endLine": 5, "endColumn": 19},
    }
    assert result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "helpers.py"
    assert "```python" in rule["help"]["markdown"] and "«" not in rule["help"]["text"]
    assert rule["helpUri"].endswith("/blocking-call-chain/")


def test_junit(folder: Folder, seawall: Seawall) -> None:
    folder.write(helpers_py=HELPERS, main_py=MAIN)
    top = ElementTree.fromstring(seawall("check", "--output-format", "junit", "--select", "SW103").out)
    assert (top.tag, top.get("tests"), top.get("failures")) == ("testsuites", "1", "1")
    case = top.find("testsuite/testcase")
    failure = top.find("testsuite/testcase/failure")
    assert case is not None and failure is not None
    assert (case.get("file"), case.get("line")) == ("main.py", "5")
    assert failure.get("type") == "error"


@pytest.mark.parametrize("output_format", FORMATS)
def test_nothing_found_is_well_formed(output_format: str, folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py="x = 1\n")
    out = seawall("check", "--output-format", output_format).out
    if output_format in ("json", "gitlab"):
        assert json.loads(out) == []
    elif output_format == "sarif":
        assert json.loads(out)["runs"][0]["results"] == []
    elif output_format == "junit":
        assert ElementTree.fromstring(out).get("failures") == "0"


@pytest.mark.parametrize("output_format", FORMATS)
def test_no_format_shows_a_secret(output_format: str, folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=SECRET)
    result = seawall("check", "--output-format", output_format)
    assert result.code == 1
    for secret in (KEY, "hunter2hunter"):
        assert secret not in result.out + result.err


def test_paths_that_are_no_text(folder: Folder, seawall: Seawall) -> None:
    try:
        (folder.root / "m\udcff.py").write_text(MAIN.replace("helpers.wait", "__import__('time').sleep"))
    except (OSError, UnicodeError):
        pytest.skip("the file system wants text")
    for output_format in FORMATS:
        assert seawall("check", "--output-format", output_format).code in (0, 1)


# ---------------------------------------------------------------- rules


def test_rules(seawall: Seawall) -> None:
    out = seawall("rules").out
    assert all(rule.code in out and rule.name in out for rule in all_rules())
    listed = json.loads(seawall("rules", "--output-format", "json").out)
    assert [entry["code"] for entry in listed] == [rule.code for rule in all_rules()]


@pytest.mark.parametrize("name", ["SW103", "sw103", "blocking-call-chain"])
def test_a_rule_by_code_or_name(name: str, seawall: Seawall) -> None:
    out = seawall("rule", name).out
    assert out.startswith("# blocking-call-chain (SW103)\n")
    assert "«" not in out
    assert json.loads(seawall("rule", name, "--output-format", "json").out)["code"] == "SW103"


def test_a_rule_that_does_not_exist(seawall: Seawall) -> None:
    result = seawall("rule", "blocking-call-chains")
    assert result.code == 2
    assert "did you mean `blocking-call-chain`" in result.err
