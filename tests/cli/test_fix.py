"""`seawall check --fix` and `--diff`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable

import pytest

from .conftest import Folder, Result

Seawall = Callable[..., Result]

BEFORE = "import time\n\n\nasync def f():\n    time.sleep(1)  # wait\n"
UNSAFE = "async def f(items):\n    try:\n        return items[0]\n    except Exception:\n        pass\n"


def test_it_fixes_and_says_what(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=BEFORE)
    result = seawall("check", "--fix", "--select", "SW101")
    assert result.code == 0
    assert "await asyncio.sleep(1)  # wait" in folder.read("main.py")
    assert "- main.py:\n    1 × SW101 (" in result.out
    assert "Found 1 problem (1 fixed, 0 remaining)." in result.out


def test_fixing_twice_changes_nothing_more(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=BEFORE)
    seawall("check", "--fix")
    once = folder.read("main.py")
    assert seawall("check", "--fix").code == 0
    assert folder.read("main.py") == once


def test_unsafe_fixes_only_when_told(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=UNSAFE)
    result = seawall("check", "--fix", "--select", "SW902")
    assert (result.code, folder.read("main.py")) == (1, UNSAFE)
    assert "1 more fixable with the `--unsafe-fixes` option" in result.out
    assert seawall("check", "--fix", "--unsafe-fixes", "--select", "SW902").code == 0
    assert folder.read("main.py") != UNSAFE


def test_settings_say_what_is_fixed(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=BEFORE, seawall_toml='fix = true\nunfixable = ["SW101"]\nselect = ["SW101"]\n')
    result = seawall("check")
    assert (result.code, folder.read("main.py")) == (1, BEFORE)
    assert "fixable" not in result.out
    folder.write(seawall_toml='fix = true\nselect = ["SW101"]\n')
    assert seawall("check", "--no-fix").code == 1
    assert seawall("check").code == 0


def test_a_difference_is_a_patch_and_nothing_is_written(folder: Folder, seawall: Seawall) -> None:
    folder.file("app/main.py", BEFORE)
    result = seawall("check", "--diff", "--select", "SW101")
    assert result.code == 1
    assert folder.read("app/main.py") == BEFORE
    (folder.root / "fixes.patch").write_text(result.out)
    subprocess.run(["git", "apply", "-p0", "fixes.patch"], cwd=folder.root, check=True)
    patched = folder.read("app/main.py")
    folder.file("app/main.py", BEFORE)
    seawall("check", "--fix", "--select", "SW101")
    assert folder.read("app/main.py") == patched


def test_no_difference_ends_with_0(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py="x = 1\n")
    assert seawall("check", "--diff") == (0, "", "")


def test_a_difference_without_a_last_line_end(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=BEFORE.rstrip("\n").encode())
    result = seawall("check", "--diff", "--select", "SW101")
    assert result.out.count("\\ No newline at end of file") == 2


def test_standard_input_is_fixed_on_standard_output(folder: Folder, seawall: Seawall) -> None:
    result = seawall("check", "--fix", "--select", "SW101", "-", stdin=BEFORE)
    assert result.code == 0
    assert "await asyncio.sleep(1)  # wait" in result.out
    assert "fixed" not in result.out
    assert "1 fixed" in result.err
    assert list(folder.root.iterdir()) == [folder.root / "setup.cfg"]
    assert seawall("check", "--fix", "--select", "SW101", "-", stdin="x = 1\n").out == "x = 1\n"


def test_a_difference_of_standard_input(folder: Folder, seawall: Seawall) -> None:
    result = seawall("check", "--diff", "--select", "SW101", "--stdin-filename", "app.py", "-", stdin=BEFORE)
    assert result.out.startswith("--- app.py\n+++ app.py\n")
    assert not (folder.root / "app.py").exists()


@pytest.mark.parametrize("end", ["\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_ends_marks_and_bytes_stay(end: str, start: str, folder: Folder, seawall: Seawall) -> None:
    before = (start + BEFORE + "# ä 😀\n").replace("\n", end)
    folder.write(main_py=before.encode())
    seawall("check", "--fix", "--select", "SW101")
    after = folder.read("main.py")
    assert "await asyncio.sleep(1)" in after
    assert after.startswith(start + "import asyncio" + end)
    assert after.endswith(f"# ä 😀{end}")
    assert after.replace(end, "").isprintable() or start


def test_an_encoding_stays(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=("# -*- coding: latin-1 -*-\n# ä\n" + BEFORE).encode("latin-1"))
    seawall("check", "--fix", "--select", "SW101")
    assert "# ä\n" in (folder.root / "main.py").read_bytes().decode("latin-1")
    assert "await asyncio" in (folder.root / "main.py").read_bytes().decode("latin-1")


def test_permissions_and_links_stay(folder: Folder, seawall: Seawall) -> None:
    real = folder.file("real.txt", BEFORE)
    real.chmod(0o750)
    (folder.root / "main.py").symlink_to("real.txt")
    seawall("check", "--fix", "--select", "SW101", "main.py")
    assert (folder.root / "main.py").is_symlink()
    assert "await asyncio" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o750
    assert {path.name for path in folder.root.iterdir()} == {"main.py", "real.txt", "setup.cfg"}


def test_a_file_that_must_not_be_written(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=BEFORE)
    (folder.root / "main.py").chmod(0o444)
    result = seawall("check", "--fix", "--select", "SW101")
    assert (result.code, folder.read("main.py")) == (1, BEFORE)
    assert "at main.py:5 (SW101): `main.py` is read-only" in result.out


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_files_outside_of_the_project_are_left_alone(folder: Folder, seawall: Seawall) -> None:
    outside = folder.root.parent / "outside.txt"
    outside.write_text(BEFORE)
    (folder.root / "main.py").symlink_to(outside)
    seawall("check", "--fix", "--select", "SW101")
    assert outside.read_text() == BEFORE


def test_code_that_cannot_be_decoded_is_left_alone(folder: Folder, seawall: Seawall) -> None:
    data = BEFORE.encode() + b"x = '\xff'\n"
    folder.write(main_py=data)
    assert seawall("check", "--fix", "--unsafe-fixes").code in (0, 1)
    assert (folder.root / "main.py").read_bytes() == data


def test_half_typed_code_can_be_fixed_around(folder: Folder, seawall: Seawall) -> None:
    folder.write(main_py=BEFORE + "\n\ndef g(:\n")
    seawall("check", "--fix", "--select", "SW101")
    assert folder.read("main.py").endswith("def g(:\n")
