"""Running the rules over one item."""

from __future__ import annotations

import ast
import logging
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from seawall.project.project import Project
from seawall.rules.base import File, Finding
from seawall.rules.registry import Rule

log = logging.getLogger(__name__)


class Checker:
    """The enabled rules, ready to run: by node type, so that an item is gone through once."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._by_node: dict[type[ast.AST], list[Rule]] = {}
        for rule in self.rules:
            for node in rule.nodes:
                self._by_node.setdefault(node, []).append(rule)
        self.broken: set[str] = set()
        """Codes of rules that raised; each is logged once and goes on being asked."""

    def check(self, file: File) -> tuple[Finding, ...]:
        """All findings in an item, in the order of their places."""
        found: list[Finding] = []
        repaired = file.item.broken
        for kind, nodes in file.scan.nodes.items():
            for rule in self._by_node.get(kind, ()):
                if repaired and rule.from_absence:
                    continue
                for node in nodes:
                    file.code, file.severity = rule.code, rule.severity
                    found.extend(self._run(rule, node, file))
        found.sort(key=lambda finding: (finding.range, finding.code))
        return tuple(dict.fromkeys(found))

    def check_project(self, project: Project) -> tuple[Finding, ...]:
        """All findings about the project itself, at absolute places."""
        found = [
            finding
            for rule in self.rules
            if rule.about_project
            for finding in self._guarded(rule, project.root, partial(rule.check, project))
        ]
        return tuple(dict.fromkeys(found))

    def _run(self, rule: Rule, node: ast.AST, file: File) -> list[Finding]:
        def ask() -> Iterable[Finding]:
            subject: Any = node if rule.recognise is None else file.subject(rule.recognise, node)
            return () if subject is None else rule.check(subject, file)

        return self._guarded(rule, file.path, ask)

    def _guarded(self, rule: Rule, path: Path, ask: Callable[[], Iterable[Finding] | None]) -> list[Finding]:
        """A rule's mistake must not silence the others."""
        try:
            return list(ask() or ())
        except Exception:
            if rule.code not in self.broken:
                self.broken.add(rule.code)
                log.exception("%s failed on %s", rule.code, path)
            return []
