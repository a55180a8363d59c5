"""Functions become coroutines, their calls are awaited."""

from __future__ import annotations

import ast
import re
from itertools import pairwise

from seawall.edits.layout import indent_of, one_level
from seawall.edits.threads import awaited
from seawall.knowledge.async_stack import GENERATORS
from seawall.refactorings.async_session import scripts
from seawall.refactorings.async_session.bridges import cross
from seawall.refactorings.async_session.changes import Changes, outermost_first
from seawall.refactorings.async_session.code import Function, Stuck, name_of
from seawall.refactorings.async_session.coroutines import Coroutines
from seawall.refactorings.async_session.managers import ENTERING
from seawall.refactorings.async_session.queries import run_sync
from seawall.refactorings.async_session.uses import Place, Uses
from seawall.rules.base import File
from seawall.syntax import Range, range_of


def convert(coroutines: Coroutines, uses: Uses, changes: Changes) -> None:
    """All edits that turn functions into coroutines and their callers into those who await."""
    closed = {node for function in coroutines.functions.values() for node in _enter_at_once(function, changes)}
    for function in coroutines.functions.values():
        if isinstance(function.node, ast.FunctionDef):
            changes.insert(function.file, function.node.lineno, function.node.col_offset, "async ")
            if (new := ENTERING.get(function.node.name)) is not None:
                changes.replace(function.file, name_of(function.file, function.node), new)
            _annotate(function, changes)
            _decorate(function, changes)
    for with_, file in coroutines.withs.items():
        changes.insert(file, with_.lineno, with_.col_offset, "async ")
    for loop, file in coroutines.loops.items():
        changes.insert(file, loop.lineno, loop.col_offset, "async ")
    for clause, file in coroutines.clauses.items():
        _async_clause(file, clause, changes)
    for file, call in coroutines.gathered:
        _gather(file, call, changes)
    for file, call in coroutines.unthreaded:
        _call_directly(file, call, changes)
    for file, function_ in coroutines.advanced:
        changes.replace(file, function_, "anext")
    for file, method in coroutines.renamed:
        assert isinstance(method, ast.Attribute)
        end = range_of(method)
        place = Range(end.end_line, end.end_col - len(method.attr), end.end_line, end.end_col)
        changes.replace(file, place, ENTERING[method.attr])
    for file, generator in coroutines.listed:
        inner = range_of(generator)
        changes.insert(file, inner.start_line, inner.start_col + 1, "[")
        changes.insert(file, inner.end_line, inner.end_col - 1, "]")
    closed |= scripts.convert(coroutines, changes)
    for file, call in coroutines.scripts:
        run = changes.name(file, "asyncio.run")
        changes.around(file, call, f"{run}(", ")")
    for file, call in uses.through_run_sync:
        assert isinstance(call, ast.Call)
        changes.replace(file, call, awaited(file, call, run_sync(file, call, call)))
    for bridge in {one.whole: one for one in uses.bridges}.values():
        cross(bridge, changes)
    _await(coroutines.awaits, closed, changes)


def _async_clause(file: File, clause: ast.comprehension, changes: Changes) -> None:
    """`for x in f()` -> `async for x in f()` inside of a comprehension."""
    owner, target = file.parent(clause), range_of(clause.target)
    assert owner is not None
    start = range_of(owner)
    before = file.slice(Range(start.start_line, start.start_col, target.start_line, target.start_col))
    found = re.search(r"for[\s(]*$", before)
    if found is None:
        raise Stuck("the loop of a comprehension cannot be found", file, clause.iter)
    lines = before[: found.start()].split("\n")
    col = len(lines[-1].encode()) + (start.start_col if len(lines) == 1 else 0)
    changes.insert(file, start.start_line + len(lines) - 1, col, "async ")


def _gather(file: File, call: ast.expr, changes: Changes) -> None:
    """`list(f())` -> `[each async for each in f()]`."""
    taker = file.parent(call)
    is_list = isinstance(taker, ast.Call) and file.callee(taker) == "builtins.list" and len(taker.args) == 1
    if is_list and isinstance(taker, ast.Call):
        whole, inner = range_of(taker), range_of(call)
        head = Range(whole.start_line, whole.start_col, inner.start_line, inner.start_col)
        changes.replace(file, head, "[each async for each in ")
        changes.replace(file, Range(inner.end_line, inner.end_col, whole.end_line, whole.end_col), "]")
    else:
        changes.around(file, call, "[each async for each in ", "]")


def _await(places: list[Place], closed: set[ast.AST], changes: Changes) -> None:
    files = {node: file for file, node in places if node not in closed}
    for node in outermost_first(files):
        file = files[node]  # type: ignore[index]
        before, _, after = awaited(file, node, "\0").partition("\0")
        if before.startswith("(") and _is_spread(node):
            _await_on_lines(file, node, changes)
        else:
            changes.around(file, node, before, after)


def _is_spread(node: ast.AST) -> bool:
    """Whether an expression stands on several lines, and none of its strings does."""
    place = range_of(node)
    texts = (each for each in ast.walk(node) if isinstance(each, ast.Constant | ast.JoinedStr))
    return place.start_line != place.end_line and all(text.lineno == text.end_lineno for text in texts)


def _await_on_lines(file: File, node: ast.AST, changes: Changes) -> None:
    """`(await call(...))` with the brackets of `await` on lines of their own, as formatters have them."""
    place, indent, level = range_of(node), indent_of(file, node), one_level(file.item.text)
    changes.insert(file, place.start_line, place.start_col, f"(\n{indent}{level}await ")
    for line in range(place.start_line + 1, place.end_line + 1):
        changes.insert(file, line, 0, level)
    changes.insert(file, place.end_line, place.end_col, f"\n{indent})")


def _call_directly(file: File, call: ast.expr, changes: Changes) -> None:
    """`run_in_threadpool(f, a)` -> `f(a)`."""
    assert isinstance(call, ast.Call)
    start = range_of(call)
    rest = [*call.args[1:], *call.keywords]
    end = range_of(call.args[0])
    here = (end.end_line, end.end_col) if not rest else range_of(rest[0])[:2]
    changes.replace(file, Range(start.start_line, start.start_col, *here), f"{file.text(call.args[0])}(")


def _decorate(function: Function, changes: Changes) -> None:
    for decorator in function.node.decorator_list:
        if function.file.qualname(decorator) == "contextlib.contextmanager":
            changes.replace(function.file, decorator, changes.name(function.file, "contextlib.asynccontextmanager"))


def _annotate(function: Function, changes: Changes) -> None:
    """`Generator[Session, None, None]` -> `AsyncGenerator[AsyncSession, None]`."""
    file, returns = function.file, function.node.returns
    if returns is None or not file.scan.opened[function.node].yields:
        return
    base = returns.value if isinstance(returns, ast.Subscript) else returns
    name = file.qualname(base) or ""
    new = GENERATORS.get(name.rpartition(".")[2])
    if new is None or name.partition(".")[0] not in ("typing", "collections"):
        return
    changes.replace(file, base, changes.name(file, f"{_module(file, base)}.{new}"))
    inner = returns.slice if isinstance(returns, ast.Subscript) else None
    if new == "AsyncGenerator" and isinstance(inner, ast.Tuple) and len(inner.elts) == 3:
        kept, last = range_of(inner.elts[1]), range_of(inner.elts[2])
        changes.replace(file, Range(kept.end_line, kept.end_col, last.end_line, last.end_col), "")


def _module(file: File, node: ast.expr) -> str:
    """Where the file takes such names from: `typing` or `collections.abc`."""
    name = node.id if isinstance(node, ast.Name) else ""
    fact = file.document.facts.names.get(name)
    target = getattr(fact, "target", "")
    return "typing" if target.startswith("typing.") else "collections.abc"


def _enter_at_once(function: Function, changes: Changes) -> list[ast.AST]:
    """`db = make(); try: ... finally: db.close()` -> `async with make() as db: ...`; gives the calls that are gone."""
    file, body = function.file, function.node.body
    for assign, try_ in pairwise(body):
        match assign, try_:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as made),
                ast.Try(
                    handlers=[],
                    orelse=[],
                    finalbody=[ast.Expr(value=ast.Call(func=ast.Attribute(ast.Name(id=closed), "close")) as close)],
                ),
            ) if name == closed and file.is_instance(made, "sqlalchemy.orm.Session"):
                place, first, end = range_of(assign), range_of(try_.body[0]), range_of(try_.body[-1])
                head = file.slice(Range(place.end_line, place.end_col, first.start_line, 0))
                tail = file.slice(Range(end.end_line, end.end_col, range_of(close).end_line + 1, 0))
                used_later = body[body.index(try_) + 1 :]
                if not re.fullmatch(r"\s*try:\s*", head) or "#" in tail or used_later:
                    continue
                value = range_of(made)
                start = Range(place.start_line, place.start_col, value.start_line, value.start_col)
                changes.replace(file, start, "async with ")
                changes.replace(file, Range(place.end_line, place.end_col, first.start_line, 0), f" as {name}:\n")
                gone = range_of(close)
                changes.replace(file, Range(end.end_line, end.end_col, gone.end_line, gone.end_col), "")
                return [close]
    return []
