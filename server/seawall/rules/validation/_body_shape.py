"""What a handler reads from a mapping: the keys, their types as far as their use tells, their defaults; and mappings within."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from seawall.edits import Edit
from seawall.edits.comments import kept_comments
from seawall.rules.base import File
from seawall.rules.validation._told import PLAIN, conversion, told_by_use
from seawall.semantics.view import FunctionNode

_CONTAINER_OF: dict[type, str] = {list: "list[Any]", dict: "dict[str, Any]"}
# Names that a field of a Pydantic model would hide.
_TAKEN = frozenset({
    "construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema", "schema_json",
    "validate",
})  # fmt: skip
_MAX_DEPTH = 4


class Field(msgspec.Struct, eq=False):
    """A key that is read, and all that its uses tell."""

    name: str
    required: bool = False
    default: str | None = None
    types: set[str] = msgspec.field(default_factory=set)
    inner: Shape | None = None
    """What is read of the mapping, or of each of the mappings, that the key holds."""
    is_many: bool = False

    @property
    def type(self) -> str:
        """The one type that the uses agree on."""
        return next(iter(self.types)) if len(self.types) == 1 else "Any"

    @property
    def is_never_none(self) -> bool:
        return self.required or self.default not in (None, "None")


class Read(NamedTuple):
    """Where a key is read, and of what."""

    node: ast.expr
    of: ast.expr
    field: Field


class Shape(msgspec.Struct, eq=False):
    """What is read of a mapping, and how the same is written of a model."""

    fields: dict[str, Field] = msgspec.field(default_factory=dict)
    tests: list[ast.expr] = msgspec.field(default_factory=list)
    """Where it is asked whether a key is there."""
    reads: list[Read] = msgspec.field(default_factory=list)
    converted: dict[ast.expr, ast.Call] = msgspec.field(default_factory=dict)
    """Reads that a call like `int(...)` surrounds."""

    @property
    def below(self) -> Iterator[Shape]:
        """This shape and all within."""
        yield self
        for one in self.fields.values():
            if one.inner is not None:
                yield from one.inner.below

    def edits(self, file: File, roots: dict[ast.expr, str] | None = None) -> Iterator[Edit]:
        """Reads keys as attributes; `roots` says how an expression is written that is no variable."""
        reads = {one.node: one for shape in self.below for one in shape.reads}
        tests = [test for shape in self.below for test in shape.tests]
        inner = {one.of for one in reads.values()} | set(tests)

        def written(node: ast.expr) -> str:
            if roots and node in roots:
                return roots[node]
            return f"{written(reads[node].of)}.{reads[node].field.name}" if node in reads else file.text(node)

        for test in tests:
            yield from kept_comments(file, test)
            yield file.replace(test, f"{written(test)}.model_fields_set")
        converted = {node: call for shape in self.below for node, call in shape.converted.items()}
        for node, (_, _, one) in reads.items():
            if node in inner:
                continue
            call = converted.get(node)
            is_converted = call is not None and one.is_never_none and file.text(call.func) == one.type
            replaced = call if call is not None and is_converted else node
            yield from kept_comments(file, replaced)
            yield file.replace(replaced, written(node))


def uses_of(file: File, function: FunctionNode, name: str) -> list[ast.Name] | None:
    """Where a function reads a variable; None if it is bound again or belongs to an inner function as well."""
    uses = _loads(file, function, name)
    stores = [one for one in file.uses(name) if not isinstance(one.ctx, ast.Load) and function in file.ancestors(one)]
    inner = [scope for scope in file.scan.opened.values() if name in scope.bindings and scope.node is not function]
    return None if stores or any(function in file.ancestors(scope.node) for scope in inner) else uses


def _loads(file: File, within: ast.AST, name: str) -> list[ast.Name]:
    return [one for one in file.uses(name) if isinstance(one.ctx, ast.Load) and within in file.ancestors(one)]


class _Found(NamedTuple):
    key: str
    node: ast.expr | None
    """Where the key is read; None where it is only asked whether it is there."""
    default: tuple[str, str] | None = None
    """The text and type of the default that is given."""


def shape_of(file: File, uses: Sequence[ast.expr], depth: int = 0) -> Shape | None:
    """The shape that a mapping must have; None if it is used in a way that a model does not allow."""
    shape = Shape()
    several: dict[str, list[tuple[ast.expr, _Found]]] = {}
    for use in uses:
        found = _found(file, use)
        if found is None or not _may_be_field(found.key):
            return None
        several.setdefault(found.key, []).append((use, found))
        if found.node is None:
            shape.tests.append(use)
    for key, places in several.items():
        one = shape.fields[key] = Field(key)
        is_tested = any(found.node is None for _, found in places)
        defaults = {found.default for _, found in places if found.default is not None}
        is_required = any(found.node is not None and found.default is None for _, found in places)
        if len({text for text, _ in defaults}) > 1 or (defaults and is_required and not is_tested):
            return None
        one.required = is_required and not is_tested
        for text, kind in defaults:
            one.default = text
            one.types.update([kind] if kind else [])
        nodes = [(use, found.node) for use, found in places if found.node is not None]
        shape.reads.extend(Read(node, use, one) for use, node in nodes)
        if not _look_inside(file, one, [node for _, node in nodes], depth):
            for _, node in nodes:
                _use(file, node, one, shape)
    return shape if shape.fields else None


def _found(file: File, use: ast.expr) -> _Found | None:
    parent = file.parent(use)
    match parent:
        case ast.Subscript(value=value, slice=ast.Constant(value=str(key)), ctx=ast.Load()) if value is use:
            return _Found(key, parent)
        case ast.Attribute(value=value, attr="get") if value is use:
            match file.parent(parent):
                case ast.Call(func=func, args=[ast.Constant(value=str(key)), *rest], keywords=[]) as call if (
                    func is parent and len(rest) < 2
                ):
                    default = _default(rest)
                    return _Found(key, call, default) if default is not None else None
        case ast.Compare(left=ast.Constant(value=str(key)), ops=[ast.In() | ast.NotIn()], comparators=[right]) if (
            right is use
        ):
            return _Found(key, None)
    return None


def _may_be_field(key: str) -> bool:
    return (
        key.isidentifier() and not keyword.iskeyword(key) and not key.startswith(("_", "model_")) and key not in _TAKEN
    )


def _default(rest: list[ast.expr]) -> tuple[str, str] | None:
    """A default's text and type."""
    if not rest:
        return "None", ""
    try:
        value = ast.literal_eval(rest[0])
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    if value is None:
        return "None", ""
    kind = _CONTAINER_OF.get(type(value), type(value).__name__)
    if kind not in (*PLAIN, *_CONTAINER_OF.values()):
        return None
    text = ast.unparse(rest[0])
    return text if '"' in text else text.replace("'", '"'), kind


def _use(file: File, node: ast.expr, one: Field, shape: Shape) -> None:
    """Note what the use of a key's value tells."""
    if (converted := conversion(file, node)) is not None:
        shape.converted[node] = converted[0]
    parent = file.parent(node)
    uses: list[ast.expr] = [node]
    if isinstance(parent, ast.Assign) and (variable := _variable(file, node)) is not None:
        uses.extend(variable)
    for use in uses:
        told = told_by_use(file, use)
        match file.parent(use):
            case ast.Subscript(value=value, slice=ast.Constant(value=str())) if value is use:
                told = "dict[str, Any]"
            case ast.For(iter=iterated) | ast.AsyncFor(iter=iterated) | ast.comprehension(iter=iterated) if (
                iterated is use
            ):
                told = "list[Any]"
        if told:
            one.types.add(told)


# -- mappings within --------------------------------------------------------------------------------------------------


def _look_inside(file: File, one: Field, nodes: list[ast.expr], depth: int) -> bool:
    """Whether the key holds a mapping, or a list of them, whose own keys are read; if so, note them."""
    if depth >= _MAX_DEPTH or not nodes:
        return False
    uses: list[ast.expr] = []
    for node in nodes:
        variable = _variable(file, node) if isinstance(file.parent(node), ast.Assign) else None
        uses.extend(variable if variable is not None else [node])
    tests = [use for use in uses if _is_asked_for(file, use)]
    others = [use for use in uses if use not in tests]
    if one.default in (None, "None", "{}"):
        inner = shape_of(file, others, depth + 1)
        if inner is not None and _stands_for(inner, one, tests, file):
            one.inner = inner
            return True
    if one.default in (None, "None", "[]"):
        rest = [use for use in others if not _is_measured(file, use)]
        elements = [_elements(file, use) for use in rest]
        if elements and all(elements):
            inner = shape_of(file, [element for several in elements for element in several or ()], depth + 1)
            if inner is not None:
                one.inner, one.is_many = inner, True
                return True
    return False


def _stands_for(inner: Shape, one: Field, tests: list[ast.expr], file: File) -> bool:
    """Whether a model is true and missing where the mapping was: one that may be empty was false then."""
    may_be_empty = not any(field.required for field in inner.fields.values())
    if one.default == "{}":
        return may_be_empty and not tests
    return not may_be_empty or all(isinstance(file.parent(test), ast.Compare) for test in tests)


def _is_asked_for(file: File, use: ast.expr) -> bool:
    """`if use`, `use is None`: asks only whether there is a value."""
    match file.parent(use):
        case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return left is use
        case ast.UnaryOp(op=ast.Not()):
            return True
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            return test is use
    return False


def _is_measured(file: File, use: ast.expr) -> bool:
    parent = file.parent(use)
    return isinstance(parent, ast.Call) and file.callee(parent) == "builtins.len"


def _variable(file: File, node: ast.expr) -> list[ast.expr] | None:
    """The uses of the variable that holds nothing but what is read here."""
    match file.parent(node):
        case ast.Assign(targets=[ast.Name(id=name) as target]):
            pass
        case _:
            return None
    function = file.function(node)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    scopes = [scope for scope in file.scan.opened.values() if name in scope.bindings]
    if [scope.node for scope in scopes if scope.node is function or function in file.ancestors(scope.node)] != [
        function
    ]:
        return None
    if file.scan.opened[function].bindings[name] != [target]:
        return None
    return [*_loads(file, function, name)]


def _elements(file: File, use: ast.expr) -> list[ast.expr] | None:
    """The uses of the variable that goes over what is used."""
    match file.parent(use):
        case ast.For(target=ast.Name(id=name), iter=several) as loop if several is use:
            function = file.function(loop)
            bindings = file.scan.opened[function].bindings.get(name, []) if function in file.scan.opened else []
            loops = [file.parent(one) for one in bindings]
            if not bindings or not all(isinstance(one, ast.For) and one.target in bindings for one in loops):
                return None
            found = _loads(file, function, name) if function is not None else []
            if any(not any(one in file.ancestors(load) for one in loops if one is not None) for load in found):
                return None
            return [load for load in found if next(one for one in file.ancestors(load) if one in loops) is loop]
        case ast.comprehension(target=ast.Name(id=name), iter=several, is_async=0) as part if several is use:
            around = file.parent(part)
            return [*_loads(file, around, name)] if around is not None else None
    return None
