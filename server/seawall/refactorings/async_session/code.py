"""The project's code as the steps of the refactoring ask for it: who mentions a name, and which functions there are."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from seawall.edits import CannotFix
from seawall.refactorings.async_session.origin import is_migration
from seawall.refactorings.draft import Draft
from seawall.rules.base import File
from seawall.semantics.facts import ImportFact
from seawall.semantics.symbols import Parameter, Ref
from seawall.semantics.types import Instance, Named
from seawall.semantics.view import FunctionNode
from seawall.syntax import Range, range_of

Expression = ast.Name | ast.Attribute


class Mention(NamedTuple):
    """A name or attribute, read."""

    file: File
    node: Expression


class Function(NamedTuple):
    """A function that the project defines."""

    name: str
    file: File
    node: FunctionNode


_TEST_FOLDERS = frozenset({"tests", "test", "testing", "e2e", "test_utils", "testutils"})
LISTENERS = ("sqlalchemy.event.listen", "sqlalchemy.event.listens_for")


class Stuck(CannotFix):
    """Code that cannot follow: `owner`, a function or a module's own code, has to stay as it is."""

    def __init__(self, reason: str, file: File, node: ast.AST, owner: str = "") -> None:
        super().__init__(f"{reason}, {place(file, node)}")
        self.owner = owner or owner_of(file, node)


class Staying(dict[str, str]):
    """Functions, and modules for the code outside of functions, that keep the sync stack, with the reason."""

    def __init__(self) -> None:
        super().__init__()
        self.lazy: set[str] = set()
        """The functions among them that hand on a query which has not run."""
        self.attributes: set[tuple[str, str]] = set()
        """Classes and their attributes that hold a sync session."""

    @property
    def known(self) -> int:
        """How much is known; it only grows."""
        return len(self) + len(self.lazy) + len(self.attributes)


class Code:
    """One state of the draft. Tests and migrations are left out: they stay as they are."""

    def __init__(self, draft: Draft, staying: Staying) -> None:
        self.draft = draft
        self.staying = staying
        self.index = draft.index
        self.files: list[File] = []
        self.outside: list[File] = []
        """Tests and migrations."""
        self.functions: dict[str, Function] = {}
        self._mentions: dict[str, list[Mention]] = defaultdict(list)
        self._aliases: dict[str, set[str]] = defaultdict(set)
        for document in draft.documents():
            files = draft.files(document)
            if _is_test(document.path, draft.project.root) or is_migration(document.facts):
                self.outside += files
                continue
            self.files += files
            for name, fact in document.facts.names.items():
                if isinstance(fact, ImportFact) and name.rpartition(".")[2] != fact.target.rpartition(".")[2]:
                    self._aliases[fact.target.rpartition(".")[2]].add(name.rpartition(".")[2])
        for file in self.files:
            self._read(file)
        self.listeners = frozenset(self._listeners())
        """Functions that SQLAlchemy calls on events: with the sync session or connection, as ever."""

    def _read(self, file: File) -> None:
        nodes = file.scan.nodes
        for name in nodes[ast.Name]:
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load):
                self._mentions[name.id].append(Mention(file, name))
        for attribute in nodes[ast.Attribute]:
            if isinstance(attribute, ast.Attribute):
                self._mentions[attribute.attr].append(Mention(file, attribute))
        for node in (*nodes[ast.FunctionDef], *nodes[ast.AsyncFunctionDef]):
            assert isinstance(node, FunctionNode)
            name_ = file.absolute_name(node)
            self.functions[name_] = Function(name_, file, node)

    def _listeners(self) -> Iterator[str]:
        for file, node in (*self.uses(LISTENERS[0]), *self.uses(LISTENERS[1])):
            call = file.parent(node)
            function = file.parent(call) if isinstance(call, ast.Call) else None
            if isinstance(function, FunctionNode):
                yield file.absolute_name(function)
            elif isinstance(call, ast.Call) and len(call.args) > 2 and (name := file.qualname(call.args[2])):
                yield name

    def listens(self, file: File, node: ast.AST) -> bool:
        """Whether a node belongs to such a function, or says what it listens to."""
        for above in file.ancestors(node):
            if isinstance(above, FunctionNode) and file.absolute_name(above) in self.listeners:
                return True
            if isinstance(above, ast.Call) and file.callee(above) in LISTENERS:
                return True
        return False

    def stays(self, file: File, node: ast.AST) -> bool:
        """Whether a node belongs to code that keeps the sync stack."""
        if not self.staying:
            return False
        functions = [each for each in (node, *file.ancestors(node)) if isinstance(each, FunctionNode)]
        names = [file.absolute_name(each) for each in functions] or [file.module]
        return any(name in self.staying for name in names)

    def leave(self, stuck: Stuck) -> None:
        """Take note of code that has to stay as it is."""
        self.staying.setdefault(stuck.owner, str(stuck))

    def mentions(self, word: str) -> list[Mention]:
        """Where a word, or an alias under which it is imported, is read."""
        words = {word} | self._aliases.get(word, set())
        return [mention for each in sorted(words) for mention in self._mentions.get(each, ())]

    def uses(self, name: str) -> Iterator[Mention]:
        """Where the function or class of that absolute name is mentioned."""
        for mention in self.mentions(name.rpartition(".")[2]):
            found = self.named(mention.file, mention.node)
            if found is not None and found.name == name:
                yield mention

    def calls(self, function: str) -> Iterator[tuple[File, ast.Call, tuple[Parameter, ...]]]:
        """Where a function is called, or a class whose `__init__` it is, and the parameters that the arguments are for."""
        fact = self.index.function(function)
        _, _, method = function.rpartition(".")
        names = [function]
        if method == "__init__":
            found = (file.absolute_name(one) for file in self.files for one in file.scan.nodes[ast.ClassDef])  # type: ignore[arg-type]
            made = ((name, self.index.member(name, "__init__")) for name in found)
            names = [name for name, member in made if member is not None and member.name == function]
        for name in names if fact is not None else ():
            for file, node in self.uses(name):
                call = file.parent(node)
                if isinstance(call, ast.Call) and call.func is node and fact is not None:
                    called = self.named(file, node)
                    is_bound = method == "__init__" or (called is not None and called.receiver is not None)
                    yield file, call, fact.params[1:] if is_bound else fact.params

    def named(self, file: File, node: ast.expr) -> Named | None:
        """The function, class or bound method that an expression names, also through `super()`."""
        found = file.type_of(node)
        if isinstance(found, Named):
            return found
        match node:
            case ast.Attribute(value=ast.Call(func=ast.Name(id="super"), args=[]), attr=name):
                function = file.function(node)
                if isinstance(function, FunctionNode):
                    owner = file.absolute_name(function).rpartition(".")[0]
                    members = (self.index.member(base, name) for base in self.index.mro(owner)[1:])
                    return next((Named(one.name, Instance(owner)) for one in members if one is not None), None)
        return None

    def reads(self, value: str) -> Iterator[Mention]:
        """Where the module-level value of that absolute name is read."""
        for mention in self.mentions(value.rpartition(".")[2]):
            if is_value(mention.file, mention.node, value):
                yield mention

    def is_imported(self, file: File) -> bool:
        """Whether a file is more than a script: another module imports it, or it makes an application."""
        if application_in(file) is not None:
            return True
        return any(
            isinstance(fact, ImportFact) and f"{fact.target}.".startswith(f"{file.module}.")
            for module, facts in self.index.modules.items()
            if module != file.module
            for fact in facts.names.values()
        )

    def enclosing(self, file: File, node: ast.AST) -> Function | None:
        """The function whose body runs a node; None for a module's or class's own code."""
        function = file.function(node)
        if isinstance(function, ast.Lambda):
            raise Stuck("a lambda cannot await", file, node)
        return self.functions[file.absolute_name(function)] if function is not None else None


def owner_of(file: File, node: ast.AST) -> str:
    """The function that a node belongs to, with its signature and decorators; else the module."""
    functions = (each for each in (node, *file.ancestors(node)) if isinstance(each, FunctionNode))
    function = next(functions, None)
    return file.module if function is None else file.absolute_name(function)


def application_in(file: File) -> ast.Call | None:
    """The call that makes an application: at module level, or in a function that the module calls to get it."""
    for node in file.scan.nodes[ast.Call]:
        if isinstance(node, ast.Call) and isinstance(file.parent(node), ast.Assign):
            made = file.type_of(node)
            if isinstance(made, Instance) and file.index.is_subclass(made.cls, "starlette.applications.Starlette"):
                return node
    return None


def is_at_import(file: File, node: ast.AST) -> bool:
    """Whether a statement runs while the application is made: of the module itself, or of the function that makes it."""
    function = file.function(node)
    if function is None:
        return isinstance(file.parent(node), ast.Module)
    app = application_in(file)
    return app is not None and file.function(app) is function and file.parent(node) is function


def is_value(file: File, node: ast.AST, value: str) -> bool:
    """Whether an expression is the module-level value of that absolute name."""
    symbol = file.symbol(node)
    return isinstance(symbol, Ref) and file.index.resolve(symbol.name).name == value


def name_of(file: File, node: ast.stmt) -> Range:
    """Where the name stands that a statement defines."""
    if isinstance(node, FunctionNode):
        head = file.slice(Range(node.lineno, node.col_offset, node.lineno + 1, 0))
        found = re.match(rf"(?:async\s+)?def\s+(?={re.escape(node.name)}\b)", head)
        if found is None:
            raise Stuck(f"the name of `{node.name}` cannot be found", file, node)
        start = node.col_offset + len(found[0].encode())
        return Range(node.lineno, start, node.lineno, start + len(node.name.encode()))
    return range_of(node.targets[0] if isinstance(node, ast.Assign) else node.target)  # type: ignore[attr-defined]


def place(file: File, node: ast.AST) -> str:
    """Where a node stands, for the user."""
    path = file.path
    root = file.project.root
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    return f"`{shown.as_posix()}` line {file.place(node).start_line}"


def _is_test(path: Path, root: Path) -> bool:
    folders = path.relative_to(root).parts[:-1] if path.is_relative_to(root) else ()
    is_named_so = path.name.startswith(("test_", "tests", "conftest")) or path.stem.endswith(("_test", "_tests"))
    return is_named_so or bool(_TEST_FOLDERS.intersection(folders))
