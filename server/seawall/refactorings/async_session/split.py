"""A sync and an async stack side by side, for code that has to stay sync.

What both need is written down twice: engines, factories, providers, `Annotated` aliases of them. The copies are the async ones;
whoever becomes a coroutine uses them. The originals stay as they are, with all who use them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from seawall.edits import CannotFix
from seawall.refactorings.async_session.changes import Changes
from seawall.refactorings.async_session.code import LISTENERS, Code, Mention, is_value, name_of
from seawall.refactorings.async_session.origin import provider_of
from seawall.refactorings.async_session.stacks import Choice, Stacks
from seawall.rules.base import File
from seawall.semantics.facts import ValueFact
from seawall.semantics.symbols import Parameter, Subscript
from seawall.semantics.view import FunctionNode
from seawall.syntax import Range, range_of

_VERBS = frozenset(
    {"build", "create", "get", "init", "make", "new", "open", "provide", "setup", "use", "with", "yield"}
)


class _Maker(NamedTuple):
    """What makes sessions, where it is defined, and what its copy is called."""

    name: str
    file: File
    node: ast.stmt
    new: str


class Splitting:
    """`makers` are all engines, factories and providers of the stack, `shared` those that sync code needs."""

    def __init__(self, code: Code, stacks: Stacks, makers: set[str], shared: set[str]) -> None:
        self.code = code
        self.stacks = stacks
        self.changes = Changes(code.draft)
        self.makers: dict[str, _Maker] = {}
        for name in sorted(self._needed(makers, shared)):
            self.makers[name] = self._maker(name)

    def split(self, choice: Choice) -> Choice:
        """Write down what is shared a second time; gives the choice of the stack of the copies."""
        copied = {node for maker in self.makers.values() for node in ast.walk(maker.node)}
        statements: dict[ast.stmt, list[_Maker]] = {}
        for maker in self.makers.values():
            statements.setdefault(maker.node, []).append(maker)
        for several in statements.values():
            self._copy(several)
        for maker in self.makers.values():
            for file, node in self._mentions(maker.name):
                if node not in copied and not self.code.stays(file, node):
                    self._redirect(file, node, maker)
        self.changes.apply()
        engine = self.makers[choice.engine]
        return choice._replace(engine=f"{engine.file.module}.{engine.new}", apart=engine.name)

    # -- what is written down twice -----------------------------------------------------------------------------------

    def _needed(self, makers: set[str], shared: set[str]) -> set[str]:
        """What is shared, what it is made of, and the aliases of it that sync code uses."""
        needed = set(shared) | set(self._aliases(shared))
        together = list(self._unpacked())
        while more := {
            name
            for name in makers - needed
            if any(needed.intersection(_definition(file, node)) for file, node in self._mentions(name))
        } | {name for names in together if needed & names for name in names - needed}:
            needed |= more
        return needed

    def _unpacked(self) -> Iterator[set[str]]:
        """Names that one statement gives their values: `engine, SessionLocal = connect()`."""
        for file in self.code.files:
            for node in file.scan.nodes[ast.Assign]:
                names = _defined(file, node)
                if len(names) > 1:
                    yield set(names)

    def _aliases(self, shared: set[str]) -> Iterator[str]:
        """`SessionDep = Annotated[Session, Depends(get_db)]`."""
        index = self.code.index
        for file in self.code.files:
            for path, fact in file.document.facts.names.items():
                if isinstance(fact, ValueFact) and isinstance(fact.value, Subscript):
                    providers = provider_of(index, Parameter("", fact.value))
                    name = f"{file.module}.{path}"
                    if any(index.resolve(provider).name in shared for provider in providers) and any(
                        self.code.stays(*mention) for mention in self._mentions(name)
                    ):
                        yield name

    def _maker(self, name: str) -> _Maker:
        function = self.code.functions.get(name)
        new = async_name(name.rpartition(".")[2])
        if function is not None and isinstance(function.file.parent(function.node), ast.Module):
            return self._free(_Maker(name, function.file, function.node, new))
        for file in self.code.files:
            for node in (*file.scan.nodes[ast.Assign], *file.scan.nodes[ast.AnnAssign]):
                if isinstance(node, ast.stmt) and name in _defined(file, node):
                    return self._free(_Maker(name, file, node, new))
        raise CannotFix(f"`{name.rpartition('.')[2]}` cannot be written down a second time")

    def _free(self, maker: _Maker) -> _Maker:
        if maker.new in maker.file.document.facts.names:
            raise CannotFix(f"`{maker.new}` is there already, beside `{maker.name.rpartition('.')[2]}`")
        return maker

    def _mentions(self, name: str) -> Iterator[Mention]:
        if name in self.code.functions:
            yield from self.code.uses(name)
        else:
            yield from self.code.reads(name)

    # -- edits --------------------------------------------------------------------------------------------------------

    def _copy(self, several: list[_Maker]) -> None:
        """Write a statement down a second time, which defines one or several of them."""
        maker = several[0]
        file, node = maker.file, maker.node
        place = range_of(node)
        decorators = node.decorator_list if isinstance(node, FunctionNode) else []
        first = min([node.lineno, *(one.lineno for one in decorators)])
        indent = file.slice(Range(first, 0, first, place.start_col if first == node.lineno else 0))
        if indent.strip():
            raise CannotFix(f"`{maker.name.rpartition('.')[2]}` shares its line")
        swaps = [
            (range_of(each), self._called(file, each, one))
            for one in self.makers.values()
            for each in self._inside(one, maker)
        ]
        swaps += [(_place_of(one), one.new) for one in several]
        text, line, col = "", first, 0
        for here, new in sorted(swaps):
            text += file.slice(Range(line, col, here.start_line, here.start_col)) + new
            line, col = here.end_line, here.end_col
        text += file.slice(Range(line, col, place.end_line, place.end_col))
        gap = "\n\n" if isinstance(node, FunctionNode) else ""
        last = file.slice(Range(place.end_line, place.end_col, place.end_line + 1, 0))
        if "\n" in last:
            self.changes.insert(file, place.end_line + 1, 0, f"{gap}{text}\n")
        else:
            self.changes.insert(file, place.end_line, place.end_col + len(last.encode()), f"\n{gap}{text}")

    def _inside(self, used: _Maker, maker: _Maker) -> Iterator[ast.expr]:
        inside = set(ast.walk(maker.node))
        return (node for file, node in self._mentions(used.name) if node in inside)

    def _called(self, file: File, node: ast.expr, maker: _Maker) -> str:
        """The copy, as a file says it that mentions the original."""
        if isinstance(node, ast.Attribute):
            return f"{file.text(node.value)}.{maker.new}"
        return (
            maker.new
            if file.module == maker.file.module
            else self.changes.name(file, f"{maker.file.module}.{maker.new}")
        )

    def _redirect(self, file: File, node: ast.expr, maker: _Maker) -> None:
        new = self._called(file, node, maker)
        listening = next((each for each in file.ancestors(node) if isinstance(each, ast.Call)), None)
        if listening is None or file.callee(listening) not in LISTENERS:
            self.changes.replace(file, node, new)
            return
        whole, here = range_of(listening), range_of(node)
        before = file.slice(Range(whole.start_line, 0, here.start_line, here.start_col))
        after = file.slice(Range(here.end_line, here.end_col, whole.end_line, whole.end_col))
        self.changes.insert(file, whole.start_line, 0, f"{before}{new}{after}\n")


def async_name(name: str) -> str:
    """`get_db` -> `get_async_db`, `SessionLocal` -> `AsyncSessionLocal`, `engine` -> `async_engine`."""
    verb, _, rest = name.partition("_")
    if verb in _VERBS and rest:
        return f"{verb}_async_{rest}"
    if name.isupper():
        return f"ASYNC_{name}"
    if name[:1].isupper():
        return f"Async{name}"
    private = re.match("_*", name)
    start = private[0] if private else ""
    return f"{start}async_{name.removeprefix(start)}"


def _definition(file: File, node: ast.AST) -> list[str]:
    """The names of what a node takes part in the definition of."""
    for above in file.ancestors(node):
        if isinstance(above, FunctionNode):
            return [file.absolute_name(above)]
        if isinstance(above, ast.Assign | ast.AnnAssign) and file.function(above) is None:
            return _defined(file, above)
    return []


def _defined(file: File, node: ast.AST) -> list[str]:
    """The names of a module that an assignment gives their values."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if len(targets) != 1 or file.function(node) is not None:
        return []
    parts = targets[0].elts if isinstance(targets[0], ast.Tuple) else targets
    found = [f"{file.module}.{part.id}" for part in parts if isinstance(part, ast.Name)]
    return found if all(is_value(file, part, name) for part, name in zip(parts, found, strict=False) if part) else []


def _place_of(maker: _Maker) -> Range:
    """Where the name stands that a statement defines, or one of several."""
    target = maker.node.targets[0] if isinstance(maker.node, ast.Assign) else None
    for part in target.elts if isinstance(target, ast.Tuple) else ():
        if isinstance(part, ast.Name) and part.id == maker.name.rpartition(".")[2]:
            return range_of(part)
    return name_of(maker.file, maker.node)
