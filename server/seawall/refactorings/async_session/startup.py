"""Tables that are created with a sync engine are created with the async one: at start-up, where awaiting is possible."""

from __future__ import annotations

import ast

from seawall.edits import CannotFix
from seawall.refactorings.async_session.changes import Changes
from seawall.refactorings.async_session.code import Code, place
from seawall.refactorings.async_session.coroutines import Coroutines
from seawall.refactorings.async_session.engine import Engines
from seawall.rules.base import File
from seawall.semantics.symbols import Ref
from seawall.semantics.types import Instance
from seawall.semantics.view import keyword
from seawall.syntax import Range, range_of

_APP = "starlette.applications.Starlette"


def reserve(engines: Engines, coroutines: Coroutines) -> None:
    """The functions that create tables become coroutines."""
    for file, call in engines.schema:
        if not isinstance(file.parent(call), ast.Expr):
            raise CannotFix(f"the result of `{file.text(call.func)}` is used, {place(file, call)}")
        if file.function(call) is not None:
            coroutines.add(file, call)


def create_tables(code: Code, engines: Engines, changes: Changes) -> None:
    """Rewrite every `metadata.create_all(engine)`; one at module level moves into the application's lifespan."""
    for file, call in engines.schema:
        statement = file.parent(call)
        assert isinstance(statement, ast.Expr)
        if file.function(call) is not None:
            indent = " " * statement.col_offset
            lines = _lines(file.text(_engine(call)), _run(file, call, file.text(call.func)))
            changes.replace(file, statement, f"\n{indent}".join(lines))
        elif isinstance(file.parent(statement), ast.Module):
            _move(code, file, statement, call, changes)
        else:
            raise CannotFix(f"the tables are created in a branch, {place(file, call)}")


def _lines(engine: str, call: str) -> list[str]:
    return [f"async with {engine}.begin() as connection:", f"    await connection.run_sync({call})"]


def _engine(call: ast.Call) -> ast.expr:
    found = keyword(call, "bind") or (call.args[0] if call.args else None)
    assert found is not None
    return found


def _run(file: File, call: ast.Call, function: str) -> str:
    """The function and its other arguments, as `run_sync` takes them."""
    rest = [file.text(argument) for argument in call.args[1:]]
    rest += [f"{one.arg}={file.text(one.value)}" for one in call.keywords if one.arg and one.arg != "bind"]
    return ", ".join([function, *rest])


def _move(code: Code, file: File, statement: ast.Expr, call: ast.Call, changes: Changes) -> None:
    app_file, app = _application(code, file)
    assert isinstance(call.func, ast.Attribute)
    if app_file.path == file.path:
        engine, function = file.text(_engine(call)), file.text(call.func)
    else:
        engine = _elsewhere(app_file, file, _engine(call), changes)
        metadata = call.func.value
        owner = metadata.value if isinstance(metadata, ast.Attribute) else metadata
        function = _elsewhere(app_file, file, owner, changes) + file.text(call.func)[len(file.text(owner)) :]
    lines = _lines(engine, _run(file, call, function))
    comments = _remove(file, statement, changes)
    given = keyword(app, "lifespan")
    if given is not None:
        _into_lifespan(code, app_file, given, [*comments, *lines], changes)
        return
    if any(one.file.parent(one.node) is not None for one in code.mentions("on_event")):
        raise CannotFix(f"the application starts in `on_event` handlers, and the tables would be created beside them, "
                        f"{place(file, statement)}")  # fmt: skip
    name = "lifespan" if "lifespan" not in app_file.document.facts.names else "app_lifespan"
    manager = changes.name(app_file, "contextlib.asynccontextmanager")
    iterator = changes.name(app_file, "collections.abc.AsyncIterator")
    kind = app_file.text(app.func)
    body = [*comments, *lines, "yield", f"await {engine}.dispose()"]
    text = "\n".join(
        [f"@{manager}", f"async def {name}(app: {kind}) -> {iterator}[None]:", *(f"    {line}" for line in body)]
    )
    line, blanks = _before(app_file, app_file.statement(app), statement if app_file.path == file.path else None)
    changes.insert(app_file, line, 0, "\n" * max(0, 2 - blanks) + text + "\n\n\n")
    _add_argument(app_file, app, f"lifespan={name}", changes)


def _elsewhere(app_file: File, file: File, node: ast.expr, changes: Changes) -> str:
    """The expression in the application's module for a name of another one."""
    symbol = file.symbol(node)
    if not isinstance(symbol, Ref):
        raise CannotFix(f"`{file.text(node)}` is only known here, {place(file, node)}")
    return changes.name(app_file, file.index.resolve(symbol.name).name)


def _application(code: Code, file: File) -> tuple[File, ast.Call]:
    """The call that makes the application: in the same file, or the only one of the project."""
    found = []
    for each in code.files:
        for node in each.scan.nodes[ast.Call]:
            if isinstance(node, ast.Call) and isinstance(each.parent(node), ast.Assign) and each.function(node) is None:
                made = each.type_of(node)
                if isinstance(made, Instance) and code.index.is_subclass(made.cls, _APP):
                    found.append((each, node))
    here = [one for one in found if one[0].path == file.path]
    if len(here or found) != 1:
        raise CannotFix("tables are created outside of functions, and nothing says which application they are for")
    return (here or found)[0]


def _remove(file: File, statement: ast.Expr, changes: Changes) -> list[str]:
    """Take the statement out; gives the comments that lead it."""
    lines = file.item.text.split("\n")
    first, last = statement.lineno, statement.end_lineno or statement.lineno
    while first > 1 and lines[first - 2].lstrip().startswith("#"):
        first -= 1
    while last < len(lines) and not lines[last].strip():
        last += 1
    place_ = range_of(statement)
    trailing = file.slice(Range(place_.end_line, place_.end_col, place_.end_line + 1, 0)).strip()
    changes.delete_lines(file, first, last)
    return [line.strip() for line in lines[first - 1 : statement.lineno - 1]] + (
        [trailing] if trailing.startswith("#") else []
    )


def _before(file: File, statement: ast.stmt, removed: ast.Expr | None) -> tuple[int, int]:
    """The line before which a function goes, and how many blank lines stand above it by then."""
    lines = file.item.text.split("\n")
    line = statement.lineno
    while line > 1 and lines[line - 2].startswith("#"):
        line -= 1
    above = line - 1
    blanks = 0
    removed_lines: range = range(0)
    if removed is not None:
        last = removed.end_lineno or removed.lineno
        while last < len(lines) and not lines[last].strip():
            last += 1
        removed_lines = range(removed.lineno, last + 1)
    while above >= 1 and (above in removed_lines or not lines[above - 1].strip()):
        blanks += above not in removed_lines
        above -= 1
    return line, blanks if above >= 1 else 2


def _into_lifespan(code: Code, file: File, given: ast.expr, lines: list[str], changes: Changes) -> None:
    """At the beginning of the function that is the lifespan already."""
    name = file.qualname(given)
    function = code.functions.get(name or "")
    if function is None or not isinstance(function.node, ast.AsyncFunctionDef):
        raise CannotFix(f"nothing says what the lifespan does, {place(file, given)}")
    body = function.node.body
    is_docstring = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    first = body[1] if is_docstring and len(body) > 1 else body[0]
    indent = " " * first.col_offset
    changes.insert(function.file, first.lineno, 0, "".join(f"{indent}{line}\n" for line in lines))


def _add_argument(file: File, call: ast.Call, text: str, changes: Changes) -> None:
    from seawall.edits.calls import add_keyword

    name, _, value = text.partition("=")
    changes.edits.append(add_keyword(file, call, name, value))
