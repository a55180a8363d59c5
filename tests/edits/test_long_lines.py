"""Lines that have become too long are broken as formatters break them."""

import ast
import textwrap

import pytest

from seawall.edits.long_lines import break_line, limit_of, shorten
from seawall.syntax import Text

LIMIT = 40


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # the last brackets that hold anything
        ("result = call_something(first, second=third)", "result = call_something(\n    first, second=third\n)"),
        ("    return (await session.get(Book, number)).all()",
         "    return (\n        await session.get(Book, number)\n    ).all()"),
        ("names: Mapped[list[Name]] = relation('Name', 1)", "names: Mapped[list[Name]] = relation(\n    'Name', 1\n)"),
        # one element a line, where they do not fit on one
        ("call_something(first_argument, second_argument=1)",
         "call_something(\n    first_argument, second_argument=1\n)"),
        ("call_something(first_argument, second_argument=third)",
         "call_something(\n    first_argument,\n    second_argument=third,\n)"),
        ("call_something(first_argument, inner_call(second_argument, third))",
         "call_something(\n    first_argument,\n    inner_call(second_argument, third),\n)"),
        ("call(first_argument, inner_call_of(second_argument, third_argument, fourth))",
         "call(\n    first_argument,\n    inner_call_of(\n        second_argument,\n        third_argument,\n        fourth,\n    ),\n)"),
        ("numbers = {first_number, second_number, third_one, fourth}",
         "numbers = {\n    first_number,\n    second_number,\n    third_one,\n    fourth,\n}"),
        ("return [number.of_first, number.of_second, number.third]",
         "return [\n    number.of_first,\n    number.of_second,\n    number.third,\n]"),
        # parameters, and not the annotation behind them
        ("async def read(number: int, db: Session) -> dict[str, int]:",
         "async def read(\n    number: int, db: Session\n) -> dict[str, int]:"),
        ("def read(number: int, db: Session, other: str = 'x') -> None:",
         "def read(\n    number: int,\n    db: Session,\n    other: str = 'x',\n) -> None:"),
        # blocks
        ("if something.is_there(first, second_argument):",
         "if something.is_there(\n    first, second_argument\n):"),
        ("from something.somewhere import first, second",
         "from something.somewhere import (\n    first,\n    second,\n)"),
        # an element inside of other brackets, with its comma
        ("        inner_call(second_argument, third=True),",
         "        inner_call(\n            second_argument, third=True\n        ),"),
        # no comma where it would make a tuple
        ("value = (await something.very_long_and_unbreakable_indeed).x",
         "value = (\n    await something.very_long_and_unbreakable_indeed\n).x"),
        ("value = table[something.very_long_and_unbreakable_indeed]",
         "value = table[\n    something.very_long_and_unbreakable_indeed\n]"),
        ("title = call(f'{first(1)} + {second(3)}', number)", "title = call(\n    f'{first(1)} + {second(3)}', number\n)"),
    ],
)  # fmt: skip
def test_breaking(line: str, expected: str) -> None:
    assert break_line(line, LIMIT) == expected
    code = [textwrap.dedent(each).rstrip(",") for each in (line, expected)]
    trees = [ast.dump(ast.parse(f"{each}\n    pass\n" if each.endswith(":") else each)) for each in code]
    assert trees[0] == trees[1]


@pytest.mark.parametrize(
    "line",
    [
        "short(enough)",
        "no_brackets_at_all_in_this_line = whatever_it_is",
        "call_something(first, second=third)  # and a comment",
        "call_something(first, second,",  # the rest stands on the next line
        "words of a text (which is not code) can't be parsed",
        "x = first_thing_that_is_there + \\",
        "call(name for name in names_of_something_or_other_that_is_long)",
    ],
)
def test_lines_that_stay(line: str) -> None:
    assert break_line(line, LIMIT) is None


def test_only_what_has_become_too_long() -> None:
    old = Text.of('a = call(first)\r\nb = call_something_else(first, second, third)\r\nc = """\r\n"""\r\n')
    new = Text.of(
        "a = await call(first, second_argument=third)\r\nb = call_something_else(first, second, third)\r\n"
        'c = """\r\ncall_something_else(first, second, third)\r\n"""\r\n'
    )
    found = shorten(old, new, LIMIT)
    assert found is not None
    assert str(found) == (
        "a = await call(\r\n    first, second_argument=third\r\n)\r\nb = call_something_else(first, second, third)\r\n"
        'c = """\r\ncall_something_else(first, second, third)\r\n"""\r\n'
    )
    assert shorten(new, new, LIMIT) is None


def test_lines_that_were_too_long_before_stay_so() -> None:
    old = Text.of("a = call_something_else(first, second, third)\n")
    new = Text.of("a = await call_something_else(first, second, third)\n")
    assert shorten(old, new, LIMIT) is None


def test_tabs() -> None:
    old, new = Text.of("if x:\n\ta = 1\n"), Text.of("if x:\n\ta = call_something_else(first, second, third)\n")
    assert str(shorten(old, new, LIMIT)) == "if x:\n\ta = call_something_else(\n\t\tfirst, second, third\n\t)\n"


def test_the_limit() -> None:
    short, long = Text.of("x = 1\n"), Text.of(f"x = {'1' * 200}\n")
    assert (limit_of(short, None), limit_of(long, None), limit_of(long, 79)) == (88, 120, 79)
    assert limit_of(Text.of(f"x = {'1' * 96}\n"), None) == 100
