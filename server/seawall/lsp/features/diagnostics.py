"""Telling the client what was found: pushed after each change, or kept ready for a client that pulls. Never both, as
editors would show everything twice."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from seawall.lsp import messages
from seawall.lsp.documents import Open
from seawall.lsp.protocol import Json
from seawall.lsp.roots import Root
from seawall.lsp.schedule import Later

if TYPE_CHECKING:
    from seawall.lsp.language_server import SeawallServer

log = logging.getLogger(__name__)

_OTHERS_AFTER = 0.05
"""Seconds after a change before other open files are looked at again."""

_SURVEY_AFTER = 0.5
"""Seconds after the last change before files that are not open are looked at again."""

_NEWS_AFTER = 1.0
"""Seconds after which the client hears what was found so far in files that are not open."""


def register(server: SeawallServer) -> Json:
    server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC)(pull_document)
    server.feature(types.WORKSPACE_DIAGNOSTIC)(pull_workspace)
    if not server.client.pulls_diagnostics:
        return {}
    options = {"identifier": "seawall", "interFileDependencies": True, "workspaceDiagnostics": True}
    return {"diagnosticProvider": options}


class Diagnostics:
    """What the client has been told, and what it must be told anew."""

    def __init__(self, server: SeawallServer) -> None:
        self._server = server
        self.reports = server.reports
        self._pulls = server.client.pulls_diagnostics
        self._changed: dict[Open, None] = {}
        self._flush: asyncio.Handle | None = None
        self._others = Later(_OTHERS_AFTER, self._start_on_others)
        self._revisions: dict[Root, int] = {}
        self._told: dict[Path, str] = {}
        """The id of the report that the client has of each file."""
        self.elsewhere = asyncio.Event()
        """Something is to be said about files that are not open."""
        self.is_first_poll = True
        self._survey = Later(_SURVEY_AFTER, self._start_survey)
        self._surveying: asyncio.Task[None] | None = None
        self._wants_survey = False

    def changed(self, document: Open) -> None:
        """A document was opened or edited."""
        self._told.pop(document.path, None)
        if not self._pulls:
            self._changed[document] = None
            if self._flush is None:
                self._flush = asyncio.get_running_loop().call_soon(self._publish_changed)
        if self._revisions.get(document.root) != document.root.workspace.revision:
            self.look_again()

    def closed(self, document: Open) -> None:
        """A document was closed: what was said of it is taken back, unless its project says it too."""
        self._changed.pop(document, None)
        self.reports.forget(document.path)
        document.root.survey.forget(document.path)
        if not self._pulls:
            self._publish(document.path, None)
        self._told.pop(document.path, None)
        self._tell_about_touched()
        self.look_again()

    def check_again(self) -> None:
        """Something changed that every file may depend on."""
        self._revisions.clear()
        self.look_again()

    def look_again(self) -> None:
        """Other files than the one that changed may have other findings: the open ones soon, the rest when there is time."""
        self._others.poke()
        if self._wants_survey:
            self._survey.poke()

    def check_projects(self) -> None:
        """Ask the rules about the projects themselves."""
        for root in self._server.roots:
            self.reports.check_project(root)
        self._tell_about_touched()

    def forget(self, root: Root) -> None:
        """A root was removed."""
        self._revisions.pop(root, None)
        self.reports.forget(root.folder)
        self._tell_about_touched()

    def told(self, path: Path, result_id: str) -> None:
        self._told[path] = result_id

    @property
    def is_due(self) -> bool:
        """Whether something is about to be published."""
        return self._flush is not None

    # -- pushing ------------------------------------------------------------------------------------------------------

    def _publish_changed(self) -> None:
        self._flush = None
        if self._server.protocol.inbox:  # more has come meanwhile; what is published should be about the newest text
            self._flush = asyncio.get_running_loop().call_soon(self._publish_changed)
            return
        documents, self._changed = self._changed, {}
        for document in documents:
            try:
                self._publish(document.path, document)
            except Exception:
                log.exception("A file could not be checked")
        self._tell_about_touched()

    def _publish(self, path: Path, document: Open | None) -> None:
        report = self.reports.of(path)
        params: Json = {"uri": document.uri if document else self._server.documents.uri(path)}
        if document is not None and document.version is not None:
            params["version"] = document.version
        params["diagnostics"] = report.items
        self._told[path] = report.result_id
        self._server.protocol.notify(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def _tell_about_touched(self) -> None:
        touched, self.reports.touched = self.reports.touched, set()
        if not touched:
            return
        self.elsewhere.set()
        for path in touched:
            document = self._server.documents.at(path)
            if not self._pulls:
                self._publish(path, document)
            elif document is not None:
                self._others.poke()

    # -- other files --------------------------------------------------------------------------------------------------

    def _start_on_others(self) -> None:
        self._server.background.start(self._check_others())

    async def _check_others(self) -> None:
        """Look again at open files that were not edited, and tell of those whose findings are others now."""
        changed: list[Open] = []
        await self._server.background.go_through(self._look(changed))
        if self._pulls:
            if changed and self._server.client.refreshes_diagnostics:
                await self._server.protocol.request(types.WORKSPACE_DIAGNOSTIC_REFRESH)
        else:
            for document in changed:
                if self._server.documents.at(document.path) is document:
                    self._publish(document.path, document)
        self._tell_about_touched()

    def _look(self, changed: list[Open]) -> Iterator[None]:
        stale = {root for root in self._server.roots if self._revisions.get(root) != root.workspace.revision}
        for root in stale:
            self._revisions[root] = root.workspace.revision
        for document in self._server.documents:
            told = self._told.get(document.path)
            if document.root in stale and told is not None and self.reports.of(document.path).result_id != told:
                changed.append(document)
            yield

    # -- files that are not open --------------------------------------------------------------------------------------

    def want_survey(self) -> None:
        """The client asks about files that are not open: from now on they are looked at."""
        if not self._wants_survey:
            self._wants_survey = True
            self._survey.poke()

    def _start_survey(self) -> None:
        if self._surveying is not None and not self._surveying.done():
            self._survey.poke()
        else:
            self._surveying = self._server.background.start(self._look_at_closed())

    async def _look_at_closed(self) -> None:
        for root in self._server.roots:
            if root.is_known:
                await self._server.background.go_through(self._steps(root))
        self._tell_about_touched()

    def _steps(self, root: Root) -> Iterator[None]:
        due = time.monotonic() + _NEWS_AFTER
        for path in root.survey.steps():
            if root not in self._server.roots:  # begun anew meanwhile
                return
            if path is not None:
                self.reports.say(path, root.survey.findings(path))
            if time.monotonic() >= due:
                self._tell_about_touched()
                due = time.monotonic() + _NEWS_AFTER
            yield


async def pull_document(ls: SeawallServer, params: messages.DocumentDiagnostic) -> Json:
    """One document's report; `unchanged` if the client has it already."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return {"kind": "full", "items": []}
    report = ls.reports.of(document.path)
    ls.diagnostics.told(document.path, report.result_id)
    if params.previous_result_id == report.result_id:
        return {"kind": "unchanged", "resultId": report.result_id}
    return {"kind": "full", "resultId": report.result_id, "items": report.items}


async def pull_workspace(ls: SeawallServer, params: messages.WorkspaceDiagnostic) -> Json:
    """What there is to say about files that are not open. A client that knows it all already waits for news."""
    ls.diagnostics.want_survey()
    known = {previous.uri: previous.value for previous in params.previous_result_ids}
    while True:
        ls.diagnostics.elsewhere.clear()
        items = _news(ls, known)
        if items or ls.diagnostics.is_first_poll:
            break
        await ls.diagnostics.elsewhere.wait()
    ls.diagnostics.is_first_poll = False
    token = params.partial_result_token
    if token is not None and items:
        ls.protocol.notify(types.PROGRESS, {"token": token, "value": {"items": items}})
        items = []
    return {"items": items}


def _news(ls: SeawallServer, known: dict[str, str]) -> list[Json]:
    items: list[Json] = []
    paths = ls.reports.about_closed_files()
    for path in sorted(paths):
        uri, report = ls.documents.uri(path), ls.reports.of(path)
        if known.get(uri) != report.result_id:
            items.append(
                {"uri": uri, "version": None, "kind": "full", "resultId": report.result_id, "items": report.items}
            )
    closed = {ls.documents.uri(path) for path in paths}
    for uri in known:
        if uri not in closed and ls.documents.get(uri) is None and known[uri] != "":
            items.append({"uri": uri, "version": None, "kind": "full", "resultId": "", "items": []})
    return items
