"""Findings with the code that they are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from seawall.cli.console import relative
from seawall.cli.output.concise import COLORS
from seawall.cli.output.frame import frame
from seawall.cli.output.masks import Spans, secrets
from seawall.cli.sources import Sources
from seawall.engine.report import Report
from seawall.syntax import Range


def write(reports: Sequence[Report], sources: Sources) -> str:
    hidden = secrets(reports, sources)
    return "".join(f"{line}\n" for one in reports for line in (*_finding(one, sources, hidden), ""))


def _finding(one: Report, sources: Sources, hidden: dict[str, Spans]) -> Iterator[str]:
    color = COLORS.get(one.severity, "red")
    mark = f" {click.style('[*]', fg='cyan')}" if any(fix.safety == "safe" for fix in one.fixes) else ""
    yield f"{click.style(f'{one.severity}[{one.code}]', fg=color, bold=True)}{mark} {one.message}"
    yield from _place(one.path, one.range, sources, hidden, color)
    for related in one.related:
        yield f"{click.style('note:', fg='cyan', bold=True)} {related.message}"
        yield from _place(related.path, related.range, sources, hidden, "cyan")
    if one.fixes:
        fix = one.fixes[0]
        unsafe = f" (unsafe{f': {fix.why}' if fix.why else ''})" if fix.safety != "safe" else ""
        yield f"{click.style('help:', fg='cyan', bold=True)} {fix.title}{unsafe}"


def _place(path: str, place: Range, sources: Sources, hidden: dict[str, Spans], color: str) -> Iterator[str]:
    span, text = sources.span(path, place), sources.text(path)
    gutter = len(str(min(max(len(text.lines), 1), place.end_line + 2)))
    arrow = click.style("-->", fg="blue", bold=True)
    yield f"{'':{gutter}}{arrow} {relative(path)}:{span.row}:{span.column}"
    if text.lines:
        yield frame(text, place, hidden.get(path, {}), color)
