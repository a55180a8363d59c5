"""Helix in a terminal, at its user's keys."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

from .base import Finding, wait_for, where
from .terminal import Terminal

CONFIG = Path(__file__).resolve().parents[3] / "editors" / "helix" / "languages.toml"
POSITION = re.compile(r"\b(\d+):(\d+)\s*$")


class Helix:
    def __init__(self, command: list[str], project: Path, environment: dict[str, str], scratch: Path) -> None:
        settings = Path(environment["HOME"]) / ".config/helix"
        settings.mkdir(parents=True)
        shutil.copy(CONFIG, settings / "languages.toml")
        (settings / "config.toml").write_text('[editor.statusline]\nright = ["position"]\n')
        self.terminal = Terminal(command, project, environment, scratch)

    def open(self, path: Path) -> None:
        self.path = path
        self._command(f"open {path}")
        wait_for("Helix to open the file", lambda: self.position == (1, 1) and path.name in self.text)

    def write_below(self, line: str, text: str) -> None:
        number, _ = where(self.path.read_text(encoding="utf-8"), line)
        self._command(str(number))
        self.terminal.type("o")
        self.terminal.type(text)
        self.terminal.press("Escape")
        wait_for("the line to be typed", lambda: text in self.text)

    def finding(self, code: str) -> Finding:
        line, column = wait_for(code, lambda: self._go_to(code))
        return Finding(code, line, column)

    def no_finding(self, code: str) -> None:
        wait_for(f"{code} to go", lambda: self._go_to(code) is None)

    def fix(self, finding: Finding, title: str) -> None:
        wait_for(finding.code, lambda: self._go_to(finding.code))
        before = self.text
        self.terminal.type(" a")
        wait_for(f"the action {title!r}", lambda: title in self.text)
        print("\n".join(self.terminal.screen()))
        self.terminal.press("Down", "Enter")
        wait_for("the action to be done", lambda: title not in self.text)

    def save_all(self) -> None:
        self._command("write-all")
        wait_for("the files to be written", lambda: "[+]" not in self.text)

    def close(self) -> None:
        self.terminal.close()

    @property
    def text(self) -> str:
        return "\n".join(self.terminal.screen())

    @property
    def position(self) -> tuple[int, int] | None:
        """What the status line, the last but one, says of the cursor."""
        lines = self.terminal.screen()
        found = POSITION.search(lines[-2]) if len(lines) > 1 else None
        return (int(found[1]), int(found[2])) if found else None

    def _go_to(self, code: str) -> tuple[int, int] | None:
        """From one finding to the next, until the message in the corner ends with this code."""
        self.terminal.press("Escape", "Escape")
        self.terminal.type("gg")
        seen = {self.position}
        while True:
            self.terminal.type("]d")
            time.sleep(0.1)
            if f"({code})" in self.text:
                return self.position
            if self.position in seen:
                return None
            seen.add(self.position)

    def _command(self, command: str) -> None:
        self.terminal.press("Escape", "Escape")
        self.terminal.type(f":{command}")
        self.terminal.press("Enter")
