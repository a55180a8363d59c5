"""Making Django's queries async."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import CannotFix, Edit, Fix, Safety
from seawall.edits.imports import need
from seawall.edits.threads import ASGIREF, awaited, can_await_at, in_thread
from seawall.knowledge.django import SINCE
from seawall.rules.base import File
from seawall.semantics.meanings.django_query import DjangoQuery
from seawall.semantics.types import Instance, options
from seawall.syntax import Range, range_of


def async_fix(node: ast.AST, query: DjangoQuery, file: File) -> Iterator[Fix]:
    """The same query, awaited."""
    last = query.instead.rpartition(".")[2]
    if not last or not _has(file, last):
        if isinstance(query.node, ast.Call) and not isinstance(file.parent(query.node), ast.withitem):
            yield from in_thread_fix(file, query.node, "")
    elif last == "__aiter__":
        yield from _iteration_fix(node, query.node, file)
    elif query.method in ("__len__", "__bool__"):
        whole = node if isinstance(node, ast.Call) else query.node
        assert isinstance(whole, ast.expr)
        if can_await_at(file, whole):
            yield Fix(f"Await {last}", lambda: [_asked(whole, query.node, last, file)])
    elif isinstance(query.node, ast.Call) and (file.is_awaited(query.node) or can_await_at(file, query.node)):
        call = query.node
        if isinstance(call.func, ast.Attribute) and "." not in query.instead:
            yield Fix(f"Await {last}", lambda: _renamed(call, last, file))
        elif "." in query.instead:
            yield Fix(f"Await {last}", lambda: _replaced(call, query.instead, file))


def in_thread_fix(file: File, call: ast.Call, why: str) -> Iterator[Fix]:
    """Call it under `sync_to_async`, which runs all such code in one thread with the connection that belongs to it."""
    if can_await_at(file, call):
        safety = Safety.UNSAFE if why else Safety.SAFE
        yield Fix("Call it under sync_to_async", lambda: in_thread(file, call, ASGIREF), safety, why)


def _has(file: File, name: str) -> bool:
    """Whether the project's Django has the coroutine."""
    version = file.project.dependencies.version("django")
    if version is None:
        return True
    from packaging.version import Version

    return version >= Version(SINCE.get(name, "4.1"))


def _renamed(call: ast.Call, name: str, file: File) -> list[Edit]:
    function = range_of(call.func)
    assert isinstance(call.func, ast.Attribute)
    width = len(call.func.attr.encode())
    place = Range(function.end_line, function.end_col - width, function.end_line, function.end_col)
    return [file.replace(place, name), *_with_await(call, file)]


def _replaced(call: ast.Call, qualified: str, file: File) -> list[Edit]:
    if isinstance(call.func, ast.Attribute):
        return _renamed(call, qualified.rpartition(".")[2], file)
    needed = need(file, qualified)
    return [file.replace(call.func, needed.expression), *_with_await(call, file), *needed.edits]


def _with_await(call: ast.Call, file: File) -> list[Edit]:
    if file.is_awaited(call):
        return []
    before, after = awaited(file, call, "\0").split("\0")
    return [file.insert_before(call, before), *([file.insert_after(call, after)] if after else [])]


def _asked(whole: ast.expr, queryset: ast.expr, method: str, file: File) -> Edit:
    return file.replace(whole, awaited(file, whole, f"{file.text(queryset)}.{method}()"))


def _iteration_fix(node: ast.AST, queryset: ast.expr, file: File) -> Iterator[Fix]:
    if isinstance(node, ast.For):
        yield Fix("Use async for", lambda: [_before_for(node, file), *_iterator(queryset, file)])
    elif isinstance(node, ast.comprehension):
        if not isinstance(file.parent(node), ast.GeneratorExp):
            yield Fix("Use async for", lambda: [_before_for(node, file), *_iterator(queryset, file)])
    elif isinstance(node, ast.Call) and can_await_at(file, queryset):
        yield Fix("Use an async comprehension", lambda: [_collected(node, queryset, file)])


def _before_for(node: ast.For | ast.comprehension, file: File) -> Edit:
    if isinstance(node, ast.For):
        return file.insert_before(node, "async ")
    target = range_of(node.target)
    line = file.slice(Range(target.start_line, 0, target.start_line, target.start_col))
    column = line.rfind("for")
    if column < 0 or line[column + 3 :].strip(" ("):
        raise CannotFix("`for` stands on another line than its variable")
    start = len(line[:column].encode())
    return file.replace(Range(target.start_line, start, target.start_line, start), "async ")


def _iterator(queryset: ast.expr, file: File) -> list[Edit]:
    """`queryset.iterator()` is `aiterator()` in an `async for`."""
    if isinstance(queryset, ast.Call) and isinstance(queryset.func, ast.Attribute) and queryset.func.attr == "iterator":
        place = range_of(queryset.func)
        start = place.end_col - len("iterator")
        return [file.replace(Range(place.end_line, start, place.end_line, place.end_col), "aiterator")]
    return []


def _collected(call: ast.Call, queryset: ast.expr, file: File) -> Edit:
    name = _variable(queryset, file)
    text = file.text(queryset)
    if isinstance(queryset, ast.Call) and isinstance(queryset.func, ast.Attribute) and queryset.func.attr == "iterator":
        raise CannotFix("an iterator with arguments is better rewritten by hand")
    kind = call.func.id if isinstance(call.func, ast.Name) else ""
    if len(call.args) == 1 and not call.keywords and kind in ("list", "set"):
        left, right = ("[", "]") if kind == "list" else ("{", "}")
        return file.replace(call, f"{left}{name} async for {name} in {text}{right}")
    return file.replace(queryset, f"[{name} async for {name} in {text}]")


def _variable(queryset: ast.expr, file: File) -> str:
    """A name for an element: the model's, unless the function uses it."""
    match options(file.type_of(queryset)):
        case (Instance(args=(Instance(cls), *_)),):
            name = cls.rpartition(".")[2].lower()
        case _:
            name = "row"
    function = file.function(queryset)
    around = ast.walk(function) if function is not None else ()
    used = {getattr(node, "id", getattr(node, "arg", None)) for node in around}
    return next(one for one in (name, "row", "each", "one_row") if one not in used)
