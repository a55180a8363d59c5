"""What generic names in annotations stand for."""

from __future__ import annotations

ANNOTATED = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
OPTIONAL = frozenset({"typing.Optional", "typing_extensions.Optional"})
UNION = frozenset({"typing.Union", "typing_extensions.Union"})
TRANSPARENT = frozenset({
    "typing.Final", "typing.ClassVar", "sqlalchemy.orm.Mapped", "typing.Required",
    *(f"ninja.{kind}" for kind in ("Body", "Cookie", "Form", "Header", "Path", "Query")),
})  # fmt: skip
"""Say something of a value of the type that they are given."""

SELF = frozenset({"typing.Self", "typing_extensions.Self"})
DEPENDS = frozenset({"fastapi.Depends", "fastapi.Security"})
INJECTED = frozenset({"dependency_injector.wiring.Provide", "dependency_injector.wiring.Closing"})
"""Markers of what another library provides: `Depends(Provide[Container.service])`."""

ANY = frozenset({"typing.Any", "builtins.object", "typing_extensions.Any"})
INDEXED = frozenset({"builtins.list", "builtins.tuple", "typing.Sequence"})
