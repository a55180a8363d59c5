"""Text keeps its bytes, its lines and the client's columns apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.syntax import Range, Text, Unit

UNITS: list[Unit] = ["utf-8", "utf-16", "utf-32"]
ANY_TEXT = st.text(alphabet=st.sampled_from("ab é😀\r\n\t\f\x85\u2028\"'#("), max_size=60)


def units(text: str, unit: Unit) -> int:
    return len(text.encode(f"{unit}-le" if unit != "utf-8" else unit)) // {"utf-8": 1, "utf-16": 2, "utf-32": 4}[unit]


def test_a_line_ends_at_newlines_only() -> None:
    text = Text.of("a\x0cb\x85c\u2028d\re\r\nf\n\ng")
    assert list(text.lines) == ["a\x0cb\x85c\u2028d\r", "e\r\n", "f\n", "\n", "g"]


@pytest.mark.parametrize(
    ("data", "encoding", "bom"),
    [
        (b"x = 1\r\n", "utf-8", False),
        (b"\xef\xbb\xbfx = 1\n", "utf-8", True),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "iso-8859-1", False),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n'\x80'", "cp1252", False),
        (b"#\r# coding: latin-1\r'\xe9'", "iso-8859-1", False),
        (b"", "utf-8", False),
    ],
)
def test_declared_encodings_round_trip(data: bytes, encoding: str, bom: bool) -> None:
    text = Text.decode(data)
    assert (text.encoding, text.bom, text.problem) == (encoding, bom, None)
    assert text.encode() == data


@pytest.mark.parametrize(
    "data",
    [
        b"x = '\xff'\n",
        b"# coding: nope\nx\xff\n",
        b"# coding: rot13\nx",
        b"\xff\xfex\0",
        b"\xef\xbb\xbf# coding: latin-1\nx",
    ],
)
def test_what_cannot_be_read_as_declared_is_kept_and_told(data: bytes) -> None:
    text = Text.decode(data)
    assert text.problem
    assert text.encode() == data


@given(
    st.binary(max_size=60), st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe", b"# coding: utf-7\n", b"#coding:hex\n"])
)
def test_no_bytes_raise(data: bytes, head: bytes) -> None:
    text = Text.decode(head + data)
    assert text.problem or text.encode() == head + data


def test_the_dominant_newline() -> None:
    assert Text.of("a\r\nb\r\nc\n").newline == "\r\n"
    assert Text.of("a").newline == "\n"
    assert Text.of("a\rb\r").newline == "\r"


@pytest.mark.parametrize("unit", UNITS)
@given(line=st.text(alphabet="aé€😀", max_size=20), at=st.integers(0, 20))
def test_columns_agree_with_the_codecs(unit: Unit, line: str, at: int) -> None:
    text = Text.of(f"{line}\nnext")
    at = min(at, len(line))
    utf8, client = len(line[:at].encode()), units(line[:at], unit)
    assert text.to_units(1, utf8, unit) == client
    assert text.from_units(1, client, unit) == utf8


def test_columns_are_clamped_into_the_line_and_to_characters() -> None:
    text = Text.of("a😀b\r\n")
    assert text.from_units(1, 2, "utf-16") == 1
    assert text.from_units(1, 3, "utf-16") == 5
    assert text.from_units(1, 99, "utf-16") == 6
    assert text.from_units(1, -1, "utf-16") == 0
    assert text.from_units(9, 5, "utf-16") == 0
    assert text.to_units(1, 3, "utf-16") == 1


@given(
    ANY_TEXT,
    st.lists(
        st.tuples(st.integers(-1, 8), st.integers(-1, 9), st.integers(-1, 8), st.integers(-1, 9), ANY_TEXT), max_size=6
    ),
)
def test_a_changed_text_is_the_text_of_the_changed_string(
    start: str, edits: list[tuple[int, int, int, int, str]]
) -> None:
    text = Text.of(start)
    for edit in edits:
        old = list(text.lines)
        text, span = text.change(*edit, "utf-16")
        assert list(text.lines) == list(Text.of(str(text)).lines)
        first = span.first_line - 1
        assert old[:first] == list(text.lines[:first])
        assert old[first + span.old_line_count :] == list(text.lines[first + span.new_line_count :])


def test_an_edit_that_joins_a_return_and_a_newline() -> None:
    text, span = Text.of("a\rb\n").change(1, 0, 1, 1, "", "utf-16")
    assert list(text.lines) == ["a\r\n"]
    assert span == (1, 2, 1)


def test_reversed_and_distant_positions() -> None:
    text = Text.of("one\ntwo")
    assert str(text.change(1, 1, 0, 1, "-", "utf-8")[0]) == "o-wo"
    assert str(text.change(7, 7, 9, 9, "!", "utf-8")[0]) == "one\ntwo!"
    assert str(Text.of("one\n").change(1, 0, 1, 0, "two", "utf-8")[0]) == "one\ntwo"


def test_slice_and_replace() -> None:
    text = Text.of("é = 1\nb = 2\n")
    assert text.slice(Range(1, 2, 2, 1)) == " = 1\nb"
    assert str(text.replace(Range(1, 0, 1, 2), "e")) == "e = 1\nb = 2\n"


def test_ranges() -> None:
    inner = Range(2, 4, 3, 0)
    assert inner.shift(3) == Range(5, 4, 6, 0)
    assert inner.contains(3, 0) and not inner.contains(2, 3)
    assert inner.overlaps(Range(3, 0, 9, 9)) and not inner.overlaps(Range(3, 1, 9, 9))
