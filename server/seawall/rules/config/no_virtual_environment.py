"""Without a virtual environment the project shares its packages with everything else on the machine.

Another project's upgrade then breaks this one, the system's own tools break with it, and nobody can say which versions it needs.

Flagged is a project that declares dependencies while there is no environment: no `.venv`, no active one, none of uv, poetry,
pdm, hatch, pixi, pipenv or conda. So are lines of scripts and Makefiles that run `pip install` in whatever Python is at hand.
Containers need none.

Example:
    #- install.sh
    #!/bin/sh
    «pip install -r requirements.txt»

Instead:
    #- install.sh
    #!/bin/sh
    python3 -m venv .venv
    . .venv/bin/activate
    pip install -r requirements.txt
"""

from __future__ import annotations

from collections.abc import Iterator

from seawall.project.project import Project
from seawall.project.venv import Place, declares_dependencies
from seawall.rules.base import Finding, Severity
from seawall.syntax import Range

code, severity = "SW601", Severity.WARNING


def check(project: Project) -> Iterator[Finding]:
    declared = declares_dependencies(project.root, project.read)
    if declared is not None and project.environment.kind == "none":
        yield _at(declared, "The project has no virtual environment, create one: `python -m venv .venv`", project)
    for place in project.pip_installs:
        yield _at(place, "`pip install` runs outside of a virtual environment, activate one before", project)


def _at(place: Place, message: str, project: Project) -> Finding:
    lines = (project.read(place.path) or "").split("\n")
    text = lines[place.line - 1].rstrip("\r") if place.line <= len(lines) else ""
    start = len(text[: len(text) - len(text.lstrip())].encode())
    return Finding(
        code,
        message,
        Range(place.line, start, place.line, max(start, len(text.rstrip().encode()))),
        severity,
        path=place.path,
    )
