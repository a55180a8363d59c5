"""SARIF 2.1.0, for code scanning. No snippets: they could show a secret."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote

from seawall.cli.console import relative
from seawall.cli.sources import Sources
from seawall.engine.report import Report
from seawall.links import DOCUMENTATION, rule_page
from seawall.rules.page import markdown, plain
from seawall.rules.registry import Rule, by_code
from seawall.syntax import Range

_LEVELS = {"error": "error", "warning": "warning", "info": "note", "hint": "note"}


def write(reports: Sequence[Report], sources: Sources) -> str:
    codes = sorted({one.code for one in reports})
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "seawall",
                        "version": version("seawall"),
                        "informationUri": DOCUMENTATION,
                        "rules": [_rule(by_code()[code]) for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(one, codes, sources) for one in reports],
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": plain(rule), "markdown": markdown(rule)},
        "helpUri": rule_page(rule.name),
        "defaultConfiguration": {"level": _LEVELS[str(rule.severity)]},
        "properties": {"tags": [rule.category], "problem.severity": _severity(str(rule.severity))},
    }


def _severity(severity: str) -> str:
    """What GitHub calls it."""
    return {"error": "error", "warning": "warning"}.get(severity, "recommendation")


def _result(one: Report, codes: list[str], sources: Sources) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": codes.index(one.code),
        "level": _LEVELS[one.severity],
        "message": {"text": one.message},
        "locations": [{"physicalLocation": _location(one.path, one.range, sources)}],
    }
    if one.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "message": {"text": related.message},
                "physicalLocation": _location(related.path, related.range, sources),
            }
            for number, related in enumerate(one.related)
        ]
    if one.fixes:
        result["properties"] = {"fixes": [{"title": fix.title, "safety": fix.safety} for fix in one.fixes]}
    return result


def _location(path: str, place: Range, sources: Sources) -> dict[str, Any]:
    span, name = sources.span(path, place), relative(path)
    return {
        "artifactLocation": {"uri": quote(name.replace("\\", "/")) if name != path else Path(path).as_uri()},
        "region": {
            "startLine": span.row,
            "startColumn": span.column,
            "endLine": span.end_row,
            "endColumn": span.end_column,
        },
    }
