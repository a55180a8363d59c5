"""JUnit XML: a suite a file, a failed test a finding."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from xml.etree import ElementTree

from seawall.cli.console import relative
from seawall.cli.sources import Sources
from seawall.engine.report import Report

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(reports: Sequence[Report], sources: Sources) -> str:
    count = str(len(reports))
    top = ElementTree.Element("testsuites", name="seawall", tests=count if reports else "1", failures=count)
    for path, several in itertools.groupby(reports, key=lambda one: one.path):
        _suite(top, relative(path), list(several), sources)
    if not reports:
        suite = ElementTree.SubElement(top, "testsuite", name="seawall", tests="1", failures="0", errors="0")
        ElementTree.SubElement(suite, "testcase", name="No problems found", classname="seawall")
    ElementTree.indent(top)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(top, encoding="unicode")}\n'


def _suite(top: ElementTree.Element, name: str, reports: list[Report], sources: Sources) -> None:
    count = str(len(reports))
    suite = ElementTree.SubElement(top, "testsuite", name=_clean(name), tests=count, failures=count, errors="0")
    for one in reports:
        span = sources.span(one.path, one.range)
        classname = name.removesuffix(".py").replace("\\", "/")
        case = ElementTree.SubElement(
            suite,
            "testcase",
            name=f"{one.code} {one.name}",
            classname=_clean(classname),
            file=_clean(name),
            line=str(span.row),
        )
        failure = ElementTree.SubElement(case, "failure", message=_clean(one.message), type=one.severity)
        failure.text = _clean(f"{name}:{span.row}:{span.column}: {one.code} {one.message}")


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
