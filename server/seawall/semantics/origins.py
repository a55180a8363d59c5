"""Which parameters of its function an expression takes its characters from, read from the item alone."""

from __future__ import annotations

import ast
import re

from seawall.semantics.names import Names
from seawall.semantics.scopes import Scan

STEP = re.compile(r"\.(\w+)|(\[\*\]|\[\]|\(\))")
"""A step of an origin's path: an attribute, an element, an item of a loop, a call."""

_MAX_DEPTH = 8
_SAME_CHARACTERS = frozenset({
    "capitalize", "casefold", "decode", "encode", "expandtabs", "format", "join", "lower", "lstrip", "ljust", "removeprefix",
    "removesuffix", "replace", "rjust", "rstrip", "split", "strip", "swapcase", "title", "translate", "upper", "zfill",
})  # fmt: skip
_READS = frozenset({
    "get", "getlist", "json", "form", "body", "model_dump", "dict", "pop", "items", "values", "receive_text", "receive_json",
    "get_json", "getall", "getone", "get_secret_value",
})  # fmt: skip
_TRANSPARENT = frozenset({"str", "repr", "list", "tuple", "set", "sorted", "reversed", "dedent"})
_EXITS = (ast.Raise, ast.Return, ast.Continue, ast.Break)


def origins(names: Names, node: ast.AST, depth: int = 0) -> tuple[str, ...]:
    """The paths, each beginning with a parameter's name; nothing for what is not taken over as it came."""
    found: dict[str, None] = {}
    _collect(names, node, found, depth)
    return tuple(found)


def _collect(names: Names, node: ast.AST, found: dict[str, None], depth: int) -> None:
    if depth > _MAX_DEPTH:
        return
    match node:
        case ast.Name():
            below: dict[str, None] = {}
            _name(names, names.bindings(node), below, depth)
            if below and not is_checked(names.scan, node):
                found.update(below)
        case ast.Attribute(value=value, attr=attr):
            _step(names, node, value, f".{attr}", found, depth)
        case ast.Subscript(value=value, slice=index):
            _step(names, node, value, "" if isinstance(index, ast.Slice) else "[]", found, depth)
        case ast.Await(value=value) | ast.NamedExpr(value=value) | ast.Starred(value=value):
            _collect(names, value, found, depth + 1)
        case ast.FormattedValue(value=value):
            _collect(names, value, found, depth + 1)
        case ast.JoinedStr(values=values) | ast.BoolOp(values=values):
            for value in values:
                _collect(names, value, found, depth + 1)
        case ast.BinOp(left=left, op=ast.Add() | ast.Mod(), right=right):
            _collect(names, left, found, depth + 1)
            _collect(names, right, found, depth + 1)
        case ast.IfExp(body=body, orelse=orelse):
            _collect(names, body, found, depth + 1)
            _collect(names, orelse, found, depth + 1)
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            for element in elements:
                _collect(names, element, found, depth + 1)
        case ast.ListComp(elt=element) | ast.GeneratorExp(elt=element) | ast.SetComp(elt=element):
            _collect(names, element, found, depth + 1)
        case ast.Call():
            _call(names, node, found, depth)


def _call(names: Names, node: ast.Call, found: dict[str, None], depth: int) -> None:
    match node.func:
        case ast.Attribute(value=value, attr=attr) if attr in _SAME_CHARACTERS:
            _collect(names, value, found, depth + 1)
            if attr in ("format", "join", "replace"):
                for argument in (*node.args, *(one.value for one in node.keywords)):
                    _collect(names, argument, found, depth + 1)
        case ast.Attribute(value=value, attr=attr) if attr in _READS:
            _step(names, node, value, f".{attr}()", found, depth)
        case ast.Name(id=name) if name[:1].isupper() and (schema := unpacked_schema(node)) is not None:
            _collect(names, schema, found, depth + 1)
        case ast.Name(id="map") if len(node.args) == 2:
            if getattr(node.args[0], "id", "") in _TRANSPARENT:
                _collect(names, node.args[1], found, depth + 1)
        case ast.Name(id=name) | ast.Attribute(attr=name) if name in _TRANSPARENT and node.args:
            _collect(names, node.args[0], found, depth + 1)


def unpacked_schema(node: ast.Call) -> ast.expr | None:
    """`schema` of `Command(**schema.model_dump())`: its attributes are those of the schema."""
    match node:
        case ast.Call(
            args=[],
            keywords=[
                ast.keyword(arg=None, value=ast.Call(func=ast.Attribute(value=schema, attr="model_dump" | "dict")))
            ],
        ):
            return schema
    return None


def _step(names: Names, node: ast.AST, value: ast.AST, step: str, found: dict[str, None], depth: int) -> None:
    below = origins(names, value, depth + 1)
    if below and not (isinstance(node, ast.expr) and is_checked(names.scan, node)):
        found.update(dict.fromkeys(origin + step for origin in below))


def _name(names: Names, bindings: list[ast.AST], found: dict[str, None], depth: int) -> None:
    for binding in bindings:
        if isinstance(binding, ast.arg):
            found[binding.arg] = None
            continue
        parent = names.scan.parents.get(binding)
        match parent:
            case ast.Assign(value=value) | ast.NamedExpr(value=value) | ast.AugAssign(value=value):
                _collect(names, value, found, depth + 1)
            case ast.AnnAssign(value=ast.expr() as value):
                _collect(names, value, found, depth + 1)
            case ast.For(iter=value) | ast.AsyncFor(iter=value) | ast.comprehension(iter=value):
                _step(names, binding, value, "[*]", found, depth)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                _unpacked(names, binding, targets, names.scan.parents.get(parent), found, depth)


def _unpacked(
    names: Names,
    binding: ast.AST,
    targets: list[ast.expr],
    statement: ast.AST | None,
    found: dict[str, None],
    depth: int,
) -> None:
    match statement:
        case ast.Assign(value=ast.Tuple(elts=values) | ast.List(elts=values)) if len(values) == len(targets):
            _collect(names, values[targets.index(binding)], found, depth + 1)  # type: ignore[arg-type]
        case ast.Assign(value=value):
            _step(names, binding, value, "[]", found, depth)
        case ast.For(iter=value) | ast.AsyncFor(iter=value) | ast.comprehension(iter=value):
            _step(names, binding, value, "[*][]", found, depth)


# -- checks that close the set of values ------------------------------------------------------------------------------


def is_checked(scan: Scan, node: ast.expr) -> bool:
    """Whether, where an expression is used, its value is certainly one of those that a check lets through."""
    if not _is_tested(scan, node):
        return False
    text = ""
    below: ast.AST = node
    above = scan.parents.get(node)
    while above is not None and not isinstance(below, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        match above:
            case ast.If(test=test, body=body) if below in body:
                text = text or ast.unparse(node)
                if _demands(test, text):
                    return True
            case ast.IfExp(test=test, body=body) if below is body:
                text = text or ast.unparse(node)
                if _demands(test, text):
                    return True
        if isinstance(below, ast.stmt):
            for earlier in _earlier(above, below):
                text = text or ast.unparse(node)
                match earlier:
                    case ast.If(test=test, body=[*_, last]) if isinstance(last, _EXITS) and _refuses(test, text):
                        return True
                    case ast.Assert(test=test) if _demands(test, text):
                        return True
        below, above = above, scan.parents.get(above)
    return False


def _is_tested(scan: Scan, node: ast.expr) -> bool:
    """Whether a test in the function so much as names what the expression starts from: cheap to ask first."""
    start: ast.AST = node
    while isinstance(start, (ast.Attribute, ast.Subscript, ast.Call, ast.Await, ast.Starred)):
        start = start.func if isinstance(start, ast.Call) else start.value
    if not isinstance(start, ast.Name):
        return True
    return start.id in scan.tested(scan.scopes[node])


def _earlier(parent: ast.AST, statement: ast.stmt) -> list[ast.stmt]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block:
            return [one for one in block[: block.index(statement)] if isinstance(one, (ast.If, ast.Assert))]
    return []


def _demands(test: ast.expr, text: str) -> bool:
    """Whether a test lets only values of a closed set through."""
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            return any(_demands(value, text) for value in values)
        case ast.Compare(left=left, ops=[ast.In()]):
            return ast.unparse(left) == text
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant()]):
            return ast.unparse(left) == text
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _refuses(operand, text)
        case ast.Call():
            return _validates(test, text)
    return False


def _refuses(test: ast.expr, text: str) -> bool:
    """Whether a test holds for all values but those of a closed set."""
    match test:
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_refuses(value, text) for value in values)
        case ast.BoolOp(op=ast.And(), values=[ast.Name() as given, other]):
            return ast.unparse(given) == text and _refuses(other, text)
        case ast.Compare(left=left, ops=[ast.NotIn()]):
            return ast.unparse(left) == text
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _demands(operand, text)
    return False


def _validates(call: ast.Call, text: str) -> bool:
    """`name.isalnum()`, `re.fullmatch(pattern, name)`, `is_valid(name)`."""
    if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == text:
        return call.func.attr in ("isalnum", "isalpha", "isdigit", "isdecimal", "isidentifier", "isnumeric")
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("isinstance", "len", "bool", "startswith", "endswith"):
        return False
    return any(ast.unparse(argument) == text for argument in call.args)
