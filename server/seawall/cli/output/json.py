"""A JSON list of findings. Rows and columns count from 1, columns in characters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from seawall.cli.console import relative
from seawall.cli.sources import Sources
from seawall.engine.report import Report
from seawall.syntax import Range


def write(reports: Sequence[Report], sources: Sources) -> str:
    return json.dumps([_finding(one, sources) for one in reports], indent=2, ensure_ascii=False) + "\n"


def _finding(one: Report, sources: Sources) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "category": one.category,
        "severity": one.severity,
        "message": one.message,
        **_place(one.path, one.range, sources),
        "fixes": [{"title": fix.title, "safety": fix.safety} for fix in one.fixes],
        "related": [{"message": place.message, **_place(place.path, place.range, sources)} for place in one.related],
    }


def _place(path: str, place: Range, sources: Sources) -> dict[str, Any]:
    span = sources.span(path, place)
    return {
        "filename": relative(path),
        "location": {"row": span.row, "column": span.column},
        "end_location": {"row": span.end_row, "column": span.end_column},
    }
