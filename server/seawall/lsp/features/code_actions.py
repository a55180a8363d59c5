"""Code actions: what can be done about the findings in a range.

They are found by the range alone, as some editors drop what a diagnostic carries, and their edits are made when one is chosen,
if the client can wait that long. What makes them is imported with the first request: the first findings need not wait for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from seawall.edits import AnyEdit, CannotFix
from seawall.lsp import messages
from seawall.lsp.documents import Open
from seawall.lsp.edits import workspace_edit
from seawall.lsp.features.commands import COMMANDS_FOR, command_for
from seawall.lsp.protocol import Json
from seawall.syntax import Range

if TYPE_CHECKING:
    from seawall.engine.actions import Action
    from seawall.lsp.language_server import SeawallServer

log = logging.getLogger(__name__)

FIX_ALL = "source.fixAll.seawall"
_FIX_ALL_TITLE = "Fix everything that is safe to fix"
_KINDS = ["quickfix", "refactor", "source.fixAll", FIX_ALL]


def register(server: SeawallServer) -> Json:
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION)(code_actions)
    server.feature(types.CODE_ACTION_RESOLVE)(resolve)
    return {"codeActionProvider": {"codeActionKinds": _KINDS, "resolveProvider": server.client.resolves_edits}}


async def code_actions(ls: SeawallServer, params: messages.CodeActions) -> list[Json] | None:
    """What can be done in a range."""
    document = ls.documents.get(params.text_document.uri)
    if document is None or not ls.client.code_action_literals:
        return None
    from seawall.engine.actions import actions_for
    from seawall.engine.fixing import bulk_fixes

    place = ls.converter.place(document.text, params.range)
    wanted = _wanted(params.context.only)
    found = ls.reports.located(document.path)
    workspace = document.root.workspace
    offers = [
        _offer(ls, document, action)
        for action in (actions_for(workspace, found, place) if wanted("quickfix") or wanted("refactor") else ())
        if wanted(action.kind)
    ]
    offers += [
        _command(ls, document, one)
        for one in (found if wanted("quickfix") else ())
        if one.code in COMMANDS_FOR and one.range.overlaps(place)
    ]
    if wanted(FIX_ALL) and document.is_checked and any(next(bulk_fixes(workspace, one), None) for one in found):
        offers.append(_offer_fix_all(ls, document))
    return [offer for offer in offers if offer is not None]


async def resolve(ls: SeawallServer, params: messages.CodeAction) -> Json:
    """The chosen action with its edit; if there can be none, the user is told why."""
    action: Json = {"title": params.title}
    if params.kind is not None:
        action["kind"] = params.kind
    if params.diagnostics is not None:
        action["diagnostics"] = params.diagnostics
    if params.is_preferred is not None:
        action["isPreferred"] = params.is_preferred
    if params.data is None:
        return action
    action["data"] = {"uri": params.data.uri, "key": params.data.key}
    try:
        document = ls.documents.get(params.data.uri)
        if document is None:
            raise CannotFix("The file is not open any more")
        action["edit"] = _edit_for(ls, document, params.data.key)
    except CannotFix as reason:
        ls.say(f"Seawall cannot do this: {reason}", types.MessageType.Warning)
    return action


def _edit_for(ls: SeawallServer, document: Open, key: list[Any]) -> Json:
    if key == [FIX_ALL]:
        from seawall.engine.fixing import fix_all

        return workspace_edit(ls, fix_all(document.root.workspace, document.path))
    action = _again(ls, document, key)
    if action is None:
        raise CannotFix("The code has changed since, ask again")
    edit = workspace_edit(ls, _made(action.make))
    if action.fix is not None and (left := action.fix.left()):
        ls.say(f"Seawall left as it is: {'; '.join(left)}", types.MessageType.Info)
    return edit


def _again(ls: SeawallServer, document: Open, key: list[Any]) -> Action | None:
    """The action of this key in the code as it is now: at the same place, or else the only one of its kind."""
    from seawall.engine.actions import actions_for

    found = ls.reports.located(document.path)
    everywhere = Range(0, 0, 1 << 40, 0)
    same = [action for action in actions_for(document.root.workspace, found, everywhere) if _key(action)[:2] == key[:2]]
    exact = [action for action in same if _key(action) == key]
    return exact[0] if exact else same[0] if len(same) == 1 else None


def _made(make: Callable[[], Iterable[AnyEdit]]) -> list[AnyEdit]:
    """A rule's edits; a rule that fails must not take the request with it."""
    try:
        return list(make())
    except CannotFix:
        raise
    except Exception as error:
        log.error("A fix failed", exc_info=error)
        raise CannotFix("The fix failed, the server's log says where") from error


def _offer(ls: SeawallServer, document: Open, action: Action) -> Json | None:
    offer: Json = {
        "title": action.title,
        "kind": action.kind,
        "diagnostics": [ls.reports.wire(action.found)],
    }
    if action.is_preferred:
        offer["isPreferred"] = True
    return _with_edit(ls, document, offer, _key(action), lambda: workspace_edit(ls, _made(action.make)))


def _offer_fix_all(ls: SeawallServer, document: Open) -> Json | None:
    offer: Json = {"title": _FIX_ALL_TITLE, "kind": FIX_ALL}
    return _with_edit(ls, document, offer, [FIX_ALL], lambda: _edit_for(ls, document, [FIX_ALL]))


def _with_edit(ls: SeawallServer, document: Open, offer: Json, key: list[Any], make: Callable[[], Json]) -> Json | None:
    """The edit at once, or what is needed to make it later."""
    if ls.client.resolves_edits:
        offer["data"] = {"uri": document.uri, "key": key}
        return offer
    try:
        offer["edit"] = make()
    except CannotFix:
        return None
    return offer


def _command(ls: SeawallServer, document: Open, found: Any) -> Json:
    command = command_for(ls, found, document.root)
    return {
        "title": command["title"],
        "kind": "quickfix",
        "diagnostics": [ls.reports.wire(found)],
        "command": command,
    }


def _key(action: Action) -> list[Any]:
    """What an action is found by again, as plain data."""
    return [action.found.code, action.title, *action.found.range]


def _wanted(only: list[str] | None) -> Callable[[str], bool]:
    if only is None:
        return lambda kind: True
    return lambda kind: any(
        not asked
        or kind == asked
        or kind.startswith(f"{asked}.")
        or (kind == "refactor" and asked.startswith("refactor."))
        for asked in only
    )
