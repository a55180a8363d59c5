"""Relationships load at once: an async session cannot load them when an attribute is read."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from seawall.edits import CannotFix
from seawall.edits.calls import add_keyword
from seawall.edits.layout import indent_of
from seawall.refactorings.async_session.changes import Changes
from seawall.refactorings.async_session.code import Code, Stuck, place
from seawall.refactorings.async_session.reads import Reads
from seawall.rules.base import File
from seawall.semantics.facts import ClassFact
from seawall.semantics.view import has_unpacking, keyword
from seawall.syntax import Range, range_of

_LOADED = frozenset({"selectin", "immediate", "subquery", "raise", "raise_on_sql", "noload", "write_only"})
_DEPTH = 10
"""Levels of a tree that are loaded at once; the levels that do not exist cost nothing."""
_RELATIONSHIPS = ("sqlalchemy.orm.relationship", "sqlmodel.Relationship")
_READ = frozenset({"builtins.property", "functools.cached_property"})
_LAZY = frozenset({"select", True})


class Relationship(NamedTuple):
    """`name = relationship(...)` of a model, or another attribute."""

    model: str
    name: str
    file: File
    call: ast.Call

    def is_read(self, reads: Reads) -> bool:
        return reads.is_read(self.model, self.name)


def relationships(code: Code) -> Iterator[Relationship]:
    """All that the project's models have."""
    for kind in _RELATIONSHIPS:
        for file, node in code.uses(kind):
            call = file.parent(node)
            cls = next((above for above in file.ancestors(node) if isinstance(above, ast.ClassDef)), None)
            if isinstance(call, ast.Call) and call.func is node and cls is not None:
                yield Relationship(file.absolute_name(cls), _attribute(file, call), file, call)


def read_relationships(code: Code) -> dict[str, set[str]]:
    """The relationships of each model that are read."""
    found: dict[str, set[str]] = {}
    reads = Reads(code)
    for one in relationships(code):
        if one.is_read(reads):
            found.setdefault(one.model, set()).add(one.name)
    return found


def leave_late_readers(code: Code) -> None:
    """What only a sync session loads when it is read, `lazy="dynamic"` or a deferred column: who reads it stays sync.

    Raises:
        CannotFix: it is sent, or read where nobody says by whom.
    """
    reads: Reads | None = None
    several = list(relationships(code))
    models = {one.model for one in several}
    late = {
        one: f"`{one.name}` gives a query, which an async session lacks"
        for one in several
        if (lazy := keyword(one.call, "lazy")) is not None and not _is_loaded(lazy)
    }
    late |= {one: f"`{one.name}` is loaded when it is read, which an async session cannot" for one in _deferred(code)}
    for one, reason in late.items():
        reads = reads or Reads(code)
        if one.name in reads.sent:
            raise CannotFix(f"{reason}, {place(one.file, one.call)}")
        for file, node in list(reads.of(one.model, one.name)):
            _leave(code, file, node, reason, models)
    for file, node in code.uses("sqlalchemy.orm.object_session"):
        if not code.stays(file, node):
            _leave(code, file, node, "an object's own session is a sync one", models)


def _deferred(code: Code) -> Iterator[Relationship]:
    """Columns that load when they are read: `deferred(...)`, `mapped_column(deferred=True)`."""
    for kind in ("sqlalchemy.orm.deferred", "sqlalchemy.orm.mapped_column"):
        for file, node in code.uses(kind):
            call = file.parent(node)
            cls = next((above for above in file.ancestors(node) if isinstance(above, ast.ClassDef)), None)
            if not isinstance(call, ast.Call) or call.func is not node or cls is None:
                continue
            option = keyword(call, "deferred")
            if kind.endswith("deferred") or (isinstance(option, ast.Constant) and option.value is True):
                yield Relationship(file.absolute_name(cls), _attribute(file, call), file, call)


def _leave(code: Code, file: File, node: ast.expr, reason: str, models: set[str]) -> None:
    """The function around a node stays sync, with all who call it."""
    function = code.enclosing(file, node)
    is_of_model = function is not None and any(
        code.index.is_subclass(model, function.name.rpartition(".")[0]) for model in models
    )
    if function is None or is_of_model or any(file.qualname(one) in _READ for one in function.node.decorator_list):
        raise CannotFix(f"{reason}, {place(file, node)}")
    if not code.stays(file, node):
        code.leave(Stuck(reason, file, node))
        for mention in code.uses(function.name):
            if mention.file.function(mention.node) is not None:
                _leave(code, *mention, reason, models)


def load_at_once(code: Code, changes: Changes) -> None:
    """Add `lazy="selectin"` to every relationship that is read, here or in a template, or is a field of a schema."""
    reads = Reads(code)
    for one in relationships(code):
        if one.file.qualname(one.call.func) == _RELATIONSHIPS[0]:
            _relationship(one, reads, changes)
        elif one.is_read(reads) and keyword(one.call, "sa_relationship") is None:
            _sqlmodel_relationship(one, changes)
    for file, node in code.uses("sqlalchemy.func.now"):
        option = file.parent(file.parent(node) or node)
        if isinstance(option, ast.keyword) and option.arg in ("onupdate", "server_onupdate"):
            _fetch_defaults(file, option, changes)


def _sqlmodel_relationship(one: Relationship, changes: Changes) -> None:
    """`Relationship(sa_relationship_kwargs={"lazy": "selectin"})`."""
    _, _, file, call = one
    given = keyword(call, "sa_relationship_kwargs")
    if given is None and not has_unpacking(call):
        changes.edits.append(add_keyword(file, call, "sa_relationship_kwargs", '{"lazy": "selectin"}'))
    elif isinstance(given, ast.Dict) and None not in given.keys:
        lazy = next((value for key, value in zip(given.keys, given.values, strict=True) if _is_lazy(key)), None)
        if lazy is None:
            place_ = range_of(given)
            start = Range(place_.start_line, place_.start_col, place_.start_line, place_.start_col + 1)
            changes.replace(file, start, '{"lazy": "selectin"' + (", " if given.keys else ""))
        elif isinstance(lazy, ast.Constant) and (lazy.value in _LAZY or lazy.value in ("joined", False)):
            changes.replace(file, lazy, '"selectin"')
    else:
        raise CannotFix(f"nothing says how the relationship loads, {place(file, call)}")


def _is_lazy(key: ast.expr | None) -> bool:
    return isinstance(key, ast.Constant) and key.value == "lazy"


def _is_loaded(lazy: ast.expr) -> bool:
    """Whether an async session can load a relationship in the way that it says."""
    return isinstance(lazy, ast.Constant) and lazy.value in (_LOADED | _LAZY | {"joined", False})


def _relationship(one: Relationship, reads: Reads, changes: Changes) -> None:
    _, _, file, call = one
    if has_unpacking(call):
        return
    lazy = keyword(call, "lazy")
    is_read = one.is_read(reads)
    if lazy is None and is_read:
        changes.edits.append(add_keyword(file, call, "lazy", '"selectin"'))
        if _is_recursive(file, call) and keyword(call, "join_depth") is None:
            changes.edits.append(add_keyword(file, call, "join_depth", str(_DEPTH)))
    elif isinstance(lazy, ast.Constant) and lazy.value in ("joined", False):
        if not _is_scalar(file, call):  # its rows would come several times
            changes.replace(file, lazy, '"selectin"')
    elif isinstance(lazy, ast.Constant) and lazy.value in _LAZY and is_read:
        changes.replace(file, lazy, '"selectin"')
    _other_side(one, reads, changes)


def _other_side(one: Relationship, reads: Reads, changes: Changes) -> None:
    """`backref="books"`, `backref=backref("books", ...)`."""
    file, other = one.file, keyword(one.call, "backref")
    named = other.args[0] if isinstance(other, ast.Call) and other.args else other
    name = named.value if isinstance(named, ast.Constant) else None
    if other is None or not isinstance(name, str) or not reads.is_read(_target(file, one.call), name):
        return
    depth = f", join_depth={_DEPTH}" if _is_recursive(file, one.call) else ""
    if other is named:
        backref = changes.name(file, "sqlalchemy.orm.backref")
        changes.replace(file, other, f'{backref}({file.text(other)}, lazy="selectin"{depth})')
    elif isinstance(other, ast.Call) and keyword(other, "lazy") is None:
        changes.edits.append(add_keyword(file, other, "lazy", '"selectin"'))
        if depth and keyword(other, "join_depth") is None:
            changes.edits.append(add_keyword(file, other, "join_depth", str(_DEPTH)))


def _target(file: File, call: ast.Call) -> str:
    """The absolute name of the model that a relationship leads to; nothing if it cannot be told."""
    parent = file.parent(call)
    texts = [file.text(each) for each in call.args[:1]]
    texts += [file.text(parent.annotation)] if isinstance(parent, ast.AnnAssign) else []
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    found = {
        f"{module}.{path}"
        for module, facts in file.index.modules.items()
        for path, fact in facts.names.items()
        if path in words and isinstance(fact, ClassFact)
    }
    return found.pop() if len(found) == 1 else ""


def _is_recursive(file: File, call: ast.Call) -> bool:
    """Whether a model relates to itself: without a depth, only one level is loaded."""
    cls = next((above for above in file.ancestors(call) if isinstance(above, ast.ClassDef)), None)
    target = call.args[0] if call.args else keyword(call, "argument")
    name = getattr(target, "value", getattr(target, "id", ""))
    return cls is not None and (name == cls.name or keyword(call, "remote_side") is not None)


def _attribute(file: File, call: ast.Call) -> str:
    """The attribute that a relationship becomes."""
    match file.parent(call):
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""


def _is_scalar(file: File, call: ast.Call) -> bool:
    """Whether the annotation says that it is one object: `Mapped["Author"]`."""
    parent = file.parent(call)
    if not isinstance(parent, ast.AnnAssign):
        return False
    text = file.text(parent.annotation).lower()
    return not any(word in text for word in ("list", "set", "sequence", "collection", "dict"))


def _fetch_defaults(file: File, option: ast.keyword, changes: Changes) -> None:
    """A value that the database sets on UPDATE has to come back with it, or reading it needs another query."""
    cls = next((above for above in file.ancestors(option) if isinstance(above, ast.ClassDef)), None)
    if cls is None or any("__mapper_args__" in file.text(each).partition("=")[0] for each in cls.body):
        return
    first = cls.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    tablename: list[ast.stmt] = [each for each in cls.body if file.text(each).startswith("__tablename__")]
    after = (tablename or ([first] if is_docstring else []))[-1:]
    line = (after[0].end_lineno or after[0].lineno) + 1 if after else first.lineno
    text = f'{indent_of(file, first)}__mapper_args__ = {{"eager_defaults": True}}\n'
    if any(
        edit.text == text and edit.range.start_line == file.place(cls).start_line + line - cls.lineno
        for edit in changes.edits
    ):
        return
    changes.insert(file, line, 0, text)
