"""Type at random into real files, for as long as you like, and look for crashes, hangs and wrong answers.

    python tests/incremental/fuzz.py FOLDER [FOLDER ...] [--minutes 10] [--seed 1]

Each round takes a few files of a folder that import each other and plays one of these games with them:

- edits: random edits in random files. What is found has to be what a workspace finds that sees the texts for the first time.
- truncations: a file cut off at a random place, and typed on from there.
- programs: a file some of whose statements and expressions are replaced by others of the folder.

In all of them no rule may raise, nothing may take longer than a minute, and what a fix makes of a file that parses has to
parse. Prints how many rounds of each were played, and exits with 1 at the first that fails; its seed is in the last line.
"""

from __future__ import annotations

import argparse
import ast
import copy
import faulthandler
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from seawall.edits import CannotFix
from seawall.engine.fix import apply
from seawall.engine.workspace import Workspace
from seawall.project.discovery import python_files
from seawall.project.settings import Settings
from seawall.syntax import Text
from support.typing import is_settled, random_edit, state

HANG = 60
MAX_LINES = 1500
FILES = 5

Texts = dict[Path, Text]


class Failed(Exception):
    """A round that went wrong, and how."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Type at random into real files.")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    end, seed, played = time.monotonic() + 60 * options.minutes, options.seed, Counter[str]()
    corpora = {folder.resolve(): corpus(folder.resolve()) for folder in options.folders}
    while time.monotonic() < end:
        chance = random.Random(seed)
        root = chance.choice(list(corpora))
        game = chance.choice(GAMES)
        print(f"{game.__name__} in {root.name}, --seed {seed}")  # what a hang, or whatever kills us, leaves behind
        faulthandler.dump_traceback_later(HANG, exit=True)
        try:
            game(root, some_files(corpora[root], chance), chance)
        except Exception:  # noqa: BLE001 - whatever it is, it is what we are looking for
            traceback.print_exc()
            return 1
        finally:
            faulthandler.cancel_dump_traceback_later()
        played[game.__name__] += 1
        seed += 1
    print(f"no crash, no hang, no mismatch: {dict(played)} from seed {options.seed}")
    return 0


def corpus(root: Path) -> list[Path]:
    return sorted(python_files((root,), Settings(), root, folder=root))


def some_files(paths: list[Path], chance: random.Random) -> Texts:
    """A few files that lie near each other."""
    at = chance.randrange(len(paths))
    texts: Texts = {}
    for path in paths[max(0, at - 20) : at + 20]:
        text = Text.decode(path.read_bytes())
        if len(text.lines) <= MAX_LINES:
            texts[path] = text
    chosen = chance.sample(sorted(texts), min(FILES, len(texts)))
    return {path: texts[path] for path in chosen}


def edits(root: Path, texts: Texts, chance: random.Random) -> None:
    workspace = opened(root, texts)
    for _ in range(chance.randrange(1, 15)):
        if not texts:
            return
        path = chance.choice(list(texts))
        texts[path], span = random_edit(texts[path], chance)
        workspace.edit(path, texts[path], span)
        if chance.random() < 0.6:
            workspace.findings(path)
    compare(root, workspace, texts)


def truncations(root: Path, texts: Texts, chance: random.Random) -> None:
    workspace = opened(root, texts)
    for path, text in texts.items():
        whole = str(text)
        at = chance.randrange(len(whole) + 1)
        texts[path] = workspace.replace(path, Text.of(whole[:at])).source.text
        for end in range(at, min(len(whole), at + 8)):
            texts[path] = workspace.replace(path, Text.of(whole[:end])).source.text
            workspace.findings(path)
    compare(root, workspace, texts)


def programs(root: Path, texts: Texts, chance: random.Random) -> None:
    trees = {}
    for path, text in texts.items():
        try:
            trees[path] = ast.parse(str(text))
        except (SyntaxError, ValueError, RecursionError):
            continue
    parts = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, (ast.stmt, ast.expr))]
    mixed = {}
    for path, tree in trees.items():
        new = _Mixer(parts, chance).visit(copy.deepcopy(tree))
        try:
            text = ast.unparse(new)
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, TypeError, AttributeError, KeyError, IndexError):
            continue
        mixed[path] = Text.of(text)
    workspace = opened(root, mixed)
    compare(root, workspace, mixed)
    for path in mixed:
        for found in workspace.findings(path):
            for fix in found.finding.fixes:
                try:
                    results = apply(workspace, fix.make())
                except CannotFix:
                    continue
                for changed, text in results.items():
                    if changed.suffix == ".py":
                        ast.parse(text)


class _Mixer(ast.NodeTransformer):
    """Puts something else of the same sort in the place of some nodes."""

    def __init__(self, parts: list[ast.AST], chance: random.Random) -> None:
        self._parts, self._chance = parts, chance

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, (ast.stmt, ast.expr)) and self._chance.random() < 0.03:
            other = self._chance.choice(self._parts)
            sort = ast.stmt if isinstance(node, ast.stmt) else ast.expr
            if isinstance(other, sort):
                return copy.deepcopy(other)
        return self.generic_visit(node)


GAMES: list[Callable[[Path, Texts, random.Random], None]] = [edits, truncations, programs]


def opened(root: Path, texts: Texts) -> Workspace:
    workspace = Workspace(root, isolated=True)
    for path, text in texts.items():
        workspace.open(path, text)
    return workspace


def compare(root: Path, workspace: Workspace, texts: Texts) -> None:
    """What is found has to be what is found at first sight."""
    seen = state(workspace)
    if workspace.checker.broken:
        raise Failed(f"rules that raised: {workspace.checker.broken}")
    if is_settled(workspace) and seen != state(opened(root, texts)):
        raise Failed("another workspace finds other things")


if __name__ == "__main__":
    sys.exit(main())
