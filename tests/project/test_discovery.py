import os
import subprocess
from pathlib import Path

import pytest

from seawall.project.discovery import find_root, is_too_broad, python_files
from seawall.project.settings import Settings


def found(root, settings=None, paths=None, **more):
    root = Path(root)
    return [
        path.relative_to(root).as_posix()
        for path in python_files(paths or [root], settings or Settings(), root, **more)
    ]


class TestRoot:
    @pytest.mark.parametrize("marker", ["pyproject.toml", "seawall.toml", "requirements.txt", "manage.py", ".git"])
    def test_nearest_marker(self, tmp_path, write, marker):
        write(marker)
        file = write("app/api/x.py")
        assert find_root(file) == tmp_path
        assert find_root(file.parent) == tmp_path

    def test_a_sub_project_is_nearer(self, tmp_path, write):
        write("pyproject.toml")
        write("backend/pyproject.toml")
        assert find_root(write("backend/app/x.py")) == tmp_path / "backend"

    def test_home_is_never_a_root(self, tmp_path, write, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        write("pyproject.toml")
        assert find_root(tmp_path) is None
        assert find_root(write("x.py")) is None
        assert find_root(write("work/x.py")) == tmp_path / "work"
        assert is_too_broad(tmp_path)
        assert is_too_broad(tmp_path.parent)
        assert not is_too_broad(tmp_path / "work")

    def test_the_file_system_is_never_a_root(self):
        assert find_root(Path("/")) is None
        assert is_too_broad(Path("/"))

    def test_a_missing_file_has_the_root_of_its_folder(self, tmp_path, write):
        write("pyproject.toml")
        assert find_root(tmp_path / "gone" / "x.py") == tmp_path


class TestFiles:
    def test_sorted_as_paths(self, tmp_path, write):
        for name in ("b.py", "a/z.py", "a/b/c.py", "a.py", "a-b/c.py", "c.txt"):
            write(name)
        files = list(python_files([tmp_path], Settings(), tmp_path))
        assert files == sorted(files)
        assert len(files) == 5

    @pytest.mark.parametrize(
        "folder",
        [
            ".git",
            ".venv",
            "venv",
            "node_modules",
            "__pycache__",
            "build",
            "dist",
            "site-packages",
            ".tox",
            ".mypy_cache",
        ],
    )
    def test_default_excludes(self, tmp_path, write, folder):
        write(f"app/{folder}/x.py")
        write("app/x.py")
        assert found(tmp_path, Settings(respect_gitignore=False)) == ["app/x.py"]

    def test_any_virtual_environment(self, tmp_path, write):
        write("my-env/pyvenv.cfg")
        write("my-env/lib/x.py")
        write("x.py")
        assert found(tmp_path) == ["x.py"]

    def test_named_files_are_always_taken(self, tmp_path, write):
        script, hidden = write("bin/tool"), write("build/x.py")
        write(".gitignore", "bin/")
        assert found(tmp_path, paths=[hidden, script]) == ["build/x.py", "bin/tool"]

    def test_unless_exclusion_is_forced(self, tmp_path, write):
        paths = [write("build/x.py"), write("app/x.py")]
        assert found(tmp_path, Settings(force_exclude=True), paths) == ["app/x.py"]

    def test_each_file_once(self, tmp_path, write):
        file = write("app/x.py")
        assert found(tmp_path, paths=[file, tmp_path / "app", tmp_path]) == ["app/x.py"]

    def test_include(self, tmp_path, write):
        write("x.pyi")
        write("app/x.py")
        write("tools/run")
        assert found(tmp_path, Settings(include=("*.pyi", "tools/*"))) == ["tools/run", "x.pyi"]

    @pytest.mark.parametrize(
        "pattern", ["gen", "gen/", "app/gen", "./app/gen", "app/gen/**", "**/gen", "app/*/x.py", "{gen,other}"]
    )
    def test_exclude(self, tmp_path, write, pattern):
        write("app/gen/x.py")
        write("app/y.py")
        assert found(tmp_path, Settings(extend_exclude=(pattern,))) == ["app/y.py"]
        assert found(tmp_path, Settings(exclude=(pattern,))) == ["app/y.py"]

    def test_excludes_are_relative_to_the_settings_folder(self, tmp_path, write):
        write("backend/app/gen/x.py")
        settings = Settings(extend_exclude=("backend/app/gen",))
        assert found(tmp_path / "backend", settings, folder=tmp_path) == []

    def test_an_absolute_exclude(self, tmp_path, write):
        write("app/x.py")
        assert found(tmp_path, Settings(exclude=(f"{tmp_path.as_posix()}/app",))) == []


class TestGitignore:
    def test_nested_files_and_negation(self, tmp_path, write):
        (tmp_path / ".git").mkdir()
        write(".gitignore", "*.gen.py\n/out/\n")
        write("app/.gitignore", "!keep.gen.py\nlocal.py\n")
        for name in (
            "a.gen.py",
            "out/x.py",
            "app/out/x.py",
            "app/keep.gen.py",
            "app/b.gen.py",
            "app/local.py",
            "local.py",
        ):
            write(name)
        assert found(tmp_path) == ["app/keep.gen.py", "app/out/x.py", "local.py"]

    def test_info_exclude_has_the_last_word(self, tmp_path, write):
        write(".git/info/exclude", "x.py\ny.py\n")
        write(".gitignore", "!y.py\n")
        write("x.py")
        write("y.py")
        assert found(tmp_path) == ["y.py"]

    def test_files_above_the_root_count_within_the_repository(self, tmp_path, write):
        write(".gitignore", "gen/\n")
        write("repo/.git/HEAD")
        write("repo/.gitignore", "*_pb2.py\n/backend/local/\n")
        write("repo/backend/a_pb2.py")
        write("repo/backend/local/x.py")
        write("repo/backend/gen/x.py")
        assert found(tmp_path / "repo" / "backend") == ["gen/x.py"]

    def test_a_repository_within_starts_afresh(self, tmp_path, write):
        write(".git/HEAD")
        write(".gitignore", "x.py\n")
        write("inner/.git/HEAD")
        write("inner/x.py")
        assert found(tmp_path) == ["inner/x.py"]

    def test_can_be_switched_off(self, tmp_path, write):
        write(".gitignore", "x.py\n")
        write("x.py")
        assert found(tmp_path) == []
        assert found(tmp_path, Settings(respect_gitignore=False)) == ["x.py"]

    def test_ignored_folders_are_not_entered(self, tmp_path, write, monkeypatch):
        write(".gitignore", "data/\n")
        write("data/x.py")
        entered = []
        scandir = os.scandir
        monkeypatch.setattr(os, "scandir", lambda path: entered.append(Path(path).name) or scandir(path))
        found(tmp_path)
        assert "data" not in entered

    def test_as_git_sees_it(self, tmp_path, write):
        if subprocess.run(["git", "init", "-q", str(tmp_path)], check=False).returncode:
            pytest.skip("git is not there")
        write(
            ".gitignore",
            "a/**/z\n*.log.py\n!imp.log.py\n\\#x.py\nfoo\\ bar.py\n/top.py\nsub/dir/\n[ab]?.py\ntrail.py   \n",
        )
        write("a/.gitignore", "/only.py\n")
        for name in (
            "a/b/z/x.py", "a/z/x.py", "z/x.py", "q.log.py", "imp.log.py", "#x.py", "foo bar.py", "top.py", "n/top.py",
            "sub/dir/x.py", "n/sub/dir/x.py", "ab.py", "cb.py", "trail.py", "a/only.py", "a/n/only.py",
        ):  # fmt: skip
            write(name)
        listed = subprocess.run(
            ["git", "-C", str(tmp_path), "ls-files", "-z", "--others", "--exclude-standard", "*.py"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert sorted(found(tmp_path)) == sorted(name for name in listed.split("\0") if name)


class TestTrouble:
    def test_missing_folders_and_files(self, tmp_path):
        assert found(tmp_path, paths=[tmp_path / "gone", tmp_path / "gone.py"]) == []

    def test_dead_links_and_loops(self, tmp_path, write):
        write("app/x.py")
        (tmp_path / "dead.py").symlink_to(tmp_path / "nowhere.py")
        (tmp_path / "self.py").symlink_to(tmp_path / "self.py")
        (tmp_path / "app" / "loop").symlink_to(tmp_path, target_is_directory=True)
        assert found(tmp_path) == ["app/x.py"]

    def test_linked_files_count_once(self, tmp_path, write):
        outside = write("shared/util.py")
        write("project/x.py")
        (tmp_path / "project" / "util.py").symlink_to(outside)
        (tmp_path / "project" / "y.py").symlink_to(tmp_path / "project" / "x.py")
        assert found(tmp_path / "project") == ["util.py", "x.py"]

    def test_a_folder_called_like_a_module(self, tmp_path, write):
        write("odd.py/x.py")
        assert found(tmp_path) == ["odd.py/x.py"]

    def test_permission_denied_and_vanished(self, tmp_path, write, monkeypatch):
        write("locked/x.py")
        write("open/x.py")
        scandir = os.scandir

        def refuse(path):
            if Path(path).name == "locked":
                raise PermissionError(13, "no", path)
            return scandir(path)

        monkeypatch.setattr(os, "scandir", refuse)
        assert found(tmp_path) == ["open/x.py"]

    def test_pipes_are_left_out(self, tmp_path, write):
        os.mkfifo(tmp_path / "pipe.py")
        os.mkfifo(tmp_path / ".gitignore")
        write("x.py")
        assert found(tmp_path) == ["x.py"]

    def test_a_name_that_no_encoding_knows(self, tmp_path):
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.py"))).write_text("")
        assert len(found(tmp_path)) == 1


def test_ten_thousand_files_within_a_second(tmp_path):
    import time

    (tmp_path / ".gitignore").write_text("\n".join(f"/x{number}/*.tmp" for number in range(100)))
    for number in range(100):
        folder = tmp_path / f"pkg{number}"
        folder.mkdir()
        for file in range(100):
            (folder / f"m{file}.py").touch()
    start = time.perf_counter()
    assert len(found(tmp_path)) == 10_000
    assert time.perf_counter() - start < 1
