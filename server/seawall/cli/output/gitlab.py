"""GitLab's code quality report. Fingerprints stay when code moves: they know places only by their order."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence

from seawall.cli.console import relative
from seawall.cli.sources import Sources
from seawall.engine.report import Report

_SEVERITIES = {"error": "critical", "warning": "major", "info": "minor", "hint": "info"}


def write(reports: Sequence[Report], sources: Sources) -> str:
    seen: Counter[tuple[str, str, str]] = Counter()
    entries = []
    for one in reports:
        span, name = sources.span(one.path, one.range), relative(one.path).replace("\\", "/")
        key = name, one.code, one.message
        entries.append(
            {
                "type": "issue",
                "check_name": one.code,
                "description": f"{one.code}: {one.message}",
                "categories": ["Security" if one.category in ("secrets", "injection", "auth") else "Bug Risk"],
                "severity": _SEVERITIES[one.severity],
                "fingerprint": hashlib.sha256("\0".join((*key, str(seen[key]))).encode()).hexdigest(),
                "location": {
                    "path": name,
                    "positions": {
                        "begin": {"line": span.row, "column": span.column},
                        "end": {"line": span.end_row, "column": span.end_column},
                    },
                },
            }
        )
        seen[key] += 1
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
