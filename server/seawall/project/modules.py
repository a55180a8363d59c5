"""From files to dotted module names: where the folders stand that hold top-level packages."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from seawall.project import toml_file
from seawall.project.reading import absolute, is_file, is_folder, located, looked_at, read_text, regular_bytes
from seawall.project.settings import DEFAULT_EXCLUDE, Settings

SUBPROJECT = (
    "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "manage.py", "alembic.ini", "Pipfile", "Dockerfile",
    "pytest.ini", "uv.lock", "poetry.lock",
)  # fmt: skip
"""A folder with one of these is worked in on its own, so imports start there."""

_DEPTH = 4
_FOLDERS = 2000
_SKIPPED = frozenset(DEFAULT_EXCLUDE) | {"tests", "test", "docs", "migrations", "versions", "fixtures", "static"}
_PACKAGE_HOMES = frozenset({"src", "lib", "python", "backend", "server"})
_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t]+([\w.]+)", re.MULTILINE)


def source_roots(root: Path, settings: Settings | None = None) -> tuple[Path, ...]:
    """The folders that imports start from, deepest first, `root` last.

    They come from the `src` setting, or else from what pyproject.toml tells build tools, type checkers and pytest; from
    sub-projects with a manifest of their own; and from `src/`-like folders whose files import each other without its
    name. Never raises; looks at most four levels down.
    """
    root = absolute(root)
    found = {root}
    if settings is not None and settings.src:
        found.update(folder for text in settings.src if is_folder(folder := located(root, text)))
    else:
        found.update(_told(root))
        for folder, names in _folders(root):
            if any(name in names for name in SUBPROJECT):
                if folder != root and _names_itself(folder, names):
                    continue  # a package that holds its own `manage.py` or `Dockerfile`
                found.add(folder)
                found.update(_told(folder))
            elif _holds_packages(folder, names):
                found.add(folder)
    return tuple(sorted(found, key=lambda folder: (-len(folder.parts), folder)))


def module_name(path: Path, roots: Sequence[Path]) -> str:
    """The dotted name that a file is imported by: `app/db/__init__.py` is `app.db`.

    Counted from the deepest root above the file; from the top of its package where no root is above it, or where the
    root is itself inside a package. A `__init__.py` directly in a root is `__init__`.
    """
    path = path if path.is_absolute() else absolute(path)
    above = {*path.parents}
    bases = [root for root in roots if root in above]
    base = max(bases, key=lambda root: len(root.parts)) if bases else path.parent
    if is_file(base / "__init__.py") and not (bases and _is_project(base)):
        while is_file(base / "__init__.py") and base.parent != base:
            base = base.parent
    parts = list(path.relative_to(base).parts)
    parts[-1] = parts[-1].rpartition(".")[0] or parts[-1]
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    return ".".join(parts)


def _is_project(folder: Path) -> bool:
    """A stray `__init__.py` beside a manifest does not make a project a package."""
    return any(os.path.lexists(folder / name) for name in (*SUBPROJECT, ".git", "seawall.toml", ".seawall.toml"))


def _folders(root: Path) -> Iterator[tuple[Path, frozenset[str]]]:
    """Folders below the root, with the names in them, that could be source roots: those that are no packages."""
    pending = [(root, 0)]
    looked = 0
    while pending and looked < _FOLDERS:
        folder, depth = pending.pop()
        looked += 1
        names, folders = _listed(folder)
        if "pyvenv.cfg" in names:
            continue
        if folder != root:
            if "__init__.py" in names and not any(name in names for name in SUBPROJECT):
                continue
            yield folder, names
        if depth < _DEPTH:
            pending += [(folder / name, depth + 1) for name in folders]


def _listed(folder: Path) -> tuple[frozenset[str], list[str]]:
    looked_at.add(os.fspath(folder))
    try:
        with os.scandir(folder) as entries:
            listed = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
    except (OSError, ValueError):
        return frozenset(), []
    names = frozenset(name for name, _ in listed)
    return names, [name for name, is_dir in listed if is_dir and name not in _SKIPPED and not name.startswith(".")]


def _told(root: Path) -> set[Path]:
    """Folders that the project's own tools are told to import from."""
    data = toml_file.parse(read_text(root / "pyproject.toml") or "").data
    if not data:
        return set()
    named: list[object] = []
    tool = toml_file.table(data, "tool")
    for keys, key in (
        (("pytest", "ini_options"), "pythonpath"),
        (("mypy",), "mypy_path"),
        (("pyright",), "extraPaths"),
        (("basedpyright",), "extraPaths"),
        (("setuptools", "packages", "find"), "where"),
        (("pdm", "build"), "package-dir"),
    ):
        named.append(toml_file.table(tool, *keys).get(key))
    named.append(toml_file.table(tool, "setuptools", "package-dir").get(""))
    packages = toml_file.table(tool, "hatch", "build", "targets", "wheel").get("packages")
    named += [str(Path(text).parent) for text in _texts(packages)]
    poetry = toml_file.table(tool, "poetry").get("packages")
    named += [entry.get("from") for entry in poetry if isinstance(entry, dict)] if isinstance(poetry, list) else []
    texts = (text for value in named for text in _texts(value))
    return {folder for text in texts if is_folder(folder := located(root, text)) and root in folder.parents}


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str) and "\0" not in value:
        yield from (part for part in re.split(r"[,:]", value.replace("$MYPY_CONFIG_FILE_DIR/", "")) if part.strip())
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, str) and "\0" not in item)


def _holds_packages(folder: Path, names: Iterable[str]) -> bool:
    """Whether a folder without a manifest is where imports start, rather than a namespace package.

    The imports written in it decide: `from src.auth import ...` says namespace, `from auth import ...` source root.
    Where they say nothing, its name does.
    """
    own = {name.removesuffix(".py") for name in names if name.endswith(".py")}
    packages = {name for name in names if "." not in name and is_file(folder / name / "__init__.py")}
    if not packages and not (folder.name in _PACKAGE_HOMES and own):
        return False
    inside = {name.encode() for name in own | packages}
    name = folder.name.encode()
    direct = 0
    for file in _some_files(folder, names):
        for found in _IMPORT.findall(regular_bytes(file) or b""):
            head = found.partition(b".")[0]
            if head == name:
                return False
            direct += head in inside
    return direct > 0 or (folder.name in _PACKAGE_HOMES and bool(packages))


def _names_itself(folder: Path, names: frozenset[str]) -> bool:
    """Whether the modules in a folder import with its name, bare or behind those of folders around it, or with that of a
    package around it."""
    files, parts = _some_files(folder, names), os.fsencode(folder).split(os.fsencode(os.sep))
    around = {folder.name.encode()}
    if "__init__.py" not in names and names & {folder.name, f"{folder.name}.py"}:
        around.clear()  # `shop/manage.py` beside `shop/shop/settings.py`
    while is_file(folder.parent / "__init__.py") and folder.parent.parent != folder.parent:
        folder = folder.parent
        around.add(folder.name.encode())
    return any(
        path[0] in around or any(path[:depth] == parts[-depth:] for depth in range(2, _DEPTH + 1))
        for file in files
        for found in _IMPORT.findall(regular_bytes(file) or b"")
        if (path := found.split(b"."))
    )


def _some_files(folder: Path, names: Iterable[str], limit: int = 40) -> Iterator[Path]:
    """A few files in and directly below a folder: enough to see how its modules call each other."""
    for name in sorted(names):
        if name.endswith(".py"):
            yield folder / name
            limit -= 1
        elif "." not in name and name not in _SKIPPED:
            for inner in _listed(folder / name)[0]:
                if inner.endswith(".py") and limit > 0:
                    yield folder / name / inner
                    limit -= 1
        if limit <= 0:
            return
