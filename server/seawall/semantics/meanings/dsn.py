"""URLs with a user's password in them."""

from __future__ import annotations

import ast
import re
from typing import ClassVar

import msgspec

from seawall.knowledge import secrets as known
from seawall.semantics.meanings.defaults import fallback_of, settings_field
from seawall.semantics.secret_text import is_placeholder, words
from seawall.semantics.view import View

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^\s:/?#@]*):([^\s/?#@\0]+)@([^\s/?#:,\"']*)")
_KEYWORD = re.compile(r"([a-z_]+)=('[^']*'|[^\s'\"=]+)(?=\s|$)")
_SHOWN = frozenset(
    {"example.com", "example.org", "example.net", "host", "hostname", "myhost", "server", "domain", "domain.com", "..."}
)
_SHOWN_USERS = frozenset(
    {"user", "username", "usr", "login", "me", "myuser", "name", "uname", "foo", "u", "db_user", "dbuser"}
)
_SHOWN_PASSWORDS = frozenset({
    "password", "pass", "passwd", "pwd", "secret", "pw", "p", "mypassword", "db_password", "dbpassword", "dbpass", "bar", "pword",
})  # fmt: skip
_VALUE = "\0"


class Credentials(msgspec.Struct, frozen=True):
    """The parts of a URL that matter."""

    scheme: str
    user: str
    password: str
    host: str

    @property
    def is_local(self) -> bool:
        """Whether the host is this machine or a service beside it, as in a compose file."""
        host = self.host.lower()
        return host in ("", "127.0.0.1", "0.0.0.0", "[") or ("." not in host and _VALUE not in host)

    @property
    def is_shown(self) -> bool:
        """Whether the URL only shows what one looks like."""
        if is_placeholder(self.password):
            return True
        if self.host.lower() in _SHOWN:
            return True
        return self.password.lower() in _SHOWN_PASSWORDS and (
            self.user.lower() in _SHOWN_USERS or not self.user or _VALUE in self.user
        )


def credentials_of(text: str) -> Credentials | None:
    """The credentials in a text that is a URL; none if they are placeholders."""
    if "password=" in text and "://" not in text:
        return _in_keywords(text)
    found = _URL.match(text)
    if found is None or any(char.isspace() for char in text):
        return None
    credentials = Credentials(found[1], found[2], found[3], found[4])
    return None if credentials.is_shown else credentials


def _in_keywords(text: str) -> Credentials | None:
    """`host=db.example.org dbname=app user=app password=...`, as libpq reads it."""
    given = dict(_KEYWORD.findall(text))
    if _KEYWORD.sub("", text).strip() or not {"host", "dbname"} <= given.keys():
        return None
    credentials = Credentials("postgresql", given.get("user", ""), given.get("password", "").strip("'"), given["host"])
    return None if not credentials.password or _VALUE in credentials.password or credentials.is_shown else credentials


class Dsn(msgspec.Struct, frozen=True):
    """A string that is a URL with a password."""

    node: ast.Constant | ast.JoinedStr
    text: str
    """Its text; of an f-string, with `\\0` for each value."""
    credentials: Credentials
    setting: str
    falls_back: ast.expr | None
    """The expression that falls back on it: `os.getenv("DATABASE_URL", "...")`."""
    field: ast.AnnAssign | None
    """The field of a settings class whose default it is."""

    texts: ClassVar = len("a://b:c@")

    @staticmethod
    def recognise(node: ast.Constant | ast.JoinedStr, view: View) -> Dsn | None:
        text = _text(node)
        if text is None or (("://" not in text or "@" not in text) and "password=" not in text):
            return None
        credentials = credentials_of(text)
        if credentials is None or isinstance(view.parent(node), (ast.JoinedStr, ast.Expr)):
            return None
        fallback = fallback_of(node, view)
        name = _setting(node, credentials, fallback[0] if fallback else "", view)
        return Dsn(node, text, credentials, name, fallback[1] if fallback else None, settings_field(node, view))


def _text(node: ast.Constant | ast.JoinedStr) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    parts = (part.value if isinstance(part, ast.Constant) else _VALUE for part in node.values)
    return "".join(part for part in parts if isinstance(part, str))


def _setting(node: ast.expr, credentials: Credentials, variable: str, view: View) -> str:
    """What a setting for the URL is called: as the variable, else by what it leads to."""
    parent = view.parent(node)
    target: ast.expr | None = None
    match parent:
        case ast.Assign(targets=[ast.expr() as first]):
            target = first
        case ast.AnnAssign(target=first):
            target = first
    name = variable
    if not name and isinstance(target, ast.Name):
        name = target.id
    elif not name and isinstance(target, ast.Attribute):
        name = target.attr
    found = [word for word in words(name) if word != "sqlalchemy"]
    if len(found) > 1 and found[-1] in ("url", "uri", "dsn"):
        return "_".join(found)
    base = credentials.scheme.partition("+")[0].lower()
    return known.URL_SETTINGS.get(base, "service_url")
