"""Check public applications, and compare what is found with what people who read it said.

    python tests/ecosystem/run.py ~/checkouts/mealie ~/checkouts/romm
    python tests/ecosystem/run.py --category secrets --sample 100 ~/checkouts/*

Each folder is a project, checked out beforehand: nothing is downloaded. Findings are judged in `verdicts/`, a table a category:
`true`, `arguable` or `false`, and why. Of those that nobody has judged, rows to fill in are printed.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

VERDICTS = Path(__file__).parent / "verdicts"
Key = tuple[str, str, str, int, str]


class Found(NamedTuple):
    """A finding, and the key by which its verdict is found."""

    project: str
    version: str
    path: str
    line: int
    code: str
    category: str
    severity: str
    message: str

    @property
    def key(self) -> Key:
        return self.project, self.version, self.path, self.line, self.code


class Run(NamedTuple):
    """What checking one project gave and took."""

    project: str
    kloc: float
    seconds: float
    megabytes: float
    complaints: str
    found: list[Found]


def main() -> int:
    """Check, count, sample, compare. Exits with 1 if something was complained of or a known mistake is made again."""
    options = _options()
    verdicts = read_verdicts(options.verdicts)
    runs = [check(folder.resolve()) for folder in options.folders]
    for run in runs:
        counts = " ".join(f"{code}:{count}" for code, count in sorted(Counter(one.code for one in run.found).items()))
        print(f"{run.project:32} {run.kloc:6.1f} kloc {run.seconds:6.1f} s {run.megabytes:5.0f} MB  {counts}")
        if run.complaints:
            print(f"  {run.complaints}")
    everything = [one for run in runs for one in run.found if options.category in ("", one.category)]
    chosen = sample(everything, options.seed, options.sample)
    print(f"\nsample of {len(chosen)} from {len(everything)} findings")
    for line in precision(chosen, verdicts):
        print(line)
    rows = csv.writer(sys.stdout, lineterminator="\n")
    for one in sorted(chosen):
        if one.key not in verdicts:
            rows.writerow([*one.key, "", one.message])
    again = [one for one in everything if verdicts.get(one.key) == "false"]
    for one in again:
        print(f"known to be false: {one.project}/{one.path}:{one.line} {one.code} {one.message}")
    return 1 if again or any(run.complaints for run in runs) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Check public applications and compare with the verdicts.")
    parser.add_argument("folders", nargs="+", type=Path, help="checked-out projects")
    parser.add_argument("--category", default="", help="look at the findings of one category alone, such as secrets")
    parser.add_argument("--sample", type=int, default=100, help="how many findings to pick")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--verdicts", type=Path, default=VERDICTS)
    return parser.parse_args()


def check(folder: Path) -> Run:
    """Run the checker over a project."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        command = [sys.executable, "-m", "seawall", "check", str(folder), "--output-format", "json", "--no-cache", "-q"]
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=output, stderr=errors)
        _, _, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - start
        output.seek(0)
        errors.seek(0)
        version = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=folder, capture_output=True, text=True)
        found = [_found(folder, version.stdout.strip(), one) for one in json.load(output)]
        complaints = errors.read().decode().strip()
    lines = sum(path.read_bytes().count(b"\n") for path in folder.rglob("*.py") if path.is_file())
    return Run(folder.name, lines / 1000, seconds, usage.ru_maxrss / 1024, complaints, found)


def _found(folder: Path, version: str, one: dict[str, object]) -> Found:
    path = Path(str(one["filename"])).resolve()
    location = one["location"]
    assert isinstance(location, dict)
    relative = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()
    code, category, severity, message = (str(one[name]) for name in ("code", "category", "severity", "message"))
    return Found(folder.name, version, relative, location["row"], code, category, severity, message)


def sample(found: Iterable[Found], seed: int, size: int) -> list[Found]:
    """Findings to read: by chance, but each rule and each of its projects in turn, so that none fills the sample."""
    piles: defaultdict[str, defaultdict[str, list[Found]]] = defaultdict(lambda: defaultdict(list))
    chance = random.Random(seed)
    for one in sorted(found):
        piles[one.code][one.project].append(one)
    turns = [
        _in_turns([chance.sample(pile, len(pile)) for pile in by_project.values()]) for by_project in piles.values()
    ]
    return list(itertools.islice(_in_turns(turns), size))


def _in_turns(piles: Iterable[Iterable[Found]]) -> Iterator[Found]:
    waiting = [iter(pile) for pile in piles]
    while waiting:
        for pile in list(waiting):
            one = next(pile, None)
            if one is None:
                waiting.remove(pile)
            else:
                yield one


def read_verdicts(folder: Path) -> dict[Key, str]:
    """The verdicts by finding: `true`, `arguable` or `false`."""
    found: dict[Key, str] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="") as lines:
            for row in csv.DictReader(lines):
                found[row["project"], row["version"], row["path"], int(row["line"]), row["code"]] = row["verdict"]
    return found


def precision(chosen: Iterable[Found], verdicts: dict[Key, str]) -> Iterator[str]:
    """A line a category, and one for its errors: how many were judged, and how many of these were true."""
    by_category: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in chosen:
        for name in (one.category, *((f"{one.category}, errors",) if one.severity == "error" else ()), "all"):
            by_category[name][verdicts.get(one.key, "to judge")] += 1
    for name, counts in sorted(by_category.items(), key=lambda item: (item[0] == "all", item[0])):
        judged = counts["true"] + counts["arguable"] + counts["false"]
        share = f"{counts['true'] / judged:4.0%} true, {1 - counts['false'] / judged:4.0%} not false" if judged else ""
        yield f"  {name:20} {judged:3} of {counts.total():3} judged  {share}"


if __name__ == "__main__":
    sys.exit(main())
