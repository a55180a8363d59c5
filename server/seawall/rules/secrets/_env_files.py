"""What both rules about `.env` files ask of one."""

from __future__ import annotations

import re
from pathlib import Path

from seawall.project.dotenv import DotenvFile
from seawall.project.project import Project
from seawall.semantics.meanings.dsn import credentials_of
from seawall.semantics.meanings.secret import holder_named, is_aside
from seawall.semantics.secret_text import looks_secret

_REAL = re.compile(r"\.env(?:\.(?:local|prod|production|staging|live|secrets?|.+\.local))?")
_BACKEND = ("pyproject.toml", "requirements.txt", "manage.py", "setup.py", "Pipfile")


def is_real(file: DotenvFile, project: Project) -> bool:
    """Whether a file says what a deployment of this project needs: it is no example, no test's and no browser's."""
    if not _REAL.fullmatch(file.path.name) or is_aside(file.path, project.root):
        return False
    return not is_frontend(file.path.parent)


def is_frontend(folder: Path) -> bool:
    """A browser's configuration is public anyway."""
    return (folder / "package.json").is_file() and not any((folder / name).is_file() for name in _BACKEND)


def has_secrets(file: DotenvFile) -> bool:
    """Whether any of its values is a secret, and not only a name, a path or a placeholder."""
    for entry in file.entries:
        if not entry.value:
            continue
        holder = holder_named(entry.key)
        if holder is not None and looks_secret(entry.value, holder):
            return True
        if credentials_of(entry.value) is not None:
            return True
    return False
