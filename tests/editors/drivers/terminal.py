"""A terminal in which a program runs, keys are pressed and the screen is read: tmux, with a socket of its own."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

WIDTH, HEIGHT = 160, 48


class Terminal:
    def __init__(self, command: list[str], folder: Path, environment: dict[str, str], scratch: Path) -> None:
        self.tmux = ["tmux", "-f", "/dev/null", "-u", "-S", str(scratch / "tmux")]
        self.environment = environment
        size = ["-x", str(WIDTH), "-y", str(HEIGHT)]
        self._run("new-session", "-d", *size, "-c", str(folder), *command)
        self._run("set-option", "-s", "escape-time", "0")

    def press(self, *keys: str) -> None:
        """Keys by their names: `Escape`, `Enter`, `Down`, `C-x`."""
        self._run("send-keys", *keys)
        if keys[-1] == "Escape":
            time.sleep(0.05)  # Else it and the next key would pass for Alt.

    def type(self, text: str) -> None:
        # A closing semicolon would be tmux's own.
        self._run("send-keys", "-l", text.removesuffix(";") + "\\;" if text.endswith(";") else text)

    def screen(self) -> list[str]:
        return self._run("capture-pane", "-p").splitlines()

    def settled(self) -> list[str]:
        """The screen once it stands still."""
        last, screen = None, self.screen()
        while screen != last:
            time.sleep(0.04)
            last, screen = screen, self.screen()
        return screen

    def close(self) -> None:
        self._run("kill-server")

    def _run(self, *arguments: str) -> str:
        command = [*self.tmux, *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=True, timeout=30)
        return done.stdout
