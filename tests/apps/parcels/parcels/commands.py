import click

from parcels import crud
from parcels.database import SessionLocal


@click.command()
def statistics() -> None:
    """Print how many parcels there are."""
    with SessionLocal() as session:
        for status, count in sorted(crud.statistics(session).items()):
            click.echo(f"{status}: {count}")
