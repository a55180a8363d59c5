"""Running the rules over one item."""

from __future__ import annotations

import ast
import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from seawall.project.project import Project
from seawall.refactorings import registry as refactorings
from seawall.rules.base import File, Finding
from seawall.rules.registry import Rule

log = logging.getLogger(__name__)


_Subjects = dict[tuple[Callable[..., Any], int], list[Any]]


class Checker:
    """The enabled rules, ready to run: by node type and called name, so that an item is gone through once."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._by_node: dict[type[ast.AST], list[Rule]] = {}
        self._by_name: dict[type[ast.AST], dict[str | None, list[Rule]]] = {}
        self._particular: dict[Callable[[File], bool], list[Rule]] = {}
        for rule in self.rules:
            if rule.applies is not None:
                self._particular.setdefault(rule.applies, []).append(rule)
            names = rule.names
            for node in rule.nodes:
                if node not in names:
                    self._by_node.setdefault(node, []).append(rule)
                for name in names.get(node, ()):
                    self._by_name.setdefault(node, {}).setdefault(name, []).append(rule)
        self.broken: set[str] = set()
        """Codes of rules that raised; each is logged once and goes on being asked."""

    def check(self, file: File) -> tuple[Finding, ...]:
        """All findings in an item, in the order of their places."""
        found: list[Finding] = []
        subjects: _Subjects = {}
        idle = {rule.code for rules in self._particular.values() if not self._applies(rules[0], file) for rule in rules}
        for kind, nodes in tuple(file.scan.nodes.items()):  # asking for a kind that is not there adds it
            for rule in self._by_node.get(kind, ()):
                if rule.code not in idle:
                    wanted = nodes
                    if rule.in_async:
                        wanted = file.in_async(kind)
                    elif rule.texts and kind is ast.Constant:
                        wanted = file.texts(rule.texts)
                    self._run(rule, wanted, file, found, subjects)
        for kind, by_name in self._by_name.items():
            for name, named in file.by_name(kind).items():
                for rule in by_name.get(name, ()):
                    if rule.code not in idle:
                        self._run(rule, named, file, found, subjects)
        found.sort(key=lambda finding: (finding.range, finding.code))
        return tuple(self._with_refactorings(finding, file) for finding in dict.fromkeys(found))

    def _applies(self, rule: Rule, file: File) -> bool:
        try:
            return rule.applies is None or rule.applies(file)
        except Exception:  # noqa: BLE001 - a mistake in one rule silences no other
            self._complain(rule, file.path)
            return False

    def _with_refactorings(self, finding: Finding, file: File) -> Finding:
        """The finding with the larger moves that would mend it, too."""
        if finding.code not in refactorings.by_code():
            return finding
        try:
            return replace(finding, fixes=refactorings.fixes(finding, file))
        except Exception:
            if finding.code not in self.broken:
                self.broken.add(finding.code)
                log.exception("a refactoring for %s failed on %s", finding.code, file.path)
            return finding

    def check_project(self, project: Project) -> tuple[Finding, ...]:
        """All findings about the project itself, at absolute places."""
        found: list[Finding] = []
        for rule in self.rules:
            if rule.check_project is not None:
                try:
                    found.extend(rule.check_project(project) or ())
                except Exception:  # noqa: BLE001 - reported once
                    self._complain(rule, project.root)
        return tuple(dict.fromkeys(found))

    def _run(self, rule: Rule, nodes: Sequence[ast.AST], file: File, found: list[Finding], subjects: _Subjects) -> None:
        if rule.from_absence and file.item.broken:
            return
        pending = iter(
            nodes if rule.recognise is None else self._recognised(rule, rule.recognise, nodes, file, subjects)
        )
        file.code, file.severity = rule.code, rule.severity
        while True:
            try:
                for subject in pending:
                    found.extend(rule.check(subject, file) or ())
                return
            except Exception:  # noqa: BLE001 - a mistake in one rule silences no other
                self._complain(rule, file.path)

    def _recognised(
        self, rule: Rule, recognise: Callable[..., Any], nodes: Sequence[ast.AST], file: File, subjects: _Subjects
    ) -> list[Any]:
        """What a meaning makes of nodes; asked once for all rules about it."""
        key = recognise, id(nodes)
        if key not in subjects:
            found = subjects[key] = []
            pending = iter(nodes)
            while True:
                try:
                    for node in pending:
                        if (subject := recognise(node, file)) is not None:
                            file.remember(recognise, node, subject)
                            found.append(subject)
                    if nodes and (rule.texts or nodes is file.scan.nodes.get(type(nodes[0]))):
                        file.remember_all(recognise, type(nodes[0]))
                    break
                except Exception:  # noqa: BLE001 - as above
                    self._complain(rule, file.path)
        return subjects[key]

    def _complain(self, rule: Rule, path: Path) -> None:
        if rule.code not in self.broken:
            self.broken.add(rule.code)
            log.exception("%s failed on %s", rule.code, path)
