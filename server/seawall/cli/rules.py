"""`seawall rule` and `seawall rules`."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from seawall.cli.console import Console
from seawall.links import rule_page
from seawall.rules.page import markdown, plain
from seawall.rules.registry import Rule, all_rules, find


def explain(code_or_name: str, output_format: str) -> int:
    """Print a rule's page; gives the exit code."""
    rule = find(code_or_name)
    if rule is None:
        Console().error(f"`{code_or_name}` is no rule{_suggestion(code_or_name)}; `seawall rules` lists them all")
        return 2
    if output_format == "json":
        click.echo(json.dumps(_described(rule) | {"explanation": plain(rule)}, indent=2, ensure_ascii=False))
    else:
        _render(f"# {rule.name} ({rule.code})\n\n{_facts(rule)}\n\n{markdown(rule)}\n\n{rule_page(rule.name)}\n")
    return 0


def list_rules(output_format: str) -> None:
    """Print all rules."""
    if output_format == "json":
        click.echo(json.dumps([_described(rule) for rule in all_rules()], indent=2, ensure_ascii=False))
        return
    width = max((len(rule.name) for rule in all_rules()), default=0)
    category = ""
    for rule in all_rules():
        if rule.category != category:
            category = rule.category
            click.echo(
                f"\n{click.style(category, bold=True)}"
                if rule is not all_rules()[0]
                else click.style(category, bold=True)
            )
        mark = "*" if rule.fixable else " "
        click.echo(f"  {rule.code} {mark} {rule.name:{width}}  {rule.severity:7}  {rule.summary}")
    click.echo("\n* can be fixed")


def _described(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "category": rule.category,
        "severity": str(rule.severity),
        "summary": rule.summary,
        "fixable": rule.fixable,
        "url": rule_page(rule.name),
    }


def _facts(rule: Rule) -> str:
    fixable = "can be fixed" if rule.fixable else "has no fix"
    return f"Category `{rule.category}`, severity `{rule.severity}`, {fixable}."


def _render(text: str) -> None:
    """Print Markdown: rendered on a terminal, as it is elsewhere."""
    if not sys.stdout.isatty():
        click.echo(text, nl=False)
        return
    from rich.console import Console as Terminal
    from rich.markdown import Markdown

    Terminal().print(Markdown(text))


def _suggestion(word: str) -> str:
    from difflib import get_close_matches

    known = {name for rule in all_rules() for name in (rule.code.lower(), rule.name)}
    close = get_close_matches(word.lower()[:80], known, n=1)
    return (
        f", did you mean `{close[0].upper() if close[0].startswith('sw') and close[0][2:].isdigit() else close[0]}`"
        if close
        else ""
    )
