"""Whatever the editor can do, its user gets the fix, and nothing but the fix."""

from __future__ import annotations

from typing import Any

import pytest
from lsprotocol import types

from .editor import Editor, Start
from .test_text_sync import ENCODINGS, SLEEPY

RESTED = "import asyncio\nimport time\n\n\nasync def rest() -> None:\n    name = 'Zoé 🦩'; await asyncio.sleep(1)\n"
SECRET = "kq7VxR2mW9sLd4TzB8nYc3Jf"
SECRETIVE = f'BIRD = "Zoé 🦩"; SECRET_KEY = "{SECRET}"\n'


def titled(actions: list[types.CodeAction], part: str) -> types.CodeAction:
    (found,) = (action for action in actions if part in action.title)
    return found


@ENCODINGS
@pytest.mark.parametrize("resolve", [True, False])
@pytest.mark.parametrize("document_changes", [True, False])
async def test_a_fix_is_applied(start: Start, encoding: str, resolve: bool, document_changes: bool) -> None:
    editor = await start(encoding=encoding, resolve=resolve, document_changes=document_changes, creates=False)
    editor.open("main.py", SLEEPY)
    first, *_ = await editor.actions("main.py", "time.sleep(1)")
    assert (first.edit is None) == resolve
    assert first.is_preferred and first.kind == types.CodeActionKind.QuickFix
    assert first.diagnostics and [one.code for one in first.diagnostics] == ["SW101"]
    taken = await editor.take(first)
    assert taken.edit and (taken.edit.document_changes is not None) == document_changes
    assert editor.text("main.py") == RESTED
    assert await editor.diagnostics("main.py") == []


async def test_windows_line_ends_stay(start: Start) -> None:
    editor = await start()
    editor.open("main.py", SLEEPY.replace("\n", "\r\n"))
    first, *_ = await editor.actions("main.py", "time.sleep(1)")
    await editor.take(first)
    assert editor.text("main.py") == RESTED.replace("\n", "\r\n")


async def test_the_cursor_alone_is_enough(start: Start) -> None:
    editor = await start()
    editor.open("main.py", SLEEPY)
    place = editor.range_of("main.py", "sleep(1)").start
    assert (await editor.actions("main.py", types.Range(place, place)))[0].is_preferred
    start_of_file = types.Range(types.Position(0, 0), types.Position(0, 0))
    elsewhere = await editor.actions("main.py", start_of_file, only=["quickfix"])
    assert elsewhere == []


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (["quickfix"], {"quickfix"}),
        (["source"], {"source.fixAll.seawall"}),
        (["source.fixAll"], {"source.fixAll.seawall"}),
        (["source.fixAll.seawall"], {"source.fixAll.seawall"}),
        (["source.fixAll.ruff"], set()),
        (["source.organizeImports"], set()),
        (None, {"quickfix", "source.fixAll.seawall"}),
    ],
)
async def test_only_what_was_asked_for_is_offered(start: Start, only: list[str] | None, kinds: set[str]) -> None:
    editor = await start()
    editor.open("main.py", SLEEPY)
    found = await editor.actions("main.py", "time.sleep(1)", only)
    assert {str(getattr(action.kind, "value", action.kind)) for action in found} == kinds


async def test_everything_safe_is_fixed_at_once_with_the_fewest_edits(start: Start) -> None:
    editor = await start()
    lines = [f"async def f{n}() -> None:\n    name = 'Zoé 🦩'; time.sleep({n + 1})  # keep {n}\n" for n in range(5)]
    editor.open("main.py", "import time\n\n\n" + "\n\n".join(lines))
    (action,) = await editor.actions(
        "main.py", types.Range(types.Position(0, 0), types.Position(0, 0)), ["source.fixAll"]
    )
    taken = await editor.take(action)
    assert taken.edit and taken.edit.document_changes and len(taken.edit.document_changes) == 1
    change = taken.edit.document_changes[0]
    assert isinstance(change, types.TextDocumentEdit) and len(change.edits) == 6
    assert editor.text("main.py").count("await asyncio.sleep(") == 5
    assert editor.text("main.py").count("import asyncio") == 1
    assert editor.text("main.py").count("# keep") == 5
    assert await editor.diagnostics("main.py") == []
    assert await editor.actions("main.py", "import", ["source.fixAll"]) == []


async def test_the_command_fixes_everything_too(start: Start) -> None:
    editor = await start()
    editor.open("main.py", SLEEPY)
    await editor.client.workspace_execute_command_async(
        types.ExecuteCommandParams("seawall.fixAll", [editor.uri("main.py")])
    )
    await editor.until("main.py", lambda found: not found)
    assert editor.text("main.py") == RESTED


IGNORED = [
    ("    time.sleep(1)\n", "    time.sleep(1)  # seawall: ignore[SW101]\n"),
    ("    time.sleep(1)   \n", "    time.sleep(1)  # seawall: ignore[SW101]\n"),
    ("    time.sleep(1)  # why\n", "    time.sleep(1)  # why  # seawall: ignore[SW101]\n"),
    ("    time.sleep(1)  # noqa: SW901\n", "    time.sleep(1)  # noqa: SW901, SW101\n"),
    ("    time.sleep(1)  # seawall: ignore[SW901]\n", "    time.sleep(1)  # seawall: ignore[SW901, SW101]\n"),
    ("    time.sleep(\n        1\n    )\n", "    time.sleep(\n        1\n    )  # seawall: ignore[SW101]\n"),
    ("    time.sleep(1); x = '''\n    y'''\n", "    time.sleep(1); x = '''\n    y'''  # seawall: ignore[SW101]\n"),
    ("    x = time.sleep(1) \\\n        or 1\n", "    x = time.sleep(1) \\\n        or 1  # seawall: ignore[SW101]\n"),
    (
        "    x = f'''\n    {time.sleep(1)}\n    '''\n",
        "    x = f'''\n    {time.sleep(1)}\n    '''  # seawall: ignore[SW101]\n",
    ),
]


@pytest.mark.parametrize(("before", "after"), IGNORED)
async def test_a_finding_is_ignored_where_a_comment_may_stand(start: Start, before: str, after: str) -> None:
    editor = await start()
    head = "import time\n\n\nasync def f() -> None:\n"
    editor.open("main.py", head + before)
    assert await editor.diagnostics("main.py")
    await editor.take(titled(await editor.actions("main.py", "time.sleep"), "Ignore SW101"))
    assert editor.text("main.py") == head + after
    assert await editor.diagnostics("main.py") == []


async def secretive(start: Start, **abilities: Any) -> Editor:
    editor = await start(files={".gitignore": ".env\n.venv/\n"}, **abilities)
    editor.open("main.py", SECRETIVE)
    return editor


async def move_to_settings(editor: Editor) -> types.CodeAction:
    found = await editor.actions("main.py", f'"{SECRET}"', ["quickfix"])
    return await editor.take(titled([one for one in found if "ettings" in one.title][:1], ""))


async def test_a_fix_over_several_files_creates_what_is_missing(start: Start) -> None:
    editor = await secretive(start)
    taken = await move_to_settings(editor)
    assert taken.edit and taken.edit.document_changes
    created = [one.uri for one in taken.edit.document_changes if isinstance(one, types.CreateFile)]
    assert editor.uri(".env") in created
    assert SECRET in editor.text(".env")
    assert SECRET not in editor.text("main.py")
    for change in taken.edit.document_changes:
        if isinstance(change, types.TextDocumentEdit) and change.text_document.uri in created:
            (edit,) = change.edits
            assert edit.range == types.Range(types.Position(0, 0), types.Position(1, 0))


async def test_without_create_a_new_file_is_an_edit_alone(start: Start) -> None:
    editor = await secretive(start, creates=False)
    taken = await move_to_settings(editor)
    assert taken.edit and taken.edit.document_changes
    assert all(isinstance(one, types.TextDocumentEdit) for one in taken.edit.document_changes)
    assert SECRET in editor.text(".env")


async def test_the_plainest_client_gets_plain_changes(start: Start) -> None:
    editor = await secretive(start, creates=False, document_changes=False, resolve=False)
    taken = await move_to_settings(editor)
    assert taken.edit and taken.edit.changes and taken.edit.document_changes is None
    assert SECRET in editor.text(".env")


async def test_an_action_that_the_code_has_outrun_says_so(start: Start) -> None:
    editor = await start()
    editor.open("main.py", SLEEPY)
    first, *_ = await editor.actions("main.py", "time.sleep(1)")
    editor.replace("main.py", "time.sleep(1)", "pass")
    taken = await editor.client.code_action_resolve_async(first)
    assert taken.edit is None
    assert "changed" in editor.client.messages[-1].message


async def test_an_action_follows_its_finding(start: Start) -> None:
    """What was typed above since then does not matter."""
    editor = await start()
    editor.open("main.py", SLEEPY)
    first, *_ = await editor.actions("main.py", "time.sleep(1)")
    editor.replace("main.py", "import time\n", "import os\nimport time\n")
    await editor.take(first)
    assert "await asyncio.sleep(1)" in editor.text("main.py")


async def test_a_client_without_literals_is_offered_nothing(start: Start) -> None:
    editor = await start(literals=False)
    editor.open("main.py", SLEEPY)
    assert await editor.actions("main.py", "time.sleep(1)") == []


async def test_unfixable_rules_offer_no_fix(start: Start) -> None:
    editor = await start(options={"settings": {"unfixable": ["SW101"]}})
    editor.open("main.py", SLEEPY)
    assert [one.title for one in await editor.actions("main.py", "time.sleep(1)")] == ["Ignore SW101 on this line"]


async def test_what_was_chosen_is_applied_without_another_question(start: Start) -> None:
    """VS Code would list an annotated edit's parts, none of them ticked."""
    editor = await secretive(start, annotations=True)
    offered = await editor.actions("main.py", f'"{SECRET}"', ["quickfix"])
    resolved = [await editor.client.code_action_resolve_async(one) for one in offered]
    wide = [one for one in resolved if one.edit and len(one.edit.document_changes or ()) > 1]
    assert wide
    for action in wide:
        assert action.edit and action.edit.document_changes
        assert action.edit.change_annotations is None
        for change in action.edit.document_changes:
            parts = change.edits if isinstance(change, types.TextDocumentEdit) else [change]
            assert not any(getattr(part, "annotation_id", None) for part in parts)
