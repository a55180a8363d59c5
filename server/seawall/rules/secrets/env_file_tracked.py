"""A `.env` file that git tracks has published its values to everyone with a copy of the repository.

An entry in `.gitignore` does not help a file that is tracked already: take it out with `git rm --cached .env`, and replace every
value in it, because the history keeps them. Example files, and files without values, are not flagged.

Seawall changes nothing here: it never runs git, and only you can replace the values.

Instead:
    #- .env
    SMTP_PASSWORD=wick-and-wax-2291
    #- .gitignore
    .env
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from seawall.project.gitignore import is_tracked
from seawall.project.project import Project
from seawall.rules.base import Finding, Severity
from seawall.semantics.meanings.secret import is_aside
from seawall.syntax import Range

code, severity = "SW206", Severity.ERROR

_REAL = re.compile(r"\.env(?:\.(?:local|prod|production|staging|live|secrets?|.+\.local))?")


def check(project: Project) -> Iterator[Finding]:
    for file in project.dotenv_files:
        if not _REAL.fullmatch(file.path.name) or not file.has_values or is_aside(file.path, project.root):
            continue
        if is_tracked(file.path):
            first = next(entry for entry in file.entries if entry.value)
            length = len(first.key.encode()) + (len("export ") if first.exported else 0)
            yield Finding(
                code,
                f"git tracks `{file.path.name}`, run `git rm --cached {file.path.name}` and replace its values",
                Range(first.line, 0, first.line, length),
                severity,
                path=file.path,
            )
