"""Which folder is the project, and which Python files are in it."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from seawall.project.gitignore import Chain, GitIgnore, decide
from seawall.project.globs import Globs, compiled
from seawall.project.modules import module_name, source_roots
from seawall.project.reading import Read, absolute, read_text
from seawall.project.settings import Settings

__all__ = ["MARKERS", "find_root", "is_too_broad", "module_name", "python_files", "source_roots"]

MARKERS = (
    ".seawall.toml", "seawall.toml", "pyproject.toml", ".git", "setup.cfg", "setup.py", "requirements.txt", "manage.py",
    "alembic.ini", "uv.lock", "poetry.lock", "pdm.lock", "Pipfile", "environment.yml", "pixi.toml",
)  # fmt: skip
"""Files and folders that say: here is a project."""


def is_too_broad(folder: Path) -> bool:
    """Whether a folder must not be taken for a workspace: the file system's root, the home folder, or one above it."""
    folder = _resolved(folder)
    home = _home()
    return folder == Path(folder.anchor) or (home is not None and (folder == home or folder in home.parents))


def find_root(path: Path) -> Path | None:
    """The project that a file or folder belongs to: the nearest folder, going up, with one of `MARKERS`.

    Without any, the folder itself, or the file's. None means that there is no project: the answer would be the home
    folder or the file system's root, whatever markers lie there, and only the one file should be looked at.
    """
    path = absolute(path)
    try:
        start = path if path.is_dir() else path.parent
    except (OSError, ValueError):
        start = path.parent
    for folder in (start, *start.parents):
        if is_too_broad(folder):
            break
        if any(os.path.lexists(folder / marker) for marker in MARKERS):
            return folder
    return None if is_too_broad(start) else start


def _home() -> Path | None:
    try:
        return _resolved(Path.home())
    except (RuntimeError, KeyError):
        return None


def _resolved(path: Path) -> Path:
    try:
        return absolute(path).resolve()
    except (OSError, ValueError, RuntimeError):
        return absolute(path)


def python_files(
    paths: Iterable[Path], settings: Settings, root: Path, *, folder: Path | None = None, read: Read = read_text
) -> Iterator[Path]:
    """The files to check, absolute, each once, in the order of `paths` and sorted within each.

    A file that is named is taken whatever it is called and wherever it is (unless `force_exclude`); a folder is walked,
    without what `exclude` or git leaves out, virtual environments, or folders behind symbolic links. A link to a file
    is followed if it leads out of the folder. Whatever is missing, unreadable or vanishes on the way is left out.

    `folder` is what globs are relative to, `root` if not given.
    """
    base = absolute(folder or root)
    walk = _Walk(settings, base, GitIgnore(root, read) if settings.respect_gitignore else None)
    seen: set[str] = set()
    for path in paths:
        path = absolute(path)
        try:
            named = path.is_file()
        except (OSError, ValueError):
            continue
        if named and settings.force_exclude and walk.is_excluded_anywhere(path):
            continue
        for found in [str(path)] if named else walk.files(str(path)):
            if found not in seen:
                seen.add(found)
                yield Path(found)


class _Walk:
    """One walk; strings rather than `Path`s, since it meets every entry of a workspace."""

    def __init__(self, settings: Settings, base: Path, ignore: GitIgnore | None) -> None:
        self.include = compiled(settings.include)
        self.exclude = Globs((*settings.exclude, *settings.extend_exclude))
        self.prefix = base.as_posix().rstrip("/") + "/"
        self.ignore = ignore

    def is_excluded_anywhere(self, path: Path) -> bool:
        posix = path.as_posix()
        return self.exclude.match_with_parents(self._relative(posix), posix)

    def files(self, top: str) -> Iterator[str]:
        """Depth first, entries by name, so that the result is sorted as paths are."""
        pending = [iter(self._entries(top, self._chain(top), first=True))]
        while pending:
            entry = next(pending[-1], None)
            if entry is None:
                pending.pop()
                continue
            path, chain = entry
            if chain is None:
                yield path
            else:
                pending.append(iter(self._entries(path, chain)))

    def _entries(self, folder: str, chain: "_Prefixed", first: bool = False) -> list[tuple[str, "_Prefixed | None"]]:
        """What to look at in a folder: files to take with None, and folders to enter with the ignore files for them."""
        try:
            with os.scandir(folder) as scanned:
                entries = sorted(scanned, key=_name)
        except (OSError, ValueError):
            return []
        names = {entry.name for entry in entries}
        if not first and "pyvenv.cfg" in names:
            return []
        if self.ignore is not None and not first:
            chain = self._extended(chain, folder, names)
        found: list[tuple[str, _Prefixed | None]] = []
        for entry in entries:
            try:
                is_folder = entry.is_dir(follow_symlinks=False)
                is_link = not is_folder and entry.is_symlink()
            except OSError:
                continue
            posix = entry.path.replace("\\", "/") if os.sep == "\\" else entry.path
            relative = self._relative(posix)
            if not is_folder and not self.include.match(relative, posix):
                continue
            if self.exclude.match(relative, posix):
                continue
            if chain.rules and decide(chain.rules, posix[chain.skip :] + ("/" if is_folder else "")):
                continue
            if is_folder:
                found.append((entry.path, chain))
            elif self._is_regular(entry, is_link):
                found.append((entry.path, None))
        return found

    def _is_regular(self, entry: "os.DirEntry[str]", is_link: bool) -> bool:
        try:
            if not entry.is_file():  # also says no to dead links
                return False
            return not is_link or not os.path.realpath(entry.path).startswith(self.prefix.replace("/", os.sep))
        except (OSError, ValueError):
            return False

    def _relative(self, posix: str) -> str:
        return posix[len(self.prefix) :] if posix.startswith(self.prefix) else posix.lstrip("/")

    def _chain(self, folder: str) -> "_Prefixed":
        if self.ignore is None:
            return _Prefixed(0, ())
        path = Path(folder)
        return _Prefixed(len(self.ignore.top(path).as_posix().rstrip("/")) + 1, self.ignore.chain(path))

    def _extended(self, chain: "_Prefixed", folder: str, names: set[str]) -> "_Prefixed":
        """The ignore files for what is in a folder; a repository within the repository starts afresh."""
        if self.ignore is None:
            return chain
        if ".git" in names:
            return self._chain(folder)
        if ".gitignore" not in names:
            return chain
        rules = self.ignore.rules(Path(folder))
        return _Prefixed(chain.skip, ((f"{folder.replace(os.sep, '/')[chain.skip :]}/", rules), *chain.rules))


class _Prefixed:
    """Ignore files, and how many characters of an absolute path come before what they are relative to."""

    __slots__ = ("rules", "skip")

    def __init__(self, skip: int, rules: Chain) -> None:
        self.skip = skip
        self.rules = rules


def _name(entry: "os.DirEntry[str]") -> str:
    return entry.name
