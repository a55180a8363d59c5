"""A session of its own for each task: the call of each is put into a local function that opens one."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from seawall.edits import AnyEdit, CannotFix, Edit, Fix, Safety
from seawall.edits.comments import kept_comments
from seawall.edits.imports import need_all
from seawall.edits.layout import indent_of, one_level
from seawall.edits.parameters import drop_parameter
from seawall.edits.unused import tidied
from seawall.rules.async_io._session_use import (
    NOT_SHARED,
    SESSION,
    factory_of,
    is_row,
    only_factory,
    refuse_changes,
    takes_only_a_session,
)
from seawall.rules.base import File
from seawall.semantics.facts import FunctionFact
from seawall.semantics.meanings.route import Route
from seawall.semantics.scopes import Scope
from seawall.semantics.types import Instance, options
from seawall.semantics.view import FunctionNode
from seawall.syntax import Range, range_of

_WHY = (
    "each task then reads in a transaction of its own, which does not see what the shared session has not committed, and the "
    "objects that it loads belong to no open session"
)
_STARTS_OVER = (ast.For, ast.AsyncFor, ast.While, ast.AsyncWith, ast.With)
_WRITES = ("add", "add_all", "delete", "merge", "flush")


class Run(NamedTuple):
    """A call that runs as a task, or that one is made of: `load(session, x)`, `add_task(load, session, x)`."""

    call: ast.Call
    function: ast.expr
    args: list[ast.expr]
    """Without the function, where it is an argument itself."""
    is_later: bool = False
    """Whether the function is only handed on, with its arguments."""

    @staticmethod
    def of(call: ast.Call, *, is_later: bool = False) -> Run:
        return Run(call, call.args[0], call.args[1:], True) if is_later else Run(call, call.func, call.args)

    def given(self) -> Iterator[tuple[str, ast.expr]]:
        """Arguments, with the names of those that are given by name."""
        yield from (("", arg) for arg in self.args)
        yield from ((one.arg or "**", one.value) for one in self.call.keywords)

    def place(self) -> Range:
        """What is rewritten."""
        whole = range_of(self.call)
        if not self.is_later:
            return whole
        first = range_of(self.function)
        last = max(range_of(one)[2:] for one in (self.function, *(value for _, value in self.given())))
        return Range(first.start_line, first.start_col, *last)


def own_session_fix(file: File, runs: list[Run], session: str) -> Iterator[Fix]:
    """Let every one of the calls open a session for itself, where they share the one of that text."""
    nodes = [node for run in runs for node in _shared_by(run, session, file)]
    if nodes and all(run.call.end_lineno for run in runs):
        yield Fix(
            "Give each task a session of its own", lambda: _edits(file, runs, session, nodes), Safety.UNSAFE, _WHY
        )


def _shared_by(run: Run, session: str, file: File) -> list[ast.expr]:
    """Where a call uses the session: as an argument, as the object of the method, or to make that object."""
    found = [value for _, value in run.given() if file.text(value) == session]
    owner = run.function.value if isinstance(run.function, ast.Attribute) else None
    if isinstance(owner, ast.Call):
        found += [value for _, value in Run.of(owner).given() if file.text(value) == session]
    elif owner is not None and file.text(owner) == session:
        found.append(owner)
    return found


def _edits(file: File, runs: list[Run], session: str, nodes: list[ast.expr]) -> list[AnyEdit]:
    function = file.function(runs[0].call)
    assert isinstance(function, FunctionNode)
    _refuse(file, function, runs, session)
    opened, holder, imports = _opener(file, nodes[0])
    anchor = _anchor(file, runs)
    freed = _freed(file, function, session, nodes)
    if isinstance(freed, ast.AsyncWith):
        anchor = freed if anchor not in ast.walk(freed) or anchor is freed else _anchor_of(file, freed)
    indent, deeper = indent_of(file, anchor), one_level(file.item.text)
    name = session if session.isidentifier() and not holder else "session"
    edits: list[Edit] = list(imports)
    written = []
    taken = {bound for scope in _scopes(file, function) for bound in scope.bindings}
    for group in _groups(runs, session, file):
        local = _free(f"{_last(group[0].function, file)}_in_own_session", taken)
        taken.add(local)
        parameters, body = _wrapped(file, group, session, name, f"{holder}({name})" if holder else name)
        result = "" if group[0].is_later else "return "
        written.append(
            f"{indent}async def {local}({', '.join(parameters)}):\n{indent}{deeper}async with {opened} as {name}:\n"
            f"{indent}{deeper}{deeper}{result}await {body}\n\n"
        )
        for run in group:
            given = [text for text, kept in _arguments(file, group, run, session) if not kept]
            text = f"{local}({', '.join(given)})" if not run.is_later else ", ".join([local, *given])
            edits += [file.replace(run.place(), text), *kept_comments(file, run.call)]
    edits.insert(0, _inserted(file, anchor, "".join(written)))
    if isinstance(freed, ast.AsyncWith):
        edits += _unwrapped(file, freed, [run.place() for run in runs])
    elif isinstance(freed, ast.arg):
        try:
            edits += drop_parameter(file, function, freed)
        except CannotFix:  # it stays, and nobody minds
            return list(edits)
        default = file.names.default(freed, function.args)
        parts = [part for part in (freed.annotation, default) if part is not None]
        names = {node.id for part in parts for node in ast.walk(part) if isinstance(node, ast.Name)}
        return tidied(file.current, edits, names)
    return list(edits)


def _scopes(file: File, function: FunctionNode) -> Iterator[Scope]:
    """Whose names the function sees, and those within it."""
    around = {function, *file.ancestors(function)}
    for node, scope in file.scan.opened.items():
        if node in around or function in file.ancestors(node):
            yield scope


# -- what stands against it ----------------------------------------------------------------------------------------------------


def _refuse(file: File, function: FunctionNode, runs: list[Run], session: str) -> None:
    for run in runs:
        for _, value in run.given():
            found = options(file.type_of(value))
            if any(isinstance(one, Instance) and is_row(file.index, one.cls) for one in found):
                raise CannotFix(f"`{file.text(value)}` may belong to the session that is shared")
        name = file.qualname(run.function)
        if name is None:
            raise CannotFix(f"nothing says what `{file.text(run.function)}` does with the session")
        refuse_changes(file.index, name)
        fact = file.index.function(name)
        if run.is_later and (fact is None or not fact.is_async):
            raise CannotFix(f"`{file.text(run.function)}` is no coroutine")
    first = min((run.call.lineno, run.call.col_offset) for run in runs)
    pending: str | None = None
    for call in file.scan.nodes[ast.Call]:
        assert isinstance(call, ast.Call)
        if (call.lineno, call.col_offset) >= first or file.function(call) is not function:
            continue
        owner, method = file.receiver(call), getattr(call.func, "attr", "")
        if owner is not None and file.text(owner) == session:
            pending = (
                None if method in ("commit", "rollback") else file.text(call.func) if method in _WRITES else pending
            )
    if pending is not None:
        raise CannotFix(f"the tasks would not see what `{pending}` has changed, since it is not committed yet")


# -- where sessions come from --------------------------------------------------------------------------------------------------


def _opener(file: File, shared: ast.expr) -> tuple[str, str, list[Edit]]:
    """What opens a session of the same kind in this file, and the class of the object that keeps the shared one, if one does."""
    item = _entered(file, shared)
    if item is not None:
        return file.text(item.context_expr), "", []
    if file.is_instance(shared, SESSION):
        factory = factory_of(file.index, file.symbol(shared)) or only_factory(file.index)
        (needed,) = need_all(file, [factory], local=True)
        return f"{needed.expression}()", "", needed.edits
    if file.is_instance(shared, *NOT_SHARED):
        raise CannotFix("nothing says where the project gets its connections from")
    (kept,) = options(file.type_of(shared)) or (None,)
    if not isinstance(kept, Instance) or file.text(shared) == "self" or not takes_only_a_session(file.index, kept.cls):
        raise CannotFix(f"nothing says how `{file.text(shared)}` is made with another session")
    opens, holds = need_all(file, [only_factory(file.index), kept.cls], local=True)
    return f"{opens.expression}()", holds.expression, [*opens.edits, *holds.edits]


def _entered(file: File, session: ast.expr) -> ast.withitem | None:
    """The `async with ... as session` that a variable comes from."""
    bound = file.names.bindings(session) if isinstance(session, ast.Name) else []
    item = file.parent(bound[0]) if len(bound) == 1 else None
    return item if isinstance(item, ast.withitem) else None


def _freed(file: File, function: FunctionNode, session: str, nodes: list[ast.expr]) -> ast.AST | None:
    """What nobody needs any more once the calls have sessions of their own: the `async with`, or a handler's parameter."""
    uses = [use for use in file.uses(session) if isinstance(use.ctx, ast.Load) and function in file.ancestors(use)]
    if not isinstance(nodes[0], ast.Name) or len(uses) != len(nodes):
        return None
    item = _entered(file, nodes[0])
    if item is not None:
        with_ = file.parent(item)
        return with_ if isinstance(with_, ast.AsyncWith) and _can_be_unwrapped(file, with_) else None
    if file.subject(Route.recognise, function) is None:
        return None
    given = [*function.args.args, *function.args.kwonlyargs]
    return next((one for one in given if one.arg == session), None)


def _can_be_unwrapped(file: File, with_: ast.AsyncWith) -> bool:
    """Whether its head is a line of its own, and no string's lines are part of its body."""
    head = file.slice(Range(with_.lineno, with_.col_offset, with_.lineno + 1, 0))
    strings = (node for node in ast.walk(with_) if isinstance(node, (ast.Constant, ast.JoinedStr)))
    is_one_line = len(with_.items) == 1 and head.rstrip().endswith(":") and "#" not in head
    return is_one_line and all(node.lineno == node.end_lineno for node in strings)


def _unwrapped(file: File, with_: ast.AsyncWith, written: list[Range]) -> Iterator[Edit]:
    """Take the `async with` away from around its body; lines that are written anew are left alone."""
    outer, inner = indent_of(file, with_), indent_of(file, with_.body[0])
    yield file.replace(Range(with_.lineno, 0, with_.lineno + 1, 0), "")
    for line in range(with_.lineno + 1, (with_.end_lineno or with_.lineno) + 1):
        within = any(place.start_line < line <= place.end_line for place in written)
        if not within and file.slice(Range(line, 0, line, len(inner))) == inner:
            yield file.replace(Range(line, len(outer), line, len(inner)), "")


# -- the local functions -------------------------------------------------------------------------------------------------------


def _groups(runs: list[Run], session: str, file: File) -> Iterable[list[Run]]:
    """Calls of the same function in the same manner, which one local function can make."""
    found: dict[tuple[object, ...], list[Run]] = {}
    for run in runs:
        shape = tuple((key, file.text(value) == session, isinstance(value, ast.Starred)) for key, value in run.given())
        found.setdefault((file.text(run.function), shape), []).append(run)
    return found.values()


def _arguments(file: File, group: list[Run], run: Run, session: str) -> Iterator[tuple[str, bool]]:
    """Each argument's text, and whether it stands in the local function: the session, and what is the same for all."""
    for position, (key, value) in enumerate(run.given()):
        text = file.text(value)
        same = all(file.text([*other.given()][position][1]) == text for other in group)
        kept = text == session or (same and _is_fixed(file, value))
        yield (text if kept or not key else f"**{text}" if key == "**" else f"{key}={text}"), kept


def _is_fixed(file: File, value: ast.expr) -> bool:
    """Whether it is the same whenever it is looked at: a constant, or a name of the module."""
    scopes = file.scan.opened.values()
    is_global = isinstance(value, ast.Name) and not any(
        value.id in one.bindings for one in scopes if one.parent is not None
    )
    return isinstance(value, ast.Constant) or is_global


def _wrapped(file: File, group: list[Run], session: str, name: str, instead: str) -> tuple[list[str], str]:
    """The local function's parameters, and the call that it makes."""
    run = group[0]
    parameters: list[str] = []
    arguments: list[str] = []
    taken = {name, file.text(run.function).partition(".")[0].partition("(")[0]}
    names = _parameter_names(file, run)
    positions = zip(run.given(), _arguments(file, group, run, session), strict=True)
    for position, ((key, value), (text, kept)) in enumerate(positions):
        if kept:
            written = name if text == session else text
        elif isinstance(value, ast.Starred) or key == "**":
            written = f"{'**' if key else '*'}{_free('options' if key else 'values', taken)}"
            parameters.append(written)
        else:
            written = _free(key or (names[position] if position < len(names) else _named(value)), taken)
            parameters.append(written)
        taken.add(written.strip("*"))
        arguments.append(f"{key}={written}" if key not in ("", "**") else written)
    return parameters, f"{_function(file, run, session, instead)}({', '.join(arguments)})"


def _function(file: File, run: Run, session: str, instead: str) -> str:
    """What is called, with the new session in the place of the shared one."""
    whole = range_of(run.function)
    line, col, text = whole.start_line, whole.start_col, ""
    owner = run.function.value if isinstance(run.function, ast.Attribute) else None
    for node in sorted(_shared_by(run, session, file), key=lambda one: (one.lineno, one.col_offset)):
        place = range_of(node)
        if owner is not None and place[:2] >= whole[:2] and place[2:] <= whole[2:]:
            text += file.slice(Range(line, col, place.start_line, place.start_col)) + instead
            line, col = place.end_line, place.end_col
    return text + file.slice(Range(line, col, whole.end_line, whole.end_col))


def _parameter_names(file: File, run: Run) -> list[str]:
    """What the called function itself calls what it is given by position."""
    name = file.qualname(run.function)
    fact = file.index.function(name) if name else None
    if not isinstance(fact, FunctionFact):
        return []
    names = [one.name for one in fact.params[: len(fact.params) - fact.keyword_only]]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def _named(value: ast.expr) -> str:
    match value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return "value"


def _last(node: ast.expr, file: File) -> str:
    return node.attr if isinstance(node, ast.Attribute) else file.text(node)


def _free(name: str, taken: Iterable[str]) -> str:
    return next(one for one in (name, *(f"{name}_{number}" for number in range(2, 99))) if one not in taken)


# -- places --------------------------------------------------------------------------------------------------------------------


def _anchor(file: File, runs: list[Run]) -> ast.stmt:
    """The statement before which the local functions are made: outside of loops and of the groups of tasks."""
    first = min(runs, key=lambda run: (run.call.lineno, run.call.col_offset))
    return _anchor_of(file, file.statement(first.call))


def _anchor_of(file: File, statement: ast.stmt) -> ast.stmt:
    found = statement
    for above in file.ancestors(statement):
        if isinstance(above, (ast.FunctionDef, ast.AsyncFunctionDef)):
            break
        is_around = isinstance(above, _STARTS_OVER) and not _opens_session(file, above)
        if isinstance(above, ast.stmt) and (is_around or file.text(found).startswith("elif")):
            found = above
    line = file.slice(Range(found.lineno, 0, found.lineno, found.col_offset))
    if line.strip():
        raise CannotFix("another statement stands on the same line")
    return found


def _opens_session(file: File, node: ast.AST) -> bool:
    return isinstance(node, ast.AsyncWith) and any(
        one.optional_vars is not None and file.is_instance(one.optional_vars, SESSION) for one in node.items
    )


def _inserted(file: File, anchor: ast.stmt, text: str) -> Edit:
    """Above the statement and its comments, with an empty line before it unless a block begins here."""
    lines = file.item.text.split("\n")
    line = anchor.lineno
    while line > 1 and lines[line - 2].strip().startswith("#"):
        line -= 1
    before = lines[line - 2].strip() if line > 1 else ""
    gap = "" if not before or before.endswith(":") else "\n"
    return file.replace(Range(line, 0, line, 0), gap + text)
