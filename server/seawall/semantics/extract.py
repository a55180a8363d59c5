"""From an item's tree to the facts that others may ask for."""

from __future__ import annotations

import ast
import zlib
from functools import partial

from seawall.knowledge import http_input
from seawall.semantics.facts import ClassFact, Fact, FunctionFact, ImportFact, Later, Place, ValueFact
from seawall.semantics.names import Names, import_base, import_target
from seawall.semantics.scopes import Scope
from seawall.semantics.sites import call_sites, flow
from seawall.semantics.symbols import Call, Either, Parameter, Symbol
from seawall.syntax import Range, range_of

_REGISTERING = http_input.ADDS | http_input.INCLUDES
_URLS = frozenset(name.rpartition(".")[2] for name in http_input.DJANGO_URLS)


def extract(names: Names) -> tuple[dict[str, Fact], tuple[str, ...]]:
    """The facts of an item by dotted path within the module, and the modules it star-imports."""
    facts: dict[str, Fact] = {}
    scan = names.scan
    for scope in scan.opened.values():
        if scope is scan.module or scope.is_class:
            _values(names, scope, facts)
        if isinstance(scope.node, ast.ClassDef):
            facts[scope.path] = _class(names, scope, scope.node)
        elif isinstance(scope.node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            facts[scope.path] = _function(names, scope, scope.node)
    _indexes(names, facts)
    _registrations(names, facts)
    _states(names, facts)
    stars = tuple(
        import_base(node, names.module, names.is_package)
        for node in scan.nodes[ast.ImportFrom]
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
    )
    return facts, stars


def _values(names: Names, scope: Scope, facts: dict[str, Fact]) -> None:
    prefix = f"{scope.path}." if scope.path else ""
    for name, bindings in scope.bindings.items():
        imports = [node for node in bindings if isinstance(node, ast.alias)]
        if imports:
            statement = names.scan.parents[imports[0]]
            assert isinstance(statement, (ast.Import, ast.ImportFrom))
            target = import_target(statement, imports[0], names.module, names.is_package)
            facts[prefix + name] = ImportFact(name, target)
        elif isinstance(bindings[-1], ast.Name):
            facts[prefix + name] = _value(names, name, [node for node in bindings if isinstance(node, ast.Name)])


def _value(names: Names, name: str, bindings: list[ast.Name]) -> ValueFact:
    annotation: Symbol | None = None
    values: dict[Symbol | None, None] = {}
    for node in bindings:
        parent = names.scan.parents[node]
        if isinstance(parent, ast.AnnAssign):
            annotation = names.annotation(parent.annotation)
            if parent.value is not None:
                values[names.symbol(parent.value)] = None
        elif isinstance(parent, ast.TypeAlias if hasattr(ast, "TypeAlias") else ()):
            values[names.annotation(parent.value)] = None
        else:
            values[names.assigned(node)] = None
    value = next(iter(values), None) if len(values) < 2 else Either(tuple(values))
    return ValueFact(name, Place(range_of(bindings[0])), annotation, value)


def _class(names: Names, scope: Scope, node: ast.ClassDef) -> ClassFact:
    return ClassFact(
        node.name,
        Place(range_of(node)),
        tuple(names.annotation(base) for base in node.bases),
        tuple(names.symbol(decorator) for decorator in node.decorator_list),
        tuple((keyword.arg, names.symbol(keyword.value)) for keyword in node.keywords if keyword.arg),
        tuple(name for name, bindings in scope.bindings.items() if isinstance(bindings[0], ast.Name)),
    )


def _function(names: Names, scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef) -> FunctionFact:
    args = node.args
    params = [names.parameter(arg, scope) for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
    declared = names.annotation(node.returns)
    given = scope.yields or scope.returns
    results: dict[Symbol | None, None] = {}
    if declared is None or scope.yields or isinstance(node, ast.AsyncFunctionDef) or _is_property(node):
        results = {names.symbol(item.value) if item.value else None: None for item in given if item.value}
    owner = scope.parent
    return FunctionFact(
        node.name,
        Place(_header(node)),
        tuple(
            param if isinstance(param, Parameter) else Parameter(arg.arg, param)
            for arg, param in zip((*args.posonlyargs, *args.args, *args.kwonlyargs), params, strict=True)
        ),
        isinstance(node, ast.AsyncFunctionDef),
        bool(scope.yields),
        tuple(names.symbol(decorator) for decorator in node.decorator_list),
        declared,
        tuple(results),
        sets=_sets(names, scope, node) if owner is not None and owner.is_class else (),
        keyword_only=len(args.kwonlyargs),
        is_stub=_is_stub(node),
        sites=Later(partial(call_sites, names, scope)),
        flow=Later(partial(flow, names, scope)),
        called=Later(partial(names.called, scope.path)),
    )


def _is_property(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method is read like a variable, so that its value is of interest beside its type."""
    return any(
        getattr(one, "id", getattr(one, "attr", "")) in ("property", "cached_property") for one in node.decorator_list
    )


def _is_stub(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    body = node.body
    if len(body) > 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]  # the docstring
    match body:
        case [ast.Raise(exc=ast.Call(func=ast.Name(id=name)) | ast.Name(id=name))]:
            return name == "NotImplementedError"
        case [ast.Expr(value=ast.Constant(value=value))] if value is ...:
            return True
        case [ast.Pass()] | [ast.Expr(value=ast.Constant())]:
            return any(
                getattr(one, "id", getattr(one, "attr", "")).startswith("abstract") for one in node.decorator_list
            )
    return False


def _sets(
    names: Names, scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef
) -> tuple[tuple[str, Symbol | None], ...]:
    """`self.x = ...` of a method, the first of each name."""
    if not node.args.args:
        return ()
    myself = node.args.args[0].arg
    found: dict[str, Symbol | None] = {}
    for target in scope.stores:
        if isinstance(target.value, ast.Name) and target.value.id == myself and target.attr not in found:
            found[target.attr] = names.assigned(target)
    return tuple(found.items())


def _indexes(names: Names, facts: dict[str, Fact]) -> None:
    """`Index("name", Model.column)` beside a model is a fact of its own, `index Model.column`."""
    for node in names.scan.nodes.get(ast.Call, ()):
        match node:
            case ast.Call(func=ast.Name(id="Index") | ast.Attribute(attr="Index"), args=[_, element, *_]):
                if names.scan.scopes[node] is names.scan.module:
                    while isinstance(element, ast.Call) and isinstance(element.func, ast.Attribute):
                        element = element.func.value
                    if isinstance(element, ast.Attribute):
                        path = f"index {ast.unparse(element)}"
                        facts[path] = ValueFact(path, Place(range_of(node)))


def _registrations(names: Names, facts: dict[str, Fact]) -> None:
    """`app.include_router(users.router)` is a fact of its own, `include_router 7d1c...`: it says something of `router`.

    So is `path("books/", views.books)` of Django.
    """
    for node in names.scan.nodes.get(ast.Call, ()):
        if not isinstance(node, ast.Call):
            continue
        given = list(node.args)
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in _REGISTERING:
                pass
            case ast.Call(
                func=ast.Name(id=name) | ast.Attribute(attr=name), args=[ast.Constant(value=str()), view, *_]
            ) if name in _URLS:
                given[1] = _view(view)
            case _:
                continue
        func = names.symbol(node.func)
        if func is not None:
            said = ", ".join(ast.unparse(one) for one in (*given[:2], *(one.value for one in node.keywords[:2])))
            path = f"{name} {_sign(said)}"
            args = tuple(names.symbol(one) for one in given)
            keywords = tuple((one.arg or "**", names.symbol(one.value)) for one in node.keywords)
            facts[path] = ValueFact(path, Place(range_of(node)), None, Call(func, args, keywords))


def _view(node: ast.expr) -> ast.expr:
    """The view in `BookView.as_view()` and `login_required(books)`."""
    while isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "as_view":
            return node.func.value
        if not node.args:
            break
        node = node.args[0]
    return node


def _states(names: Names, facts: dict[str, Fact]) -> None:
    """`app.state.pool = pool` is a fact of its own, `state pool 1f0a...`: of the object that keeps it, and what it is."""
    for scope in names.scan.opened.values():
        for target in scope.stores:
            parent = names.scan.parents[target]
            if (
                isinstance(target.value, ast.Attribute)
                and target.value.attr == "state"
                and isinstance(parent, ast.Assign)
            ):
                state = names.symbol(target.value)
                if state is not None:
                    path = f"state {target.attr} {_sign(ast.unparse(parent.value))}"
                    value = Call(state, (names.assigned(target),))
                    facts[path] = ValueFact(path, Place(range_of(target)), None, value)


def _sign(code: str) -> str:
    """What tells code from other code without showing it: names of facts are kept in the cache, and code may hold a secret."""
    return f"{zlib.crc32(code.encode(errors='replace')):08x}{len(code):x}"


def _header(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Range:
    """`def name`, without decorators and body."""
    skip = len("async def ") if isinstance(node, ast.AsyncFunctionDef) else len("def ")
    start = node.col_offset + skip
    return Range(node.lineno, start, node.lineno, start + len(node.name.encode()))
