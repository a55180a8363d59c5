"""The lowest floor: bytes -> text -> items -> trees. It knows nothing of meaning."""

from .fstrings import is_template
from .items import Item, Source, read, read_at_once, update
from .parse import Parsed, Problem, parse
from .text import Range, Span, Text, Unit, range_of

__all__ = [
    "Item",
    "Parsed",
    "Problem",
    "Range",
    "Source",
    "Span",
    "Text",
    "Unit",
    "is_template",
    "parse",
    "range_of",
    "read",
    "read_at_once",
    "update",
]
