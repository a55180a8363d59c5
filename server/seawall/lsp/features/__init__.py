"""What the server does for its client, one file each. A feature that needs announcing says so in its `register`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seawall.lsp.protocol import Json

if TYPE_CHECKING:
    from seawall.lsp.language_server import SeawallServer


def register_all(server: SeawallServer) -> Json:
    """Put every feature in its place; gives their capabilities, as far as the client has use for them."""
    from seawall.lsp.features import code_actions, commands, diagnostics, files, hover, settings, text_sync

    capabilities: Json = {}
    for feature in (text_sync, diagnostics, code_actions, hover, commands, files, settings):
        capabilities |= feature.register(server)
    return capabilities
