"""One walk over an item's tree: parents, nodes by kind, scopes and what they bind.

Everything later asks these tables and never walks again.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
ScopeNode = ast.Module | ast.ClassDef | FunctionNode | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


_HOLDERS = frozenset({ast.Attribute, ast.Await, ast.Expr, ast.Starred, ast.keyword})
"""What holds one other node and nothing else that matters."""

_NO_NODES = frozenset({
    "arg", "attr", "conversion", "ctx", "id", "is_async", "kind", "level", "module", "name", "op", "ops", "simple",
    "type_comment", "type_ignores",
})  # fmt: skip
"""Fields that hold no nodes, or operators, which nobody asks for."""

CONVERSIONS = frozenset({
    "int", "float", "Decimal", "UUID", "date", "datetime", "fromisoformat", "strptime", "Fraction", "complex",
})  # fmt: skip
"""Functions that raise unless they are given a number, a date or the like."""
_SPEAKING = ("valid", "check", "ensure", "verify", "assert_", "require", "allow", "guard", "sanit")
_ADDS = frozenset({"append", "extend", "insert", "add", "appendleft", "update", "setdefault"})


def raises_by_name(func: ast.expr) -> bool:
    """Whether the name of a function says that it raises unless it likes what it is given."""
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name in CONVERSIONS or any(word in name.lower() for word in _SPEAKING)


def makes_by_name(func: ast.expr) -> bool:
    """Whether the name of what is called is a class's."""
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name[:1].isupper() and not name.isupper()


class Scope:
    """A block with names of its own. `bindings` maps a name to the nodes that bind it, in source order."""

    __slots__ = ("bindings", "function", "globals", "is_class", "is_function", "node", "parent", "path", "returns", "stores",
                 "yields")  # fmt: skip

    def __init__(self, node: ScopeNode, parent: Scope | None, path: str) -> None:
        self.node = node
        self.parent = parent
        self.path = path
        self.is_function = isinstance(node, _FUNCTIONS)
        self.is_class = isinstance(node, ast.ClassDef)
        self.function: FunctionNode | None = None
        """The function whose body runs what stands in the scope; none for a class or module."""
        if isinstance(node, _FUNCTIONS):
            self.function = node
        elif isinstance(node, _COMPREHENSIONS) and parent is not None:
            self.function = parent.function
        self.bindings: dict[str, list[ast.AST]] = {}
        self.globals: set[str] = set()
        self.returns: list[ast.Return] = []
        self.yields: list[ast.Yield | ast.YieldFrom] = []
        self.stores: list[ast.Attribute] = []
        """Attributes that it assigns to."""

    def bind(self, name: str, node: ast.AST) -> None:
        self.bindings.setdefault(name, []).append(node)


def _function_of(scope: Scope) -> Scope | None:
    found: Scope | None = scope
    while found is not None and not found.is_function:
        found = found.parent
    return found


class Scan:
    """The tables of one item."""

    __slots__ = ("_additions", "_tested", "_tests", "module", "nodes", "opened", "parents", "scopes")

    def __init__(self, tree: ast.Module, owner: str = "") -> None:
        self.nodes: dict[type[ast.AST], list[ast.AST]] = defaultdict(list)
        self.parents: dict[ast.AST, ast.AST] = {}
        self.scopes: dict[ast.AST, Scope] = {}
        """The scope in which a node stands."""
        self.opened: dict[ast.AST, Scope] = {}
        """The scope that a node opens."""
        self._additions: dict[str, list[ast.AST]] | None = None
        self._tested: dict[Scope | None, set[str]] | None = None
        self._tests: list[tuple[Scope, int, int]] = []
        """For each test, its scope, and which of all names stand in it."""
        self.nodes[ast.Module].append(tree)
        self.module = Scope(tree, None, "")
        self.opened[tree] = self.module
        top = self.module
        if owner:
            shell = ast.ClassDef(owner, [], [], [], [])
            top = Scope(shell, self.module, owner)
        for statement in tree.body:
            self._visit(statement, tree, top)

    def tested(self, scope: Scope) -> set[str]:
        """The names that some test in the same function asks about: `if`, `assert`, `match`, a call for what it raises."""
        if self._tested is None:
            self._tested = {}
            names = self.nodes[ast.Name]
            for where, first, last in self._tests:
                asked = self._tested.setdefault(_function_of(where), set())
                asked.update(name.id for name in names[first:last])  # type: ignore[attr-defined]
            self._find_other_tests()
        return self._tested.get(_function_of(scope), set())

    def additions(self) -> dict[str, list[ast.AST]]:
        """By a variable's name, what puts something into it: `x.append(a)`, `x["key"] = a`, `x["key"].append(a)`."""
        if self._additions is None:
            self._additions = {}
            for node in self.nodes.get(ast.Call, ()):
                match node:
                    case ast.Call(
                        func=ast.Attribute(
                            value=ast.Name(id=name)
                            | ast.Subscript(value=ast.Name(id=name))
                            | ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="setdefault")),
                            attr=attr,
                        )
                    ) if attr in _ADDS:
                        self._additions.setdefault(name, []).append(node)
            for node in self.nodes.get(ast.Subscript, ()):
                match node:
                    case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                        self._additions.setdefault(name, []).append(node)
        return self._additions

    def _find_other_tests(self) -> None:
        """Calls for what they raise, conversions, look-ups, filters of comprehensions and `match`."""
        asking: list[ast.AST] = []
        for node in self.nodes.get(ast.Expr, ()):
            call = node.value.value if isinstance(node.value, ast.Await) else node.value  # type: ignore[attr-defined]
            if isinstance(call, ast.Call) and (raises_by_name(call.func) or makes_by_name(call.func)):
                asking.extend((*call.args, *(one.value for one in call.keywords)))
        for node in self.nodes.get(ast.Assign, ()):
            match node:
                case ast.Assign(value=ast.Call(func=func, args=[inner])) if raises_by_name(func):
                    asking.append(inner)
                case ast.Assign(value=ast.Subscript(slice=ast.Name() as inner)):
                    asking.append(inner)
        for node in self.nodes.get(ast.comprehension, ()):
            asking.extend(node.ifs)  # type: ignore[attr-defined]
        for node in self.nodes.get(ast.Match, ()):
            asking.append(node.subject)  # type: ignore[attr-defined]
            asking.extend(case.guard for case in node.cases if case.guard is not None)  # type: ignore[attr-defined]
        assert self._tested is not None
        for node in self.nodes.get(ast.For, ()):
            match node:
                case ast.For(target=ast.Name(id=item), iter=several):
                    if item in self._tested.get(_function_of(self.scopes[node]), ()):
                        asking.append(several)
        for node in asking:
            for name in ast.walk(node):
                if isinstance(name, ast.Name):
                    self._tested.setdefault(_function_of(self.scopes[name]), set()).add(name.id)

    def _visit(self, node: Any, parent: ast.AST, scope: Scope) -> None:
        """Note a node and all below it. This is where reading spends its time: what only holds another node takes no call."""
        while True:
            self.parents[node] = parent
            self.scopes[node] = scope
            kind = type(node)
            self.nodes[kind].append(node)
            if kind is ast.Name:
                if type(node.ctx) is not ast.Load:
                    scope.bind(node.id, node)
                return
            if kind is ast.Constant:
                return
            if kind in _HOLDERS:
                if kind is ast.Attribute and type(node.ctx) is ast.Store:
                    scope.stores.append(node)
                parent, node = node, node.value
                continue
            visit = _SPECIAL.get(kind)
            if visit is not None:
                visit(self, node, scope)
            else:
                self._children(node, scope)
            return

    def _children(self, node: ast.AST, scope: Scope, skip: str = "") -> None:
        visit = self._visit
        for field in _fields(type(node)):  # type: ignore[arg-type]
            if field != skip:
                value = getattr(node, field, None)
                if type(value) is list:
                    for child in value:
                        if isinstance(child, ast.AST):
                            visit(child, node, scope)
                elif isinstance(value, ast.AST):
                    visit(value, node, scope)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        scope.bind(node.name, node)
        inner = Scope(node, scope, _path(scope, node.name))
        self.opened[node] = inner
        for decorator in node.decorator_list:
            self._visit(decorator, node, scope)
        self._arguments(node.args, node, scope, inner)
        if node.returns:
            self._visit(node.returns, node, scope)
        for statement in node.body:
            self._visit(statement, node, inner)

    def _lambda(self, node: ast.Lambda, scope: Scope) -> None:
        inner = Scope(node, scope, _path(scope, "<lambda>"))
        self.opened[node] = inner
        self._arguments(node.args, node, scope, inner)
        self._visit(node.body, node, inner)

    def _arguments(self, args: ast.arguments, node: ast.AST, scope: Scope, inner: Scope) -> None:
        self.parents[args] = node
        for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg):
            if arg is not None:
                inner.bind(arg.arg, arg)
                self._visit(arg, args, scope)
        for default in (*args.defaults, *args.kw_defaults):
            if default is not None:
                self._visit(default, args, scope)

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        scope.bind(node.name, node)
        inner = Scope(node, scope, _path(scope, node.name))
        self.opened[node] = inner
        for part in (*node.decorator_list, *node.bases, *node.keywords):
            self._visit(part, node, scope)
        for statement in node.body:
            self._visit(statement, node, inner)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, scope: Scope) -> None:
        inner = Scope(node, scope, scope.path)
        self.opened[node] = inner
        self._children(node, inner)

    def _walrus(self, node: ast.NamedExpr, scope: Scope) -> None:
        outer = scope
        while isinstance(outer.node, _COMPREHENSIONS) and outer.parent:
            outer = outer.parent
        self._visit(node.target, node, outer)
        self._visit(node.value, node, scope)

    def _import(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        for alias in node.names:
            self.parents[alias] = node
            if alias.name != "*":
                scope.bind(alias.asname or alias.name.partition(".")[0], alias)

    def _handler(self, node: ast.ExceptHandler, scope: Scope) -> None:
        if node.name:
            scope.bind(node.name, node)
        self._children(node, scope)

    def _global(self, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
        scope.globals.update(node.names)

    def _return(self, node: ast.Return, scope: Scope) -> None:
        scope.returns.append(node)
        self._children(node, scope)

    def _yield(self, node: ast.Yield | ast.YieldFrom, scope: Scope) -> None:
        scope.yields.append(node)
        self._children(node, scope)

    def _capture(self, node: ast.MatchAs | ast.MatchStar, scope: Scope) -> None:
        if node.name:
            scope.bind(node.name, node)
        self._children(node, scope)

    def _call(self, node: ast.Call, scope: Scope) -> None:
        visit = self._visit
        visit(node.func, node, scope)
        for argument in node.args:
            visit(argument, node, scope)
        for keyword in node.keywords:
            visit(keyword, node, scope)

    def _if(self, node: ast.If | ast.IfExp | ast.Assert, scope: Scope) -> None:
        names = self.nodes[ast.Name]
        first = len(names)
        self._visit(node.test, node, scope)
        self._tests.append((scope, first, len(names)))
        self._children(node, scope, "test")

    def _leaf(self, node: ast.AST, scope: Scope) -> None:
        """Nothing below."""


@cache
def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a kind of node that hold nodes."""
    return tuple(field for field in kind._fields if field not in _NO_NODES)


def _path(scope: Scope, name: str) -> str:
    if scope.is_function:
        return f"{scope.path}.<locals>.{name}"
    return f"{scope.path}.{name}" if scope.path else name


_SPECIAL: dict[type[ast.AST], Callable[[Scan, Any, Scope], None]] = {
    ast.FunctionDef: Scan._function,
    ast.AsyncFunctionDef: Scan._function,
    ast.Lambda: Scan._lambda,
    ast.ClassDef: Scan._class,
    ast.ListComp: Scan._comprehension,
    ast.SetComp: Scan._comprehension,
    ast.DictComp: Scan._comprehension,
    ast.GeneratorExp: Scan._comprehension,
    ast.NamedExpr: Scan._walrus,
    ast.Import: Scan._import,
    ast.ImportFrom: Scan._import,
    ast.ExceptHandler: Scan._handler,
    ast.Global: Scan._global,
    ast.Nonlocal: Scan._global,
    ast.Return: Scan._return,
    ast.Yield: Scan._yield,
    ast.YieldFrom: Scan._yield,
    ast.Call: Scan._call,
    ast.Pass: Scan._leaf,
    ast.If: Scan._if,
    ast.IfExp: Scan._if,
    ast.Assert: Scan._if,
    ast.MatchAs: Scan._capture,
    ast.MatchStar: Scan._capture,
}
