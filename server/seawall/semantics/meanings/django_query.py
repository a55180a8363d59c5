"""Places where code asks the database through Django's ORM, then and there."""

from __future__ import annotations

import ast

import msgspec

from seawall.knowledge.blocking import Kind
from seawall.knowledge.django import EVALUATES, SHAPES
from seawall.knowledge.names import DJANGO_MODEL
from seawall.semantics.summary import blocks
from seawall.semantics.types import Instance, Named, options
from seawall.semantics.view import View

_SAVING = frozenset({"save", "delete", "refresh_from_db"})
_TAKE_ALL = frozenset({"extend", "join", "writelines", "writerows"})
"""Methods of texts, lists and files that go through their argument."""
_NAMES = frozenset(name.rpartition(".")[2] for name in (*EVALUATES, *SHAPES)) | _TAKE_ALL
_QUERYSET = "django.db.models.QuerySet"


class DjangoQuery(msgspec.Struct, frozen=True):
    """An expression that queries the database at once.

    `node` is the call, or the queryset that is gone through, counted, tested or indexed; `method` what that amounts to.
    """

    node: ast.expr
    method: str
    instead: str
    """The coroutine that does the same: a method's name, or where to import it from; empty if there is none."""

    @staticmethod
    def recognise(node: ast.AST, view: View) -> DjangoQuery | None:
        match node:
            case ast.Call():
                return _call(node, view)
            case ast.For(iter=queryset) | ast.comprehension(iter=queryset, is_async=0):
                return _gone_through(queryset, "__iter__", view)
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test) | ast.Assert(test=test):
                return _gone_through(test, "__bool__", view)
            case ast.UnaryOp(op=ast.Not(), operand=test):
                return _gone_through(test, "__bool__", view)
            case ast.Subscript(value=queryset, slice=index) if not isinstance(index, ast.Slice):
                return _gone_through(queryset, "__getitem__", view)
        return None


def _call(call: ast.Call, view: View) -> DjangoQuery | None:
    if view.called_name(call) not in _NAMES:
        return None
    if isinstance(call.func, ast.Name) and len(call.args) >= 1 and f"builtins.{call.func.id}" in SHAPES:
        method = {"len": "__len__", "bool": "__bool__"}.get(call.func.id, "__iter__")
        return _gone_through(call.args[0], method, view) if view.callee(call) in SHAPES else None
    if isinstance(call.func, ast.Attribute) and call.func.attr in _TAKE_ALL and len(call.args) == 1:
        return _gone_through(call.args[0], "__iter__", view)
    found = options(view.type_of(call.func))
    if len(found) != 1 or not isinstance(found[0], Named):
        return None
    name, receiver = found[0].name, found[0].receiver
    row = blocks(view.index, name)
    if row is not None and row.kind is Kind.DJANGO:
        return DjangoQuery(call, name, row.instead)
    if receiver is None or found[0].last not in _SAVING or not view.index.is_subclass(receiver.cls, DJANGO_MODEL):
        return None
    overridden = view.index.function(name)
    is_sync = overridden is not None and not overridden.is_async
    return DjangoQuery(call, name, f"a{found[0].last}") if is_sync else None


def _gone_through(queryset: ast.expr, method: str, view: View) -> DjangoQuery | None:
    if not isinstance(queryset, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)):
        return None
    found = options(view.type_of(queryset))
    if len(found) != 1 or not isinstance(found[0], Instance) or not view.index.is_subclass(found[0].cls, _QUERYSET):
        return None
    if blocks(view.index, f"{found[0].cls}.__iter__") is None:
        return None
    instead = {"__len__": "acount", "__bool__": "aexists", "__iter__": "__aiter__"}.get(method, "")
    return DjangoQuery(queryset, method, instead)
