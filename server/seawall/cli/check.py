"""`seawall check`."""

from __future__ import annotations

import gc
import io
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from seawall.cli import fixes, targets
from seawall.cli.console import Console, relative, use_color
from seawall.cli.output import writer
from seawall.cli.progress import Bar
from seawall.cli.sources import Sources
from seawall.engine.report import Outcome, Report
from seawall.engine.request import Request
from seawall.engine.run import Mended, check, mend
from seawall.engine.write import CannotWrite
from seawall.project.project import Project
from seawall.project.settings import unknown_selectors
from seawall.syntax import Text

STDIN = "-"
CLEAN, FOUND, FAILED = 0, 1, 2


@dataclass(frozen=True)
class Options:
    """The command line; what was not given is None, empty or False."""

    paths: tuple[str, ...] = ()
    fix: bool | None = None
    unsafe_fixes: bool | None = None
    diff: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    output_format: str | None = None
    output_file: str | None = None
    statistics: bool = False
    exit_zero: bool = False
    watch: bool = False
    isolated: bool = False
    config: str | None = None
    no_cache: bool = False
    stdin_filename: str | None = None
    jobs: int | None = None
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False

    def overrides(self) -> dict[str, Any]:
        """The settings among the options."""
        lists = {"select": self.select, "ignore": self.ignore, "extend-select": self.extend_select}
        given: dict[str, Any] = {key: ",".join(several) for key, several in lists.items() if several}
        return given | {"fix": self.fix, "unsafe-fixes": self.unsafe_fixes, "output-format": self.output_format}


def run(options: Options) -> int:
    """Check as told; gives the exit code."""
    console = Console(options.color, quiet=options.quiet, verbose=options.verbose)
    console.take_logs()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # names of files need not be text that the terminal can show
            stream.reconfigure(errors="backslashreplace")
    # The process is short-lived and nearly all it makes is kept: looking for garbage would be a fifth of the work.
    gc.disable()
    try:
        if options.watch:
            from seawall.cli.watch import watch

            return watch(options, console)
        return once(options, console)
    except (targets.Failure, CannotWrite) as error:
        console.error(str(error))
        return FAILED
    except BrokenPipeError:  # `seawall check | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND
    except KeyboardInterrupt:
        return 130


def once(options: Options, console: Console) -> int:
    """One check, from reading to printing."""
    run = Run()
    for request in _requests(options):
        project = request.project()
        if options.config and project.problems:
            raise targets.Failure(project.problems[0].message)
        _warn_about_settings(project, console)
        run.output_format = run.output_format or project.settings.output_format
        with Bar(wanted=not options.quiet) as bar:
            if options.diff or project.settings.fix:
                run.mended.append(mend(request, bar))
            else:
                run.outcomes.append(check(request, options.jobs, use_cache=not options.no_cache, progress=bar))
        run.texts |= {str(path): Text.decode(data) for path, data in request.texts.items()}
    for outcome in run.all_outcomes:
        for problem in outcome.problems:
            console.warn(f"{relative(problem.path)}: {problem.message}")
    if options.diff:
        return fixes.show(run.mended, options.color)
    return _tell(run, options, console)


@dataclass
class Run:
    """What has come of all projects."""

    outcomes: list[Outcome] = field(default_factory=list)
    mended: list[Mended] = field(default_factory=list)
    texts: dict[str, Text] = field(default_factory=dict)
    """Texts that are not, or not yet, what the disk holds."""
    output_format: str | None = None

    @property
    def all_outcomes(self) -> list[Outcome]:
        return self.outcomes + [mended.outcome for mended in self.mended]

    @property
    def reports(self) -> list[Report]:
        return sorted((one for outcome in self.all_outcomes for one in outcome.reports), key=lambda one: one.order)


def _tell(run: Run, options: Options, console: Console) -> int:
    """Write what was mended, print what was found."""
    reports = run.reports
    for mended in run.mended:
        if STDIN in options.paths:
            click.echo(fixes.fixed_text(mended, run.texts), nl=False)
        else:
            fixes.write(mended)
        run.texts |= {str(path): text for path, (_, text) in mended.changes.items()}
    name = run.output_format or "full"
    text = fixes.statistics(reports, name) if options.statistics else writer(name)(reports, Sources(run.texts))
    if options.output_file:
        Path(options.output_file).write_text(click.unstyle(text), encoding="utf-8", errors="surrogateescape")
    else:
        # Standard output is the fixed text's own if that is what was asked for.
        stream = sys.stderr if run.mended and STDIN in options.paths else sys.stdout
        click.echo(text, file=stream, nl=False, color=use_color(options.color, stream))
        if name in ("full", "concise") and not options.quiet:
            click.echo(fixes.summary(reports, run.mended), file=stream, color=use_color(options.color, stream))
    return FOUND if reports and not options.exit_zero else CLEAN


def _requests(options: Options) -> list[Request]:
    config = targets.absolute(options.config) if options.config else None
    if config is not None and not config.is_file():
        raise targets.Failure(f"`{options.config}` is no settings file that can be read")
    if STDIN in options.paths:
        if len(options.paths) > 1:
            raise targets.Failure("`-` stands for standard input and cannot be mixed with paths")
        path = targets.absolute(options.stdin_filename or "stdin.py")
        return [targets.standard_input(path, sys.stdin.buffer.read(), options.overrides(), options.isolated, config)]
    return targets.requests(options.paths or (".",), options.overrides(), options.isolated, config)


def _warn_about_settings(project: Project, console: Console) -> None:
    """Say what is wrong with the settings; what is right in them applies."""
    loaded = project.loaded
    problems = [*loaded.problems]
    if unknown_selectors(loaded.settings, ()):  # rules take their time to import, and most settings name none
        from seawall.rules.registry import all_rules

        rules = [(rule.code, rule.name, rule.category) for rule in all_rules()]
        text = project.read(loaded.source) if loaded.source else None
        problems += unknown_selectors(loaded.settings, rules, loaded.source, text)
    for problem in problems:
        place = f"{relative(str(problem.source))}:{problem.line or 1}: " if problem.source else ""
        console.warn(f"{place}{problem.message}")
