"""Tokens that vendors give a form of their own. The tokens here are made up, and put together when the tests run."""

from __future__ import annotations

import pytest

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


def test_tests_and_documentation() -> None:
    assert_silent(
        CODE, f'#- tests/test_x.py\nVALUE = "{TOKENS["github"]}"\n#- docs/x.py\nVALUE = "{TOKENS["github"]}"\n'
    )


def test_no_token_is_in_a_message() -> None:
    found = assert_finds(CODE, f'VALUE = «"{TOKENS["stripe"]}"»\n')
    assert TOKENS["stripe"] not in found[0].finding.message + "".join(fix.title for fix in found[0].finding.fixes)
