"""A vendor's token in the code lets everyone who can read it act in your name.

Cloud providers, code hosts, payment and mail services give their keys a form of their own, so they are recognised wherever they stand,
whatever the variable is called. Bots search public repositories for these forms within minutes. Revoke the token, it stays
in the history.

Not flagged: the examples that vendors print in their documentation, placeholders, tests and documentation, and tokens in
something whose name already says that it holds a secret (`hardcoded-secret` tells of those).

Example:
    #- storage.py
    SESSION = «"AKIAQ7TIDE3HARBOUR5X"»
    #- config.py
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_file=".env")

        app_name: str = "Harbour"

    settings = Settings()

Fixed:
    #- storage.py
    from config import settings

    SESSION = settings.aws_access_key.get_secret_value()
    #- config.py
    from pydantic import SecretStr
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Settings(BaseSettings):
        model_config = SettingsConfigDict(env_file=".env")

        app_name: str = "Harbour"
        aws_access_key: SecretStr

    settings = Settings()
    #- .env
    AWS_ACCESS_KEY=AKIAQ7TIDE3HARBOUR5X
    #- .env.example
    AWS_ACCESS_KEY=
    #- .gitignore
    .env
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from seawall.edits import AnyEdit, Fix, Safety
from seawall.edits.settings import Setting, place
from seawall.knowledge.secret_formats import DOCUMENTED, FORMATS
from seawall.patterns import pattern
from seawall.rules.aside import counts
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.meanings.secret import Secret, is_documentation, text_of
from seawall.semantics.secret_text import entropy, words

code, severity = "SW202", Severity.ERROR
applies = counts
texts = 20

_FORMATS = tuple((one.name, one.mark, pattern(one.pattern)) for one in FORMATS)
_MARKS = tuple(dict.fromkeys(one.mark for one in FORMATS))


def check(node: ast.Constant, file: File) -> Iterable[Finding]:
    value = text_of(node)
    for mark in _MARKS:  # many times as fast as looking for the patterns
        if value is not None and mark in value:
            return _found(node, value, file)
    return ()


def _found(node: ast.Constant, value: str, file: File) -> Iterator[Finding]:
    if not any(len(word) >= texts for word in value.split()):  # prose has no long words
        return
    parent = file.parent(node)
    vendor, found = _recognised(value)
    if not vendor or is_documentation(node, file):
        return
    if file.subject(Secret.recognise, node) is not None:
        return
    fixes = []
    if found == value and not isinstance(parent, ast.JoinedStr):
        setting = Setting("_".join(words(vendor)), value)
        why = "Every deployment has to provide the value from now on, in its environment or its `.env` file"
        fixes = [Fix("Move it to the settings", lambda: _move(node, setting, file), Safety.UNSAFE, why=why)]
    article = "An" if vendor[0] in "AEIOU" and not vendor.startswith("Uni") else "A"
    yield file.finding(
        node, f"{article} {vendor} is written into the code, move it to the settings and revoke it", *fixes
    )


def _recognised(value: str) -> tuple[str, str]:
    """Whose token it is, and the token; none for examples and for what only has the form."""
    for vendor, mark, form in _FORMATS:
        if mark not in value:
            continue
        for match in form.finditer(value):
            token = match[0]
            if (
                not any(example in token for example in DOCUMENTED)
                and entropy(token) > 2.8
                and "xxxx" not in token.lower()
            ):
                return vendor, token
    return "", ""


def _move(node: ast.Constant, setting: Setting, file: File) -> Iterator[AnyEdit]:
    placed = place(file, node, setting)
    encoded = ".encode()" if isinstance(node.value, bytes) else ""
    yield file.replace(node, placed.expression + encoded)
    yield from placed.edits
