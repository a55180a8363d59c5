"""How much of what is wrong in `backends/` is found, and how much of what is found is wrong; other linters beside it.

    python tests/accuracy/measure.py [--peers VENV] [--verbose]

A line that is wrong says so at its end: `# expect: SW101` (several: `SW401, SW402`). All other lines are right on purpose.
The tools never see these labels: they run on copies without them, each a git repository in which all is tracked but what
stands in `untracked/`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
CATEGORIES = {
    "SW1": "async-io",
    "SW2": "secrets",
    "SW3": "validation",
    "SW4": "injection",
    "SW5": "auth",
    "SW6": "config",
}
LABEL = re.compile(rb"[ \t]*# expect: (SW\d{3}(?:, SW\d{3})*)$", re.MULTILINE)
SEAWALL = [sys.executable, "-m", "seawall", "check", "--no-cache", "--output-format=json"]
REPORT = re.compile(r"^(?:\./)?([^:\s]+):(\d+):(?:\d+:)? ([A-Z]+\d+)\b", re.MULTILINE)


class Place(NamedTuple):
    path: str
    line: int
    code: str

    @property
    def category(self) -> str:
        return self.code[:3]

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code}"


@dataclass
class Score:
    """What was labelled and what was reported, of one category."""

    labelled: set[Place] = field(default_factory=set)
    reported: set[Place] = field(default_factory=set)

    @property
    def found(self) -> set[Place]:
        return self.labelled & self.reported

    @property
    def missed(self) -> set[Place]:
        return self.labelled - self.reported

    @property
    def extra(self) -> set[Place]:
        return self.reported - self.labelled

    @property
    def recall(self) -> float:
        return len(self.found) / len(self.labelled)

    @property
    def precision(self) -> float:
        return len(self.found) / len(self.reported) if self.reported else 1.0


def copy_backends(folder: Path) -> set[Place]:
    """Copies all backends without their labels, and tells what the labels said."""
    for backend in sorted((HERE / "backends").iterdir()):
        copy = shutil.copytree(backend, folder / backend.name, ignore=shutil.ignore_patterns("__pycache__"))
        for command in ("init --quiet", "add --all --force"):
            subprocess.run(["git", *command.split()], cwd=copy, check=True)
    shutil.copytree(HERE / "untracked", folder, dirs_exist_ok=True)
    return set(take_labels(folder))


def take_labels(folder: Path) -> Iterator[Place]:
    for path in sorted(folder.rglob("*")):
        if ".git" in path.parts or not path.is_file():
            continue
        content = path.read_bytes()
        for label in LABEL.finditer(content):
            line = content.count(b"\n", 0, label.start()) + 1
            for code in label[1].decode().split(", "):
                yield Place(path.relative_to(folder).as_posix(), line, code)
        path.write_bytes(LABEL.sub(b"", content))


def check(folder: Path) -> set[Place]:
    """What seawall reports, of the categories that are measured."""
    return {
        Place(f"{backend.name}/{one['filename']}", one["location"]["row"], one["code"])
        for backend in sorted(folder.iterdir())
        for one in json.loads(run(backend, SEAWALL))
        if one["code"][:3] in CATEGORIES
    }


def run(folder: Path, command: list[str]) -> str:
    """A command's output, in an environment that does not know which virtual environment is active."""
    environment = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "CONDA_PREFIX")}
    return subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=False).stdout


def score(labelled: Iterable[Place], reported: Iterable[Place]) -> dict[str, Score]:
    scores = {category: Score() for category in CATEGORIES}
    for place in labelled:
        scores[place.category].labelled.add(place)
    for place in reported:
        scores[place.category].reported.add(place)
    return scores


def score_peers(venv: Path, folder: Path, labelled: set[Place]) -> dict[str, dict[str, Score]]:
    """Peers have codes of their own: what counts is that they say anything of the category on the line."""
    wanted = {place._replace(code=place.category) for place in labelled}
    scores = {}
    for name, peer in tomllib.loads((HERE / "peers.toml").read_text(encoding="utf-8")).items():
        program, *arguments = peer.pop("command")
        if path := shutil.which(program, path=str(venv / "bin")):
            categories = {code: category for category, codes in peer.items() for code in codes.split()}
            reports = REPORT.findall(run(folder, [path, *arguments]))
            reported = (Place(file, int(line), categories[code]) for file, line, code in reports if code in categories)
            scores[name] = score(wanted, reported)
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path, default=Path(sys.prefix), help="the virtual environment that they are in")
    parser.add_argument("--verbose", action="store_true", help="name what was missed and what was reported wrongly")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        labelled = copy_backends(folder)
        scores = score(labelled, check(folder))
        print_table(scores, score_peers(arguments.peers, folder, labelled))
    if arguments.verbose:
        print(*differences(scores), sep="\n")


def differences(scores: dict[str, Score]) -> Iterator[str]:
    """What is not as the labels say, one a line."""
    for one in scores.values():
        yield from (f"missed {place}" for place in sorted(one.missed))
        yield from (f"extra {place}" for place in sorted(one.extra))


def print_table(scores: dict[str, Score], peers: dict[str, dict[str, Score]]) -> None:
    """As Markdown; a peer's column holds its recall and its precision."""
    columns = ["category", "labelled", "found", "missed", "extra", "recall", "precision", *peers]
    print("|", " | ".join(columns), "|")
    print("|---|" + "--:|" * (len(columns) - 1))
    for category, name in CATEGORIES.items():
        one = scores[category]
        counts = [len(places) for places in (one.labelled, one.found, one.missed, one.extra)]
        row = [f"{category} {name}", *map(str, counts), f"{one.recall:.3f}", f"{one.precision:.3f}"]
        row += [of_peer(peer[category]) for peer in peers.values()]
        print("|", " | ".join(row), "|")


def of_peer(one: Score) -> str:
    return f"{one.recall:.2f} / {one.precision:.2f}" if one.reported else "-"


if __name__ == "__main__":
    main()
