"""Django's ORM refuses to query the database in async code and raises `SynchronousOnlyOperation`.

A query runs when it is evaluated: by `get`, `create`, `count` and the like, by a loop, `list`, `len` or a test, by `save` and
`delete`, by related managers, by reading a foreign key that the object's query did not load, or inside a helper that does any of this. In an `async def` Django raises before it asks the
database. Use the method that begins with `a`, `async for`, or `sync_to_async` for what has no async form (`transaction.atomic`,
cursors).

Building a query (`filter`, `order_by`, slices) asks nothing, and code under `sync_to_async` or in a thread is fine. Nothing is
reported of `related.all()`, since its objects may have been prefetched.

Example:
    from django.db import models
    from django.http import JsonResponse

    class Pie(models.Model):
        name = models.CharField(max_length=80)

    async def show(request, pk):
        pie = «Pie.objects.get(pk=pk)»
        return JsonResponse({"name": pie.name})

Fixed:
    from django.db import models
    from django.http import JsonResponse

    class Pie(models.Model):
        name = models.CharField(max_length=80)

    async def show(request, pk):
        pie = await Pie.objects.aget(pk=pk)
        return JsonResponse({"name": pie.name})
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.knowledge.blocking import Kind
from seawall.rules.async_io._blocking import hops, is_served, serves
from seawall.rules.async_io._django import async_fix, in_thread_fix
from seawall.rules.async_io._django_lazy import lazy
from seawall.rules.async_io._helpers import Helper, helpers
from seawall.rules.base import File, Finding, Severity
from seawall.semantics.meanings.django_query import DjangoQuery

code, severity = "SW108", Severity.ERROR
in_async = True
applies = serves

_WHAT = {
    "__iter__": "Going through `{}`",
    "__len__": "Taking the length of `{}`",
    "__bool__": "Testing `{}`",
    "__getitem__": "Indexing `{}`",
}
_THREAD = "the helper then runs in another thread"


def check(
    node: ast.Call
    | ast.For
    | ast.comprehension
    | ast.If
    | ast.While
    | ast.IfExp
    | ast.Assert
    | ast.UnaryOp
    | ast.Subscript
    | ast.AsyncFunctionDef,
    file: File,
) -> Iterator[Finding]:
    if isinstance(node, ast.AsyncFunctionDef):
        for helper in helpers(node, file, Kind.DJANGO):
            if (
                file.subject(DjangoQuery.recognise, helper.node) is None
            ):  # a `save` of one's own is one of Django's all the same
                yield _in_helper(helper, file)
        for read in lazy(node, file):
            if is_served(read.node, file):
                message = f"`{file.text(read.node)}` queries the database, which Django refuses in async code: load it by `select_related`"
                yield file.finding(read.node, message, *read.fixes(file))
        return
    place = node.iter if isinstance(node, (ast.For, ast.comprehension)) else node
    if not file.on_event_loop(place):
        return
    query: DjangoQuery | None = file.subject(DjangoQuery.recognise, node)
    if query is None or not is_served(place, file) or _is_evaluated_before(query, file) or not _runs(query, file):
        return
    yield file.finding(query.node, _message(query, file), *async_fix(node, query, file))


def _runs(query: DjangoQuery, file: File) -> bool:
    """`atomic` only matters where it is entered, and what lacked an attribute is no queryset, whatever was declared."""
    for above in file.ancestors(query.node):
        if (
            isinstance(above, ast.ExceptHandler)
            and above.type is not None
            and "AttributeError" in file.text(above.type)
        ):
            return False
    if query.method == "django.db.transaction.atomic":
        return isinstance(file.parent(query.node), ast.withitem)
    return True


def _is_evaluated_before(query: DjangoQuery, file: File) -> bool:
    """Whether an `async for` has filled the queryset that a variable holds."""
    if query.method not in _WHAT or not isinstance(query.node, ast.Name):
        return False
    loops = [*file.scan.nodes.get(ast.AsyncFor, ()), *file.scan.nodes.get(ast.comprehension, ())]
    return any(
        isinstance(loop, (ast.AsyncFor, ast.comprehension))
        and (isinstance(loop, ast.AsyncFor) or loop.is_async)
        and isinstance(loop.iter, ast.Name)
        and loop.iter.id == query.node.id
        and loop.iter.lineno <= query.node.lineno
        and file.function(loop.iter) is file.function(query.node)
        for loop in loops
    )


def _message(query: DjangoQuery, file: File) -> str:
    if query.method in _WHAT:
        what = _WHAT[query.method].format(_short(query.node, file))
    else:
        assert isinstance(query.node, ast.Call)
        what = f"`{_short(query.node.func, file)}`"
    instead = query.instead.rpartition(".")[2]
    advice = {"": "move it under `sync_to_async`", "__aiter__": "use `async for`"}.get(
        instead, f"await `{instead}` instead"
    )
    return f"{what} queries the database, which Django refuses in async code: {advice}"


def _short(node: ast.expr, file: File) -> str:
    """The expression, its inner calls without arguments: `Pie.objects.filter(...)`."""
    match node:
        case ast.Attribute(value=value, attr=attr):
            return f"{_short(value, file)}.{attr}"
        case ast.Call(func=func, args=[], keywords=[]):
            return f"{_short(func, file)}()"
        case ast.Call(func=func):
            return f"{_short(func, file)}(...)"
    return file.text(node).split("\n")[0]


def _in_helper(helper: Helper, file: File) -> Finding:
    """A project function that queries the database."""
    node = helper.node
    what = helper.what(_short(node.func if isinstance(node, ast.Call) else node, file))
    return file.finding(
        node,
        f"{what} queries the database through `{helper.chain.hops[-1].callee}`, which Django refuses in async "
        "code: call it under `sync_to_async`",
        *(in_thread_fix(file, node, _THREAD) if helper.use == "" and isinstance(node, ast.Call) else ()),
        related=hops(helper.chain),
    )
