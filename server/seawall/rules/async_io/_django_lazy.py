"""Foreign keys of Django objects that are read in async code, though nothing loaded what they lead to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from seawall.edits import Edit, Fix
from seawall.rules.base import File
from seawall.semantics.facts import ValueFact
from seawall.semantics.symbols import Call
from seawall.semantics.types import Instance, options

_ONE = frozenset({"aget", "afirst", "alast", "aearliest", "alatest"})
_OR_404 = "django.shortcuts.aget_object_or_404"
_GIVE = (*sorted(_ONE), _OR_404.rpartition(".")[2])
_MANAGER, _MODEL = "django.db.models.Manager", "django.db.models.Model"
_FIELDS = frozenset({"django.db.models.ForeignKey", "django.db.models.OneToOneField"})
_TESTS = (ast.Compare, ast.If, ast.IfExp, ast.BoolOp, ast.UnaryOp)
_KEEPS = frozenset({
    "filter", "exclude", "order_by", "all", "distinct", "annotate", "using", "reverse", "none", "prefetch_related",
})  # fmt: skip
"""Methods of a queryset after which foreign keys are as they were before."""


class Lazy(NamedTuple):
    """A foreign key, read from an object whose query has not loaded it."""

    node: ast.Attribute
    query: ast.expr
    """The manager or queryset, or the model that `aget_object_or_404` is given."""

    def fixes(self, file: File) -> Iterator[Fix]:
        yield Fix(f"Load {self.node.attr} with the query", lambda: [self._loaded(file)])

    def _loaded(self, file: File) -> Edit:
        objects = ".objects" if _manager(self.query, file) is None else ""  # it is the model
        return file.insert_after(self.query, f'{objects}.select_related("{self.node.attr}")')


def lazy(function: ast.AsyncFunctionDef, file: File) -> Iterator[Lazy]:
    """The first read of each foreign key that an object of a query leads to by."""
    for variable, query in _objects(function, file):
        model = _model(query, file)
        if model is None or len(file.names.bindings(variable)) != 1:
            continue
        seen: set[str] = set()
        for use in sorted(file.uses(variable.id), key=lambda one: (one.lineno, one.col_offset)):
            above = file.parent(use)
            if use is variable or file.function(use) is not function:
                continue
            if isinstance(above, _TESTS):
                continue
            if not isinstance(above, ast.Attribute):
                break  # whoever gets the object may load what is missing
            is_coroutine = above.attr.startswith("a") and isinstance(file.parent(above), ast.Call)
            if isinstance(above.ctx, ast.Store) or is_coroutine:
                break
            if isinstance(above.ctx, ast.Load) and above.attr not in seen and _is_foreign_key(model, above.attr, file):
                seen.add(above.attr)
                yield Lazy(above, query)


def _objects(function: ast.AsyncFunctionDef, file: File) -> Iterator[tuple[ast.Name, ast.expr]]:
    """Variables for an object, or one after the other, and the query that it comes from."""
    calls = file.calls()
    for call in (call for name in _GIVE for call in calls.get(name, ())):
        awaiting = file.parent(call)
        assign = file.parent(awaiting) if isinstance(awaiting, ast.Await) else None
        if file.function(call) is function and isinstance(assign, ast.Assign) and len(assign.targets) == 1:
            match assign.targets[0], call:
                case ast.Name() as name, ast.Call(func=ast.Attribute(value=query, attr=method)) if method in _ONE:
                    yield name, query
                case ast.Name() as name, ast.Call(args=[query, *_]) if file.callee(call) == _OR_404:
                    yield name, query
    for loop in file.scan.nodes.get(ast.AsyncFor, ()):
        if isinstance(loop, ast.AsyncFor) and isinstance(loop.target, ast.Name) and file.function(loop) is function:
            yield loop.target, loop.iter


def _model(query: ast.expr, file: File) -> str | None:
    """The model of a query that loads nothing else."""
    manager = _manager(query, file)
    if manager is None:
        named = file.qualname(query)
        return named if named is not None and file.index.is_subclass(named, _MODEL) else None
    (found,) = options(file.type_of(manager))
    model = found.args[0] if isinstance(found, Instance) and found.args else None
    return model.cls if isinstance(model, Instance) else None


def _manager(query: ast.expr, file: File) -> ast.expr | None:
    """Django's own manager that a chain begins with, if nothing in the chain loads related objects."""
    while isinstance(query, ast.Call) and isinstance(query.func, ast.Attribute) and query.func.attr in _KEEPS:
        query = query.func.value
    found = options(file.type_of(query)) if isinstance(query, ast.Attribute) else ()
    is_plain = len(found) == 1 and isinstance(found[0], Instance) and found[0].cls == _MANAGER
    return query if is_plain else None


def _is_foreign_key(model: str, name: str, file: File) -> bool:
    member = file.index.member(model, name)
    fact = member.fact if member is not None else None
    return isinstance(fact, ValueFact) and isinstance(fact.value, Call) and file.index.named(fact.value.func) in _FIELDS
