"""One project: everything that its folder says, read when first asked for."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from seawall.project.reading import Read, absolute, located, read_text
from seawall.project.settings import FILE_NAMES, Loaded, Settings, SettingsProblem, load, load_file, merge

if TYPE_CHECKING:
    from seawall.project.alembic import History
    from seawall.project.dependencies import Dependencies
    from seawall.project.dotenv import DotenvFile
    from seawall.project.gitignore import GitIgnore
    from seawall.project.venv import Environment, Place

T = TypeVar("T")

PARTS = ("settings", "dependencies", "environment", "dotenv", "gitignore", "source_roots", "scripts", "alembic")
"""What a project keeps, by the names that `Project.changed` gives back."""


class Project:
    """A project's folder. Cheap to create; its parts are read once, until `changed` forgets them.

    Each property may be asked for from any thread: at worst two read the same part.
    """

    def __init__(
        self,
        root: Path,
        environ: Mapping[str, str],
        read: Read | None = None,
        overrides: Mapping[str, object] | None = None,
        origin: str = "editor",
        isolated: bool = False,
        config: Path | None = None,
    ) -> None:
        """As `load`."""
        self.root = absolute(root)
        self.environ = environ
        self._overrides = overrides or {}
        self._origin = origin
        self._isolated = isolated
        self._config = config
        self._overlay = read
        self._parts: dict[str, object] = {}

    @classmethod
    def load(
        cls,
        root: Path,
        environ: Mapping[str, str] = os.environ,
        read: Read | None = None,
        overrides: Mapping[str, object] | None = None,
        origin: str = "editor",
        isolated: bool = False,
        config: Path | None = None,
    ) -> "Project":
        """A project at a folder, which need not exist.

        `read` gives the text of documents that are open in an editor, and None for all others, which are then read from
        disk. `overrides` are settings that win over the file's, and `origin` is who says so (see `settings.merge`).
        `isolated` leaves settings files unread. `config` is a settings file to read in place of the nearest one; its globs
        are relative to the root.
        """
        return cls(root, environ, read, overrides, origin, isolated, config)

    def read(self, path: Path) -> str | None:
        """The text of a file as the editor has it, else as the disk has it, else None."""
        text = self._overlay(path) if self._overlay is not None else None
        return read_text(path) if text is None else text

    def _part(self, name: str, make: Callable[[], T]) -> T:
        if name not in self._parts:
            self._parts[name] = make()
        return cast("T", self._parts[name])

    @property
    def loaded(self) -> Loaded:
        """The settings with their source, their folder and what is wrong with them, overrides included."""
        return self._part("settings", self._load_settings)

    def _load_settings(self) -> Loaded:
        if self._config is not None:
            found = load_file(self._config, self.read)._replace(folder=self.root)
        else:
            found = Loaded(Settings(), self.root) if self._isolated else load(self.root, self.read)
        if not self._overrides:
            return found
        settings, problems = merge(found.settings, self._overrides, self._origin)
        return found._replace(settings=settings, problems=(*found.problems, *problems))

    @property
    def settings(self) -> Settings:
        """The settings that apply."""
        return self.loaded.settings

    @property
    def problems(self) -> tuple[SettingsProblem, ...]:
        """What is wrong with the settings."""
        return self.loaded.problems

    @property
    def dependencies(self) -> "Dependencies":
        """What the project depends on, in which versions."""
        return self._part("dependencies", self._load_dependencies)

    def _load_dependencies(self) -> "Dependencies":
        from seawall.project.dependencies import Dependencies

        settings = self.settings
        return Dependencies(
            self.root,
            venv=self.environment.path,
            versions=settings.versions,
            python=self.target_python,
            read=self.read,
        )

    @property
    def target_python(self) -> str | None:
        """The oldest Python to support, such as "3.11": the setting, else the lower bound of `requires-python`."""
        if self.settings.target_python:
            return self.settings.target_python
        from seawall.project import toml_file
        from seawall.project.requirements import lower_bound

        text = self.read(self.root / "pyproject.toml")
        wanted = toml_file.table(toml_file.parse(text).data, "project").get("requires-python") if text else None
        version = lower_bound(wanted) if isinstance(wanted, str) else None
        return f"{version.major}.{version.minor}" if version is not None else None

    @property
    def environment(self) -> "Environment":
        """Where its packages are installed."""
        from seawall.project.venv import environment

        hint = self.settings.venv
        if hint is None and self.settings.python:  # .venv/bin/python
            hint = str(Path(self.settings.python).parent.parent)
        return self._part("environment", lambda: environment(self.root, self.environ, hint=hint, read=self.read))

    @property
    def dotenv_files(self) -> "tuple[DotenvFile, ...]":
        """Its `.env` files, example files included."""
        from seawall.project.dotenv import dotenv_files

        return self._part("dotenv", lambda: dotenv_files(self.root, self.read))

    @property
    def gitignore(self) -> "GitIgnore":
        """What git ignores in it."""
        from seawall.project.gitignore import GitIgnore

        return self._part("gitignore", lambda: GitIgnore(self.root, self.read))

    @property
    def alembic(self) -> "History | None":
        """Its Alembic history."""
        from seawall.project.alembic import history

        return self._part("alembic", lambda: history(self.root, self.read))

    @property
    def source_roots(self) -> tuple[Path, ...]:
        """The folders that imports start from, deepest first."""
        from seawall.project.modules import source_roots

        return self._part("source_roots", lambda: source_roots(self.root, self.settings))

    @property
    def pip_installs(self) -> "tuple[Place, ...]":
        """Lines of its scripts that run `pip install` outside of any environment."""
        from seawall.project.venv import pip_installs

        return self._part("scripts", lambda: pip_installs(self.root, self.read))

    @property
    def cache_dir(self) -> Path:
        """Where to keep what can be computed again; a folder of this project's own, which need not exist yet."""
        if self.settings.cache_dir:
            return located(self.loaded.folder, self.settings.cache_dir)
        import hashlib

        import platformdirs

        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return Path(platformdirs.user_cache_dir("seawall", appauthor=False)) / name

    def changed(self, path: Path) -> frozenset[str]:
        """Forgets what a created, changed or deleted file makes stale, and gives the names of those parts (`PARTS`)."""
        stale = frozenset(self._stale(absolute(path)))
        for part in stale:
            self._parts.pop(part, None)
        return stale

    def _stale(self, path: Path) -> set[str]:
        from seawall.project.dependencies import is_manifest
        from seawall.project.dotenv import is_env_name
        from seawall.project.modules import SUBPROJECT
        from seawall.project.venv import is_environment_file, is_script

        name, stale = path.name, set[str]()
        if name in FILE_NAMES or self._is_settings_file(path):
            stale |= {"settings", "dependencies", "environment", "source_roots"}
        if is_manifest(path) or self._is_included(path):
            stale |= {"dependencies", "environment"}
        if name in SUBPROJECT or name == "__init__.py":
            stale.add("source_roots")
        if is_environment_file(path):
            stale |= {"environment", "dependencies"}
        if is_env_name(name):
            stale.add("dotenv")
        if name in (".gitignore", ".git") or path.parts[-2:] == ("info", "exclude"):
            stale.add("gitignore")
        if name == "alembic.ini" or path.parent.name == "versions":
            stale.add("alembic")
        if is_script(path, self.root):
            stale.add("scripts")
        return stale

    def _is_settings_file(self, path: Path) -> bool:
        loaded = self._parts.get("settings")
        return isinstance(loaded, Loaded) and path in (loaded.source, *loaded.extended)

    def _is_included(self, path: Path) -> bool:
        """Whether a requirements file of an unusual name was read through a `-r` line."""
        if path.suffix not in (".txt", ".in", ".pip"):
            return False
        dependencies = cast("Dependencies | None", self._parts.get("dependencies"))
        return dependencies is not None and any(item.source == path for item in dependencies.requirements)
