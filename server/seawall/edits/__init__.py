"""Edits and fixes."""

from seawall.edits.fix import AnyEdit, CannotFix, CreateFile, Edit, Fix, Safety

__all__ = ["AnyEdit", "CannotFix", "CreateFile", "Edit", "Fix", "Safety"]
