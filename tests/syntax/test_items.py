"""Items: what they hold, that they add up to the file, and that an edit touches only its own."""

import ast
import random
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.syntax import Item, Range, Source, Text, read, update

LIBRARY = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py"))
LONG = "class Long:\n    x = 1\n\n" + "".join(
    f"    # leads\n    @deco\n    def m{n}(self):\n        return {n}\n\n" for n in range(12)
)


def state(source: Source) -> list[tuple[object, ...]]:
    return [
        (
            start,
            item.text,
            item.lines,
            item.owner,
            item.broken,
            item.problems,
            None if item.stale else ast.dump(item.tree, include_attributes=True),
        )
        for start, item in zip(source.starts, source.items, strict=True)
    ]


def assert_as_from_scratch(source: Source) -> None:
    for now, fresh in zip(state(source), state(read(source.text)), strict=True):
        assert now[:6] == fresh[:6]
        assert now[6] is None or now[6] == fresh[6]


def item(source: Source, part: str) -> Item:
    return next(each for each in source.items if part in each.text)


def based(source: Source) -> list[ast.stmt]:
    """The items' statements in the file's lines, methods back in their classes."""
    body: list[ast.stmt] = []
    for start, each in zip(source.starts, source.items, strict=True):
        ast.increment_lineno(each.tree, start - 1)
        if each.owner:
            owner = body[-1]
            assert isinstance(owner, ast.ClassDef)
            owner.body = sorted([*owner.body, *each.tree.body], key=lambda node: node.lineno)
        else:
            body += each.tree.body
    return body


def comparable(body: list[ast.stmt]) -> str:
    module = ast.Module(body, [])
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef):
            # A split class ends with its own last line, and an emptied one holds a `pass`.
            node.end_lineno = node.end_col_offset = 0
            node.body = [child for child in node.body if not isinstance(child, ast.Pass)]
        if isinstance(node, ast.JoinedStr):
            node.values = []
    return ast.dump(module, include_attributes=True)


@pytest.mark.parametrize("path", random.Random(7).sample(LIBRARY, 25), ids=lambda path: path.name)
def test_the_items_of_a_file_are_the_file(path: Path) -> None:
    text = Text.decode(path.read_bytes())
    source = read(text)
    assert not any(each.broken for each in source.items)
    assert sum(each.lines for each in source.items if not each.owner) == len(text.lines)
    assert comparable(based(source)) == comparable(ast.parse(str(text)).body)


def test_a_long_class_is_split_into_methods() -> None:
    source = read(Text.of(LONG))
    shell, *methods = source.items[:13]
    assert [each.owner for each in methods] == ["Long"] * 12
    assert [type(node) for node in shell.tree.body[0].body] == [ast.Assign]  # type: ignore[attr-defined]
    assert "m0" not in shell.text
    assert shell.lines == LONG.count("\n") - 1  # The blank line behind the class leads what may follow.
    (function,) = methods[1].tree.body
    assert isinstance(function, ast.FunctionDef)
    assert (function.lineno, function.col_offset) == (4, 4)
    start = source.start_of(methods[1])
    assert start and source.text.line(start + function.lineno - 1) == "    def m1(self):"
    assert source.items_at(start) == (shell, methods[1])
    assert source.range_in_file(methods[1], Range(1, 0, 1, 3)) == Range(start, 0, start, 3)


def test_a_class_of_methods_only_has_a_body() -> None:
    source = read(Text.of("class Long:\n" + "\n".join(f"    def m{n}(self):\n        pass\n" for n in range(20))))
    assert not source.items[0].broken


def test_an_edit_in_a_method_reads_that_method_only() -> None:
    source = read(Text.of(LONG + "\nx = 1\n"))
    line = next(n for n, text in enumerate(source.text.lines) if "return 5" in text)
    text, span = source.text.change(line, 15, line, 16, "50", "utf-16")
    changed = update(source, text, span)
    fresh = [each for each in changed.items if each not in source.items]
    assert [each.text.count("m5") for each in fresh] == [1]
    assert_as_from_scratch(changed)


def test_a_new_line_moves_the_items_below_without_reading_them() -> None:
    source = read(Text.of("def f():\n    pass\n\n\ndef g():\n    pass\n"))
    text, span = source.text.change(1, 8, 1, 8, "\n    x = 1", "utf-16")
    changed = update(source, text, span)
    kept = item(source, "def g")
    assert kept in changed.items
    assert (source.start_of(kept), changed.start_of(kept)) == (3, 4)
    assert source.start_of(item(changed, "x = 1")) is None


def test_an_else_joins_the_statement_above() -> None:
    source = read(Text.of("if a:\n    b\nc = 1\n"))
    text, span = source.text.change(2, 0, 2, 0, "else:\n    ", "utf-16")
    changed = update(source, text, span)
    assert [each.tree.body[0].__class__ for each in changed.items] == [ast.If]
    assert_as_from_scratch(changed)


def test_what_cannot_be_repaired_keeps_its_last_good_tree() -> None:
    source = read(Text.of("def f():\n    return " + "[" * 10 + "1" + "]" * 10 + "\n"))
    text, span = source.text.change(1, 11, 1, 11, "(" * 300, "utf-16")
    (broken,) = update(source, text, span).items
    assert broken.broken
    assert not broken.stale or broken.tree is source.items[0].tree


PARTS = [
    *['"""', "'''", '"', "'", "(", ")", "[", "]", "{", "}", "\\\n", "\n", "\r", "\r\n", "else:\n", "    ", "\t", "\f"],
    *["@dec\n", "def f():\n", "class A:\n", "    def g(self):\n        pass\n", "; ", "x", "#", "async ", 'f"', "}"],
    *["import os\n", "return 1", "type X = int\n", "\0", "é", "😀", ":", "=", 't"', "\n\n", "except A, B:\n", "\\"],
]
EDITS = st.lists(
    st.tuples(
        st.integers(0, 90),
        st.integers(0, 30),
        st.one_of(st.just(0), st.integers(0, 5)),
        st.integers(0, 30),
        st.lists(st.sampled_from(PARTS), max_size=3).map("".join),
    ),
    min_size=1,
    max_size=8,
)
STARTS = [path for path in LIBRARY if 2_000 < path.stat().st_size < 40_000][:60]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(STARTS), st.integers(0, 300), st.sampled_from(["\n", "\n", "\r\n", "\r"]), EDITS)
def test_updating_is_reading_anew(
    path: Path, skip: int, newline: str, edits: list[tuple[int, int, int, int, str]]
) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    text = Text.of(newline.join(lines[min(skip, len(lines) // 2) :][:90]))
    source = read(text)
    for line, col, more, end_col, new in edits:
        text, span = text.change(line, col, line + more, end_col, new, "utf-16")
        source = update(source, text, span)
        assert_as_from_scratch(source)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 62), st.integers(0, 20), st.sampled_from(PARTS))
def test_breaking_and_mending_a_long_class(line: int, col: int, new: str) -> None:
    source = read(Text.of(LONG))
    text, span = source.text.change(line, col, line, col, new, "utf-16")
    broken = update(source, text, span)
    assert_as_from_scratch(broken)
    mended = update(broken, source.text, type(span)(span.first_line, span.new_line_count, span.old_line_count))
    assert state(mended) == state(read(source.text))


def test_half_typed_states_are_recovered() -> None:
    """Real files, cut off in the middle of a line: at least 85 % of the broken items get a tree of their own."""
    chance = random.Random(3)
    broken = recovered = 0
    while broken < 150:
        text = Text.decode(chance.choice(STARTS).read_bytes())
        line = chance.randrange(len(text.lines))
        body = text.line(line + 1)
        indent = len(body) - len(body.lstrip())
        if len(body) - indent < 2:
            continue
        cut, _ = text.change(line, chance.randrange(indent + 1, len(body)), line, len(body), "", "utf-32")
        for each in read(cut).items:
            if each.broken:
                broken += 1
                recovered += bool(each.tree.body)
    print(f"recovered {recovered} of {broken}")
    assert recovered / broken >= 0.85
