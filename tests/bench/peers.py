"""Which of the mistakes planted in `tests/apps/legacy` each linter points at.

    python tests/bench/peers.py [FOLDER WITH THE LINTERS' PROGRAMS]

A mistake counts as found if the linter reports anything on its line, out of its rules about security, async code and errors. Only
linters that are installed are run; nothing is downloaded.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
APP = ROOT / "tests/apps/legacy"

LINTERS = {
    "ruff": [
        "ruff",
        "check",
        "--isolated",
        "--no-cache",
        "--output-format=concise",
        "--select=S,ASYNC,BLE,TRY,LOG,G,RUF006",
        "app",
    ],
    "bandit": ["bandit", "-q", "-r", "app", "-f", "custom", "--msg-template", "{relpath}:{line}: {test_id}"],
    "flake8-async": [
        "flake8-async",
        "--enable=ASYNC",
        "--asyncio",
        *sorted(f"app/{p.relative_to(APP / 'app')}" for p in APP.glob("app/**/*.py")),
    ],
    "seawall": ["seawall", "check", "--output-format=concise", "."],
}
KINDS = {
    "blocking call in a handler": "SW101",
    "blocking call behind other calls": "SW103",
    "sync session in async code": "SW102",
    "coroutine that is never awaited": "SW104",
    "secret in the code": "SW201 SW202 SW203",
    "body nobody validates": "SW301 SW302",
    "SQL injection": "SW401 SW402",
    "plain SQL string that SQLAlchemy refuses": "SW404",
    "password stored as typed, or hashed too fast": "SW501 SW503",
    "any origin allowed, with credentials": "SW602",
    "engine without `pool_pre_ping`": "SW701",
    "foreign key without an index": "SW705",
    "swallowed exception": "SW902",
    "error logged without its traceback": "SW904",
}
"""What is counted, by the codes in the app's `EXPECTED.toml`."""

PLACE = re.compile(r"^(?:\./)?([^:\s]+\.py):(\d+):", re.MULTILINE)


def main() -> None:
    programs = {name: program(command[0]) for name, command in LINTERS.items()}
    found = {name: places(path, LINTERS[name]) for name, path in programs.items() if path}
    planted = expected()
    print("|", " | ".join(["mistake", "planted", *found]), "|")
    print("|" + "---|" * (2 + len(found)))
    for kind, codes in KINDS.items():
        lines = {place for code, place in planted if code in codes.split()}
        if lines:
            counts = [str(len(lines & one)) for one in found.values()]
            print("|", " | ".join([kind, str(len(lines)), *counts]), "|")
    for name, path in programs.items():
        print(f"{name}: {version(path, name)}" if path else f"{name}: not installed", file=sys.stderr)


def program(name: str) -> str | None:
    return shutil.which(name, path=sys.argv[1] if len(sys.argv) > 1 else None) or shutil.which(
        name, path=str(Path(sys.executable).parent)
    )


def places(path: str, command: list[str]) -> set[tuple[str, int]]:
    with tempfile.TemporaryDirectory() as scratch:
        app = shutil.copytree(APP, Path(scratch) / "app", ignore=shutil.ignore_patterns("EXPECTED.toml", "after"))
        output = subprocess.run([path, *command[1:]], cwd=app, capture_output=True, text=True, check=False).stdout
    return {(name, int(line)) for name, line in PLACE.findall(output)}


def expected() -> set[tuple[str, tuple[str, int]]]:
    """Codes and the lines that they belong to."""
    planted = set()
    for entry in tomllib.loads((APP / "EXPECTED.toml").read_text(encoding="utf-8"))["expected"]:
        if "text" in entry:
            lines = (APP / entry["path"]).read_text(encoding="utf-8").splitlines()
            numbers = [number for number, line in enumerate(lines, 1) if entry["text"] in line]
            codes = entry["code"]
            code = codes if isinstance(codes, str) else codes[0]
            planted.add((code, (entry["path"], numbers[entry.get("nth", 1) - 1])))
    return planted


def version(path: str, name: str) -> str:
    if name == "flake8-async":
        python = Path(path).with_name("python")
        command = [str(python), "-c", "from importlib.metadata import version; print(version('flake8-async'))"]
    else:
        command = [path, "--version"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.partition("\n")[0]


if __name__ == "__main__":
    main()
