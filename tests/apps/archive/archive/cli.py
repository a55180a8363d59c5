import click
from sqlmodel import Session, select

from archive.db import engine, session_scope
from archive.models import Folder


@click.group()
def cli() -> None:
    """The archive on the command line."""


@cli.command()
@click.argument("title")
def add(title: str) -> None:
    with session_scope() as session:
        session.add(Folder(title=title))


@cli.command("list")
def list_folders() -> None:
    with Session(engine) as s:
        for folder in s.exec(select(Folder).order_by(Folder.title)):
            click.echo(f"{folder.title} ({', '.join(label.name for label in folder.labels)})")
