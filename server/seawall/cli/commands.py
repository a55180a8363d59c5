"""The commands and their options; what they do stands in modules of their own, imported when they run."""

from __future__ import annotations

import sys
from typing import Any

import click

FORMATS = ("full", "concise", "json", "github", "gitlab", "sarif", "junit")


def _version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"seawall {version('seawall')}")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.option(
    "-V", "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
def seawall() -> None:
    """Catch a Python backend's critical mistakes, and mend them."""


@seawall.command()
@click.argument("paths", nargs=-1)
@click.option("--fix/--no-fix", default=None, help="Apply fixes that keep behaviour.")
@click.option("--unsafe-fixes/--no-unsafe-fixes", default=None, help="Also apply fixes that may change behaviour.")
@click.option(
    "--diff", is_flag=True, help="Show what --fix would change, also secrets that it moves, and write nothing."
)
@click.option(
    "--select", multiple=True, metavar="RULES", help="Check these rules: codes, their starts, categories, names."
)
@click.option("--ignore", multiple=True, metavar="RULES", help="Do not check these rules.")
@click.option("--extend-select", multiple=True, metavar="RULES", help="Check these rules, too.")
@click.option("--output-format", type=click.Choice(FORMATS), help="How to print findings.")
@click.option("-o", "--output-file", type=click.Path(dir_okay=False), help="Print to a file.")
@click.option("--statistics", is_flag=True, help="Print how often each rule was broken.")
@click.option("-e", "--exit-zero", is_flag=True, help="Exit with 0 even if something was found.")
@click.option("-w", "--watch", is_flag=True, help="Check again whenever a file changes.")
@click.option("--isolated", is_flag=True, help="Read no settings files.")
@click.option("--config", type=click.Path(), metavar="FILE", help="Read this settings file and no other.")
@click.option("-n", "--no-cache", is_flag=True, help="Remember nothing from one run to the next.")
@click.option("--stdin-filename", metavar="FILE", help="What the text on standard input is the content of.")
@click.option("-j", "--jobs", type=click.IntRange(min=1), help="How many processes to use; as many as fit by default.")
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", help="When to use colors.")
@click.option("-q", "--quiet", is_flag=True, help="Print findings and nothing else.")
@click.option("-v", "--verbose", is_flag=True, help="Print what is being done.")
def check(**options: Any) -> None:
    """Check files and folders; `-` is standard input.

    Exits with 0 if nothing was found (or all of it was fixed), with 1 if something was, and with 2 if it could not run.
    """
    from seawall.cli.check import Options, run

    sys.exit(run(Options(**options)))


@seawall.command()
@click.argument("code_or_name")
@click.option("--output-format", type=click.Choice(("text", "json")), default="text")
def rule(code_or_name: str, output_format: str) -> None:
    """Explain a rule."""
    from seawall.cli.rules import explain

    sys.exit(explain(code_or_name, output_format))


@seawall.command()
@click.option("--output-format", type=click.Choice(("text", "json")), default="text")
def rules(output_format: str) -> None:
    """List all rules."""
    from seawall.cli.rules import list_rules

    list_rules(output_format)


@seawall.command()
@click.option("--stdio", is_flag=True, help="Speak on standard input and output; so it does anyway.")
@click.option("--tcp", metavar="HOST:PORT", default="", help="Wait for one connection instead.")
def server(stdio: bool, tcp: str) -> None:
    """Run the language server."""
    from seawall.lsp.server import serve

    sys.exit(serve(tcp))
