"""A Pydantic model for what a handler reads from a mapping: the keys, their types as far as their use tells, their defaults."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Iterator
from dataclasses import dataclass, field

from seawall.edits import Edit
from seawall.edits.imports import need_all
from seawall.rules.base import File
from seawall.semantics.evaluate import instance_of
from seawall.semantics.facts import FunctionFact, ValueFact
from seawall.semantics.symbols import Call, Ref
from seawall.semantics.types import Instance, Named, Type, options
from seawall.semantics.view import FunctionNode
from seawall.syntax import Range

_CONVERTERS = frozenset({"int", "float"})
_PLAIN = frozenset({"int", "str", "float", "bool"})
_SCALARS = {
    "builtins.int": "int",
    "builtins.str": "str",
    "builtins.float": "float",
    "builtins.bool": "bool",
}
_COLUMN_TYPES = {
    "sqlalchemy.Integer": "int",
    "sqlalchemy.BigInteger": "int",
    "sqlalchemy.SmallInteger": "int",
    "sqlalchemy.String": "str",
    "sqlalchemy.Text": "str",
    "sqlalchemy.Unicode": "str",
    "sqlalchemy.Boolean": "bool",
    "sqlalchemy.Float": "float",
}
_STR_METHODS = frozenset({
    "capitalize", "casefold", "encode", "endswith", "lower", "lstrip", "partition", "removeprefix", "removesuffix",
    "replace", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip", "title", "upper",
})  # fmt: skip
_CONTAINER_OF: dict[type, str] = {list: "list[Any]", dict: "dict[str, Any]"}
# Names that a field of a Pydantic model would hide.
_TAKEN = frozenset({
    "construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema", "schema_json",
    "validate",
})  # fmt: skip


@dataclass(slots=True)
class Field:
    """A key that is read, and all that its uses tell."""

    name: str
    required: bool = False
    default: str | None = None
    types: set[str] = field(default_factory=set)

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


@dataclass(slots=True)
class Shape:
    """What a handler reads from the mapping called `name`, and how the same is written of a model."""

    name: str
    fields: dict[str, Field] = field(default_factory=dict)
    tests: list[ast.Name] = field(default_factory=list)
    """Where it is asked whether a key is there."""
    reads: list[tuple[ast.expr, Field]] = field(default_factory=list)
    converted: dict[ast.expr, ast.Call] = field(default_factory=dict)
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
    if kind not in (*_PLAIN, *_CONTAINER_OF.values()):
        return None
    text = ast.unparse(rest[0])
    return text if '"' in text else text.replace("'", '"'), kind


def _use(file: File, node: ast.expr, one: Field, shape: Shape) -> bool:
    """Note what the use of a key's value tells, and how it is written of a model."""
    parent = file.parent(node)
    told: str | None = None
    match parent:
        case ast.Call(func=ast.Name(id=converter), args=[argument], keywords=[]) if (
            argument is node and converter in _CONVERTERS and file.qualname(parent.func) == f"builtins.{converter}"
        ):
            told = converter
            shape.converted[node] = parent
        case ast.Call():
            told = _argument_type(file, parent, node)
        case ast.keyword(arg=str(name)):
            call = file.parent(parent)
            told = _keyword_type(file, call, name) if isinstance(call, ast.Call) else None
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            told = _compared_type(file, operator, right if left is node else left)
        case ast.Attribute(attr=attr) if attr in _STR_METHODS and isinstance(file.parent(parent), ast.Call):
            told = "str"
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


def _compared_type(file: File, operator: ast.cmpop, other: ast.expr) -> str | None:
    if isinstance(other, ast.Constant):
        kind = type(other.value).__name__
        if isinstance(operator, (ast.Eq, ast.NotEq)):
            return kind if kind in _PLAIN else None
        if isinstance(operator, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
            return {"int": "int | float", "float": "float", "str": "str"}.get(kind)
        return None
    return _value_type(file, other) if isinstance(operator, (ast.Eq, ast.NotEq)) else None


def _value_type(file: File, other: ast.expr) -> str | None:
    """The scalar type of what a key is compared with: a value, or a model's column."""
    symbol = file.symbol(other)
    if isinstance(symbol, Ref):
        fact = file.index.resolve(symbol.name).fact
        if isinstance(fact, ValueFact) and (column := _column_type(file, fact)):
            return column
    return _scalar(file.type_of(other))


def _column_type(file: File, fact: ValueFact) -> str | None:
    """`Column(Integer, ...)` holds an `int`."""
    match fact.value:
        case Call(args=args):
            kinds = (file.index.named(arg.func if isinstance(arg, Call) else arg) for arg in args if arg is not None)
            return next((_COLUMN_TYPES[kind] for kind in kinds if kind in _COLUMN_TYPES), None)
    return None


def _argument_type(file: File, call: ast.Call, node: ast.expr) -> str | None:
    """The scalar type that the project's own function declares for an argument given by position."""
    called = file.called_function(call)
    if called is None or node not in call.args or any(isinstance(arg, ast.Starred) for arg in call.args):
        return None
    return _declared(file, called[1], call.args.index(node) + _bound(file, call), None)


def _keyword_type(file: File, call: ast.Call, name: str) -> str | None:
    called = file.called_function(call)
    if called is not None:
        return _declared(file, called[1], None, name)
    cls = file.callee(call)
    attribute = file.index.attributes(cls).get(name) if cls else None
    if attribute is None:
        return None
    if attribute.annotation is None:
        return _column_type(file, attribute)
    return _scalar(instance_of(file.index, attribute.annotation))


def _bound(file: File, call: ast.Call) -> int:
    found = file.type_of(call.func)
    return 1 if isinstance(found, Named) and found.receiver is not None else 0


def _declared(file: File, fact: FunctionFact, position: int | None, name: str | None) -> str | None:
    for number, parameter in enumerate(fact.params):
        if number == position or parameter.name == name:
            return _scalar(file.index.type_of(parameter))
    return None


def _scalar(type_: Type | None) -> str | None:
    match options(type_):
        case (Instance(cls),):
            return _SCALARS.get(cls)
    return None


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


def model_edits(
    file: File, function: FunctionNode, name: str, shape: Shape, *names: str
) -> tuple[list[Edit], list[str]]:
    """The edits that write the model before the handler and import what it needs; and how `names` are written here."""
    fields = [one.line for one in shape.fields.values()]
    has_any = any("Any" in line.partition(":")[2] for line in fields)
    needed = need_all(file, ["pydantic.BaseModel", *(["typing.Any"] if has_any else []), *names])
    base = needed[0].expression
    any_expression = needed[1].expression if has_any else "Any"
    lines = [line if any_expression == "Any" else line.replace("Any", any_expression) for line in fields]
    text = f"class {name}({base}):\n" + "".join(f"    {line}\n" for line in lines) + "\n\n"
    top = _top(file, function)
    assert top is not None
    place = file.place(Range(top, 0, top, 0))
    edits = [edit for one in needed for edit in one.edits]
    expressions = [one.expression for one in needed[1 + has_any :]]
    return [*edits, Edit(file.path, place, text)], expressions


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
