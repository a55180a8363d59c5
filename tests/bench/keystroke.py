"""Keystroke to diagnostics, and cold start, against `ruff server` and the least that pygls can do.

    python tests/bench/keystroke.py [--keystrokes 200] [--lines 500 2600 10000]

All servers take turns in one run, so that a busy machine slows them all. Times are milliseconds; ratios are what counts. On a busy
machine the least is nearest to the truth; what a longer file costs more is also told in time of the processor (Linux only).
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
WORDS = {"comment": "  # a word or two", "code": "; note = row.get('note')"}
"""What is typed. Code changes the tree, and breaks it on the way."""


class Typing:
    """One server with one open file, and what its keystrokes cost."""

    def __init__(self, name: str, root: Path, lines: int) -> None:
        command, options = SERVERS[name]
        text = backend(lines)
        path = root / f"orders_{lines}.py"
        path.write_text(text, encoding="utf-8")
        self._line = typing_place(text)
        self._column = len(text.split("\n")[self._line])
        self._typed = 0
        self.times: list[float] = []
        """Milliseconds by the clock."""
        self.work: list[float] = []
        """Milliseconds of the processor, as the system counts them for the server; empty where it does not."""
        self.editor = Editor(command, root, options)
        self.editor.open(path, text)

    def strike(self, word: str, count: bool) -> None:
        """Type the next letter, or erase the whole word."""
        column, before = self._column, self.editor.worked()
        if self._typed == len(word):
            took = self.editor.type(self._line, column, column + len(word), "")
            self._typed = 0
        else:
            took = self.editor.type(self._line, column + self._typed, column + self._typed, word[self._typed])
            self._typed += 1
        if count:
            self.times.append(took * 1000)
            if before is not None and (after := self.editor.worked()) is not None:
                self.work.append((after - before) * 1000)


def keystrokes(root: Path, lengths: list[int], count: int, word: str) -> dict[tuple[int, str], Typing]:
    """What keystrokes cost, by the file's length and the server. All take turns, letter by letter."""
    typing = {(lines, name): Typing(name, root, lines) for lines in lengths for name in SERVERS}
    for number in range(-20, count):  # the first ones warm up
        for one in typing.values():
            one.strike(word, number >= 0)
    for one in typing.values():
        one.editor.close()
    return typing


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


def report(title: str, times: dict[str, list[float]]) -> None:
    middle = {name: statistics.median(values) for name, values in times.items()}
    late = {name: statistics.quantiles(values, n=20)[-1] for name, values in times.items()}
    print(f"\n{title}")
    for name, values in times.items():
        print(f"  {name:8} p50 {middle[name]:7.2f}   p95 {late[name]:7.2f}   least {min(values):7.2f}")
    for other in ("ruff", "echo"):
        least = min(times["seawall"]) / min(times[other])
        print(
            f"  seawall / {other}: p50 {middle['seawall'] / middle[other]:.2f}, "
            f"p95 {late['seawall'] / late[other]:.2f}, least {least:.2f}"
        )


def report_growth(found: dict[tuple[int, str], Typing], first: int, last: int) -> None:
    """What a long file costs more than a short one."""
    short, long = found[first, "seawall"], found[last, "seawall"]
    print(
        f"\n  seawall, {last} / {first} lines: p50 {statistics.median(long.times) / statistics.median(short.times):.2f}",
        end="",
    )
    if short.work:
        work = statistics.median(long.work) / statistics.median(short.work)
        print(f", of the processor {work:.2f} ({statistics.median(long.work):.2f} ms)", end="")
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keystrokes", type=int, default=200)
    parser.add_argument("--lines", type=int, nargs="+", default=[500, 2600, 10000])
    parser.add_argument("--rounds", type=int, default=5, help="of cold starts")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for what, word in WORDS.items():
            found = keystrokes(root, arguments.lines, arguments.keystrokes, word)
            for lines in arguments.lines:
                report(f"typing {what}, {lines} lines (ms)", {name: found[lines, name].times for name in SERVERS})
            report_growth(found, arguments.lines[0], arguments.lines[-1])
        if arguments.rounds:
            report("cold start to first diagnostics, 500 lines (ms)", cold_start(root, arguments.rounds))


if __name__ == "__main__":
    main()
