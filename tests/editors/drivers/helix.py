"""Helix in a terminal, at its user's keys."""

from __future__ import annotations

import re
import shutil
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
        wait_for("Helix to start", lambda: self.status)
        self._command(f"open {path}")
        wait_for("Helix to open the file", lambda: path.name in self.status)

    def write_below(self, line: str, text: str) -> None:
        number, _ = where(self.path.read_text(encoding="utf-8"), line)
        self._command(str(number))
        wait_for("the cursor to get there", lambda: self.position[0] == number)
        self.terminal.type("o")
        self.terminal.type(text)
        self.terminal.press("Escape")
        wait_for("the line to be typed", lambda: text in self.text and self.status)

    def finding(self, code: str) -> Finding:
        line, column = wait_for(code, lambda: self._go_to(code))
        return Finding(code, line, column)

    def no_finding(self, code: str) -> None:
        wait_for(f"{code} to go", lambda: self._go_to(code) is None)

    def fix(self, finding: Finding, title: str) -> None:
        wait_for(finding.code, lambda: self._go_to(finding.code))
        before = self.terminal.settled()
        self.terminal.type(" a")
        wait_for(f"the action {title!r}", lambda: title in self.text)
        shown = self.terminal.settled()
        menu = [row for row, (old, new) in enumerate(zip(before, shown, strict=True)) if old != new]
        chosen = next(row for row in menu if title in shown[row])
        self.terminal.press(*["Down"] * (chosen - menu[0]), "Enter")  # the first is chosen beforehand
        self.no_finding(finding.code)

    def save_all(self) -> None:
        self._command("write-all")
        wait_for("the files to be written", lambda: self.status and "[+]" not in self.status)

    def close(self) -> None:
        self.terminal.close()

    @property
    def text(self) -> str:
        return "\n".join(self.terminal.screen())

    @property
    def status(self) -> str:
        """The status line, the last but one; empty as long as it is hidden by what Helix proposes to a command."""
        line = "".join(self.terminal.settled()[-2:-1])
        return line if line.startswith(" NOR ") else ""

    @property
    def position(self) -> tuple[int, int]:
        found = POSITION.search(self.status)
        return (int(found[1]), int(found[2])) if found else (0, 0)

    def _go_to(self, code: str) -> tuple[int, int] | None:
        """From one finding to the next, until the message in the corner ends with this code."""
        self.terminal.press("Escape")
        self.terminal.type("gg")
        seen = {self.position}
        while True:
            self.terminal.type("]d")
            self.terminal.press("M-\\;")  # from the end of what is selected to its start
            position = self.position
            if f"({code})" in self.text:
                return position
            if position in seen:
                return None
            seen.add(position)

    def _command(self, command: str) -> None:
        self.terminal.press("Escape")
        self.terminal.type(f":{command}")
        self.terminal.press("Enter")
