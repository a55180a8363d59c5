"""SQLAlchemy engines."""

from __future__ import annotations

import ast
from typing import ClassVar

import msgspec

from seawall.semantics.view import View, argument, has_unpacking, keyword

FACTORIES = {
    "sqlalchemy.create_engine": False,
    "sqlalchemy.ext.asyncio.create_async_engine": True,
}
"""Functions that make an engine, and whether it is an async one."""


class Engine(msgspec.Struct, frozen=True):
    """A call that makes an engine."""

    calls: ClassVar[frozenset[str]] = frozenset({"create_engine", "create_async_engine"})
    call: ast.Call
    is_async: bool
    url: ast.expr | None

    @staticmethod
    def recognise(node: ast.Call, view: View) -> Engine | None:
        is_async = FACTORIES.get(view.callee(node) or "")
        return None if is_async is None else Engine(node, is_async, argument(node, 0, "url"))

    def option(self, name: str) -> ast.expr | None:
        """A keyword option of the engine."""
        return keyword(self.call, name)

    @property
    def is_open(self) -> bool:
        """Whether `**options` may set anything."""
        return has_unpacking(self.call)
