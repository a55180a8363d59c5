"""Which rules run, where, and how loudly, as the settings say."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from seawall.project.settings import Settings, ignored_in_file, selects, severity_of
from seawall.rules.base import Severity
from seawall.rules.registry import Rule


class RuleTable:
    """The rules under one set of settings."""

    def __init__(self, settings: Settings, folder: Path, rules: Iterable[Rule]) -> None:
        self._settings = settings
        self._folder = folder
        self.enabled = tuple(rule for rule in rules if selects(settings, rule.code, rule.name, rule.category))
        self._by_path: dict[Path, dict[str, Severity | None]] = {}

    def severities(self, path: Path) -> dict[str, Severity | None]:
        """The codes that are on in a file, each with the severity that the settings give it (None: the rule's own)."""
        found = self._by_path.get(path)
        if found is None:
            found = self._by_path[path] = {
                rule.code: self._severity(rule)
                for rule in self.enabled
                if not ignored_in_file(self._settings, path, self._folder, rule.code, rule.name, rule.category)
            }
        return found

    def _severity(self, rule: Rule) -> Severity | None:
        said = severity_of(self._settings, rule.code, rule.name, rule.category)
        return Severity(said) if said and said != "off" else None
