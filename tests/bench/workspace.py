"""How the server keeps up with a large workspace: reading it, memory, and an edit that others depend on.

    python tests/bench/workspace.py [FOLDER ...] [--modules 1100] [--edits 30]

Without folders a workspace of that many modules of 200 lines is made up, in which every helper reaches its dependents through a
second helper. An edit of the helper at the end changes what is wrong in its dependents; what is measured is the time until the
last of those that are open knows. How much is looked at again for it is counted in this process, by the very same engine.

Memory is what is resident when all is quiet (Linux only): of a server that reads the workspace, and of one that is also asked for
the findings in all its files.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from editor import Editor
from files import backend

from seawall.engine.indexing import Indexer
from seawall.engine.workspace import Workspace
from seawall.syntax import Span

SERVER = [sys.executable, "-m", "seawall", "server"]
LINES = 200
DEPENDENTS = 10
OPEN = DEPENDENTS
MOST_MEMORY, MOST_TIME = 250, 100
"""Megabytes for 200,000 lines, and milliseconds: what should be reached."""

_LAST = "import time\n\n\ndef settle(value):\n    {}\n    return value\n"
_QUIET, _BLOCKS = "pass", "time.sleep(1)"
_FIRST = "from shop.low.low_{n} import settle\n\n\ndef prepare(value):\n    return settle(value)\n"
_USE = """

@router.get("/prepared/{{order_id}}")
async def prepared(order_id: int):
    return prepare(order_id)
"""


def make(root: Path, modules: int) -> list[tuple[Path, list[Path]]]:
    """Write a workspace; gives each last helper with its dependents."""
    groups: list[tuple[Path, list[Path]]] = []
    body = backend(LINES - 8)
    for name in ("", "low", "high", "orders"):
        (root / "shop" / name).mkdir(parents=True, exist_ok=True)
        (root / "shop" / name / "__init__.py").touch()
    (root / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    for number in range(max(1, modules // (DEPENDENTS + 2))):
        low = root / "shop" / "low" / f"low_{number}.py"
        low.write_text(_LAST.format(_QUIET))
        (root / "shop" / "high" / f"high_{number}.py").write_text(_FIRST.format(n=number))
        dependents = [root / "shop" / "orders" / f"orders_{number}_{each}.py" for each in range(DEPENDENTS)]
        for path in dependents:
            path.write_text(f"from shop.high.high_{number} import prepare\n{body}{_USE}")
        groups.append((low, dependents))
    return groups


def lines_of(root: Path) -> tuple[int, int]:
    files = [path for path in root.rglob("*.py") if not any(part.startswith(".") for part in path.parts)]
    return len(files), sum(path.read_bytes().count(b"\n") for path in files)


# ---------------------------------------------------------------- the server


def resident(editor: Editor) -> float:
    """Megabytes, once the server has been quiet for a second; 0 where that cannot be told."""
    status = Path(f"/proc/{editor.process_id}/status")
    if not status.exists():
        return 0.0
    before, quiet = processor(editor), 0
    while quiet < 4:
        time.sleep(0.25)
        now = processor(editor)
        quiet, before = (quiet + 1 if now == before else 0), now
    row = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(row.split()[1]) / 1024


def processor(editor: Editor) -> float:
    """Seconds that the server has worked so far; 0 where that cannot be told."""
    stat = Path(f"/proc/{editor.process_id}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def reading(root: Path, some: Path, *, pulls: bool = False) -> tuple[float, float, float]:
    """Seconds by the clock and of the processor until the workspace is known, and megabytes then."""
    editor = Editor(SERVER, root, pulls=pulls)
    text = some.read_text(encoding="utf-8")
    editor.notify(
        "textDocument/didOpen",
        {"textDocument": {"uri": some.as_uri(), "languageId": "python", "version": 1, "text": text}},
    )
    clock = editor.wait_for_progress()
    work = processor(editor)
    if pulls:
        editor.request("workspace/diagnostic", {"previousResultIds": []})
    memory = resident(editor)
    if not pulls:
        editor.close()
    else:
        editor.kill()
    return clock, work, memory


def refresh(root: Path, low: Path, dependents: list[Path], edits: int) -> list[float]:
    """The milliseconds from an edit of a helper until the last open dependent knows."""
    editor = Editor(SERVER, root)
    for path in dependents:
        editor.open(path, path.read_text(encoding="utf-8"))
    editor.open(low, low.read_text(encoding="utf-8"))
    editor.wait_for_progress()
    resident(editor)
    times, written = [], _QUIET
    for number in range(-2, edits):  # the first ones warm up
        new = _BLOCKS if written == _QUIET else _QUIET
        began = time.perf_counter()
        editor.edit(low, 4, 4, 4 + len(written), new)
        written = new
        found = editor.wait_for_all(dependents)
        took = (time.perf_counter() - began) * 1000
        blocks = all(any(one["code"] == "SW103" for one in found[path.as_uri()]) for path in dependents)
        assert blocks is (new == _BLOCKS), "the dependents' findings should have followed"
        if number >= 0:
            times.append(took)
    editor.close()
    return times


# ---------------------------------------------------------------- the engine, in this process


def looked_at(root: Path, low: Path, dependents: list[Path]) -> tuple[int, int, float]:
    """How many items an edit of a helper makes the engine look at, out of how many, and the milliseconds of the processor."""
    count = 0
    check_item = Workspace.check_item

    def counted(self: Workspace, *arguments: object) -> object:
        nonlocal count
        count += 1
        return check_item(self, *arguments)  # type: ignore[arg-type]

    Workspace.check_item = counted  # type: ignore[method-assign, assignment]
    workspace = Workspace(root)
    for _ in Indexer(workspace).steps():
        pass
    for path in (low, *dependents):
        workspace.open(path, path.read_bytes())
        workspace.findings(path)
    everything, count = count, 0
    text, span = workspace.documents[low].source.text.change(4, 4, 4, 4 + len(_QUIET), _BLOCKS, "utf-8")
    assert isinstance(span, Span)
    began = time.process_time()
    workspace.edit(low, text, span)
    for path in (low, *dependents):
        workspace.findings(path)
    took = (time.process_time() - began) * 1000
    Workspace.check_item = check_item  # type: ignore[method-assign]
    return count, everything, took


def look_through(root: Path) -> tuple[float, float]:
    """Processor seconds to read a workspace, and to see that nothing has changed since."""
    indexer = Indexer(Workspace(root))
    times = []
    for _ in range(2):
        began = time.process_time()
        for _ in indexer.steps():
            pass
        times.append(time.process_time() - began)
    return times[0], times[1]


# ---------------------------------------------------------------- the report


def bench(root: Path, some: Path) -> None:
    files, lines = lines_of(root)
    print(f"{root.name}: {files:,} modules, {lines:,} lines")
    clock, work, memory = reading(root, some)
    print(
        f"  reading it, in the server      {clock:8.2f} s clock {work:8.2f} s processor {work / lines * 1e6:6.1f} ms/kloc"
    )
    first, again = look_through(root)
    print(
        f"  reading it, and looking again  {first:8.2f} s       {again:8.2f} s processor, cold / warm: {first / again:.1f}"
    )
    _, _, asked = reading(root, some, pulls=True)
    allowed = MOST_MEMORY * max(1.0, lines / 200_000)
    print(f"  memory                         {memory:8.0f} MB; {asked:.0f} MB when asked for all findings")
    print(f"  memory / what is allowed       {memory / allowed:8.2f}   {asked / allowed:8.2f}")


def bench_edits(root: Path, groups: list[tuple[Path, list[Path]]], edits: int) -> None:
    low, dependents = groups[len(groups) // 2]
    times = refresh(root, low, dependents[:OPEN], edits)
    middle, late = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    print(f"  edit of a helper, until {OPEN} open dependents know: p50 {middle:.1f} ms, p95 {late:.1f} ms")
    print(f"  p50 / what is allowed          {middle / MOST_TIME:8.2f}")
    count, everything, took = looked_at(root, low, dependents)
    print(f"  looked at for it: {count} of {everything} items of open documents, {took:.1f} ms of the processor")
    print(f"  looked at / those who asked    {count / (1 + len(dependents)):8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--modules", type=int, default=1100)
    parser.add_argument("--edits", type=int, default=30)
    arguments = parser.parse_args()
    for folder in arguments.folders:
        root = folder.resolve()
        bench(root, next(root.rglob("*.py")))
    if not arguments.folders:
        with tempfile.TemporaryDirectory() as temporary:
            root = Path(temporary).resolve() / "workspace"
            groups = make(root, arguments.modules)
            bench(root, groups[0][1][0])
            bench_edits(root, groups, arguments.edits)


if __name__ == "__main__":
    main()
