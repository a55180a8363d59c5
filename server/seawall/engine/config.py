"""Which rules run, where, and how loudly, as the settings say."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from seawall.project.selection import specificity
from seawall.project.settings import Settings, per_file_ignores, selects, severity_of
from seawall.rules.base import Severity
from seawall.rules.registry import Rule


class RuleTable:
    """The rules under one set of settings."""

    def __init__(self, settings: Settings, folder: Path, rules: Iterable[Rule]) -> None:
        self._settings = settings
        self._folder = folder
        self.enabled = tuple(rule for rule in rules if selects(settings, rule.code, rule.name, rule.category))
        self._severities = {rule.code: self._severity(rule) for rule in self.enabled}
        self._by_path: dict[Path, dict[str, Severity | None]] = {}

    def severities(self, path: Path) -> dict[str, Severity | None]:
        """The codes that are on in a file, each with the severity that the settings give it (None: the rule's own)."""
        found = self._by_path.get(path)
        if found is None:
            ignores = per_file_ignores(self._settings, path, self._folder)
            found = self._by_path[path] = self._without(ignores) if ignores else self._severities
        return found

    def _without(self, ignores: tuple[str, ...]) -> dict[str, Severity | None]:
        return {
            rule.code: self._severities[rule.code]
            for rule in self.enabled
            if not any(specificity(selector, rule.code, rule.name, rule.category) for selector in ignores)
        }

    def _severity(self, rule: Rule) -> Severity | None:
        said = severity_of(self._settings, rule.code, rule.name, rule.category)
        return Severity(said) if said and said != "off" else None
