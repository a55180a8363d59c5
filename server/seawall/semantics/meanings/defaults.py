"""What a literal is the default of: a variable of the environment, or a field of a settings class."""

from __future__ import annotations

import ast

from seawall.knowledge import secrets as known
from seawall.semantics.meanings.settings_class import BASES, is_part_of_settings
from seawall.semantics.secret_text import words
from seawall.semantics.symbols import Call, Constant, Symbol
from seawall.semantics.view import View

_WRAPPERS = frozenset(name.rpartition(".")[2] for name in known.WRAPPERS)
_AFTERWARDS = frozenset({"__init__", "model_post_init"})
_VALIDATORS = frozenset({"pydantic.field_validator", "pydantic.validator"})
_MODEL_VALIDATORS = frozenset({"pydantic.model_validator", "pydantic.root_validator"})
_REFUSING = frozenset({
    "check", "enforce", "ensure", "forbid", "insecure", "production", "refuse", "reject", "require", "safe", "secret", "secrets", "secure",
    "validate", "verify",
})  # fmt: skip
"""What the name of a method says that looks at all values and may refuse some."""


def fallback_of(node: ast.expr, view: View) -> tuple[str, ast.expr] | None:
    """The environment variable whose absence a literal makes up for, and the whole expression that does so."""
    value, parent = unwrapped(node, view)
    call: ast.AST | None = parent
    whole: ast.AST | None = parent
    match parent:
        case ast.BoolOp(op=ast.Or(), values=[ast.Call() as first, *_]) if value is parent.values[-1]:
            call = first
        case ast.keyword(arg="default"):
            call = whole = view.parent(parent)
    if not isinstance(call, ast.Call) or not isinstance(whole, ast.expr) or not call.args or value is call.args[0]:
        return None
    name = call.args[0]
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str) or not _reads_environment(call, view):
        return None
    return name.value, whole


def _reads_environment(call: ast.Call, view: View) -> bool:
    if view.callee(call) in known.ENVIRONMENT_READERS:
        return True
    match call.func:
        case ast.Attribute(value=receiver, attr="get" | "pop"):
            return view.qualname(receiver) == "os.environ"
        case ast.Name() | ast.Attribute():
            return view.is_instance(call.func, *known.ENVIRONMENT_CLASSES)
    return False


def settings_field(node: ast.expr, view: View) -> ast.AnnAssign | None:
    """The field of a settings class whose default a literal is."""
    _, parent = unwrapped(node, view)
    if isinstance(parent, ast.keyword):
        if parent.arg not in ("default", "default_factory"):
            return None
        parent = view.parent(parent)
    if isinstance(parent, ast.Call):
        above = view.parent(parent)  # asked first, since most calls are no fields
        parent = above if isinstance(above, ast.AnnAssign) and view.callee(parent) == "pydantic.Field" else None
    if not isinstance(parent, ast.AnnAssign) or not isinstance(parent.target, ast.Name) or parent.target.id[0] == "_":
        return None
    scope = view.scan.scopes.get(parent)
    if scope is None or not isinstance(scope.node, ast.ClassDef):
        return None
    cls = view.names.absolute(scope)
    return parent if view.index.is_subclass(cls, *BASES) or is_part_of_settings(view.index, cls) else None


def is_checked(field: str, cls: str, view: View) -> bool:
    """Whether a settings class, or one above or below it, looks at the field's value once it is there."""
    for one in (*view.index.mro(cls), *view.index.subclasses(cls)):
        for method in view.index.methods(one) if view.index.split(one)[0] else ():
            fact = view.index.function(f"{one}.{method}")
            decorators = fact.decorators if fact is not None else ()
            if method in _AFTERWARDS or any(_validates(decorator, method, field, view) for decorator in decorators):
                return True
    return False


def _validates(decorator: Symbol | None, method: str, field: str, view: View) -> bool:
    name = view.index.named(decorator.func if isinstance(decorator, Call) else decorator) or ""
    if name in _MODEL_VALIDATORS:
        return bool(_REFUSING.intersection(words(method)))
    named = decorator.args if isinstance(decorator, Call) and name in _VALIDATORS else ()
    return any(not isinstance(one, Constant) or one.value in (field, "*") for one in named)


def unwrapped(node: ast.expr, view: View) -> tuple[ast.expr, ast.AST | None]:
    """The outermost expression that has the literal's value, and what it stands in."""
    while True:
        parent = view.parent(node)
        above: ast.AST | None = None
        match parent:
            case ast.IfExp(body=body, orelse=orelse) if node in (body, orelse):
                above = parent
            case ast.Lambda(body=body) if node is body and _makes_default(parent, view):
                above = parent
            case ast.Attribute(attr="encode" | "strip"):
                call = view.parent(parent)
                above = call if isinstance(call, ast.Call) and call.func is parent else None
            case ast.Call(args=[first, *_]) if first is node and view.called_name(parent) in _WRAPPERS:
                above = parent if view.callee(parent) in known.WRAPPERS else None
        if not isinstance(above, ast.expr):
            return node, parent
        node = above


def _makes_default(function: ast.Lambda, view: View) -> bool:
    above = view.parent(function)
    return isinstance(above, ast.keyword) and above.arg == "default_factory"
