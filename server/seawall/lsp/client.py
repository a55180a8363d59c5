"""What the client at the other end can do, read once from its `initialize`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seawall.syntax import Unit

_PREFERRED: tuple[Unit, ...] = ("utf-8", "utf-32", "utf-16")


class Client:
    """One flag for each ability that the server depends on; all off for a client that names none."""

    def __init__(self, capabilities: Mapping[str, Any]) -> None:
        self._capabilities = capabilities
        ask = self._ask
        self.unit: Unit = self._unit()
        self.pulls_diagnostics = ask("textDocument.diagnostic") is not None
        self.refreshes_diagnostics = bool(ask("workspace.diagnostics.refreshSupport"))
        self.related_information = bool(
            ask("textDocument.publishDiagnostics.relatedInformation")
            or ask("textDocument.diagnostic.relatedInformation")
        )
        self.code_description = bool(
            ask("textDocument.publishDiagnostics.codeDescriptionSupport")
            or ask("textDocument.diagnostic.codeDescriptionSupport")
        )
        self.diagnostic_data = bool(
            ask("textDocument.publishDiagnostics.dataSupport") or ask("textDocument.diagnostic.dataSupport")
        )
        tags = ask("textDocument.publishDiagnostics.tagSupport") or ask("textDocument.diagnostic.tagSupport")
        self.diagnostic_tags = frozenset(_list(tags.get("valueSet")) if isinstance(tags, Mapping) else ())
        self.code_action_literals = ask("textDocument.codeAction.codeActionLiteralSupport") is not None
        self.resolves_edits = bool(ask("textDocument.codeAction.dataSupport")) and "edit" in _list(
            ask("textDocument.codeAction.resolveSupport.properties")
        )
        resources = _list(ask("workspace.workspaceEdit.resourceOperations"))
        self.creates_files = "create" in resources
        self.document_changes = bool(ask("workspace.workspaceEdit.documentChanges")) or self.creates_files
        self.applies_edits = bool(ask("workspace.applyEdit"))
        self.markdown = "markdown" in _list(ask("textDocument.hover.contentFormat"))
        self.progress = bool(ask("window.workDoneProgress"))
        self.message_requests = ask("window.showMessage") is not None
        self.configuration = bool(ask("workspace.configuration"))
        self.registers_configuration = bool(ask("workspace.didChangeConfiguration.dynamicRegistration"))
        self.watches_files = bool(ask("workspace.didChangeWatchedFiles.dynamicRegistration"))

    def _ask(self, path: str) -> Any:
        found: Any = self._capabilities
        for key in path.split("."):
            found = found.get(key) if isinstance(found, Mapping) else None
        return found

    def _unit(self) -> Unit:
        offered = _list(self._ask("general.positionEncodings"))
        return next((unit for unit in _PREFERRED if unit in offered), "utf-16")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
