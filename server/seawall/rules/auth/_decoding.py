"""Calls that read tokens: what switches their verification off, and how it is put right."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import AnyEdit, CannotFix
from seawall.knowledge.tokens import Decoder
from seawall.rules.auth._signing import signing
from seawall.rules.base import File
from seawall.semantics.facts import ValueFact
from seawall.semantics.symbols import Constant, Entries, Ref
from seawall.semantics.types import Instance, Named, options
from seawall.semantics.view import argument, keyword
from seawall.syntax import Range, range_of


def switch(call: ast.Call, row: Decoder, file: File) -> ast.expr | None:
    """The argument that switches the verification off."""
    given = argument(call, row.options, "options") if row.options is not None else None
    if given is not None and (
        any(file.literal(value) is False for value in flags(given, file)) or _is_off_elsewhere(given, file)
    ):
        return given
    verify = keyword(call, "verify")
    if verify is not None and file.literal(verify) is False:
        version = file.project.dependencies.version("pyjwt")
        if row.library == "python-jose" or (row.library == "PyJWT" and version is not None and version.major < 2):
            return verify
    return None


def _is_off_elsewhere(given: ast.expr, file: File) -> bool:
    """Whether the options are a module's or class's: `options=OPTIONS`, `options=self.options`."""
    fact = None
    if isinstance(given, ast.Attribute):
        owners = [one for one in options(file.type_of(given.value)) if isinstance(one, (Instance, Named))]
        if len(owners) == 1:
            cls = owners[0].cls if isinstance(owners[0], Instance) else owners[0].name
            member = file.index.member(cls, given.attr)
            fact = member.fact if member is not None else None
    if fact is None and isinstance(symbol := file.symbol(given), Ref):
        fact = file.index.resolve(symbol.name).fact
    return (
        isinstance(fact, ValueFact)
        and isinstance(fact.value, Entries)
        and fact.value.get("verify_signature") == Constant(False)
    )


def flags(node: ast.expr, file: File) -> Iterator[ast.expr]:
    """The values that options give to `verify_signature`."""
    match node:
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "verify_signature":
                    yield value
        case ast.Call(func=ast.Name(id="dict")):
            yield from (one.value for one in node.keywords if one.arg == "verify_signature")
        case ast.Name():
            for value in assigned(node, file):
                yield from flags(value, file)


def assigned(node: ast.Name, file: File) -> Iterator[ast.expr]:
    """What the function assigns to a variable."""
    for binding in file.names.bindings(node):
        match file.parent(binding):
            case ast.Assign(targets=[target], value=value) if target is binding:
                yield value
            case ast.AnnAssign(value=ast.expr() as value):
                yield value


# -- fixes -------------------------------------------------------------------------------------------------------------


def verify(call: ast.Call, off: ast.expr, row: Decoder, file: File) -> Iterator[AnyEdit]:
    found = signing(file)
    yield from found.edits
    added = []
    key = argument(call, row.key, "key")
    if key is None:
        added.append(found.key if len(call.args) == row.key else f"key={found.key}")
    elif isinstance(key, ast.Constant):
        yield file.replace(key, found.key)
    if row.algorithms is not None and argument(call, row.algorithms, "algorithms") is None:
        added.append(f"algorithms=[{found.algorithm}]")
    positional = len(call.args) < 2
    last = call.args[0] if positional else call.args[-1]
    if len(call.args) > 3:
        raise CannotFix("the options are given by position")
    yield from _switched(call, off, file)
    if added:
        yield file.insert_after(last, "".join(f", {text}" for text in added))


def _switched(call: ast.Call, off: ast.expr, file: File) -> Iterator[AnyEdit]:
    """Take the switch away, or turn it where more hangs on it."""
    given = next((one for one in call.keywords if one.value is off), None)
    switches = [flag for flag in flags(off, file) if file.literal(flag) is False] or [off]
    match off:
        case ast.Dict(keys=[_]) | ast.Constant() if given is not None:
            before = max(
                (one for one in (*call.args, *call.keywords) if range_of(one) < range_of(given)),
                key=lambda one: range_of(one),
            )
            start, end = range_of(before), range_of(given)
            place = Range(start.end_line, start.end_col, end.end_line, end.end_col)
            if "#" not in file.slice(place):
                yield file.replace(place, "")
                return
    for flag in switches:
        if not isinstance(flag, ast.Constant):
            raise CannotFix("the switch is set elsewhere")
        yield file.replace(flag, "True")


def add_algorithms(call: ast.Call, row: Decoder, file: File) -> Iterator[AnyEdit]:
    has_key = argument(call, row.key, "key") is not None
    found = signing(file, with_key=not has_key)
    text = f"algorithms=[{found.algorithm}]"
    if not has_key:
        text = f"{found.key}, {text}"
    yield from found.edits
    key = keyword(call, "key")
    yield file.insert_after(key if key is not None else call.args[-1], f", {text}")


def name_algorithm(given: ast.expr, file: File) -> Iterator[AnyEdit]:
    found = signing(file, with_key=False)
    yield from found.edits
    yield file.replace(given, f"[{found.algorithm}]")


def without_none(value: ast.expr, call: ast.Call, row: Decoder, file: File) -> Iterator[AnyEdit]:
    several = file.parent(value)
    if isinstance(several, (ast.List, ast.Tuple, ast.Set)) and len(several.elts) > 1:
        elements = several.elts
        index = elements.index(value)
        first, second = (elements[index - 1], value) if index else (value, elements[1])
        a, b = range_of(first), range_of(second)
        place = (
            Range(a.end_line, a.end_col, b.end_line, b.end_col)
            if index
            else Range(a.start_line, a.start_col, b.start_line, b.start_col)
        )
        if "#" in file.slice(place):
            raise CannotFix("a comment stands in the list")
        yield file.replace(place, "")
        return
    found = signing(file)
    yield from found.edits
    yield file.replace(
        several if isinstance(several, (ast.List, ast.Tuple, ast.Set)) else value, f"[{found.algorithm}]"
    )


def with_own_key(key: ast.expr, file: File) -> Iterator[AnyEdit]:
    found = signing(file)
    yield from found.edits
    yield file.replace(key, found.key)
