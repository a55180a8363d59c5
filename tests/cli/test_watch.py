"""`seawall check --watch` checks again when something changes."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading

from .conftest import Folder


def test_it_checks_again(folder: Folder) -> None:
    folder.write(main_py="x = 1\n")
    command = [sys.executable, "-u", "-m", "seawall", "check", "--watch", "--output-format", "concise"]
    process = subprocess.Popen(command, cwd=folder.root, stdout=subprocess.PIPE, text=True)
    lines: queue.Queue[str] = queue.Queue()
    assert process.stdout is not None
    threading.Thread(target=lambda out: [lines.put(line) for line in out], args=(process.stdout,), daemon=True).start()
    try:
        assert lines.get(timeout=60) == "All checks passed!\n"
        found = None
        for attempt in range(20):  # the watcher may not have begun to watch yet
            folder.write(main_py=f"import time\n\n\nasync def f():\n    time.sleep({attempt})\n")
            try:
                found = lines.get(timeout=3)
                break
            except queue.Empty:
                continue
        assert found is not None and found.startswith("main.py:5:5: SW101")
    finally:
        process.kill()
        process.wait()
