"""What the terminal says of fixes: the difference, the summary; and writing them."""

from __future__ import annotations

import difflib
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from seawall.cli.console import relative, use_color
from seawall.engine.report import Report
from seawall.engine.run import Mended
from seawall.engine.write import write_all
from seawall.syntax import Text


def write(mended: Mended) -> None:
    """Write all changes, or none."""
    write_all(
        {path: (old.encode() if old is not None else None, new.encode()) for path, (old, new) in mended.changes.items()}
    )


def fixed_text(mended: Mended, texts: Mapping[str, Text]) -> str:
    """The text from standard input after its fixes, or as it was."""
    path, text = next(iter(texts.items()))
    _, new = mended.changes.get(Path(path), (None, text))
    return str(new)


def show(several: Sequence[Mended], color: str) -> int:
    """Print what would change; the exit code is 1 if anything would."""
    changes = [(path, old, new) for mended in several for path, (old, new) in mended.changes.items()]
    for path, old, new in sorted(changes, key=lambda change: change[0]):
        for line in _diff(relative(str(path)), old, new):
            click.echo(line, color=use_color(color, sys.stdout))
    return 1 if changes else 0


def _diff(name: str, old: Text | None, new: Text) -> Iterator[str]:
    before = list(old.lines) if old is not None else []
    lines = difflib.unified_diff(before, list(new.lines), name if old is not None else "/dev/null", name)
    colors = {"+": "green", "-": "red", "@": "cyan"}
    for line in lines:
        plain = line.rstrip("\r\n")
        yield click.style(plain, fg=colors.get(line[0])) if line[:3] not in ("+++", "---") else plain
        if line == plain:
            yield "\\ No newline at end of file"


def summary(reports: Sequence[Report], several: Sequence[Mended]) -> str:
    """How much was found, was fixed, and could be."""
    fixed = sum(len(mended.applied) for mended in several)
    lines = [line for mended in several for line in _details(mended)]
    if fixed:
        lines.append(f"Found {_problems(fixed + len(reports))} ({fixed} fixed, {len(reports)} remaining).")
    elif reports:
        lines.append(f"Found {_problems(len(reports))}.")
    else:
        lines.append("All checks passed!")
    if hint := _hint(reports, bool(several)):
        lines.append(hint)
    return "\n".join(lines)


def _problems(count: int) -> str:
    return f"{count} problem{'s' * (count != 1)}"


def statistics(reports: Sequence[Report], output_format: str) -> str:
    """How often each rule was broken, the most frequent first."""
    counts = Counter((one.code, one.name) for one in reports)
    fixable = {one.code for one in reports if any(fix.safety == "safe" for fix in one.fixes)}
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    if output_format == "json":
        entries = [
            {"code": code, "name": name, "count": count, "fixable": code in fixable} for (code, name), count in ordered
        ]
        return json.dumps(entries, indent=2) + "\n"
    width = len(str(ordered[0][1])) if ordered else 0
    lines = []
    for (code, name), count in ordered:
        mark = click.style("[*]" if code in fixable else "[ ]", fg="cyan")
        lines.append(f"{count:{width}}  {click.style(code, fg='red', bold=True)}  {mark} {name}\n")
    return "".join(lines)


def _hint(reports: Sequence[Report], was_fixing: bool) -> str:
    safe = sum(any(fix.safety == "safe" for fix in one.fixes) for one in reports)
    unsafe = sum(bool(one.fixes) and all(fix.safety != "safe" for fix in one.fixes) for one in reports)
    mark = click.style("[*]", fg="cyan")
    if was_fixing:
        return f"{unsafe} more fixable with the `--unsafe-fixes` option." if unsafe else ""
    if safe and unsafe:
        return f"{mark} {safe} fixable with the `--fix` option ({unsafe} more with `--unsafe-fixes`)."
    if safe:
        return f"{mark} {safe} fixable with the `--fix` option."
    return f"{unsafe} fixable with `--fix --unsafe-fixes`." if unsafe else ""


def _details(mended: Mended) -> Iterator[str]:
    counts = Counter((applied.path, applied.code, applied.title) for applied in mended.applied)
    if counts:
        yield f"Fixed {sum(counts.values())}:"
    by_path: dict[Path, list[str]] = {}
    for (path, code, title), count in sorted(counts.items()):
        by_path.setdefault(path, []).append(f"    {count} × {click.style(code, fg='red', bold=True)} ({title})")
    for path, lines in by_path.items():
        yield f"- {click.style(relative(str(path)), bold=True)}:"
        yield from lines
    for left in dict.fromkeys(left for applied in mended.applied for left in applied.left):
        yield f"Left as it is: {left}"
    for refused in mended.refused:
        place = f"{relative(str(refused.path))}:{refused.line}"
        yield f"Could not apply `{refused.title}` at {place} ({refused.code}): {refused.reason}"
