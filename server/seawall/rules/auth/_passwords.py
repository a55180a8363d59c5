"""Models that keep passwords, and functions that hash them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from seawall.knowledge.hashing import HASHERS, is_plain_name, is_stored_name, may_store
from seawall.rules.base import File
from seawall.semantics.facts import ClassFact, FunctionFact, ImportFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.secret import is_aside
from seawall.semantics.secret_text import words
from seawall.semantics.summary import callees, known
from seawall.semantics.symbols import Call, Constant

DJANGO_MODEL = "django.db.models.Model"
DJANGO_USER = ("django.contrib.auth.models.AbstractBaseUser", "django.contrib.auth.models.AbstractUser",
               "django.contrib.auth.models.User", "django.contrib.auth.base_user.AbstractBaseUser")  # fmt: skip
_MODELS = ("sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta", DJANGO_MODEL, *DJANGO_USER,
           "beanie.Document", "mongoengine.Document", "odmantic.Model", "tortoise.models.Model", "tortoise.Model",
           "peewee.Model", "piccolo.table.Table")  # fmt: skip
_HASHING_TYPES = frozenset({"PasswordType", "EncryptedType", "StringEncryptedType"})
LOST = frozenset({"banned", "breached", "common", "compromised", "leak", "leaked", "leaks", "pwned", "weak"})
"""Words in the name of a model of passwords that nobody may choose."""
REMOTE = frozenset({
    "host", "hostname", "port", "server", "imap_server", "imap_port", "smtp_host", "smtp_server", "smtp_port", "url",
    "base_url", "server_url", "dsn", "endpoint", "endpoint_url", "database", "database_name", "db_name", "ssid", "broker",
})  # fmt: skip
_LOGINS = frozenset({"email", "email_address", "username", "user_name", "login", "login_name", "nickname", "phone"})
_MAX_HOPS = 6


def is_model(index: Index, cls: str) -> bool:
    """Whether a class is mapped to a table or a collection."""
    if index.is_subclass(cls, *DJANGO_USER):
        return True
    fact = index.resolve(cls).fact
    if not isinstance(fact, ClassFact):
        return False
    if index.is_subclass(cls, *_MODELS) or "__tablename__" in index.attributes(cls):
        return True
    return any(name == "table" and value == Constant(True) for name, value in fact.keywords)


def is_django(index: Index, cls: str) -> bool:
    return index.is_subclass(cls, DJANGO_MODEL, *DJANGO_USER)


def keeps(index: Index, model: str, column: str) -> bool:
    """Whether a model has the column, and nothing on the way that may hash what is put into it.

    What logs in elsewhere (it has a host, a port, ...) needs its password as it is, and a list of passwords that others have
    lost is nobody's.
    """
    if LOST.intersection(words(model.rpartition(".")[2])):
        return False
    if not is_stored_name(column) and not (may_store(column) and _is_of_people(index, model)):
        return False
    member = index.member(model, column)
    if member is None:
        if column != "password" or not index.is_subclass(model, *DJANGO_USER):
            return False
    elif not isinstance(member.fact, ValueFact) or _hashes_by_itself(index, member.name):
        return False
    return not hashes_in_methods(index, model, by_itself=True) and not REMOTE.intersection(index.attributes(model))


def password_columns(index: Index, model: str) -> list[str]:
    """The columns of a model whose names say that they keep passwords."""
    names = [name for name in index.attributes(model) if may_store(name)]
    is_of_people = len(names) > 0 and _is_of_people(index, model)
    return [name for name in names if is_of_people or is_stored_name(name)]


def _is_of_people(index: Index, model: str) -> bool:
    """Whether who is in the table logs in: it has a password or its hash, and a name or address to go with it."""
    names = index.attributes(model)
    return any(is_stored_name(one) for one in names) and not _LOGINS.isdisjoint(names)


def hashes_in_methods(index: Index, cls: str, *, by_itself: bool = False) -> bool:
    """Whether a method of the class, such as a validator or a setter, hashes passwords.

    By itself: no method that somebody has to call with the password, as `set_password(plain)`.
    """
    return any(
        hashes(index, f"{base}.{method}")
        for base in index.mro(cls)
        if index.split(base)[0]
        for method in index.methods(base)
        if not by_itself or not _is_given_it(index, f"{base}.{method}")
    )


def _is_given_it(index: Index, method: str) -> bool:
    fact = index.function(method)
    if fact is None or fact.decorators or fact.name.startswith(("__", "save", "asave", "before_", "pre_", "on_")):
        return False
    return any(is_plain_name(one.name) or one.name in ("value", "raw", "plain", "plaintext") for one in fact.params[1:])


def _hashes_by_itself(index: Index, column: str) -> bool:
    """Whether the module has at hand what hashes by itself: a column type, or a listener to the model's events."""
    module, _ = index.split(column)
    facts = index.modules.get(module)
    for name, fact in facts.names.items() if facts else ():
        if isinstance(fact, ImportFact) and "." not in name:
            if fact.target.rpartition(".")[2] in _HASHING_TYPES:
                return True
            if _is_hashing_type(index, fact.target):
                return True
        elif (isinstance(fact, ClassFact) and _is_hashing_type(index, f"{module}.{name}")) or (
            isinstance(fact, FunctionFact) and _listens(index, fact) and hashes(index, f"{module}.{name}")
        ):
            return True
    return False


def _is_hashing_type(index: Index, name: str) -> bool:
    resolved = index.resolve(name)
    return (
        isinstance(resolved.fact, ClassFact)
        and index.is_subclass(resolved.name, "sqlalchemy.TypeDecorator", "sqlalchemy.UserDefinedType")
        and hashes_in_methods(index, resolved.name)
    )


def _listens(index: Index, fact: FunctionFact) -> bool:
    return any(
        isinstance(decorator, Call) and index.named(decorator.func) in ("sqlalchemy.event.listens_for", "django.dispatch.receiver")
        for decorator in fact.decorators
    )  # fmt: skip


def hashes(index: Index, function: str, hops: int = 0) -> bool:
    """Whether a function of the project ends in a known hasher."""
    for callee, _, _ in callees(index, function):
        if is_hasher(index, callee):
            return True
        if (
            hops < _MAX_HOPS
            and index.function(callee) is not None
            and callee != function
            and hashes(index, callee, hops + 1)
        ):
            return True
    return False


def is_hasher(index: Index, name: str) -> bool:
    """Whether a library's function, or one of the project that ends in one, hashes passwords."""
    return name in HASHERS or known(index, _ROWS, name) is not None


_ROWS = dict.fromkeys(HASHERS, True)


def is_in_tests(file: File) -> bool:
    """Whether a file belongs to tests, fixtures or documentation, whose passwords nobody steals."""
    return _is_in_tests(file.path, file.project.root)


@lru_cache(maxsize=1024)
def _is_in_tests(path: Path, root: Path) -> bool:
    inside = path.relative_to(root) if path.is_relative_to(root) else path
    return is_aside(path, root) or any(
        part in ("tests", "test", "testing", "factories") or part.startswith("test_") for part in inside.parts[-4:-1]
    )
