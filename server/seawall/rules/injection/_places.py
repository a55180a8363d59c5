"""What stands at a place in SQL text: a value, a name or something larger."""

from __future__ import annotations

import re
from enum import StrEnum

from seawall.patterns import pattern

_VALUE = pattern(
    r"(?:[=<>]|\b(?:like|ilike|limit|offset|then|else|returning|any|similar\s+to)|[=<>]\s*(?:any|all)\s*\("
    r"|\b(?:between|and|or|when)\s+\S+\s+between|\bbetween|\bbetween\s+\S+\s+and"
    r"|\b(?:lower|upper|to_tsquery|plainto_tsquery|websearch_to_tsquery|length)\s*\(\s*(?:'\w+'\s*,)?"
    r"|\bvalues\s*(?:\((?:[^()]|\([^()]*\))*\)\s*,\s*)*\((?:[^()]|\([^()]*\))*[,(]|\bvalues\s*\()\s*\Z",
    re.I,
)
_LIST = pattern(r"\bin\s*\((?!\s*(?:select|with)\b)[^()]*\Z", re.I)
_NAME = pattern(
    r"""(?:\b(?:from|join|into|update|table|index|view|schema|database|sequence|column|truncate|user|role|only|exists|on
    |select|distinct|by|asc|desc|set|using|references|key|type|extension|trigger|function|rename\s+to|add|drop|alter|as|copy
    |order\s+by\s+[\w\ue000."\s,()\[\]:>-]+|group\s+by\s+[\w\ue000.",\s()]+|select\s+[\w\ue000.",\s()*]+,|pragma|collate)
    |["`\[]|[\w\ue000]\.|\binto\s+\S+\s*\((?:[^()]|\([^()]*\))*)\s*\Z""",
    re.I | re.X,
)
_AFTER_NAME = pattern(
    r"""\s*(?:=|<|>|!=|\bis\b|\bin\b|\blike\b|\bilike\b|\bbetween\b|\.|["`\]]|\basc\b|\bdesc\b)""", re.I
)
_CONDITION = pattern(r"\b(?:where|and|or|having|not|on|when|set)\s*\(?\s*\Z", re.I)


class Place(StrEnum):
    """What SQL goes on with."""

    VALUE = "value"
    """A parameter can stand for it."""
    NAME = "name"
    """A table, a column or a direction."""
    CLAUSE = "clause"
    """Anything else, up to the whole statement."""


def takes_value(before: str) -> bool:
    """Whether SQL goes on with a value, which a parameter can stand for, and not with a name or a clause."""
    return _VALUE.search(before) is not None


def place_of(before: str, after: str) -> Place:
    """What stands between two pieces of SQL text."""
    if "$$" in before:  # the body of a function, where no parameter can stand
        return Place.CLAUSE
    if before.count("'") % 2 == 1:
        return Place.VALUE
    if _LIST.search(before):
        return Place.VALUE
    if _CONDITION.search(before):
        return Place.NAME if _AFTER_NAME.match(after) else Place.CLAUSE
    if takes_value(before):
        return Place.VALUE
    return Place.NAME if _NAME.search(before) else Place.CLAUSE
