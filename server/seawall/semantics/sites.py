"""Where a function makes other code run: by calling, and by what looks like no call, as `with`, `for` and properties do."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from seawall.semantics import once
from seawall.semantics.facts import CallSite, Flow, Given, Passed, Place
from seawall.semantics.names import Names
from seawall.semantics.origins import is_whole, kept, origins
from seawall.semantics.scopes import FunctionNode, Scope
from seawall.semantics.symbols import Annotation, Attr, Call, Constant, Either, Entries, Parameter, Ref, Several, Symbol
from seawall.syntax import range_of

_GO_THROUGH = frozenset({
    "all", "any", "dict", "frozenset", "list", "max", "min", "next", "set", "sorted", "sum", "tuple",
    ".extend", ".join", ".update", ".writelines",
})  # fmt: skip
"""What goes through its argument at once; methods begin with a dot."""

_KEEP_THEIR_ARGUMENTS = frozenset({
    "add", "append", "cast", "debug", "delete", "error", "exception", "format", "get", "info", "insert", "join", "joinedload", "loads",
    "now", "patch", "pop", "post", "put", "query", "select", "selectinload", "setattr", "split", "startswith", "warning", "where",
})  # fmt: skip
"""Methods so common that a class of the project with one of that name, which calls what it is given, would be an exception."""

_LAZY = frozenset({"enumerate", "filter", "iter", "map", "reversed", "zip"})
_CALL_FIRST = frozenset({"filter", "map", "reduce", ".reduce"})
_CALL_KEY = frozenset({"max", "min", "sorted", ".sort"})
_NOTHING_PASSED = (ast.Constant, ast.Lambda, ast.Compare, ast.UnaryOp)
_SAYS_NOTHING = (Constant, Several, Entries)
_GOING = (ast.With, ast.For, ast.comprehension, ast.YieldFrom)


def call_sites(names: Names, scope: Scope) -> tuple[CallSite, ...]:
    """Where the function that opens a scope makes other code run. Code nested too deep for a walk counts as empty."""
    try:
        return tuple(site for _, site in sites(names, scope.path))
    except RecursionError:
        return ()


def flow(names: Names, scope: Scope) -> Flow:
    """Where characters go in the function that opens a scope."""
    node = scope.node
    assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    is_method = scope.parent is not None and scope.parent.is_class and bool(node.args.args)
    try:
        return Flow(
            tuple(_passed(names, call) for call, _ in names.call_sites(scope.path)),
            _gives(names, scope),
            kept(names, scope, node.args.args[0].arg) if is_method else (),
        )
    except RecursionError:
        return Flow()


def sites(names: Names, function: str) -> list[tuple[ast.AST, CallSite]]:
    """Where the function of a path makes other code run, with the nodes; calls come first: they are known by their numbers."""
    known = names.sites.get(function)
    if known is None:
        inside = names.inside(function)
        known = [
            *((node, _call_site(names, node, callee)) for node, callee in names.call_sites(function)),
            *(made for node in inside.get(ast.Call, ()) for made in _made_by_arguments(names, node)),
            *(made for kind in _GOING for node in inside.get(kind, ()) for made in _made_by_objects(names, node)),
            *_reads(names, inside.get(ast.Attribute, ())),
        ]
        runner = names.scan.scopes[known[0][0]].function if known else None
        if runner is not None and (switches := _switches(names, runner)):
            known = [(node, replace(site, switch=_switch(names, node, switches))) for node, site in known]
        if runner is not None and (stored := once.kept(names, runner)):
            known = [(node, _noted(site, once.is_made_once(names, node, stored))) for node, site in known]
        names.sites[function] = known
    return known


def _noted(site: CallSite, is_once: bool) -> CallSite:
    return replace(site, once=True) if is_once else site


def _switches(names: Names, function: FunctionNode) -> frozenset[str]:
    """The parameters of a function that are False unless they are given."""
    arguments, bound = function.args, names.scan.opened[function].bindings
    positional = [*arguments.posonlyargs, *arguments.args]
    by_default = [
        *zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return frozenset(
        argument.arg
        for argument, default in by_default
        if isinstance(default, ast.Constant) and default.value is False and len(bound[argument.arg]) == 1
    )


def _switch(names: Names, node: ast.AST, switches: frozenset[str]) -> str:
    """The parameter that a node waits for: `if wait:`, `if wait and late:`."""
    below, above = node, names.scan.parents.get(node)
    while above is not None and not isinstance(below, (ast.FunctionDef, ast.AsyncFunctionDef)):
        if isinstance(above, ast.If) and below in above.body:
            test = above.test
            needed = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
            for one in needed:
                if isinstance(one, ast.Name) and one.id in switches:
                    return one.id
        below, above = above, names.scan.parents.get(above)
    return ""


def _gives(names: Names, scope: Scope) -> tuple[str, ...]:
    """The origins of all that a function returns or yields."""
    found: dict[str, None] = {}
    for node in (*scope.returns, *scope.yields):
        if node.value is not None:
            found.update(dict.fromkeys(origins(names, node.value)))
    return tuple(found)


def _made_by_arguments(names: Names, node: ast.AST) -> Iterator[tuple[ast.AST, CallSite]]:
    """What a call makes of its arguments: it goes through them, calls them or enters them."""
    assert isinstance(node, ast.Call)
    name = node.func.id if isinstance(node.func, ast.Name) else f".{getattr(node.func, 'attr', '')}"
    if name in _GO_THROUGH:
        for argument in map(_unsliced, node.args):
            if isinstance(argument, ast.Call) and (site := _site(names, argument, "for")):
                yield argument, site
    if name == ".enter_context" and node.args and (site := _site(names, node.args[0], "with")):
        yield node.args[0], site
    called_back = _called_back(node, name)
    if called_back is not None and (symbol := function_given(names, called_back)) is not None:
        yield called_back, CallSite(symbol, Place(range_of(node)))


def _call_site(names: Names, node: ast.Call, callee: Symbol) -> CallSite:
    """What a call is, in terms of symbols."""
    awaited = isinstance(names.scan.parents[node], ast.Await)
    if not node.args and not node.keywords:
        return CallSite(callee, Place(range_of(node)), awaited)
    return CallSite(callee, Place(range_of(node)), awaited, _given(names, node))


def function_given(names: Names, node: ast.expr) -> Symbol | None:
    """What an argument, or a lambda that is nothing but a call, makes run when it is called."""
    if isinstance(node, ast.Lambda):
        return names.symbol(node.body.func) if isinstance(node.body, ast.Call) else None
    return names.symbol(node) if isinstance(node, (ast.Name, ast.Attribute, ast.Call)) else None


def _called_back(node: ast.Call, name: str) -> ast.expr | None:
    """The function that a builtin is given to call."""
    if name in _CALL_FIRST and len(node.args) > 1:
        return node.args[0]
    if name in _CALL_KEY:
        return next((one.value for one in node.keywords if one.arg == "key"), None)
    return None


def _objects(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """What a statement or expression enters or goes through."""
    match node:
        case ast.With(items=items):
            for item in items:
                yield "with", item.context_expr
        case ast.comprehension(is_async=1):
            return
        case ast.For(iter=value) | ast.comprehension(iter=value) | ast.YieldFrom(value=value):
            while isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in _LAZY:
                value = next((one for one in reversed(value.args) if not isinstance(one, ast.Starred)), value.func)
            yield "for", _unsliced(value)


def _unsliced(node: ast.expr) -> ast.expr:
    """What goes through a slice goes through the whole, of which it may be a query yet."""
    while isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        node = node.value
    return node


def _site(names: Names, node: ast.expr, use: str) -> CallSite | None:
    if isinstance(node, (ast.Call, ast.Name, ast.Attribute)):
        symbol = names.symbol(node)
        if symbol is not None and not isinstance(symbol, _SAYS_NOTHING):
            given = _given(names, node) if isinstance(node, ast.Call) and (node.args or node.keywords) else ()
            return CallSite(symbol, Place(range_of(node)), given=given, use=use)
    return None


def _made_by_objects(names: Names, node: ast.AST) -> Iterator[tuple[ast.AST, CallSite]]:
    for use, value in _objects(node):
        if (made := _site(names, value, use)) is not None:
            yield value, made


def _reads(names: Names, nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.AST, CallSite]]:
    """Attributes that may be properties, each once a function."""
    seen: set[Symbol] = set()
    parents = names.scan.parents
    for node in nodes:
        assert isinstance(node, ast.Attribute)
        above = parents[node]
        if isinstance(node.ctx, ast.Load) and not (isinstance(above, ast.Call) and above.func is node):
            symbol = names.symbol(node)
            if isinstance(symbol, (Attr, Ref)) and symbol not in seen:
                seen.add(symbol)
                yield node, CallSite(symbol, Place(range_of(node)), use="read")


def _passed(names: Names, node: ast.Call) -> tuple[Passed, ...]:
    """The arguments that hand on what the function was given."""
    found = []
    for position, argument in enumerate(node.args):
        if isinstance(argument, ast.Starred):
            break
        if not isinstance(argument, _NOTHING_PASSED) and (given := origins(names, argument)):
            found.append(Passed(position, given, is_whole(names, argument)))
    for keyword in node.keywords:
        if keyword.arg and not isinstance(keyword.value, _NOTHING_PASSED) and (given := origins(names, keyword.value)):
            found.append(Passed(keyword.arg, given, is_whole(names, keyword.value)))
    return tuple(found)


def _given(names: Names, node: ast.Call) -> tuple[Given, ...]:
    """The arguments that are functions or objects, as far as their names tell; of none where nothing is called with them."""
    func = node.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    if name == "HTTPException":
        return _first(names, node, "status_code")
    if name == "sleep":
        return _first(names, node, "secs")
    if name in _KEEP_THEIR_ARGUMENTS or name[:1].isupper():
        return ()
    found = []
    for position, argument in enumerate(node.args):
        if isinstance(argument, ast.Starred):
            break
        if (value := _worth_giving(names, argument)) is not None:
            found.append(Given(position, value))
    for keyword in node.keywords:
        if keyword.arg and (value := _worth_giving(names, keyword.value)) is not None:
            found.append(Given(keyword.arg, value))
    return tuple(found)


def _first(names: Names, node: ast.Call, called: str) -> tuple[Given, ...]:
    """The first argument, whatever it is: with which status a request is refused, how long a sleep is."""
    for keyword in node.keywords:
        if keyword.arg == called:
            value = names.symbol(keyword.value)
            return (Given(called, value),) if value is not None else ()
    value = names.symbol(node.args[0]) if node.args else None
    return (Given(0, value),) if value is not None else ()


def _worth_giving(names: Names, node: ast.expr) -> Symbol | None:
    if isinstance(node, ast.Constant) and node.value is True:  # what a switch is turned on with
        return Constant(True)
    if isinstance(node, ast.Call):
        func = node.func
        if getattr(func, "id", getattr(func, "attr", "")) != "partial":
            return None
    symbol = function_given(names, node)
    return symbol if isinstance(symbol, (Annotation, Attr, Call, Either, Parameter, Ref)) else None
