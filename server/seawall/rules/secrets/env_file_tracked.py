"""A `.env` file that git tracks has published its values to everyone with a copy of the repository.

An entry in `.gitignore` does not help a file that is tracked already: take it out with `git rm --cached .env`, and replace every
value in it, because the history keeps them. Example files, files without values, and those that only set up Docker Compose are not flagged; where no value is a secret (a port, a host), it is a warning.

Seawall changes nothing here: it never runs git, and only you can replace the values.

Instead:
    #- .env
    SMTP_PASSWORD=wick-and-wax-2291
    #- .gitignore
    .env
"""

from __future__ import annotations

from collections.abc import Iterator

from seawall.project.gitignore import is_tracked
from seawall.project.project import Project
from seawall.rules.base import Finding, Severity
from seawall.rules.secrets._env_files import has_secrets, is_real
from seawall.syntax import Range

code, severity = "SW206", Severity.ERROR


_TOOLS = ("COMPOSE_", "DOCKER_BUILDKIT", "BUILDKIT_")
"""What tells a developer's tools how to work, and no application anything."""


def check(project: Project) -> Iterator[Finding]:
    for file in project.dotenv_files:
        first = next((one for one in file.entries if one.value and not one.key.startswith(_TOOLS)), None)
        if first is None or not is_real(file, project):
            continue
        if is_tracked(file.path):
            length = len(first.key.encode()) + (len("export ") if first.exported else 0)
            yield Finding(
                code,
                f"git tracks `{file.path.name}`, run `git rm --cached {file.path.name}` and replace its values",
                Range(first.line, 0, first.line, length),
                severity if has_secrets(file) else Severity.WARNING,
                path=file.path,
            )
