"""Several files are written as one, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from seawall.engine.write import CannotWrite, write_all


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


def test_new_and_old_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    write_all({tmp_path / "a": (b"1", b"2"), tmp_path / "deep" / "b": (None, b"3")})
    assert (tmp_path / "a").read_bytes() == b"2"
    assert (tmp_path / "deep" / "b").read_bytes() == b"3"
    assert names(tmp_path) == {"a", "deep", "b"}


def test_new_files_have_the_usual_permissions(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_all({tmp_path / "a": (None, b"")})
    finally:
        os.umask(old)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("meanwhile", [b"other", None])
def test_a_file_that_has_changed_in_the_meantime(meanwhile: bytes | None, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    if meanwhile is not None:
        (tmp_path / "b").write_bytes(meanwhile)
    with pytest.raises(CannotWrite, match="has changed in the meantime"):
        write_all({tmp_path / "a": (b"1", b"2"), tmp_path / "b": (b"1", b"2")})
    assert (tmp_path / "a").read_bytes() == b"1"
    assert len(names(tmp_path)) == 1 + (meanwhile is not None)


def test_what_was_written_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"1")
    replace = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if Path(target).name == "b":
            raise OSError(28, "No space left on device", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(CannotWrite, match="No space left"):
        write_all({tmp_path / "new": (None, b"3"), tmp_path / "a": (b"1", b"2"), tmp_path / "b": (b"1", b"2")})
    assert (tmp_path / "a").read_bytes() == b"1"
    assert names(tmp_path) == {"a", "b"}
