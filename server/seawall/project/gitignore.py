"""What git ignores and what it tracks, read from `.gitignore`, `.git/info/exclude` and `.git/index`; git never runs.

A developer's global excludes file is left out on purpose: it protects one machine, not the repository.
"""

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from seawall.project.reading import Read, absolute, is_file, line_end, read_text


class IgnoreRules:
    """The patterns of one ignore file."""

    __slots__ = ("_any", "_patterns")

    def __init__(self, lines: Iterable[str]) -> None:
        """Lines that are no valid pattern are left out, as git does."""
        from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

        patterns: list[tuple[re.Pattern[str], bool]] = []
        for line in lines:
            text = line.rstrip("\r\n")
            if not text or text.isspace() or text[0] == "#":
                continue
            try:
                pattern = GitIgnoreSpecPattern(text)
            except (ValueError, re.error, RecursionError, OverflowError):
                continue
            if pattern.regex is not None and pattern.include is not None:
                patterns.append((_whole(pattern.regex), bool(pattern.include)))
        self._patterns = tuple(reversed(patterns))
        self._any = _either(regex for regex, _ in patterns)

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def decide(self, relative: str) -> bool | None:
        """Whether the last pattern that matches ignores (True) or keeps (False) this entry; None if none matches.

        `relative` is the path from the ignore file's folder with `/` between its parts, and `/` at the end of a folder.
        Only the entry itself is looked at, not the folders above it.
        """
        if self._any is not None and self._any.fullmatch(relative) is None:
            return None
        for regex, include in self._patterns:
            if regex.fullmatch(relative):
                return include
        return None


def _whole(regex: re.Pattern[str]) -> re.Pattern[str]:
    """An expression that matches a whole path: of `*` and `a/**`, pathspec's only match how it begins."""
    if regex.pattern == ".":
        return re.compile(".+")
    return re.compile(f"{regex.pattern}.+") if regex.pattern.endswith("/") else regex


def _either(regexes: Iterable[re.Pattern[str]]) -> re.Pattern[str] | None:
    """One expression that matches whenever one of these does: most paths match none, and then one look is enough."""
    sources = [re.sub(r"\(\?P<\w+>", "(?:", regex.pattern) for regex in regexes]
    try:
        return re.compile("|".join(f"(?:{source})" for source in sources))
    except (re.error, OverflowError, RecursionError):
        return None


Chain = tuple[tuple[str, IgnoreRules], ...]
"""Ignore files that apply in a folder, nearest first, each with the prefix its own folder has (`""` or `.../`)."""


def decide(chain: Chain, path: str) -> bool:
    """Whether one entry is ignored, given a posix path that starts with the prefixes of the chain."""
    for prefix, rules in chain:
        verdict = rules.decide(path[len(prefix) :])
        if verdict is not None:
            return verdict
    return False


def repository(path: Path) -> Path | None:
    """The work tree that a path belongs to: the nearest folder, going up, that holds `.git`; None outside of any."""
    start = absolute(path)
    for folder in (start, *start.parents):
        try:
            if os.path.lexists(folder / ".git"):
                return folder
        except (OSError, ValueError):
            return None
    return None


def git_folder(work_tree: Path) -> Path | None:
    """Where a work tree's git data is: `.git` itself, or what it points to in worktrees and submodules."""
    dot_git = work_tree / ".git"
    try:
        if dot_git.is_dir():
            return dot_git
    except (OSError, ValueError):
        return None
    found = re.match(r"gitdir:\s*(\S.*?)\s*$", read_text(dot_git) or "", re.MULTILINE)
    return absolute(work_tree / found[1]) if found and "\0" not in found[1] else None


def _exclude_file(work_tree: Path) -> Path | None:
    """`info/exclude`, which all worktrees of a repository share."""
    folder = git_folder(work_tree)
    if folder is None:
        return None
    common = (read_text(folder / "commondir") or "").strip()
    if common and "\0" not in common:
        folder = absolute(folder / common)
    return folder / "info" / "exclude"


class GitIgnore:
    """What git ignores below one folder. Ignore files are read once; make a new one when they change.

    Outside of a repository, the `.gitignore` files from the folder down count all the same: git will be there one day.
    """

    def __init__(self, root: Path, read: Read = read_text) -> None:
        """Nothing is read before it is asked for."""
        self.root = absolute(root)
        self._read = read
        self._rules: dict[Path, IgnoreRules] = {}
        self._tops: dict[Path, Path] = {}

    def top(self, folder: Path) -> Path:
        """The folder that ignore files count from: the work tree's, else the one this was made for."""
        if folder not in self._tops:
            self._tops[folder] = repository(folder) or self.root
        return self._tops[folder]

    def rules(self, folder: Path, name: str = ".gitignore") -> IgnoreRules:
        """The rules of a folder's own ignore file, empty where there is none."""
        return self._rules_of(folder / name)

    def chain(self, folder: Path) -> Chain:
        """All ignore files that apply in a folder, with prefixes relative to `top(folder)`."""
        top = self.top(folder)
        found: list[tuple[str, IgnoreRules]] = []
        places = [place for place in (folder, *folder.parents) if place == top or top in place.parents]
        for place in places:
            if rules := self.rules(place):
                relative = place.relative_to(top).as_posix()
                found.append(("" if relative == "." else f"{relative}/", rules))
        exclude = _exclude_file(top)
        if exclude is not None and (rules := self._rules_of(exclude)):
            found.append(("", rules))
        return tuple(found)

    def is_ignored(self, path: Path, is_folder: bool | None = None) -> bool:
        """Whether git would ignore a path: a pattern matches it or a folder above it, which need not exist.

        Whether git already tracks it is another question (`is_tracked`). `is_folder` spares a look at the disk.
        """
        path = absolute(path)
        top = self.top(path.parent)
        if path == top or top not in path.parents:
            return False
        parts = path.relative_to(top).parts
        if ".git" in parts:
            return True
        folder, prefix = top, ""
        for index, part in enumerate(parts):
            last = index == len(parts) - 1
            as_folder = not last or (_is_folder(path) if is_folder is None else is_folder)
            if decide(self.chain(folder), f"{prefix}{part}{'/' if as_folder else ''}"):
                return True
            folder, prefix = folder / part, f"{prefix}{part}/"
        return False

    def _rules_of(self, file: Path) -> IgnoreRules:
        if file not in self._rules:
            self._rules[file] = IgnoreRules(split_lines(self._read(file) or ""))
        return self._rules[file]


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir() and not path.is_symlink()  # git looks at a link as at a file
    except (OSError, ValueError):
        return False


def split_lines(text: str) -> list[str]:
    """Lines without their ends; only `\\n`, `\\r\\n` and `\\r` end one."""
    return re.split(r"\r\n|\n|\r", text)


def is_ignored(path: Path, root: Path | None = None, read: Read = read_text) -> bool:
    """Whether git ignores a path; see `GitIgnore.is_ignored`, which is the better choice for more than one."""
    return GitIgnore(root or path.parent, read).is_ignored(path)


# ---------------------------------------------------------------- adding a pattern


class IgnoreEdit(NamedTuple):
    """What to write into an ignore file."""

    path: Path
    text: str | None
    """The file's text now; None if it has to be created."""
    new_text: str


def ignore_edit(root: Path, pattern: str, read: Read = read_text) -> IgnoreEdit:
    """How to make git ignore a pattern such as `.env`.

    The nearest `.gitignore` from `root` up to the work tree's top takes it, else a new one in `root`. A pattern that is
    already the last word stays alone; one that a later line takes back is written again at the end. Line ends and the
    missing or present last newline of the other lines are kept.
    """
    root = absolute(root)
    top = repository(root) or root
    folders = [place for place in (root, *root.parents) if place == top or top in place.parents]
    path = next((place / ".gitignore" for place in folders if is_file(place / ".gitignore")), root / ".gitignore")
    text = read(path)
    if text is None:
        return IgnoreEdit(path, None, f"{pattern}\n")
    written = _anchored(pattern, path.parent, root)
    if written in _live_lines(text) and IgnoreRules(split_lines(text)).decide(written.lstrip("/")) is True:
        return IgnoreEdit(path, text, text)
    end = line_end(text)
    joint = "" if not text or text.endswith(("\n", "\r")) else end
    return IgnoreEdit(path, text, f"{text}{joint}{written}{end}")


def _anchored(pattern: str, folder: Path, root: Path) -> str:
    """A pattern with `/` in it is relative to its ignore file, so it needs the way down to `root`."""
    if folder == root or "/" not in pattern.rstrip("/"):
        return pattern
    return f"/{root.relative_to(folder).as_posix()}/{pattern.lstrip('/')}"


def _live_lines(text: str) -> Sequence[str]:
    return [line.strip() for line in split_lines(text)]


# ---------------------------------------------------------------- the index


def is_tracked(path: Path) -> bool:
    """Whether git's index holds a path; False outside of a repository or where the index cannot be read."""
    path = absolute(path)
    top = repository(path.parent)
    if top is None or path == top:
        return False
    return path.relative_to(top).as_posix() in tracked(top)


def tracked(work_tree: Path) -> frozenset[str]:
    """All paths in the index of a work tree, posix and relative to it. Read anew only when the index changes."""
    from seawall.project.git_index import paths_of

    folder = git_folder(work_tree)
    return paths_of(folder / "index") if folder is not None else frozenset()
