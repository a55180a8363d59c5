"""Hovering over a finding shows the page of its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from seawall.links import rule_page
from seawall.lsp import messages
from seawall.lsp.protocol import Json
from seawall.rules.page import markdown, plain
from seawall.rules.registry import by_code
from seawall.syntax import Range

if TYPE_CHECKING:
    from seawall.lsp.language_server import SeawallServer


def register(server: SeawallServer) -> Json:
    server.feature(types.TEXT_DOCUMENT_HOVER)(hover)
    return {"hoverProvider": True}


async def hover(ls: SeawallServer, params: messages.AtPosition) -> Json | None:
    """The pages of the rules whose findings are at a position, innermost first."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return None
    line, column = ls.converter.position(document.text, params.position)
    here = [one for one in ls.reports.located(document.path) if one.range.contains(line, column)]
    if not here:
        return None
    here.sort(key=lambda one: (_size(one.range), one.code))
    pages = []
    for one in here:
        rule = by_code()[one.code]
        if ls.client.markdown:
            title = f"**[{rule.code}]({rule_page(rule.name)}) {rule.name}**: {one.finding.message}"
            pages.append(f"{title}\n\n{markdown(rule)}")
        else:
            pages.append(f"{rule.code} {rule.name}: {one.finding.message}\n\n{plain(rule)}")
    kind, between = ("markdown", "\n\n---\n\n") if ls.client.markdown else ("plaintext", "\n\n")
    return {
        "contents": {"kind": kind, "value": between.join(dict.fromkeys(pages))},
        "range": ls.converter.range(document.text, here[0].range),
    }


def _size(place: Range) -> tuple[int, int]:
    return place.end_line - place.start_line, place.end_col - place.start_col
