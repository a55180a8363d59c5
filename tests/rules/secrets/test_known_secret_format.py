"""Tokens that vendors give a form of their own. The tokens here are made up, and put together when the tests run."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seawall.knowledge.secret_formats import DOCUMENTED, FORMATS, Format
from seawall.semantics.secret_text import entropy
from support.marked import assert_finds, assert_silent

CODE = "SW202"
BODY = "7Qm2xV9tRk4LsW8dZc31aB5nD8fG1hJ2kL3zXw6Yv0Pq"
HEX = "65079b006e85a7e798abecb99e47c15465079b006e85a7e798abecb99e47c154"

TOKENS = {
    "aws": "AKI" + "AQ7TIDE3HARBOUR5X",
    "github": "gh" + "p_" + BODY[:36],
    "github fine": "github" + "_pat_" + BODY[:22] + "_" + (BODY + BODY)[:59],
    "gitlab": "gl" + "pat-" + BODY[:20],
    "slack": "xox" + "b-123456789012-" + BODY[:24],
    "stripe": "sk" + "_live_" + BODY[:24],
    "openai": "sk" + "-proj-" + BODY + BODY[:10],
    "google": "AIz" + "a" + BODY[:35],
    "hugging face": "h" + "f_" + BODY[:34],
    "sendgrid": "S" + "G." + BODY[:22] + "." + BODY[:43],
    "telegram": "123456789:A" + "A" + BODY[:33],
    "databricks": "dap" + "i" + HEX[:32],
    "jwt": "ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiJhbGljZTEifQ." + BODY,
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----\\n" + BODY * 2,
}


@pytest.mark.parametrize("vendor", TOKENS)
def test_a_token_whatever_it_is_called(vendor: str) -> None:
    assert_finds(CODE, f'VALUE = «"{TOKENS[vendor]}"»\n')


@pytest.mark.parametrize("vendor", ["github", "stripe", "jwt"])
@pytest.mark.parametrize(
    "text",
    [
        'send("{0}")',
        'names = ["{0}", "other"]',
        'URL = "https://api.harbour.example/?key={0}"',
        'def send(value="{0}"): ...',
        "COMMAND = \"curl -H 'Authorization: Bearer {0}' https://api.harbour.example\"",
        "DATA = b'{0}'",
    ],
)
def test_a_token_wherever_it_stands(text: str, vendor: str) -> None:
    before, _, after = text.partition("{0}")
    quote = max(before.rfind('"'), before.rfind("b'"))
    end = after.index('"' if before[quote] == '"' else "'") + 1
    marked = f"{before[:quote]}«{before[quote:]}{TOKENS[vendor]}{after[:end]}»{after[end:]}\n"
    assert_finds(CODE, marked)


@pytest.mark.parametrize(
    "text",
    [
        'VALUE = "AKI' + 'AIOSFODNN7EXAMPLE"',
        'VALUE = "gh' + "p_" + "x" * 36 + '"',
        'VALUE = "gh' + "p_" + "0" * 36 + '"',
        'VALUE = "sk' + '_test_7Qm2xV9tRk4LsW8dZc31"',
        'VALUE = "ey' + 'JhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"',
        'VALUE = "gh' + 'p_"',
        'PATTERN = r"ghp_[A-Za-z0-9]{36}"',
        'VALUE = "-----BEGIN PRIVATE KEY-----"',
        'VALUE = "-----BEGIN PUBLIC ' + "KEY-----\\n" + BODY * 2 + '"',
        f'VALUE = "{HEX}"',
        f'VALUE = "{BODY}"',
        f'"""Looks like {TOKENS["github"]}"""',
        f'GITHUB_TOKEN = "{TOKENS["github"]}"',
    ],
)
def test_what_only_has_a_part_of_the_form(text: str) -> None:
    assert_silent(CODE, text + "\n")


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: f"{row.name} {row.mark}")
def test_a_row_describes_what_it_says(row: Format) -> None:
    """Whatever the form allows has the mark, is found, and comes from a page that says so."""
    pattern = re.compile(row.pattern)

    @settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(row.pattern, fullmatch=True))
    def every_token(token: str) -> None:
        if token.isascii():
            assert row.mark in token
            assert pattern.search(token)

    every_token()
    assert row.source.startswith("https://")
    assert len(row.mark) > 1 or row.mark == "."


@pytest.mark.parametrize("row", FORMATS, ids=lambda row: f"{row.name} {row.mark}")
def test_names_urls_and_prose_have_no_vendors_form(row: Format) -> None:
    ordinary = (
        "app.services.notifications.telegram_bot_token_provider",
        "https://api.harbour.example/v1/tides?station=NORTH-0042&from=2026-01-01T00:00:00Z",
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "sha256:65079b006e85a7e798abecb99e47c15465079b006e85a7e798abecb99e47c154",
        "SELECT boats.id, boats.name FROM boats JOIN ports ON ports.id = boats.port_id WHERE boats.length > 20",
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
        "c2VhZ3VsbHMgYXJlIG5vdCBhIHNlY3JldCBhdCBhbGwsIGp1c3QgYmlyZHM",
        "AVeryLongCamelCaseIdentifierOfAClass2AndAMethodWithinIt",
        "key-with-dashes-and-some-words-of-2026",
    )
    assert not [text for text in ordinary if re.search(row.pattern, text)]


@pytest.mark.parametrize("example", [one for one in DOCUMENTED if len(one) > 30])
def test_examples_of_documentation(example: str) -> None:
    assert_silent(CODE, f'VALUE = "{example}"\nOTHER = "123456789:{example}"\nTHIRD = "AccountKey={example}=="\n')


def test_repetitions_have_the_form_and_no_entropy() -> None:
    assert entropy("gh" + "p_" + "ab" * 18) < 2.8
    assert_silent(CODE, 'VALUE = "gh' + "p_" + "ab" * 18 + '"\n')


@pytest.mark.parametrize(
    "text",
    [
        '#- app/keys.py\nBOT = «"{0}"»\n#- app/main.py\nfrom app.keys import BOT\n\nsend(BOT)\n',
        "#- app/__init__.py\nDEFAULTS = {{'hook': «'{0}'»}}\n#- app/main.py\nfrom app import DEFAULTS\n",
        "#- a.py\nconnect(«'{0}'»)\n#- b.py\nconnect(«'{0}'»)\n",
    ],
)
def test_each_place_in_each_file(text: str) -> None:
    assert_finds(CODE, text.format(TOKENS["github"]))


@pytest.mark.parametrize(
    "path", ["tests/test_hooks.py", "app/testing/keys.py", "docs/usage.py", "app/smoketest_keys.py", "examples/send.py"]
)
def test_files_that_protect_nothing(path: str) -> None:
    assert_silent(CODE, f"#- {path}\nVALUE = '{TOKENS['stripe']}'\n#- app/main.py\nimport os\n")


def test_tests_and_documentation() -> None:
    assert_silent(
        CODE, f'#- tests/test_x.py\nVALUE = "{TOKENS["github"]}"\n#- docs/x.py\nVALUE = "{TOKENS["github"]}"\n'
    )


def test_no_token_is_in_a_message() -> None:
    found = assert_finds(CODE, f'VALUE = «"{TOKENS["stripe"]}"»\n')
    assert TOKENS["stripe"] not in found[0].finding.message + "".join(fix.title for fix in found[0].finding.fixes)


SEVERAL = {
    "a constant that another module uses": (
        f"#- names.py\nSESSION = «'{TOKENS['aws']}'»\n#- storage.py\nfrom names import SESSION\n\nclient = connect(SESSION)\n"
    ),
    "a parameter that no name tells of": (
        f"#- api.py\ndef send(text): ...\n#- main.py\nfrom api import send\n\nsend(«'{TOKENS['slack']}'»)\n"
    ),
    "a field of a model of another module": (
        f"#- models.py\nclass Base: ...\n#- main.py\nfrom models import Base\n\nclass Own(Base):\n    sender: str = «'{TOKENS['sendgrid']}'»\n"
    ),
    "both modules": (
        f"#- a.py\nX = «'{TOKENS['github']}'»\n#- b.py\nfrom a import X\n\nY = X + «'{TOKENS['openai']}'»\n"
    ),
}


@pytest.mark.parametrize("way", SEVERAL)
def test_over_several_files(way: str) -> None:
    assert_finds(CODE, SEVERAL[way])
