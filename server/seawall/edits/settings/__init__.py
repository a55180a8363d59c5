"""Moving a value into the project's settings: one edit over several files."""

from seawall.edits.settings.defaults import change_default, change_scheme, default_in
from seawall.edits.settings.imports import without
from seawall.edits.settings.naming import Setting
from seawall.edits.settings.reading import Variable, read_variable
from seawall.edits.settings.recipe import Placed, place, require

__all__ = [
    "Placed",
    "Setting",
    "Variable",
    "change_default",
    "change_scheme",
    "default_in",
    "place",
    "read_variable",
    "require",
    "without",
]
