"""What the project depends on, and in which versions: manifests, lock files, and the names of installed metadata."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seawall.patterns import pattern
from seawall.project import toml_file
from seawall.project.adding import add_requirement
from seawall.project.reading import Read, absolute, children, is_folder, read_text
from seawall.project.requirements import (
    Requirement,
    applies,
    bound,
    logical_lines,
    normalise,
    parse,
    parsed,
    read_requirements,
    version_of,
)
from seawall.project.settings import DEFAULT_EXCLUDE

if TYPE_CHECKING:
    from packaging.version import Version

__all__ = ["LOCK_FILES", "Dependencies", "Requirement", "add_requirement", "is_manifest", "manifests", "normalise"]

LOCK_FILES = ("uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock")

_LOCKED = pattern(
    r'^\[\[packages?\]\][^\S\n]*\r?\n(?:(?!\[)[^\n]*\n)*?name = "([^"\n]+)"[^\S\n]*\r?\nversion = "([^"\n]+)"',
    re.MULTILINE,
)
_DIST_INFO = pattern(r"(.+?)-(\d[^-]*)(?:-py[\d.]+)?\.(?:dist-info|egg-info)")
_DEPTH = 2


class Dependencies:
    """The dependencies of a project. Cheap to create; each kind of file is read when it is first needed.

    Names may be given in any spelling: they are compared as PEP 503 says.
    """

    def __init__(
        self,
        root: Path,
        *,
        venv: Path | None = None,
        versions: Mapping[str, str] | None = None,
        python: str | None = None,
        read: Read = read_text,
    ) -> None:
        """Args:
        root: the project's folder; manifests up to two levels below count, lock files also above, up to the work tree.
        venv: the virtual environment whose installed distributions count.
        versions: versions that win over all others, from the settings.
        python: the Python version, such as "3.12", that markers are read for; the running one if None.
        read: how to read a file.
        """
        self.root = absolute(root)
        self._venv = venv
        self._versions = {normalise(name): version for name, version in (versions or {}).items()}
        self._markers = {"python_version": python, "python_full_version": f"{python}.0"} if python else None
        self._read = read

    @cached_property
    def manifests(self) -> tuple[Path, ...]:
        """The files that declare dependencies, the project's own before those of folders below."""
        return manifests(self.root)

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """Everything declared, in the order of `manifests`, constraints included."""
        found = [item for path in self.manifests for item in declared(path, self._read)]
        return tuple(dict.fromkeys(found))

    @cached_property
    def locked(self) -> Mapping[str, str]:
        """Name to version, of the lock files of the project and of the folders above it, the nearest first."""
        versions: dict[str, str] = {}
        for path in self._lock_files():
            for name, version in locked(path, self._read(path) or "").items():
                versions.setdefault(name, version)
        return versions

    @cached_property
    def installed(self) -> Mapping[str, str]:
        """Name to version, of what is installed in the virtual environment."""
        return installed(self._venv) if self._venv is not None else {}

    @cached_property
    def names(self) -> frozenset[str]:
        """Every distribution that is declared or locked; what is installed where nothing is."""
        names = {item.name for item in self.requirements if not item.is_constraint} | self.locked.keys()
        return frozenset((names or self.installed.keys()) - {self._own_name})

    def has(self, name: str) -> bool:
        """Whether the project depends on a distribution, directly or not."""
        return normalise(name) in self.names

    def declares(self, name: str) -> bool:
        """Whether a manifest names a distribution itself."""
        return bool(self._by_name.get(normalise(name)))

    def extras(self, name: str) -> frozenset[str]:
        """The extras that manifests ask for, normalised, such as `asyncio` of `sqlalchemy[asyncio]`."""
        return frozenset(extra for item in self._by_name.get(normalise(name), ()) for extra in item.extras)

    def version(self, name: str) -> "Version | None":
        """The version to assume: the settings', else locked, pinned with `==`, installed, or what `bound` makes of it."""
        name = normalise(name)
        found = [item for item in self.requirements if item.name == name]
        found.sort(key=lambda item: (not applies(item.marker, self._markers), bool(item.group)))
        pinned = (item.specifier.lstrip("= ") for item in found if re.fullmatch(r"===?[^*,]+", item.specifier))
        for text in (self._versions.get(name), self.locked.get(name), *pinned, self.installed.get(name)):
            if text is not None and (version := version_of(text)) is not None:
                return version
        return next((version for item in found if (version := bound(item.specifier)) is not None), None)

    def where_to_add(self, name: str) -> Path | None:
        """The manifest that takes a dependency: the one that already declares it, else the one that others stand in.

        None where there is no manifest at all.
        """
        mine = [item.source for item in self._by_name.get(normalise(name), ()) if item.source and not item.group]
        if mine:
            return mine[0]
        own = [path for path in self.manifests if path.parent in (self.root, self.root / "requirements")]
        ranked = sorted((self._rank(path), index, path) for index, path in enumerate(own or self.manifests))
        return ranked[0][2] if ranked and ranked[0][0] < _NEVER else None

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Requirement, ...]]:
        found: dict[str, tuple[Requirement, ...]] = {}
        for item in self.requirements:
            if not item.is_constraint:
                found[item.name] = (*found.get(item.name, ()), item)
        return found

    @cached_property
    def _own_name(self) -> str:
        data = toml_file.parse(self._read(self.root / "pyproject.toml") or "").data
        name = toml_file.table(data, "project").get("name") or toml_file.table(data, "tool", "poetry").get("name")
        return normalise(name) if isinstance(name, str) else ""

    def _lock_files(self) -> Iterator[Path]:
        from seawall.project.gitignore import repository

        top = repository(self.root) or self.root
        for folder in (self.root, *self.root.parents):
            if folder != top and top not in folder.parents:
                break
            names = children(folder)
            yield from (folder / name for name in LOCK_FILES if name in names)
        for path in self.manifests:
            if path.parent != self.root:
                names = children(path.parent)
                yield from (path.parent / name for name in LOCK_FILES if name in names)

    def _rank(self, path: Path) -> int:
        """How gladly a manifest takes a new dependency, the least first."""
        name = path.name
        if name == "pyproject.toml":
            data = toml_file.parse(self._read(path) or "").data
            project, poetry = toml_file.table(data, "project"), toml_file.table(data, "tool", "poetry")
            if "dependencies" in project or "dependencies" in poetry:
                return 0
            dynamic = project.get("dynamic")
            if isinstance(dynamic, list) and "dependencies" in dynamic:
                return _NEVER
            return 6 if project else _NEVER
        if name == "Pipfile":
            return 1
        if is_requirements(path):
            from seawall.project.requirements import group_of

            if group_of(path):
                return 8
            return 2 if path.suffix == ".in" else 3
        if name == "setup.cfg":
            return 4 if any(item.source == path for item in self.requirements) else 7
        return 5


_NEVER = 99


def is_requirements(path: Path) -> bool:
    """Whether a file's name says that it is a requirements file."""
    if path.suffix not in (".txt", ".in"):
        return False
    return "requirements" in path.stem.lower() or path.parent.name.lower() == "requirements"


def is_manifest(path: Path) -> bool:
    """Whether a file declares or locks dependencies, as far as its name tells."""
    return (
        path.name in ("pyproject.toml", "Pipfile", "setup.cfg", "environment.yml", "environment.yaml", *LOCK_FILES)
        or is_requirements(path)
        or ".dist-info" in path.as_posix()
    )


def manifests(root: Path) -> tuple[Path, ...]:
    """The files below a folder, at most two levels down, that can declare dependencies; the nearest first."""
    found: list[Path] = []
    pending = [(absolute(root), 0)]
    while pending:
        folder, depth = pending.pop(0)
        names = children(folder)
        if depth and "pyvenv.cfg" in names:
            continue
        paths = [folder / name for name in names]
        found += [path for path in paths if is_manifest(path) and path.name not in LOCK_FILES and not is_folder(path)]
        if depth < _DEPTH:
            inner = [path for path in paths if not path.name.startswith(".") and path.name not in DEFAULT_EXCLUDE]
            pending += [(path, depth + 1) for path in inner if "." not in path.name and is_folder(path)]
    return tuple(found)


def declared(path: Path, read: Read = read_text) -> Iterator[Requirement]:
    """What one manifest asks for. Never raises."""
    text = read(path)
    if text is None:
        return
    if path.name == "pyproject.toml":
        yield from _pyproject(path, text)
    elif path.name == "Pipfile":
        data = toml_file.parse(text).data
        yield from _tabled(toml_file.table(data, "packages"), path, text, ("packages",), "")
        yield from _tabled(toml_file.table(data, "dev-packages"), path, text, ("dev-packages",), "dev")
    elif path.name == "setup.cfg":
        yield from _setup_cfg(path, text)
    elif path.suffix in (".yml", ".yaml"):
        yield from _conda(path, text)
    else:
        yield from read_requirements(path, read, text)


def _pyproject(path: Path, text: str) -> Iterator[Requirement]:
    data = toml_file.parse(text).data
    project = toml_file.table(data, "project")
    yield from parsed(project.get("dependencies"), path, text)
    for group, items in toml_file.table(project, "optional-dependencies").items():
        yield from parsed(items, path, text, group)
    for group, items in toml_file.table(data, "dependency-groups").items():
        yield from parsed(items, path, text, group)
    tool = toml_file.table(data, "tool")
    yield from parsed(toml_file.table(tool, "uv").get("dev-dependencies"), path, text, "dev")
    for group, items in toml_file.table(tool, "pdm", "dev-dependencies").items():
        yield from parsed(items, path, text, group)
    for group, env in toml_file.table(tool, "hatch", "envs").items():
        for key in ("dependencies", "extra-dependencies"):
            yield from parsed(toml_file.table(env).get(key), path, text, group)
    place = ("tool", "poetry")
    poetry = toml_file.table(tool, "poetry")
    yield from _tabled(toml_file.table(poetry, "dependencies"), path, text, (*place, "dependencies"), "")
    yield from _tabled(toml_file.table(poetry, "dev-dependencies"), path, text, (*place, "dev-dependencies"), "dev")
    for group in toml_file.table(poetry, "group"):
        keys = (*place, "group", group, "dependencies")
        yield from _tabled(toml_file.table(data, *keys), path, text, keys, group)


def _tabled(
    table: Mapping[str, Any], path: Path, text: str, keys: tuple[str, ...], group: str
) -> Iterator[Requirement]:
    """Dependencies as poetry and pipenv write them: `name = "^1.0"` or `name = {version = "^1.0", extras = ["x"]}`."""
    for name, value in table.items():
        if normalise(name) == "python":
            continue
        one = value[0] if isinstance(value, list) and value else value
        details = one if isinstance(one, Mapping) else {"version": one}
        specifier = details.get("version", "")
        extras = details.get("extras")
        yield Requirement(
            normalise(name),
            "" if not isinstance(specifier, str) or specifier == "*" else specifier,
            frozenset(normalise(extra) for extra in extras if isinstance(extra, str))
            if isinstance(extras, list)
            else frozenset(),
            "",
            path,
            toml_file.line_of(text, (*keys, name)),
            group,
        )


def _setup_cfg(path: Path, text: str) -> Iterator[Requirement]:
    import configparser

    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        return
    if parser.has_option("options", "install_requires"):
        yield from parsed(_lines(parser.get("options", "install_requires")), path, text)
    if parser.has_section("options.extras_require"):
        for group, value in parser.items("options.extras_require"):
            yield from parsed(_lines(value), path, text, group)


def _lines(value: str | None) -> Iterable[str]:
    return [line for _, line in logical_lines((value or "").replace(" ; ", "; "))]


def _conda(path: Path, text: str) -> Iterator[Requirement]:
    """The `dependencies:` list of a conda environment file, and the `pip:` list in it."""
    inside = False
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        if re.match(r"\S", line) and not line.startswith(("-", "#")):
            inside = line.startswith("dependencies:")
            continue
        found = re.match(r"\s*-\s+([\"']?)(.+?)\1\s*(?:\s#.*)?$", line)
        if not inside or not found or found[2].rstrip().endswith(":"):
            continue
        item = found[2].rpartition("::")[2]
        pinned = re.fullmatch(r"([\w.-]+)\s*=\s*([\w.*]+)(?:=[\w.*]+)?", item)
        requirement = parse(f"{pinned[1]}=={pinned[2]}" if pinned else item, path, number)
        if requirement is not None and requirement.name not in ("python", "pip"):
            yield requirement


def locked(path: Path, text: str) -> dict[str, str]:
    """Name to version in one lock file; the highest where several are locked. Never raises."""
    if path.name == "Pipfile.lock":
        return dict(_pipfile_lock(text))
    versions: dict[str, str] = {}
    for name, version in _LOCKED.findall(text):
        name = normalise(name)
        if name in versions:
            old, new = version_of(versions[name]), version_of(version)
            if old is not None and (new is None or new < old):
                continue
        versions[name] = version
    return versions


def _pipfile_lock(text: str) -> Iterator[tuple[str, str]]:
    import json

    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    for section in ("develop", "default"):
        for name, value in toml_file.table(data, section).items():
            version = toml_file.table(value).get("version")
            if isinstance(version, str):
                yield normalise(name), version.lstrip("=")


def installed(venv: Path) -> dict[str, str]:
    """Name to version of what is installed in a virtual environment, by the names of its metadata folders."""
    versions: dict[str, str] = {}
    for folder in site_packages(venv):
        for name in children(folder):
            if found := _DIST_INFO.fullmatch(name):
                versions.setdefault(normalise(found[1]), found[2])
    return versions


def site_packages(venv: Path) -> tuple[Path, ...]:
    """Where a virtual environment keeps its distributions."""
    lib = venv / "lib"
    folders = [lib / name / "site-packages" for name in children(lib) if name.startswith(("python", "pypy"))]
    return tuple(folder for folder in (*folders, venv / "Lib" / "site-packages") if is_folder(folder))
