"""Which functions become coroutines, and where that has to be awaited: everything that waits for the database, and everything
that calls such a function, up to the handlers. Where the chain ends in code that cannot await, that code stays as it is."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from seawall.knowledge.coroutines import TRANSPARENT
from seawall.refactorings.async_session.code import Code, Function, Mention, Stuck, is_at_import
from seawall.refactorings.async_session.handing import DEFERRING
from seawall.refactorings.async_session.managers import ENTERING, enter_all
from seawall.refactorings.async_session.scripts import block_of, refuse
from seawall.refactorings.async_session.uses import Place, Uses, is_session
from seawall.rules.base import File
from seawall.semantics.facts import ClassFact, FunctionFact
from seawall.semantics.meanings.route import registers
from seawall.semantics.symbols import Annotation

_MANAGER = "contextlib.contextmanager"
_PLAIN_BASES = frozenset({"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "pydantic.BaseModel"})
_TAKES_LISTS = frozenset(
    ["all", "any", "dict", "frozenset", "join", "list", "max", "min", "set", "sorted", "sum", "tuple"]
)
_TAKES_ROWS_AS_THEY_COME = frozenset(
    ["starlette.responses.StreamingResponse", "fastapi.responses.StreamingResponse", "sse_starlette.EventSourceResponse",
     "sse_starlette.sse.EventSourceResponse"]
)  # fmt: skip
"""Responses that go through an async generator as well as through another."""
_CONTAINER_METHODS = frozenset(name for kind in (dict, list, set, str) for name in dir(kind))


class Coroutines:
    """The functions that become `async def`, the calls that get an `await`, and what changes with them."""

    def __init__(self, code: Code, uses: Uses) -> None:
        self.code = code
        self.index = code.index
        self.functions: dict[str, Function] = {}
        self.awaits: list[Place] = []
        self.unthreaded: list[Place] = []
        """`await run_in_threadpool(f, ...)` whose `f` is awaited itself by now."""
        self.listed: list[Place] = []
        """Generator expressions that become lists, since they await."""
        self.withs: dict[ast.With, File] = {}
        self.loops: dict[ast.For, File] = {}
        self.gathered: list[Place] = []
        """Calls of generators that have become async ones, for functions that want a list."""
        self.clauses: dict[ast.comprehension, File] = {}
        """`for` in list comprehensions that has to be `async for`."""
        self.advanced: list[Place] = []
        """`next` of a generator that has become an async one."""
        self.scripts: list[Place] = []
        """Calls that a script makes wherever it is run from."""
        self.added: set[ast.AST] = set()
        """What else awaits, in a way of its own."""
        self.blocks: dict[ast.If, File] = {}
        """What a script does under `if __name__ == "__main__":`."""
        self.renamed: list[Place] = []
        """`super().__exit__` and the like."""
        self.startup: list[Place] = []
        """Calls that a module makes while the application imports it."""
        self._awaited: set[ast.AST] = set()
        self._entered: set[ast.AST] = set()
        self._threaded = {place.node for place in uses.threaded}
        self._waiting: list[Function] = []
        self.shared: set[str] = set()
        """Makers of sessions that code needs that stays sync."""
        for file, call in uses.calls:
            self._try(self.wait, file, call)
        hosted = (*uses.through_run_sync, *uses.queries, *((one.file, one.whole) for one in uses.bridges))
        for file, call in hosted:
            self._try(self._host, file, call)
        for file, node in uses.entered:
            self._try(self.enter, file, node)

    def _try(self, follow: Callable[..., object], *arguments: object) -> None:
        try:
            follow(*arguments)
        except Stuck as stuck:
            self.code.leave(stuck)

    def add(self, file: File, node: ast.AST) -> None:
        """The function around a node has to be a coroutine, whatever there is about it."""
        self.added.add(node)
        self._try(self._host, file, node)

    def close(self) -> None:
        """Follow all callers."""
        while self._waiting:
            function = self._waiting.pop()
            for name in self._related(function):
                other = self.code.functions[name]
                if self.code.stays(other.file, other.node):
                    reason = f"`{name.rpartition('.')[2]}` of another class has to stay sync"
                    self.code.leave(Stuck(reason, other.file, other.node, function.name))
                self._try(self.join, other)
            for mention in self.code.uses(function.name):
                self._try(self._use, mention, function)
            self._try(self._refuse_unknown_calls, function)
            if function.node.name in ENTERING:
                self._try(enter_all, self, function)
        if len(self.scripts) > 1:
            for file, call in self.scripts:
                self.code.leave(Stuck("each call of a script would have an event loop of its own", file, call))
        for with_, file in self.withs.items():
            if any(item.context_expr not in self._entered for item in with_.items):
                self.code.leave(Stuck("a `with` enters sync and async things at once", file, with_))

    # -- functions ----------------------------------------------------------------------------------------------------

    def join(self, function: Function) -> None:
        if function.name in self.functions:
            return
        if self.code.stays(function.file, function.node):
            raise Stuck(f"`{function.node.name}` has to stay sync", function.file, function.node)
        self.functions[function.name] = function
        if isinstance(function.node, ast.AsyncFunctionDef):
            return
        self._check(function)
        self._waiting.append(function)

    def _check(self, function: Function) -> None:
        file, node = function.file, function.node
        for decorator in node.decorator_list:
            inner = decorator.func if isinstance(decorator, ast.Call) else decorator
            name = file.qualname(inner)
            if name != _MANAGER and name not in TRANSPARENT and not registers(self.index, file.symbol(inner)):
                raise Stuck(f"`{node.name}` cannot be a coroutine under its decorator", file, decorator)
        if node.name.startswith("__") and node.name.endswith("__") and node.name not in ("__call__", *ENTERING):
            raise Stuck(f"`{node.name}` cannot be a coroutine", file, node)
        if any(isinstance(one, ast.YieldFrom) for one in file.scan.opened[node].yields):
            raise Stuck("`yield from` cannot stand in a coroutine", file, node)
        owner = function.name.rpartition(".")[0]
        if isinstance(self.index.resolve(owner).fact, ClassFact):
            bases = [base for base in self.index.mro(owner) if not self.index.split(base)[0]]
            if self.index.has_unknown_base(owner) or not set(bases) <= _PLAIN_BASES:
                raise Stuck(f"nothing says who else calls `{node.name}`", file, node)

    def _related(self, function: Function) -> Iterable[str]:
        """The methods that override it or that it overrides."""
        owner, _, last = function.name.rpartition(".")
        if not isinstance(self.index.resolve(owner).fact, ClassFact):
            return
        for name in self.code.functions:
            other, _, same = name.rpartition(".")
            if same != last or other == owner or not isinstance(self.index.resolve(other).fact, ClassFact):
                continue
            if self.index.is_subclass(other, owner) or self.index.is_subclass(owner, other):
                yield name

    # -- uses of a function -------------------------------------------------------------------------------------------

    def _use(self, mention: Mention, function: Function) -> None:
        """A mention of a function that has become a coroutine."""
        file, node = mention
        parent = file.parent(node)
        if self.code.stays(file, node):
            if not self.makes_sessions(function):
                raise Stuck(f"`{file.text(node)}` is called by code that stays sync", file, node, function.name)
            self.shared.add(function.name)
        elif isinstance(parent, ast.Call) and parent.func is node:
            if _is_manager(function):
                self.enter(file, parent)
            elif _yields(function):
                self._iterate(file, parent)
            else:
                self.wait(file, parent)
            if function.node.name in ENTERING:
                self.renamed.append(Place(file, node))
        elif isinstance(parent, ast.Call) and parent in self._threaded and parent.args[:1] == [node]:
            if not isinstance(file.parent(parent), ast.Await):
                raise Stuck(f"`{file.text(node)}` is run in a thread", file, node, function.name)
            self.unthreaded.append(Place(file, parent))
        elif not self._is_understood(file, node, parent):
            raise Stuck(f"`{file.text(node)}` is handed on", file, node, function.name)

    def makers(self) -> list[str]:
        return [function.name for function in self.functions.values() if self.makes_sessions(function)]

    def makes_sessions(self, function: Function) -> bool:
        """Whether a function only gives a session, of which each caller may have one of its own kind."""
        fact = self.index.function(function.name)
        if fact is None or any(is_session(self.index, self.index.type_of(one)) for one in fact.params):
            return False
        declared = Annotation(fact.declared) if fact.declared is not None else None
        return any(is_session(self.index, self.index.type_of(one)) for one in (*fact.results, declared))

    def _is_understood(self, file: File, node: ast.expr, parent: ast.AST | None) -> bool:
        """Whether who gets the function will know that it is a coroutine."""
        if isinstance(parent, ast.keyword):
            parent = file.parent(parent)
        if isinstance(parent, ast.Subscript):
            return isinstance(parent.value, ast.Attribute) and parent.value.attr == "dependency_overrides"
        if not isinstance(parent, ast.Call):
            return False
        name = file.callee(parent) or ""
        last = name.rpartition(".")[2]
        return name in ("fastapi.Depends", "fastapi.Security") or name in DEFERRING or last in (
            "add_api_route", "add_event_handler", "add_exception_handler", "add_api_websocket_route",
        )  # fmt: skip

    def _refuse_unknown_calls(self, function: Function) -> None:
        """`x.method()` where nothing says what `x` is, and it may well be this method."""
        owner, _, last = function.name.rpartition(".")
        if last in _CONTAINER_METHODS or not isinstance(self.index.resolve(owner).fact, ClassFact):
            return
        fact = self.index.function(function.name)
        for file, node in self.code.mentions(last):
            call = file.parent(node)
            if not (isinstance(node, ast.Attribute) and isinstance(call, ast.Call) and call.func is node):
                continue
            if (
                self.code.named(file, node) is None
                and file.type_of(node) is None
                and fact is not None
                and _fits(call, fact)
            ):
                raise Stuck(f"nothing says what `{file.text(node.value)}` is", file, node, function.name)

    # -- places -------------------------------------------------------------------------------------------------------

    def _host(self, file: File, node: ast.AST) -> bool:
        """The function around a place becomes a coroutine; False for a module's own code."""
        function = self.code.enclosing(file, node)
        statement = file.parent(node)
        if isinstance(statement, ast.Expr) and is_at_import(file, statement):
            return False
        if function is None:
            block = block_of(file, node)
            if block is None:
                raise Stuck("the code outside of functions cannot await", file, node)
            refuse(file, block, node)
            self.blocks[block] = file
            return True
        self.join(function)
        return True

    def wait(self, file: File, call: ast.expr) -> None:
        if call in self._awaited:
            return
        self._awaited.add(call)
        generator = self._generator(file, call)
        if not self._host(file, call):
            (self.startup if self.code.is_imported(file) else self.scripts).append(Place(file, call))
            return
        if generator is not None and generator not in self._awaited:
            self._awaited.add(generator)
            self.listed.append(Place(file, generator))
        if not isinstance(file.parent(call), ast.Await):
            self.awaits.append(Place(file, call))

    def _generator(self, file: File, node: ast.AST) -> ast.GeneratorExp | None:
        """The generator expression that would have to await, which only a list can do in its place."""
        for above in file.ancestors(node):
            if isinstance(above, ast.stmt | ast.Lambda):
                return None
            if isinstance(above, ast.GeneratorExp):
                if _within(file, node, above.generators[0].iter):
                    continue
                call = file.parent(above)
                if not isinstance(call, ast.Call) or _name(call.func) not in _TAKES_LISTS:
                    raise Stuck("a generator expression would have to await", file, node)
                return above
        return None

    def enter(self, file: File, node: ast.expr) -> None:
        item = file.parent(node)
        with_ = file.parent(item) if isinstance(item, ast.withitem) else None
        if isinstance(with_, ast.AsyncWith):
            self._host(file, with_)
            self._entered.add(node)
        elif isinstance(with_, ast.With) and self._host(file, with_):
            self._entered.add(node)
            self.withs[with_] = file
        else:
            raise Stuck(f"`{file.text(node)}` can only be entered by `async with`", file, node)

    def _iterate(self, file: File, call: ast.Call) -> None:
        """A generator that has become an async one is called."""
        match file.parent(call):
            case ast.Call(func=ast.Name(id="next")) as next_ if next_.args[:1] == [call]:
                self.advanced.append(Place(file, next_.func))
                self.wait(file, next_)
            case ast.Call(args=[first, *_]) as taker if (
                first is call and file.callee(taker) in _TAKES_ROWS_AS_THEY_COME
            ):
                pass
            case ast.Call(func=func) as taker if call in taker.args and _name(func) in _TAKES_LISTS:
                self._host(file, call)
                self.gathered.append(Place(file, call))
            case ast.For(iter=over) as loop if over is call and self._host(file, loop):
                self.loops[loop] = file
            case ast.comprehension(iter=over) as clause if over is call:
                if isinstance(file.parent(clause), ast.GeneratorExp):
                    raise Stuck("a generator expression would have to await", file, call)
                self._host(file, call)
                self.clauses[clause] = file
            case _:
                raise Stuck(f"`{file.text(call)}` can only be gone through by `async for`", file, call)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _is_manager(function: Function) -> bool:
    return any(function.file.qualname(one) == _MANAGER for one in function.node.decorator_list)


def _yields(function: Function) -> bool:
    return bool(function.file.scan.opened[function.node].yields)


def _within(file: File, node: ast.AST, outer: ast.AST) -> bool:
    return node is outer or any(above is outer for above in file.ancestors(node))


def _fits(call: ast.Call, fact: FunctionFact) -> bool:
    """Whether a call's arguments are such as a method takes."""
    names = {one.name for one in fact.params[1:]}
    return len(call.args) <= len(names) and {one.arg for one in call.keywords if one.arg} <= names
