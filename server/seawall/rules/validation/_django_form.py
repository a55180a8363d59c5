"""Validating what a Django view reads: with a form, a serializer of Django REST framework, or a Pydantic model for JSON."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from seawall.edits import AnyEdit, CannotFix, Edit
from seawall.edits.comments import kept_comments
from seawall.edits.imports import Importing, Needed, need_all
from seawall.edits.layout import indent_of, one_level
from seawall.edits.settings.module import Module, path_of
from seawall.rules.base import File
from seawall.rules.validation._body_model import camel, placed, taken_names, write_model
from seawall.rules.validation._body_shape import shape_of
from seawall.rules.validation._django_fields import FieldOf
from seawall.rules.validation._told import conversion
from seawall.semantics.view import FunctionNode
from seawall.syntax import Range

Known = Callable[[ast.expr], FieldOf | None]
"""What is known of the field for a place where a key is read."""

_RESPONSES = ("render", "redirect")


class _Kind(NamedTuple):
    """Forms or serializers: what they are called, and where they are kept."""

    base: str
    module: str
    suffix: str
    variable: str
    values: str


_FORM = _Kind("django.forms", "forms", "Form", "form", "cleaned_data")
_SERIALIZER = _Kind("rest_framework.serializers", "serializers", "Serializer", "serializer", "validated_data")


class _Read(NamedTuple):
    key: str
    node: ast.expr
    is_required: bool
    default: ast.expr | None = None


def form_edits(part: ast.Attribute, function: FunctionNode, field_of: Known, file: File) -> Iterator[AnyEdit]:
    """The edits that validate all that the function reads of a part of the request."""
    kind = _SERIALIZER if part.attr in ("data", "query_params") else _FORM
    if kind is _FORM and not _is_view(function, file):
        raise CannotFix("the function is no view, and cannot answer")
    reads = list(_reads(part, function, file))
    lines = _lines(reads, field_of, part, kind)
    home = _home(kind, file)
    owner = file.absolute_name(function).split(".")[-2]
    stem = camel(function.name if owner == file.module.rpartition(".")[2] else owner)
    taken = taken_names(file, home)
    name = next(one for one in _free(stem, camel(function.name), kind.suffix) if one not in taken)
    others = () if kind is _SERIALIZER else ("django.http.JsonResponse",)
    made = placed(file, function, home, name, partial(_written, name, lines, kind), others)
    yield from made.edits
    variable = _variable(kind.variable, function, file)
    if kind is _SERIALIZER:
        before = [
            f"{variable} = {made.expression}(data={file.text(part)})",
            f"{variable}.is_valid(raise_exception=True)",
        ]
        yield _before_all(before, [one.node for one in reads], function, file)
    else:
        level = one_level(str(file.current.source.text))
        before = [f"{variable} = {made.expression}({file.text(part)})", f"if not {variable}.is_valid():"]
        before.append(f"{level}return {made.others[0]}({variable}.errors, status=422)")
        yield _before_all(before, [one.node for one in reads], function, file)
    yield from _rewritten(reads, lines, f"{variable}.{kind.values}", kind, file)


def json_edits(read: ast.expr, function: FunctionNode, file: File) -> Iterator[AnyEdit]:
    """The edits that validate a body that is read as JSON."""
    if not file.project.dependencies.has("pydantic"):
        raise CannotFix("the project has no Pydantic, which would validate JSON")
    if not _is_view(function, file):
        raise CannotFix("the function is no view, and cannot answer")
    statement = file.statement(read)
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is read:
            pass
        case _:
            raise CannotFix("what the body holds is in no variable")
    uses = [one for one in file.uses(name) if isinstance(one.ctx, ast.Load) and file.function(one) is function]
    is_set_again = len(file.scan.opened[function].bindings.get(name, ())) != 1
    shape = shape_of(file, uses) if not is_set_again else None
    if shape is None:
        raise CannotFix("what the body holds is used as a whole as well")
    model = write_model(file, function, shape, ("pydantic.ValidationError", "django.http.HttpResponse"))
    yield from model.edits
    yield from shape.edits(file)
    assert isinstance(read, ast.Call)
    body = next(one for one in ast.walk(read) if isinstance(one, ast.Attribute) and one.attr == "body")
    indent, level = indent_of(file, statement), one_level(str(file.current.source.text))
    after = file.place(statement).end_line + 1
    error, response = model.others
    answer = f'return {response}(error.json(), status=422, content_type="application/json")'
    yield file.replace(read, f"{model.expression}.model_validate_json({file.text(body)})")
    yield file.insert_before(statement, f"try:\n{indent}{level}")
    caught = f"{indent}except {error} as error:\n{indent}{level}{answer}\n"
    yield Edit(file.path, Range(after, 0, after, 0), caught)


# -- what is read -----------------------------------------------------------------------------------------------------


def _reads(part: ast.Attribute, function: FunctionNode, file: File) -> Iterator[_Read]:
    text = file.text(part)
    for one in file.scan.nodes.get(ast.Attribute, ()):
        if not isinstance(one, ast.Attribute) or one.attr != part.attr or file.text(one) != text:
            continue
        if file.function(one) is not function:
            if function in file.ancestors(one):
                raise CannotFix(f"`{text}` is read in an inner function as well")
            continue
        found = _key(one, file)
        if found is None:
            raise CannotFix(f"`{text}` is used as a whole as well")
        yield found


def _key(part: ast.expr, file: File) -> _Read | None:
    parent = file.parent(part)
    match parent:
        case ast.Subscript(slice=ast.Constant(value=str(key)), ctx=ast.Load()):
            return _Read(key, parent, True) if key.isidentifier() else None
        case ast.Attribute(attr="get"):
            match file.parent(parent):
                case ast.Call(func=func, args=[ast.Constant(value=str(key)), *rest], keywords=[]) as call if (
                    func is parent and len(rest) < 2 and key.isidentifier()
                ):
                    return _Read(key, call, False, rest[0] if rest else None)
    return None


def _is_view(function: FunctionNode, file: File) -> bool:
    """Whether all that a function returns are responses."""
    values = [one.value for one in file.scan.opened[function].returns]
    return bool(values) and all(
        isinstance(one, ast.Call)
        and (
            (name := file.called_name(one)) in _RESPONSES
            or name.endswith("Response")
            or name.startswith("HttpResponse")
        )
        for one in values
    )


def _lines(reads: list[_Read], field_of: Known, part: ast.Attribute, kind: _Kind) -> dict[str, str]:
    """The field of each key, as a call without what it is called on."""
    lines: dict[str, str] = {}
    for key in dict.fromkeys(one.key for one in reads):
        places = [one for one in reads if one.key == key]
        several = {field for one in places if (field := field_of(one.node)) is not None}
        if len(several) > 1:
            raise CannotFix(f"`{key}` becomes different things")
        if not several and part.attr == "data":
            raise CannotFix(f"what `{key}` holds is not known")
        field = next(iter(several), FieldOf())
        is_required = any(one.is_required for one in places)
        if not is_required and len({ast.dump(one.default) for one in places if one.default}) > 1:
            raise CannotFix(f"`{key}` has several defaults")
        write = field.of_form if kind is _FORM else field.of_serializer
        lines[key] = write(is_required=is_required)
    return lines


def _rewritten(reads: list[_Read], lines: dict[str, str], values: str, kind: _Kind, file: File) -> Iterator[AnyEdit]:
    for key, node, is_required, default in reads:
        converted = conversion(file, node) if is_required else None
        replaced = converted[0] if converted is not None else node
        yield from kept_comments(file, replaced)
        if is_required:
            yield file.replace(replaced, f'{values}["{key}"]')
        elif kind is _SERIALIZER:
            yield file.replace(replaced, f'{values}.get("{key}"{f", {file.text(default)}" if default else ""})')
        else:
            yield file.replace(replaced, _or_default(f'{values}["{key}"]', lines[key], default, node, file))


def _or_default(value: str, field: str, default: ast.expr | None, node: ast.expr, file: File) -> str:
    """What a form gives for a key that may be missing: an empty text, or None for all but texts."""
    is_text = field.startswith(("CharField", "SlugField", "EmailField", "URLField"))
    if default is None or (isinstance(default, ast.Constant) and default.value is None):
        return f"({value} or None)" if is_text and _asks_for_none(node, file) else value
    if isinstance(default, ast.Constant) and default.value == "" and is_text:
        return value
    given = file.text(default)
    return f"({value} or {given})" if is_text else f"({given} if {value} is None else {value})"


def _asks_for_none(node: ast.expr, file: File) -> bool:
    return any(
        isinstance(one, ast.Compare)
        and file.function(one) is file.function(node)
        and any(isinstance(other, ast.Constant) and other.value is None for other in one.comparators)
        for one in file.scan.nodes.get(ast.Compare, ())
    )


# -- writing ----------------------------------------------------------------------------------------------------------


def _free(stem: str, function: str, suffix: str) -> Iterator[str]:
    yield f"{stem}{suffix}"
    yield f"{stem}{function}{suffix}"
    yield from (f"{stem}{number}{suffix}" for number in range(2, 100))


def _variable(wanted: str, function: FunctionNode, file: File) -> str:
    taken = {*file.scan.opened[function].bindings, *file.current.facts.names}
    return next(
        one for one in (wanted, f"given_{wanted}", *(f"{wanted}{n}" for n in range(2, 100))) if one not in taken
    )


def _written(
    name: str, lines: dict[str, str], kind: _Kind, file: Importing, others: Sequence[str]
) -> tuple[list[Needed], str]:
    needed = need_all(file, [kind.base, *others])
    library = needed[0].expression
    fields = "".join(f"    {key} = {library}.{call}\n" for key, call in lines.items())
    return needed, f"class {name}({library}.{kind.suffix}):\n{fields}"


def _home(kind: _Kind, file: File) -> Module | None:
    """The module beside the view that keeps forms or serializers."""
    package = file.module.rpartition(".")[0]
    for name in (kind.module, f"{kind.module}.{file.module.rpartition('.')[2]}"):
        module = f"{package}.{name}" if package else name
        path = path_of(module, file.project) if file.index.has_module(module) and module != file.module else None
        found = Module.at(path, file.project, file.index) if path is not None and path.name != "__init__.py" else None
        if found is not None and found.tree.body:
            return found
    return None


def _before_all(lines: list[str], nodes: list[ast.expr], function: FunctionNode, file: File) -> Edit:
    """Lines before the first statement that reads, in the block that holds all that do.

    Raises:
        CannotFix: there is none, or the statement shares its line.
    """
    statement: ast.stmt | None = None
    for several in zip(*(_chain(node, function, file) for node in nodes), strict=False):
        if len({(file.parent(one), _block(one, file)) for one in several}) > 1:
            break
        statement = min(several, key=lambda one: one.lineno)
        if len(set(several)) > 1:
            break
    if statement is None or file.text(statement).startswith("elif"):
        raise CannotFix("there is no place before all that reads")
    indent = indent_of(file, statement)
    before = file.slice(Range(statement.lineno, 0, statement.lineno, statement.col_offset))
    if before.strip():
        raise CannotFix("the statement shares its line with others")
    place = file.place(statement)
    text = "".join(f"{indent}{line}\n" for line in lines)
    return Edit(file.path, Range(place.start_line, 0, place.start_line, 0), text)


def _chain(node: ast.expr, function: FunctionNode, file: File) -> list[ast.stmt]:
    """The statements around a node, from the function's own block inwards."""
    found: list[ast.stmt] = []
    for above in file.ancestors(node):
        if above is function:
            break
        if isinstance(above, ast.stmt):
            found.append(above)
    return found[::-1]


def _block(statement: ast.stmt, file: File) -> str:
    """Which of its parent's blocks a statement stands in."""
    parent = file.parent(statement)
    return next(
        (name for name in ("body", "orelse", "finalbody") if statement in getattr(parent, name, ())), "handlers"
    )
