"""The project's code as the steps of the refactoring ask for it: who mentions a name, and which functions there are."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from seawall.edits import CannotFix
from seawall.refactorings.draft import Draft
from seawall.rules.base import File
from seawall.semantics.facts import ImportFact, ModuleFacts
from seawall.semantics.meanings.secret import is_aside
from seawall.semantics.symbols import Ref
from seawall.semantics.view import FunctionNode

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


class Code:
    """One state of the draft. Tests, documentation and migrations are left out: they stay as they are."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.index = draft.index
        self.files: list[File] = []
        self.migrations: list[File] = []
        self.functions: dict[str, Function] = {}
        self._mentions: dict[str, list[Mention]] = defaultdict(list)
        self._aliases: dict[str, set[str]] = defaultdict(set)
        for document in draft.documents():
            if is_aside(document.path, draft.project.root):
                continue
            files = draft.files(document)
            if _is_migration(document.facts):
                self.migrations += files
                continue
            self.files += files
            for name, fact in document.facts.names.items():
                if isinstance(fact, ImportFact) and name.rpartition(".")[2] != fact.target.rpartition(".")[2]:
                    self._aliases[fact.target.rpartition(".")[2]].add(name.rpartition(".")[2])
        for file in self.files:
            self._read(file)

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

    def mentions(self, word: str) -> list[Mention]:
        """Where a word, or an alias under which it is imported, is read."""
        words = {word} | self._aliases.get(word, set())
        return [mention for each in sorted(words) for mention in self._mentions.get(each, ())]

    def uses(self, name: str) -> Iterator[Mention]:
        """Where the function or class of that absolute name is mentioned."""
        for mention in self.mentions(name.rpartition(".")[2]):
            if mention.file.qualname(mention.node) == name:
                yield mention

    def reads(self, value: str) -> Iterator[Mention]:
        """Where the module-level value of that absolute name is read."""
        for mention in self.mentions(value.rpartition(".")[2]):
            if is_value(mention.file, mention.node, value):
                yield mention

    def enclosing(self, file: File, node: ast.AST) -> Function | None:
        """The function whose body runs a node; None for a module's or class's own code."""
        function = file.function(node)
        if isinstance(function, ast.Lambda):
            raise CannotFix(f"a lambda cannot await, {place(file, node)}")
        return self.functions[file.absolute_name(function)] if function is not None else None


def is_value(file: File, node: ast.AST, value: str) -> bool:
    """Whether an expression is the module-level value of that absolute name."""
    symbol = file.symbol(node)
    return isinstance(symbol, Ref) and file.index.resolve(symbol.name).name == value


def place(file: File, node: ast.AST) -> str:
    """Where a node stands, for the user."""
    path = file.path
    root = file.project.root
    shown = path.relative_to(root) if path.is_relative_to(root) else path
    return f"`{shown.as_posix()}` line {file.place(node).start_line}"


def _is_migration(facts: ModuleFacts) -> bool:
    return any(
        isinstance(fact, ImportFact) and fact.target.partition(".")[0] == "alembic" for fact in facts.names.values()
    )
