"""The server: one client, its roots, its documents, and the features that answer it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cattrs
from lsprotocol import types
from pygls.lsp.server import LanguageServer

from seawall import __version__
from seawall.lsp import messages
from seawall.lsp.client import Client
from seawall.lsp.convert import Converter, to_path
from seawall.lsp.protocol import Json, Protocol
from seawall.lsp.transport import Connection

if TYPE_CHECKING:
    from seawall.lsp.documents import Documents
    from seawall.lsp.features.diagnostics import Diagnostics
    from seawall.lsp.features.files import Files
    from seawall.lsp.features.settings import EditorSettings
    from seawall.lsp.reports import Reports
    from seawall.lsp.roots import Root, Roots
    from seawall.lsp.schedule import Background
    from seawall.syntax import Text

log = logging.getLogger(__name__)

_PARENT_CHECK = 5.0
"""Seconds between two looks at whether the editor is still there."""


class SeawallServer(LanguageServer):
    """Everything that a feature can ask for. What follows is there once `initialize` has come."""

    protocol: Protocol
    client: Client
    converter: Converter
    roots: Roots
    documents: Documents
    reports: Reports
    diagnostics: Diagnostics
    files: Files
    settings: EditorSettings
    background: Background

    def __init__(self) -> None:
        super().__init__("seawall", __version__, protocol_cls=Protocol, converter_factory=cattrs.Converter)
        self.is_ready = False
        """The client has said `initialized`: it can be asked and told things."""
        self.cancellable: dict[str | int, asyncio.Task[Any]] = {}
        """What the user can cancel, by the token of its progress bar."""
        self._ended: asyncio.Future[int] | None = None
        self.feature(types.INITIALIZED)(initialized)
        self.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)(cancel_progress)
        self.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(did_change_workspace_folders)

    # -- life ---------------------------------------------------------------------------------------------------------

    def run(self, connection: Connection) -> int:
        """Serve until the client says `exit`, hangs up, or is gone; gives the exit code."""
        return asyncio.run(self._run(connection))

    async def _run(self, connection: Connection) -> int:
        loop = asyncio.get_running_loop()
        self._ended = loop.create_future()
        self.protocol.connection = connection

        def read() -> None:
            with contextlib.suppress(OSError, ValueError, RuntimeError):
                for come in connection.messages():
                    self.protocol.inbox.extend(come)
                    loop.call_soon_threadsafe(self.protocol.drain)
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self.stop, 1)

        threading.Thread(target=read, name="reader", daemon=True).start()
        return await self._ended

    def stop(self, code: int) -> None:
        """End, with this exit code."""
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(code)

    async def _watch_parent(self, pid: int) -> None:
        """End with the editor. A process that cannot be seen from here (in a container, say) is not waited for."""
        while _is_alive(pid):
            await asyncio.sleep(_PARENT_CHECK)
        self.stop(1)

    # -- beginning ----------------------------------------------------------------------------------------------------

    def initialize(self, params: messages.Initialize) -> Json:
        """Get to know the client, and say what the server can do."""
        from seawall.lsp import features
        from seawall.lsp.documents import Documents
        from seawall.lsp.features.diagnostics import Diagnostics
        from seawall.lsp.features.files import Files
        from seawall.lsp.features.settings import EditorSettings
        from seawall.lsp.reports import Reports
        from seawall.lsp.roots import Roots
        from seawall.lsp.schedule import Background

        self.client = Client(params.capabilities)
        self.converter = Converter(self.client.unit, self.text_of)
        self.roots, self.documents = Roots(), Documents()
        self.background = Background(lambda: bool(self.protocol.inbox) or self.diagnostics.is_due)
        self.reports = Reports(self.client, self.converter, self.documents)
        self.diagnostics, self.files, self.settings = Diagnostics(self), Files(self), EditorSettings(self)
        self.settings.take(params.initialization_options)
        for folder in _folders(params):
            self.roots.add(folder)
        capabilities = features.register_all(self)
        if params.process_id is not None and _is_alive(params.process_id):
            self.background.start(self._watch_parent(params.process_id))
        return {
            "capabilities": {
                "positionEncoding": self.client.unit,
                "textDocumentSync": {"openClose": True, "change": 2, "save": {"includeText": False}},
                "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
                **capabilities,
            },
            "serverInfo": {"name": self.name, "version": self.version},
        }

    async def begin(self) -> None:
        """What is done once the client is ready: register what it lets us, and look at the folders."""
        from seawall.lsp.features.files import registration

        self.is_ready = True
        wanted: list[object] = [registration()] if self.client.watches_files else []
        if self.client.registers_configuration:
            wanted.append(
                {
                    "id": "seawall-settings",
                    "method": types.WORKSPACE_DID_CHANGE_CONFIGURATION,
                    "registerOptions": {"section": "seawall"},
                }
            )
        if wanted:
            self.background.start(self.protocol.request(types.CLIENT_REGISTER_CAPABILITY, {"registrations": wanted}))
        self.background.start(self.settings.ask())
        for root in self.roots:
            self.files.start_indexing(root)

    # -- what features ask for ----------------------------------------------------------------------------------------

    def text_of(self, path: Path) -> Text:
        """A file's text as the editor has it, else as it is on disk."""
        document = self.documents.at(path)
        return document.text if document is not None else self.text_on_disk(path)

    def text_on_disk(self, path: Path) -> Text:
        from seawall.syntax import Text

        try:
            return Text.decode(path.read_bytes())
        except (OSError, ValueError):
            return Text.of("")

    def renew(self, root: Root) -> Root:
        """Begin anew with a root whose settings are others now."""
        if all(known is not root for known in self.roots):
            return root
        fresh = self.roots.replace(root)
        fresh.told_problems, fresh.told_too_large = root.told_problems, root.told_too_large
        self.diagnostics.forget(root)
        fresh.take_overlays(root)
        for document in self.documents:
            if document.root is root:
                document.root = fresh
                document.take_in()
        self.diagnostics.check_again()
        self.files.start_indexing(fresh)
        return fresh

    def say(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Show the user a message."""
        self.protocol.notify(types.WINDOW_SHOW_MESSAGE, {"type": int(kind), "message": message})

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Errors go to the log; a popup for each would be a storm."""
        log.error("Something failed", exc_info=error)


async def initialized(ls: SeawallServer, params: Any) -> None:
    await ls.begin()


def cancel_progress(ls: SeawallServer, params: messages.ProgressCancel) -> None:
    task = ls.cancellable.pop(params.token, None)
    if task is not None:
        task.cancel()


async def did_change_workspace_folders(ls: SeawallServer, params: messages.DidChangeWorkspaceFolders) -> None:
    """Folders come and go; open documents move to the root that holds them now."""
    for folder in params.event.removed:
        root = ls.roots.holding(to_path(folder.uri))
        if root is not None and root.folder == to_path(folder.uri):
            ls.roots.remove(root.folder)
            ls.diagnostics.forget(root)
    added = [root for folder in params.event.added if (root := ls.roots.add(to_path(folder.uri)))]
    for document in ls.documents:
        home = ls.roots.of(document.path)
        if home is not document.root:
            document.let_go()
            document.root = home
            document.take_in()
            ls.diagnostics.changed(document)
    await ls.settings.ask()
    for root in added:
        ls.files.start_indexing(root)
    ls.roots.drop_unused({document.root for document in ls.documents})
    ls.diagnostics.check_again()


def _folders(params: messages.Initialize) -> list[Path]:
    if params.workspace_folders is not None:
        return [to_path(folder.uri) for folder in params.workspace_folders if folder.uri.startswith("file:")]
    if params.root_uri is not None:
        return [to_path(params.root_uri)] if params.root_uri.startswith("file:") else []
    return (
        [Path(os.path.normpath(params.root_path))] if params.root_path and Path(params.root_path).is_absolute() else []
    )


def _is_alive(pid: int) -> bool:
    if sys.platform == "win32" or pid <= 0:  # where stdin tells us enough, and signal 0 would end the process
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
