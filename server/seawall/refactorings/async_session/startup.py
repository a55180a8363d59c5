"""What the application did while it was imported, it does when it starts, where awaiting is possible: creating tables with an
engine that has become async, calling functions that have become coroutines."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.edits import CannotFix
from seawall.edits.calls import add_keyword
from seawall.edits.layout import indent_of, one_level
from seawall.refactorings.async_session.changes import Changes
from seawall.refactorings.async_session.code import Code, Function, Stuck, application_in, is_at_import
from seawall.refactorings.async_session.coroutines import Coroutines
from seawall.refactorings.async_session.engine import Engines
from seawall.refactorings.async_session.scripts import block_of
from seawall.rules.base import File
from seawall.semantics.symbols import Ref
from seawall.semantics.types import Value
from seawall.semantics.view import keyword
from seawall.syntax import Range, range_of


def reserve(code: Code, engines: Engines, coroutines: Coroutines) -> None:
    """The functions that create tables become coroutines, and a handler that will have to."""
    for file, call in engines.schema:
        if not isinstance(file.parent(call), ast.Expr):
            code.leave(Stuck(f"the result of `{file.text(call.func)}` is used", file, call))
        elif not is_at_import(file, file.statement(call)) and (file.function(call) or block_of(file, call)):
            coroutines.add(file, call)
        elif not is_at_import(file, file.statement(call)) or not code.is_imported(file):
            code.leave(Stuck("the tables are created by a script", file, call))
    for handler in _startup_handlers(code):
        if any(is_at_import(file, file.statement(call)) for file, call in engines.schema):
            coroutines.add(handler.file, handler.node.body[0])


def move_to_startup(code: Code, engines: Engines, coroutines: Coroutines, changes: Changes) -> None:
    """Rewrite every `metadata.create_all(engine)`; what stands outside of functions moves to where the application starts."""
    moving: list[tuple[File, ast.Call]] = []
    for file, call in engines.schema:
        statement = file.parent(call)
        assert isinstance(statement, ast.Expr)
        if is_at_import(file, statement) and code.is_imported(file):
            moving.append((file, call))
        else:
            is_inner = block_of(file, call) in coroutines.blocks
            indent = indent_of(file, statement) + one_level(file.item.text) * is_inner
            changes.replace(file, statement, f"\n{indent}".join(_create(file, call, file, changes)))
    created = len(moving)
    moving += [(file, call) for file, call in coroutines.startup if isinstance(call, ast.Call)]
    if not moving:
        return
    app_file, app = _application(code, *moving[0])
    lines: list[str] = []
    removed: set[int] = set()
    for number, (file, call) in enumerate(moving):
        statement = file.parent(call)
        assert isinstance(statement, ast.Expr)
        _refuse_locals(file, call)
        gone = _remove(file, statement, lines, changes)
        if file.path == app_file.path:
            removed |= gone
        new = _create(file, call, app_file, changes) if number < created else [_call(file, call, app_file, changes)]
        lines += [] if set(new) <= set(lines) else new
    _run_at_startup(code, engines, app_file, app, lines, removed, changes)


def _create(file: File, call: ast.Call, target: File, changes: Changes) -> list[str]:
    """The statements that create tables, as they are written in a file."""
    assert isinstance(call.func, ast.Attribute)
    bound = keyword(call, "bind") or call.args[0]
    function, engine = file.text(call.func), file.text(bound)
    if target.path != file.path:
        metadata = call.func.value
        owner = metadata.value if isinstance(metadata, ast.Attribute) else metadata
        engine = _elsewhere(target, file, bound, changes)
        function = _elsewhere(target, file, owner, changes) + function[len(file.text(owner)) :]
    rest = [file.text(argument) for argument in call.args if argument is not bound]
    rest += [f"{one.arg}={file.text(one.value)}" for one in call.keywords if one.arg and one.arg != "bind"]
    inner = ", ".join([function, *rest])
    level = one_level(target.item.text)
    return [f"async with {engine}.begin() as connection:", f"{level}await connection.run_sync({inner})"]


def _call(file: File, call: ast.Call, target: File, changes: Changes) -> str:
    """The awaited call of a function, as it is written in a file."""
    if target.path == file.path:
        return f"await {file.text(call)}"
    if call.args or call.keywords:
        raise Stuck(f"`{file.text(call)}` cannot await", file, call)
    return f"await {_elsewhere(target, file, call.func, changes)}()"


def _refuse_locals(file: File, call: ast.Call) -> None:
    function = file.function(call)
    scope = file.scan.opened[function] if function is not None else None
    for node in ast.walk(call):
        if scope is not None and isinstance(node, ast.Name) and node.id in scope.bindings:
            raise Stuck(f"`{file.text(call)}` uses what is only known here", file, call)


def _run_at_startup(
    code: Code, engines: Engines, file: File, app: ast.Call, lines: list[str], removed: set[int], changes: Changes
) -> None:
    """Put statements into the lifespan or start-up handler that is there, or into a lifespan of their own."""
    given = keyword(app, "lifespan")
    handlers = _startup_handlers(code)
    if given is not None or handlers:
        function = code.functions.get(file.qualname(given) or "") if given is not None else handlers[0]
        if function is None:
            raise CannotFix("nothing says what the lifespan does")
        _prepend(function, lines, changes)
        return
    if code.mentions("on_event"):
        raise CannotFix("the application stops in an `on_event` handler, which does not run beside a lifespan")
    name = "lifespan" if "lifespan" not in file.document.facts.names else "app_lifespan"
    manager = changes.name(file, "contextlib.asynccontextmanager")
    iterator = changes.name(file, "collections.abc.AsyncIterator")
    ends = [f"await {changes.name(file, engine)}.dispose()" for engine in engines.engines]
    head = [f"@{manager}", f"async def {name}(app: {file.text(app.func)}) -> {iterator}[None]:"]
    level = one_level(file.item.text)
    text = "\n".join([*head, *(f"{level}{line}" for line in [*lines, "yield", *ends])])
    outermost = [above for above in file.ancestors(app) if isinstance(above, ast.stmt)][-1]
    line, blanks = _above(file, outermost, removed)
    changes.insert(file, line, 0, "\n" * max(0, 2 - blanks) + text + "\n\n\n")
    changes.edits.append(add_keyword(file, app, "lifespan", name))


def _prepend(function: Function, lines: list[str], changes: Changes) -> None:
    body = function.node.body
    is_docstring = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    first = body[1] if is_docstring and len(body) > 1 else body[0]
    indent = indent_of(function.file, first)
    changes.insert(function.file, first.lineno, 0, "".join(f"{indent}{line}\n" for line in lines))


def _startup_handlers(code: Code) -> list[Function]:
    """Functions under `@app.on_event("startup")`."""
    return [function for function in code.functions.values() if any(_is_startup(function))]


def _is_startup(function: Function) -> Iterator[bool]:
    for decorator in function.node.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute) and decorator.args:
            event = function.file.type_of(decorator.args[0])
            yield decorator.func.attr == "on_event" and event == Value("startup")


def _elsewhere(target: File, file: File, node: ast.expr, changes: Changes) -> str:
    """The expression in another file for a name of this one."""
    symbol = file.symbol(node)
    if not isinstance(symbol, Ref):
        raise Stuck(f"`{file.text(node)}` is only known here", file, node)
    return changes.name(target, file.index.resolve(symbol.name).name)


def _application(code: Code, file: File, call: ast.Call) -> tuple[File, ast.Call]:
    """The call that makes the application: in the same file, or the only one of the project."""
    found = [(each, app) for each in code.files if (app := application_in(each)) is not None]
    here = [one for one in found if one[0].path == file.path]
    if len(here or found) != 1:
        raise Stuck("nothing says which application this is for", file, call)
    return (here or found)[0]


def _remove(file: File, statement: ast.Expr, comments: list[str], changes: Changes) -> set[int]:
    """Take the statement out; its comments go on to `comments`. Gives the lines that are gone."""
    lines = file.item.text.split("\n")
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    end = range_of(statement)
    trailing = file.slice(Range(end.end_line, end.end_col, end.end_line + 1, 0)).strip()
    while first > 1 and lines[first - 2].lstrip().startswith("#"):
        first -= 1
    found = [line.strip() for line in lines[first - 1 : statement.lineno - 1]]
    comments += [*found, *([trailing] if trailing.startswith("#") else [])]
    while not statement.col_offset and last < len(lines) and not lines[last].strip():
        last += 1
    changes.delete_lines(file, first, last)
    return set(range(first, last + 1))


def _above(file: File, statement: ast.stmt, removed: set[int]) -> tuple[int, int]:
    """The line before which a function goes, and how many blank lines stand above it by then."""
    lines = file.item.text.split("\n")
    line = statement.lineno
    while line > 1 and lines[line - 2].startswith("#") and line - 1 not in removed:
        line -= 1
    above, blanks = line - 1, 0
    while above >= 1 and (above in removed or not lines[above - 1].strip()):
        blanks += above not in removed
        above -= 1
    return line, blanks if above >= 1 else 2
