"""Checks that close the set of values: where an expression is used, only what a test lets through can come."""

from __future__ import annotations

import ast

from seawall.semantics.scopes import CONVERSIONS, Scan, makes_by_name, raises_by_name

_TESTS = frozenset({ast.If, ast.IfExp, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.match_case})
_DECIDING = frozenset({ast.If, ast.Assert, ast.Expr, ast.Assign, ast.Try, ast.For})
_EXITS = (ast.Raise, ast.Return, ast.Continue, ast.Break)


def is_checked(scan: Scan, node: ast.expr) -> bool:
    """Whether, where an expression is used, its value is certainly one of those that a check lets through."""
    if not _is_tested(scan, node):
        return False
    below: ast.AST = node
    above = scan.parents.get(node)
    while above is not None and not isinstance(below, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        match above if type(above) in _TESTS else None:
            case ast.If(test=test, body=body) if below in body:
                if _demands(test, node):
                    return True
            case ast.If(test=test, orelse=orelse) if below in orelse:
                if _refuses(test, node):
                    return True
            case ast.IfExp(test=test, body=body, orelse=orelse):
                if (below is body and _demands(test, node)) or (below is orelse and _refuses(test, node)):
                    return True
            case ast.ListComp(generators=loops) | ast.SetComp(generators=loops) | ast.GeneratorExp(generators=loops):
                if any(_demands(test, node) for loop in loops for test in loop.ifs):
                    return True
            case ast.match_case(pattern=pattern, guard=test, body=body) if below in body:
                if test is not None and _demands(test, node):
                    return True
                subject = scan.parents.get(above)
                if isinstance(subject, ast.Match) and _same(subject.subject, node) and is_closed(pattern):
                    return True
        if isinstance(below, ast.stmt) and any(
            type(one) in _DECIDING and _refuses_what_follows(one, node) for one in _earlier(above, below)
        ):
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


def _same(node: ast.AST, other: ast.AST) -> bool:
    """Whether two expressions are written alike."""
    if type(node) is not type(other):
        return False
    match node, other:
        case ast.Name(id=name), ast.Name(id=other_name):
            return name == other_name
        case ast.Attribute(value=value, attr=attr), ast.Attribute(value=other_value, attr=other_attr):
            return attr == other_attr and _same(value, other_value)
    return ast.unparse(node) == ast.unparse(other)


def _earlier(parent: ast.AST, statement: ast.stmt) -> list[ast.stmt]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block:
            return block[: block.index(statement)]
    return []


def _refuses_what_follows(statement: ast.stmt, given: ast.expr) -> bool:
    """Whether the code behind a statement is reached by values of a closed set only."""
    match statement:
        case ast.If(test=test, body=[*_, last]):
            return (isinstance(last, _EXITS) and _refuses(test, given)) or _is_replaced(statement, given)
        case ast.Assert(test=test):
            return _demands(test, given)
        case ast.Expr(value=ast.Call() as call) | ast.Expr(value=ast.Await(value=ast.Call() as call)):
            return _raises(call, given)
        case ast.Assign(value=ast.Call() as call):
            return _converts(call, given)
        case ast.Assign(value=ast.Subscript(slice=key)):  # raises KeyError for others than the mapping's keys
            return _same(key, given)
        case ast.Try(body=body, handlers=handlers) if all(_leaves(handler.body) for handler in handlers):
            return any(_refuses_what_follows(one, given) for one in body)
        case ast.For(target=ast.Name() as item, iter=several, body=body) if _same(several, given):
            return any(isinstance(one, (ast.If, ast.Assert, ast.Expr)) and _stops(one, item) for one in body)
    return False


def _leaves(body: list[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], _EXITS)


def _stops(statement: ast.stmt, item: ast.expr) -> bool:
    """Whether a statement in a loop ends the whole of it for an item that it does not like."""
    if isinstance(statement, ast.If) and not isinstance(statement.body[-1], (ast.Raise, ast.Return)):
        return False
    return _refuses_what_follows(statement, item)


def _is_replaced(statement: ast.If, given: ast.expr) -> bool:
    """`if sort not in COLUMNS: sort = "id"`."""
    match statement.body:
        case [*_, ast.Assign(targets=[target], value=ast.Constant())] if _same(target, given):
            return _refuses(statement.test, given)
    return False


def _demands(test: ast.expr, given: ast.expr) -> bool:
    """Whether a test lets only values of a closed set through."""
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            return any(_demands(value, given) for value in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return all(_demands(value, given) for value in values)
        case ast.Compare(left=left, ops=[ast.In()]):
            return _is_same(left, given)
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[ast.Constant()]):
            return _is_same(left, given)
        case ast.Compare(left=ast.Call(func=ast.Name(id="set"), args=[inner]), ops=[ast.LtE() | ast.Lt()]):
            return _same(inner, given)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _refuses(operand, given)
        case ast.Call(func=ast.Name(id="all"), args=[ast.GeneratorExp(elt=each, generators=[one])]):
            return _same(one.iter, given) and _demands(each, one.target)
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="set"), args=[inner]), attr="issubset")):
            return _same(inner, given)
        case ast.Call():
            return _validates(test, given)
        case ast.NamedExpr(value=value):
            return _demands(value, given)
    return False


def _refuses(test: ast.expr, given: ast.expr) -> bool:
    """Whether a test holds for all values but those of a closed set."""
    match test:
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_refuses(value, given) for value in values)
        case ast.BoolOp(op=ast.And(), values=[present, other]):
            return _is_presence(present, given) and _refuses(other, given)
        case ast.Compare(left=left, ops=[ast.NotIn()]):
            return _is_same(left, given)
        case ast.Compare(left=left, ops=[ast.NotEq()], comparators=[ast.Constant()]):
            return _is_same(left, given)
        case ast.Compare(left=call, ops=[ast.Is()], comparators=[ast.Constant(value=None)]) if isinstance(
            call, ast.Call
        ):
            return _validates(call, given)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _demands(operand, given)
        case ast.BinOp(left=ast.Call(func=ast.Name(id="set"), args=[inner]), op=ast.Sub()):
            return _same(inner, given)
        case ast.Call(func=ast.Name(id="any"), args=[ast.GeneratorExp(elt=each, generators=[one])]):
            return _same(one.iter, given) and _refuses(each, one.target)
    return False


def _is_presence(test: ast.expr, given: ast.expr) -> bool:
    """`name`, `name is not None`, `name != ""`."""
    match test:
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant()]):
            return _same(left, given)
    return _same(test, given)


def _is_same(node: ast.expr, given: ast.expr) -> bool:
    """The value itself, or in upper or lower case: that of a name in a closed set is as harmless."""
    if isinstance(node, ast.NamedExpr):
        node = node.value
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr="lower" | "upper" | "casefold" | "strip"), args=[]):
            return _same(inner, given) or _same(node, given)
    return _same(node, given)


def _validates(call: ast.Call, given: ast.expr) -> bool:
    """`name.isalnum()`, `re.fullmatch(pattern, name)`, `is_valid(name)`."""
    if isinstance(call.func, ast.Attribute) and _same(call.func.value, given):
        return call.func.attr in ("isalnum", "isalpha", "isdigit", "isdecimal", "isidentifier", "isnumeric")
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("isinstance", "len", "bool", "startswith", "endswith"):
        return False
    return any(_same(argument, given) for argument in call.args)


def _raises(call: ast.Call, given: ast.expr) -> bool:
    """`validate_name(name)`, `uuid.UUID(name)`, `Status(name)`: called for what it raises, since the result is dropped."""
    arguments = [*call.args, *(one.value for one in call.keywords)]
    is_check = raises_by_name(call.func) or (len(arguments) == 1 and makes_by_name(call.func))
    return is_check and any(_same(argument, given) for argument in arguments)


def _converts(call: ast.Call, given: ast.expr) -> bool:
    """`number = int(name)`: what comes behind is reached by numbers only."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in CONVERSIONS and len(call.args) == 1 and _same(call.args[0], given)


def is_closed(pattern: ast.pattern) -> bool:
    """Whether a pattern fits constants only."""
    match pattern:
        case ast.MatchValue():
            return True
        case ast.MatchOr(patterns=patterns):
            return all(is_closed(one) for one in patterns)
        case ast.MatchAs(pattern=ast.pattern() as inner):
            return is_closed(inner)
    return False
