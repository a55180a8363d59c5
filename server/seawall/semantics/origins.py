"""Where an expression takes its characters from, read from the item alone.

An origin is a path. It begins with a parameter of the function (`q`), of a function around it (`^q`), the result of the function's
call of that number (`#3`), or one of the few module-level names that hold outside data (`@request`); steps follow. `q{name}` is what a dict holds under that key.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from seawall.knowledge.outside import MODULE_NAMES, SOURCE_NAMES
from seawall.semantics.contents import (
    DISPLAYS,
    MAX_DEPTH,
    added,
    contents,
    function_scope,
    grown,
    is_filled,
    key_of,
    value_of,
    word_of,
)
from seawall.semantics.guards import is_checked, is_closed
from seawall.semantics.names import Names
from seawall.semantics.paths import split
from seawall.semantics.scopes import Scope

_MAX_NODES = 400
_SAME_CHARACTERS = frozenset({
    "capitalize", "casefold", "center", "copy", "decode", "encode", "expandtabs", "format", "format_map", "join", "lower",
    "lstrip", "ljust", "partition", "removeprefix", "removesuffix", "replace", "rjust", "rpartition", "rsplit", "rstrip",
    "split", "splitlines", "strip", "swapcase", "title", "translate", "upper", "zfill",
})  # fmt: skip
_PUTS_IN = frozenset({"format", "format_map", "join", "replace"})
_READS = frozenset({
    "get", "getlist", "json", "form", "body", "model_dump", "dict", "pop", "items", "values", "receive_text", "receive_json",
    "receive_bytes", "receive", "recv", "get_nowait", "get_json", "get_data", "getall", "getone", "get_secret_value", "read", "iter_text", "iter_json",
})  # fmt: skip
_WITH_DEFAULT = frozenset({"get", "pop", "setdefault"})
_TRANSPARENT = frozenset({
    "str", "repr", "list", "tuple", "set", "sorted", "reversed", "dict", "frozenset", "dedent", "cleandoc", "copy", "deepcopy",
    "loads", "unquote", "unquote_plus", "iter", "next",
})  # fmt: skip
"""Functions whose result holds the characters of their first argument."""
_ADDS = frozenset({"append", "extend", "insert", "add", "appendleft", "update", "setdefault"})
_NOTHING = frozenset({ast.Constant, ast.Compare, ast.UnaryOp, ast.Lambda, ast.Yield, ast.YieldFrom})


def origins(names: Names, node: ast.AST, depth: int = 0) -> tuple[str, ...]:
    """The paths of all that an expression's characters come from; nothing for what is not taken over as it came."""
    if type(node) in _NOTHING:
        return ()
    flow = _Flow(names, function_scope(names.scan.scopes.get(node)))
    flow.collect(node, depth)
    return tuple(flow.found)


def kept(names: Names, scope: Scope, myself: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Origins of what a method keeps: `self.name = name`, `self.names.append(name)`."""
    found: dict[str, dict[str, None]] = {}
    for target in scope.stores:
        if isinstance(target.value, ast.Name) and target.value.id == myself:
            statement = names.scan.parents.get(target)
            if isinstance(statement, (ast.Assign, ast.AugAssign, ast.AnnAssign)) and statement.value is not None:
                found.setdefault(target.attr, {}).update(dict.fromkeys(origins(names, statement.value)))
    for node, _ in names.call_sites(scope.path):
        match node.func:
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id=owner), attr=attr), attr=method):
                if owner == myself and method in _ADDS:
                    for argument in node.args:
                        found.setdefault(attr, {}).update(dict.fromkeys(origins(names, argument)))
    return tuple((name, tuple(given)) for name, given in found.items() if given)


def is_whole(names: Names, node: ast.expr, depth: int = 0) -> bool:
    """Whether a text is what somebody else made of it, and not put together here."""
    match node:
        case ast.Name():
            return depth < MAX_DEPTH and any(
                isinstance(binding, ast.arg)
                or (
                    isinstance(binding, ast.Name)
                    and isinstance(given := names.scan.parents.get(binding), (ast.Assign, ast.AnnAssign, ast.NamedExpr))
                    and given.value is not None
                    and is_whole(names, given.value, depth + 1)
                )
                for binding in names.bindings(node)
            )
        case ast.IfExp(body=body, orelse=orelse):
            return is_whole(names, body, depth) or is_whole(names, orelse, depth)
        case ast.Await(value=value) | ast.NamedExpr(value=value):
            return is_whole(names, value, depth)
        case ast.Call(func=ast.Attribute(value=value, attr=attr)):
            return attr not in _PUTS_IN and (attr not in _SAME_CHARACTERS or is_whole(names, value, depth))
        case ast.Call(args=[first, *_]):
            return is_whole(names, first, depth)
    return isinstance(node, (ast.Attribute, ast.Subscript, ast.Call))


class _Flow:
    """The origins found so far, as seen from a function."""

    def __init__(self, names: Names, function: Scope | None, looked_at: list[ast.AST] | None = None) -> None:
        self.names = names
        self.function = function
        self._looked_at = looked_at if looked_at is not None else []
        """All nodes on all ways so far: where a variable is made of itself again and again, there is no end of them."""
        self.found: dict[str, None] = {}
        self._seen: set[ast.AST] = set()

    def _below(self) -> _Flow:
        return _Flow(self.names, self.function, self._looked_at)

    def collect(self, node: ast.AST, depth: int) -> None:
        if depth > MAX_DEPTH or type(node) in _NOTHING or node in self._seen or len(self._looked_at) > _MAX_NODES:
            return
        self._seen.add(node)
        self._looked_at.append(node)
        depth += 1
        match node:
            case ast.Name():
                self._name(node, depth)
            case ast.Attribute(value=value, attr=attr):
                self._step(node, value, f".{attr}", depth)
            case ast.Subscript(value=value, slice=ast.Slice()):
                self._step(node, value, "", depth)
            case ast.Subscript(value=value, slice=index):
                self._element(node, value, key_of(index), depth)
            case ast.Call():
                self._call(node, depth)
            case ast.BinOp(op=ast.Add()):
                while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                    self.collect(node.right, depth)
                    node = node.left
                self.collect(node, depth)
            case ast.BinOp(op=ast.Mod(), left=left, right=right):
                self._all((left, *(right.elts if isinstance(right, ast.Tuple) else [right])), depth)
            case ast.Await(value=value) | ast.NamedExpr(value=value) | ast.Starred(value=value):
                self.collect(value, depth)
            case ast.FormattedValue(value=value):
                self.collect(value, depth)
            case ast.JoinedStr(values=values) | ast.BoolOp(values=values):
                self._all(values, depth)
            case ast.IfExp(body=body, orelse=orelse):
                self._all((body, orelse), depth)
            case ast.Tuple(elts=values) if not any(isinstance(one, ast.Starred) for one in values):
                for position, value in enumerate(values):
                    self._held(value, str(position), depth)
            case ast.Tuple(elts=values) | ast.List(elts=values) | ast.Set(elts=values):
                self._all(values, depth)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    self._held(value, key_of(key) if key is not None else "", depth)
            case (
                ast.ListComp(elt=value)
                | ast.GeneratorExp(elt=value)
                | ast.SetComp(elt=value)
                | ast.DictComp(value=value)
            ):
                self.collect(value, depth)

    def _all(self, nodes: Iterable[ast.AST | None], depth: int) -> None:
        for node in nodes:
            if node is not None:
                self.collect(node, depth)

    def _held(self, value: ast.expr, key: str, depth: int) -> None:
        """What a tuple or a dict holds at that place."""
        below = self._below()
        below.collect(value, depth)
        self.found.update(dict.fromkeys(f"{one}{{{key}}}" if key else one for one in below.found))

    def _call(self, node: ast.Call, depth: int) -> None:
        match node.func:
            case ast.Attribute(value=value, attr=attr) if attr in _SAME_CHARACTERS:
                if attr == "replace" and doubles_quotes(node):
                    return
                self.collect(value, depth)
                if attr in _PUTS_IN:
                    self._all((*node.args, *(one.value for one in node.keywords)), depth)
            case ast.Attribute(attr="model_dump" | "dict") if any(
                one.arg in ("exclude", "include") for one in node.keywords
            ):
                return  # which fields are left is not written down
            case ast.Attribute(value=value, attr=attr) if attr in _READS:
                below = self._below()
                if node.args:
                    below._element(node, value, word_of(node.args[0]), depth, f".{attr}()")
                else:
                    below._step(node, value, f".{attr}()", depth)
                self.found.update(below.found)
                if attr in _WITH_DEFAULT:
                    self._all(node.args[1:2], depth)
                if not below.found:
                    self._result(node)
            case ast.Name(id=name) if name[:1].isupper() and (schema := unpacked_schema(node)) is not None:
                self.collect(schema, depth)
            case ast.Name(id="map") if len(node.args) == 2:
                if getattr(node.args[0], "id", "") in _TRANSPARENT:
                    self.collect(node.args[1], depth)
            case ast.Name(id="reduce") | ast.Attribute(attr="reduce") if len(node.args) > 1:
                self._all(node.args[1:], depth)
            case ast.Name(id="filter") if len(node.args) == 2:
                self.collect(node.args[1], depth)
            case ast.Name(id="getattr") if len(node.args) > 1:
                if name := word_of(node.args[1]):
                    self._step(node, node.args[0], f".{name}", depth)
                self._all(node.args[2:3], depth)
            case ast.Name(id="cast") | ast.Attribute(attr="cast") if len(node.args) == 2:
                self.collect(node.args[1], depth)
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in _TRANSPARENT and node.args:
                self.collect(node.args[0], depth)
            case ast.Name() as function if (made := self._lambda(function)) is not None:
                self._made_by(made, node, depth)
            case ast.Name() | ast.Attribute():
                self._result(node)

    def _lambda(self, function: ast.Name) -> ast.Lambda | None:
        """The lambda that a variable of the function stands for."""
        values = [value_of(self.names, binding) for binding in self.names.bindings(function)]
        return values[0] if len(values) == 1 and isinstance(values[0], ast.Lambda) else None

    def _made_by(self, function: ast.Lambda, call: ast.Call, depth: int) -> None:
        """The result of a lambda that is called here."""
        below = self._below()
        below.collect(function.body, depth)
        given = dict(zip((one.arg for one in function.args.args), call.args, strict=False))
        for origin in below.found:
            head, steps = split(origin)
            if head not in given:
                self.found[origin] = None
                continue
            argument = self._below()
            argument.collect(given[head], depth)
            self.found.update(dict.fromkeys(one + steps for one in argument.found))

    def _result(self, node: ast.Call) -> None:
        """The result of a function that may hand on what it is given, or what it keeps, or brings outside data itself."""
        func = node.func
        if (
            node.args
            or node.keywords
            or isinstance(func, ast.Name)
            or _is_own(self.names, func)
            or _last(func) in SOURCE_NAMES
        ):
            number = self.names.call_number(node)
            if number is not None:
                self.found[f"{'^' * self._outwards(node)}#{number}"] = None

    def _outwards(self, node: ast.AST) -> int:
        """How many functions further out a call runs."""
        owner = function_scope(self.names.scan.scopes.get(node))
        scope, count = self.function, 0
        while scope is not None and scope is not owner:
            scope, count = function_scope(scope.parent), count + 1
        return count if scope is not None else 0

    def _step(self, node: ast.AST, value: ast.AST, step: str, depth: int) -> None:
        below = self._below()
        below.collect(value, depth)
        if below.found and not (isinstance(node, ast.expr) and is_checked(self.names.scan, node)):
            self.found.update(dict.fromkeys(origin + step for origin in below.found))

    def _element(self, node: ast.AST, value: ast.expr, key: str, depth: int, step: str = "") -> None:
        """An element of a value, of that key if one is known; of a container that the function fills, what it puts there."""
        inside = list(contents(self.names, value, key, depth))
        if inside:
            self._all(inside, depth)
        else:
            self._step(node, value, step or f"[{key}]", depth)

    def _name(self, node: ast.Name, depth: int) -> None:
        bindings = self.names.bindings(node)
        if not bindings:
            if node.id in MODULE_NAMES:
                self.found[f"@{node.id}"] = None
            return
        if len(bindings) == 1 and isinstance(bindings[0], ast.arg):
            if not is_checked(self.names.scan, node):
                self._bound(bindings[0], depth)
            return
        below = self._below()
        for binding in bindings:
            below._bound(binding, depth)
        if any(isinstance(value_of(self.names, binding), DISPLAYS) for binding in bindings) or is_filled(
            self.names, bindings
        ):
            below._all(added(self.names, node, ""), depth)
        if below.found and not is_checked(self.names.scan, node):
            self.found.update(below.found)

    def _bound(self, binding: ast.AST, depth: int) -> None:
        if isinstance(binding, ast.arg):
            self.found["^" * self._levels(binding) + binding.arg] = None
            return
        parents = self.names.scan.parents
        parent = parents.get(binding)
        match parent:
            case ast.Assign(value=value) | ast.NamedExpr(value=value):
                self.collect(value, depth)
            case ast.AugAssign():
                for step in grown(self.names, binding, self._seen):
                    match parents.get(step):
                        case ast.AugAssign(value=value):
                            self.collect(value, depth)
                        case _:
                            self._bound(step, depth)
            case ast.AnnAssign(value=ast.expr() as value):
                self.collect(value, depth)
            case ast.For(iter=value) | ast.AsyncFor(iter=value) | ast.comprehension(iter=value):
                self._element(binding, value, "", depth, "[*]")
            case ast.withitem(context_expr=value):
                self.collect(value, depth)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                self._unpacked(binding, targets, parents.get(parent), depth)
            case ast.match_case() | ast.MatchAs() | ast.MatchMapping() | ast.MatchSequence() | ast.MatchClass():
                self._captured(binding, parent, depth)

    def _levels(self, arg: ast.arg) -> int:
        """How many functions further out a parameter stands; a lambda's and a comprehension's are not counted."""
        parents = self.names.scan.parents
        owner = parents.get(parents.get(arg, arg))
        scope, count = self.function, 0
        while scope is not None and scope.node is not owner:
            scope = function_scope(scope.parent)
            count += 1
        return count if scope is not None else 0

    def _unpacked(self, binding: ast.AST, targets: list[ast.expr], statement: ast.AST | None, depth: int) -> None:
        position = targets.index(binding)  # type: ignore[arg-type]
        match statement:
            case ast.Assign(value=ast.Tuple(elts=values) | ast.List(elts=values)) if len(values) == len(targets):
                self.collect(values[position], depth)
            case ast.Assign(value=value):
                self._step(binding, value, _position(position, targets), depth)
            case ast.For(iter=value) | ast.AsyncFor(iter=value) | ast.comprehension(iter=value):
                self._looped(binding, position, _position(position, targets), value, depth)

    def _looped(self, binding: ast.AST, position: int, step: str, value: ast.expr, depth: int) -> None:
        """`for a, b in ...`."""
        match value:
            case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]):
                if position:
                    self._element(binding, inner, "", depth, "[*]")
            case ast.Call(func=ast.Name(id="zip"), args=several) if position < len(several):
                self._element(binding, several[position], "", depth, "[*]")
            case ast.Call(func=ast.Attribute(value=ast.Name() as mapping, attr="items"), args=[]) if list(
                contents(self.names, mapping, "", depth)
            ):
                if position:
                    self._element(binding, mapping, "", depth)
            case ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Attribute(attr="model_dump" | "dict")), attr="items")
            ) if not position:
                pass  # the fields of a schema
            case _:
                pairs = [
                    one for one in contents(self.names, value, "", depth) if isinstance(one, (ast.Tuple, ast.List))
                ]
                if not pairs:
                    self._step(binding, value, f"[*]{step}", depth)
                self._all((one.elts[position] for one in pairs if position < len(one.elts)), depth)

    def _captured(self, binding: ast.AST, parent: ast.AST, depth: int) -> None:
        """`case {"name": name}`, `case str() as name`; nothing for `case "a" | "b" as name`."""
        if isinstance(binding, ast.MatchAs) and binding.pattern is not None and is_closed(binding.pattern):
            return
        step = ""
        above: ast.AST | None = parent
        while above is not None and not isinstance(above, ast.Match):
            if isinstance(above, (ast.MatchMapping, ast.MatchSequence, ast.MatchClass)):
                step = "[]"
            above = self.names.scan.parents.get(above)
        if above is not None:
            self._step(binding, above.subject, step, depth)


def _position(position: int, targets: list[ast.expr]) -> str:
    """The step to the element that goes to a target."""
    return "[]" if any(isinstance(one, ast.Starred) for one in targets) else f"[{position}]"


def unpacked_schema(node: ast.Call) -> ast.expr | None:
    """`schema` of `Command(**schema.model_dump())`: its attributes are those of the schema."""
    match node:
        case ast.Call(
            args=[],
            keywords=[
                ast.keyword(arg=None, value=ast.Call(func=ast.Attribute(value=schema, attr="model_dump" | "dict")))
            ],
        ):
            return schema
    return None


def doubles_quotes(call: ast.Call) -> bool:
    """`name.replace("'", "''")`."""
    match call.args:
        case [ast.Constant(value=str(old)), ast.Constant(value=str(new)), *_]:
            return old in ("'", '"', "`", "]") and new in (old * 2, "", f"\\{old}")
    return False


def _last(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _is_own(names: Names, func: ast.expr) -> bool:
    """A method of something that the function holds: `self.clause()`, `builder.build()`."""
    while isinstance(func, (ast.Attribute, ast.Call)):
        func = func.value if isinstance(func, ast.Attribute) else func.func
    return isinstance(func, ast.Name) and bool(names.bindings(func))
