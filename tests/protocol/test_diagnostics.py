"""Findings reach the editor at once, once, and nowhere they no longer belong."""

from __future__ import annotations

import asyncio

from lsprotocol import types
from pytest_lsp import client_capabilities

from .editor import Editor, Start, wait_for
from .test_text_sync import SLEEPY

HELPER = "import time\n\n\ndef wait() -> None:\n    time.sleep(1)\n"
CALLER = "from helper import wait\n\n\nasync def handler() -> None:\n    wait()\n"


async def test_a_diagnostic_says_what_where_and_why(start: Start) -> None:
    editor = await start(files={"helper.py": HELPER, "main.py": CALLER})
    editor.open("main.py")
    (finding,) = await editor.until("main.py", bool)
    assert finding.source == "seawall"
    assert finding.code == "SW103"
    assert finding.severity == types.DiagnosticSeverity.Error
    assert finding.code_description is not None
    assert finding.code_description.href.endswith("/blocking-call-chain/")
    assert finding.message.startswith("`wait` blocks the event loop")
    assert finding.related_information
    assert finding.related_information[0].location.uri == editor.uri("helper.py")
    assert finding.related_information[0].location.range.start.line == 4


async def test_a_plain_client_gets_plain_diagnostics(start: Start) -> None:
    editor = await start(says={"textDocument": {}, "workspace": {}})
    editor.open("main.py", SLEEPY)
    (finding,) = await editor.diagnostics("main.py")
    assert finding.code_description is finding.data is finding.related_information is None


async def test_a_burst_of_keystrokes_ends_in_its_last_state(start: Start) -> None:
    editor = await start()
    editor.open("main.py", "import time\n\n\nasync def f() -> None:\n    pass\n")
    for before, after in zip(_growing("time.sleep(1)"), _growing("time.sleep(1)")[1:], strict=False):
        editor.replace("main.py", f"    {before}\n", f"    {after}\n")
    found = await editor.diagnostics("main.py")
    assert [one.code for one in found] == ["SW101"]
    versions = [one.version for one in editor.published if one.uri == editor.uri("main.py")]
    assert versions == sorted(versions)


def _growing(text: str) -> list[str]:
    return ["pass", *(text[:length] for length in range(1, len(text) + 1))]


async def test_an_edit_reaches_other_open_files(start: Start) -> None:
    editor = await start(files={"helper.py": HELPER.replace("time.sleep(1)", "pass"), "main.py": CALLER})
    editor.open("main.py")
    editor.open("helper.py")
    await editor.until("main.py", lambda found: not found)
    editor.replace("helper.py", "pass", "time.sleep(1)")
    await editor.until("main.py", lambda found: [one.code for one in found] == ["SW103"])
    editor.replace("helper.py", "time.sleep(1)", "pass")
    await editor.until("main.py", lambda found: not found)


async def test_other_files_hear_nothing_when_nothing_changed_for_them(start: Start) -> None:
    editor = await start(files={"helper.py": HELPER, "main.py": CALLER})
    editor.open("main.py")
    editor.open("helper.py")
    await editor.until("main.py", bool)
    await asyncio.sleep(0.5)
    told = len([one for one in editor.published if one.uri == editor.uri("main.py")])
    editor.replace("helper.py", "sleep(1)", "sleep(2)")
    await editor.diagnostics("helper.py")
    await asyncio.sleep(0.5)
    assert len([one for one in editor.published if one.uri == editor.uri("main.py")]) == told


async def test_who_pulls_is_not_pushed_to(start: Start) -> None:
    editor = await start(pull=True)
    provider = editor.result.capabilities.diagnostic_provider
    assert isinstance(provider, types.DiagnosticOptions) and provider.workspace_diagnostics
    editor.open("main.py", SLEEPY)
    report = await editor.pull("main.py")
    assert [one.code for one in report.items] == ["SW101"]
    again = await editor.pull("main.py", report.result_id)
    assert again.kind == "unchanged" and again.result_id == report.result_id
    editor.replace("main.py", "time.sleep(1)", "pass")
    third = await editor.pull("main.py", report.result_id)
    assert third.kind == "full" and not third.items and third.result_id != report.result_id
    editor.close("main.py")
    assert not (await editor.pull("main.py")).items
    assert editor.published == []


async def test_who_pushes_offers_no_pulling(start: Start) -> None:
    editor = await start()
    assert editor.result.capabilities.diagnostic_provider is None


async def test_who_pulls_is_told_to_pull_again_when_another_file_changes_things(start: Start) -> None:
    editor = await start(pull=True, files={"helper.py": HELPER.replace("time.sleep(1)", "pass"), "main.py": CALLER})
    editor.open("main.py")
    editor.open("helper.py")
    assert not (await editor.pull("main.py")).items
    await editor.pull("helper.py")
    await asyncio.sleep(0.5)
    before = editor.client.diagnostic_refresh_count
    editor.replace("helper.py", "pass", "time.sleep(1)")
    await editor.pull("helper.py")
    await wait_for(lambda: editor.client.diagnostic_refresh_count > before)
    assert [one.code for one in (await editor.pull("main.py")).items] == ["SW103"]


class WorkspaceReport:
    """What a client knows of the files that are not open, by asking for news again and again."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor
        self._known: dict[str, str] = {}
        self._codes: dict[str, list[object]] = {}

    async def until(self, name: str, codes: list[str]) -> None:
        """Ask until these codes are what is said of a file."""
        while self._codes.get(self._editor.uri(name), []) != codes:
            await self.ask()

    async def ask(self) -> None:
        known = [types.PreviousResultId(uri, value) for uri, value in self._known.items()]
        params = types.WorkspaceDiagnosticParams(known, identifier="seawall")
        report = await asyncio.wait_for(self._editor.client.workspace_diagnostic_async(params), 20)
        for one in report.items:
            assert isinstance(one, types.WorkspaceFullDocumentDiagnosticReport)
            self._known[one.uri] = one.result_id or ""
            self._codes[one.uri] = [found.code for found in one.items]


async def test_the_workspaces_report_tells_of_files_that_are_not_open(start: Start) -> None:
    editor = await start(pull=True, files={"seawall.toml": "colour = 1\n"})
    report = WorkspaceReport(editor)
    await report.until("seawall.toml", ["settings"])
    waiting = asyncio.ensure_future(report.ask())
    await asyncio.sleep(0.5)
    assert not waiting.done()
    editor.write("seawall.toml", "")
    editor.changed_on_disk("seawall.toml")
    await waiting
    await report.until("seawall.toml", [])


async def test_the_workspaces_report_tells_of_python_files_that_are_not_open(start: Start) -> None:
    """A change of one file, on disk or in the editor, reaches those that call it."""
    quiet = HELPER.replace("time.sleep(1)", "pass")
    editor = await start(pull=True, watch=True, files={"helper.py": quiet, "main.py": CALLER, "other.py": SLEEPY})
    report = WorkspaceReport(editor)
    await report.until("other.py", ["SW101"])
    editor.write("helper.py", HELPER)
    editor.changed_on_disk("helper.py")
    await report.until("main.py", ["SW103"])
    editor.open("helper.py", quiet)
    await report.until("main.py", [])
    editor.open("other.py", SLEEPY + SLEEPY)
    editor.close("other.py")
    await report.ask()
    await report.until("other.py", ["SW101"])
    (editor.root / "other.py").unlink()
    editor.changed_on_disk("other.py")
    await report.until("other.py", [])


async def test_real_editors_are_served_as_they_ask(start: Start) -> None:
    for name, pulls in (("neovim", True), ("visual-studio-code", False), ("emacs", False)):
        editor = await start(says=client_capabilities(name), root=name)
        editor.open("main.py", SLEEPY)
        report = (await editor.pull("main.py")).items if pulls else await editor.diagnostics("main.py")
        assert [one.code for one in report] == ["SW101"], name


async def test_hovering_shows_the_rules_page(start: Start) -> None:
    editor = await start(encoding="utf-16")
    editor.open("main.py", SLEEPY)

    async def hover(part: str) -> types.Hover | None:
        place = editor.range_of("main.py", part).start
        document = types.TextDocumentIdentifier(editor.uri("main.py"))
        return await editor.client.text_document_hover_async(types.HoverParams(document, place))

    shown = await hover("sleep(1)")
    assert shown and isinstance(shown.contents, types.MarkupContent)
    assert shown.contents.kind == types.MarkupKind.Markdown
    assert "SW101" in shown.contents.value and "```python" in shown.contents.value and "«" not in shown.contents.value
    assert shown.range == editor.range_of("main.py", "time.sleep(1)")
    assert await hover("import") is None


async def test_a_plain_client_hovers_over_plain_text(start: Start) -> None:
    editor = await start(markdown=False)
    editor.open("main.py", SLEEPY)
    document = types.TextDocumentIdentifier(editor.uri("main.py"))
    place = editor.range_of("main.py", "sleep(1)").start
    shown = await editor.client.text_document_hover_async(types.HoverParams(document, place))
    assert shown and isinstance(shown.contents, types.MarkupContent)
    assert shown.contents.kind == types.MarkupKind.PlainText and "```" not in shown.contents.value
