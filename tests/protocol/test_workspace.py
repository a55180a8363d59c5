"""Folders, files that nobody has open, settings, and what the server does on its own."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from .editor import Start, wait_for
from .test_diagnostics import CALLER, HELPER
from .test_text_sync import SLEEPY

QUIET_HELPER = HELPER.replace("time.sleep(1)", "pass")


def codes(found: list[types.Diagnostic]) -> list[Any]:
    return [one.code for one in found]


# -- files on disk ----------------------------------------------------------------------------------------------------


async def test_a_client_that_can_watch_is_asked_to(start: Start) -> None:
    editor = await start(watch=True)
    (watching,) = await wait_for(lambda: editor.registered)
    assert watching.method == "workspace/didChangeWatchedFiles"
    globs = {watcher["globPattern"] for watcher in watching.register_options["watchers"]}
    assert {"**/*.py", "**/pyproject.toml", "**/.env*", "**/alembic.ini", "**/.gitignore"} <= globs


@pytest.mark.parametrize("watch", [True, False])
async def test_a_change_on_disk_reaches_open_files(start: Start, watch: bool) -> None:
    """Told by the client, or else seen when something is saved."""
    editor = await start(files={"helper.py": QUIET_HELPER, "main.py": CALLER}, watch=watch)
    editor.open("main.py")
    assert await editor.diagnostics("main.py") == []
    await asyncio.sleep(0.5)
    for text, expected in ((HELPER, ["SW103"]), (QUIET_HELPER + "\n", []), (None, [])):
        if text is None:
            (editor.root / "helper.py").unlink()
        else:
            editor.write("helper.py", text)
        if watch:
            editor.changed_on_disk("helper.py")
        else:
            editor.save("main.py")
        await editor.until("main.py", lambda found, expected=expected: codes(found) == expected)


async def test_what_is_open_outranks_the_disk(start: Start) -> None:
    editor = await start(files={"helper.py": QUIET_HELPER, "main.py": CALLER}, watch=True)
    editor.open("main.py")
    editor.open("helper.py")
    editor.write("helper.py", HELPER)
    editor.changed_on_disk("helper.py")
    await asyncio.sleep(0.7)
    editor.replace("main.py", "wait()\n", "wait() \n")
    assert await editor.diagnostics("main.py") == []


async def test_another_branch_is_taken_in_one_go(start: Start) -> None:
    files = {f"helpers/h{n}.py": QUIET_HELPER for n in range(200)}
    caller = "".join(f"from helpers.h{n} import wait as w{n}\n" for n in range(200))
    caller += "\n\nasync def handler() -> None:\n" + "".join(f"    w{n}()\n" for n in range(200))
    editor = await start(files={**files, "main.py": caller}, watch=True)
    editor.open("main.py")
    await asyncio.sleep(1)
    for name in files:
        editor.write(name, HELPER)
    editor.changed_on_disk(*files)
    found = await editor.until("main.py", lambda found: len(found) == 200)
    assert set(codes(found)) == {"SW103"}


async def test_progress_is_shown_and_can_be_cancelled(start: Start) -> None:
    files = {f"app/m{n}.py": QUIET_HELPER * 20 for n in range(300)}
    editor = await start(files=files, progress=True)
    reports = editor.client.progress_reports
    (token,) = await wait_for(lambda: list(reports))
    await wait_for(lambda: reports[token])
    assert isinstance(reports[token][0], types.WorkDoneProgressBegin) and reports[token][0].cancellable
    editor.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    await wait_for(lambda: isinstance(reports[token][-1], types.WorkDoneProgressEnd))
    editor.open("main.py", SLEEPY)
    assert codes(await editor.diagnostics("main.py")) == ["SW101"]


async def test_typing_goes_on_while_the_project_is_read(start: Start) -> None:
    files = {f"app/m{n}.py": QUIET_HELPER * 50 for n in range(200)}
    editor = await start(files=files)
    editor.open("main.py", SLEEPY)
    for n in range(1, 20):
        editor.replace("main.py", f"sleep({n})", f"sleep({n + 1})")
        assert codes(await editor.diagnostics("main.py")) == ["SW101"]


# -- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [{"settings": {"ignore": ["SW101"]}}, {"seawall": {"ignore": "SW101"}}, {"ignore": ["blocking-call-in-async"]}],
)
async def test_settings_come_with_initialize(start: Start, options: Any) -> None:
    editor = await start(options=options)
    editor.open("main.py", SLEEPY)
    assert await editor.diagnostics("main.py") == []


async def test_settings_change_while_running(start: Start) -> None:
    editor = await start()
    editor.open("main.py", SLEEPY)
    assert codes(await editor.diagnostics("main.py")) == ["SW101"]
    for settings, expected in (({"seawall": {"severity": {"SW101": "off"}}}, []), ({"seawall": {}}, ["SW101"])):
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings))
        await editor.until("main.py", lambda found, expected=expected: codes(found) == expected)


async def test_a_client_that_can_be_asked_is_asked(start: Start) -> None:
    editor = await start(configuration=True)
    editor.client.set_configuration({"ignore": ["SW101"]}, section="seawall")
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    editor.open("main.py", SLEEPY)
    await editor.until("main.py", lambda found: not found)


async def test_the_projects_settings_change_as_they_are_typed(start: Start) -> None:
    editor = await start(files={"seawall.toml": 'ignore = ["SW102"]\n'})
    editor.open("main.py", SLEEPY)
    editor.open("seawall.toml", language="toml")
    assert codes(await editor.diagnostics("main.py")) == ["SW101"]
    editor.replace("seawall.toml", "SW102", "SW101")
    await editor.until("main.py", lambda found: not found)
    editor.close("seawall.toml")
    await editor.until("main.py", lambda found: codes(found) == ["SW101"])


async def test_wrong_settings_are_told_once_and_shown_where_they_stand(start: Start) -> None:
    editor = await start(files={"seawall.toml": 'select = ["SW101"]\ncolour = 1\n'})
    editor.open("main.py", SLEEPY)
    (finding,) = await editor.until("seawall.toml", bool)
    assert "colour" in finding.message and finding.range.start.line == 1
    assert codes(await editor.diagnostics("main.py")) == ["SW101"]
    assert [one for one in editor.client.messages if "colour" in one.message]
    told = len(editor.client.messages)
    editor.open("seawall.toml", language="toml")
    editor.replace("seawall.toml", "colour = 1", "colour = 2")
    await asyncio.sleep(0.7)
    assert len(editor.client.messages) == told
    editor.replace("seawall.toml", "colour = 2", "")
    await editor.until("seawall.toml", lambda found: not found)


async def test_settings_of_no_use_are_survived(start: Start) -> None:
    editor = await start(options={"settings": [1, 2]})
    for nonsense in (None, 3, "x", [], {"seawall": 7}, {"seawall": {"select": 7, "x": {}}}):
        editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(nonsense))
    editor.open("main.py", SLEEPY)
    assert codes(await editor.diagnostics("main.py")) == ["SW101"]


# -- folders ----------------------------------------------------------------------------------------------------------


async def test_each_folder_has_settings_of_its_own(start: Start, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, ignored in ((one, "SW101"), (two, "SW999")):
        folder.mkdir()
        (folder / "seawall.toml").write_text(f'extend-ignore = ["{ignored}"]\n')
    editor = await start(root="one", folders=[one])
    editor.open("main.py", SLEEPY)
    assert await editor.diagnostics("main.py") == []
    event = types.WorkspaceFoldersChangeEvent([types.WorkspaceFolder(two.as_uri(), "two")], [])
    editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    editor.open((two / "main.py").as_uri(), SLEEPY)
    assert codes(await editor.diagnostics((two / "main.py").as_uri())) == ["SW101"]
    event = types.WorkspaceFoldersChangeEvent([], [types.WorkspaceFolder(two.as_uri(), "two")])
    editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
    editor.replace((two / "main.py").as_uri(), "sleep(1)", "sleep(2)")
    assert codes(await editor.diagnostics((two / "main.py").as_uri())) == ["SW101"]


async def test_a_file_outside_of_all_folders_belongs_to_the_project_around_it(start: Start, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "seawall.toml").write_text("")
    (other / "helper.py").write_text(HELPER)
    editor = await start()
    uri = (other / "main.py").as_uri()
    editor.open(uri, CALLER)
    await editor.until(uri, lambda found: codes(found) == ["SW103"])


async def test_without_any_folder(start: Start) -> None:
    editor = await start(folders=[], files={"helper.py": HELPER, "main.py": CALLER})
    editor.open("main.py")
    await editor.until("main.py", lambda found: codes(found) == ["SW103"])


async def test_the_whole_disk_is_not_read(start: Start) -> None:
    editor = await start(folders=[Path("/"), Path.home()], progress=True)
    editor.open("main.py", SLEEPY)
    assert codes(await editor.diagnostics("main.py")) == ["SW101"]


# -- commands ---------------------------------------------------------------------------------------------------------


async def create_venv(editor: Any, uri: str) -> None:
    params = types.ExecuteCommandParams("seawall.createVenv", [uri])
    await editor.client.workspace_execute_command_async(params)


async def test_an_environment_is_created_once_the_user_agrees(start: Start, tmp_path: Path) -> None:
    root = tmp_path / "bare"
    root.mkdir()
    (root / "requirements.txt").write_text("fastapi\n")
    editor = await start(folders=[root])
    editor.answer = "Cancel"
    await create_venv(editor, root.as_uri())
    await wait_for(lambda: editor.requests)
    await asyncio.sleep(0.3)
    assert not (root / ".venv").exists()
    editor.answer = "Create .venv"
    await create_venv(editor, root.as_uri())
    await wait_for(lambda: [one for one in editor.client.messages if "Created" in one.message], 120)
    assert (root / ".venv" / "pyvenv.cfg").is_file()


async def test_no_environment_outside_of_the_workspace(start: Start, tmp_path: Path) -> None:
    editor = await start()
    editor.answer = "Create .venv"
    await create_venv(editor, tmp_path.as_uri())
    await wait_for(lambda: editor.client.messages)
    assert not editor.requests and not (tmp_path / ".venv").exists()


async def test_the_finding_of_a_missing_environment_offers_to_create_it(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "bare"
    root.mkdir()
    (root / "requirements.txt").write_text("fastapi\n")
    editor = await start(folders=[root])
    uri = (root / "requirements.txt").as_uri()
    editor.open(uri, "fastapi\n", language="pip-requirements")
    try:
        found = await asyncio.wait_for(editor.until(uri, bool), 5)
    except TimeoutError:
        pytest.skip("this machine is a container: no environment is asked for")
    (finding,) = (one for one in found if one.code == "SW601")
    actions = await editor.actions(uri, finding.range, ["quickfix"])
    (command,) = (one.command for one in actions if one.command)
    assert command.command == "seawall.createVenv" and command.arguments == [root.as_uri()]
