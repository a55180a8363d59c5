"""Which functions become coroutines, and where that has to be awaited: everything that waits for the database, and everything
that calls such a function, up to the handlers. Where the chain ends in code that cannot await, the refactoring ends."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from seawall.edits import CannotFix
from seawall.knowledge.coroutines import TRANSPARENT
from seawall.refactorings.async_session.code import Code, Function, Mention, is_at_import, place
from seawall.refactorings.async_session.sessions import DEFERRING, Place, Uses
from seawall.rules.base import File
from seawall.semantics.facts import ClassFact, FunctionFact
from seawall.semantics.meanings.route import registers

_MANAGER = "contextlib.contextmanager"
_PLAIN_BASES = frozenset({"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "pydantic.BaseModel"})
_TAKES_LISTS = frozenset(
    ["all", "any", "dict", "frozenset", "join", "list", "max", "min", "set", "sorted", "sum", "tuple"]
)
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
        self.advanced: list[Place] = []
        """`next` of a generator that has become an async one."""
        self.scripts: list[Place] = []
        """Calls in a script's own code, `if __name__ == "__main__":` or not."""
        self.startup: list[Place] = []
        """Calls that a module makes while the application imports it."""
        self._awaited: set[ast.AST] = set()
        self._entered: set[ast.AST] = set()
        self._threaded = {place.node for place in uses.threaded}
        self._waiting: list[Function] = []
        for file, call in uses.calls:
            self.wait(file, call)
        for file, call in uses.through_run_sync:
            self._host(file, call)
        for file, node in uses.entered:
            self.enter(file, node)

    def add(self, file: File, node: ast.AST) -> None:
        """The function around a node has to be a coroutine, whatever there is about it."""
        self._host(file, node)

    def close(self) -> None:
        """Follow all callers."""
        while self._waiting:
            function = self._waiting.pop()
            for name in self._related(function):
                self._join(self.code.functions[name])
            for mention in self.code.uses(function.name):
                self._use(mention, function)
            self._refuse_unknown_calls(function)
        for with_, file in self.withs.items():
            if any(item.context_expr not in self._entered for item in with_.items):
                raise CannotFix(f"a `with` enters sync and async things at once, {place(file, with_)}")

    # -- functions ----------------------------------------------------------------------------------------------------

    def _join(self, function: Function) -> None:
        if function.name in self.functions:
            return
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
                raise CannotFix(f"`{node.name}` cannot be a coroutine under its decorator, {place(file, decorator)}")
        if node.name.startswith("__") and node.name.endswith("__") and node.name != "__call__":
            raise CannotFix(f"`{node.name}` cannot be a coroutine, {place(file, node)}")
        if any(isinstance(one, ast.YieldFrom) for one in file.scan.opened[node].yields):
            raise CannotFix(f"`yield from` cannot stand in a coroutine, {place(file, node)}")
        owner = function.name.rpartition(".")[0]
        if isinstance(self.index.resolve(owner).fact, ClassFact):
            bases = [base for base in self.index.mro(owner) if not self.index.split(base)[0]]
            if self.index.has_unknown_base(owner) or not set(bases) <= _PLAIN_BASES:
                raise CannotFix(f"nothing says who else calls `{node.name}`, {place(file, node)}")

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
        if isinstance(parent, ast.Call) and parent.func is node:
            if _is_manager(function):
                self.enter(file, parent)
            elif _yields(function):
                self._iterate(file, parent)
            else:
                self.wait(file, parent)
        elif isinstance(parent, ast.Call) and parent in self._threaded and parent.args[:1] == [node]:
            if not isinstance(file.parent(parent), ast.Await):
                raise CannotFix(f"`{file.text(node)}` is run in a thread, {place(file, node)}")
            self.unthreaded.append(Place(file, parent))
        elif not self._is_understood(file, node, parent):
            raise CannotFix(f"`{file.text(node)}` is handed on, {place(file, node)}")

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
                raise CannotFix(f"nothing says what `{file.text(node.value)}` is, {place(file, node)}")

    # -- places -------------------------------------------------------------------------------------------------------

    def _host(self, file: File, node: ast.AST) -> bool:
        """The function around a place becomes a coroutine; False for a script's own code."""
        function = self.code.enclosing(file, node)
        statement = file.parent(node)
        if isinstance(statement, ast.Expr) and is_at_import(file, statement):
            return False
        if function is None:
            if not isinstance(statement, ast.Expr) or not _is_script(file, node):
                raise CannotFix(f"the code outside of functions cannot await, {place(file, node)}")
            return False
        self._join(function)
        return True

    def wait(self, file: File, call: ast.expr) -> None:
        if call in self._awaited:
            return
        self._awaited.add(call)
        generator = self._generator(file, call)
        if not self._host(file, call):
            is_script = _is_script(file, call) or not self.code.is_imported(file)
            (self.scripts if is_script else self.startup).append(Place(file, call))
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
                last = getattr(call.func, "attr", getattr(call.func, "id", "")) if isinstance(call, ast.Call) else ""
                if last not in _TAKES_LISTS:
                    raise CannotFix(f"a generator expression would have to await, {place(file, node)}")
                return above
        return None

    def enter(self, file: File, node: ast.expr) -> None:
        item = file.parent(node)
        with_ = file.parent(item) if isinstance(item, ast.withitem) else None
        if isinstance(with_, ast.AsyncWith):
            self._host(file, with_)
        elif isinstance(with_, ast.With) and self._host(file, with_):
            self._entered.add(node)
            self.withs[with_] = file
        else:
            raise CannotFix(f"`{file.text(node)}` can only be entered by `async with`, {place(file, node)}")

    def _iterate(self, file: File, call: ast.Call) -> None:
        loop = file.parent(call)
        if isinstance(loop, ast.Call) and loop.args[:1] == [call] and file.callee(loop) == "builtins.next":
            self.advanced.append(Place(file, loop.func))
            self.wait(file, loop)
            return
        if not (isinstance(loop, ast.For) and loop.iter is call and self._host(file, loop)):
            raise CannotFix(f"`{file.text(call)}` can only be gone through by `async for`, {place(file, call)}")
        self.loops[loop] = file


def _is_manager(function: Function) -> bool:
    return any(function.file.qualname(one) == _MANAGER for one in function.node.decorator_list)


def _yields(function: Function) -> bool:
    return bool(function.file.scan.opened[function.node].yields)


def _is_script(file: File, node: ast.AST) -> bool:
    """Under `if __name__ == "__main__":`."""
    return any(
        isinstance(above, ast.If)
        and isinstance(above.test, ast.Compare)
        and isinstance(above.test.left, ast.Name)
        and above.test.left.id == "__name__"
        for above in file.ancestors(node)
    )


def _within(file: File, node: ast.AST, outer: ast.AST) -> bool:
    return node is outer or any(above is outer for above in file.ancestors(node))


def _fits(call: ast.Call, fact: FunctionFact) -> bool:
    """Whether a call's arguments are such as a method takes."""
    names = {one.name for one in fact.params[1:]}
    return len(call.args) <= len(names) and {one.arg for one in call.keywords if one.arg} <= names
