"""Validating a body that a handler reads itself: a model in the place of the request, or in the place where the body is read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from seawall.edits import AnyEdit, CannotFix, Fix, Safety
from seawall.edits.layout import indent_of, one_level
from seawall.knowledge.http_input import JSON_LOADS
from seawall.rules.base import File
from seawall.rules.validation._body_model import can_stand_before, write_model
from seawall.rules.validation._body_shape import Shape, shape_of, uses_of
from seawall.semantics.meanings.route import Route, RouteParameter
from seawall.semantics.view import FunctionNode
from seawall.syntax import Range, range_of

_NAMES = ("data", "payload", "content")
_CATCHING = frozenset({"Exception", "BaseException", "ValueError", "ValidationError"})
_REFUSED = "bodies that do not fit the model are refused with a response 422"


class _Read(NamedTuple):
    """The expression that gives what the JSON holds, and the statement that it stands in."""

    value: ast.expr
    statement: ast.stmt
    name: str
    """The variable that holds it, or that will."""
    is_new: bool
    shape: Shape


def fixes(node: ast.Await, read: str, function: FunctionNode, file: File) -> Iterator[Fix]:
    """The fix for a body that is read by key and nowhere else goes to."""
    if file.item.broken or not can_stand_before(file, function) or not isinstance(node.value, ast.Call):
        return
    if not isinstance(node.value.func, ast.Attribute) or read == "form":
        return
    found = _read(node, read, function, file)
    if found is None:
        return
    route = file.subject(Route.recognise, function)
    parameter = _parameter(node, found, route, function, file) if isinstance(route, Route) and read == "json" else None
    if parameter is not None:
        yield Fix(
            f"Declare `{found.name}` as a Pydantic model",
            lambda: _declare(found, parameter, function, file),
            Safety.UNSAFE,
            f"{_REFUSED}, and a JSON content type is required",
        )
    else:
        yield Fix(
            "Validate the body with a Pydantic model",
            lambda: _validate(found, node, read, function, file),
            Safety.UNSAFE,
            _REFUSED,
        )


def _read(node: ast.Await, read: str, function: FunctionNode, file: File) -> _Read | None:
    value: ast.expr | None = node
    if read == "body":
        value = _loaded(node, function, file)
    if value is None:
        return None
    statement = file.statement(value)
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=name) as target], value=whole)
            | ast.AnnAssign(target=ast.Name(id=name) as target, value=whole)
        ) if whole is value:
            uses = _uses_of_variable(name, target, function, file)
            shape = shape_of(file, uses) if uses else None
            return _Read(value, statement, name, False, shape) if shape is not None else None
        case ast.Return() | ast.Expr() | ast.Assign() | ast.AnnAssign() if not _is_repeated(value, statement, file):
            shape = shape_of(file, [value])
            taken = {*file.scan.opened[function].bindings, *file.current.facts.names}
            free = next((one for one in _NAMES if one not in taken), None)
            return _Read(value, statement, free, True, shape) if shape is not None and free is not None else None
    return None


def _loaded(node: ast.Await, function: FunctionNode, file: File) -> ast.expr | None:
    """The one call that reads JSON from the bytes."""
    uses: list[ast.expr] = [node]
    match file.parent(node):
        case ast.Assign(targets=[ast.Name(id=name) as target]):
            uses = [*_uses_of_variable(name, target, function, file)]
    calls = [call for use in uses if isinstance(call := file.parent(use), ast.Call) and file.callee(call) in JSON_LOADS]
    return calls[0] if len(calls) == 1 and len(calls[0].args) == 1 and not calls[0].keywords else None


def _uses_of_variable(name: str, target: ast.Name, function: FunctionNode, file: File) -> list[ast.Name]:
    """The uses of a variable that is set once; none if others may set it, or read it later."""
    scopes = [
        scope
        for scope in file.scan.opened.values()
        if name in scope.bindings and (scope.node is function or function in file.ancestors(scope.node))
    ]
    if len(scopes) != 1 or scopes[0].bindings[name] != [target]:
        return []
    return [
        one
        for one in file.uses(name)
        if isinstance(one.ctx, ast.Load) and function in file.ancestors(one) and file.function(one) is function
    ]


def _is_repeated(value: ast.expr, statement: ast.stmt, file: File) -> bool:
    """Whether the value is read in an inner expression that runs often, later or not at all."""
    kinds = (
        ast.comprehension,
        ast.ListComp,
        ast.SetComp,
        ast.DictComp,
        ast.GeneratorExp,
        ast.Lambda,
        ast.IfExp,
        ast.BoolOp,
    )
    for above in file.ancestors(value):
        if above is statement:
            return False
        if isinstance(above, kinds):
            return True
    return True


# -- a parameter ------------------------------------------------------------------------------------------------------


def _parameter(
    node: ast.Await, found: _Read, route: Route, function: FunctionNode, file: File
) -> RouteParameter | None:
    """The parameter that is the request, if a model can take its place."""
    match node.value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=request))):
            parameter = route.parameter(request)
        case _:
            return None
    if parameter is None or parameter.default is not None or found.statement not in function.body:
        return None
    if any(one.name == found.name for one in route.parameters) or set(route.methods) & {"GET", "HEAD"}:
        return None
    if not found.is_new and (len(function.body) < 2 or not _is_alone(found.statement, file)):
        return None
    return parameter if uses_of(file, function, request) is not None else None


def _is_alone(statement: ast.stmt, file: File) -> bool:
    """Whether a statement has its lines for itself."""
    before, after = _around(statement, file)
    return not before.strip() and (not after.strip() or after.strip().startswith("#"))


def _around(statement: ast.stmt, file: File) -> tuple[str, str]:
    place = range_of(statement)
    before = file.slice(Range(place.start_line, 0, place.start_line, place.start_col))
    line = file.item.text.split("\n")[place.end_line - 1]
    return before, line.encode()[place.end_col :].decode(errors="replace")


def _declare(found: _Read, parameter: RouteParameter, function: FunctionNode, file: File) -> Iterator[AnyEdit]:
    model = write_model(file, function, found.shape)
    yield from model.edits
    declared = f"{found.name}: {model.expression}"
    is_last_use = len(uses_of(file, function, parameter.name) or ()) == 1
    yield file.replace(parameter.arg, declared if is_last_use else f"{declared}, {file.text(parameter.arg)}")
    yield from found.shape.edits(file, {found.value: found.name})
    if not found.is_new:
        place = range_of(found.statement)
        indent, comment = _around(found.statement, file)
        kept = f"{indent}{comment.strip()}\n" if comment.strip() else ""
        yield file.replace(Range(place.start_line, 0, place.end_line + 1, 0), kept)


# -- where the body is read -------------------------------------------------------------------------------------------


def _validate(found: _Read, node: ast.Await, read: str, function: FunctionNode, file: File) -> Iterator[AnyEdit]:
    answered = _is_answered(found.statement, file)
    if not _is_alone(found.statement, file):
        raise CannotFix("the statement shares its line with others")
    is_fastapi = "fastapi" in file.index.imports(file.module)
    refusal = "fastapi.exceptions.RequestValidationError" if is_fastapi else "starlette.exceptions.HTTPException"
    model = write_model(file, function, found.shape, () if answered else ("pydantic.ValidationError", refusal))
    yield from model.edits
    yield from found.shape.edits(file, {found.value: found.name})
    validated = f"{model.expression}.model_validate_json({_bytes(found, node, read, file)})"
    indent, level = indent_of(file, found.statement), one_level(str(file.current.source.text))
    place = range_of(found.statement)
    first, after = place.start_line, place.end_line + 1
    caught = ""
    if not answered:
        error, refused = model.others
        given = "error.errors()" if is_fastapi else "422, str(error)"
        caught = f"{indent}except {error} as error:\n{indent}{level}raise {refused}({given}) from error\n"
    if found.is_new:
        opened = f"{indent}try:\n{indent}{level}" if caught else indent
        yield file.replace(Range(first, 0, first, 0), f"{opened}{found.name} = {validated}\n{caught}")
        return
    yield file.replace(found.value, validated)
    if isinstance(found.statement, ast.AnnAssign):
        yield file.replace(found.statement.annotation, model.expression)
    if caught:
        yield file.insert_before(found.statement, f"try:\n{indent}{level}")
        yield file.replace(Range(after, 0, after, 0), caught)


def _bytes(found: _Read, node: ast.Await, read: str, file: File) -> str:
    """How the body's bytes are read, or called where they are at hand."""
    if read == "body":
        assert isinstance(found.value, ast.Call)
        return file.text(found.value.args[0])
    assert isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute)
    return f"await {file.text(node.value.func.value)}.body()"


def _is_answered(statement: ast.stmt, file: File) -> bool:
    """Whether the code around answers bodies that do not fit.

    Raises:
        CannotFix: it answers those that are no JSON, and no others.
    """
    below: ast.AST = statement
    for above in file.ancestors(statement):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return False
        if isinstance(above, ast.Try) and below in above.body:
            names = {name for handler in above.handlers for name in _caught(handler.type)}
            if names & _CATCHING:
                return True
            if any("JSON" in name for name in names):
                raise CannotFix("what is no JSON is answered on its own")
        below = above
    return False


def _caught(types: ast.expr | None) -> Iterator[str]:
    for one in types.elts if isinstance(types, ast.Tuple) else [types]:
        yield one.attr if isinstance(one, ast.Attribute) else one.id if isinstance(one, ast.Name) else "Exception"
