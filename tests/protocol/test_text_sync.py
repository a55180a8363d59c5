"""The text that the server has is the text that the editor has, whatever the client does."""

from __future__ import annotations

import pytest
from lsprotocol import types

from .editor import Start

SLEEPY = "import time\n\n\nasync def rest() -> None:\n    name = 'Zoé 🦩'; time.sleep(1)\n"

ENCODINGS = pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])


@ENCODINGS
async def test_ranges_are_in_the_clients_units(start: Start, encoding: str) -> None:
    editor = await start(encoding=encoding)
    assert editor.encoding == encoding
    editor.open("main.py", SLEEPY)
    (finding,) = await editor.diagnostics("main.py")
    assert finding.range == editor.range_of("main.py", "time.sleep(1)")


@ENCODINGS
async def test_edits_are_taken_in_the_clients_units(start: Start, encoding: str) -> None:
    editor = await start(encoding=encoding)
    editor.open("main.py", SLEEPY.replace("time.sleep(1)", "pass"))
    assert await editor.diagnostics("main.py") == []
    editor.replace("main.py", "pass", "time.sleep(1)")
    editor.replace("main.py", "'; ", " 🦩🦩é'; ")
    (finding,) = await editor.diagnostics("main.py")
    assert finding.range == editor.range_of("main.py", "time.sleep(1)")


async def test_without_a_word_on_units_they_are_utf_16(start: Start) -> None:
    editor = await start(encoding=None)
    assert editor.encoding == "utf-16"


async def test_utf_8_is_taken_if_it_is_offered(start: Start) -> None:
    editor = await start(
        says={"general": {"positionEncodings": ["utf-16", "utf-32", "utf-8"]}, "textDocument": {}, "workspace": {}}
    )
    assert editor.encoding == "utf-8"


async def test_line_ends_are_those_of_the_protocol(start: Start) -> None:
    """Form feeds and Unicode's separators end no line."""
    editor = await start()
    editor.open("main.py", "A = 'x\x0c\x1c\u2028\x85y'\r\n" + SLEEPY)
    editor.replace("main.py", "time.sleep(1)", "time.sleep(2)")
    (finding,) = await editor.diagnostics("main.py")
    assert finding.range.start.line == 5


async def test_several_changes_at_once_apply_in_their_order(start: Start) -> None:
    editor = await start()
    editor.open("main.py", SLEEPY)
    first = types.Range(types.Position(0, 0), types.Position(0, 0))
    editor.send(
        "main.py",
        types.TextDocumentContentChangePartial(range=first, text="# one\n"),
        types.TextDocumentContentChangePartial(range=first, text="# two\n"),
    )
    (finding,) = await editor.diagnostics("main.py")
    assert finding.range.start.line == 6


async def test_a_whole_text_takes_the_place_of_the_old(start: Start) -> None:
    editor = await start()
    editor.open("main.py", "")
    editor.send("main.py", types.TextDocumentContentChangeWholeDocument(SLEEPY))
    assert len(await editor.diagnostics("main.py")) == 1


async def test_places_outside_of_the_text_are_moved_into_it(start: Start) -> None:
    editor = await start()
    editor.open("main.py", SLEEPY)
    far = types.Position(10_000, 10_000)
    editor.send("main.py", types.TextDocumentContentChangePartial(range=types.Range(far, far), text="\n\nx = 1\n"))
    assert len(await editor.diagnostics("main.py")) == 1
    reversed_range = types.Range(types.Position(5, 0), types.Position(0, 0))
    editor.send("main.py", types.TextDocumentContentChangePartial(range=reversed_range, text=""))
    assert await editor.diagnostics("main.py") == []


async def test_versions_may_come_in_any_order(start: Start) -> None:
    editor = await start()
    editor.open("main.py", "import time\n")
    line = types.Position(1, 0)
    for version, text in ((9, "async def f():\n"), (4, "    time.sleep(1)\n")):
        editor.send(
            "main.py",
            types.TextDocumentContentChangePartial(range=types.Range(line, line), text=text),
            version=version,
        )
        line = types.Position(2, 0)
    assert len(await editor.diagnostics("main.py")) == 1


async def test_a_change_before_any_opening_builds_on_the_disk(start: Start) -> None:
    editor = await start(files={"main.py": SLEEPY})
    place = types.Range(types.Position(0, 0), types.Position(0, 0))
    editor.send("main.py", types.TextDocumentContentChangePartial(range=place, text="\n"))
    (finding,) = await editor.diagnostics("main.py")
    assert finding.range.start.line == 5


async def test_opening_twice_takes_the_second_text(start: Start) -> None:
    editor = await start()
    editor.open("main.py", "x = 1\n")
    editor.open("main.py", SLEEPY)
    assert len(await editor.diagnostics("main.py")) == 1


async def test_closing_takes_findings_back(start: Start) -> None:
    editor = await start()
    editor.open("main.py", SLEEPY)
    assert len(await editor.diagnostics("main.py")) == 1
    editor.close("never_opened.py")
    editor.close("main.py")
    assert await editor.until("main.py", lambda found: not found) == []


async def test_a_closed_file_counts_as_it_is_on_disk(start: Start) -> None:
    """What was typed into another file and thrown away is forgotten."""
    files = {"helper.py": "def wait() -> None:\n    pass\n"}
    editor = await start(files={**files, "main.py": "import helper\n\n\nasync def f() -> None:\n    helper.wait()\n"})
    editor.open("main.py")
    editor.open("helper.py", "import time\n\n\ndef wait() -> None:\n    time.sleep(1)\n")
    await editor.until("main.py", lambda found: [one.code for one in found] == ["SW103"])
    editor.close("helper.py")
    await editor.until("main.py", lambda found: not found)


@pytest.mark.parametrize(
    "name", ["untitled:Untitled-1", "vscode-notebook-cell:/x/n.ipynb#W0sZmlsZQ", "git:/x/a.py?%7B%7D"]
)
async def test_what_is_no_file_is_checked_alone(start: Start, name: str) -> None:
    editor = await start()
    editor.open(name, SLEEPY)
    (finding,) = await editor.diagnostics(name)
    action, *_ = await editor.actions(name, "time.sleep(1)")
    await editor.take(action)
    assert "await asyncio.sleep(1)" in editor.text(name)
    assert finding.code == "SW101"


async def test_libraries_are_nobodys_to_mend(start: Start) -> None:
    editor = await start()
    editor.open(".venv/lib/python3.11/site-packages/thing.py", SLEEPY)
    assert await editor.diagnostics(".venv/lib/python3.11/site-packages/thing.py") == []


async def test_half_typed_code_keeps_its_findings(start: Start) -> None:
    editor = await start()
    editor.open("main.py", SLEEPY + "\n\ndef other() -> None:\n    pass\n")
    editor.replace("main.py", "    pass", "    print((")
    assert "SW101" in [one.code for one in await editor.diagnostics("main.py")]
