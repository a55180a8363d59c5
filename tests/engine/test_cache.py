"""What is kept between runs never changes what is found, and never holds what must not be kept."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seawall.engine import parallel
from seawall.engine.report import Report
from seawall.engine.request import Request
from seawall.engine.run import check

FILES = {
    "app/__init__.py": "",
    "app/low.py": "import time\n\n\ndef low():\n    time.sleep(1)\n",
    "app/middle.py": "from app.low import low\n\n\ndef middle():\n    return low()\n",
    "app/high.py": "from app import middle\n\n\nasync def high():\n    middle.middle()\n",
    "app/other.py": "import time\n\n\nasync def other():\n    time.sleep(2)\n",
    "app/star.py": "from app.middle import *\n\n\nasync def star():\n    middle()\n",
    "app/plain.py": "def plain():\n    return 1\n",
}
CHANGES = {
    "app/low.py": ["def low():\n    return 1\n", "# moved\n\n\nimport time\n\n\ndef low():\n    time.sleep(1)\n", None],
    "app/middle.py": ["def middle():\n    return 1\n", "from app.low import low as middle\n", "from app.low import low\n\n\nasync def middle():\n    low()\n"],
    "app/high.py": ["from app.middle import middle as m\n\n\nasync def high():\n    m()\n"],
    "app/other.py": ["async def other():\n    pass\n", "import time\nasync def other(:\n    time.sleep(1)\n", None],
    "app/star.py": ["from app.low import *\n\n\nasync def star():\n    low()\n"],
    "app/plain.py": ["import time\n\n\ndef plain():\n    time.sleep(1)\n"],
    "app/new.py": ["import app.plain\n\n\nasync def new():\n    app.plain.plain()\n", None],
}  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    write(root, FILES | {"pyproject.toml": f'[tool.seawall]\ncache-dir = "{(tmp_path / "cache").as_posix()}"\n'})
    return root


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        # What has just been written could be written once more in the same moment, and is looked at more closely.
        past = time.time() - random.randrange(10, 10_000)
        os.utime(path, (past, past))


def run(root: Path, *targets: Path, use_cache: bool = True) -> list[Report]:
    return check(Request(root, targets or (root,)), 1, use_cache=use_cache).reports


def fails(*_: object, **__: object) -> None:
    raise AssertionError("nothing has changed")


def caches(root: Path) -> list[Path]:
    return list((root.parent / "cache").glob("*.msgpack"))


def test_a_run_with_nothing_changed_reads_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cold = run(root)
    assert {report.code for report in cold} >= {"SW101", "SW103"}
    monkeypatch.setattr("seawall.engine.workspace.Workspace.load", fails)
    monkeypatch.setattr("seawall.engine.workspace.Workspace.findings", fails)
    assert run(root) == cold
    assert run(root, root / "app" / "other.py") == [one for one in cold if one.path.endswith("other.py")]


def test_a_run_with_nothing_changed_imports_no_rules(root: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom seawall.engine.request import Request\nfrom seawall.engine.run import check\n"
        f"root = Path({str(root)!r})\nassert check(Request(root, (root,)), 1).reports\n"
        "print(*[name for name in sys.modules if name.startswith(('seawall.rules', 'seawall.semantics', 'libcst', 'rich'))])"
    )
    cold = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "seawall.rules" in cold.stdout
    warm = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert warm.stdout.split() == []


@pytest.mark.parametrize("seed", range(6))
def test_after_any_changes_it_finds_what_a_fresh_run_finds(
    seed: int, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seawall.engine.recheck.MOST", 1.0)
    chance = random.Random(seed)
    run(root)
    for _ in range(12):
        for name in chance.sample(sorted(CHANGES), chance.randint(1, 2)):
            text = chance.choice([*CHANGES[name], FILES.get(name)])
            if text is not None:
                write(root, {name: text})
            else:
                (root / name).unlink(missing_ok=True)
        assert run(root) == run(root, use_cache=False)


def test_only_what_rests_on_a_change_is_checked_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seawall.engine.recheck.MOST", 1.0)
    run(root)
    checked: list[str] = []
    from seawall.engine.workspace import Workspace

    findings = Workspace.findings
    monkeypatch.setattr(Workspace, "findings", lambda self, path: checked.append(path.name) or findings(self, path))
    write(root, {"app/low.py": "def low():\n    return 1\n"})
    assert "SW103" not in {report.code for report in run(root)}
    assert set(checked) == {"low.py", "high.py", "star.py"}  # nothing in `middle.py` itself rests on what `low` does


@pytest.mark.parametrize(
    "change",
    [
        {"pyproject.toml": '[tool.seawall]\ncache-dir = "../cache"\nignore = ["SW103"]\n'},
        {"pyproject.toml": '[tool.seawall]\ncache-dir = "../cache"\nexclude = ["app/low.py"]\n'},
        {"requirements.txt": "sqlalchemy==1.3\n"},
        {".gitignore": "app/high.py\n"},
        {".env": "X=1\n"},
    ],
    ids=range(5),
)
def test_what_the_project_says_counts(change: dict[str, str], root: Path) -> None:
    run(root)
    write(root, change)
    assert run(root) == run(root, use_cache=False)


@pytest.mark.parametrize("junk", [b"", b"\0", b"\x81", b"junk" * 1000, b"\x93" + b"\xff" * 100])
def test_a_broken_cache_is_no_cache(junk: bytes, root: Path) -> None:
    cold = run(root)
    (cache,) = caches(root)
    whole = cache.read_bytes()
    for data in (junk, whole[: len(whole) // 2], whole[:-1]):
        cache.write_bytes(data)
        assert run(root) == cold


def test_a_cache_that_cannot_be_written_is_no_cache(root: Path) -> None:
    (root.parent / "cache").write_text("a file")
    assert run(root) == run(root)


def test_secrets_are_not_kept(root: Path) -> None:
    key = "sk_live_4eC39HqLyjWDarjtT1zdp7dcXq8"
    url = "postgresql://app:hunter2hunter@db/app"
    write(root, {"app/config.py": f'SECRET_KEY = "{key}"\nURL = "{url}"\n', "app/use.py": "from app.config import *\nx = SECRET_KEY + URL\n"})  # fmt: skip
    assert "secrets" in {report.category for report in run(root)}
    data = b"".join(cache.read_bytes() for cache in caches(root))
    assert data
    for secret in (key, "hunter2hunter"):
        assert secret.encode() not in data


def test_runs_at_the_same_time_do_not_disturb_each_other(root: Path) -> None:
    program = [sys.executable, "-m", "seawall", "check", "--output-format", "concise", "--quiet"]
    several = [subprocess.Popen(program, cwd=root, stdout=subprocess.PIPE) for _ in range(3)]
    outputs = {process.communicate()[0] for process in several}
    assert len(outputs) == 1 and outputs != {b""}


def test_a_touched_file_has_not_changed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cold = run(root)
    os.utime(root / "app" / "low.py")
    monkeypatch.setattr("seawall.engine.workspace.Workspace.load", fails)
    assert run(root) == cold


@pytest.mark.parametrize("jobs", [1, 2, 3, 7])
def test_any_number_of_processes_finds_the_same(jobs: int, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "MIN_SIZE", 1)
    found = check(Request(root, (root,)), jobs, use_cache=False).reports
    assert found == run(root, use_cache=False)
    assert any(report.related for report in found)


def test_two_files_with_one_name(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "MIN_SIZE", 1)
    write(root, {"lib/app/low.py": "def low():\n    return 1\n", "app/low/__init__.py": "def low():\n    return 1\n"})
    alone = run(root, use_cache=False)
    assert check(Request(root, (root,)), 3, use_cache=False).reports == alone
    assert run(root) == run(root) == alone


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(root: Path) -> None:
    os.mkfifo(root / ".gitignore")
    for _ in range(2):
        done = subprocess.run([sys.executable, "-m", "seawall", "check", str(root)], capture_output=True, timeout=60)
        assert done.returncode == 1
