"""Workflow commands, which GitHub Actions shows as annotations."""

from __future__ import annotations

from collections.abc import Sequence

from seawall.cli.console import relative
from seawall.cli.sources import Sources
from seawall.engine.report import Report

_LEVELS = {"error": "error", "warning": "warning", "info": "notice", "hint": "notice"}


def write(reports: Sequence[Report], sources: Sources) -> str:
    return "".join(_annotation(one, sources) for one in reports)


def _annotation(one: Report, sources: Sources) -> str:
    span, name = sources.span(one.path, one.range), relative(one.path).replace("\\", "/")
    properties = {"title": f"Seawall ({one.code})", "file": name, "line": span.row, "endLine": span.end_row}
    if span.row == span.end_row:  # columns are understood on one line only
        properties |= {"col": span.column, "endColumn": span.end_column}
    listed = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return (
        f"::{_LEVELS[one.severity]} {listed}::{_data(f'{name}:{span.row}:{span.column}: {one.code} {one.message}')}\n"
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
