"""The project's own way to hash and to verify passwords, or the one to begin with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from seawall.edits import AnyEdit, CannotFix
from seawall.edits.imports import need, need_all
from seawall.edits.settings.files import requirement_edits
from seawall.knowledge.hashing import CONTEXTS, VERIFIERS, WEAK, is_hashing_name, is_plain_name, is_stored_name
from seawall.rules.auth._passwords import hashes
from seawall.rules.base import File
from seawall.semantics.facts import FunctionFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.settings_class import imports_module
from seawall.semantics.summary import callees, known
from seawall.semantics.symbols import Ref
from seawall.semantics.types import Instance

PWDLIB = "pwdlib[argon2]>=0.2"
_ASIDE = frozenset({"tests", "test", "conftest", "docs", "examples", "scripts", "migrations"})
_VERIFIERS = dict.fromkeys(VERIFIERS, True)


class Own(NamedTuple):
    """A function or an object of the project: what to import, and what to write after its name."""

    name: str
    rest: str = ""
    is_reversed: bool = False
    """Takes the stored hash before the password."""


def hashed(file: File, text: str, *, django: bool = False) -> Iterator[AnyEdit | str]:
    """How `text`, an expression for a password, is written hashed, followed by the edits that this needs."""
    own = project_hasher(file.index)
    if own is not None and not django:
        expression, edits = _used(file, own)
        yield f"{expression}({text})"
        yield from edits
    elif django:
        needed = need(file, "django.contrib.auth.hashers.make_password")
        yield f"{needed.expression}({text})"
        yield from needed.edits
    elif _prefers(file, "bcrypt"):
        hashpw, gensalt = need_all(file, ["bcrypt.hashpw", "bcrypt.gensalt"])
        yield f"{hashpw.expression}({text}.encode()[:72], {gensalt.expression}()).decode()"
        yield from dict.fromkeys([*hashpw.edits, *gensalt.edits])
    elif _prefers(file, "werkzeug"):
        needed = need(file, "werkzeug.security.generate_password_hash")
        yield f"{needed.expression}({text})"
        yield from needed.edits
    else:
        needed = need(file, "pwdlib.PasswordHash")
        yield f"{needed.expression}.recommended().hash({text})"
        yield from needed.edits
        yield from requirement_edits("pwdlib", PWDLIB, file.project)


def verified(file: File, given: str, stored: str, *, django: bool = False) -> Iterator[AnyEdit | str]:
    """How a password is compared with a stored hash, followed by the edits that this needs."""
    own = project_verifier(file.index)
    if django:
        needed = need(file, "django.contrib.auth.hashers.check_password")
        yield f"{needed.expression}({given}, {stored})"
        yield from needed.edits
    elif own is not None:
        expression, edits = _used(file, own)
        yield f"{expression}({stored}, {given})" if own.is_reversed else f"{expression}({given}, {stored})"
        yield from edits
    elif _prefers(file, "bcrypt"):
        needed = need(file, "bcrypt.checkpw")
        yield f"{needed.expression}({given}.encode()[:72], {stored}.encode())"
        yield from needed.edits
    elif _prefers(file, "werkzeug"):
        needed = need(file, "werkzeug.security.check_password_hash")
        yield f"{needed.expression}({stored}, {given})"
        yield from needed.edits
    else:
        needed = need(file, "pwdlib.PasswordHash")
        yield f"{needed.expression}.recommended().verify({given}, {stored})"
        yield from needed.edits
        yield from requirement_edits("pwdlib", PWDLIB, file.project)


def project_hasher(index: Index) -> Own | None:
    """The function with which the project hashes passwords, or the object that does."""
    found: list[tuple[int, Own]] = []
    for path, name, fact in _functions(index):
        if is_hashing_name(fact.name) and len(_given(fact, path)) == 1:
            weak = any(callee in WEAK for callee, _, _ in callees(index, name))
            if weak or hashes(index, name):
                found.append((2 if weak else 0, _own(name, path)))
    found += [(1, Own(name, f".{CONTEXTS[cls][0]}")) for name, cls in _objects(index)]
    return min(found)[1] if found else None


def project_verifier(index: Index) -> Own | None:
    """The function with which the project compares a password with its hash, or the object that does."""
    found: list[tuple[int, Own]] = []
    for path, name, fact in _functions(index):
        params = _given(fact, path)
        if len(params) != 2 or not any(known(index, _VERIFIERS, callee) for callee, _, _ in callees(index, name)):
            continue
        first, second = (one.lower() for one in params)
        if is_plain_name(first) and ("hash" in second or is_stored_name(second)):
            found.append((0, _own(name, path)))
        elif is_plain_name(second) and ("hash" in first or is_stored_name(first)):
            found.append((0, _own(name, path)._replace(is_reversed=True)))
    found += [
        (1, Own(name, f".{CONTEXTS[cls][1]}", cls == "argon2.PasswordHasher"))
        for name, cls in _objects(index)
        if cls != "argon2.PasswordHasher"  # whose `verify` raises
    ]
    return min(found)[1] if found else None


def _functions(index: Index) -> Iterable[tuple[str, str, FunctionFact]]:
    """Functions that anybody may call: of modules, and static or class methods."""
    for module, facts in index.modules.items():
        if _ASIDE.intersection(module.split(".")) or module.rpartition(".")[2].startswith("test"):
            continue
        for path, fact in facts.names.items():
            if (
                isinstance(fact, FunctionFact)
                and not fact.is_async
                and not fact.is_generator
                and "<locals>" not in path
            ):
                yield path, f"{module}.{path}", fact


def _given(fact: FunctionFact, path: str) -> list[str]:
    """The parameters that a caller gives; nothing for a method that needs an instance."""
    names = [one.name for one in fact.params]
    if "." in path:
        kinds = {one.name.rpartition(".")[2] for one in fact.decorators if isinstance(one, Ref)}
        if "classmethod" in kinds:
            return names[1:]
        return names if "staticmethod" in kinds else []
    return names


def _own(name: str, path: str) -> Own:
    owner, _, method = path.rpartition(".")
    return Own(name.removesuffix(f".{method}"), f".{method}") if owner else Own(name)


def _objects(index: Index) -> Iterable[tuple[str, str]]:
    """Variables of modules that hold a hasher, and its class."""
    for module, facts in index.modules.items():
        if _ASIDE.intersection(module.split(".")) or module.rpartition(".")[2].startswith("test"):
            continue
        for path, fact in facts.names.items():
            if isinstance(fact, ValueFact) and fact.value is not None and "." not in path:
                found = index.type_of(Ref(f"{module}.{path}"))
                if isinstance(found, Instance) and found.cls in CONTEXTS:
                    yield f"{module}.{path}", found.cls


def _used(file: File, own: Own) -> tuple[str, list[AnyEdit]]:
    """How to write a thing of the project in a file."""
    module = file.index.split(own.name)[0]
    if module != file.module and imports_module(file.index, module, file.module):
        raise CannotFix("the project's hasher cannot be imported here: its module imports this one")
    needed = need(file, own.name)
    if module != file.module and not needed.expression:
        raise CannotFix("the project's hasher cannot be imported here")
    return f"{needed.expression}{own.rest}", list(needed.edits)


def _prefers(file: File, library: str) -> bool:
    """Whether the project depends on a hashing library, and not on pwdlib."""
    dependencies = file.project.dependencies
    return dependencies.declares(library) and not dependencies.declares("pwdlib")
