"""Neovim without a screen: keys go in through its own `--remote-send`, questions through `--remote-expr`."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from .base import Finding, wait_for

CONFIG = Path(__file__).resolve().parents[3] / "editors" / "neovim"


class Neovim:
    def __init__(self, program: Path, project: Path, environment: dict[str, str], scratch: Path) -> None:
        self.program, self.environment = program, environment
        self.socket = scratch / "nvim"
        self.process = subprocess.Popen(
            [
                program,
                *("--clean", "--headless", "--listen", self.socket),
                *("--cmd", f"set runtimepath^={CONFIG} shortmess+=FWIA noswapfile"),
                *("-c", "lua vim.lsp.enable('seawall')"),
            ],
            cwd=project,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def open(self, path: Path) -> None:
        wait_for("Neovim to listen", self.socket.exists)
        self.lua(f"vim.cmd.edit({json.dumps(str(path))})")
        wait_for("the server to attach", lambda: self.lua("return #vim.lsp.get_clients({ bufnr = 0 }) > 0"))

    def write_below(self, line: str, text: str) -> None:
        self.lua(f"vim.fn.cursor(1, 1) vim.fn.search({json.dumps(chr(92) + 'V' + line)}, 'cW')")
        self._remote("--remote-send", "o" + text.replace("<", "<lt>") + "<Esc>")
        wait_for("the line to be typed", lambda: text in self.lua("return vim.api.nvim_get_current_line()"))

    def finding(self, code: str) -> Finding:
        return wait_for(code, lambda: self._find(code))

    def no_finding(self, code: str) -> None:
        wait_for(f"{code} to go", lambda: self._find(code) is None)

    def fix(self, finding: Finding, title: str) -> None:
        before = self.lua("return vim.b.changedtick")
        self.lua(
            f"""
            local line = vim.fn.getline({finding.line})
            local column = vim.str_byteindex(line, "utf-32", {finding.column - 1})
            vim.api.nvim_win_set_cursor(0, {{ {finding.line}, column }})
            vim.lsp.buf.code_action({{
                apply = true,
                filter = function(action) return action.title:find({json.dumps(title)}, 1, true) ~= nil end,
            }})
            """
        )
        wait_for(f"the action {title!r}", lambda: self.lua("return vim.b.changedtick") != before)

    def save_all(self) -> None:
        """`:w ++p` in every buffer: a file that a fix creates is but a buffer to Neovim until then."""
        self.lua(
            """
            for _, buffer in ipairs(vim.fn.getbufinfo({ bufmodified = 1 })) do
                vim.api.nvim_buf_call(buffer.bufnr, function() vim.cmd("silent write ++p") end)
            end
            """
        )

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)

    def _find(self, code: str) -> Finding | None:
        found = self.lua(
            f"""
            return vim.iter(vim.diagnostic.get(0))
                :filter(function(d) return d.code == {json.dumps(code)} end)
                :map(function(d)
                    local before = vim.fn.getline(d.lnum + 1):sub(1, d.col)
                    return {{ d.code, d.lnum + 1, vim.str_utfindex(before, "utf-32") + 1 }}
                end)
                :totable()
            """
        )
        return Finding(*found[0]) if found else None

    def lua(self, code: str) -> Any:
        quoted = code.replace("'", "''")
        answer = self._remote("--remote-expr", f"luaeval('vim.json.encode(loadstring(_A)() or vim.NIL)', '{quoted}')")
        return json.loads(answer)

    def _remote(self, how: str, what: str) -> str:
        command = [self.program, "--server", self.socket, how, what]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, timeout=30)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stdout or done.stderr
