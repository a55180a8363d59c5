"""One line a finding, as compilers print them."""

from __future__ import annotations

from collections.abc import Sequence

import click

from seawall.cli.console import relative
from seawall.cli.sources import Sources
from seawall.engine.report import Report

COLORS = {"error": "red", "warning": "yellow", "info": "blue", "hint": "cyan"}


def write(reports: Sequence[Report], sources: Sources) -> str:
    return "".join(f"{headline(one, sources)}\n" for one in reports)


def headline(one: Report, sources: Sources) -> str:
    """Place, code and message."""
    span = sources.span(one.path, one.range)
    place = f"{click.style(relative(one.path), bold=True)}:{span.row}:{span.column}:"
    mark = f" {click.style('[*]', fg='cyan')}" if any(fix.safety == "safe" for fix in one.fixes) else ""
    return f"{place} {click.style(one.code, fg=COLORS.get(one.severity), bold=True)}{mark} {one.message}"
