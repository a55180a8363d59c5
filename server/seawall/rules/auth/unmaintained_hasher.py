"""passlib no longer works with bcrypt 5, and bcrypt 5 refuses passwords of more than 72 bytes.

passlib has had no release since 2020. On its first password it tries bcrypt with a longer one than bcrypt 5 takes, and so fails for every
password. Used directly, bcrypt 5 raises `ValueError` where older versions cut the password silently: who types a long one gets an
internal error. pwdlib hashes with Argon2, and verifies the hashes that bcrypt has made so far.

Not flagged: an older bcrypt that the project pins, locks or has installed; passwords that are cut, measured or digested before;
schemas that limit them; passlib without bcrypt, unless the project supports no Python before 3.13, which took `crypt` away from it; tests.

Example:
    #- security.py
    from passlib.context import CryptContext

    pwd_context = «CryptContext(schemes=["bcrypt"], deprecated="auto")»


    def hash_password(password: str) -> str:
        return pwd_context.hash(password)


    def verify_password(password: str, hashed: str) -> bool:
        return pwd_context.verify(password, hashed)

    #- requirements.txt
    bcrypt==5.0.0
    passlib==1.7.4

Fixed:
    #- security.py
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher
    from pwdlib.hashers.bcrypt import BcryptHasher

    pwd_context = PasswordHash((Argon2Hasher(), BcryptHasher()))


    def hash_password(password: str) -> str:
        return pwd_context.hash(password)


    def verify_password(password: str, hashed: str) -> bool:
        return pwd_context.verify(password, hashed)

    #- requirements.txt
    bcrypt==5.0.0
    passlib==1.7.4
    pwdlib[argon2,bcrypt]>=0.2
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from seawall.edits import AnyEdit, CannotFix, Fix, Safety
from seawall.edits.imports import need_all
from seawall.edits.settings.files import requirement_edits
from seawall.edits.unused import drop
from seawall.rules.auth._passwords import is_in_tests
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.giving import callers
from seawall.semantics.index import Index
from seawall.semantics.meanings.route import unwrap
from seawall.semantics.origins import origins
from seawall.semantics.symbols import Call, Constant, Parameter, Ref, Symbol
from seawall.semantics.taint import symbol_of
from seawall.semantics.types import Instance, options
from seawall.semantics.view import View, argument, keyword

code, severity = "SW507", Severity.WARNING
calls = frozenset({"CryptContext", "hash", "verify", "using", "hashpw", "checkpw"})

_LIMIT = 72
_BCRYPT = frozenset({"bcrypt", "bcrypt_sha256", "django_bcrypt", "django_bcrypt_sha256"})
_PWDLIB = {"argon2": "pwdlib.hashers.argon2.Argon2Hasher", "bcrypt": "pwdlib.hashers.bcrypt.BcryptHasher"}
_METHODS = frozenset({"hash", "verify", "verify_and_update"})
_WHY = (
    "new hashes are Argon2's, of 97 characters; passwords of more than 72 bytes that bcrypt has cut have to be set anew"
)
_MAX_FUNCTIONS = 40


def applies(file: File) -> bool:
    return not is_in_tests(file)


def check(call: ast.Call, file: File) -> Iterator[Finding]:
    name = file.callee(call) or ""
    if name == "passlib.context.CryptContext":
        yield from _context(call, file)
    elif name.startswith("passlib.hash.bcrypt"):
        if (having := _new_bcrypt(file)) is not None:
            yield file.finding(
                call.func, f"passlib fails for every password with bcrypt {having}, use pwdlib or bcrypt itself"
            )
    elif name in ("bcrypt.hashpw", "bcrypt.checkpw") and call.args and _new_bcrypt(file) is not None:
        password = call.args[0]
        if not _is_guarded(password, file):
            fix = Fix("Cut the password at 72 bytes, as bcrypt did before", partial(_cut, password, file))
            yield file.finding(password, "bcrypt 5 raises an error for passwords of more than 72 bytes, cut them", fix)


def _new_bcrypt(file: File) -> str | None:
    """The version of bcrypt if it is 5 or later, in words; the newest where nothing says."""
    version = file.project.dependencies.version("bcrypt")
    if version is None:
        return "5, the newest"
    return str(version) if version.major >= 5 else None


# -- passlib -----------------------------------------------------------------------------------------------------------


def _context(call: ast.Call, file: File) -> Iterator[Finding]:
    given = argument(call, 0, "schemes")
    if not isinstance(given, (ast.List, ast.Tuple)):
        return
    schemes = [file.literal(one) for one in given.elts]
    having = _new_bcrypt(file)
    fix = Fix("Hash with pwdlib, and keep old hashes valid", partial(_pwdlib, call, schemes, file), Safety.UNSAFE, _WHY)
    if having is not None and _BCRYPT.intersection(one for one in schemes if isinstance(one, str)):
        yield file.finding(call, f"passlib fails for every password with bcrypt {having}, use pwdlib", fix)
    elif _only_new_python(file):
        message = "passlib is not maintained, and Python 3.13 took `crypt` away from it: use pwdlib"
        yield file.finding(call, message, fix, severity=Severity.INFO)


def _only_new_python(file: File) -> bool:
    target = file.project.target_python
    parts = target.split(".") if target else []
    return len(parts) > 1 and all(part.isdigit() for part in parts[:2]) and (int(parts[0]), int(parts[1])) >= (3, 13)


def _pwdlib(call: ast.Call, schemes: list[object], file: File) -> Iterator[AnyEdit]:
    unknown = [one for one in schemes if one not in _PWDLIB]
    if unknown:
        raise CannotFix(f"pwdlib cannot verify the hashes of `{unknown[0]}`")
    _only_hashes(call, file)
    chosen = ["argon2", *(["bcrypt"] if "bcrypt" in schemes else [])]
    names = ["pwdlib.PasswordHash", *(_PWDLIB[one] for one in chosen)]
    needed = need_all(file, names)
    hashers = ", ".join(f"{one.expression}()" for one in needed[1:])
    yield file.replace(call, f"{needed[0].expression}(({hashers}{',' if len(chosen) == 1 else ''}))")
    yield from (edit for one in needed for edit in one.edits)
    if isinstance(call.func, ast.Name) and _is_last_use(call.func.id, file):
        yield from drop(file.current, frozenset({call.func.id}))
    yield from requirement_edits("pwdlib", f"pwdlib[{','.join(chosen)}]>=0.2", file.project)


def _is_last_use(name: str, file: File) -> bool:
    document = file.current
    uses = [
        node
        for item in document.source.items
        for node in document.analysis(item).scan.nodes[ast.Name]
        if isinstance(node, ast.Name) and node.id == name
    ]
    return len(uses) == 1


def _only_hashes(call: ast.Call, file: File) -> None:
    """See that the project asks the context for nothing that pwdlib does not have.

    Raises:
        CannotFix: it does, or uses the context in a way that cannot be followed.
    """
    statement = file.parent(call)
    match statement:
        case ast.Assign(targets=[ast.Name() as target]) if file.function(call) is None:
            name = f"{file.module}.{target.id}"
        case _:
            raise CannotFix("the context is no variable of the module")
    last = target.id
    for document in file.modules():
        for item in document.source.items:
            view = View(document, item, file.index)
            for node in view.scan.nodes.get(ast.Name, ()):
                assert isinstance(node, ast.Name)
                if isinstance(node.ctx, ast.Load) and _names(view, node, name):
                    above = view.parent(node)
                    if not (isinstance(above, ast.Attribute) and above.attr in _METHODS):
                        raise CannotFix(f"`{last}` is used for more than hashing and verifying")
            for one in view.scan.nodes.get(ast.Attribute, ()):
                assert isinstance(one, ast.Attribute)
                if one.attr == last and _names(view, one, name):
                    above = view.parent(one)
                    if not (isinstance(above, ast.Attribute) and above.attr in _METHODS):
                        raise CannotFix(f"`{last}` is used for more than hashing and verifying")


def _names(view: View, node: ast.expr, name: str) -> bool:
    symbol = view.symbol(node)
    return isinstance(symbol, Ref) and view.index.resolve(symbol.name).name == name


# -- bcrypt ------------------------------------------------------------------------------------------------------------


def _is_guarded(password: ast.expr, file: File) -> bool:
    """Whether somebody has seen to it that the password is short enough."""
    function = file.function(password)
    if isinstance(password, ast.Constant) or function is None:
        return True
    for node in ast.walk(function):
        match node:
            case ast.Constant(value=int(number)) if number == _LIMIT:
                return True
            case ast.Slice() | ast.Call(func=ast.Attribute(attr="digest" | "hexdigest" | "b64encode")):
                return True
    names = [node.id for node in ast.walk(password) if isinstance(node, ast.Name)]
    if any(name.isupper() or "MAX" in name for name in names):
        return True
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return True
    for default in (*function.args.defaults, *function.args.kw_defaults):  # `Form(max_length=64)`
        limit = keyword(default, "max_length") if isinstance(default, ast.Call) else None
        if isinstance(limit, ast.Constant) and isinstance(limit.value, int) and limit.value <= _LIMIT:
            return True
    return any(_is_limited(file.index, file.absolute_name(function), one) for one in origins(file.names, password))


def _is_limited(index: Index, function: str, origin: str) -> bool:
    """Whether a schema limits the field that the password comes from."""
    waiting, seen = [(function, origin)], {(function, origin)}
    while waiting and len(seen) < _MAX_FUNCTIONS:
        current, path = waiting.pop(0)
        fact = index.function(current)
        path = path.removesuffix(".get_secret_value()")
        owner, _, field = path.rpartition(".")
        if fact is not None and any(one.name == path and _has_limit(index, one) for one in fact.params):
            return True
        if fact is not None and owner:
            for one in options(index.type_of(symbol_of(fact, owner))):
                if isinstance(one, Instance) and _limits(index, one.cls, field):
                    return True
        for caller, _, given in callers(index, current, path):
            if (caller, given) not in seen:
                seen.add((caller, given))
                waiting.append((caller, given))
    return False


def _limits(index: Index, cls: str, field: str) -> bool:
    fact = index.attributes(cls).get(field)
    return fact is not None and _says_limit(index, fact.annotation, fact.value)


def _has_limit(index: Index, parameter: Parameter) -> bool:
    """Whether a form limits the parameter: `Form(max_length=64)`, also in its annotation."""
    return _says_limit(index, parameter.annotation, parameter.default)


def _says_limit(index: Index, annotation: Symbol | None, value: Symbol | None) -> bool:
    _, metadata = unwrap(index, annotation)
    return any(isinstance(one, Call) and _is_short(one.keyword("max_length")) for one in (value, *metadata))


def _is_short(limit: object) -> bool:
    return isinstance(limit, Constant) and isinstance(limit.value, int) and limit.value <= _LIMIT


def _cut(password: ast.expr, file: File) -> Iterator[AnyEdit]:
    text = file.text(password)
    simple = isinstance(password, (ast.Name, ast.Attribute, ast.Subscript, ast.Call))
    yield file.replace(password, f"{text}[:{_LIMIT}]" if simple else f"({text})[:{_LIMIT}]")
