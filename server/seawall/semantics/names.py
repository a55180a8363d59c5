"""From an item's tree to symbols: which absolute name, parameter or value an expression is made of.

Only the item itself is read. A name bound at module level, in any item, becomes `Ref("module.name")`, which the index knows.
"""

from __future__ import annotations

import ast

from seawall.knowledge.http_input import ROUTE_KEYWORDS, WRITES
from seawall.knowledge.shaped import SHAPED_BY_ARGUMENTS
from seawall.semantics.facts import CallSite
from seawall.semantics.reaching import reaching
from seawall.semantics.scopes import Scan, Scope
from seawall.semantics.spelling import begins_with_class, begins_with_variable, is_type, keeps_elements
from seawall.semantics.symbols import (
    Annotation,
    Attr,
    Awaited,
    Call,
    Constant,
    Either,
    Element,
    Entered,
    Entries,
    Iterated,
    Parameter,
    Ref,
    Several,
    Subscript,
    Symbol,
)

MAX_DEPTH = 24
MAX_OPTIONS = 6
_MAX_ENTRIES = 16

# Calls that are shaped by their first argument if that is a class.
_SHAPED_BY_CLASS = frozenset({"get", "get_one"})
_FIELDS = frozenset({"Field", "field"})
# Django's fields that lead to another model, and from there back under `related_name`.
_TO_MODELS = frozenset({"ForeignKey", "ManyToManyField"})
_OF_FIELDS = frozenset({"default", "max_length", "default_factory", "repr", "exclude", "pattern", "regex"})

# Builtins that neither block nor lead anywhere.
_IDLE = frozenset({
    "print", "len", "str", "int", "float", "bool", "isinstance", "issubclass", "range", "list", "dict", "set", "tuple",
    "getattr", "hasattr", "setattr", "super", "type", "repr", "enumerate", "zip", "min", "max", "sum", "any", "all", "abs",
    "sorted", "reversed", "round", "iter", "next", "id", "hash", "format", "map", "filter", "frozenset", "bytes",
})  # fmt: skip

_BOOLEAN = Annotation(Ref("builtins.bool"))
_LITERALS: dict[type[ast.AST], Symbol] = {
    ast.JoinedStr: Annotation(Ref("builtins.str")),
    ast.Dict: Annotation(Ref("builtins.dict")),
    ast.DictComp: Annotation(Ref("builtins.dict")),
    ast.Set: Annotation(Ref("builtins.set")),
    ast.SetComp: Annotation(Ref("builtins.set")),
    ast.Compare: _BOOLEAN,
    ast.Slice: Annotation(Ref("builtins.slice")),
}


def import_target(node: ast.Import | ast.ImportFrom, alias: ast.alias, module: str, is_package: bool) -> str:
    """The absolute dotted name that an import binds."""
    if isinstance(node, ast.Import):
        return alias.name if alias.asname else alias.name.partition(".")[0]
    base = import_base(node, module, is_package)
    return f"{base}.{alias.name}" if base else alias.name


def import_base(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    """The absolute module that `from ... import` names."""
    if not node.level:
        return node.module or ""
    parts = module.split(".")
    drop = node.level - (1 if is_package else 0)
    kept = parts[: len(parts) - drop] if drop else parts
    return ".".join([*kept, node.module] if node.module else kept)


class Names:
    """Symbols of one item."""

    __slots__ = (
        "_cache",
        "_inside",
        "_numbers",
        "_pending",
        "_refs",
        "_sites",
        "is_package",
        "module",
        "scan",
        "sites",
    )

    def __init__(self, scan: Scan, module: str, is_package: bool) -> None:
        self.scan = scan
        self.module = module
        self.is_package = is_package
        self._cache: dict[ast.AST, Symbol | None] = {}
        self._pending: set[ast.AST] = set()
        self._refs: dict[str, Ref] = {}
        self._inside: dict[str, dict[type[ast.AST], list[ast.AST]]] | None = None
        self._sites: dict[str, list[tuple[ast.Call, Symbol]]] = {}
        self.sites: dict[str, list[tuple[ast.AST, CallSite]]] = {}
        """What `semantics/sites.py` has read so far."""
        self._numbers: dict[ast.AST, int] = {}

    def symbol(self, node: ast.AST, depth: int = 0) -> Symbol | None:
        """What an expression is made of, or None if that says nothing."""
        if node in self._cache:
            return self._cache[node]
        if node in self._pending or depth > MAX_DEPTH:
            return None
        self._pending.add(node)
        try:
            result = self._build(node, depth + 1)
        finally:
            self._pending.discard(node)
        if depth == 0 or result is not None:
            self._cache[node] = result
        return result

    def annotation(self, node: ast.AST | None) -> Symbol | None:
        """The symbol of an annotation; a string is read as the code it holds."""
        if node is None:
            return None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                inner = ast.parse(node.value.strip(), mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                return None
            scope = self.scan.scopes.get(node, self.scan.module)
            for child in ast.walk(inner):
                self.scan.scopes[child] = scope
            return self.symbol(inner)
        return self.symbol(node)

    def lookup(self, name: str, scope: Scope | None, use: ast.AST | None = None, depth: int = 0) -> Symbol | None:
        """What `name` stands for in a scope, at the place of `use`."""
        start = scope
        while scope is not None and scope is not self.scan.module:
            if name in scope.bindings and name not in scope.globals and (not scope.is_class or scope is start):
                return self._bound(scope, name, use if scope is start else None, depth)
            scope = scope.parent
        known = self._refs.get(name)
        if known is None:
            known = self._refs[name] = Ref(f"{self.module}.{name}")
        return known

    def bindings(self, node: ast.Name) -> list[ast.AST]:
        """The nodes in the functions around that may have bound a name where it is used; none for a module's name."""
        start = scope = self.scan.scopes.get(node)
        while scope is not None and scope is not self.scan.module:
            if node.id in scope.bindings and node.id not in scope.globals and (not scope.is_class or scope is start):
                found = scope.bindings[node.id]
                return reaching(self.scan.parents, found, node) if len(found) > 1 and scope is start else found
            scope = scope.parent
        return []

    def inside(self, function: str) -> dict[type[ast.AST], list[ast.AST]]:
        """The nodes that may make other code run and that the function of that path runs itself, by kind."""
        if self._inside is None:
            self._inside = {}
            scan = self.scan
            for kind in (ast.Call, ast.Attribute, ast.With, ast.For, ast.comprehension, ast.YieldFrom):
                for node in scan.nodes.get(kind, ()):
                    runner = scan.scopes[node].function
                    if runner is not None and not isinstance(runner, ast.Lambda):
                        path = scan.opened[runner].path
                        self._inside.setdefault(path, {}).setdefault(kind, []).append(node)
        return self._inside.get(function, {})

    def call_sites(self, function: str) -> list[tuple[ast.Call, Symbol]]:
        """The calls that lead somewhere and that the function of that path runs, and what is called."""
        known = self._sites.get(function)
        if known is None:
            known = self._sites[function] = []
            for node in self.inside(function).get(ast.Call, ()):
                assert isinstance(node, ast.Call)
                if isinstance(node.func, ast.Name) and node.func.id in _IDLE:
                    continue
                callee = self.symbol(node.func)
                if callee is not None:
                    self._numbers[node] = len(known)
                    known.append((node, callee))
        return known

    def call_number(self, node: ast.Call) -> int | None:
        """The place of a call among those of its function."""
        runner = self.scan.scopes[node].function
        if runner is None or isinstance(runner, ast.Lambda):
            return None
        self.call_sites(self.scan.opened[runner].path)
        return self._numbers.get(node)

    def called(self, function: str) -> frozenset[str]:
        """The last names of what the function hands arguments on to, be it wrapped: `sync_to_async(search)(word)`."""
        found = set()
        for node in self.inside(function).get(ast.Call, ()):
            if isinstance(node, ast.Call) and (node.args or node.keywords):
                found.add(self.called_name(node))
                match node.func:
                    case ast.Call(args=[ast.Name(id=name) | ast.Attribute(attr=name), *_]):
                        found.add(name)
        return frozenset(found)

    def called_name(self, call: ast.Call) -> str:
        """The last part of what is called, under its own name where the function around binds it to another."""
        func = call.func
        if isinstance(func, ast.Attribute):
            return func.attr
        if not isinstance(func, ast.Name):
            return ""
        scope = self.scan.scopes.get(func)
        while scope is not None and scope is not self.scan.module:
            if func.id in scope.bindings:
                match scope.bindings[func.id][0]:
                    case ast.alias(name=original):
                        return original.rpartition(".")[2]
                    case ast.Name() as bound:
                        match self.scan.parents.get(bound):
                            case ast.Assign(value=ast.Attribute(attr=attr)):
                                return attr
                return func.id
            scope = scope.parent
        return func.id

    def absolute(self, scope: Scope) -> str:
        """The absolute name of a class or function scope."""
        return f"{self.module}.{scope.path}" if scope.path else self.module

    def _bound(self, scope: Scope, name: str, use: ast.AST | None, depth: int) -> Symbol | None:
        bindings = scope.bindings[name]
        if len(bindings) > 1 and use is not None:
            bindings = reaching(self.scan.parents, bindings, use)
        if len(bindings) > MAX_OPTIONS:
            return None
        found = dict.fromkeys(self._binding(node, scope, depth) for node in bindings)
        if len(found) == 1:
            return next(iter(found))
        return Either(tuple(found)) if found else None

    def _binding(self, node: ast.AST, scope: Scope, depth: int) -> Symbol | None:
        match node:
            case ast.arg():
                return self.parameter(node, scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return Ref(self.absolute(self.scan.opened[node]))
            case ast.alias():
                statement = self.scan.parents[node]
                assert isinstance(statement, (ast.Import, ast.ImportFrom))
                return Ref(import_target(statement, node, self.module, self.is_package))
            case ast.ExceptHandler(type=kind) if kind is not None:
                symbol = self.symbol(kind, depth)
                return Annotation(symbol) if symbol else None
            case ast.Name():
                return self.assigned(node, depth)
        return None

    def assigned(self, node: ast.Name | ast.Attribute, depth: int = 0) -> Symbol | None:
        """The value that an assignment target gets."""
        parent = self.scan.parents[node]
        match parent:
            case ast.Assign(value=value):
                return self.symbol(value, depth)
            case ast.AnnAssign(annotation=annotation):
                declared = self.annotation(annotation)
                return Annotation(declared) if declared else None
            case ast.NamedExpr(value=value):
                return self.symbol(value, depth)
            case ast.withitem(context_expr=value):
                inner = self.symbol(value, depth)
                return Entered(inner) if inner else None
            case ast.For(iter=value) | ast.AsyncFor(iter=value) | ast.comprehension(iter=value):
                inner = self.symbol(value, depth)
                return Iterated(inner) if inner else None
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                statement = self.scan.parents[parent]
                if isinstance(statement, ast.Assign) and isinstance(statement.value, (ast.Tuple, ast.List)):
                    values = statement.value.elts
                    if len(values) == len(targets) and not any(isinstance(v, ast.Starred) for v in (*values, *targets)):
                        return self.symbol(values[targets.index(node)], depth)
                elif isinstance(statement, ast.Assign) and isinstance(statement.value, (ast.Call, ast.Await)):
                    inner = self.symbol(statement.value, depth)
                    if inner is not None and not any(isinstance(target, ast.Starred) for target in targets):
                        return Element(inner, targets.index(node))
        return None

    def parameter(self, arg: ast.arg, scope: Scope) -> Symbol | None:
        """The symbol of a parameter inside its function."""
        if arg not in self._cache:
            self._cache[arg] = self._parameter(arg, scope)
        return self._cache[arg]

    def _parameter(self, arg: ast.arg, scope: Scope) -> Symbol | None:
        node = scope.node
        assert isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        owner = scope.parent
        if (
            arg.annotation is None
            and owner is not None
            and owner.is_class
            and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ):
            positional = [*node.args.posonlyargs, *node.args.args]
            if positional and arg is positional[0]:
                kinds = {getattr(d, "id", "") for d in node.decorator_list}
                cls = Ref(self.absolute(owner))
                if "classmethod" in kinds or node.name in ("__new__", "__init_subclass__", "__class_getitem__"):
                    return cls
                if "staticmethod" not in kinds:
                    return Annotation(cls)
        annotation = self.annotation(arg.annotation)
        default = self.default(arg, node.args)
        value = self.symbol(default) if default is not None else None
        if node.args.vararg is arg or node.args.kwarg is arg:
            return None
        return Parameter(arg.arg, annotation, value)

    def default(self, arg: ast.arg, args: ast.arguments) -> ast.expr | None:
        """The default value's node of a parameter."""
        positional = [*args.posonlyargs, *args.args]
        if arg in positional:
            position = positional.index(arg) - (len(positional) - len(args.defaults))
            return args.defaults[position] if position >= 0 else None
        if arg in args.kwonlyargs:
            return args.kw_defaults[args.kwonlyargs.index(arg)]
        return None

    def _build(self, node: ast.AST, depth: int) -> Symbol | None:
        match node:
            case ast.Name(id=name):
                return self.lookup(name, self.scan.scopes.get(node, self.scan.module), node, depth)
            case ast.Attribute(value=value, attr=attr):
                inner = self.symbol(value, depth)
                if isinstance(inner, Ref):
                    return Ref(f"{inner.name}.{attr}")
                return Attr(inner, attr) if inner is not None else None
            case ast.Call(func=func):
                return self._call(node, self.symbol(func, depth), depth)
            case ast.Await(value=value):
                inner = self.symbol(value, depth)
                return Awaited(inner) if inner is not None else None
            case ast.Subscript(value=value, slice=index):
                of = self.symbol(value, depth)
                if of is None:
                    return None
                parts = index.elts if isinstance(index, ast.Tuple) else [index]
                read = self.annotation if is_type(of) else self.symbol
                return Subscript(of, tuple(read(part) for part in parts))
            case ast.Constant(value=value):
                if value is None or isinstance(value, (str, int, float, bool)):
                    return Constant(value)
                return Annotation(Ref(f"builtins.{type(value).__name__}"))
            case ast.BinOp(op=ast.BitOr(), left=left, right=right):
                return Either((self.annotation(left), self.annotation(right)))
            case ast.BinOp(op=ast.Div(), left=left):  # `Path(...) / "name"`
                inner = self.symbol(left, depth)
                if isinstance(inner, Ref):
                    return Call(Ref(f"{inner.name}.__truediv__"))
                return Call(Attr(inner, "__truediv__")) if inner is not None else None
            case ast.BoolOp(values=values):
                return Either(tuple(self.symbol(value, depth) for value in values))
            case ast.IfExp(body=body, orelse=orelse):
                return Either((self.symbol(body, depth), self.symbol(orelse, depth)))
            case ast.NamedExpr(value=value):
                return self.symbol(value, depth)
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                if len(elements) > 64:
                    return Annotation(Ref("builtins.list"))
                return Several(tuple(self.symbol(element, depth) for element in elements))
            case ast.ListComp(generators=[ast.comprehension(iter=iterated)]) if keeps_elements(node):
                inner = self.symbol(iterated, depth)
                return Call(Ref("builtins.list"), (inner,)) if inner is not None else Annotation(Ref("builtins.list"))
            case ast.ListComp():
                return Annotation(Ref("builtins.list"))
            case ast.Dict() if 0 < len(node.keys) <= _MAX_ENTRIES and self._is_named_outside(node):
                return self._entries(node, depth)
        return _LITERALS.get(type(node))

    def _is_named_outside(self, node: ast.Dict) -> bool:
        """Whether a module or class gives a dict display a name."""
        scope = self.scan.scopes.get(node)
        return isinstance(self.scan.parents.get(node), (ast.Assign, ast.AnnAssign)) and (
            scope is None or scope.function is None
        )

    def _entries(self, node: ast.Dict, depth: int) -> Symbol:
        found = []
        for key, value in zip(node.keys, node.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                return Annotation(Ref("builtins.dict"))
            symbol = self.symbol(value, depth)
            is_text = isinstance(symbol, Constant) and isinstance(symbol.value, str)
            found.append((key.value, None if is_text else symbol))
        return Entries(tuple(found))

    def _class_around(self, node: ast.AST) -> str:
        """The absolute name of the class whose method a node stands in."""
        scope: Scope | None = self.scan.scopes.get(node)
        while scope is not None and not scope.is_class:
            scope = scope.parent
        return self.absolute(scope) if scope is not None else ""

    def _call(self, node: ast.Call, func: Symbol | None, depth: int) -> Symbol | None:
        if func is None:
            return None
        name = func.name if isinstance(func, (Ref, Attr)) else ""
        last = name.rpartition(".")[2]
        if last == "super" and not node.args:
            cls = self._class_around(node)
            return Call(func, (Ref(cls), Annotation(Ref(cls)))) if cls else None
        if last in _FIELDS:
            return Call(func, keywords=self._default_of_field(node, depth))
        kept = node.keywords
        if last in _TO_MODELS and any(one.arg == "related_name" for one in kept):
            kept = [one for one in kept if one.arg in ("related_name", "to")]
        elif last in WRITES and node in getattr(self.scan.parents[node], "decorator_list", ()):
            kept = [one for one in kept if one.arg is None or one.arg in ROUTE_KEYWORDS]
        elif (
            last not in SHAPED_BY_ARGUMENTS
            and not (last in _SHAPED_BY_CLASS and begins_with_class(node))
            and not begins_with_variable(node)
            and not (last == "func" and isinstance(self.scan.parents[node], ast.List))
        ):
            return Call(func)
        keywords = tuple((one.arg or "**", self.symbol(one.value, depth)) for one in kept)
        return Call(func, tuple(self.symbol(arg, depth) for arg in node.args), keywords)

    def _default_of_field(self, node: ast.Call, depth: int) -> tuple[tuple[str, Symbol | None], ...]:
        """The default that `Field(...)` gives, also by way of a factory; nothing else of it."""
        found: dict[str, ast.expr] = {"default": node.args[0]} if node.args else {}
        for keyword in node.keywords:
            if keyword.arg == "default_factory" and isinstance(keyword.value, ast.Lambda):
                found["default"] = keyword.value.body
            elif keyword.arg in _OF_FIELDS:
                found[keyword.arg] = keyword.value
        return tuple((name, self.symbol(value, depth)) for name, value in found.items())
