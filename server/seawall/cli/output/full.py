"""Findings with the code that they are about."""

from seawall.cli.output.concise import write as write
