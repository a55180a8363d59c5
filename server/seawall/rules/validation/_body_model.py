"""A Pydantic model for what a handler reads from a mapping: the keys, their types as far as their use tells, their defaults."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator

import msgspec

from seawall.edits import Edit
from seawall.edits.imports import need_all
from seawall.rules.base import File
from seawall.rules.validation._told import IMPORTED, PLAIN, conversion, told_by_use
from seawall.semantics.view import FunctionNode
from seawall.syntax import Range

_WORD = re.compile(r"\b[A-Za-z_]\w*\b")
_CONTAINER_OF: dict[type, str] = {list: "list[Any]", dict: "dict[str, Any]"}
# Names that a field of a Pydantic model would hide.
_TAKEN = frozenset({
    "construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema", "schema_json",
    "validate",
})  # fmt: skip


class Field(msgspec.Struct):
    """A key that is read, and all that its uses tell."""

    name: str
    required: bool = False
    default: str | None = None
    types: set[str] = msgspec.field(default_factory=set)

    @property
    def type(self) -> str:
        """The one type that the uses agree on."""
        return next(iter(self.types)) if len(self.types) == 1 else "Any"

    @property
    def is_never_none(self) -> bool:
        return self.required or self.default not in (None, "None")

    @property
    def line(self) -> str:
        """The field's line in the model."""
        if self.required:
            return f"{self.name}: {self.type}"
        if self.default is not None and self.default != "None":
            return f"{self.name}: {self.type} = {self.default}"
        return f"{self.name}: {'Any' if self.type == 'Any' else f'{self.type} | None'} = None"


class Shape(msgspec.Struct):
    """What a handler reads from the mapping called `name`, and how the same is written of a model."""

    name: str
    fields: dict[str, Field] = msgspec.field(default_factory=dict)
    tests: list[ast.Name] = msgspec.field(default_factory=list)
    """Where it is asked whether a key is there."""
    reads: list[tuple[ast.expr, Field]] = msgspec.field(default_factory=list)
    converted: dict[ast.expr, ast.Call] = msgspec.field(default_factory=dict)
    """Reads that a call like `int(...)` surrounds."""

    def edits(self, file: File) -> Iterator[Edit]:
        for name in self.tests:
            yield file.replace(name, f"{self.name}.model_fields_set")
        for node, one in self.reads:
            call = self.converted.get(node)
            is_converted = call is not None and one.is_never_none and file.text(call.func) == one.type
            yield file.replace(call if call is not None and is_converted else node, f"{self.name}.{one.name}")


def uses_of(file: File, function: FunctionNode, name: str) -> list[ast.Name] | None:
    """Where a function reads a variable; None if it is bound again or belongs to an inner function as well."""
    uses = []
    for node in file.scan.nodes[ast.Name]:
        assert isinstance(node, ast.Name)
        if node.id == name and function in file.ancestors(node):
            if not isinstance(node.ctx, ast.Load):
                return None
            uses.append(node)
    inner = [scope for scope in file.scan.opened.values() if name in scope.bindings and scope.node is not function]
    return None if any(function in file.ancestors(scope.node) for scope in inner) else uses


def shape_of(file: File, name: str, uses: list[ast.Name]) -> Shape | None:
    """The shape that a mapping must have; None if it is used in a way that a model does not allow."""
    shape = Shape(name)
    guarded = {key for use in uses if (key := _tested_key(file, use)) is not None}
    for use in uses:
        if not _read(file, use, shape, guarded):
            return None
    for one in shape.fields.values():
        if one.default is not None and one.required:
            return None
    return shape if shape.fields else None


def _read(file: File, use: ast.Name, shape: Shape, guarded: set[str]) -> bool:
    parent = file.parent(use)
    match parent:
        case ast.Subscript(value=value, slice=ast.Constant(value=str(key)), ctx=ast.Load()) if value is use:
            one = _field(shape, key)
            if one is None:
                return False
            one.required = one.required or key not in guarded
            return _use(file, parent, one, shape)
        case ast.Attribute(value=value, attr="get") if value is use:
            call = file.parent(parent)
            match call:
                case ast.Call(func=func, args=[ast.Constant(value=str(key)), *rest], keywords=[]) if func is parent:
                    one = _field(shape, key)
                    default = _default(rest)
                    if one is None or default is None or one.default not in (None, default[0]):
                        return False
                    one.default = default[0]
                    if default[1]:
                        one.types.add(default[1])
                    return _use(file, call, one, shape)
        case ast.Compare(left=ast.Constant(value=str(key)), ops=[ast.In() | ast.NotIn()], comparators=[right]) if (
            right is use
        ):
            shape.tests.append(use)
            return _field(shape, key) is not None
    return False


def _tested_key(file: File, use: ast.Name) -> str | None:
    match file.parent(use):
        case ast.Compare(left=ast.Constant(value=str(key)), ops=[ast.In() | ast.NotIn()], comparators=[right]):
            return key if right is use else None
    return None


def _field(shape: Shape, key: str) -> Field | None:
    if not key.isidentifier() or keyword.iskeyword(key) or key.startswith(("_", "model_")) or key in _TAKEN:
        return None
    return shape.fields.setdefault(key, Field(key))


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


def _use(file: File, node: ast.expr, one: Field, shape: Shape) -> bool:
    """Note what the use of a key's value tells, and how it is written of a model."""
    parent = file.parent(node)
    told = told_by_use(file, node)
    if (converted := conversion(file, node)) is not None:
        shape.converted[node] = converted[0]
    match parent:
        case ast.Subscript(value=value, slice=ast.Constant(value=str())) if value is node:
            told = "dict[str, Any]"
        case ast.For(iter=iterated) | ast.AsyncFor(iter=iterated) | ast.comprehension(iter=iterated) if (
            iterated is node
        ):
            told = "list[Any]"
    if told:
        one.types.add(told)
    shape.reads.append((node, one))
    return True


# -- writing ----------------------------------------------------------------------------------------------------------


def model_name(file: File, function: FunctionNode) -> str:
    """`create_order` -> `CreateOrderRequest`, or a name like it that is free."""
    stem = "".join(part.capitalize() for part in function.name.split("_"))
    taken = file.current.facts.names
    for suffix in ("Request", "Payload", "Body"):
        if f"{stem}{suffix}" not in taken:
            return f"{stem}{suffix}"
    return f"{stem}RequestBody"


def can_stand_before(file: File, function: FunctionNode) -> bool:
    """Whether a class can be put before the top-level statement that holds the function."""
    return not file.item.owner and bool(_top(file, function))


def model_edits(file: File, function: FunctionNode, name: str, shape: Shape) -> list[Edit]:
    """The edits that write the model before the handler and import what it needs."""
    fields = [one.line for one in shape.fields.values()]
    words = {word for one in shape.fields.values() for word in _WORD.findall(one.line.partition(":")[2])}
    wanted = sorted(words & IMPORTED.keys())
    needed = need_all(file, ["pydantic.BaseModel", *(IMPORTED[word] for word in wanted)])
    written = {word: one.expression for word, one in zip(wanted, needed[1:], strict=True)}
    lines = [_WORD.sub(lambda found: written.get(found[0], found[0]), line) for line in fields]
    text = f"class {name}({needed[0].expression}):\n" + "".join(f"    {line}\n" for line in lines) + "\n\n"
    top = _top(file, function)
    assert top is not None
    edits = [edit for one in needed for edit in one.edits]
    return [*edits, Edit(file.path, file.place(Range(top, 0, top, 0)), text)]


def _top(file: File, function: FunctionNode) -> int | None:
    """The line before which the class goes: above the decorators and the comments that belong to the statement."""
    statement: ast.AST = function
    for above in file.ancestors(function):
        if isinstance(above, ast.Module):
            break
        statement = above
    if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return None
    line = min([statement.lineno, *(decorator.lineno for decorator in statement.decorator_list)])
    lines = file.item.text.split("\n")
    while line > 1 and lines[line - 2].startswith("#"):
        line -= 1
    return line
