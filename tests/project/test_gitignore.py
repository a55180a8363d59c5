import subprocess

import pytest

from seawall.project.git_index import parse
from seawall.project.gitignore import GitIgnore, ignore_edit, is_ignored, is_tracked, repository, tracked


@pytest.fixture
def git(tmp_path):
    def git(*arguments, folder=tmp_path):
        identity = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            ["git", "-C", str(folder), *identity, *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.skip(f"git cannot do this here: {done.stderr[:80]}")
        return done.stdout

    git("init", "-q")
    return git


class TestIsIgnored:
    @pytest.mark.parametrize(
        ("pattern", "ignored"),
        [
            (".env", True),
            (".env*", True),
            ("/.env", True),
            ("*.env", True),
            (".env\n!.env", False),
            ("# .env", False),
            (".env/", False),
            ("*", True),
            ("**", True),
            ("*\n!.env", False),
            (".env.local", False),
            ("", False),
        ],
    )
    def test_patterns(self, tmp_path, write, pattern, ignored):
        write(".gitignore", pattern + "\n")
        assert is_ignored(write(".env")) is ignored

    @pytest.mark.parametrize("pattern", ["api/**", "api/*", "*\n!.gitignore", "**/.env", "api/**/.env"])
    def test_patterns_of_what_is_in_a_folder(self, tmp_path, write, git, pattern):
        write(".gitignore", pattern + "\n")
        path = write("api/v1/.env")
        assert git("check-ignore", "api/v1/.env").strip() == "api/v1/.env"
        assert is_ignored(path, tmp_path)

    def test_a_file_in_an_ignored_folder_cannot_come_back(self, tmp_path, write):
        write(".git/HEAD")
        write(".gitignore", "secrets/\n!secrets/.env\n")
        assert is_ignored(tmp_path / "secrets" / ".env", tmp_path)

    def test_the_path_need_not_exist(self, tmp_path, write):
        write(".gitignore", ".env\ncache/\n")
        ignore = GitIgnore(tmp_path)
        assert ignore.is_ignored(tmp_path / "deep" / ".env")
        assert not ignore.is_ignored(tmp_path / "cache")
        assert ignore.is_ignored(tmp_path / "cache", is_folder=True)

    def test_nothing_outside_of_the_tree(self, tmp_path, write):
        write(".git/HEAD")
        write(".gitignore", "*\n")
        ignore = GitIgnore(tmp_path)
        assert not ignore.is_ignored(tmp_path)
        assert not ignore.is_ignored(tmp_path.parent / ".env")
        assert ignore.is_ignored(tmp_path / ".git" / "config")

    def test_windows_line_ends_and_marks(self, write):
        write(".gitignore", b"\xef\xbb\xbf.env\r\n*.log\r\n")
        assert is_ignored(write(".env"))

    def test_binary_junk(self, tmp_path, write):
        write(".gitignore", bytes(range(256)))
        assert not is_ignored(tmp_path / "x.py")

    def test_an_open_document_counts(self, tmp_path):
        assert is_ignored(tmp_path / ".env", tmp_path, lambda path: ".env" if path.name == ".gitignore" else None)

    def test_as_git_says(self, tmp_path, write, git):
        write(".gitignore", "a/\n!a/b\n*.x\n!k.x\nd/**\n!d/e/\n**/q\nr/*/s\n\\!t\n[a-c]z\n")
        names = ["a/b", "y.x", "k.x", "d/f", "d/e/g", "m/q", "q", "r/1/s", "r/1/2/s", "!t", "bz", "dz", "a.x/k.x"]
        for name in names:
            write(name)
        git_says = {name for name in names if _git_ignores(git, name)}
        ignore = GitIgnore(tmp_path)
        assert {name for name in names if ignore.is_ignored(tmp_path / name)} == git_says


def _git_ignores(git, name):
    return git("ls-files", "--others", "--exclude-standard", "--", f":(literal){name}").strip() == ""


class TestRepository:
    def test_nearest(self, tmp_path, write):
        write(".git/HEAD")
        assert repository(tmp_path / "a" / "b") == tmp_path
        write("a/.git", "gitdir: ../.git/modules/a")
        assert repository(tmp_path / "a" / "b") == tmp_path / "a"


class TestEdit:
    def test_a_new_file(self, tmp_path):
        assert ignore_edit(tmp_path, ".env") == (tmp_path / ".gitignore", None, ".env\n")

    @pytest.mark.parametrize(
        ("text", "new"),
        [
            ("*.pyc\n", "*.pyc\n.env\n"),
            ("*.pyc", "*.pyc\n.env\n"),
            ("*.pyc\r\nx", "*.pyc\r\nx\r\n.env\r\n"),
            ("", ".env\n"),
            ("\n\n", "\n\n.env\n"),
            ("a\n.env\nb", "a\n.env\nb"),
            (".env\n!.env\n", ".env\n!.env\n.env\n"),
            ("# .env\n", "# .env\n.env\n"),
        ],
    )
    def test_lines(self, tmp_path, write, text, new):
        path = write(".gitignore", text)
        edit = ignore_edit(tmp_path, ".env")
        assert edit == (path, text, new)
        write(".gitignore", new)
        assert ignore_edit(tmp_path, ".env").new_text == new
        assert is_ignored(tmp_path / ".env")

    def test_the_repositorys_own_file_takes_it(self, tmp_path, write):
        write(".git/HEAD")
        path = write(".gitignore", "x\n")
        (tmp_path / "backend").mkdir()
        assert ignore_edit(tmp_path / "backend", ".env") == (path, "x\n", "x\n.env\n")
        assert ignore_edit(tmp_path / "backend", "config/.env").new_text == "x\n/backend/config/.env\n"

    def test_a_file_outside_of_the_repository_does_not(self, tmp_path, write):
        write(".gitignore", "x\n")
        write("repo/.git/HEAD")
        assert ignore_edit(tmp_path / "repo", ".env").path == tmp_path / "repo" / ".gitignore"


class TestTracked:
    @pytest.mark.parametrize("version", [2, 3, 4])
    def test_every_version_of_the_index(self, tmp_path, write, git, version):
        names = [".env", "app/db.py", "app/ünï.py", "a" * 200, "app/db/very/deep/file.py"]
        for name in names:
            write(name, name)
        git("add", "-A")
        if version == 3:
            write("later.py", "x")
            git("add", "--intent-to-add", "later.py")
            names.append("later.py")
        else:
            git("update-index", "--index-version", str(version))
        data = (tmp_path / ".git" / "index").read_bytes()
        assert data[7] == version
        assert tracked(tmp_path) == frozenset(names)
        assert is_tracked(tmp_path / ".env")
        assert not is_tracked(tmp_path / ".env.local")
        assert is_tracked(tmp_path / "app" / "db.py")

    def test_sha256(self, tmp_path, write, git):
        subprocess.run(["git", "init", "-q", "--object-format=sha256", str(tmp_path / "big")], check=True)
        write("big/.env", "x")
        git("add", ".env", folder=tmp_path / "big")
        assert is_tracked(tmp_path / "big" / ".env")

    def test_changes_are_seen(self, tmp_path, write, git):
        write(".env", "x")
        assert not is_tracked(tmp_path / ".env")
        git("add", ".env")
        assert is_tracked(tmp_path / ".env")
        git("rm", "-q", "--cached", ".env")
        assert not is_tracked(tmp_path / ".env")

    def test_worktrees(self, tmp_path, write, git):
        write(".env", "x")
        git("add", ".env")
        git("commit", "-q", "-m", "x")
        git("worktree", "add", "-q", str(tmp_path / "other"))
        write(".git/info/exclude", "hidden.py\n")
        assert (tmp_path / "other" / ".git").is_file()
        assert is_tracked(tmp_path / "other" / ".env")
        assert is_ignored(tmp_path / "other" / "hidden.py")

    def test_no_repository_and_a_broken_index(self, tmp_path, write):
        assert not is_tracked(tmp_path / ".env")
        write(".git/index", b"DIRC\0\0\0\2\0\0\0\xff" + b"x" * 100)
        assert not is_tracked(tmp_path / ".env")
        write("sub/.git", "gitdir: /nowhere\n")
        assert not is_tracked(tmp_path / "sub" / ".env")

    @pytest.mark.parametrize("data", [b"", b"DIRC", b"DIRC\0\0\0\x09\0\0\0\0", b"DIRC\0\0\0\4\0\0\0\1" + b"\xff" * 90])
    def test_bytes_that_are_no_index(self, data):
        assert parse(data) is None

    def test_any_damage_is_survived(self, tmp_path, write, git):
        for number in range(20):
            write(f"f{number}.py", "x")
        git("add", "-A")
        data = (tmp_path / ".git" / "index").read_bytes()
        for at in range(0, len(data), 7):
            parse(data[:at])
            parse(data[:at] + b"\xff" + data[at + 1 :])
