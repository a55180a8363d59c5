"""From a fast digest to a password hasher, with the digests that are stored already kept valid."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import msgspec

from seawall.edits import AnyEdit, CannotFix, Edit
from seawall.edits.imports import need_all
from seawall.edits.layout import one_level
from seawall.edits.settings.files import requirement_edits
from seawall.rules.base import File
from seawall.semantics.symbols import Ref
from seawall.semantics.view import FunctionNode, View
from seawall.syntax import Range, range_of

_VERIFYING = ("verify", "check", "auth", "login", "sign_in", "signin", "compare")


class Digest(msgspec.Struct, frozen=True):
    """`return hashlib.sha256(password.encode()).hexdigest()`, all that a function does."""

    function: FunctionNode
    value: ast.expr
    password: str


def digest_of(call: ast.Call, file: File) -> Digest | None:
    """The digest that the call belongs to, if a hasher can take its place; None if that is not certain."""
    function = file.function(call)
    if not isinstance(function, ast.FunctionDef) or file.parent(function) is not file.item.tree:
        return None
    body = [one for one in function.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    match body, call.args:
        case (
            [ast.Return(value=ast.Call(func=ast.Attribute(value=inner, attr="hexdigest")) as value)],
            [ast.Call(func=ast.Attribute(value=ast.Name(id=password), attr="encode"))],
        ) if inner is call and password == next((arg.arg for arg in function.args.args), ""):
            pass
        case _:
            return None
    name = file.absolute_name(function)
    elsewhere = [caller for caller in file.index.callers(function.name) if not caller.startswith(f"{file.module}.")]
    if any(word in caller.rpartition(".")[2].lower() for caller in elsewhere for word in _VERIFYING):
        return None
    return Digest(function, value, password) if file.index.function(name) else None


def rehash(digest: Digest, file: File) -> Iterator[AnyEdit]:
    """The edits that hash with Argon2, and verify both kinds of hashes."""
    comparisons = list(_comparisons(file, digest.function.name))
    names = [*(["hmac.compare_digest"] if comparisons else []), "pwdlib.PasswordHash"]
    needed = need_all(file, names)
    hasher = "password_hash" if "password_hash" not in file.current.facts.names else "password_hasher"
    if hasher in file.current.facts.names:
        raise CannotFix(f"`{hasher}` is something else here")
    yield from (edit for one in needed for edit in one.edits)
    yield from requirement_edits("pwdlib", "pwdlib[argon2]>=0.2", file.project)
    first = min([digest.function.lineno, *(one.lineno for one in digest.function.decorator_list)])
    lines = file.item.text.split("\n")
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    made = f"{hasher} = {needed[-1].expression}.recommended()\n\n\n"
    yield Edit(file.path, file.place(Range(first, 0, first, 0)), made)
    yield file.replace(digest.value, f"{hasher}.hash({digest.password})")
    old = file.text(digest.value)
    for view, start, compare in comparisons:
        yield _verified(view, start, compare, digest, old, hasher, needed[0].expression)


def _comparisons(file: File, name: str) -> Iterator[tuple[View, int, ast.Compare]]:
    """Where the file compares what the function gives."""
    document = file.current
    for start, item in zip(document.source.starts, document.source.items, strict=True):
        view = View(document, item, file.index)
        for node in view.scan.nodes.get(ast.Compare, ()):
            match node:
                case ast.Compare(left=ast.Call(func=func, args=[_]), ops=[ast.Eq() | ast.NotEq()]) if view.symbol(
                    func
                ) == Ref(f"{file.module}.{name}"):
                    yield view, start, node


def _verified(
    view: View, start: int, compare: ast.Compare, digest: Digest, old: str, hasher: str, compare_digest: str
) -> Edit:
    assert isinstance(compare.left, ast.Call)
    given, stored = view.text(compare.left.args[0]), view.text(compare.comparators[0])
    if "\n" in given + stored or "\n" in old or not isinstance(compare.left.args[0], (ast.Name, ast.Attribute)):
        raise CannotFix("the comparison is too complex to be rewritten")
    digest_text = old.replace(f"({digest.password}.encode(", f"({given}.encode(")
    former = f"{compare_digest}({digest_text}, {stored})"
    current = f"{hasher}.verify({given}, {stored})"
    statement = view.parent(compare)
    if isinstance(statement, ast.Return) and isinstance(compare.ops[0], ast.Eq):
        indent, is_first = _indent(view, statement)
        deeper = indent + one_level(view.item.text)
        text = f'if not {stored}.startswith("$"):  # hashed before Argon2\n{deeper}return {former}\n{indent}return {current}'
        if is_first:
            return Edit(view.path, range_of(statement).shift(start - 1), text)
    negation = "" if isinstance(compare.ops[0], ast.Eq) else "not "
    text = f'{negation}({current} if {stored}.startswith("$") else {former})'
    return Edit(view.path, range_of(compare).shift(start - 1), text)


def _indent(view: View, statement: ast.stmt) -> tuple[str, bool]:
    """What stands before a statement on its line, and whether that is nothing but space."""
    line = view.item.text.split("\n")[statement.lineno - 1].encode()
    before = line[: statement.col_offset].decode()
    return before, not before.strip()
