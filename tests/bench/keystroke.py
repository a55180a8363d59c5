"""Keystroke to diagnostics, and cold start, against `ruff server` and the least that pygls can do.

    python tests/bench/keystroke.py [--keystrokes 200] [--lines 500 2600 10000]

All servers take turns in one run, so that a busy machine slows them all. Times are milliseconds; ratios are what counts.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from editor import Editor
from files import backend, typing_place

HERE = Path(__file__).parent
RUFF = {"settings": {"lint": {"select": ["S", "ASYNC", "FAST", "DJ"]}}}
SERVERS = {
    "seawall": ([sys.executable, "-m", "seawall", "server"], None),
    "ruff": ([str(Path(sys.executable).with_name("ruff")), "server"], RUFF),
    "echo": ([sys.executable, str(HERE / "echo_server.py")], None),
}
WORD = "  # a word or two"


def keystrokes(root: Path, lines: int, count: int) -> dict[str, list[float]]:
    """The milliseconds of each keystroke, by server; the servers take turns, letter by letter."""
    text = backend(lines)
    path = root / f"orders_{lines}.py"
    path.write_text(text, encoding="utf-8")
    line = typing_place(text)
    column = len(text.split("\n")[line])
    editors = {name: Editor(command, root, options) for name, (command, options) in SERVERS.items()}
    for editor in editors.values():
        editor.open(path, text)
    times: dict[str, list[float]] = {name: [] for name in editors}
    typed = 0
    for number in range(-20, count):  # the first ones warm up
        erase = typed == len(WORD)
        for name, editor in editors.items():
            if erase:
                took = editor.type(line, column, column + len(WORD), "")
            else:
                took = editor.type(line, column + typed, column + typed, WORD[typed])
            if number >= 0:
                times[name].append(took * 1000)
        typed = 0 if erase else typed + 1
    for editor in editors.values():
        editor.close()
    return times


def code_keystrokes(root: Path, lines: int, count: int) -> dict[str, list[float]]:
    """The same while code is typed, which changes the tree and breaks it on the way."""
    global WORD
    comment, WORD = WORD, "; note = row.get('note')"
    try:
        return keystrokes(root, lines, count)
    finally:
        WORD = comment


def cold_start(root: Path, rounds: int) -> dict[str, list[float]]:
    """The milliseconds from starting a server to its first diagnostics."""
    text = backend(500)
    path = root / "cold.py"
    path.write_text(text, encoding="utf-8")
    times: dict[str, list[float]] = {name: [] for name in SERVERS}
    for _ in range(rounds):
        for name, (command, options) in SERVERS.items():
            editor = Editor(command, root, options)
            times[name].append(editor.open(path, text) * 1000)
            editor.close()
    return times


def report(title: str, times: dict[str, list[float]]) -> dict[str, float]:
    middle = {name: statistics.median(values) for name, values in times.items()}
    late = {name: statistics.quantiles(values, n=20)[-1] for name, values in times.items()}
    print(f"\n{title}")
    for name in times:
        print(f"  {name:8} p50 {middle[name]:7.2f}   p95 {late[name]:7.2f}")
    print(f"  seawall / ruff: p50 {middle['seawall'] / middle['ruff']:.2f}, p95 {late['seawall'] / late['ruff']:.2f}")
    print(f"  seawall / echo: p50 {middle['seawall'] / middle['echo']:.2f}, p95 {late['seawall'] / late['echo']:.2f}")
    return middle


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keystrokes", type=int, default=200)
    parser.add_argument("--lines", type=int, nargs="+", default=[500, 2600, 10000])
    parser.add_argument("--rounds", type=int, default=5, help="of cold starts")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for what, measure in (("comment", keystrokes), ("code", code_keystrokes)):
            middle = {
                lines: report(f"typing {what}, {lines} lines (ms)", measure(root, lines, arguments.keystrokes))
                for lines in arguments.lines
            }
            first, last = arguments.lines[0], arguments.lines[-1]
            print(f"  seawall, {last} / {first} lines: {middle[last]['seawall'] / middle[first]['seawall']:.2f}")
        if arguments.rounds:
            report("cold start to first diagnostics, 500 lines (ms)", cold_start(root, arguments.rounds))


if __name__ == "__main__":
    main()
