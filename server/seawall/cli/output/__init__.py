"""Ways to print findings, one a module: each gives the whole text for a list of reports."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import cast

from seawall.cli.sources import Sources
from seawall.engine.report import Report

Writer = Callable[[Sequence[Report], Sources], str]


def writer(name: str) -> Writer:
    """The writer of an output format."""
    return cast("Writer", importlib.import_module(f"seawall.cli.output.{name}").write)
