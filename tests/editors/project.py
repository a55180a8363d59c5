"""The small FastAPI project that every editor opens, and the two mistakes that are made in it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

PYPROJECT = """\
[project]
name = "flamingo"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["fastapi", "pydantic-settings"]
"""

MAIN = '''\
"""Greets, after a while."""

import time

from fastapi import FastAPI

app = FastAPI()


@app.get("/greet")
async def greet() -> dict[str, str]:
    name = "Flamingo"
    return {"greeting": name, "since": time.ctime()}
'''

# An accented letter and an emoji stand left of each mistake: two and four bytes, one and two UTF-16 units.

SLEEPY = 'bird = "Zoé 🦩"; time.sleep(1)'
SECRET = "kq7VxR2mW9sLd4TzB8nYc3Jf"
SECRETIVE = f'BIRD = "Zoé 🦩"; SECRET_KEY = "{SECRET}"'


@dataclass
class Project:
    root: Path

    @classmethod
    def create(cls, root: Path) -> Project:
        project = cls(root)
        for name, text in {
            "pyproject.toml": PYPROJECT,
            ".gitignore": ".env\n.venv/\n",
            "app/__init__.py": "",
            "app/main.py": MAIN,
        }.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        subprocess.run(["git", "init", "--quiet", root], check=True)  # where most editors see a project's root
        return project

    @property
    def main(self) -> Path:
        return self.root / "app/main.py"

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def written(self) -> set[str]:
        """All files on disk, by their names from the root; what editors keep for themselves is left out."""
        return {
            path.relative_to(self.root).as_posix()
            for path in self.root.rglob("*")
            if path.is_file()
            and not {".git", ".venv", ".vscode", ".seawall_cache"} & set(path.relative_to(self.root).parts)
        }


def awaits_instead_of_blocking(project: Project) -> None:
    """The blocking call became its async twin, where it stood, and what it needs is imported."""
    lines = project.read("app/main.py").splitlines()
    assert '    bird = "Zoé 🦩"; await asyncio.sleep(1)' in lines
    assert lines.count("import asyncio") == 1
    assert lines.index('    bird = "Zoé 🦩"; await asyncio.sleep(1)') == lines.index('    name = "Flamingo"') + 1


def keeps_the_secret_out_of_the_code(project: Project) -> None:
    """The secret went to `.env`, a settings class reads it, and the line where it stood asks that class."""
    files = {name: project.read(name) for name in project.written()}
    told = {name for name, text in files.items() if SECRET in text}
    assert told == {".env"}, f"the secret stands in {told}"
    assert any(line.startswith("SECRET_KEY=") for line in files[".env"].splitlines())
    settings = [name for name, text in files.items() if "BaseSettings" in text]
    assert len(settings) == 1 and settings[0].endswith(".py"), f"settings in {settings} of {sorted(files)}"
    assert "secret_key" in files[settings[0]].lower()
    (line,) = (line for line in files["app/main.py"].splitlines() if "SECRET_KEY" in line)
    assert line.startswith('BIRD = "Zoé 🦩"; SECRET_KEY = ') and "settings" in line
    for name, text in files.items():
        if name.endswith(".py"):
            compile(text, name, "exec")
