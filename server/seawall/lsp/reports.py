"""Findings in the form in which they travel, remembered so that a keystroke converts only what it changed."""

from __future__ import annotations

import itertools
import os
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from seawall.engine.located import Located
from seawall.links import rule_page
from seawall.lsp.client import Client
from seawall.lsp.convert import Converter
from seawall.lsp.documents import Documents
from seawall.lsp.protocol import Json
from seawall.lsp.roots import Root
from seawall.rules.base import Severity
from seawall.rules.registry import by_code

SOURCE = "seawall"

_SEVERITIES = {Severity.ERROR: 1, Severity.WARNING: 2, Severity.INFO: 3, Severity.HINT: 4}
_TAGS = {"unnecessary": 1, "deprecated": 2}
_ids = itertools.count(1)
_session = os.urandom(4).hex()


class Report(NamedTuple):
    """What is to be said of a file. The id is another whenever the items are."""

    items: list[Json]
    result_id: str


class Reports:
    """Every file's report: what was found in it, and what was found elsewhere about it."""

    def __init__(self, client: Client, converter: Converter, documents: Documents) -> None:
        self._client = client
        self._converter = converter
        self._documents = documents
        self._wire: dict[Path, dict[int, tuple[Located, Json]]] = {}
        self._elsewhere: dict[Path, dict[Path, list[Located]]] = {}
        """By who says it (a checked file, or a root for its project), then by the file it is about."""
        self._notes: dict[Path, dict[Path, list[Json]]] = {}
        """What is wrong with settings files, by root and file."""
        self._last: dict[Path, Report] = {}
        self.touched: set[Path] = set()
        """Files about which something else is said elsewhere than when somebody last looked here."""

    def of(self, path: Path) -> Report:
        """A file's report as of now."""
        found = self.located(path)
        old = self._wire.get(path, {})
        new: dict[int, tuple[Located, Json]] = {}
        items: list[Json] = []
        for one in found:
            key = id(one.finding)
            known = old.get(key)
            if known is None or (known[0] is not one and known[0] != one):
                known = (one, self.wire(one))
            new[key] = known
            items.append(known[1])
        for noted in self._notes.values():
            items += noted.get(path, ())
        self._wire[path] = new
        last = self._last.get(path)
        if last is None or last.items != items:
            last = self._last[path] = Report(items, f"{_session}-{next(_ids)}")
        return last

    def last(self, path: Path) -> Report | None:
        """The report that was last made."""
        return self._last.get(path)

    def located(self, path: Path) -> list[Located]:
        """All findings about a file."""
        document = self._documents.at(path)
        found: list[Located] = []
        if document is not None and document.is_checked:
            found = document.root.workspace.findings(path)
            others = [one for one in found if one.path is not document.path and one.path != path]
            if others or path in self._elsewhere:
                self._say(path, others)
                found = [one for one in found if one.path == path]
        for said in self._elsewhere.values():
            found.extend(said.get(path, ()))
        return found

    def say(self, path: Path, found: Iterable[Located]) -> None:
        """What was found in a file that is not open."""
        if self._documents.at(path) is None:
            self._say(path, found)

    def check_project(self, root: Root) -> None:
        """Ask the rules about the project itself."""
        self._say(root.folder, root.workspace.project_findings() if not root.single else ())

    def note(self, root: Root, notes: dict[Path, list[Json]]) -> None:
        """Say what is wrong with a root's settings files."""
        before = self._notes.pop(root.folder, {})
        if notes:
            self._notes[root.folder] = notes
        self.touched |= {path for path in before.keys() | notes.keys() if before.get(path) != notes.get(path)}

    def forget(self, path: Path) -> None:
        """A file was closed, or a root removed."""
        self._say(path, ())
        self.touched |= self._notes.pop(path, {}).keys()
        self._wire.pop(path, None)
        self._last.pop(path, None)

    def about_closed_files(self) -> set[Path]:
        """Files about which there is something to say although they are not open."""
        said_of = [*(said.keys() for said in self._elsewhere.values()), *(said.keys() for said in self._notes.values())]
        paths = {path for paths in said_of for path in paths}
        return {path for path in paths if self._documents.at(path) is None}

    def _say(self, who: Path, found: Iterable[Located]) -> None:
        before = self._elsewhere.pop(who, {})
        after: dict[Path, list[Located]] = {}
        for one in found:
            after.setdefault(one.path, []).append(one)
        if after:
            self._elsewhere[who] = after
        self.touched |= {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}

    def wire(self, one: Located) -> Json:
        """A finding as an LSP diagnostic."""
        client, finding = self._client, one.finding
        item: Json = {
            "range": self._converter.range_in(one.path, one.range),
            "severity": _SEVERITIES[one.severity],
            "code": finding.code,
            "source": SOURCE,
            "message": finding.message,
        }
        if client.code_description:
            item["codeDescription"] = {"href": rule_page(by_code()[finding.code].name)}
        if tags := [_TAGS[tag] for tag in finding.tags if _TAGS.get(tag) in client.diagnostic_tags]:
            item["tags"] = tags
        if one.related and client.related_information:
            item["relatedInformation"] = [
                {
                    "location": {
                        "uri": self._documents.uri(related.path),
                        "range": self._converter.range_in(related.path, related.range),
                    },
                    "message": related.message,
                }
                for related in one.related
            ]
        if client.diagnostic_data:
            titles = "\n".join(fix.title for fix in finding.fixes)
            item["data"] = {"code": finding.code, "fixes": f"{zlib.crc32(titles.encode(errors='replace')):08x}"}
        return item
