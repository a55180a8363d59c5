"""A value of Django's request is stored, opened or converted as the client sent it.

Neither `objects.create()` nor `save()` validates: too long a text, a word where a number belongs or a choice that does not exist becomes a
response 500 or a bad row, and a name of a file may lead anywhere. A form, a serializer or a Pydantic model says first what is allowed,
and tells the client what is wrong.

Flagged is where `request.POST`, `GET`, `body`, `data` or `query_params` is read, if the value becomes a column of a model (here or in a function
that it is handed to), part of an SQL statement, the path of a file, or goes into `int()` and its like with nobody to catch what that raises.

Not flagged: what a form, a serializer or any other function is given as a whole; models that `full_clean()` looks at before they are saved;
values that are looked up (`filter(name=...)`, `get_object_or_404`), compared with others, cut to a length or picked from a closed set; conversions
and writes in a `try` that catches what they raise; what goes into a `TextField`, or as JSON into a `JSONField`, which take any; parameters
that are bound to SQL; tests.

Example:
    from django.http import HttpRequest, HttpResponse


    def fine(request: HttpRequest) -> HttpResponse:
        days = int(«request.POST["days"]»)
        return HttpResponse(days * 10)

Fixed:
    from django import forms
    from django.http import HttpRequest, HttpResponse, JsonResponse


    class FineForm(forms.Form):
        days = forms.IntegerField()


    def fine(request: HttpRequest) -> HttpResponse:
        form = FineForm(request.POST)
        if not form.is_valid():
            return JsonResponse(form.errors, status=422)
        days = form.cleaned_data["days"]
        return HttpResponse(days * 10)
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from seawall.edits import Fix, Safety
from seawall.knowledge.http_input import JSON_LOADS, REQUEST_TYPES
from seawall.rules.base import File, Finding, Severity
from seawall.rules.validation._django_ends import CHECKS, End, column_type, ends, is_caught, writes
from seawall.rules.validation._django_fields import FieldOf, of_column, of_number
from seawall.rules.validation._django_form import form_edits, json_edits
from seawall.rules.validation._outside import raw, way
from seawall.rules.validation._told import conversion
from seawall.semantics.guards import is_checked
from seawall.semantics.meanings.secret import is_aside
from seawall.semantics.origins import origins
from seawall.semantics.sources import REQUEST
from seawall.semantics.types import Instance, options
from seawall.semantics.view import FunctionNode, View

code, severity = "SW303", Severity.ERROR
attributes = frozenset({"POST", "GET", "body", "data", "query_params"})

_TEXTS = frozenset({"POST", "GET", "query_params"})
"""Parts whose values can only be texts."""
_VALUES = frozenset({"get", "getlist", "pop"})
_WHOLE = frozenset({"dict", "copy", "items"})
_LOOKING = frozenset(
    {"dict", "setattr", "loads", "len", "print", "bool", "list", "debug", "info", "warning", "error", "decode"}
)
"""Calls that may be given a whole request, and validate nothing."""
_MAX_STEPS = 5


def applies(file: File) -> bool:
    imported = file.index.imports(file.module)
    return not imported.isdisjoint(("django", "rest_framework")) and not is_aside(file.path, file.project.root)


def check(part: ast.Attribute, file: File) -> Iterator[Finding]:
    if not isinstance(part.ctx, ast.Load):
        return
    function = file.function(part)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) or _is_of_others(part, file):
        return
    read = _read(part, file)
    if read is None or not _ends(function, file) or is_caught(read, file):
        return
    paths = origins(file.names, read)
    if len(paths) != 1:
        return
    arrival = raw(file, read)
    if arrival is None or arrival.source != REQUEST or _is_validated(part, read, function, file):
        return
    names = _names(read, function, file)
    end = _end(read, part.attr, paths[0], names, function, file)
    if end is None or _is_looked_at(read, names, function, file):
        return
    yield file.finding(
        read,
        f"`{file.text(read)}` becomes {end.becomes}, validate it with a form, a serializer or a schema",
        *_fixes(part, read, function, file),
        related=way(arrival),
    )


def _fixes(part: ast.Attribute, read: ast.expr, function: FunctionNode, file: File) -> Iterator[Fix]:
    if file.item.broken:
        return
    title = "Validate what is read with a "
    if part.attr == "body":
        what, make = "Pydantic model", partial(json_edits, read, function, file)
    else:
        is_rest = part.attr in ("data", "query_params")
        what = "serializer" if is_rest else "form"
        make = partial(form_edits, part, function, partial(_field_of, part, function, file), file)
    yield Fix(f"{title}{what}", make, Safety.UNSAFE, "requests that do not fit are refused")


def _field_of(part: ast.Attribute, function: FunctionNode, file: File, node: ast.expr) -> FieldOf | None:
    """What is known of the field for a key that is read: the number or the column that it becomes."""
    names, paths = _names(node, function, file), origins(file.names, node)
    uses: list[ast.expr] = [one for name in names for one in file.uses(name) if file.function(one) is function]
    for use in (node, *uses):
        if (converted := conversion(file, use)) is not None:
            return of_number(converted[1])
    for end in _ends(function, file):
        if end.column and _holds(end.value, node, names) and set(paths) & set(origins(file.names, end.value)):
            return of_column(file, end.model, end.column, is_text=part.attr in _TEXTS)
    return None


def _is_of_others(part: ast.Attribute, file: File) -> bool:
    """`request.body` of a framework that is not Django."""
    return any(
        isinstance(one, Instance) and file.index.is_subclass(one.cls, *REQUEST_TYPES)
        for one in options(file.type_of(part.value))
    )


def _read(part: ast.Attribute, file: File) -> ast.expr | None:
    """What is read of a part of the request; None for the whole of it that is handed on."""
    parent = file.parent(part)
    match parent:
        case ast.Subscript(value=value) if value is part:
            return parent
        case ast.Attribute(attr="decode") if part.attr == "body":
            decoded = file.parent(parent)
            return _loaded(decoded, file) if isinstance(decoded, ast.Call) else None
        case ast.Attribute(attr=attr) if attr in _VALUES | _WHOLE:
            call = file.parent(parent)
            return call if isinstance(call, ast.Call) and call.func is parent else None
        case ast.Call() if part.attr == "body":
            return _loaded(part, file)
        case ast.Assign(targets=[ast.Name()], value=value) if value is part and part.attr != "body":
            return part
        case ast.keyword(arg=None) if part.attr != "body":
            return part
    return None


def _loaded(body: ast.expr, file: File) -> ast.expr | None:
    call = file.parent(body)
    if isinstance(call, ast.Call) and call.args[:1] == [body] and file.callee(call) in JSON_LOADS:
        return call
    return None


def _is_validated(part: ast.Attribute, read: ast.expr, function: FunctionNode, file: File) -> bool:
    """Whether the function validates something, or hands the whole part to somebody who may do so."""
    whole = _names(read, function, file) if not _is_value(read) else set()
    for call in file.scan.nodes.get(ast.Call, ()):
        if not isinstance(call, ast.Call) or file.function(call) is not function:
            continue
        name = file.called_name(call)
        if name in CHECKS or "valid" in name.lower():
            return True
        given = [*call.args, *(one.value for one in call.keywords)]
        if name in _LOOKING or not any(_is_whole(one, part, whole, file) for one in given):
            continue
        if not writes(call, file):
            return True
    return False


def _is_whole(given: ast.expr, part: ast.Attribute, names: set[str], file: File) -> bool:
    match given:
        case ast.Name(id=name):
            return name in names
        case ast.Attribute(attr=attr) if attr == part.attr:
            return file.text(given) == file.text(part)
    return False


def _is_value(read: ast.expr) -> bool:
    match read:
        case ast.Subscript():
            return True
        case ast.Call(func=ast.Attribute(attr=attr)):
            return attr in _VALUES
    return False


def _names(read: ast.expr, function: FunctionNode, file: File) -> set[str]:
    """The variables of the function that hold what is read, or something made of it."""
    found: set[str] = set()
    new = set(_held(file.statement(read), [read], file))
    for _ in range(_MAX_STEPS):
        if not new - found:
            break
        found |= new
        uses = [one for name in new for one in file.uses(name) if isinstance(one.ctx, ast.Load)]
        new = {
            name for use in uses if file.function(use) is function for name in _held(file.statement(use), [use], file)
        }
    return found


def _held(statement: ast.stmt, values: list[ast.expr], file: File) -> Iterator[str]:
    match statement:
        case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
            pass
        case ast.For(target=target, iter=value):
            pass
        case _:
            return
    if any(one is value or value in file.ancestors(one) for one in values):
        yield from (one.id for one in ast.walk(target) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))


def _end(read: ast.expr, part: str, path: str, names: set[str], function: FunctionNode, file: File) -> End | None:
    for end in _ends(function, file):
        if not _holds(end.value, read, names):
            continue
        if end.column and _takes_any(end, part, file):
            continue
        if is_checked(file.scan, end.value):
            continue
        if any(one.startswith(path) for one in origins(file.names, end.value)):
            return end
    return None


def _holds(value: ast.expr, read: ast.expr, names: set[str]) -> bool:
    return any(one is read or (isinstance(one, ast.Name) and one.id in names) for one in ast.walk(value))


def _ends(function: FunctionNode, file: File) -> list[End]:
    """The ends of a function, looked for once however much it reads."""
    known = file.once(_known_ends)
    if function not in known:
        known[function] = list(ends(function, file))
    return known[function]


def _known_ends(_: View) -> dict[FunctionNode, list[End]]:
    return {}


def _takes_any(end: End, part: str, file: File) -> bool:
    """Whether a column takes whatever a client may send, or is not known to be one."""
    field = column_type(file.index, end.model, end.column)
    return field is None or field.endswith(".TextField") or (part not in _TEXTS and field.endswith(".JSONField"))


def _is_looked_at(read: ast.expr, names: set[str], function: FunctionNode, file: File) -> bool:
    """Whether a test asks for more than whether there is a value at all, or the value is cut to a length."""
    uses: list[ast.expr] = [one for name in names for one in file.uses(name) if isinstance(one.ctx, ast.Load)]
    same = [one for one in _again(read, file) if one is read or file.function(one) is function]
    return any(_is_tested(use, file) or _is_cut(use, file) for use in (*uses, *same) if file.function(use) is function)


def _again(read: ast.expr, file: File) -> Iterator[ast.expr]:
    """Where the same key of the same part is read: `request.GET.get("sort")` beside `request.GET["sort"]`."""
    key = _key(read, file)
    if key is None:
        return
    for kind in (ast.Subscript, ast.Call):
        for node in file.scan.nodes.get(kind, ()):
            if isinstance(node, ast.expr) and _key(node, file) == key:
                yield node


def _key(read: ast.expr, file: File) -> tuple[str, str] | None:
    match read:
        case (
            ast.Subscript(value=ast.Attribute(attr=attr) as part, slice=ast.Constant(value=str(key)))
            | ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr=attr) as part, attr="get" | "pop" | "getlist"),
                args=[ast.Constant(value=str(key)), *_],
            )
        ) if attr in attributes:
            return file.text(part), key
    return None


def _is_cut(use: ast.expr, file: File) -> bool:
    match file.parent(use):
        case ast.Subscript(value=value, slice=ast.Slice()):
            return value is use
    return False


def _is_tested(use: ast.expr, file: File) -> bool:
    inner, asks = use, False
    for above in file.ancestors(use):
        match above:
            case ast.Compare(left=left, ops=ops, comparators=others):
                is_presence = inner is left and all(
                    isinstance(one, ast.Constant) and one.value in (None, "") for one in others
                )
                is_key = (
                    inner is not left and isinstance(left, ast.Constant) and isinstance(ops[0], (ast.In, ast.NotIn))
                )
                asks = asks or not (is_presence or is_key)
            case ast.Call(func=func):
                asks = asks or not (isinstance(func, ast.Attribute) and func.attr in ("get", "strip"))
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
                if inner is test:
                    return asks
            case ast.stmt():
                return False
        inner = above  # type: ignore[assignment]
    return False
