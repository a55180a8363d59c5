"""What the spelling of an expression says of it, before anything is resolved."""

from __future__ import annotations

import ast

from seawall.semantics.symbols import Attr, Ref, Symbol


def spelled(node: ast.expr) -> str:
    """`self.pool` as it is written; nothing for what is no dotted name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def keeps_elements(node: ast.ListComp) -> bool:
    """Whether a list is made of another's elements, at most trimmed: `[one.strip() for one in text.split(",")]`."""
    element, target = node.elt, node.generators[0].target
    while isinstance(element, ast.Call):
        match element:
            case ast.Call(func=ast.Attribute(value=inner, attr="strip" | "rstrip" | "lstrip" | "lower")):
                element = inner
            case ast.Call(func=ast.Name(id="str"), args=[inner], keywords=[]):
                element = inner
            case _:
                return False
    return isinstance(element, ast.Name) and isinstance(target, ast.Name) and element.id == target.id


def begins_with_variable(node: ast.Call) -> bool:
    """Whether the first argument looks like the name of an environment variable: `getenv("APP_PORT", "80")`."""
    match node.args:
        case [ast.Constant(value=str(text)), *_]:
            return text.isupper() and text.isidentifier()
    return False


def begins_with_class(node: ast.Call) -> bool:
    """Whether the first argument bears the name of a class: `session.get(User, 1)`, but not `cache.get("user")`."""
    match node.args:
        case [ast.Name(id=name) | ast.Attribute(attr=name), *_]:
            return name[:1].isupper() and not name.isupper()
    return False


def is_type(symbol: Symbol) -> bool:
    """Whether a subscripted thing looks like a type, whose string arguments are code and not keys."""
    last = symbol.name.rpartition(".")[2] if isinstance(symbol, (Ref, Attr)) else ""
    return last[:1].isupper() or last in ("list", "dict", "set", "tuple", "type", "frozenset")
