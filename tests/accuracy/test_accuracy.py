"""What is wrong in seven backends is found, and nearly nothing else is."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from accuracy import measure
from accuracy.measure import CATEGORIES, Place, Score
from seawall.rules.registry import all_rules

RECALL, PRECISION = 0.95, 0.97
KNOWN = Path(__file__).with_name("known.txt")
"""What is missed or wrong as yet."""


class Measured(NamedTuple):
    folder: Path
    labelled: set[Place]
    scores: dict[str, Score]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    folder = tmp_path_factory.mktemp("backends")
    labelled = measure.copy_backends(folder)
    return Measured(folder, labelled, measure.score(labelled, measure.check(folder)))


def test_the_backends_are_python(measured: Measured) -> None:
    for path in measured.folder.rglob("*.py"):
        compile(path.read_bytes(), path, "exec")


def test_the_tools_see_no_labels(measured: Measured) -> None:
    files = (path for path in measured.folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    assert [path for path in files if b"expect:" in path.read_bytes()] == []


def test_every_category_and_every_rule_is_measured(measured: Measured) -> None:
    categories = Counter(place.category for place in measured.labelled)
    codes = Counter(place.code for place in measured.labelled)
    assert {name for name in CATEGORIES if categories[name] < 40} == set()
    assert {rule.code for rule in all_rules() if rule.code[:3] in CATEGORIES and codes[rule.code] < 3} == set()


@pytest.mark.parametrize("category", CATEGORIES)
def test_nearly_all_is_found_and_nearly_nothing_else(measured: Measured, category: str) -> None:
    one = measured.scores[category]
    assert one.recall >= RECALL
    assert one.precision >= PRECISION


def test_what_is_missed_or_wrong_is_known(measured: Measured) -> None:
    known = KNOWN.read_text(encoding="utf-8").splitlines()
    assert set(measure.differences(measured.scores)) - set(known) == set()
