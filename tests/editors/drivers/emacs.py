"""Emacs in a terminal: keys go in as its user's would, and `emacsclient` asks what came of them."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from .base import Finding, wait_for, where
from .terminal import Terminal

CONFIG = Path(__file__).resolve().parents[3] / "editors" / "emacs" / "seawall.el"

INIT = """\
(load "{config}")
(setq inhibit-startup-screen t make-backup-files nil ring-bell-function #'ignore
      completion-styles '(substring) eglot-confirm-server-edits nil)
(menu-bar-mode -1)
(require 'server)
(setq server-socket-dir "{sockets}")
(server-start)
"""


class Emacs:
    def __init__(
        self, command: list[str], client: list[str], project: Path, environment: dict[str, str], scratch: Path
    ) -> None:
        self.client = client
        self.socket = scratch / "emacs" / "server"
        self.socket.parent.mkdir(mode=0o700)
        self.environment = environment
        settings = Path(environment["HOME"]) / ".emacs.d"
        settings.mkdir()
        # A fresh home has nothing compiled, and need not wait for it either.
        (settings / "early-init.el").write_text(
            "(setq native-comp-deferred-compilation nil native-comp-jit-compilation nil)\n"
        )
        (settings / "init.el").write_text(INIT.format(config=CONFIG, sockets=self.socket.parent))
        self.terminal = Terminal([*command, "-nw"], project, environment, scratch)

    def open(self, path: Path) -> None:
        wait_for("Emacs to listen", self.socket.exists)
        self.path = path
        self._command(f"find-file\r{path}")
        wait_for("the server to attach", lambda: self.lisp("(and (eglot-managed-p) t)"))

    def write_below(self, line: str, text: str) -> None:
        number, _ = where(self.path.read_text(encoding="utf-8"), line)
        self._command(f"goto-line\r{number}")
        self.terminal.press("C-e", "Enter")
        self.terminal.type(text)
        current = "(buffer-substring-no-properties (line-beginning-position) (line-end-position))"
        wait_for("the line to be typed", lambda: text in (self.lisp(current) or ""))

    def finding(self, code: str) -> Finding:
        return wait_for(code, lambda: self._find(code))

    def no_finding(self, code: str) -> None:
        wait_for(f"{code} to go", lambda: self._find(code) is None)

    def fix(self, finding: Finding, title: str) -> None:
        start = f"(goto-char (point-min)) (forward-line {finding.line - 1}) (+ (point) {finding.column - 1})"
        self._command(f"goto-char\r{self.lisp(f'(save-excursion {start})')}")
        self._command("eglot-code-actions")
        wait_for("the actions", lambda: "Pick an action" in self.text)
        self.terminal.type(title)
        self.terminal.press("Tab", "Enter")

        def done() -> bool:
            if "y or n" in self.text:  # it asks before it touches files that are not open
                self.terminal.type("y")
            return self._find(finding.code) is None

        wait_for(f"the action {title!r}", done)

    def save_all(self) -> None:
        self.lisp("(progn (save-some-buffers t) t)")

    def close(self) -> None:
        self.terminal.close()

    @property
    def text(self) -> str:
        return "\n".join(self.terminal.screen())

    def _find(self, code: str) -> Finding | None:
        found = self.lisp(
            f"""
            (let (found)
              (dolist (diagnostic (flymake-diagnostics) found)
                (when (string-search "[{code}]" (flymake-diagnostic-text diagnostic))
                  (save-excursion
                    (goto-char (flymake-diagnostic-beg diagnostic))
                    (setq found (vector (line-number-at-pos) (1+ (- (point) (line-beginning-position)))))))))
            """
        )
        return Finding(code, *found) if found else None

    def lisp(self, form: str) -> Any:
        """What a form comes to in the file's buffer, even while the minibuffer asks something."""
        buffer = f"(find-buffer-visiting {json.dumps(str(self.path))})"
        in_file = f"(json-encode (let ((file {buffer})) (and file (with-current-buffer file {form}))))"
        command = [*self.client, "--socket-name", str(self.socket), "--eval", in_file]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=30)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return json.loads(json.loads(done.stdout))

    def _command(self, command: str) -> None:
        self.terminal.press("M-x")
        self.terminal.type(command)
        self.terminal.press("Enter")
