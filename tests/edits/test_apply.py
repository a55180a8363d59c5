"""Edits applied to a text, and the edits between two texts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.edits import Edit
from seawall.edits.apply import apply_to, difference
from seawall.syntax import Range, Text

PATH = Path("/project/main.py")
LINES = st.lists(st.sampled_from(["a", "a b", "ä 🐍", "", "    x = 1"]), max_size=8)


@given(LINES, LINES, st.booleans(), st.booleans(), st.sampled_from(["\n", "\r\n"]))
def test_the_difference_leads_from_one_text_to_the_other(
    old: list[str], new: list[str], ends: bool, ends_too: bool, newline: str
) -> None:
    before = Text.of(newline.join(old) + newline * ends)
    after = Text.of(newline.join(new) + newline * ends_too)
    if len(old) > 1 or ends:  # else nothing says how lines end
        assert str(apply_to(before, difference(PATH, before, after))) == str(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\nc\n", "a\nb\nc\n"),
        ("a\nb\nc\n", "a\nB\nc\n"),
        ("", "a\n"),
        ("a\n", ""),
        ("a\r\nb\r\n", "a\r\nx\r\nb\r\n"),
        ("a\r\nb\r\nc\r\n", "a\r\nbé🦩\r\n"),
        ("é = 1\nname = 'Zoé 🦩'; x\n", "é = 1\nname = 'Zoé 🦩'; y\nz"),
        ("x\ry\r", "x\rz\r"),
        ("no end", "no end\n"),
    ],
)
def test_the_difference_keeps_each_line_end(before: str, after: str) -> None:
    assert str(apply_to(Text.of(before), difference(PATH, Text.of(before), Text.of(after)))) == after


def test_a_changed_line_changes_only_where_it_differs() -> None:
    before, after = Text.of("a = 'é'; sleep(1)\nb\n"), Text.of("a = 'é'; await sleep(1)\nb\n")
    assert list(difference(PATH, before, after)) == [Edit(PATH, Range(1, 10, 1, 10), "await ")]


def test_edits_that_overlap_are_refused() -> None:
    edits = [Edit(PATH, Range(1, 0, 1, 3), "x"), Edit(PATH, Range(1, 2, 1, 4), "y")]
    with pytest.raises(ValueError, match="line 1"):
        apply_to(Text.of("abcdef\n"), edits)


def test_inserts_at_one_place_keep_their_order() -> None:
    edits = [Edit(PATH, Range(1, 0, 1, 0), "a"), Edit(PATH, Range(1, 0, 1, 0), "b")]
    assert str(apply_to(Text.of("c\n"), edits)) == "abc\n"
