"""Code frames put their carets where the code is, whatever it is made of."""

from __future__ import annotations

import click
import pytest

from seawall.cli.output.frame import MAX_WIDTH, frame
from seawall.cli.output.masks import secrets
from seawall.cli.sources import Sources
from seawall.engine.report import Report
from seawall.syntax import Range, Text


def drawn(text: str, mark: str) -> list[str]:
    """The frame around the first occurrence of `mark`, without its empty first and last line."""
    start = text.index(mark)
    line, begin = text.count("\n", 0, start) + 1, text.rfind("\n", 0, start) + 1
    last = line + mark.count("\n")
    end_text = (text[begin:start] + mark).rpartition("\n")[2]
    place = Range(line, len(text[begin:start].encode()), last, len(end_text.encode()))
    return click.unstyle(frame(Text.of(text), place, {})).split("\n")[1:-1]


def test_a_frame() -> None:
    assert drawn("a = 1\n\nb = f(2)\nc = 3\n", "f(2)") == [
        "1 | a = 1",
        "2 |",
        "3 | b = f(2)",
        "  |     ^^^^",
        "4 | c = 3",
    ]


@pytest.mark.parametrize(
    ("line", "mark", "shown", "carets"),
    [
        ("\tf(2)", "f(2)", "    f(2)", "    ^^^^"),
        ("a\tf(2)", "f(2)", "a   f(2)", "    ^^^^"),
        ("'日本'; f(2)", "f(2)", "'日本'; f(2)", "        ^^^^"),
        ("'日本'; f(2)", "日本", "'日本'; f(2)", " ^^^^"),
        ("'😀'; f(2)", "f(2)", "'😀'; f(2)", "      ^^^^"),
        ("'ä'; f(2)", "f(2)", "'ä'; f(2)", "     ^^^^"),
        ("'e\u0301'; f(2)", "f(2)", "'e\u0301'; f(2)", "     ^^^^"),
        ("'\x1b[31m'; f(2)", "f(2)", "'␛[31m'; f(2)", "         ^^^^"),
    ],
)
def test_carets_stand_below_what_they_mean(line: str, mark: str, shown: str, carets: str) -> None:
    assert drawn(f"{line}\n", mark) == [f"1 | {shown}", f"  | {carets}"]


def test_a_mark_over_several_lines() -> None:
    assert drawn("x = f(\n    1,\n)\n", "f(\n    1,\n)") == [
        "1 | x = f(",
        "  |     ^^",
        "2 |     1,",
        "  |     ^^",
        "3 | )",
        "  | ^",
    ]


def test_a_long_mark_is_shortened() -> None:
    lines = drawn("f(\n" + "    1,\n" * 50 + ")\n", "f(\n" + "    1,\n" * 50 + ")")
    assert "..." in lines
    assert lines[-2:] == ["52 | )", "   | ^"]
    assert len(lines) < 20


def test_a_long_line_is_cut_around_the_mark() -> None:
    code, carets = drawn("x" * 5000 + " f(2) " + "y" * 5000 + "\n", "f(2)")
    assert len(code) < MAX_WIDTH + 20
    assert code[carets.index("^") : carets.rindex("^") + 1] == "f(2)"


def test_a_place_that_is_no_more() -> None:
    assert frame(Text.of("x = 1\n"), Range(7, 3, 9, 4), {})
    assert frame(Text.of(""), Range(1, 0, 1, 4), {})


@pytest.mark.parametrize(
    ("text", "place", "secret"),
    [
        ('KEY = "abcdef"\n', Range(1, 6, 1, 14), "abcdef"),
        ('KEY = "abcdef"\n', Range(1, 0, 1, 14), "abcdef"),
        ('KEY = "abcdef"\n', Range(1, 0, 1, 3), "abcdef"),
        ("KEY = rb'abc\\'def'\n", Range(1, 6, 1, 18), "def"),
        ('KEY = """abc\ndef\n"""\n', Range(1, 6, 3, 3), "def"),
        ('f(\n    "abcdef",\n)\n', Range(1, 0, 3, 1), "abcdef"),
        ("KEY=abcdef\n", Range(1, 0, 1, 10), "abcdef"),
        ('KEY = "abcdef\n', Range(1, 6, 1, 13), "abcdef"),
        ('"ä"; KEY = "abcdef"\n', Range(1, 12, 1, 20), "abcdef"),
    ],
)
def test_secrets_are_hidden(text: str, place: Range, secret: str) -> None:
    report = Report("SW201", "hardcoded-secret", "secrets", "error", "", "a.py", place)
    source = Text.of(text)
    hidden = secrets([report], Sources({"a.py": source}))
    assert secret not in frame(source, place, hidden["a.py"])
    assert "****" in frame(source, place, hidden["a.py"])
    whole = Range(1, 0, len(source.lines), 0)
    assert secret not in frame(source, whole, hidden["a.py"])


def test_passwords_in_urls_are_hidden_wherever_they_are() -> None:
    text = Text.of('engine = create_engine("postgresql://app:hunter2@db/app")\n')
    shown = frame(text, Range(1, 9, 1, 57), {})
    assert "hunter2" not in shown
    assert "postgresql://app:****@db/app" in shown
