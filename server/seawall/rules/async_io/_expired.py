"""Attributes that a commit has expired."""

from __future__ import annotations

import ast

import msgspec

from seawall.edits import CannotFix, Edit
from seawall.rules.base import File
from seawall.semantics.facts import ClassFact, FunctionFact, ValueFact
from seawall.semantics.index import Index
from seawall.semantics.meanings.relationship import ASYNC_SESSIONS, Loaded, provider_of
from seawall.semantics.symbols import Awaited, Call, Constant, Entered, Parameter, Ref, Subscript, Symbol
from seawall.semantics.types import Instance, options
from seawall.syntax import Range, range_of

_COLUMNS = frozenset({"sqlalchemy.Column", "sqlalchemy.orm.mapped_column", "sqlmodel.Field", "sqlmodel.Relationship",
                      "sqlalchemy.orm.relationship"})  # fmt: skip
_FACTORIES = frozenset({"sqlalchemy.ext.asyncio.async_sessionmaker", "sqlalchemy.orm.sessionmaker", *ASYNC_SESSIONS})
_EXITS = (ast.Raise, ast.Return, ast.Continue, ast.Break)
_QUIET = frozenset({"add", "add_all", "commit", "begin", "begin_nested", "close"})
_MAX_DEPTH = 8


class Expired(msgspec.Struct, frozen=True):
    """An attribute of an object that an async session's commit has expired, read for the first time since."""

    name: str
    session: str
    commit: ast.stmt

    @staticmethod
    def recognise(node: ast.Attribute, file: File) -> Expired | None:
        if "commit" not in file.calls() or not isinstance(node.value, ast.Name):
            return None
        commit = _last_commit(node, file)
        if commit is None or not isinstance(commit.func, ast.Attribute):
            return None
        found = options(file.type_of(node.value))
        if len(found) != 1 or not isinstance(found[0], Instance) or not _is_column(file.index, found[0].cls, node.attr):
            return None
        session = commit.func.value
        if not file.is_instance(session, *ASYNC_SESSIONS) or not expires(file.index, file.symbol(session)):
            return None
        if not _is_attached(node.value, commit, file) or _is_touched(node, commit, file):
            return None
        return Expired(node.value.id, file.text(session), file.statement(commit))

    def refresh(self, file: File) -> list[Edit]:
        """Load the object again, right after the commit."""
        place = range_of(self.commit)
        line = Range(place.end_line, 0, place.end_line + 1, 0)
        rest = file.slice(line).encode()[place.end_col :].decode(errors="replace").strip()
        indent = file.slice(Range(place.start_line, 0, place.start_line, place.start_col))
        if indent.strip() or (rest and not rest.startswith("#")):
            raise CannotFix("another statement stands on the line of the commit")
        after = Range(place.end_line + 1, 0, place.end_line + 1, 0)
        return [file.replace(after, f"{indent}await {self.session}.refresh({self.name})\n")]


def expires(index: Index, symbol: Symbol | None, depth: int = 0) -> bool:
    """Whether a session certainly expires its objects on commit: its factory is not told otherwise."""
    if depth > _MAX_DEPTH:
        return False
    match symbol:
        case Entered(of) | Awaited(of):
            return expires(index, of, depth + 1)
        case Parameter():
            provider = provider_of(index, symbol)
            return provider is not None and expires(index, Call(provider), depth + 1)
        case Call(func=func):
            if index.named(func) in _FACTORIES:
                keys = {key for key, _ in symbol.keywords}
                told = symbol.keyword("expire_on_commit")
                return "**" not in keys and ("expire_on_commit" not in keys or told == Constant(True))
            fact = index.resolve(func.name).fact if isinstance(func, Ref) else None
            if isinstance(fact, FunctionFact):
                return len(fact.results) == 1 and expires(index, fact.results[0], depth + 1)
            made = fact.value if isinstance(fact, ValueFact) else func
            return isinstance(made, Call) and expires(index, made, depth + 1)
    return False


def _is_column(index: Index, cls: str, name: str) -> bool:
    """Whether a commit expires the attribute: a mapped one."""
    member = index.member(cls, name)
    if member is None or not isinstance(member.fact, ValueFact):
        return False
    match member.fact:
        case ValueFact(value=Call(func=func)) if index.named(func) in _COLUMNS:
            pass
        case ValueFact(annotation=Subscript(of, _)) if index.named(of) == "sqlalchemy.orm.Mapped":
            pass
        case _:
            return False
    fact = index.resolve(cls).fact
    is_table = isinstance(fact, ClassFact) and ("table", Constant(True)) in fact.keywords
    return is_table or not index.is_subclass(cls, "pydantic.BaseModel")


def _last_commit(node: ast.Attribute, file: File) -> ast.Call | None:
    """The last commit that certainly ran before the node in its function."""
    function, above = file.function(node), set(file.ancestors(node))
    found = None
    for call in file.calls()["commit"]:
        before = (call.lineno, call.col_offset) < (node.lineno, node.col_offset)
        if before and file.function(call) is function and file.is_awaited(call):
            found = call
            if not _certainly_ran(file.statement(call), above, file):
                return None
    return found


def _certainly_ran(statement: ast.stmt, above: set[ast.AST], file: File) -> bool:
    if not isinstance(statement, ast.Expr) or statement in above:
        return False
    parent = file.parent(statement)
    if isinstance(parent, ast.Try) and parent not in above:
        leaves = all(isinstance(handler.body[-1], _EXITS) for handler in parent.handlers if handler.body)
        return statement in parent.body and leaves and file.parent(parent) in above
    if isinstance(parent, ast.If):
        branch = parent.body if statement in parent.body else parent.orelse
        return parent in above and any(one in above for one in branch)
    return parent in above


def _is_attached(name: ast.Name, commit: ast.Call, file: File) -> bool:
    """Whether the object belongs to the session: it came from it, or was added to it."""
    assert isinstance(commit.func, ast.Attribute)
    loaded = Loaded.of(file.index, file.symbol(name))
    if loaded is not None and not loaded.path and loaded.session == file.symbol(commit.func.value):
        return True
    return any(
        isinstance(call.func, ast.Attribute)
        and file.text(call.func.value) == file.text(commit.func.value)
        and file.function(call) is file.function(commit)
        and call.lineno < commit.lineno
        and any(isinstance(arg, ast.Name) and arg.id == name.id for arg in call.args)
        for call in file.calls().get("add", ())
    )


def _is_touched(node: ast.Attribute, commit: ast.Call, file: File) -> bool:
    """Whether the object may have been loaded again since, or have left the session before."""
    assert isinstance(node.value, ast.Name) and isinstance(commit.func, ast.Attribute)
    session, name, function = file.text(commit.func.value), node.value, file.function(node)
    start, end = (commit.lineno, commit.col_offset), (node.lineno, node.col_offset)
    if any((getattr(one, "lineno", 0), getattr(one, "col_offset", 0)) > start for one in file.names.bindings(name)):
        return True
    for attribute in file.scan.nodes[ast.Attribute]:
        if (
            isinstance(attribute, ast.Attribute)
            and isinstance(attribute.value, ast.Name)
            and attribute.value.id == name.id
            and start < (attribute.lineno, attribute.col_offset) < end
            and file.function(attribute) is function
        ):
            return True
    for call in file.scan.nodes[ast.Call]:
        assert isinstance(call, ast.Call)
        place = (call.lineno, call.col_offset)
        if file.function(call) is not function or place >= end or call is commit:
            continue
        given = [*call.args, *(item.value for item in call.keywords)]
        names = {inner.id for arg in given for inner in ast.walk(arg) if isinstance(inner, ast.Name)}
        method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        is_session = isinstance(call.func, ast.Attribute) and file.text(call.func.value) == session
        if method in ("delete", "expunge", "expunge_all", "make_transient") and is_session:
            return True
        if place > start and ((is_session and method not in _QUIET) or names & {name.id, session}):
            encloses = any(above is call for above in file.ancestors(node))
            if not encloses:
                return True
    return False
