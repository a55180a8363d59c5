"""The editor's settings, and telling the user what is wrong with any."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from seawall.lsp import messages
from seawall.lsp.convert import to_uri
from seawall.lsp.protocol import Json
from seawall.lsp.reports import SOURCE
from seawall.lsp.roots import Root
from seawall.project.selection import unknown_selectors
from seawall.project.settings import SettingsProblem
from seawall.rules.registry import all_rules
from seawall.syntax import Range

if TYPE_CHECKING:
    from seawall.lsp.language_server import SeawallServer

SECTION = "seawall"
_FOR_THE_EDITOR = frozenset({"trace", "trace.server", "interpreter", "path", "enable"})
"""Settings that the editor's own side reads."""


def register(server: SeawallServer) -> Json:
    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(did_change_configuration)
    return {}


async def did_change_configuration(ls: SeawallServer, params: messages.DidChangeConfiguration) -> None:
    ls.settings.take(params.settings)
    await ls.settings.ask()


class EditorSettings:
    """What the editor says; it wins over the settings files."""

    def __init__(self, server: SeawallServer) -> None:
        self._server = server

    def take(self, said: Any) -> None:
        """Settings as a client sends them: bare, or under `seawall` or `settings`."""
        if isinstance(said, Mapping):
            self._set(None, said)

    async def ask(self) -> None:
        """Ask a client that can be asked, for each folder."""
        roots = [root for root in self._server.roots if not root.single]
        if not self._server.client.configuration or not roots:
            return
        items = [{"scopeUri": to_uri(root.folder), "section": SECTION} for root in roots]
        answers = await self._server.protocol.request(types.WORKSPACE_CONFIGURATION, {"items": items})
        if isinstance(answers, list):
            for root, answer in zip(roots, answers, strict=False):
                if isinstance(answer, Mapping):
                    self._set(root.folder, answer)

    def _set(self, folder: Path | None, said: Mapping[str, Any]) -> None:
        overrides = plain(said)
        roots = self._server.roots
        if folder is None:
            roots.overrides = {None: overrides}
        else:
            roots.overrides[folder] = overrides
        for root in roots:
            if roots.overrides_of(root.folder) != root.overrides:
                self._server.renew(root)

    def tell_problems(self, root: Root) -> None:
        """Show what is wrong with a root's settings, in its settings file and once in a message."""
        if root.single:
            return
        problems = self._problems(root)
        notes: dict[Path, list[Json]] = {}
        for problem in problems:
            if problem.source is not None:
                notes.setdefault(problem.source, []).append(self._note(problem))
        self._server.reports.note(root, notes)
        fresh = [problem.message for problem in problems if problem.message not in root.told_problems]
        root.told_problems = {problem.message for problem in problems}
        if fresh:
            more = f" (and {len(fresh) - 1} more)" if len(fresh) > 1 else ""
            self._server.say(f"Seawall's settings: {fresh[0]}{more}", types.MessageType.Warning)

    def _problems(self, root: Root) -> list[SettingsProblem]:
        project = root.workspace.project
        rules = [(rule.code, rule.name, rule.category) for rule in all_rules()]
        source = project.loaded.source
        text = project.read(source) if source else None
        return [*project.problems, *unknown_selectors(project.settings, rules, source, text)]

    def _note(self, problem: SettingsProblem) -> Json:
        assert problem.source is not None
        line = problem.line or 1
        text = self._server.text_of(problem.source)
        end = len(text.line(line).encode("utf-8", "surrogatepass"))
        return {
            "range": self._server.converter.range(text, Range(line, 0, line, end)),
            "severity": 2,
            "code": "settings",
            "source": SOURCE,
            "message": problem.message,
        }


def plain(said: Any) -> dict[str, object]:
    """The settings themselves, out of whichever wrapping a client puts them in."""
    while isinstance(said, Mapping):
        inner = said.get(SECTION, said.get("settings"))
        if not isinstance(inner, Mapping):
            return {str(key): value for key, value in said.items() if key not in _FOR_THE_EDITOR}
        said = inner
    return {}
