"""Relationships load at once: an async session cannot load them when an attribute is read."""

from __future__ import annotations

import ast

from seawall.edits import CannotFix
from seawall.edits.calls import add_keyword
from seawall.refactorings.async_session.changes import Changes
from seawall.refactorings.async_session.code import Code, Mention, place
from seawall.refactorings.async_session.templates import attributes
from seawall.rules.base import File
from seawall.semantics.facts import ClassFact, ValueFact
from seawall.semantics.types import Instance, options
from seawall.semantics.view import has_unpacking, keyword

_LOADED = frozenset({"selectin", "immediate", "subquery", "raise", "raise_on_sql", "noload", "write_only"})
_DEPTH = 10
"""Levels of a tree that are loaded at once; the levels that do not exist cost nothing."""
_RELATIONSHIPS = ("sqlalchemy.orm.relationship", "sqlmodel.Relationship")
_LAZY = frozenset({"select", True})


def load_at_once(code: Code, changes: Changes) -> None:
    """Add `lazy="selectin"` to every relationship that is read, here or in a template, or is a field of a schema."""
    fields = _schema_fields(code) | attributes(code.index, code.draft.project.root)
    for file, node in code.uses("sqlalchemy.orm.relationship"):
        call = file.parent(node)
        if isinstance(call, ast.Call) and call.func is node:
            _relationship(code, file, call, fields, changes)
    for file, node in code.uses("sqlmodel.Relationship"):
        call = file.parent(node)
        if isinstance(call, ast.Call) and _is_read(code, _attribute(file, call), fields) and not has_unpacking(call):
            given = keyword(call, "sa_relationship_kwargs") or keyword(call, "sa_relationship")
            if given is None:
                changes.edits.append(add_keyword(file, call, "sa_relationship_kwargs", '{"lazy": "selectin"}'))
    for file, node in code.uses("sqlalchemy.func.now"):
        option = file.parent(file.parent(node) or node)
        if isinstance(option, ast.keyword) and option.arg in ("onupdate", "server_onupdate"):
            _fetch_defaults(file, option, changes)


def relationships(code: Code) -> dict[str, set[str]]:
    """The relationships of each model that are read."""
    found: dict[str, set[str]] = {}
    fields = _schema_fields(code) | attributes(code.index, code.draft.project.root)
    for kind in _RELATIONSHIPS:
        for file, node in code.uses(kind):
            call = file.parent(node)
            cls = next((above for above in file.ancestors(node) if isinstance(above, ast.ClassDef)), None)
            if isinstance(call, ast.Call) and cls is not None and _is_read(code, _attribute(file, call), fields):
                found.setdefault(file.absolute_name(cls), set()).add(_attribute(file, call))
    return found


def _relationship(code: Code, file: File, call: ast.Call, fields: frozenset[str], changes: Changes) -> None:
    name = _attribute(file, call)
    if has_unpacking(call):
        return
    lazy = keyword(call, "lazy")
    if lazy is None:
        if _is_read(code, name, fields):
            changes.edits.append(add_keyword(file, call, "lazy", '"selectin"'))
            if _is_recursive(file, call) and keyword(call, "join_depth") is None:
                changes.edits.append(add_keyword(file, call, "join_depth", str(_DEPTH)))
    elif isinstance(lazy, ast.Constant) and lazy.value in (_LAZY | {"joined", False}):
        if not (lazy.value in ("joined", False) and _is_scalar(file, call)):
            changes.replace(file, lazy, '"selectin"')
    elif not isinstance(lazy, ast.Constant) or lazy.value not in _LOADED:
        raise CannotFix(f"the relationship loads in a way that an async session lacks, {place(file, lazy)}")
    other = keyword(call, "backref")
    if isinstance(other, ast.Constant) and isinstance(other.value, str) and _is_read(code, other.value, fields):
        backref = changes.name(file, "sqlalchemy.orm.backref")
        changes.replace(file, other, f'{backref}({file.text(other)}, lazy="selectin")')
    elif isinstance(other, ast.Call) and keyword(other, "lazy") is None:
        changes.edits.append(add_keyword(file, other, "lazy", '"selectin"'))


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


def _is_read(code: Code, name: str, fields: frozenset[str]) -> bool:
    return not name or name in fields or any(_is_access(mention) for mention in code.mentions(name))


def _is_access(mention: Mention) -> bool:
    """Whether it may be the attribute of a model's instance."""
    file, node = mention
    if not isinstance(node, ast.Attribute):
        return False
    parent = file.parent(node)
    if isinstance(parent, ast.Call) and parent.func is node:
        return False
    found = options(file.type_of(node.value))
    return not found or any(isinstance(each, Instance) and _may_be_a_model(file, each.cls) for each in found)


def _may_be_a_model(file: File, cls: str) -> bool:
    project = isinstance(file.index.resolve(cls).fact, ClassFact)
    return (project and not file.index.is_subclass(cls, "pydantic.BaseModel", "enum.Enum")) or _is_sqlmodel(file, cls)


def _is_sqlmodel(file: File, cls: str) -> bool:
    return file.index.is_subclass(cls, "sqlmodel.SQLModel")


def _schema_fields(code: Code) -> frozenset[str]:
    """The names of all fields of Pydantic models: FastAPI reads them from what a handler returns."""
    found: set[str] = set()
    for module, facts in code.index.modules.items():
        for path, fact in facts.names.items():
            is_table = isinstance(fact, ClassFact) and any(name == "table" for name, _ in fact.keywords)
            if (
                isinstance(fact, ClassFact)
                and not is_table
                and code.index.is_subclass(f"{module}.{path}", "pydantic.BaseModel")
            ):
                fields = code.index.attributes(f"{module}.{path}")
                found.update(name for name, value in fields.items() if _is_field(value))
    return frozenset(found)


def _is_field(value: ValueFact) -> bool:
    return value.annotation is not None


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
    text = f'{" " * first.col_offset}__mapper_args__ = {{"eager_defaults": True}}\n'
    if any(
        edit.text == text and edit.range.start_line == file.place(cls).start_line + line - cls.lineno
        for edit in changes.edits
    ):
        return
    changes.insert(file, line, 0, text)
