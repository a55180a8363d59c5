"""How long a whole folder takes, cold and warm, beside bandit, ruff and semgrep.

    python tests/bench/folder.py FOLDER [FOLDER ...] [--peers VENV] [--rounds 3]

Each folder is copied first, without the linters' own settings, and given an empty one for Seawall, so that all of them look at
all files. Semgrep runs the few rules of `semgrep.yml`. Times are processor seconds of all processes of a run, start included,
the least of the rounds, in which all take turns; the clock's time stands beside them.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

SEAWALL = [sys.executable, "-m", "seawall", "check", "--quiet", "--output-format", "concise", "."]
RULES = Path(__file__).with_name("semgrep.yml")
PEERS = {
    "bandit": ["-q", "-r", "."],
    "ruff": ["check", "--isolated", "--no-cache", "-s", "--select", "S,ASYNC,FAST,DJ,BLE,TRY", "."],
    "semgrep": ["scan", "--metrics=off", "--disable-version-check", "--no-git-ignore", "--jobs=1", "--quiet", f"--config={RULES}", "."],
}  # fmt: skip
_NOT_COPIED = ("__pycache__", ".git", ".bandit", ".semgrepignore", "node_modules")


class Time(NamedTuple):
    processor: float
    clock: float


def once(command: list[str], folder: Path, environment: dict[str, str]) -> Time:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    clock, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return Time(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, clock)


def least(rounds: int, measures: dict[str, Callable[[], Time]]) -> dict[str, Time]:
    """The least of each; they take turns, so that a busy machine slows them all."""
    times: dict[str, list[Time]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            times[name].append(measure())
    return {
        name: Time(min(one.processor for one in found), min(one.clock for one in found))
        for name, found in times.items()
    }


def bench(source: Path, peers: Path | None, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "project")
        shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns(*_NOT_COPIED), symlinks=True)
        for name in ("seawall.toml", ".semgrepignore"):
            (folder / name).touch()
        lines = sum(path.read_bytes().count(b"\n") for path in folder.rglob("*.py"))
        cache = Path(temporary, "cache")
        environment = os.environ | {"XDG_CACHE_HOME": str(cache), "NO_COLOR": "1"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # nobody compiles a program at each start

        def seawall(*options: str) -> Time:
            return once([*SEAWALL, *options], folder, environment)

        def cold(*options: str) -> Time:
            shutil.rmtree(cache, ignore_errors=True)
            return seawall(*options)

        measures = {
            "seawall, one process, no cache": lambda: seawall("--jobs", "1", "--no-cache"),
            "seawall, one process, cold": lambda: cold("--jobs", "1"),
            "seawall, all cores, cold": cold,
            "seawall, warm": seawall,
        }
        for name, arguments in PEERS.items():
            program = shutil.which(name, path=str(peers / "bin") if peers else None)
            if program is not None:
                command = [program, *arguments]
                measures[name] = lambda command=command: once(command, folder, environment)
        seawall()  # whatever is compiled at the first start
        results = least(rounds, measures)
    report(source.name, lines, results)


def report(name: str, lines: int, results: dict[str, Time]) -> None:
    print(f"{name}: {lines:,} lines")
    for label, found in results.items():
        each = found.processor / lines * 1e6
        print(f"  {label:32} {found.processor:8.2f} s processor {found.clock:8.2f} s clock {each:8.1f} ms/kloc")
    for name in filter(results.__contains__, PEERS):
        ratio = results[name].processor / results["seawall, one process, no cache"].processor
        print(f"  {name} / seawall, one process each: {ratio:.2f}")
    warm = results["seawall, one process, cold"].processor / results["seawall, warm"].processor
    print(f"  cold / warm: {warm:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--peers", type=Path, help="a virtual environment with what requirements.txt here names")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    for folder in arguments.folders:
        bench(folder.resolve(), arguments.peers, arguments.rounds)


if __name__ == "__main__":
    main()
