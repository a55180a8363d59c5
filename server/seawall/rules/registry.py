"""Finding the rules: every module `rules/<category>/<rule>.py` is one. Nothing is registered by hand."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import types
import typing
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import msgspec

from seawall import rules as rules_package
from seawall.project.project import Project
from seawall.rules.base import File, Finding, Severity

CATEGORIES = {
    "0": "project",
    "1": "async-io",
    "2": "secrets",
    "3": "validation",
    "4": "injection",
    "5": "auth",
    "6": "config",
    "7": "database",
    "8": "migrations",
    "9": "quality",
}


class Rule(msgspec.Struct, frozen=True):
    """A rule as its module describes it.

    `nodes` are the syntax nodes it wants to see; `recognise` turns such a node into the meaning it subscribed to (None when the
    rule takes the node itself). A rule about the project has no nodes.
    """

    code: str
    name: str
    category: str
    severity: Severity
    summary: str
    explanation: str
    check: Callable[..., Iterable[Finding]]
    nodes: tuple[type[ast.AST], ...]
    recognise: Callable[..., Any] | None = None
    calls: frozenset[str] = frozenset()
    """For a rule about calls: the last part of the called names it wants to see; empty for all."""
    attributes: frozenset[str] = frozenset()
    """For a rule about attributes: the names it wants to see; empty for all."""
    keywords: frozenset[str | None] = frozenset()
    """For a rule about keyword arguments: the names it wants to see, None for `**`; empty for all."""
    texts: int = 0
    """For a rule about constants: wants to see only strings and bytes of at least that many characters, and no docstrings."""
    in_async: bool = False
    """Wants to see only what runs on the event loop: in the body of an `async def` itself."""
    applies: Callable[[File], bool] | None = None
    """Asked once an item, before anything else: whether the rule has any business there."""
    about_project: bool = False
    check_project: Callable[[Project], Iterable[Finding]] | None = None
    """What it finds in the project as a whole: the rule's only check, or a second one beside that of the code."""
    fixable: bool = False
    from_absence: bool = False
    """Reasons from what is not there: skips items that had to be repaired."""

    @property
    def names(self) -> dict[type[ast.AST], frozenset[str | None]]:
        """By kind of node, the names of those that it wants to see; not of kinds of which it wants to see all."""
        wanted: dict[type[ast.AST], frozenset[str | None]] = {
            ast.Call: frozenset(self.calls),
            ast.Attribute: frozenset(self.attributes),
            ast.keyword: self.keywords,
        }
        return {kind: names for kind, names in wanted.items() if names and kind in self.nodes}


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by code."""
    found = []
    for category in pkgutil.iter_modules(rules_package.__path__):
        if not category.ispkg:
            continue
        package = importlib.import_module(f"{rules_package.__name__}.{category.name}")
        for module in pkgutil.iter_modules(package.__path__):
            if not module.name.startswith("_"):
                found.append(_rule(importlib.import_module(f"{package.__name__}.{module.name}")))
    return tuple(sorted(found, key=lambda rule: rule.code))


@cache
def by_code() -> dict[str, Rule]:
    return {rule.code: rule for rule in all_rules()}


def find(code_or_name: str) -> Rule | None:
    """A rule by its code or name, in any case."""
    wanted = code_or_name.strip().lower()
    return next((rule for rule in all_rules() if wanted in (rule.code.lower(), rule.name)), None)


def _rule(module: types.ModuleType) -> Rule:
    document = inspect.cleandoc(module.__doc__ or "")
    nodes, recognise, calls, texts = _subscription(module.check)
    return Rule(
        code=module.code,
        name=module.__name__.rpartition(".")[2].replace("_", "-"),
        category=CATEGORIES[module.code[2]],
        severity=module.severity,
        summary=document.partition("\n")[0],
        explanation=document,
        check=module.check,
        nodes=nodes,
        recognise=recognise,
        calls=getattr(module, "calls", calls),
        attributes=getattr(module, "attributes", frozenset()),
        keywords=getattr(module, "keywords", frozenset()),
        texts=getattr(module, "texts", texts),
        in_async=getattr(module, "in_async", False),
        applies=getattr(module, "applies", None),
        about_project=not nodes,
        check_project=getattr(module, "check_project", None if nodes else module.check),
        fixable="\nFixed:" in document or getattr(module, "fixable", False),
        from_absence=getattr(module, "from_absence", False),
    )


def _subscription(
    check: Callable[..., Any],
) -> tuple[tuple[type[ast.AST], ...], Callable[..., Any] | None, frozenset[str], int]:
    """The syntax nodes that the first parameter's annotation asks for, how to get from them to it, and which calls and texts."""
    kind = _first_annotation(check)
    if kind is Project:
        return (), None, frozenset(), 0
    nodes = _node_types(kind)
    if nodes:
        return nodes, None, frozenset(), 0
    recognise = kind.recognise
    nodes = _node_types(_first_annotation(recognise))
    return nodes, recognise, getattr(kind, "calls", frozenset()), getattr(kind, "texts", 0)


def _first_annotation(function: Callable[..., Any]) -> Any:
    """What the first parameter is annotated with. The others' are left alone: reading them all takes a part of the start."""
    annotation = next(iter(function.__annotations__.values()))
    return eval(annotation, function.__globals__) if isinstance(annotation, str) else annotation


def _node_types(kind: Any) -> tuple[type[ast.AST], ...]:
    members = typing.get_args(kind) or (kind,)
    return tuple(member for member in members if isinstance(member, type) and issubclass(member, ast.AST))
