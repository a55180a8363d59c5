"""From `==` to `compare_digest`, which takes bytes, and neither `None` nor text that is not ASCII."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import AnyEdit, CannotFix
from seawall.edits.imports import need
from seawall.knowledge.secrets import ENVIRONMENT_READERS
from seawall.rules.auth._secrets import Kind
from seawall.rules.base import File
from seawall.semantics.facts import ImportFact
from seawall.semantics.harmless import annotation_of
from seawall.semantics.symbols import Attr, Call, Constant, Either, Parameter, Subscript, Symbol
from seawall.semantics.types import Instance, options

_BYTES = frozenset({"base64.b64encode", "base64.urlsafe_b64encode", "base64.b64decode", "binascii.hexlify"})
_OPTIONALS = frozenset({"typing.Optional", "typing.Union"})
_EXITS = (ast.Raise, ast.Return, ast.Continue, ast.Break)


def why_unsafe(given: ast.expr, secret: ast.expr, kind: Kind, file: File) -> str:
    """What is not certain about a comparison in constant time; nothing if it does what `==` does."""
    if _is_bytes(given, file) is None and _is_bytes(secret, file) is None:
        return "both values have to be text"
    return ""


def compared(node: ast.Compare, given: ast.expr, secret: ast.expr, kind: Kind, file: File) -> Iterator[AnyEdit]:
    """The edits that compare two values in constant time, and say no where one of them is missing."""
    known = [one for one in (_is_bytes(given, file), _is_bytes(secret, file)) if one is not None]
    if len(set(known)) > 1:
        raise CannotFix("one of the values is text and the other bytes, which never are equal")
    as_text = not known or known[0] is False
    module = "hmac" if kind is Kind.SIGNATURE or not _imports(file, "secrets") else "secrets"
    needed = need(file, f"{module}.compare_digest")
    left, right = node.left, node.comparators[0]
    texts = [_encoded(one, file) if as_text else file.text(one) for one in (left, right)]
    call = f"{needed.expression}({', '.join(texts)})"
    optional = [one for one in (given, secret) if may_be_none(one, file) and not _is_guarded(node, one, file)]
    if any(not isinstance(one, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)) for one in optional):
        raise CannotFix("the values are too complex to be asked for twice")
    if isinstance(node.ops[0], ast.Eq):
        parts, joint = [*(f"{file.text(one)} is not None" for one in optional), call], "and"
    else:
        parts, joint = [*(f"{file.text(one)} is None" for one in optional), f"not {call}"], "or"
    text = f" {joint} ".join(parts)
    yield file.replace(node, f"({text})" if _binds_tighter(node, len(parts) > 1, joint, file) else text)
    yield from needed.edits


def _imports(file: File, module: str) -> bool:
    return any(isinstance(fact, ImportFact) and fact.target == module for fact in file.current.facts.names.values())


def _binds_tighter(node: ast.Compare, is_joint: bool, joint: str, file: File) -> bool:
    """Whether what stands around would take the new expression apart."""
    match file.parent(node):
        case ast.BoolOp(op=operator):
            return is_joint and isinstance(operator, ast.Or) != (joint == "or")
        case ast.UnaryOp(op=ast.Not()):
            return is_joint
        case ast.Compare() | ast.BinOp() | ast.UnaryOp() | ast.Await():
            return True
    return False


def _encoded(node: ast.expr, file: File) -> str:
    text = file.text(node)
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr="decode"), args=[], keywords=[]):
            return file.text(inner)  # bytes already
        case ast.Name() | ast.Attribute() | ast.Subscript() | ast.Call() | ast.JoinedStr() if (
            "\n" not in text or text.endswith((")", "]"))
        ):
            return f"{text}.encode()"
    return f"({text}).encode()"


def _is_bytes(node: ast.expr, file: File) -> bool | None:
    """Whether a value is bytes, or text; None if that is not certain."""
    match node:
        case ast.Call(func=ast.Attribute(attr="encode" | "digest")):
            return True
        case ast.Call(func=ast.Attribute(attr="decode" | "hexdigest" | "get_secret_value" | "removeprefix" | "hex")):
            return False
        case ast.JoinedStr():
            return False
        case ast.BinOp(left=left, right=right):
            one, other = _is_bytes(left, file), _is_bytes(right, file)
            return other if one is None else one
        case ast.Constant(value=value):
            return isinstance(value, bytes) if isinstance(value, (str, bytes)) else None
        case ast.Call() if file.callee(node) in _BYTES:
            return True
        case ast.Call() if file.callee(node) in ENVIRONMENT_READERS or _reads_headers(node, file):
            return False
        case ast.Subscript(value=value) if file.qualname(value) == "os.environ" or _reads_headers(node, file):
            return False
    found = {one.cls for one in options(file.type_of(node)) if isinstance(one, Instance)}
    if found == {"builtins.bytes"}:
        return True
    if found == {"builtins.str"}:
        return False
    if isinstance(node, ast.Name):
        kinds = {_is_bytes(value, file) for value in _assigned(node, file)}
        return kinds.pop() if len(kinds) == 1 else None
    return None


def _reads_headers(node: ast.Call | ast.Subscript, file: File) -> bool:
    """`request.headers.get("x")`, `request.headers["x"]`, and the same of cookies and the query."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=part), attr="get")):
            return part in ("headers", "cookies", "query_params", "COOKIES", "GET", "POST", "META")
        case ast.Subscript(value=ast.Attribute(attr=part)):
            return part in ("headers", "cookies", "query_params", "path_params", "COOKIES", "GET", "POST", "META")
    return False


def _assigned(node: ast.Name, file: File) -> Iterator[ast.expr]:
    for binding in file.names.bindings(node):
        match file.parent(binding):
            case ast.Assign(targets=[target], value=value) if target is binding:
                yield value
            case ast.AnnAssign(value=ast.expr() as value) | ast.NamedExpr(value=value):
                yield value


# -- missing values ----------------------------------------------------------------------------------------------------


def may_be_none(node: ast.expr, file: File) -> bool:
    """Whether a value may be missing; one of which nothing is known may not."""
    match node:
        case ast.Call(func=ast.Attribute(attr="get"), args=[_], keywords=[]):
            return True
        case ast.Call(args=[_]) if file.callee(node) in ENVIRONMENT_READERS:
            return True
        case ast.IfExp() | ast.BoolOp():
            return True
    symbol = file.symbol(node)
    if isinstance(symbol, (Parameter, Attr)):
        if _is_optional(file, annotation_of(file.index, symbol)):
            return True
        return isinstance(symbol, Parameter) and _defaults_to_none(symbol.default, file, node)
    if isinstance(node, ast.Name) and file.names.bindings(node):
        return any(may_be_none(value, file) for value in _assigned(node, file))
    if isinstance(node, ast.Attribute):
        for owner in options(file.type_of(node.value)):
            fact = file.index.attributes(owner.cls).get(node.attr) if isinstance(owner, Instance) else None
            if fact is not None and _is_optional(file, fact.annotation):
                return True
    return False


def _is_optional(file: File, annotation: Symbol | None) -> bool:
    match annotation:
        case Either(several):
            return Constant(None) in several
        case Subscript(of, args):
            name = file.index.named(of)
            if name in _OPTIONALS:
                return name == "typing.Optional" or Constant(None) in args
            return any(_is_optional(file, arg) for arg in args[:1])
    return False


def _defaults_to_none(default: Symbol | None, file: File, node: ast.expr) -> bool:
    """`= None`, `= Header(None)`, `= Header(default=None)`."""
    if default == Constant(None):
        return True
    if not isinstance(default, Call) or not isinstance(node, ast.Name):
        return False
    for binding in file.names.bindings(node):
        function = file.function(node)
        if isinstance(binding, ast.arg) and isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            marker = file.names.default(binding, function.args)
            match marker:
                case ast.Call(args=[ast.Constant(value=None), *_]):
                    return True
                case ast.Call(keywords=keywords):
                    return any(
                        one.arg == "default" and isinstance(one.value, ast.Constant) and one.value.value is None
                        for one in keywords
                    )
    return False


def _is_guarded(node: ast.Compare, value: ast.expr, file: File) -> bool:
    """Whether a test before has made certain that the value is there."""
    text = ast.unparse(value)
    below: ast.AST = node
    for above in file.ancestors(node):
        if isinstance(above, ast.BoolOp):
            before = above.values[: above.values.index(below)] if below in above.values else []
            holds = _holds if isinstance(above.op, ast.And) else _lacks
            if any(holds(one, text) for one in before):
                return True
        if isinstance(above, ast.If) and below in above.body and _holds(above.test, text):
            return True
        if isinstance(below, ast.stmt):
            block = next(
                (
                    one
                    for one in (getattr(above, "body", []), getattr(above, "orelse", []))
                    if isinstance(one, list) and below in one
                ),
                [],
            )
            for earlier in block[: block.index(below)] if below in block else []:
                if isinstance(earlier, ast.If) and isinstance(earlier.body[-1], _EXITS) and _lacks(earlier.test, text):
                    return True
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            break
        below = above
    return False


def _holds(test: ast.expr, text: str) -> bool:
    """Whether a test holds only for a value that is there."""
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            return any(_holds(value, text) for value in values)
        case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return ast.unparse(left) == text
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _lacks(operand, text)
    return ast.unparse(test) == text


def _lacks(test: ast.expr, text: str) -> bool:
    """Whether a test holds for every value that is missing."""
    match test:
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_lacks(value, text) for value in values)
        case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return ast.unparse(left) == text
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ast.unparse(operand) == text
    return False
