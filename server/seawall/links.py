"""Where the documentation stands."""

DOCUMENTATION = "https://seawall.readthedocs.io/"


def rule_page(name: str) -> str:
    """The page of a rule, by the rule's name."""
    return f"{DOCUMENTATION}rules/{name}/"
