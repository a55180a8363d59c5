"""Models that keep passwords, and the project's own way to hash one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from seawall.edits import AnyEdit, CannotFix
from seawall.edits.imports import need
from seawall.edits.settings.files import requirement_edits
from seawall.knowledge.hashing import HASHERS, WEAK, is_hashing_name
from seawall.rules.base import File
from seawall.semantics.facts import ClassFact, FunctionFact, ImportFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.summary import callees, known
from seawall.semantics.symbols import Constant

_MODELS = ("sqlalchemy.orm.DeclarativeBase", "sqlalchemy.orm.DeclarativeBaseNoMeta", "django.db.models.Model",
           "django.contrib.auth.models.AbstractBaseUser")  # fmt: skip
_MAX_HOPS = 6


def is_model(index: Index, cls: str) -> bool:
    """Whether a class is mapped to a table."""
    fact = index.resolve(cls).fact
    if not isinstance(fact, ClassFact):
        return False
    if index.is_subclass(cls, *_MODELS) or "__tablename__" in index.attributes(cls):
        return True
    return any(name == "table" and value == Constant(True) for name, value in fact.keywords)


def keeps(index: Index, model: str, column: str) -> bool:
    """Whether a model has the column, and nothing on the way that may hash what is put into it."""
    member = index.member(model, column)
    if member is None or not isinstance(member.fact, ValueFact):
        return False
    return not hashes_in_methods(index, model) and not _has_own_type(index, member.name)


def hashes_in_methods(index: Index, cls: str) -> bool:
    """Whether a method of the class, such as a validator or a setter, hashes passwords."""
    return any(
        hashes(index, f"{base}.{method}")
        for base in index.mro(cls)
        if index.split(base)[0]
        for method in index.methods(base)
    )


def _has_own_type(index: Index, column: str) -> bool:
    """Whether the module has a column type at hand that hashes or encrypts by itself."""
    module, _ = index.split(column)
    facts = index.modules.get(module)
    targets = [fact.target for fact in facts.names.values() if isinstance(fact, ImportFact)] if facts else []
    return any(
        target.rpartition(".")[2] in ("PasswordType", "EncryptedType", "StringEncryptedType") for target in targets
    )


def hashes(index: Index, function: str, hops: int = 0) -> bool:
    """Whether a function of the project ends in a known hasher."""
    for callee, _, _ in callees(index, function):
        if callee in HASHERS or known(index, dict.fromkeys(HASHERS, True), callee):
            return True
        if (
            hops < _MAX_HOPS
            and index.function(callee) is not None
            and callee != function
            and hashes(index, callee, hops + 1)
        ):
            return True
    return False


def is_in_tests(file: File) -> bool:
    """Whether a file belongs to tests, whose passwords nobody steals."""
    return _is_in_tests(file.path, file.project.root)


@lru_cache(maxsize=1024)
def _is_in_tests(path: Path, root: Path) -> bool:
    path = path.relative_to(root) if path.is_relative_to(root) else path
    return path.name.startswith(("test_", "conftest")) or any(
        part in ("tests", "test", "testing") for part in path.parts[-4:-1]
    )


def project_hasher(index: Index) -> str | None:
    """The function with which the project hashes passwords."""
    found: list[tuple[bool, str]] = []
    for module, facts in index.modules.items():
        if module.rpartition(".")[2].startswith("test"):
            continue
        for path, fact in facts.names.items():
            if isinstance(fact, FunctionFact) and "." not in path and not fact.is_async and is_hashing_name(fact.name):
                name = f"{module}.{path}"
                weak = any(callee in WEAK for callee, _, _ in callees(index, name))
                if fact.params and (weak or hashes(index, name)):
                    found.append((weak, name))
    return min(found)[1] if found else None


def hashed(file: File, text: str) -> Iterator[AnyEdit | str]:
    """How `text`, an expression for a password, is written hashed, followed by the edits that this needs."""
    own = project_hasher(file.index)
    if own is not None:
        needed = need(file, own)
        if own.rpartition(".")[0] != file.module and not needed.expression:
            raise CannotFix("the project's hasher cannot be imported here")
        yield f"{needed.expression}({text})"
        yield from needed.edits
        return
    needed = need(file, "pwdlib.PasswordHash")
    yield f"{needed.expression}.recommended().hash({text})"
    yield from needed.edits
    yield from requirement_edits("pwdlib", "pwdlib[argon2]>=0.2", file.project)
