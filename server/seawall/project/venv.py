"""Which environment a project's packages live in, judged by files and variables; no interpreter is started."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

from seawall.patterns import pattern
from seawall.project import toml_file
from seawall.project.dependencies import declared, manifests
from seawall.project.gitignore import repository
from seawall.project.reading import Read, absolute, children, is_file, is_folder, located, read_text

Kind = Literal["venv", "uv", "poetry", "pdm", "hatch", "pixi", "pipenv", "conda", "container", "none"]

_USUAL = (".venv", "venv", "env", ".env")
_CONTAINER_VARIABLES = ("CODESPACES", "REMOTE_CONTAINERS", "DEVCONTAINER", "GITPOD_WORKSPACE_ID")
_BY_FILE: tuple[tuple[str, Kind], ...] = (
    ("uv.lock", "uv"),
    ("uv.toml", "uv"),
    ("poetry.lock", "poetry"),
    ("poetry.toml", "poetry"),
    (".pdm-python", "pdm"),
    ("pdm.lock", "pdm"),
    ("pdm.toml", "pdm"),
    ("hatch.toml", "hatch"),
    ("pixi.toml", "pixi"),
    ("pixi.lock", "pixi"),
    (".pixi", "pixi"),
    ("Pipfile", "pipenv"),
)
_TELLING = frozenset(name for name, _ in _BY_FILE) | {"pyvenv.cfg", "conda-meta", ".devcontainer", ".devcontainer.json"}
_CONTAINER_FILES = (".dockerenv", "run/.containerenv")


class Environment(NamedTuple):
    """Where packages are installed, or who sees to it."""

    kind: Kind
    """`none` means that nothing keeps this project's packages apart."""
    path: Path | None
    """The environment's folder; None where it does not exist yet or is kept elsewhere."""
    python: Path | None
    """Its interpreter, where there is one."""
    evidence: str
    """What was found, in words that fit behind "because of"; empty for `none`."""


def environment(
    root: Path,
    environ: Mapping[str, str],
    *,
    hint: str | None = None,
    read: Read = read_text,
    filesystem: Path = Path("/"),
) -> Environment:
    """The environment of a project. Never raises.

    In this order: the folder that the settings name (`hint`), a folder with a `pyvenv.cfg` in the project, above it in
    its repository, or in a sub-project; an active environment; a manager's own files; a container. A Dockerfile says
    nothing of the machine that the code is edited on, and conda's base environment is shared by everything.

    `filesystem` is where the marks that containers leave are looked for.
    """
    root = absolute(root)
    manager, evidence = _manager(root, read)
    if hint and "\0" not in hint and _is_venv(folder := located(root, hint)):
        return Environment(manager or _kind_of(folder), folder, python_of(folder), "the settings")
    for folder in _venvs(root):
        return Environment(manager or _kind_of(folder), folder, python_of(folder), f"the folder `{folder.name}`")
    if (active := _folder(environ.get("VIRTUAL_ENV"))) is not None:
        return Environment("venv", active, python_of(active), "VIRTUAL_ENV")
    conda = _folder(environ.get("CONDA_PREFIX"))
    if conda is not None and environ.get("CONDA_DEFAULT_ENV") != "base":
        return Environment("conda", conda, python_of(conda), "CONDA_PREFIX")
    if manager is not None:
        return Environment(manager, None, None, evidence)
    for name in _CONTAINER_VARIABLES:
        if environ.get(name, "").lower() not in ("", "0", "false"):
            return Environment("container", None, None, name)
    for name in _CONTAINER_FILES:
        if is_file(filesystem / name):
            return Environment("container", None, None, f"/{name}")
    for name in (".devcontainer", ".devcontainer.json"):
        if is_folder(root / name) or is_file(root / name):
            return Environment("container", None, None, f"`{name}`")
    return Environment("none", None, None, "")


def is_environment_file(path: Path) -> bool:
    """Whether a file's coming or going can change the answer of `environment`."""
    return path.name in _TELLING or ".devcontainer" in path.parts


def python_of(folder: Path) -> Path | None:
    """The interpreter in an environment's folder."""
    for name in ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe"):
        if is_file(folder / name):
            return folder / name
    return None


def _folder(text: str | None) -> Path | None:
    return Path(text) if text and "\0" not in text and is_folder(Path(text)) else None


def _is_venv(folder: Path) -> bool:
    return is_file(folder / "pyvenv.cfg") or is_folder(folder / "conda-meta")


def _kind_of(folder: Path) -> Kind:
    if is_folder(folder / "conda-meta"):
        return "conda"
    return "uv" if re.search(r"^uv\s*=", read_text(folder / "pyvenv.cfg") or "", re.MULTILINE) else "venv"


def _venvs(root: Path) -> Iterator[Path]:
    """Environment folders, the likeliest first."""
    top = repository(root) or root
    above = [place for place in (root, *root.parents) if place == top or top in place.parents]
    below = dict.fromkeys(path.parent for path in manifests(root) if path.parent != root)
    for place in (*above, *below):
        names = children(place)
        for name in (*_USUAL, *(name for name in names if name not in _USUAL)):
            if name in names and _is_venv(place / name):
                yield place / name


def _manager(root: Path, read: Read) -> tuple[Kind | None, str]:
    """The tool that makes this project's environments, and the file that says so."""
    names = frozenset(children(root))
    for name, kind in _BY_FILE:
        if name in names:
            return kind, f"`{name}`"
    tool = toml_file.table(toml_file.parse(read(root / "pyproject.toml") or "").data, "tool")
    by_table: tuple[tuple[str, Kind], ...] = (("uv", "uv"), ("poetry", "poetry"), ("pdm", "pdm"), ("pixi", "pixi"))
    for table, kind in by_table:
        # A manager's build backend is no sign of the manager: [tool.pdm.build] comes with pdm-backend.
        if set(toml_file.table(tool, table)) - {"build", "build-backend", "version"}:
            return kind, f"`[tool.{table}]` in pyproject.toml"
    if toml_file.table(tool, "hatch", "envs"):
        return "hatch", "`[tool.hatch.envs]` in pyproject.toml"
    top = repository(root)
    for folder in root.parents if top is not None and top != root else ():
        if is_file(folder / "uv.lock"):
            return "uv", "the workspace's `uv.lock`"
        if folder == top:
            break
    return None, ""


# ---------------------------------------------------------------- what needs one


class Place(NamedTuple):
    """A line of a file, from 1."""

    path: Path
    line: int


def declares_dependencies(root: Path, read: Read = read_text) -> Place | None:
    """Where a project first says that it needs other packages; None where it does not."""
    root = absolute(root)
    for path in manifests(root):
        for item in declared(path, read):
            if not item.is_constraint:
                return Place(item.source or path, item.line or 1)
    text = read(root / "setup.py") or ""
    found = re.search(r"install_requires\s*=\s*\[\s*[\"']", text)
    return Place(root / "setup.py", text.count("\n", 0, found.start()) + 1) if found else None


_MAKEFILES = ("Makefile", "makefile", "GNUmakefile")
_SCRIPT_FOLDERS = ("bin", "script", "scripts", "tools")
_ELSEWHERE = pattern(r"docker|entrypoint|devcontainer|post-?create|(?:^|[-_.])ci(?:[-_.]|$)", re.IGNORECASE)
_ACTIVATES = pattern(
    r"(?:^|[\s;&(])(?:source|\.)\s+\S*activate\b|\b(?:conda|mamba|micromamba|pyenv)\s+activate\b|\bworkon\s"
    r"|\bVIRTUAL_ENV\b|\bCONDA_PREFIX\b|\bPATH\s*[:?]?=\s*\S*(?:venv|VENV|env)\S*/(?:bin|Scripts)|\bGITHUB_ACTIONS\b"
)
_RUNNER = pattern(r"\b(?:uv|poetry|pdm|hatch|pipenv|pixi|conda|nox|tox|docker|podman|kubectl|ssh|vagrant)\b")
_PREFIX = pattern(r"^(?:[@+-]+|sudo(?:\s+-\w+)*\s|exec\s|time\s|then\s|do\s|else\s|env\s|\w+=\S*\s|\s)+")
_PIP = pattern(r"(?:(?:python|py)[\d.]*\s+(?:-\w+\s+)*?-m\s+)?pip[\d.]*\s+(?:-\S+\s+)*install\b(.*)$")
_BOOTSTRAP = frozenset(("pip", "uv", "poetry", "pdm", "hatch", "pipenv", "pipx", "pixi", "nox", "tox", "virtualenv"))


def pip_installs(root: Path, read: Read = read_text) -> tuple[Place, ...]:
    """Lines of Makefiles and shell scripts that run `pip install` in whatever Python is at hand.

    Looked at are those directly in a folder, and in its folders that by their name are for scripts.

    Not those behind an activation (in a Makefile: on the same line, as each has a shell of its own), run by a manager
    or in a container, or that only install a manager; and not scripts whose name says that they run in CI or in a
    container.
    """
    root = absolute(root)
    found: list[Place] = []
    for folder in (root, *(root / name for name in _SCRIPT_FOLDERS)):
        for path in (folder / name for name in children(folder)):
            makefile = path.name in _MAKEFILES or path.suffix == ".mk"
            if is_script(path, root) and not _ELSEWHERE.search(path.name) and is_file(path):
                found += [Place(path, line) for line in _pip_lines(read(path) or "", makefile)]
    return tuple(found)


def is_script(path: Path, root: Path) -> bool:
    """Whether `pip_installs` would look into this file."""
    inside = path.parent == root or (path.parent.parent == root and path.parent.name in _SCRIPT_FOLDERS)
    return inside and (path.name in _MAKEFILES or path.name.endswith((".mk", ".sh", ".bash")))


def _pip_lines(text: str, makefile: bool) -> Iterator[int]:
    exported = re.search(r"^\s*(?:export\s+)?(?:PATH|VIRTUAL_ENV)\s*[:?]?=.*env", text, re.MULTILINE)
    active = makefile and exported is not None
    one_shell = not makefile or ".ONESHELL:" in text
    start, joined = 0, ""
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        start = start or number
        joined += line
        if joined.endswith("\\"):
            joined = joined[:-1] + " "
            continue
        whole = re.sub(r"\$[({](\w+)[)}]", r"$\1", re.sub(r"(^|\s)#.*$", "", joined))
        here = active
        for command in re.split(r"&&|\|\||[;|(){}]", whole):
            here = here or _ACTIVATES.search(command) is not None
            if not here and _is_bare_pip(command):
                yield start
                break
        active = here if one_shell else active
        start, joined = 0, ""


def _is_bare_pip(command: str) -> bool:
    plain = _PREFIX.sub("", command)
    found = _PIP.match(plain)
    if found is None or _RUNNER.search(plain[: found.start(1)]):
        return False
    packages = [word.strip("\"'") for word in found[1].split() if not word.startswith("-")]
    names = {re.split(r"[\[=<>~!]", word)[0] for word in packages}
    return not names or not names <= _BOOTSTRAP
