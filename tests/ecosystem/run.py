"""Check public applications, and compare what is found with what people who read it said.

    python tests/ecosystem/run.py ~/checkouts/mealie ~/checkouts/romm

Each folder is a project, checked out beforehand: nothing is downloaded. `verdicts.csv` says of findings whether they were true.
"""

from __future__ import annotations

import argparse
import csv
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

VERDICTS = Path(__file__).parent / "verdicts.csv"


class Found(NamedTuple):
    """A finding, and the key by which its verdict is found."""

    project: str
    path: str
    line: int
    code: str
    category: str
    message: str

    @property
    def key(self) -> tuple[str, str, int, str]:
        return self.project, self.path, self.line, self.code


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
    everything = [one for run in runs for one in run.found]
    chosen = sample(everything, options.seed, options.per_rule)
    print(f"\nsample of {len(chosen)} from {len(everything)} findings, at most {options.per_rule} of a rule")
    for line in precision(chosen, verdicts):
        print(line)
    for one in chosen:
        if one.key not in verdicts:
            print(f"to judge: {one.project},{one.path},{one.line},{one.code}  {one.message}")
    again = [one for one in everything if verdicts.get(one.key) == "false"]
    for one in again:
        print(f"known to be false: {one.project},{one.path},{one.line},{one.code}  {one.message}")
    return 1 if again or any(run.complaints for run in runs) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Check public applications and compare with the verdicts.")
    parser.add_argument("folders", nargs="+", type=Path, help="checked-out projects")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--per-rule", type=int, default=12, help="the most that one rule may take of the sample")
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
        found = [_found(folder, one) for one in json.load(output)]
        complaints = errors.read().decode().strip()
    lines = sum(path.read_bytes().count(b"\n") for path in folder.rglob("*.py") if path.is_file())
    return Run(folder.name, lines / 1000, seconds, usage.ru_maxrss / 1024, complaints, found)


def _found(folder: Path, one: dict[str, object]) -> Found:
    path = Path(str(one["filename"])).resolve()
    location = one["location"]
    assert isinstance(location, dict)
    relative = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()
    return Found(folder.name, relative, location["row"], str(one["code"]), str(one["category"]), str(one["message"]))


def sample(found: Iterable[Found], seed: int, per_rule: int) -> list[Found]:
    """Findings to read: by chance, but each rule in turn over all projects, so that none fills the sample."""
    by_rule: defaultdict[str, defaultdict[str, list[Found]]] = defaultdict(lambda: defaultdict(list))
    for one in sorted(found):
        by_rule[one.code][one.project].append(one)
    chance = random.Random(seed)
    chosen: list[Found] = []
    for code in sorted(by_rule):
        piles = [chance.sample(pile, len(pile)) for _, pile in sorted(by_rule[code].items())]
        taken = 0
        while taken < per_rule and any(piles):
            for pile in piles:
                if pile and taken < per_rule:
                    chosen.append(pile.pop())
                    taken += 1
    return chosen


def read_verdicts(path: Path) -> dict[tuple[str, str, int, str], str]:
    """The verdicts by finding: `true`, `arguable` or `false`."""
    with path.open(newline="") as lines:
        return {
            (row["project"], row["path"], int(row["line"]), row["code"]): row["verdict"]
            for row in csv.DictReader(lines)
        }


def precision(chosen: Iterable[Found], verdicts: dict[tuple[str, str, int, str], str]) -> Iterator[str]:
    """A line a category: how many were judged, and how many of these were true."""
    by_category: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in chosen:
        for name in (one.category, "all"):
            by_category[name][verdicts.get(one.key, "to judge")] += 1
    for name, counts in sorted(by_category.items(), key=lambda item: (item[0] == "all", item[0])):
        judged = counts["true"] + counts["arguable"] + counts["false"]
        share = f"{counts['true'] / judged:4.0%} true, {1 - counts['false'] / judged:4.0%} not false" if judged else ""
        yield f"  {name:12} {judged:3} of {counts.total():3} judged  {share}"


if __name__ == "__main__":
    sys.exit(main())
