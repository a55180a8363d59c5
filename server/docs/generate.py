"""Writes what follows from the code: the pages of this folder, and the table of rules in the README.

python server/docs/generate.py            write them
python server/docs/generate.py --check    only say which are not up to date
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from unittest import mock

from click import unstyle

from seawall.cli.output import writer
from seawall.cli.sources import Sources
from seawall.engine.report import Report
from seawall.engine.run import Request, check
from seawall.project.settings import SEVERITIES, Option, options
from seawall.rules.page import prose, sections
from seawall.rules.registry import CATEGORIES, Rule, all_rules

DOCS = Path(__file__).parent
ROOT = DOCS.parents[1]
EDITORS = ("vscode", "neovim", "helix", "emacs")
SINCE: dict[str, str] = {}
"""The version that brought a rule, for those that came after the first release."""

_TABLE = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- end of rules -->)", re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:|#)([^)]+)\)")


def main() -> int:
    stale = {path: text for path, text in pages().items() if read(path) != text}
    gone = [path for path in (DOCS / "rules").glob("*.md") if path not in pages()]
    if "--check" in sys.argv[1:]:
        print(*(path.relative_to(ROOT) for path in (*stale, *gone)), sep="\n")
        return 1 if stale or gone else 0
    for path in gone:
        path.unlink()
    for path, text in stale.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(stale)} written, {len(gone)} removed")
    return 0


@cache
def pages() -> dict[Path, str]:
    """Every generated text, by its place."""
    rules = {DOCS / "rules" / f"{rule.name}.md": rule_page(rule) for rule in all_rules()}
    readme = ROOT / "README.md"
    table = _TABLE.sub(lambda _: f"\n{rules_table('server/docs/rules/')}\n", read(readme) or "")
    others = {"index.md": index_page(), "settings.md": settings_page(), "editors.md": editors_page()}
    return rules | {DOCS / name: text for name, text in others.items()} | {readme: table}


def read(path: Path) -> str | None:
    """A file's text; None if there is none."""
    return path.read_text(encoding="utf-8") if path.exists() else None


# -- rules ------------------------------------------------------------------------------------------------------------


def rule_page(rule: Rule) -> str:
    """One rule: what it does and why, what it finds in its example, and what its fixes make of that."""
    summary, _, why = prose(rule).partition("\n")
    code = sections(rule)
    facts = [
        ("Category", rule.category),
        ("Severity", str(rule.severity)),
        ("Fix", _safeties(rule) or "none"),
        ("Since", SINCE.get(rule.code, "0.1.0")),
    ]
    parts = [f"# {rule.name} ({rule.code})", " · ".join(f"{name}: **{value}**" for name, value in facts)]
    parts += ["## What it finds", summary, "## Why", why.strip()]
    if "Example" in code:
        parts += ["## Example", *_files(code["Example"]), "Seawall says:", _fence("text", _said(rule))]
    for heading in code.keys() & {"Fixed", "Instead"}:
        parts += [f"## {heading}", *_files(code[heading])]
    if fixes := list(_fixes(rule)):
        parts += ["## Fixes", "\n".join(fixes)]
    parts += ["## Switching it off", _SWITCH.format(code=rule.code, name=rule.name)]
    return "\n\n".join(part for part in parts if part) + "\n"


_SWITCH = '`# noqa: {code}` or `# seawall: ignore[{name}]` on the line; `ignore = ["{code}"]` in the [settings](../settings.md).'


def _files(files: dict[str, str]) -> Iterator[str]:
    for name, text in files.items():
        if len(files) > 1 or name != "main.py":
            yield f"`{name}`"
        yield _fence("python" if name.endswith(".py") else "text", text)


def _fence(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"


def _fixes(rule: Rule) -> Iterator[str]:
    seen = dict.fromkeys(fix for report in _reports(rule) for fix in report.fixes)
    for fix in seen:
        why = f": {fix.why[0].lower()}{fix.why[1:]}" if fix.why else ""
        yield f"- {fix.title} ({fix.safety}{why})"


def _safeties(rule: Rule) -> str:
    safeties = {fix.safety for report in _reports(rule) for fix in report.fixes}
    return " or ".join(sorted(safeties))


@cache
def _reports(rule: Rule) -> tuple[Report, ...]:
    return _checked(rule)[0]


def _said(rule: Rule) -> str:
    return _checked(rule)[1]


@cache
def _checked(rule: Rule) -> tuple[tuple[Report, ...], str]:
    """What the rule finds in its example, and how the terminal shows it."""
    files = sections(rule).get("Example", {})
    nothing_active = mock.patch.dict(os.environ, {"VIRTUAL_ENV": "", "CONDA_PREFIX": ""})
    with nothing_active, tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        root = Path.cwd() / "example"
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        root.mkdir(exist_ok=True)
        with contextlib.chdir(root):
            reports = check(Request(root, (root,), {"select": rule.code}, isolated=True)).reports
            return tuple(reports), unstyle(writer("full")(reports, Sources()))


def rules_table(folder: str) -> str:
    """All rules, by category."""
    lines = []
    for digit, category in CATEGORIES.items():
        rules = [rule for rule in all_rules() if rule.code[2] == digit]
        if rules:
            lines += [
                f"**{category}** (SW{digit})",
                "",
                "| code | name | why it matters | severity | fix |",
                "|---|---|---|---|---|",
            ]
            lines += [_row(rule, folder) for rule in rules] + [""]
    return "\n".join(lines)


def _row(rule: Rule, folder: str) -> str:
    summary = rule.summary.replace("|", r"\|")
    cells = (rule.code, f"[{rule.name}]({folder}{rule.name}.md)", summary, str(rule.severity), _safeties(rule))
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


# -- the other pages --------------------------------------------------------------------------------------------------


def index_page() -> str:
    count = len(all_rules())
    return f"""# Seawall

Seawall checks Python backends as they are typed, and mends what it finds. Start with the [README](../../README.md).

- [Settings](settings.md)
- [Editors](editors.md)
- [Architecture](../ARCHITECTURE.md)

## The rules

{count} rules. `safe` fixes keep behaviour, or only repair it, and are applied by `seawall check --fix`; `unsafe` ones say what
they may change, and want `--unsafe-fixes` or a click.

{rules_table("rules/")}"""


def settings_page() -> str:
    entries = "\n\n".join(_setting(option) for option in options())
    return f"""# Settings

Settings stand in `[tool.seawall]` of `pyproject.toml`, or in `seawall.toml` or `.seawall.toml` without that heading. The nearest
file going up from the checked folder applies. What the command line or the editor says wins over it.

```toml
[tool.seawall]
ignore = ["SW601"]
severity = {{ SW705 = "error" }}

[tool.seawall.per-file-ignores]
"scripts/*" = ["async-io"]
```

A selector is a code (`SW101`), the start of one (`SW1`), a category (`async-io`), a rule's name (`blocking-call-in-async`) or
`ALL`; the more specific one wins. Editors may write the keys in camelCase.

## Switching off a single finding

| comment | what it switches off |
|---|---|
| `# noqa` | everything on its line |
| `# noqa: SW101` | one rule on its line |
| `# seawall: ignore[SW101, hardcoded-secret]` | rules on its line, by code or name |
| `# seawall: ignore-file` | everything in the file |
| `# seawall: ignore-file[SW101]` | one rule in the file |

## All settings

{entries}
"""


_KINDS = {
    "selectors": "list of selectors",
    "strings": "list of strings",
    "string": "string",
    "bool": "true or false",
    "python-version": "version",
    "versions": "table: library to version",
    "severities": f"table: selector to {', '.join(SEVERITIES)}",
    "lists": "table: glob to list of selectors",
}


def _setting(option: Option) -> str:
    default = "none" if option.default is None else f"`{_toml(option.default)}`"
    return f"### `{option.key}`\n\n{option.doc}\n\nType: {_KINDS[option.kind]}. Default: {default}."


def _toml(value: object) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {_toml(one)}' for key, one in value.items())}}}"
    return json.dumps(list(value) if isinstance(value, tuple) else value)


def editors_page() -> str:
    names = ("README.md", *(f"{name}/README.md" for name in EDITORS))
    return "\n".join(_adopted(ROOT / "editors" / name) for name in names)


def _adopted(readme: Path) -> str:
    """An editor's README as a part of a page in this folder: headings a step deeper but the first one's, links from here."""
    text = readme.read_text(encoding="utf-8")
    folder = readme.parent.relative_to(ROOT).as_posix()
    text = _LINK.sub(lambda match: f"](../../{folder}/{match[1]})", text)
    return "".join(_deeper(text.splitlines(keepends=True), by=0 if readme.parent.name == "editors" else 1))


def _deeper(lines: Iterable[str], by: int) -> Iterator[str]:
    fenced = False
    for line in lines:
        fenced ^= line.startswith("```")
        yield "#" * by + line if line.startswith("#") and not fenced else line


if __name__ == "__main__":
    sys.exit(main())
