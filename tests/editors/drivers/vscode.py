"""VS Code, served by code-server and used in a browser: keys, menus and the Problems panel."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from .base import Finding, wait_for, where

UNSAVED = ".tab.dirty, .activitybar .badge[aria-label*='unsaved']"
PLACE = re.compile(r"\[Ln (\d+), Col (\d+)\]")

SETTINGS = {
    "security.workspace.trust.enabled": False,
    "workbench.startupEditor": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "chat.disableAIFeatures": True,
    "editor.autoClosingBrackets": "never",
    "editor.autoClosingQuotes": "never",
    "files.autoSave": "off",
    "editor.quickSuggestions": False,
    "editor.suggestOnTriggerCharacters": False,
    "window.confirmBeforeClose": "never",
}


class VSCode:
    def __init__(
        self, command: list[str], node: Path, chromium: Path, project: Path, environment: dict[str, str], scratch: Path
    ) -> None:
        """`command` is code-server's, extensions and all; `node` has Playwright beside it."""
        self.project, self.lines = project, [""]
        user = scratch / "data" / "User"
        user.mkdir(parents=True)
        (user / "settings.json").write_text(json.dumps(SETTINGS))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        self.address = f"http://{address}"
        self.log = (scratch / "code-server.log").open("w")
        self.server = subprocess.Popen(
            [*command, "--bind-addr", address, "--user-data-dir", user.parent],
            cwd=project,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        self.browser = subprocess.Popen(
            [node, Path(__file__).with_name("browser.mjs"), node.parents[2], chromium],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )

    def open(self, path: Path) -> None:
        wait_for("code-server to listen", lambda: _answers(f"{self.address}/healthz"))
        self._do("visit", f"{self.address}/?folder={self.project}")
        wait_for("VS Code to be drawn", lambda: self._do("texts", ".monaco-workbench .statusbar"))
        self.lines = path.read_text(encoding="utf-8").splitlines()
        self._ask("Control+p", str(path.relative_to(self.project)))
        wait_for("the file to be found", lambda: path.name in self._text(".quick-input-list"))
        self._do("press", "Enter")
        wait_for("the file to be open", lambda: path.name in self._text(".tab.active"))
        self._command("View: Focus Problems")
        wait_for("the Problems panel", lambda: self._do("texts", ".markers-panel"))
        self._command("View: Focus Active Editor Group")

    def write_below(self, line: str, text: str) -> None:
        number, _ = where("\n".join(self.lines), line)
        above = self.lines[number - 1]
        self.lines.insert(number, above[: len(above) - len(above.lstrip())] + text)
        self._go_to(number, len(above) + 1)
        self._do("press", "Enter")
        self._do("type", text)

    def finding(self, code: str) -> Finding:
        return wait_for(code, lambda: self._find(code))

    def no_finding(self, code: str) -> None:
        wait_for(f"{code} to go", lambda: self._find(code) is None)

    def fix(self, finding: Finding, title: str) -> None:
        self._go_to(finding.line, finding.column)
        self._do("press", "Control+.")
        wait_for("the actions", lambda: title in self._text(".action-widget"))
        self._do("click", ".action-widget .monaco-list-row", title)
        wait_for("the edit", lambda: self._find(finding.code) is None)
        wait_for("all of the edit to arrive", self._stands_still)

    def save_all(self) -> None:
        self._command("File: Save All")
        wait_for("all to be written", lambda: not self._unsaved() and self._stands_still())

    def screenshot(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._do("screenshot", str(path))

    def close(self) -> None:
        assert self.browser.stdin
        self.browser.stdin.close()
        self.server.terminate()
        for process in (self.browser, self.server):
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
        self.log.close()

    def _stands_still(self) -> bool:
        """The badge lags a little behind what it counts."""
        before = self._unsaved()
        time.sleep(1)
        return self._unsaved() == before

    def _unsaved(self) -> list[str]:
        return self._do("labels", UNSAVED)

    def _find(self, code: str) -> Finding | None:
        for row in self._do("texts", ".markers-panel .monaco-list-row"):
            if code in row.splitlines() and (place := PLACE.search(row)):
                line, column = int(place[1]), int(place[2])
                before = self.lines[line - 1].encode("utf-16-le")[: 2 * (column - 1)]
                return Finding(code, line, len(before.decode("utf-16-le")) + 1)
        return None

    def _go_to(self, line: int, column: int) -> None:
        """The input counts UTF-16 units, as the Problems panel does; the status line counts characters."""
        units = len(self.lines[line - 1][: column - 1].encode("utf-16-le")) // 2
        self._ask("Control+g", f"{line}:{units + 1}")
        wait_for("VS Code to know the place", lambda: f"line {line} " in self._text(".quick-input-widget"))
        self._do("press", "Enter")
        here = f"Ln {line}, Col {column}"
        wait_for(f"the cursor at {here}", lambda: here in self._text(".statusbar"))

    def _command(self, command: str) -> None:
        self._ask("F1", command)
        wait_for(f"the command {command!r}", lambda: command in self._text(".quick-input-list"))
        self._do("press", "Enter")

    def _ask(self, key: str, text: str) -> None:
        self._do("press", key)
        wait_for("the input", lambda: self._text(".quick-input-widget:visible"))
        self._do("insert", text)

    def _text(self, selector: str) -> str:
        return "".join(self._do("texts", selector)).replace("\n", "")

    def _do(self, *request: str) -> Any:
        assert self.browser.stdin and self.browser.stdout
        self.browser.stdin.write(json.dumps(request) + "\n")
        self.browser.stdin.flush()
        if not (line := self.browser.stdout.readline()):
            raise RuntimeError("the browser has gone")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=1):
            return True
    except (URLError, OSError):
        return False
