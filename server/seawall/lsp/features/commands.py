"""Commands that the client can have executed."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from seawall.engine.located import Located
from seawall.lsp.convert import to_path, to_uri
from seawall.lsp.edits import workspace_edit
from seawall.lsp.progress import WorkDone
from seawall.lsp.protocol import Json
from seawall.lsp.roots import Root

if TYPE_CHECKING:
    from seawall.lsp.language_server import SeawallServer

FIX_ALL = "seawall.fixAll"
CREATE_VENV = "seawall.createVenv"

COMMANDS_FOR = {"SW601": CREATE_VENV}
"""Commands that mend a finding, by its code."""

_CREATE = "Create .venv"


def register(server: SeawallServer) -> Json:
    server.command(FIX_ALL)(fix_all_command)
    server.command(CREATE_VENV)(create_venv)
    return {"executeCommandProvider": {"commands": [FIX_ALL, CREATE_VENV]}}


def command_for(ls: SeawallServer, found: Located, root: Root) -> Json:
    """The command that mends a finding, for a code action."""
    return {
        "title": "Create a virtual environment in `.venv`",
        "command": COMMANDS_FOR[found.code],
        "arguments": [to_uri(root.folder)],
    }


async def fix_all_command(ls: SeawallServer, arguments: list[Any]) -> None:
    """Apply a document's safe fixes. Its argument is the document's URI."""
    uri = arguments[0] if arguments else None
    document = ls.documents.get(uri) if isinstance(uri, str) else None
    if document is None or not ls.client.applies_edits:
        return
    from seawall.engine.fixing import fix_all

    edits = fix_all(document.root.workspace, document.path)
    if edits:
        params = {"label": "Seawall", "edit": workspace_edit(ls, edits)}
        ls.background.start(ls.protocol.request(types.WORKSPACE_APPLY_EDIT, params))


async def create_venv(ls: SeawallServer, arguments: list[Any]) -> None:
    """Create `.venv` in a workspace folder, once the user has agreed. Its argument is the folder's URI."""
    uri = arguments[0] if arguments else None
    folder = to_path(uri) if isinstance(uri, str) else None
    root = next((root for root in ls.roots if root.folder == folder and root.opened), None)
    if root is None:
        ls.say("Seawall creates environments only in folders of the workspace", types.MessageType.Warning)
    elif (root.folder / ".venv").exists():
        ls.say(f"`{root.folder.name}` has a `.venv` already")
    else:
        ls.background.start(_create_venv(ls, root))


async def _create_venv(ls: SeawallServer, root: Root) -> None:
    answer = await ls.protocol.request(
        types.WINDOW_SHOW_MESSAGE_REQUEST,
        {
            "type": int(types.MessageType.Info),
            "message": f"Create a virtual environment in `{root.folder / '.venv'}`?",
            "actions": [{"title": _CREATE}, {"title": "Cancel"}],
        },
    )
    if not isinstance(answer, dict) or answer.get("title") != _CREATE:
        return
    progress = WorkDone(ls, "Seawall creates a virtual environment", asyncio.current_task())
    target = root.folder / ".venv"
    process: asyncio.subprocess.Process | None = None
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "venv",
            str(target),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=root.folder,
        )
        failed = await process.wait() != 0
    except OSError:
        failed = True
    finally:
        if process is not None and process.returncode is None:
            process.kill()
        progress.end("Done")
    if failed:
        ls.say("The virtual environment could not be created", types.MessageType.Error)
        return
    ls.say(f"Created `{target}`: choose it as this project's interpreter, and install what the project needs")
    ls.files.changed_on_disk({target / "pyvenv.cfg"})
