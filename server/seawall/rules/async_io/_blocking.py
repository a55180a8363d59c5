"""What the rules about blocking calls share."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from seawall.edits import Edit, Fix, Safety
from seawall.edits.threads import can_await_at, in_thread
from seawall.knowledge.blocking import Blocking, Kind
from seawall.rules.async_io._alone import runs_alone
from seawall.rules.base import File, Related, Severity
from seawall.semantics.facts import ImportFact
from seawall.semantics.meanings.route import Kind as ParameterKind
from seawall.semantics.meanings.route import Route, kind_of
from seawall.semantics.summary import Chain, blocks
from seawall.semantics.types import Instance, options
from seawall.semantics.view import argument, keyword
from seawall.syntax import Range

_ASYNC_DEF = re.compile(r"async\s+def\b")
_STARTING = frozenset({"contextlib.asynccontextmanager"})
_TOOLING = frozenset({
    "tests", "test", "e2e", "scripts", "migrations", "alembic", "cli", "examples", "docs", "benchmark", "benchmarks", "evaluation",
    "evaluations", "evals",
})  # fmt: skip
_COMMANDS = ("click", "typer", "cyclopts")
"""Libraries whose importers are commands for terminals."""
_SERVING = frozenset({
    "aiogram", "aiohttp", "discord", "django", "fastapi", "grpc", "litestar", "quart", "sanic", "socketio", "starlette", "telegram",
    "tornado", "uvicorn", "websockets",
})  # fmt: skip
"""Packages whose importers serve others, also where they read a command line."""
_NEEDS_LOOP = ("asyncio.", "anyio.", "trio.")


def blocking(node: ast.Call | ast.For | ast.comprehension, file: File) -> tuple[ast.expr, str, Blocking] | None:
    """The library call (or the iteration) that blocks the event loop at a node: where, its name, its row."""
    if isinstance(node, ast.Call):
        if not file.on_event_loop(node) or file.is_awaited(node):
            return None
        name = file.callee(node)
        row = blocks(file.index, name) if name else None
        if name is None or row is None or _says_not_to_wait(node, row, file):
            return None
        return (node, name, row) if is_served(node, file) else None
    if isinstance(node, ast.comprehension) and node.is_async:
        return None
    found = options(file.type_of(node.iter))
    if len(found) != 1 or not isinstance(found[0], Instance) or not file.on_event_loop(node.iter):
        return None
    name = f"{found[0].cls}.__iter__"
    row = blocks(file.index, name)
    return (node.iter, name, row) if row is not None and is_served(node.iter, file) else None


def is_served(node: ast.AST, file: File) -> bool:
    """Whether others wait meanwhile: not in tests, scripts and jobs, and not while the application starts or stops."""
    if not serves(file) or never_runs(node, file):
        return False
    for above in file.ancestors(node):
        if isinstance(above, ast.If) and isinstance(above.test, ast.Compare):
            if isinstance(above.test.left, ast.Name) and above.test.left.id == "__name__":
                return False
        elif isinstance(above, ast.AsyncFunctionDef) and (
            _is_lifespan(above, file) or runs_alone(file.index, file.project.dependencies, file.absolute_name(above))
        ):
            return False
    return True


def never_runs(node: ast.AST, file: File) -> bool:
    """Whether the branch that a node stands in is switched off by a constant: `if False and ...`, `if TYPE_CHECKING`."""
    below = node
    for above in file.ancestors(node):
        if isinstance(above, ast.If) and below in above.body:
            test = above.test
            parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
            if any(isinstance(one, ast.Constant) and not one.value for one in parts):
                return True
            if file.text(test).rpartition(".")[2] == "TYPE_CHECKING":
                return True
        below = above
    return False


def severity_of(row: Blocking) -> Severity:
    return Severity.WARNING if row.kind is Kind.FILE else Severity.ERROR


def hops(chain: Chain) -> Iterator[Related]:
    """The way to the call that blocks."""
    for hop in chain.hops:
        yield Related(f"`{hop.caller.rpartition('.')[2]}` calls `{hop.callee}`", owner=hop.caller, call=hop.call)


def thread_fix(file: File, call: ast.Call, safety: Safety, why: str = "") -> Iterator[Fix]:
    """Run the call in a worker thread, where an `await` can stand and its result is a plain value."""
    if can_await_at(file, call) and not isinstance(file.parent(call), (ast.withitem, ast.Await)):
        yield Fix("Run it in a worker thread", lambda: in_thread(file, call), safety, why)


def plain_def_fix(file: File, node: ast.AST) -> Iterator[Fix]:
    """Make the handler or dependency a plain `def`, which FastAPI runs in its threadpool."""
    function = file.function(node)
    if not isinstance(function, ast.AsyncFunctionDef) or not _can_be_plain(function, file):
        return
    yield Fix(
        f"Make `{function.name}` a plain `def`",
        lambda: _without_async(file, function),
        Safety.UNSAFE,
        "it then runs in a thread of the threadpool, at the same time as others, and cannot be awaited by hand",
    )


def _without_async(file: File, function: ast.AsyncFunctionDef) -> list[Edit]:
    end = Range(function.lineno, function.col_offset, function.lineno + 1, 0)
    found = _ASYNC_DEF.match(file.slice(end))
    if found is None:
        return []
    start = function.col_offset
    return [file.replace(Range(function.lineno, start, function.lineno, start + found.end()), "def")]


def _can_be_plain(function: ast.AsyncFunctionDef, file: File) -> bool:
    if not _is_called_by_fastapi(function, file):
        return False
    for inner in ast.walk(function):
        if isinstance(inner, (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.AsyncFunctionDef)) and inner is not function:
            return False
        if isinstance(inner, ast.comprehension) and inner.is_async:
            return False
        if isinstance(inner, ast.Call):
            found = file.type_of(inner)
            if isinstance(found, Instance) and found.cls == "typing.Coroutine":
                return False
            if (file.callee(inner) or "").startswith(_NEEDS_LOOP):
                return False
    return True


def _is_called_by_fastapi(function: ast.AsyncFunctionDef, file: File) -> bool:
    """A handler, or a dependency: only they have parameters that FastAPI provides."""
    route: Route | None = file.subject(Route.recognise, function)
    if route is not None:
        return "WEBSOCKET" not in route.methods and len(route.decorators) == len(function.decorator_list)
    arguments = [*function.args.args, *function.args.kwonlyargs]
    scope = file.scan.opened[function]
    return not function.decorator_list and any(
        kind_of(file.index, file.names.parameter(arg, scope)) is ParameterKind.DEPENDENCY for arg in arguments
    )


def _says_not_to_wait(call: ast.Call, row: Blocking, file: File) -> bool:
    """`lock.acquire(blocking=False)`, `queue.get(False)`, `future.result(timeout=0)`, a socket that does not block."""
    if row.kind in (Kind.LOCK, Kind.WAIT):
        first = argument(call, 0, "blocking") or keyword(call, "block")
        values = [first, *call.args, keyword(call, "timeout")]
        if row.kind is Kind.LOCK and _is_made_here(call, file):
            return True
        if _is_filled(call, file):
            return True
        return any(isinstance(value, ast.Constant) and not value.value and value.value is not None for value in values)
    if isinstance(call.func, ast.Attribute) and file.is_instance(call.func.value, "socket.socket"):
        return any(
            isinstance(other, ast.Attribute) and other.attr == "setblocking" for other in file.scan.nodes[ast.Attribute]
        )
    return False


def _is_filled(call: ast.Call, file: File) -> bool:
    """Whether something has just been asked for, and is there: `while not queue.empty(): queue.get()`."""
    owner = file.receiver(call)
    if owner is None:
        return False
    asked = file.text(owner)
    below: ast.AST = call
    for above in file.ancestors(call):
        match above:
            case ast.While(test=test, body=body) | ast.If(test=test, body=body) if below in body:
                for part in test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]:
                    match part:
                        case ast.UnaryOp(op=ast.Not(), operand=ast.Call(func=ast.Attribute(value=one, attr="empty"))):
                            if file.text(one) == asked:
                                return True
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return False
        below = above
    return False


def _is_lifespan(function: ast.AsyncFunctionDef, file: File) -> bool:
    """Runs while the application starts or stops."""
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute):
            if decorator.func.attr in ("on_event", "on_startup"):
                return True
        elif file.qualname(decorator) in _STARTING and len(function.args.args) == 1:
            declared = function.args.args[0].annotation
            found = file.declared(declared) if declared is not None else None
            name = function.args.args[0].arg
            return name in ("app", "_app", "_") or (
                isinstance(found, Instance) and file.index.is_subclass(found.cls, "starlette.applications.Starlette")
            )
    return False


def serves(file: File) -> bool:
    """Whether a file is part of what serves requests: no test, script, migration or command for the terminal."""
    if _is_tooling(file.path, file.project.root):
        return False
    imported = file.index.imports(file.module)
    if "argparse" in imported and imported.isdisjoint(_SERVING):
        return False
    return all(file.index.fact(file.module, library) != ImportFact(library, library) for library in _COMMANDS)


@lru_cache(maxsize=1024)
def _is_tooling(path: Path, root: Path) -> bool:
    name = path.name
    if name.startswith(("test_", "example_")) or name.endswith("_test.py") or name in ("conftest.py", "cli.py"):
        return True
    return path.is_relative_to(root) and any(
        part in _TOOLING or part.endswith(("_benchmark", "-benchmark")) for part in path.relative_to(root).parts[:-1]
    )


def _is_made_here(call: ast.Call, file: File) -> bool:
    """Whether a lock has just been made by the same function: nobody else can hold it."""
    owner = file.receiver(call)
    bound = file.names.bindings(owner) if isinstance(owner, ast.Name) else []
    return bool(bound) and all(
        isinstance(assigned := file.parent(node), ast.Assign)
        and isinstance(assigned.value, ast.Call)
        and (file.callee(assigned.value) or "").startswith("threading.")
        for node in bound
    )
