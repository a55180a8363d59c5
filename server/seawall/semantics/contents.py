"""What a container that a function makes holds: the elements that are written down, and what is added to them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seawall.semantics.names import Names
from seawall.semantics.scopes import Scope

MAX_DEPTH = 12
DISPLAYS = (ast.List, ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
_MAKE = frozenset({"list", "dict", "set", "defaultdict", "deque", "OrderedDict"})
_AT_THE_END = frozenset({"append", "extend"})


def word_of(node: ast.expr) -> str:
    """The constant by which an element is asked for, where it is a word."""
    is_word = isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier()
    return str(node.value) if is_word else ""  # type: ignore[attr-defined]


def key_of(node: ast.expr) -> str:
    """The same, where it is a position, too."""
    if isinstance(node, ast.Constant) and type(node.value) is int and node.value >= 0:
        return str(node.value)
    return word_of(node)


def contents(names: Names, value: ast.expr, key: str, depth: int) -> Iterator[ast.expr]:
    """The elements of a display, or of the one that a variable holds, with what is added to it; of that key if one is given."""
    match value:
        case ast.Dict(keys=keys, values=values):
            for name, element in zip(keys, values, strict=True):
                if not key or name is None or key_of(name) in ("", key):
                    yield element
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            yield from elements if (found := _at(elements, key)) is None else found
        case ast.Set(elts=elements):
            yield from elements
        case ast.ListComp(elt=element) | ast.SetComp(elt=element) | ast.GeneratorExp(elt=element):
            yield element
        case ast.DictComp(value=element):
            yield element
        case ast.Call(func=ast.Attribute(value=inner, attr="items" | "values"), args=[]):
            yield from contents(names, inner, key, depth)
        case ast.Call(
            func=ast.Name(id="enumerate" | "sorted" | "list" | "tuple" | "reversed" | "set"), args=[inner, *_]
        ):
            yield from contents(names, inner, "", depth)
        case ast.Name() if depth < MAX_DEPTH:
            held = [value_of(names, binding) for binding in names.bindings(value)]
            if held and all(isinstance(one, DISPLAYS) or makes_container(one) for one in held):
                for one in held:
                    if one is not None:
                        yield from contents(names, one, key, depth + 1)
                is_there = all(isinstance(one, (ast.List, ast.Tuple)) and _at(one.elts, key) for one in held)
                yield from added(names, value, key, is_there)


def _at(elements: list[ast.expr], key: str) -> list[ast.expr] | None:
    """The element at a position, if the key is one and it can be seen."""
    if not key.isdigit() or any(isinstance(one, ast.Starred) for one in elements):
        return None
    return elements[int(key) : int(key) + 1]


def added(names: Names, variable: ast.Name, key: str, is_there: bool = False) -> Iterator[ast.expr]:
    """What the function adds to a container: `parts.append(x)`, `values["name"] = x`, `lists["name"].append(x)`.

    `is_there`: the element is written down, and what comes behind it is another.
    """
    scan = names.scan
    owner = function_scope(scan.scopes.get(variable))
    for node in scan.additions().get(variable.id, ()):
        if function_scope(scan.scopes[node]) is not owner:
            continue
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Subscript(slice=index))) if key and key_of(index) not in (
                "",
                key,
            ):
                continue
            case ast.Call(func=ast.Attribute(attr=attr)) if is_there and attr in _AT_THE_END:
                continue
            case ast.Call(args=arguments, keywords=keywords):
                yield from arguments[-1:]
                yield from (one.value for one in keywords)
            case ast.Subscript(slice=index):
                statement = scan.parents[node]
                if isinstance(statement, (ast.Assign, ast.AugAssign)) and (not key or key_of(index) in ("", key)):
                    yield statement.value


def value_of(names: Names, binding: ast.AST) -> ast.expr | None:
    """What a name is set to by an assignment."""
    match names.scan.parents.get(binding):
        case ast.Assign(targets=[target], value=value) if target is binding:
            return value
        case ast.AnnAssign(value=ast.expr() as value) | ast.NamedExpr(value=value):
            return value
    return None


def makes_container(node: ast.expr | None) -> bool:
    """`list()`, `{}`, `defaultdict(list)`."""
    if not isinstance(node, ast.Call):
        return False
    return (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")) in _MAKE


def is_filled(names: Names, bindings: list[ast.AST]) -> bool:
    """Whether a variable is a container that the function fills."""
    return any(makes_container(value_of(names, binding)) for binding in bindings)


def function_scope(scope: Scope | None) -> Scope | None:
    """The `def` around a scope."""
    while scope is not None and not isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        scope = scope.parent
    return scope


def grown(names: Names, binding: ast.AST, seen: set[ast.AST]) -> Iterator[ast.AST]:
    """The `+=` that binds a name and what stood there before, over any number of them; each once, as branches meet."""
    waiting = [binding]
    while waiting:
        step = waiting.pop()
        if step in seen:
            continue
        seen.add(step)
        yield step
        if isinstance(step, ast.Name) and isinstance(names.scan.parents.get(step), ast.AugAssign):
            waiting += names.bindings(step)
