"""Calls that log something."""

from __future__ import annotations

import ast

from seawall.knowledge.logging import LOGURU, TAKES_EXC_INFO
from seawall.semantics.view import View


def logger_kind(call: ast.Call, view: View) -> str | None:
    """The kind of logger whose method is called: `loguru.logger` or `logging` for all others; None if it is certainly none."""
    receiver = view.receiver(call)
    if receiver is None:
        return None
    name = view.qualname(receiver)
    if name == LOGURU:
        return LOGURU
    if name == "logging" or view.is_instance(receiver, *TAKES_EXC_INFO):
        return "logging"
    return None
